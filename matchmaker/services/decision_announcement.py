"""Announcing decisions: what each team reads, all of it at one moment, to nobody twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    DECLINE_CAUSE_LABELS,
    NEXT_STEP_LABELS,
    Decision,
    DecisionOutcome,
    DecisionRound,
    NextStep,
    Problem,
    User,
)
from matchmaker.policies.decision import may_announce
from matchmaker.queries import decision as queries
from matchmaker.services import mail
from matchmaker.services.application_decision import take
from matchmaker.services.application_letters import members_of, said, write_to_team
from matchmaker.services.context import Context
from matchmaker.services.decision import is_live, obstacles
from matchmaker.services.owner import write_to_owner
from matchmaker.workflows.application import ApplicationAction, ApplicationState
from matchmaker.workflows.decision_round import (
    DECISION_ROUND_WORKFLOW,
    DecisionRoundAction,
    DecisionRoundState,
)

A = ApplicationAction
ACTIONS = {
    DecisionOutcome.OFFER: A.OFFER,
    DecisionOutcome.WAITLIST: A.WAITLIST,
    DecisionOutcome.DECLINE: A.DECLINE,
}
#: Where a next step leads.
STEP_PATHS = {
    NextStep.OTHER_PROBLEMS: "/teams/%(team)d/recommendations",
    NextStep.LEARNING: "/learning",
    NextStep.LEVELS: "/me/levels",
    NextStep.NEXT_CALL: "/problems",
}


def announce(ctx: Context, round_id: int, *, version: int) -> DecisionRound:
    """Announce a round: every application changes and every letter is written, or nothing does.

    Raises
    ------
    InvalidInput
        If something stands in the way; nothing is announced then.
    """
    row = queries.get_round(ctx.session, ctx.actor, round_id, lock=True)
    ctx.require(may_announce, row.call)
    if row.state is DecisionRoundState.ANNOUNCED:
        return row  # Another officer, or a second click: everybody has been told.
    if row.version != version:
        raise StaleVersion
    DECISION_ROUND_WORKFLOW.target(row.state, DecisionRoundAction.ANNOUNCE)  # Or it was dropped.
    decisions = queries.decisions_of(ctx.session, row)
    if found := obstacles(ctx, decisions):
        raise InvalidInput(fields={"round": [one.message for one in found]})
    row.apply(DecisionRoundAction.ANNOUNCE)
    row.announced_at, row.announcer_id = utcnow(), ctx.actor.id if ctx.actor else None
    live = [decision for decision in decisions if is_live(decision)]
    ctx.record("decision:announce", row, call_id=row.call_id, applications=len(live))
    _number_waiting(live)
    for decision in live:
        _announce(ctx, decision, row)
    _tell_owners(ctx, live)
    return row


def _number_waiting(live: list[Decision]) -> None:
    """Number each waiting list from 1, in the order prepared."""
    seen: Counter[int] = Counter()
    for decision in live:
        if decision.outcome is DecisionOutcome.WAITLIST:
            seen[decision.application.problem_id] += 1
            decision.turn = seen[decision.application.problem_id]


def _announce(ctx: Context, decision: Decision, row: DecisionRound) -> None:
    application = decision.application
    if decision.outcome is None:
        return
    if decision.outcome is DecisionOutcome.OFFER:
        decision.expires_at = expiry(ctx, row)
        if application.state is ApplicationState.UNDER_REVIEW:
            take(ctx, application, A.SHORTLIST, "")
    is_new = (decision.outcome, application.state) != (
        DecisionOutcome.WAITLIST,
        ApplicationState.WAITLISTED,
    )
    if is_new:  # Whoever waits already only gets a new turn.
        take(ctx, application, ACTIONS[decision.outcome], decision.reason)
    kind, params = letter_of(ctx, decision)
    write_to_team(ctx, application, kind, **params)


def expiry(ctx: Context, row: DecisionRound) -> datetime:
    """The end of the last day to answer, in the programme's zone."""
    zone = ctx.settings.timezone
    day = utcnow().astimezone(zone) + timedelta(days=row.answer_days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)


def _tell_owners(ctx: Context, live: list[Decision]) -> None:
    """Write to the owners of problems on which places are offered."""
    counts: Counter[int] = Counter()
    problems: dict[int, Problem] = {}
    for decision in live:
        if decision.outcome is DecisionOutcome.OFFER:
            problem = decision.application.problem
            problems[problem.id] = problem
            counts[problem.id] += 1
    for key, problem in problems.items():
        path = f"/problems/{key}/selection"
        write_to_owner(ctx, problem, "decision.owner", path=path, count=counts[key])


# What a team reads


def letter_of(ctx: Context, decision: Decision) -> tuple[str, dict[str, Any]]:
    """The letter about *decision*: its kind and what it says."""
    note = (
        Message(DECLINE_CAUSE_LABELS[decision.cause]) if decision.cause else "",
        decision.reason,
    )
    params: dict[str, Any] = {"number": decision.application.number, "note": note}
    if decision.outcome is DecisionOutcome.OFFER:
        params["until"] = decision.expires_at
    elif decision.outcome is DecisionOutcome.WAITLIST:
        params["turn"] = decision.turn
    else:
        params["step"] = Message(NEXT_STEP_LABELS[decision.next_step])
        params["step_url"] = f"{ctx.settings.base_url}{step_path(decision)}"
    return f"decision.{decision.outcome}", params


def step_path(decision: Decision) -> str:
    """Where the recommended next step leads."""
    return STEP_PATHS[decision.next_step] % {"team": decision.application.team_id}


@dataclass(frozen=True)
class Preview:
    """A letter as one person would get it."""

    reader: User
    subject: str
    body: str


def preview(ctx: Context, decision: Decision) -> list[Preview]:
    """The letters that would go out now for *decision*, each in its reader's language."""
    if decision.outcome is None or not is_live(decision):
        return []
    kind, params = letter_of(ctx, decision)
    if decision.outcome is DecisionOutcome.OFFER:
        params["until"] = expiry(ctx, decision.round)
    application = decision.application
    return [
        Preview(user, *mail.compose(kind, user.locale, **said(ctx, application, user, params)))
        for user in members_of(application)
    ]


NOT_ANSWERED = N_("The team did not answer in time.")
