"""Reading whom teams look for, who could be it, and which teams look for what one can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.competency.diagnosis import Estimate, estimate
from matchmaker.competency.succession import follow
from matchmaker.errors import NotFound
from matchmaker.models import (
    FindConsent,
    LevelEstimate,
    MemberOffer,
    MemberWish,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.member_wish import may_keep, visible_member_wishes
from matchmaker.policies.scope import private_call_of_team
from matchmaker.queries import level_estimate as levels

#: How many people are named for a wish, and how many wishes a person sees.
MOST_FOUND, MOST_SHOWN = 20, 50


def get_wish(
    session: Session, actor: User | None, wish_id: int, *, lock: bool = False
) -> MemberWish:
    """The wish, if *actor* may know of it."""
    statement = (
        sa.select(MemberWish)
        .where(MemberWish.id == wish_id, visible_member_wishes(actor))
        .options(joinedload(MemberWish.team))
    )
    if lock:
        statement = statement.with_for_update(of=MemberWish)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def wishes_of(session: Session, actor: User, team: Team) -> Sequence[MemberWish]:
    """What *team* looks for and looked for, open wishes first."""
    statement = (
        sa.select(MemberWish)
        .where(MemberWish.team_id == team.id, visible_member_wishes(actor))
        .options(
            joinedload(MemberWish.problem),
            selectinload(MemberWish.offers).joinedload(MemberOffer.user),
        )
        .order_by(MemberWish.closed_at.is_not(None), MemberWish.id.desc())
    )
    return session.scalars(statement).all()


def open_wishes(session: Session, team: Team) -> Sequence[MemberWish]:
    """What *team* looks for now; the caller has decided who reads it."""
    statement = sa.select(MemberWish).where(
        MemberWish.team_id == team.id, MemberWish.closed_at.is_(None)
    )
    return session.scalars(statement).all()


def names_of(wish: MemberWish) -> list[str]:
    """What the wish's competency is called today."""
    return [heir.competency for heir in follow(wish.competency)]


@dataclass(frozen=True)
class Found:
    """Somebody who agreed to be found: the confirmed level, and what they say to teams."""

    user: User
    confirmed: int
    text: str


def found_for(session: Session, actor: User, wish: MemberWish) -> Sequence[Found]:
    """People who agreed to be found and can what is looked for, or almost; the surest first.

    Only confirmed levels count and show: what people say of themselves and what they answered in
    checks stays with their own teams and the office. Nobody but the team's leads may ask.
    """
    if not may_keep.allows(actor, wish.team):
        return []
    members = sa.select(TeamMember.user_id).where(TeamMember.team_id == wish.team_id)
    best = sa.func.max(LevelEstimate.confirmed).label("confirmed")
    statement = (
        sa.select(User, FindConsent.text, best)
        .join(FindConsent, FindConsent.user_id == User.id)
        .join(LevelEstimate, LevelEstimate.user_id == User.id)
        .where(
            LevelEstimate.competency.in_(names_of(wish)),
            LevelEstimate.confirmed >= max(1, wish.level - 1),
            User.id.not_in(members),
            is_reachable(wish.team),
        )
        .group_by(User.id, FindConsent.id)
        .order_by(best.desc(), FindConsent.id)
        .limit(MOST_FOUND)
    )
    return [Found(user, level, text) for user, text, level in session.execute(statement)]


def confirmed_in(session: Session, wish: MemberWish, user_ids: Sequence[int]) -> dict[int, int]:
    """The confirmed levels of people who offered, in what is looked for."""
    if not user_ids:
        return {}
    statement = (
        sa.select(LevelEstimate.user_id, sa.func.max(LevelEstimate.confirmed))
        .where(LevelEstimate.user_id.in_(user_ids), LevelEstimate.competency.in_(names_of(wish)))
        .group_by(LevelEstimate.user_id)
    )
    return dict(session.execute(statement).all())


def is_reachable(team: Team) -> sa.ColumnElement[bool]:
    """Whom *team* may invite: people who can sign in; of an in-house team its organization's."""
    usable = sa.and_(
        User.confirmed_at.is_not(None), User.disabled_at.is_(None), User.erased_at.is_(None)
    )
    private = private_call_of_team(team)
    if private is None:
        return usable
    inside = sa.select(OrganizationMember.user_id).where(
        OrganizationMember.organization_id == private.organization_id
    )
    return sa.and_(usable, User.id.in_(inside))


@dataclass(frozen=True)
class Chance:
    """A team that looks for something, as a person without a place in it sees it."""

    wish: MemberWish
    #: What is known of the person in it; None if nothing is.
    known: Estimate | None
    #: How likely the person has the level.
    likely: float
    offer: MemberOffer | None


def chances(
    session: Session, actor: User, *, competency: str = "", sector: str = ""
) -> Sequence[Chance]:
    """Teams that look for somebody, those for what *actor* likely can first."""
    statement = (
        sa.select(MemberWish)
        .join(Team, Team.id == MemberWish.team_id)
        .where(
            visible_member_wishes(actor),
            MemberWish.closed_at.is_(None),
            MemberWish.team_id.not_in(actor.team_ids),
        )
        .options(joinedload(MemberWish.team), joinedload(MemberWish.problem))
        .order_by(MemberWish.id.desc())
    )
    if competency:
        statement = statement.where(MemberWish.competency == competency)
    if sector:
        statement = statement.where(
            sa.cast(Team.sectors, sa.Text).contains(f'"{sector}"', autoescape=True)
        )
    wishes = session.scalars(statement).all()
    known = levels.estimates(session, [actor.id]).get(actor.id, {})
    offers = own_offers(session, actor)
    found = [_chance(wish, known, offers) for wish in wishes]
    return sorted(found, key=lambda item: (-item.likely, -item.wish.id))[:MOST_SHOWN]


def _chance(wish: MemberWish, known: dict[str, Estimate], offers: dict[int, MemberOffer]) -> Chance:
    found = [known[name] for name in names_of(wish) if name in known]
    best = max(found, key=lambda item: item.at_least[wish.level], default=None)
    likely = (best or estimate([])).at_least[wish.level]
    return Chance(wish, best, likely, offers.get(wish.id))


def own_offers(session: Session, actor: User) -> dict[int, MemberOffer]:
    """The offers *actor* made, by wish."""
    statement = sa.select(MemberOffer).where(MemberOffer.user_id == actor.id)
    return {offer.wish_id: offer for offer in session.scalars(statement)}


def own_consent(session: Session, actor: User) -> FindConsent | None:
    """Whether and how *actor* agreed to be found."""
    return session.scalar(sa.select(FindConsent).where(FindConsent.user_id == actor.id))


def count_open(session: Session, actor: User) -> int:
    """How many wishes of other teams *actor* may read."""
    statement = sa.select(sa.func.count(MemberWish.id)).where(
        visible_member_wishes(actor),
        MemberWish.closed_at.is_(None),
        MemberWish.team_id.not_in(actor.team_ids),
    )
    return session.scalar(statement) or 0
