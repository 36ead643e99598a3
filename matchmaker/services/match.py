"""Review matches, rule on pairs, answer recommendations: one decision of a person each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
from matchmaker.i18n import N_, Message
from matchmaker.models import Match, MatchReview, MatchRun, PairRule, PairRuleKind
from matchmaker.policies.match import may_answer, may_review, may_rule
from matchmaker.policies.scope import may_read_as_office
from matchmaker.queries import match as queries
from matchmaker.queries.match_run import conflicts, is_open
from matchmaker.services.context import Context
from matchmaker.workflows.match import (
    MATCH_WORKFLOW,
    REVIEW_ACTIONS,
    SHOWN_STATES,
    MatchAction,
    MatchState,
)
from matchmaker.workflows.match_run import MatchRunState

REASONED = (MatchAction.DECLINE, MatchAction.HOLD)
MAX_REASON = 2000
MAX_BULK = 200
RESULT = {
    MatchAction.ENDORSE: MatchState.ENDORSED,
    MatchAction.DECLINE: MatchState.DECLINED,
    MatchAction.HOLD: MatchState.HELD,
    MatchAction.RESET: MatchState.SUGGESTED,
}

#: Why a team turns a problem down; the codes are kept so that later rankings can learn from them.
REFUSALS = {
    "time": N_("We have no time for it in this period"),
    "field": N_("It is not our field"),
    "too_hard": N_("It is too hard for us"),
    "too_easy": N_("It is too small or too easy for us"),
    "data": N_("The data or access would not be enough"),
    "terms": N_("The award or the terms do not suit us"),
    "other": N_("Another reason"),
}


@dataclass(frozen=True)
class Choice:
    """A match as the officer saw it."""

    match_id: int
    version: int


def review(
    ctx: Context, choices: Sequence[Choice], action: MatchAction, *, reason: str = ""
) -> list[Match]:
    """Endorse, decline, hold or undo, for one pair or many: all of them or none."""
    reason = _checked_reason(action, reason)
    matches = _chosen(ctx, choices)
    banned, clashes = _bars(ctx, matches) if action is MatchAction.ENDORSE else (set(), {})
    fresh = []
    for choice, match in zip(choices, matches, strict=True):
        ctx.require(may_review, match.problem, match.team)
        if _says_so_already(match, action, reason):
            continue
        _refuse_late(match, choice.version)
        _refuse_barred(match, banned, clashes)
        MATCH_WORKFLOW.target(match.state, action)
        fresh.append(match)
    for match in fresh:
        _decide(ctx, match, action, reason)
    return matches


def _checked_reason(action: MatchAction, reason: str) -> str:
    if action not in REVIEW_ACTIONS:
        raise InvalidTransition
    reason = "" if action is MatchAction.RESET else reason.strip()
    if action in REASONED and not reason:
        raise _bad("reason", N_("Say why: the reason stays with the pair."))
    return _short(reason)


def _short(reason: str) -> str:
    if len(reason) > MAX_REASON:
        raise InvalidInput(
            fields={
                "reason": [
                    Message(N_("Please use at most %(max)d characters."), {"max": MAX_REASON})
                ]
            }
        )
    return reason


def _bad(name: str, text: str) -> InvalidInput:
    return InvalidInput(text, fields={name: [Message(text)]})


def _chosen(ctx: Context, choices: Sequence[Choice]) -> list[Match]:
    if not choices:
        raise _bad("pairs", N_("Choose at least one pair."))
    if len(choices) > MAX_BULK:
        raise _bad("pairs", N_("These are too many pairs at once."))
    found = queries.get_matches(ctx.session, ctx.actor, [c.match_id for c in choices], lock=True)
    if any(choice.match_id not in found for choice in choices):
        raise NotFound
    return [found[choice.match_id] for choice in choices]


def _says_so_already(match: Match, action: MatchAction, reason: str) -> bool:
    """A second click, or a second officer who decides the same, changes nothing and is no fault."""
    open_run = match.run.state is MatchRunState.DONE
    return open_run and match.state is RESULT[action] and match.reason == reason


def _refuse_late(match: Match, version: int) -> None:
    if match.run.state is not MatchRunState.DONE:
        raise InvalidTransition(
            N_("This run is not under review any more. Start a new run to decide anew.")
        )
    if match.version != version:
        raise StaleVersion(
            N_(
                "Somebody else decided on this pair after you opened the page. "
                "See below what they decided, then decide again."
            )
        )


def _bars(
    ctx: Context, matches: Sequence[Match]
) -> tuple[set[tuple[int, int]], Collection[tuple[int, int]]]:
    """The pairs that must not be endorsed: banned ones, and those in conflict as things stand."""
    problems, teams = {m.problem_id for m in matches}, {m.team_id for m in matches}
    rules = ctx.session.scalars(
        sa.select(PairRule).where(
            PairRule.problem_id.in_(problems), PairRule.kind == PairRuleKind.BAN
        )
    )
    banned = {(rule.problem_id, rule.team_id) for rule in rules}
    return banned, conflicts(ctx.session, problems, teams)


def _refuse_barred(
    match: Match, banned: Collection[tuple[int, int]], clashes: Collection[tuple[int, int]]
) -> None:
    pair = match.problem_id, match.team_id
    if pair in banned:
        raise Conflict(N_("This pair is banned. Lift the ban before you endorse it."))
    if pair in clashes:
        raise Conflict(
            N_("The team and the owner of the problem belong together: a conflict of interest.")
        )


def _decide(ctx: Context, match: Match, action: MatchAction, reason: str) -> None:
    match.apply(action)
    _note(ctx, match, action, reason)


def _note(ctx: Context, match: Match, action: MatchAction, reason: str, *, code: str = "") -> None:
    """Keep the reason on the match, the decision in its history and in the audit trail."""
    match.reason, match.reason_code, match.decided_at = reason, code, utcnow()
    ctx.session.add(
        MatchReview(match=match, user=ctx.actor, action=action, reason=reason, reason_code=code)
    )
    facts = {"problem_id": match.problem_id, "team_id": match.team_id}
    ctx.record(f"match:{action}", match, **facts, **({"reason_code": code} if code else {}))


def rule_pair(ctx: Context, match_id: int, kind: PairRuleKind, *, reason: str) -> PairRule:
    """Pin or ban a pair from now on. A ban declines the pair where it is still under review."""
    match = queries.get_match(ctx.session, ctx.actor, match_id)
    ctx.require(may_rule, match.problem, match.team)
    reason = _short(reason.strip())
    if not reason:
        raise _bad("reason", N_("Say why: the reason stays with the pair."))
    rule = queries.rule_of(ctx.session, match)
    if rule is not None and (rule.kind, rule.reason) == (kind, reason):
        return rule  # A second click, or a second officer who rules the same.
    if rule is None:
        rule = PairRule(problem_id=match.problem_id, team_id=match.team_id)
        ctx.session.add(rule)
    rule.kind, rule.reason, rule.user_id = kind, reason, ctx.signed_in.id
    _mark_pins(ctx, match.problem_id, match.team_id, pinned=kind is PairRuleKind.PIN)
    if kind is PairRuleKind.BAN and _can_decline(match):
        _decide(ctx, match, MatchAction.DECLINE, reason)
    ctx.record(f"match:{kind}", match, problem_id=match.problem_id, team_id=match.team_id)
    return rule


def _can_decline(match: Match) -> bool:
    return match.run.state is MatchRunState.DONE and MATCH_WORKFLOW.can(
        match.state, MatchAction.DECLINE
    )


def lift_rule(ctx: Context, rule_id: int) -> PairRule:
    """Take a pin or a ban back; what was decided of the pair meanwhile stays."""
    rule = queries.get_rule(ctx.session, ctx.actor, rule_id)
    problem, team = queries.sides_of(ctx.session, rule)
    ctx.require(may_rule, problem, team)
    _mark_pins(ctx, rule.problem_id, rule.team_id, pinned=False)
    ctx.record(f"match:un{rule.kind}", rule, problem_id=rule.problem_id, team_id=rule.team_id)
    ctx.session.delete(rule)
    return rule


def _mark_pins(ctx: Context, problem_id: int, team_id: int, *, pinned: bool) -> None:
    """Show the pin in every run that is still under review."""
    under_review = sa.select(MatchRun.id).where(MatchRun.state == MatchRunState.DONE)
    ctx.session.execute(
        sa.update(Match)
        .where(
            Match.problem_id == problem_id,
            Match.team_id == team_id,
            Match.run_id.in_(under_review),
        )
        .values(pinned=pinned)
    )


def answer(
    ctx: Context,
    match_id: int,
    *,
    interested: bool,
    version: int,
    reason_code: str = "",
    reason: str = "",
) -> Match:
    """A team says whether it wants the problem; it may change its mind while the problem is open."""
    match = _answerable(ctx, match_id)
    code, reason = _checked_refusal(interested, reason_code, reason)
    action = MatchAction.ACCEPT if interested else MatchAction.REFUSE
    wanted = MatchState.ACCEPTED if interested else MatchState.REFUSED
    if match.state is wanted and (match.reason, match.reason_code) == (reason, code):
        return match
    if match.version != version:
        raise StaleVersion(
            N_("Somebody in your team answered after you opened the page. See their answer below.")
        )
    if match.state is not wanted:
        match.apply(action)
    _note(ctx, match, action, reason, code=code)
    return match


def _answerable(ctx: Context, match_id: int) -> Match:
    match = ctx.session.get(Match, match_id, with_for_update={"of": Match})
    if match is None or match.state not in SHOWN_STATES or not _is_own(ctx, match):
        raise NotFound
    ctx.require(may_answer, match.team)
    if match.run.state is not MatchRunState.PUBLISHED:
        raise Conflict(
            N_("The office has published a newer matching. Open your recommendations again.")
        )
    if not is_open(match.problem, utcnow()):
        raise DeadlinePassed(N_("The problem is no longer open, so its answers stand."))
    return match


def _is_own(ctx: Context, match: Match) -> bool:
    if ctx.actor is None:
        return False
    private = match.run.call.private_call
    is_inside = private is None or private.organization_id in ctx.actor.organization_ids
    is_member = match.team_id in ctx.actor.team_ids and is_inside
    return is_member or may_read_as_office(ctx.actor, match.run.call)


def _checked_refusal(interested: bool, code: str, reason: str) -> tuple[str, str]:
    reason = _short(reason.strip())
    if interested:
        return "", reason
    if code not in REFUSALS:
        raise _bad("reason_code", N_("Choose why: it makes later recommendations better."))
    if code == "other" and not reason:
        raise _bad("reason", N_("Say in a few words what the reason is."))
    return code, reason
