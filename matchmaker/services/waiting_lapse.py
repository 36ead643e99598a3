"""End what was offered and not answered in time, and tell both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.i18n import language_of
from matchmaker.models import Invitation, Match, MatchRun, Referral, Team, TeamMember, User
from matchmaker.policies.invitation import target_of
from matchmaker.queries import waiting as queries
from matchmaker.queries.membership import kind_of
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words
from matchmaker.workflows.invitation import InvitationAction, InvitationState
from matchmaker.workflows.match import MatchAction, MatchState
from matchmaker.workflows.referral import ReferralAction, ReferralState


def lapse(ctx: Context) -> dict[str, int]:
    """End all whose time is over; done twice it ends nothing more. How much of each."""
    return {
        "matches": len(_matches(ctx)),
        "invitations": len(_invitations(ctx)),
        "referrals": len(_referrals(ctx)),
    }


# Recommendations that a team did not answer


def _matches(ctx: Context) -> Sequence[Match]:
    """The recommendation ends; both the team and the officer who published it hear of it."""
    over = queries.overdue_ids(ctx.session, "match.answer")
    statement = (
        sa.select(Match)
        .where(Match.id.in_(over), Match.state == MatchState.INVITED)
        .options(
            joinedload(Match.problem),
            joinedload(Match.run).joinedload(MatchRun.starter),
            joinedload(Match.team).selectinload(Team.members).joinedload(TeamMember.user),
        )
        .order_by(Match.id)
        .with_for_update(of=Match, skip_locked=True)
    )
    found = ctx.session.scalars(statement).unique().all()
    by_starter: dict[User, list[Match]] = defaultdict(list)
    for match in found:
        _end_match(ctx, match, over[match.id])
        by_starter[match.run.starter].append(match)
    for starter, matches in by_starter.items():
        _tell_starter(ctx, starter, matches)
    return found


def _end_match(ctx: Context, match: Match, until: datetime) -> None:
    before = match.apply(MatchAction.EXPIRE)
    match.decided_at = utcnow()
    facts = {"problem_id": match.problem_id, "team_id": match.team_id}
    ctx.record("match:expire", match, before=before, after=match.state, **facts)
    for place in match.team.members:
        if place.user.is_usable:
            _tell_team(ctx, match, place.user, until)


def _tell_team(ctx: Context, match: Match, user: User, until: datetime) -> None:
    language = language_of(user.locale)
    ctx.send_mail(
        "match.expired",
        user,
        about=match,
        title=match.problem.title(language),
        team=match.team.name(language),
        until=in_words(until, user.locale, ctx.settings.timezone),
        url=f"{ctx.settings.base_url}/problems/{match.problem_id}",
    )


def _tell_starter(ctx: Context, starter: User, matches: Sequence[Match]) -> None:
    if not starter.is_usable:
        return
    language = language_of(starter.locale)
    lines = (f"{m.problem.title(language)} · {m.team.name(language)}" for m in matches)
    ctx.send_mail(
        "match.lapsed",
        starter,
        about=matches[0],
        count=len(matches),
        news="\n".join(lines),
        url=f"{ctx.settings.base_url}/office/runs/{matches[0].run_id}",
    )


# Invitations and referrals


def _invitations(ctx: Context) -> Sequence[Invitation]:
    statement = (
        sa.select(Invitation)
        .where(Invitation.state == InvitationState.PENDING, Invitation.expires_at <= utcnow())
        .options(
            joinedload(Invitation.inviter),
            joinedload(Invitation.organization),
            joinedload(Invitation.team),
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    found = ctx.session.scalars(statement).all()
    for invitation in found:
        invitation.apply(InvitationAction.EXPIRE)
        ctx.record("invitation:expire", invitation)
        _tell_inviter(ctx, invitation)
    return found


def _tell_inviter(ctx: Context, invitation: Invitation) -> None:
    """Only the sender reads the address they wrote to: the letter is about nothing the office sees."""
    inviter, target = invitation.inviter, target_of(invitation)
    if not inviter.is_usable:
        return
    ctx.send_mail(
        "invitation.expired",
        inviter,
        email=invitation.email,
        target=target.name(language_of(inviter.locale)),
        until=in_words(invitation.expires_at, inviter.locale, ctx.settings.timezone),
        url=f"{ctx.settings.base_url}/{kind_of(target)}/{target.id}/members",
    )


def _referrals(ctx: Context) -> Sequence[Referral]:
    statement = (
        sa.select(Referral)
        .where(Referral.state == ReferralState.SENT, Referral.expires_at <= utcnow())
        .options(joinedload(Referral.referrer), joinedload(Referral.association))
        .order_by(Referral.id)
        .with_for_update(of=Referral, skip_locked=True)
    )
    found = ctx.session.scalars(statement).all()
    for referral in found:
        referral.apply(ReferralAction.EXPIRE)
        ctx.record("referral:expire", referral)
        referrer = referral.referrer
        if referrer.is_usable:
            ctx.send_mail(
                "referral.expired",
                referrer,
                about=referral,
                association=referral.association.name(language_of(referrer.locale)),
                until=in_words(referral.expires_at, referrer.locale, ctx.settings.timezone),
                url=f"{ctx.settings.base_url}/organizations/{referral.association_id}/referrals",
            )
    return found
