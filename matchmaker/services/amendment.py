"""Change a problem that is published: proposed by its owner, screened again, then public or not.

Until a change is accepted, everybody reads what was published before.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of, translate
from matchmaker.models import (
    Problem,
    ProblemRevision,
    Screening,
    ScreeningOutcome,
)
from matchmaker.policies.problem_revision import may_propose, permission_for
from matchmaker.queries import screening as screenings
from matchmaker.queries.answering_team import leads_who_answered
from matchmaker.queries.problem import get_problem
from matchmaker.queries.problem_revision import PRIVATE_FIELDS, get_amendment
from matchmaker.services import problem_revision as revisions
from matchmaker.services import screening
from matchmaker.services.coaching_digest import field_label
from matchmaker.services.context import Context
from matchmaker.services.owner import write_to_owner
from matchmaker.services.problem_values import (
    MAX_TEXT,
    ProblemValues,
    check_complete,
    check_storable,
    values_of,
    write_values,
)
from matchmaker.services.screening_record import MissingItem, check_rounds
from matchmaker.workflows.problem import AMENDABLE_STATES, PROBLEM_WORKFLOW
from matchmaker.workflows.problem_revision import (
    OPEN_STATES,
    PROBLEM_REVISION_WORKFLOW,
    WRITABLE_STATES,
    ProblemRevisionAction,
)

A = ProblemRevisionAction


def save(
    ctx: Context, problem_id: int, values: ProblemValues, *, reason: str, version: int = 0
) -> ProblemRevision:
    """Write what the problem should say; *version* is that of the change one saw, 0 if none."""
    problem = _amendable(ctx, problem_id)
    row = _open(ctx, problem)
    if row is not None and row.state not in WRITABLE_STATES:
        raise InvalidTransition(
            N_("Your change is with the programme office. Wait for its answer, or withdraw it.")
        )
    content = revisions.to_data(values)
    reason = _limited(reason, "reason")
    if row is not None and (row.content, row.reason) == (content, reason):
        return row  # A second click on the same form.
    if (row.version if row else 0) != version:
        raise StaleVersion
    check_storable(values)
    changed = revisions.changed_names(values_of(problem), values)
    if row is None:
        row = ProblemRevision(problem_id=problem.id, is_amendment=True)
        ctx.session.add(row)
    row.author_id = ctx.actor.id if ctx.actor else None
    row.content, row.reason, row.changed = content, reason, changed
    ctx.record("amendment:save", row, problem_id=problem.id, changed=row.changed)
    return row


def submit(ctx: Context, revision_id: int) -> ProblemRevision:
    """Hand the change to the office."""
    row, problem = _find(ctx, revision_id, A.SUBMIT)
    values = revisions.values_from(row.content)
    if not revisions.changed_names(values_of(problem), values):
        raise InvalidInput(fields={"reason": [Message(N_("Nothing is changed yet."))]})
    if not row.reason:
        message = Message(N_("Say why: the office reads it, and decides sooner."))
        raise InvalidInput(fields={"reason": [message]})
    check_complete(values, now=None if ctx.trusted else utcnow())
    row.submitted_at = utcnow()
    return _take(ctx, row, A.SUBMIT, row.reason)


def withdraw(ctx: Context, revision_id: int) -> ProblemRevision:
    """The owner keeps what is published."""
    row, _problem = _find(ctx, revision_id, A.WITHDRAW)
    return _take(ctx, row, A.WITHDRAW)


def screen(ctx: Context, revision_id: int) -> Screening:
    """The office begins to look at the change."""
    row, problem = _find(ctx, revision_id, A.SCREEN)
    _take(ctx, row, A.SCREEN)
    return screening.begin(ctx, problem, row)


def accept(ctx: Context, revision_id: int, *, version: int, note: str = "") -> ProblemRevision:
    """The change replaces what is published; teams that have answered are told."""
    row, problem = _find(ctx, revision_id, A.ACCEPT)
    if problem.state not in AMENDABLE_STATES:
        raise _not_amendable(problem)
    _conclude(ctx, row, problem, ScreeningOutcome.LIST, version, note)
    before, values = values_of(problem), revisions.values_from(row.content)
    row.changed = revisions.changed_names(before, values)
    row.number = _next_number(ctx, problem, before)
    row.decided_at = row.told_at = utcnow()
    write_values(problem, values)
    _take(ctx, row, A.ACCEPT, note)
    write_to_owner(ctx, problem, "amendment.accepted")
    _tell_teams(ctx, problem, row.changed)
    return row


def give_back(
    ctx: Context,
    revision_id: int,
    *,
    version: int,
    missing: Sequence[MissingItem] = (),
    note: str = "",
) -> ProblemRevision:
    """Ask the owner for changes to the change."""
    row, problem = _find(ctx, revision_id, A.RETURN)
    screening.check_items(missing, note)
    check_rounds(ctx, problem, row)
    found = _conclude(ctx, row, problem, ScreeningOutcome.COACH, version, note)
    found.missing = [item.to_data() for item in missing]
    said = "\n".join(filter(None, [note.strip(), *(f"– {item.line}" for item in missing)]))
    row.office_note = said
    _take(ctx, row, A.RETURN, said)
    write_to_owner(ctx, problem, "amendment.returned", path=_path(problem), note=said)
    return row


def decline(ctx: Context, revision_id: int, *, version: int, note: str) -> ProblemRevision:
    """What is published stays; the owner is told why."""
    row, problem = _find(ctx, revision_id, A.DECLINE)
    if not note.strip():
        message = Message(N_("Say why: the reason is kept on record."))
        raise InvalidInput(fields={"note": [message]})
    _conclude(ctx, row, problem, ScreeningOutcome.DECLINE, version, note)
    row.office_note, row.decided_at = note.strip(), utcnow()
    _take(ctx, row, A.DECLINE, note)
    write_to_owner(ctx, problem, "amendment.declined", path=_path(problem), note=note.strip())
    return row


def _amendable(ctx: Context, problem_id: int) -> Problem:
    """The problem, locked, if the actor may propose a change of it now."""
    problem = get_problem(ctx.session, ctx.actor, problem_id)
    ctx.require(may_propose, problem)
    ctx.session.refresh(problem, with_for_update={"of": Problem})
    if problem.state not in AMENDABLE_STATES:
        raise _not_amendable(problem)
    return problem


def _not_amendable(problem: Problem) -> InvalidTransition:
    return InvalidTransition(
        N_(
            "Changes are proposed for problems open to teams or being solved; this one is: %(state)s."
        ),
        state=Message(PROBLEM_WORKFLOW.labels[problem.state].public),
    )


def _open(ctx: Context, problem: Problem) -> ProblemRevision | None:
    """The change under way: the lock on the problem keeps it the only one."""
    return ctx.session.scalar(
        sa.select(ProblemRevision).where(
            ProblemRevision.problem_id == problem.id,
            ProblemRevision.is_amendment,
            ProblemRevision.state.in_(OPEN_STATES),
        )
    )


def _find(
    ctx: Context, revision_id: int, action: ProblemRevisionAction
) -> tuple[ProblemRevision, Problem]:
    """The change, locked, and its problem, if the actor may take *action* and its state allows it."""
    row = get_amendment(ctx.session, ctx.actor, revision_id)
    problem = row.problem
    ctx.require(permission_for(action), problem)
    ctx.session.refresh(problem, with_for_update={"of": Problem})
    ctx.session.refresh(row)
    PROBLEM_REVISION_WORKFLOW.target(row.state, action)
    if action is A.SUBMIT and problem.state not in AMENDABLE_STATES:
        raise _not_amendable(problem)
    return row, problem


def _take(
    ctx: Context,
    row: ProblemRevision,
    action: ProblemRevisionAction,
    reason: str = "",
) -> ProblemRevision:
    before = row.apply(action)
    facts = {"reason": reason.strip()} if reason.strip() else {}
    ctx.record(
        f"amendment:{action}",
        row,
        problem_id=row.problem_id,
        before=before,
        after=row.state,
        **facts,
    )
    return row


def _conclude(
    ctx: Context,
    row: ProblemRevision,
    problem: Problem,
    outcome: ScreeningOutcome,
    version: int,
    note: str,
) -> Screening:
    found = screenings.under_way(ctx.session, problem.id, row.id, lock=True)
    if found is None:
        raise Conflict(N_("Start the screening first."))
    screening.check_conclusion(ctx, found, problem, outcome, version=version, note=note)
    screening.conclude(ctx, found, outcome, note)
    return found


def _next_number(ctx: Context, problem: Problem, before: ProblemValues) -> int:
    """The number after the latest; what was published before gets the first if nothing has one."""
    known = revisions.latest(ctx, problem)
    if known is None:
        known = revisions.record_published(ctx, problem, before)
    return (known.number or 0) + 1


def _tell_teams(ctx: Context, problem: Problem, changed: Sequence[str]) -> None:
    """Write to the teams that answered, if what they read has changed."""
    names = [name for name in changed if name not in PRIVATE_FIELDS]
    if not names:
        return
    for person, team in leads_who_answered(ctx.session, problem):
        language = language_of(person.locale)
        ctx.send_mail(
            "amendment.told",
            person,
            about=problem,
            title=problem.title(language),
            team=team.name(language),
            fields=translate(N_(", "), person.locale).join(
                field_label(name, person.locale) for name in names
            ),
            url=f"{ctx.settings.base_url}/problems/{problem.id}",
        )


def _limited(text: str, field: str) -> str:
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={field: [message]})
    return text.strip()


def _path(problem: Problem) -> str:
    return f"/problems/{problem.id}/amendment"
