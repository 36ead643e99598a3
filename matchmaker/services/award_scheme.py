"""The scheme of a call's awards: set up, changed, frozen once a panel began, and its phases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from matchmaker.assessment.award_scheme import (
    MAX_AMOUNT,
    award_scheme_faults,
    shipped_award_scheme,
)
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import AwardScheme, AwardSchemeVersion, PaymentSource
from matchmaker.policies.award import may_run_awards
from matchmaker.queries import award as awards
from matchmaker.queries import award_payment as money
from matchmaker.queries import award_scheme as queries
from matchmaker.services import award_payment
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.workflows.award import PENDING_STATES, AwardState
from matchmaker.workflows.award_scheme import (
    AWARD_SCHEME_WORKFLOW,
    AwardSchemeAction,
    AwardSchemeState,
)
from matchmaker.workflows.award_vote import AwardVoteState

PARTS = ("tiers", "criteria", "money")


@dataclass(frozen=True)
class SchemeValues:
    """A scheme as it was typed."""

    content: Mapping[str, Any]
    budget: int | None
    nominate_until: datetime | None
    panel_until: datetime | None
    confirm_days: int | None
    announce_on: date | None


def set_up(ctx: Context, call_id: int) -> AwardScheme:
    """Begin with the scheme that ships; the one there is if there is one."""
    call = queries.get_call(ctx.session, ctx.actor, call_id, trusted=ctx.trusted)
    ctx.require(may_run_awards, call)
    ctx.session.refresh(call, with_for_update=True)  # Two officers come one after the other.
    if (found := queries.scheme_of(ctx.session, call.id)) is not None:
        return found
    shipped = shipped_award_scheme()
    row = AwardScheme(call=call, **{name: shipped[name] for name in PARTS})
    ctx.session.add(row)
    ctx.record("award_scheme:set_up", row, call_id=call.id)
    return row


def find(ctx: Context, call_id: int, *, lock: bool = True) -> AwardScheme:
    """The scheme of a call the actor runs the awards of; an `InvalidTransition` if it has none."""
    call = queries.get_call(ctx.session, ctx.actor, call_id, trusted=ctx.trusted)
    ctx.require(may_run_awards, call)
    row = queries.scheme_of(ctx.session, call.id, lock=lock)
    if row is None:
        raise InvalidTransition(N_("Set the scheme of this call up first."))
    return row


def save(
    ctx: Context, call_id: int, values: SchemeValues, *, reason: str = "", version: int
) -> AwardScheme:
    """Change the scheme. Once a panel has begun a reason is needed, and the earlier version is kept.

    Raises
    ------
    InvalidInput
        If anything in it cannot be used, or the budget is below what is bound already.
    """
    row = find(ctx, call_id)
    if row.version != version:
        raise StaleVersion
    _check(ctx, row, values)
    if row.panel_begun_at is not None:
        _keep_version(ctx, row, needed(reason))
    for name in PARTS:
        setattr(row, name, values.content[name])
        flag_modified(row, name)
    row.budget, row.confirm_days = values.budget or 0, values.confirm_days or 1
    row.nominate_until, row.panel_until = values.nominate_until, values.panel_until
    row.announce_on = values.announce_on
    ctx.record("award_scheme:save", row, number=row.number, budget=row.budget, reason=reason)
    _recount(ctx, row)
    award_payment.commit_missing(ctx, row.call_id)
    return row


def _check(ctx: Context, row: AwardScheme, values: SchemeValues) -> None:
    faults: dict[str, list[Message]] = {}
    for fault in award_scheme_faults(values.content):
        faults.setdefault(fault.path, []).append(fault.message)
    if values.budget is None or not 0 <= values.budget <= MAX_AMOUNT:
        text = N_("Choose a number from %(low)s to %(high)s.")
        faults["budget"] = [Message(text, {"low": 0, "high": f"{MAX_AMOUNT:,}"})]
    elif (bound := money.budget_of(ctx.session, row.call_id).bound) > values.budget:
        text = N_("NT$%(bound)s is promised or paid already: the budget cannot be below it.")
        faults["budget"] = [Message(text, {"bound": f"{bound:,}"})]
    if values.confirm_days is None or not 1 <= values.confirm_days <= 60:
        text = N_("Choose a number from %(low)s to %(high)s.")
        faults["confirm_days"] = [Message(text, {"low": 1, "high": 60})]
    if values.nominate_until and values.panel_until and values.panel_until < values.nominate_until:
        faults["panel_until"] = [Message(N_("The panel ends after the nominations."))]
    if not faults:
        faults |= _frozen_parts(ctx, row, values)
    if faults:
        raise InvalidInput(fields=faults)


def _frozen_parts(ctx: Context, row: AwardScheme, values: SchemeValues) -> dict[str, list[Message]]:
    """What others have relied on: criteria that were judged by, tiers that were given."""
    rows = awards.all_of_call(ctx.session, row.call_id, tuple(AwardState))
    before = {criterion["id"] for criterion in row.criteria}
    after = {criterion["id"] for criterion in values.content["criteria"]}
    voted = any(v.state is AwardVoteState.SUBMITTED for award in rows for v in award.votes)
    if voted and before != after:
        text = N_("The panel has judged by these criteria: words and weights may change, not more.")
        return {"criteria": [Message(text)]}
    given = {award.tier for award in rows if award.tier and award.is_settled}
    missing = given - {tier["code"] for tier in values.content["tiers"]}
    if missing:
        text = N_("Awards were settled in the tier “%(code)s”: it has to stay.")
        return {"tiers": [Message(text, {"code": sorted(missing)[0]})]}
    return {}


def _keep_version(ctx: Context, row: AwardScheme, reason: str) -> None:
    row.versions.append(
        AwardSchemeVersion(
            number=row.number,
            content={**queries.content_of(row), "budget": row.budget},
            reason=reason,
            user_id=ctx.actor.id if ctx.actor else None,
        )
    )
    row.number += 1


def _recount(ctx: Context, row: AwardScheme) -> None:
    """Weigh the votes handed in anew, by the weights in force."""
    rubric = queries.rules_of(row).rubric
    for award in awards.all_of_call(ctx.session, row.call_id, PENDING_STATES):
        for vote in award.votes:
            if vote.state is AwardVoteState.SUBMITTED:
                vote.total, vote.scheme_number = rubric.total(vote.scores), row.number


# Phases


def begin_panel(ctx: Context, call_id: int, *, version: int) -> AwardScheme:
    """Close the nominations; from now on the scheme is frozen and the panel judges."""
    row = find(ctx, call_id)
    if row.state is AwardSchemeState.JUDGING:
        return row  # A second click, or another officer.
    _check_phase(row, AwardSchemeAction.BEGIN_PANEL, version)
    if not awards.all_of_call(ctx.session, row.call_id, (AwardState.NOMINATED,)):
        raise InvalidTransition(N_("Nothing is nominated yet."))
    if awards.all_of_call(ctx.session, row.call_id, (AwardState.PROPOSED,)):
        raise InvalidTransition(N_("Accept or turn down every proposal first."))
    _take(ctx, row, AwardSchemeAction.BEGIN_PANEL)
    row.panel_begun_at = row.panel_begun_at or utcnow()
    return row


def reopen_nominations(ctx: Context, call_id: int, *, reason: str, version: int) -> AwardScheme:
    """Let more work be nominated: while the panel judges, or for another round after all is out."""
    row = find(ctx, call_id)
    kept = needed(reason)
    if row.state is AwardSchemeState.NOMINATING:
        return row  # A second click.
    _check_phase(row, AwardSchemeAction.REOPEN_NOMINATIONS, version)
    row.announced_at = row.announcer_id = None
    _take(ctx, row, AwardSchemeAction.REOPEN_NOMINATIONS, reason=kept)
    return row


def _check_phase(row: AwardScheme, action: AwardSchemeAction, version: int) -> None:
    AWARD_SCHEME_WORKFLOW.target(row.state, action)
    if row.version != version:
        raise StaleVersion


def _take(ctx: Context, row: AwardScheme, action: AwardSchemeAction, **facts: Any) -> None:
    before = row.apply(action)
    ctx.record(
        f"award_scheme:{action}",
        row,
        call_id=row.call_id,
        before=before,
        after=row.state,
        **facts,
    )


def public_left(ctx: Context, call_id: int) -> int:
    """What of the call's public money is not promised yet."""
    return money.budget_of(ctx.session, call_id, PaymentSource.PUBLIC).left
