"""A team leaves: it withdraws its application, or breaks up and with it goes all it has under way."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Application, Team, WithdrawalCause
from matchmaker.policies.application import may_withdraw_application
from matchmaker.queries import application as queries
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.context import Context
from matchmaker.services.engagement_stop import ended_applications, has_ended, stop_withdrawn
from matchmaker.services.review_record import end_reviews
from matchmaker.workflows.application import (
    WITHDRAWABLE_STATES,
    ApplicationAction,
    ApplicationState,
)

MAX_REASON = 1_000


def withdraw(
    ctx: Context,
    application_id: int,
    *,
    cause: WithdrawalCause | None,
    reason: str = "",
    version: int,
) -> Application:
    """Withdraw, at any time and from every state that is not an end; the office reads why."""
    application = queries.get_application(
        ctx.session, ctx.actor, application_id, lock=True, trusted=ctx.trusted
    )
    ctx.require(may_withdraw_application, application)
    if application.state is ApplicationState.WITHDRAWN:
        return application  # A second click.
    if has_ended(ctx, application):
        raise InvalidTransition(N_("This work has ended: its record stays as it is."))
    is_draft = application.state is ApplicationState.DRAFT
    _check_withdrawal(cause, reason, is_draft=is_draft)
    if application.version != version and not is_draft:
        raise StaleVersion
    _leave(ctx, application, cause or WithdrawalCause.OTHER, reason.strip())
    return application


def _check_withdrawal(cause: WithdrawalCause | None, reason: str, *, is_draft: bool) -> None:
    if cause is None and not is_draft:
        raise InvalidInput(fields={"cause": [Message(N_("Choose why: the office reads it."))]})
    if cause is WithdrawalCause.OTHER and not reason.strip() and not is_draft:
        raise InvalidInput(fields={"reason": [Message(N_("Say in a few words what it is."))]})
    if len(reason) > MAX_REASON:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_REASON})
        raise InvalidInput(fields={"reason": [message]})


def _leave(ctx: Context, application: Application, cause: WithdrawalCause, reason: str) -> None:
    before = application.apply(ApplicationAction.WITHDRAW)
    application.withdrawal_cause, application.withdrawal_reason = cause, reason
    application.withdrawn_at = utcnow()
    ctx.record(
        "application:withdraw", application, before=before, after=application.state, cause=cause
    )
    if before is not ApplicationState.DRAFT:
        write_to_team(ctx, application, "application.withdrawn", number=application.number)
        end_reviews(ctx, application)
    stop_withdrawn(ctx, application)


def withdraw_all(ctx: Context, team: Team, cause: WithdrawalCause) -> int:
    """Withdraw whatever *team* has under way, because it is no more; how many."""
    statement = sa.select(Application).where(
        Application.team_id == team.id,
        Application.state.in_(WITHDRAWABLE_STATES),
        Application.id.not_in(ended_applications()),
    )
    found = ctx.session.scalars(statement.order_by(Application.id).with_for_update()).all()
    for application in found:
        _leave(ctx, application, cause, "")
    return len(found)
