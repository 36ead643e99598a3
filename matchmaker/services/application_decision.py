"""What the office and the team decide of an application once it is in, and what becomes of it.

Announcing is not done here: who prepares decisions announces them together. Only an application
that breaks the rules of the call is turned down at once, with a letter that says why.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    StaleVersion,
)
from matchmaker.i18n import N_, Message
from matchmaker.models import Application, Call, Problem, Team
from matchmaker.policies.application import (
    may_begin_review,
    may_confirm,
    may_decide_application,
    received_applications,
)
from matchmaker.queries import application as queries
from matchmaker.queries import decision as decisions
from matchmaker.queries.call_rules import deadline, is_in_time, is_open, rules_in, rules_of
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.context import Context
from matchmaker.services.engagement import open_engagement
from matchmaker.workflows.application import (
    APPLICATION_WORKFLOW,
    ApplicationAction,
    ApplicationState,
)

MAX_REASON = 2_000
OFFICE_ACTIONS = tuple(
    action
    for action in ApplicationAction
    if action
    not in (
        ApplicationAction.SUBMIT,
        ApplicationAction.CONFIRM,
        ApplicationAction.WITHDRAW,
        ApplicationAction.CLOSE,
    )
)
#: What cannot be done without saying why.
NEEDS_REASON = (ApplicationAction.DECLINE, ApplicationAction.REVERSE)


def decide(
    ctx: Context,
    application_id: int,
    action: ApplicationAction,
    *,
    reason: str = "",
    version: int,
) -> Application:
    """Take *action* for the office; no letter goes out.

    Raises
    ------
    InvalidTransition
        If the state does not allow it, or the review would begin before the deadline.
    """
    application = _find(ctx, application_id)
    ctx.require(may_decide_application, application)
    if action not in OFFICE_ACTIONS:
        raise InvalidTransition
    reason = _checked(reason, needed=action in NEEDS_REASON)
    if application.version != version:
        if _is_done(application, action, reason):
            return application  # A second click.
        raise StaleVersion
    if action is ApplicationAction.BEGIN_REVIEW:
        _check_closed(ctx, application)
    take(ctx, application, action, reason)
    return application


def _find(ctx: Context, application_id: int) -> Application:
    return queries.get_application(
        ctx.session, ctx.actor, application_id, lock=True, trusted=ctx.trusted
    )


def _checked(reason: str, *, needed: bool) -> str:
    reason = reason.strip()
    if needed and not reason:
        text = N_("Say why: the reason is kept on record, and the team reads it.")
        raise InvalidInput(fields={"reason": [Message(text)]})
    if len(reason) > MAX_REASON:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_REASON})
        raise InvalidInput(fields={"reason": [message]})
    return reason


def _is_done(application: Application, action: ApplicationAction, reason: str) -> bool:
    leads_to = {goal for (_, known), goal in APPLICATION_WORKFLOW.table.items() if known is action}
    return application.state in leads_to and application.reason == reason


def _check_closed(ctx: Context, application: Application) -> None:
    rules = rules_of(ctx.session, application.call_id)
    if rules is not None and is_in_time(utcnow(), deadline(rules, application.problem)):
        raise InvalidTransition(
            N_("Teams may still hand in a new version: the review begins after the deadline.")
        )


def take(
    ctx: Context, application: Application, action: ApplicationAction, reason: str
) -> ApplicationState:
    """Take *action*, whose permission was checked, with its reason and its line in the trail."""
    before = application.apply(action)
    application.reason, application.decided_at = reason, utcnow()
    facts = {"reason": reason} if reason else {}
    ctx.record(
        f"application:{action.value}",
        application,
        before=before,
        after=application.state,
        **facts,
    )
    return before


def ready_for_review(ctx: Context) -> list[tuple[Call, int]]:
    """The calls in which applications wait for the review to begin, with how many."""
    waiting: dict[Call, int] = {}
    for application in _closed(ctx, sa.true()):
        if ctx.trusted or may_decide_application.allows(ctx.actor, application):
            waiting[application.call] = waiting.get(application.call, 0) + 1
    return sorted(waiting.items(), key=lambda pair: pair[0].id)


def begin_review(ctx: Context, call_id: int) -> int:
    """Put what was handed in in a call under review, where the deadline is over; how many."""
    ctx.require(may_begin_review, ctx.session.get_one(Call, call_id))
    found = _closed(ctx, Application.call_id == call_id, lock=True)
    for application in found:
        ctx.require(may_decide_application, application)
        take(ctx, application, ApplicationAction.BEGIN_REVIEW, "")
    return len(found)


def _closed(
    ctx: Context, wanted: sa.ColumnElement[bool], *, lock: bool = False
) -> list[Application]:
    """What was handed in and cannot be handed in anew."""
    known = sa.true() if ctx.trusted else received_applications(ctx.actor)
    statement = (
        sa.select(Application)
        .where(wanted, known, Application.state == ApplicationState.SUBMITTED)
        .options(
            joinedload(Application.call),
            joinedload(Application.problem).joinedload(Problem.call),
            joinedload(Application.team),
        )
        .order_by(Application.id)
    )
    locked = statement.with_for_update(of=Application) if lock else statement
    found, now = ctx.session.scalars(locked).all(), utcnow()
    rules = rules_in(ctx.session, {application.call_id for application in found})
    return [
        application
        for application in found
        if not is_open(rules.get(application.call_id), application.problem, now)
    ]


def refuse_ineligible(
    ctx: Context, application_id: int, *, reason: str, version: int
) -> Application:
    """Turn down what breaks the rules of the call before anybody reads it; the team is told why."""
    application = _find(ctx, application_id)
    ctx.require(may_decide_application, application)
    if application.state is not ApplicationState.SUBMITTED:
        done = _is_done(application, ApplicationAction.DECLINE, reason.strip())
        if not done:
            raise InvalidTransition(
                N_("Only what was handed in and is not yet under review is turned down here.")
            )
    was = application.state
    decide(ctx, application_id, ApplicationAction.DECLINE, reason=reason, version=version)
    if was is ApplicationState.SUBMITTED:
        write_to_team(
            ctx,
            application,
            "application.refused",
            number=application.number,
            note=application.reason,
        )
    return application


def take_back(ctx: Context, application_id: int, *, reason: str, version: int) -> Application:
    """Take a decision back; a team that knew of it is told."""
    known = (ApplicationState.DECLINED, ApplicationState.OFFERED, ApplicationState.WAITLISTED)
    before = _find(ctx, application_id).state
    application = decide(
        ctx, application_id, ApplicationAction.REVERSE, reason=reason, version=version
    )
    if before in known and application.state is not before:
        write_to_team(
            ctx,
            application,
            "application.reversed",
            number=application.number,
            note=application.reason,
        )
    return application


def confirm(ctx: Context, application_id: int, *, version: int) -> Application:
    """The team takes the place it was offered.

    Raises
    ------
    Conflict
        If the team has confirmed as many places as it can take on.
    """
    application = _find(ctx, application_id)
    ctx.require(may_confirm, application)
    if application.state is ApplicationState.CONFIRMED:
        return application  # A second click.
    if application.version != version:
        raise StaleVersion
    _check_time(ctx, application)
    _check_room(ctx, application)
    before = application.apply(ApplicationAction.CONFIRM)
    application.decided_at = utcnow()
    ctx.record("application:confirm", application, before=before, after=application.state)
    open_engagement(ctx, application)
    return application


def _check_time(ctx: Context, application: Application) -> None:
    """An offer ends with its last second, whether or not anything has tidied up after it."""
    offer = decisions.announced_of(ctx.session, application)
    if offer is not None and offer.expires_at is not None and offer.expires_at <= utcnow():
        raise DeadlinePassed(N_("The time to answer this offer is over."))


def _check_room(ctx: Context, application: Application) -> None:
    """Two offers to a team with room for one: the first one confirmed counts."""
    statement = sa.select(Team).where(Team.id == application.team_id).with_for_update()
    team = ctx.session.scalars(statement).one()
    taken = decisions.count_confirmed_of_team(ctx.session, application.call_id, team.id)
    taken += decisions.work_elsewhere(ctx.session, application.call_id).get(team.id, 0)
    if taken >= max(1, team.capacity):
        raise Conflict(
            N_(
                "Your team has %(count)s places, in this call or in others, which is what it can take "
                "on at once. Withdraw from one, or raise the number in the team’s profile."
            ),
            count=taken,
        )
