"""Decisions on applications: prepared for a whole call and announced together.

Nothing that is prepared shows to a team, and nothing changes an application, until the round is
announced. Announcing is one transaction: all states, all letters to the outbox, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    Call,
    Decision,
    DecisionOutcome,
    DecisionRound,
    DeclineCause,
    NextStep,
)
from matchmaker.policies.application import may_decide_application
from matchmaker.policies.decision import may_prepare
from matchmaker.policies.scope import handled_by
from matchmaker.queries import decision as queries
from matchmaker.queries.allocation import deployed, deployed_allocation
from matchmaker.queries.allocation_reason import Because
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited
from matchmaker.workflows.decision_round import DecisionRoundAction, DecisionRoundState

MAX_REASON = 2_000
MIN_DAYS, MAX_DAYS = 1, 60
#: What an allocation's reason for not placing a team is called to the team.
CAUSES = {
    Because.PROBLEM_FULL: DeclineCause.PLACES_TAKEN,
    Because.OVERALL: DeclineCause.PLACES_TAKEN,
    Because.TEAM_ELSEWHERE: DeclineCause.PLACE_ELSEWHERE,
    Because.BELOW_MINIMUM: DeclineCause.BELOW_MINIMUM,
}


@dataclass(frozen=True)
class Choice:
    """What an officer decides of one application."""

    outcome: DecisionOutcome | None
    cause: DeclineCause | None = None
    reason: str = ""
    next_step: NextStep = NextStep.OTHER_PROBLEMS
    turn: int | None = None


def prepare(ctx: Context, call_id: int, *, answer_days: int = 7) -> DecisionRound:
    """Open a round for a call, filled in from the allocation in use; the open one if there is one."""
    call = _call(ctx, call_id)
    ctx.require(may_prepare, call)
    ctx.session.get(Call, call.id, with_for_update=True)  # Two officers come one after the other.
    if (found := queries.preparing_round(ctx.session, call.id)) is not None:
        return found
    _check_days(answer_days)
    waiting = queries.undecided(ctx.session, call.id)
    if not waiting:
        raise InvalidTransition(N_("No application of this call waits for a decision."))
    allocation = deployed_allocation(ctx.session, call.id)
    row = DecisionRound(
        call_id=call.id,
        allocation_id=allocation.id if allocation else None,
        starter_id=ctx.actor.id if ctx.actor else None,
        answer_days=answer_days,
    )
    row.decisions = _proposals(ctx, call, waiting)
    ctx.session.add(row)
    ctx.record("decision:prepare", row, call_id=call.id, applications=len(waiting))
    return row


def _call(ctx: Context, call_id: int) -> Call:
    known = sa.true() if ctx.trusted else handled_by(ctx.actor, Call.id)
    call = ctx.session.scalar(sa.select(Call).where(Call.id == call_id, known))
    if call is None:
        raise NotFound
    return call


def _check_days(days: int) -> None:
    if not MIN_DAYS <= days <= MAX_DAYS:
        message = Message(
            N_("Between %(min)d and %(max)d days."), {"min": MIN_DAYS, "max": MAX_DAYS}
        )
        raise InvalidInput(fields={"answer_days": [message]})


def _proposals(ctx: Context, call: Call, waiting: Iterable[Application]) -> list[Decision]:
    """A decision for each application, as the allocation in use proposes it."""
    places = {one.application_id: one for one in deployed(ctx.session, call.id) if one.is_live}
    found = []
    for application in waiting:
        decision = Decision(application_id=application.id)
        if (proposed := places.get(application.id)) is not None:
            decision.outcome = DecisionOutcome(proposed.proposal)
            decision.turn = proposed.place.turn
            if decision.outcome is DecisionOutcome.DECLINE:
                decision.cause = _cause(proposed.place.because)
        found.append(decision)
    return found


def _cause(because: str) -> DeclineCause | None:
    """What is said of it to the team; what only the office may know is for an officer to put."""
    return CAUSES.get(Because(because)) if because in set(Because) else None


def add_new(ctx: Context, round_id: int) -> int:
    """Take applications into the round that have come up for decision since; how many."""
    row = _open_round(ctx, round_id)
    known = {decision.application_id for decision in row.decisions}
    waiting = [a for a in queries.undecided(ctx.session, row.call_id) if a.id not in known]
    row.decisions.extend(_proposals(ctx, row.call, waiting))
    if waiting:
        ctx.record("decision:add", row, applications=len(waiting))
    return len(waiting)


def decide(ctx: Context, decision_id: int, choice: Choice, *, version: int) -> Decision:
    """Set what the round says of one application; nobody hears of it before the announcement."""
    decision = queries.get_decision(ctx.session, ctx.actor, decision_id, lock=True)
    ctx.require(may_decide_application, decision.application)
    if decision.round.state is not DecisionRoundState.PREPARING:
        raise InvalidTransition(N_("This round is not being prepared any more."))
    if decision.version != version:
        raise StaleVersion
    decision.reason = limited(choice.reason, maximum=MAX_REASON)
    decision.outcome, decision.cause = choice.outcome, choice.cause
    decision.next_step, decision.turn = choice.next_step, choice.turn
    if choice.outcome is not DecisionOutcome.DECLINE:
        decision.cause = None
    if choice.outcome is not DecisionOutcome.WAITLIST:
        decision.turn = None
    ctx.record(
        "decision:decide",
        decision,
        application_id=decision.application_id,
        outcome=choice.outcome or "",
        reason=decision.reason,
    )
    return decision


def decide_rest(ctx: Context, round_id: int, choice: Choice) -> int:
    """Decide the same of every application of the round that nothing is decided of; how many."""
    row = _open_round(ctx, round_id)
    open_ones = [
        decision
        for decision in queries.decisions_of(ctx.session, row)
        if decision.outcome is None and is_live(decision)
    ]
    for decision in open_ones:
        decide(ctx, decision.id, choice, version=decision.version)
    return len(open_ones)


def leave_out(ctx: Context, decision_id: int) -> DecisionRound:
    """Leave an application for a later round."""
    decision = queries.get_decision(ctx.session, ctx.actor, decision_id, lock=True)
    row = _open_round(ctx, decision.round_id)
    ctx.record("decision:leave_out", row, application_id=decision.application_id)
    row.decisions.remove(decision)
    return row


def set_days(ctx: Context, round_id: int, *, answer_days: int, version: int) -> DecisionRound:
    """Change how long teams have to answer an offer."""
    row = _open_round(ctx, round_id)
    if row.version != version:
        raise StaleVersion
    _check_days(answer_days)
    if row.answer_days == answer_days:
        return row
    row.answer_days = answer_days
    ctx.record("decision:set_days", row, days=answer_days)
    return row


def drop(ctx: Context, round_id: int, *, reason: str) -> DecisionRound:
    """Give a round up that is being prepared; the applications stay as they are."""
    row = queries.get_round(ctx.session, ctx.actor, round_id, lock=True)
    ctx.require(may_prepare, row.call)
    reason = limited(reason, maximum=MAX_REASON)
    row.apply(DecisionRoundAction.DROP)
    ctx.record("decision:drop", row, reason=reason)
    return row


def _open_round(ctx: Context, round_id: int) -> DecisionRound:
    row = queries.get_round(ctx.session, ctx.actor, round_id, lock=True)
    ctx.require(may_prepare, row.call)
    if row.state is not DecisionRoundState.PREPARING:
        raise InvalidTransition(N_("This round is not being prepared any more."))
    return row


# What stands in the way of announcing


@dataclass(frozen=True)
class Obstacle:
    """One thing to settle before a round can be announced, and the decision it is about."""

    message: Message
    decision: Decision | None = None


def obstacles(ctx: Context, decisions: Sequence[Decision]) -> list[Obstacle]:
    """Everything that stands in the way; nothing if the round can be announced."""
    live = [d for d in decisions if is_live(d)]
    if not live:
        return [Obstacle(Message(N_("No application in this round waits for a decision.")))]
    found = [Obstacle(why, d) for d in live if (why := _missing(d)) is not None]
    return found + _too_many(ctx, live)


def is_live(decision: Decision) -> bool:
    """Whether the application still waits for a decision: not if the team has withdrawn."""
    return decision.application.state in queries.UNDECIDED_STATES


def _missing(decision: Decision) -> Message | None:
    number = {"number": decision.application.number}
    if decision.outcome is None:
        return Message(N_("%(number)s: nothing is decided yet."), number)
    if decision.outcome is not DecisionOutcome.DECLINE:
        return None
    if decision.cause is None and not decision.reason:
        return Message(N_("%(number)s: the team is not selected, and no reason is given."), number)
    if decision.cause is DeclineCause.OTHER and not decision.reason:
        return Message(N_("%(number)s: give the reason in your own words."), number)
    return None


def _too_many(ctx: Context, decisions: Iterable[Decision]) -> list[Obstacle]:
    """Problems on which more places are offered than teams are wanted."""
    offers: dict[int, list[Decision]] = {}
    for decision in decisions:
        if decision.outcome is DecisionOutcome.OFFER:
            offers.setdefault(decision.application.problem_id, []).append(decision)
    found = []
    for problem_id, offered in offers.items():
        problem = offered[0].application.problem
        free = problem.teams_wanted - queries.count_seated(ctx.session, problem_id)
        if len(offered) > free:
            params = {
                "title": problem.title("zh" if ctx.locale.startswith("zh") else "en"),
                "offers": len(offered),
                "free": max(0, free),
            }
            text = N_("“%(title)s”: %(offers)s offers for %(free)s free places.")
            found.append(Obstacle(Message(text, params)))
    return found
