"""Nominations: proposed by the owner or the mentor, or nominated by the office."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidTransition, StaleVersion
from matchmaker.i18n import N_
from matchmaker.models import Award, AwardScheme, Engagement
from matchmaker.policies.award import may_decide_award, may_nominate, may_propose_award
from matchmaker.policies.engagement import side_of
from matchmaker.queries import award as queries
from matchmaker.queries.award_scheme import scheme_of
from matchmaker.queries.engagement import get_engagement
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write
from matchmaker.services.reasons import needed
from matchmaker.workflows.award import AWARD_WORKFLOW, AwardAction, AwardState
from matchmaker.workflows.award_scheme import AwardSchemeState
from matchmaker.workflows.award_vote import AwardVoteAction, AwardVoteState

A, S = AwardAction, AwardState
MAX_CITATION = 2000


def propose(ctx: Context, engagement_id: int, *, citation: str) -> Award:
    """The owner or the mentor proposes work for an award; the office accepts or turns it down."""
    engagement = _engagement(ctx, engagement_id)
    ctx.require(may_propose_award, engagement)
    if not ctx.trusted and side_of(ctx.actor, engagement) == "office":
        return nominate(ctx, engagement_id, citation=citation)
    kept = needed(citation, "citation", maximum=MAX_CITATION)
    found = queries.award_of(ctx.session, engagement.id, lock=True)
    if found is not None and found.state is S.PROPOSED and found.citation == kept:
        return found  # A second click.
    if found is not None:
        raise InvalidTransition(N_("This work was proposed or nominated before."))
    scheme = _check(ctx, engagement)
    row = _new(ctx, engagement, scheme, kept)
    ctx.record("award:propose", row, engagement_id=engagement.id)
    path = f"/office/awards/{engagement.call_id}"
    write(ctx, engagement, "award.proposed", ("office",), path=path)
    return row


def nominate(ctx: Context, engagement_id: int, *, citation: str) -> Award:
    """An officer nominates work; what was turned down or taken back before may come again."""
    engagement = _engagement(ctx, engagement_id)
    ctx.require(may_nominate, engagement)
    kept = needed(citation, "citation", maximum=MAX_CITATION)
    row = queries.award_of(ctx.session, engagement.id, lock=True)
    if row is not None and row.state is S.NOMINATED and row.citation == kept:
        return row  # A second click.
    scheme = _check(ctx, engagement)
    if row is None:
        row = _new(ctx, engagement, scheme, kept)
        _take(ctx, row, A.ACCEPT)
    else:
        action = A.ACCEPT if row.state is S.PROPOSED else A.NOMINATE
        AWARD_WORKFLOW.target(row.state, action)
        row.citation, row.nominator_id = kept, ctx.actor.id if ctx.actor else None
        _take(ctx, row, action)
    row.nominated_at, row.end_reason = utcnow(), ""
    _tell_team(ctx, row)
    return row


def accept(ctx: Context, award_id: int, *, version: int) -> Award:
    """The office takes a proposal on."""
    row = _find(ctx, award_id)
    if row.state is S.NOMINATED:
        return row  # A second click.
    _check_version(row, version)
    AWARD_WORKFLOW.target(row.state, A.ACCEPT)
    _check(ctx, row.engagement)
    _take(ctx, row, A.ACCEPT)
    row.nominated_at = utcnow()
    _tell_team(ctx, row)
    return row


def turn_down(ctx: Context, award_id: int, *, reason: str, version: int) -> Award:
    """The office does not take a proposal on; whoever made it reads why."""
    row = _find(ctx, award_id)
    kept = needed(reason)
    if row.state is S.TURNED_DOWN and row.end_reason == kept:
        return row  # A second click.
    _check_version(row, version)
    _take(ctx, row, A.TURN_DOWN, reason=kept)
    row.end_reason = kept
    write(
        ctx,
        row.engagement,
        "award.turned_down",
        ("owner", "mentor"),
        path=_path(row),
        note=kept,
    )
    return row


def take_back(ctx: Context, award_id: int, *, reason: str, version: int) -> Award:
    """The office takes a nomination back before the teams are asked; the team reads why."""
    row = _find(ctx, award_id)
    kept = needed(reason)
    if row.state is S.TAKEN_BACK and row.end_reason == kept:
        return row  # A second click.
    _check_version(row, version)
    _take(ctx, row, A.TAKE_BACK, reason=kept)
    row.end_reason, row.tier, row.is_settled, row.amount = kept, None, False, 0
    for vote in row.votes:
        if vote.state is AwardVoteState.ASKED:
            vote.apply(AwardVoteAction.RELEASE)
            vote.end_reason = kept
    write(ctx, row.engagement, "award.taken_back", ("team",), path=_path(row), note=kept)
    return row


def _tell_team(ctx: Context, row: Award) -> None:
    write(ctx, row.engagement, "award.nominated", ("team", "owner"), path=_path(row))


def _path(row: Award) -> str:
    return f"/engagements/{row.engagement_id}/award"


def _new(ctx: Context, engagement: Engagement, scheme: AwardScheme, citation: str) -> Award:
    row = Award(
        engagement=engagement,
        scheme=scheme,
        call=engagement.call,
        citation=citation,
        nominator_id=ctx.actor.id if ctx.actor else None,
    )
    ctx.session.add(row)
    ctx.session.flush()
    return row


def _check(ctx: Context, engagement: Engagement) -> AwardScheme:
    """The call's scheme, if it takes nominations now and the work fulfils the conditions."""
    scheme = scheme_of(ctx.session, engagement.call_id)
    if scheme is None or scheme.state is not AwardSchemeState.NOMINATING:
        raise InvalidTransition(N_("Nominations for this call are not open."))
    if scheme.nominate_until is not None and scheme.nominate_until <= utcnow():
        raise InvalidTransition(N_("The time for nominations is over."))
    failed = [
        one.message
        for one in queries.conditions(ctx.session, engagement)
        if one.needed and not one.holds
    ]
    if failed:
        raise Conflict(N_("This work cannot be nominated: %(why)s"), why=failed[0])
    return scheme


def _engagement(ctx: Context, engagement_id: int) -> Engagement:
    return get_engagement(ctx.session, ctx.actor, engagement_id, lock=True, trusted=ctx.trusted)


def _find(ctx: Context, award_id: int) -> Award:
    row = queries.get_award(ctx.session, ctx.actor, award_id, lock=True, trusted=ctx.trusted)
    ctx.require(may_decide_award, row)
    return row


def _check_version(row: Award, version: int) -> None:
    if row.version != version:
        raise StaleVersion


def _take(ctx: Context, row: Award, action: AwardAction, **facts: object) -> None:
    before = row.apply(action)
    ctx.record(
        f"award:{action}",
        row,
        engagement_id=row.engagement_id,
        before=before,
        after=row.state,
        **facts,
    )
