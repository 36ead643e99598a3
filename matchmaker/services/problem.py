"""What people decide about a problem: its owner writes, submits and withdraws it, the office the rest.

Every function checks who acts and in which state the problem is before it changes anything, and
leaves an audit event. With a trusted context (import, samples) moments may lie in the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
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
from matchmaker.models import (
    GRADES,
    Call,
    MemberRole,
    Organization,
    OrganizationMember,
    Problem,
    Requirement,
    User,
)
from matchmaker.policies.problem import (
    may_create,
    may_edit,
    permission_for,
    visible_problems,
)
from matchmaker.services.context import Context
from matchmaker.services.problem_values import (
    COLUMNS,
    MAX_TEXT,
    ProblemValues,
    check_complete,
    check_storable,
    values_of,
)
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
    if organization is None or call is None:
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
    _write(problem, values)
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
    if problem.state not in EDITABLE_STATES:
        raise InvalidTransition(
            N_(
                "This problem is in the state “%(state)s” and can no longer be changed. "
                "Your text is still below, beside the saved version."
            ),
            state=Message(PROBLEM_WORKFLOW.labels[problem.state].public),
        )
    changed = _changed(values_of(problem), values)
    if version is not None and problem.version != version:
        if not changed and call_id in (None, problem.call_id):
            return problem  # A second click on the same form.
        raise StaleVersion
    check_storable(values)
    if call_id is not None and call_id != problem.call_id:
        _move(ctx, problem, call_id)
    _write(problem, values)
    ctx.record("problem:update", problem, changed=changed)
    return problem


def submit(ctx: Context, problem_id: int) -> Problem:
    """Hand a complete draft to the office. A returned problem may come back after the call closed."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.SUBMIT)
    if problem.state is ProblemState.DRAFT and not ctx.trusted:
        _check_call_open(ctx, problem.call)
    check_complete(values_of(problem), now=None if ctx.trusted else utcnow())
    return _take(ctx, problem, ProblemAction.SUBMIT, submitted_at=utcnow())


def withdraw(ctx: Context, problem_id: int, *, reason: str) -> Problem:
    """The owner takes the problem back."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.WITHDRAW)
    return _take(ctx, problem, ProblemAction.WITHDRAW, _needed(reason))


def screen(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The office begins to look at the problem."""
    return _decide(ctx, problem_id, ProblemAction.SCREEN, reason)


def grade(ctx: Context, problem_id: int, grade: str, *, reason: str) -> Problem:
    """The office accepts the problem at a grade; the owner reads the reason."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.GRADE)
    if grade not in GRADES:
        raise InvalidInput(fields={"grade": [Message(N_("Choose one of the four grades."))]})
    reason = _needed(reason)
    if (problem.state, problem.grade, problem.office_note) == (ProblemState.GRADED, grade, reason):
        return problem  # A second click, or a second officer who decides the same.
    return _take(ctx, problem, ProblemAction.GRADE, reason, grade=grade, office_note=reason)


def return_to_owner(ctx: Context, problem_id: int, *, note: str) -> Problem:
    """The office asks the owner for changes, and says which."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.RETURN)
    note = _needed(note, "note")
    _take(ctx, problem, ProblemAction.RETURN, note, office_note=note)
    _write_to_owner(ctx, problem, "problem.returned", note=note)
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
    _take(ctx, problem, ProblemAction.DECLINE, said, office_note=said)
    _write_to_owner(ctx, problem, "problem.declined", note=said)
    return problem


def publish(ctx: Context, problem_id: int, *, reason: str = "") -> Problem:
    """The office opens the problem to teams."""
    problem = _find(ctx, problem_id)
    _check(ctx, problem, ProblemAction.PUBLISH)
    now = utcnow()
    if not ctx.trusted and (problem.deadline_at is None or problem.deadline_at <= now):
        raise DeadlinePassed(
            N_(
                "The deadline for teams has passed. "
                "Return the problem to its owner, who can set a new one."
            )
        )
    _take(ctx, problem, ProblemAction.PUBLISH, _limited(reason), published_at=now)
    _write_to_owner(ctx, problem, "problem.published")
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
    if call is None or problem.state is not ProblemState.DRAFT:
        message = Message(N_("A problem that was submitted stays in its call."))
        raise InvalidInput(fields={"call_id": [message]})
    problem.call = call


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


def _needed(text: str, field: str = "reason") -> str:
    if not text.strip():
        raise InvalidInput(fields={field: [Message(N_("Say why: the reason is kept on record."))]})
    return _limited(text, field)


def _limited(text: str, field: str = "reason") -> str:
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={field: [message]})
    return text.strip()


def _reasons_in_words(reasons: Sequence[DeclineReason], note: str) -> str:
    """The reasons in both languages, since nobody knows who at the owner reads them."""
    lines = [
        " / ".join(translate(DECLINE_REASONS[reason], locale) for locale in reversed(LOCALES))
        for reason in DeclineReason
        if reason in reasons and reason is not DeclineReason.OTHER
    ]
    return "\n\n".join(part for part in ("\n".join(lines), note) if part)


def _write(problem: Problem, values: ProblemValues) -> None:
    for name in COLUMNS:
        setattr(problem, name, getattr(values, name))
    problem.techniques = list(dict.fromkeys(values.techniques))
    problem.data_details = {
        "formats": list(values.data_formats),
        "volume": values.data_volume,
        "personal": values.has_personal_data,
    }
    _write_requirements(problem, values)
    problem.refresh_search_text()
    problem.updated_at = utcnow()


def _write_requirements(problem: Problem, values: ProblemValues) -> None:
    """Change the rows that are there instead of replacing them: a competency is unique in a problem."""
    rows = {row.competency: row for row in problem.requirements}
    for need in values.requirements:
        row = rows.pop(need.competency, None)
        if row is None:
            row = Requirement(competency=need.competency)
            problem.requirements.append(row)
        row.level, row.importance = need.level, need.importance
    for row in rows.values():
        problem.requirements.remove(row)


def _changed(old: ProblemValues, new: ProblemValues) -> list[str]:
    before, after = asdict(old), asdict(new)
    return [name for name in after if after[name] != before[name]]


def _write_to_owner(ctx: Context, problem: Problem, kind: str, **params: Any) -> None:
    """Write to the owner's leads and the author; to the named contact if there is neither."""
    members = ctx.session.scalars(
        sa.select(User)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(
            OrganizationMember.organization_id == problem.organization_id,
            sa.or_(
                OrganizationMember.role == MemberRole.LEAD,
                OrganizationMember.user_id == problem.author_id,
            ),
        )
        .order_by(User.id)
    ).all()
    params["url"] = f"{ctx.settings.base_url}/problems/{problem.id}"
    for user in members:
        ctx.send_mail(kind, user, title=problem.title(language_of(user.locale)), **params)
    if not members:
        locale = ctx.settings.default_locale
        title = problem.title(language_of(locale))
        ctx.send_mail(kind, problem.contact_email, locale=locale, title=title, **params)
