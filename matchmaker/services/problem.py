"""What people decide about a problem: its owner writes, submits and withdraws it, the office the rest.

Every function checks who acts and in which state the problem is before it changes anything, and
leaves an audit event. With a trusted context (import, samples) moments may lie in the past.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from matchmaker.i18n import LOCALES, N_, Message, language_of, translate
from matchmaker.models import GRADES, Call, Organization, Problem, ScreeningOutcome
from matchmaker.policies.problem import (
    may_create,
    may_decide,
    may_edit,
    permission_for,
    visible_problems,
    writable_states,
)
from matchmaker.policies.scope import takes_problems_of
from matchmaker.queries.owner import reachable_members
from matchmaker.queries.screening import is_listed
from matchmaker.services import problem_revision as revisions
from matchmaker.services.application_closing import end_of_problem
from matchmaker.services.context import Context
from matchmaker.services.engagement_problem import check_no_live_work
from matchmaker.services.grading_record import check_no_appeal, leave_grading
from matchmaker.services.owner import write_to_owner
from matchmaker.services.problem_values import (
    MAX_TEXT,
    ProblemValues,
    check_complete,
    check_storable,
    is_email,
    values_of,
    write_values,
)
from matchmaker.services.reasons import limited, needed
from matchmaker.services.screening_record import MissingItem, check_rounds, end
from matchmaker.workflows.problem import (
    EDITABLE_STATES,
    PROBLEM_WORKFLOW,
    ProblemAction,
    ProblemState,
)


class DeclineReason(StrEnum):
    """Why the office cannot take a problem up."""

    NO_DATA = "no_data"
    UNCLEAR_GOAL = "unclear_goal"
    NOT_FEASIBLE = "not_feasible"
    NOT_CLEARED = "not_cleared"
    SOLVED = "solved"
    OUT_OF_SCOPE = "out_of_scope"
    OTHER = "other"


DECLINE_REASONS = {
    DeclineReason.NO_DATA: N_("The data are missing or not complete enough"),
    DeclineReason.UNCLEAR_GOAL: N_("There is no goal that could be measured"),
    DeclineReason.NOT_FEASIBLE: N_("It cannot be solved in three to six months"),
    DeclineReason.NOT_CLEARED: N_("Legal or privacy questions are open"),
    DeclineReason.SOLVED: N_("Ready-made solutions are on the market"),
    DeclineReason.OUT_OF_SCOPE: N_("It lies outside this call"),
    DeclineReason.OTHER: N_("Another reason"),
}


def create(
    ctx: Context,
    *,
    organization_id: int,
    call_id: int,
    values: ProblemValues,
    external_id: str | None = None,
) -> Problem:
    """Begin a draft for an organization in a call."""
    organization = ctx.session.get(Organization, organization_id)
    call = ctx.session.get(Call, call_id)
    if organization is None or call is None or not takes_problems_of(call, organization.id):
        raise NotFound
    ctx.require(may_create, organization)
    check_storable(values)
    if external_id and _is_taken(ctx, external_id):
        raise Conflict(N_("There is already a problem with the id %(id)s."), id=external_id)
    problem = Problem(
        organization_id=organization.id,
        call_id=call.id,
        external_id=external_id,
        author_id=ctx.actor.id if ctx.actor else None,
    )
    write_values(problem, values)
    ctx.session.add(problem)
    ctx.record("problem:create", problem, organization=organization.id, call=call.id)
    return problem


def update(
    ctx: Context,
    problem_id: int,
    values: ProblemValues,
    *,
    version: int | None = None,
    call_id: int | None = None,
) -> Problem:
    """Replace what the owner says; *version* is the one that the values were typed over.

    A draft may move to another call, which *call_id* names.
    """
    problem = _find(ctx, problem_id)
    ctx.require(may_edit, problem)
    if problem.state not in _writable(ctx, problem):
        raise InvalidTransition(
            N_(
                "This problem is in the state “%(state)s” and can no longer be changed. "
                "Your text is still below, beside the saved version."
            ),
            state=Message(PROBLEM_WORKFLOW.labels[problem.state].public),
        )
    before = values_of(problem)
    changed = _changed(before, values)
    if version is not None and problem.version != version:
        if not changed and call_id in (None, problem.call_id):
            return problem  # A second click on the same form.
        raise StaleVersion
    check_storable(values)
    if call_id is not None and call_id != problem.call_id:
        _move(ctx, problem, call_id)
    write_values(problem, values)
    ctx.record("problem:update", problem, changed=changed)
    if problem.submitted_at is not None:
        revisions.track(ctx, problem, before)
    return problem


def submit(ctx: Context, problem_id: int) -> Problem:
    """Hand a complete draft to the office. A returned problem may come back after the call closed."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.SUBMIT)
    if problem.state is ProblemState.DRAFT and not ctx.trusted:
        _check_call_open(ctx, problem.call)
    check_complete(values_of(problem), now=None if ctx.trusted else utcnow())
    _take(ctx, problem, ProblemAction.SUBMIT, submitted_at=utcnow())
    revisions.record_first(ctx, problem)
    return problem


def withdraw(ctx: Context, problem_id: int, *, reason: str) -> Problem:
    """The owner takes the problem back."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.WITHDRAW)
    end_of_problem(ctx, problem, _needed(reason))
    return _take(ctx, problem, ProblemAction.WITHDRAW, reason)


def screen(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The office begins to look at the problem."""
    return _decide(ctx, problem_id, ProblemAction.SCREEN, reason)


def grade(ctx: Context, problem_id: int, grade: str, *, reason: str) -> Problem:
    """The office accepts a listed problem at a grade; the owner reads the reason."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.GRADE)
    if problem.state is ProblemState.SCREENING and not ctx.trusted:
        _check_listed(ctx, problem)
    if grade not in GRADES:
        raise InvalidInput(fields={"grade": [Message(N_("Choose one of the four grades."))]})
    reason = _needed(reason)
    if (problem.state, problem.grade, problem.office_note) == (ProblemState.GRADED, grade, reason):
        return problem  # A second click, or a second officer who decides the same.
    return _take(ctx, problem, ProblemAction.GRADE, reason, grade=grade, office_note=reason)


def return_to_owner(
    ctx: Context, problem_id: int, *, note: str = "", missing: Sequence[MissingItem] = ()
) -> Problem:
    """The office asks the owner for changes: the exact items that are missing, or in its own words.

    From screening this is a round of coaching, of which there are only so many.
    """
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.RETURN)
    said = "\n".join(filter(None, [_limited(note, "note"), *(f"– {i.line}" for i in missing)]))
    _needed(said, "note")
    if problem.state is ProblemState.SCREENING:
        check_rounds(ctx, problem)
        outcome = ScreeningOutcome.COACH
        end(ctx, problem, outcome, note=note.strip(), missing=missing)
    _take(ctx, problem, ProblemAction.RETURN, said, office_note=said)
    write_to_owner(ctx, problem, "problem.returned", path=_coaching_path(problem), note=said)
    return problem


def decline(
    ctx: Context, problem_id: int, *, reasons: Sequence[DeclineReason], note: str = ""
) -> Problem:
    """The office does not take the problem up, for one or more reasons and in its own words."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.DECLINE)
    if not reasons:
        raise InvalidInput(fields={"reasons": [Message(N_("Choose at least one reason."))]})
    if DeclineReason.OTHER in reasons:
        _needed(note, "note")
    said = _reasons_in_words(reasons, _limited(note, "note"))
    end(ctx, problem, ScreeningOutcome.DECLINE, note=said)
    _take(ctx, problem, ProblemAction.DECLINE, said, office_note=said)
    write_to_owner(ctx, problem, "problem.declined", note=said)
    return problem


def publish(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The office opens the problem to teams."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.PUBLISH)
    check_no_appeal(ctx, problem)
    now = utcnow()
    if not ctx.trusted and (problem.deadline_at is None or problem.deadline_at <= now):
        raise DeadlinePassed(
            N_(
                "The deadline for teams has passed. "
                "Return the problem to its owner, who can set a new one."
            )
        )
    _take(ctx, problem, ProblemAction.PUBLISH, _limited(reason), published_at=now)
    write_to_owner(ctx, problem, "problem.published")
    return problem


def start_solving(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """Teams have begun to work on the problem."""
    return _decide(ctx, problem_id, ProblemAction.START_SOLVING, reason)


def evaluate(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The results are in and are being looked at."""
    return _decide(ctx, problem_id, ProblemAction.EVALUATE, reason)


def close(ctx: Context, problem_id: int, *, reason: str) -> Problem:
    """The office ends the work on the problem."""
    return _decide(ctx, problem_id, ProblemAction.CLOSE, reason, needs_reason=True)


def archive(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The office puts an ended problem away: it leaves the public list."""
    return _decide(ctx, problem_id, ProblemAction.ARCHIVE, reason)


def _move(ctx: Context, problem: Problem, call_id: int) -> None:
    call = ctx.session.get(Call, call_id)
    fits = call is not None and takes_problems_of(call, problem.organization_id)
    if call is None or not fits or problem.state is not ProblemState.DRAFT:
        message = Message(N_("A problem that was submitted stays in its call."))
        raise InvalidInput(fields={"call_id": [message]})
    problem.call = call


def _writable(ctx: Context, problem: Problem) -> Collection[ProblemState]:
    """The states in which the actor may change the text."""
    return EDITABLE_STATES if ctx.actor is None else writable_states(ctx.actor, problem)


def _check_listed(ctx: Context, problem: Problem) -> None:
    if not is_listed(ctx.session, problem):
        raise Conflict(
            N_("Finish the screening first: only a problem that was listed can be graded.")
        )


def _coaching_path(problem: Problem) -> str:
    return f"/problems/{problem.id}/coaching"


def name_contact(ctx: Context, problem_id: int, *, name: str, email: str, reason: str) -> Problem:
    """The office names somebody to write to when nobody at the owner can be reached."""
    problem = _find(ctx, problem_id)
    ctx.require(may_decide, problem)
    reason = _needed(reason)
    if reachable_members(ctx.session, problem):
        raise Conflict(N_("Somebody at the owner can be reached: the contact is theirs to change."))
    if not name.strip():
        raise InvalidInput(fields={"name": [Message(N_("Name one person teams can turn to."))]})
    if not is_email(email.strip()):
        message = N_("This is not an e-mail address. Example: name@company.com.tw")
        raise InvalidInput(fields={"email": [Message(message)]})
    before = values_of(problem)
    problem.contact_name, problem.contact_email = name.strip()[:120], email.strip()[:254]
    ctx.record("problem:name_contact", problem, reason=reason)
    revisions.track(ctx, problem, before)
    return problem


def _is_taken(ctx: Context, external_id: str) -> bool:
    taken = sa.exists().where(Problem.external_id == external_id)
    return bool(ctx.session.scalar(sa.select(taken)))


def _decide(
    ctx: Context, problem_id: int, action: ProblemAction, reason: str, *, needs_reason: bool = False
) -> Problem:
    problem = _find(ctx, problem_id)
    _check(ctx, problem, action)
    return _take(ctx, problem, action, _needed(reason) if needs_reason else _limited(reason))


def _find(ctx: Context, problem_id: int) -> Problem:
    """The problem, locked for this transaction, if the actor may know of it."""
    known = sa.true() if ctx.trusted else visible_problems(ctx.actor)
    statement = sa.select(Problem).where(Problem.id == problem_id, known).with_for_update()
    problem = ctx.session.scalar(statement.execution_options(populate_existing=True))
    if problem is None:
        raise NotFound
    return problem


def _check(ctx: Context, problem: Problem, action: ProblemAction) -> None:
    """Raise unless the actor may take *action*, and its time has come."""
    ctx.require(permission_for(action), problem)
    PROBLEM_WORKFLOW.target(problem.state, action)
    if action is ProblemAction.CLOSE:
        check_no_live_work(ctx, problem)


def _take(
    ctx: Context, problem: Problem, action: ProblemAction, reason: str = "", **changes: Any
) -> Problem:
    """Take a checked *action*, set the columns that change with it, and leave word of it."""
    before = problem.apply(action)
    for name, value in changes.items():
        setattr(problem, name, value)
    facts = {"grade": problem.grade} if action is ProblemAction.GRADE else {}
    ctx.record(
        f"problem:{action}", problem, before=before, after=problem.state, reason=reason, **facts
    )
    leave_grading(ctx, problem)
    return problem


def _check_call_open(ctx: Context, call: Call) -> None:
    now, zone = utcnow(), ctx.settings.timezone
    names = {"call": call.name(language_of(ctx.locale))}
    if now >= call.closes_at:
        when = f"{call.closes_at.astimezone(zone):%Y-%m-%d %H:%M}"
        raise DeadlinePassed(
            N_(
                "“%(call)s” closed on %(when)s (Taipei). "
                "Your text is still below: save it as a draft and ask the programme office about the next call."
            ),
            when=when,
            **names,
        )
    if now < call.opens_at:
        when = f"{call.opens_at.astimezone(zone):%Y-%m-%d %H:%M}"
        raise DeadlinePassed(
            N_(
                "“%(call)s” opens on %(when)s (Taipei). "
                "Your text is still below: save it as a draft and submit it then."
            ),
            when=when,
            **names,
        )


_needed = partial(needed, maximum=MAX_TEXT)
_limited = partial(limited, maximum=MAX_TEXT)


def _reasons_in_words(reasons: Sequence[DeclineReason], note: str) -> str:
    """The reasons in both languages, since nobody knows who at the owner reads them."""
    lines = [
        " / ".join(translate(DECLINE_REASONS[reason], locale) for locale in reversed(LOCALES))
        for reason in DeclineReason
        if reason in reasons and reason is not DeclineReason.OTHER
    ]
    return "\n\n".join(part for part in ("\n".join(lines), note) if part)


def _changed(old: ProblemValues, new: ProblemValues) -> list[str]:
    before, after = asdict(old), asdict(new)
    return [name for name in after if after[name] != before[name]]
