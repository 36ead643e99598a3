"""Reading referrals: an association's own, those that wait for an enterprise, the office's figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import Organization, Problem, Referral, ReferralConsent, User
from matchmaker.models.problem import searchable
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.referral import followed_problems, may_read_figures, visible_referrals
from matchmaker.workflows.problem import PUBLIC_STATES
from matchmaker.workflows.referral import ReferralState

MAX_FOUND = 20
_SHOWN = (
    joinedload(Referral.association),
    joinedload(Referral.organization),
    joinedload(Referral.referrer),
)


def get(session: Session, actor: User | None, referral_id: int, *, lock: bool = False) -> Referral:
    """The referral, if *actor* may know of it; locked for a decision if asked."""
    statement = sa.select(Referral).where(Referral.id == referral_id, visible_referrals(actor))
    if lock:
        statement = statement.with_for_update(of=Referral)
        statement = statement.execution_options(populate_existing=True)
    referral = session.scalar(statement.options(*_SHOWN))
    if referral is None:
        raise NotFound
    return referral


def state_now(referral: Referral) -> ReferralState:
    """The referral's state; one that nobody answered in time counts as expired."""
    if referral.state is ReferralState.SENT and referral.expires_at <= utcnow():
        return ReferralState.EXPIRED
    return referral.state


@dataclass(frozen=True)
class Standing:
    """Where one problem stands, as an association may know it: its title only once it is public."""

    number: int
    state: Any
    submitted_at: Any
    published_at: Any
    title_zh: str = ""
    title_en: str = ""

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES


@dataclass(frozen=True)
class Line:
    """A referral with what its enterprise lets the association see."""

    referral: Referral
    state: ReferralState
    standings: Sequence[Standing]


def of_association(session: Session, actor: User, association: Organization) -> list[Line]:
    """The association's referrals, the newest first, with the problems they may follow."""
    statement = (
        sa.select(Referral)
        .where(Referral.association_id == association.id, visible_referrals(actor))
        .options(*_SHOWN)
        .order_by(Referral.id.desc())
    )
    referrals = session.scalars(statement).all()
    consenting = {
        referral.organization_id
        for referral in referrals
        if referral.state is ReferralState.ACCEPTED and referral.consented_at is not None
    }
    standings = _standings(session, actor, consenting)
    return [
        Line(
            referral,
            state_now(referral),
            standings.get(referral.organization_id, [])
            if referral.consented_at is not None and referral.organization_id is not None
            else [],
        )
        for referral in referrals
    ]


def _standings(
    session: Session, actor: User, organization_ids: set[int | None]
) -> dict[int, list[Standing]]:
    columns = (
        Problem.organization_id,
        Problem.id,
        Problem.state,
        Problem.submitted_at,
        Problem.published_at,
        Problem.title_zh,
        Problem.title_en,
    )
    statement = sa.select(*columns).where(
        Problem.organization_id.in_(organization_ids), followed_problems(actor)
    )
    found: dict[int, list[Standing]] = defaultdict(list)
    for row in session.execute(statement.order_by(Problem.submitted_at.desc(), Problem.id)):
        titles = (row[5], row[6]) if row[2] in PUBLIC_STATES else ("", "")
        found[row[0]].append(Standing(*row[1:5], *titles))
    return found


def received(session: Session, actor: User) -> Sequence[Referral]:
    """The referrals that wait for *actor*'s answer, the one that ends first at the front."""
    mine = sa.and_(visible_referrals(actor), Referral.association_id.not_in(actor.organization_ids))
    statement = (
        sa.select(Referral)
        .where(mine, Referral.state == ReferralState.SENT, Referral.expires_at > utcnow())
        .options(*_SHOWN)
    )
    return session.scalars(statement.order_by(Referral.expires_at, Referral.id)).all()


def of_enterprise(
    session: Session, actor: User | None, organization: Organization
) -> Sequence[Referral]:
    """The referrals that an enterprise accepted, for those who lead it."""
    statement = (
        sa.select(Referral)
        .where(
            Referral.organization_id == organization.id,
            Referral.state.in_((ReferralState.ACCEPTED, ReferralState.ENDED)),
            visible_referrals(actor),
        )
        .options(*_SHOWN)
    )
    return session.scalars(statement.order_by(Referral.id.desc())).all()


def history(session: Session, referral: Referral) -> Sequence[ReferralConsent]:
    """When consent was given and withdrawn, and by whom, the newest first."""
    statement = (
        sa.select(ReferralConsent)
        .where(ReferralConsent.referral_id == referral.id)
        .options(joinedload(ReferralConsent.user))
    )
    return session.scalars(statement.order_by(ReferralConsent.id.desc())).all()


def find_enterprises(session: Session, actor: User, words: str) -> Sequence[Organization]:
    """The enterprises and public bodies that *actor* may know of and whose name has *words* in it."""
    wanted = searchable(words)
    if not wanted:
        return []
    named = sa.or_(
        sa.func.lower(Organization.name_zh).contains(wanted, autoescape=True),
        sa.func.lower(Organization.name_en).contains(wanted, autoescape=True),
    )
    statement = sa.select(Organization).where(
        named, Organization.kind.in_(OWNER_KINDS), visible_organizations(actor)
    )
    return session.scalars(statement.order_by(Organization.id).limit(MAX_FOUND)).all()


#: What becomes of referrals, in the order in which the office's figures show it.
OUTCOMES = tuple(ReferralState)


@dataclass(frozen=True)
class Figures:
    """One line of the office's figures: how many referrals ended how."""

    #: The association, or the sector's code; empty while nobody accepted.
    key: Organization | str
    by_state: dict[ReferralState, int]
    consenting: int

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def figures(session: Session, actor: User) -> tuple[list[Figures], list[Figures]]:
    """Referrals by association and by the enterprise's sector, each by outcome; the office's."""
    may_read_figures.require(actor)
    statement = sa.select(Referral).options(
        selectinload(Referral.association), selectinload(Referral.organization)
    )
    referrals = session.scalars(statement.order_by(Referral.association_id, Referral.id)).all()
    associations: dict[Any, list[Referral]] = defaultdict(list)
    sectors: dict[Any, list[Referral]] = defaultdict(list)
    for referral in referrals:
        associations[referral.association].append(referral)
        answered = referral.state in (ReferralState.ACCEPTED, ReferralState.ENDED)
        organization = referral.organization if answered else None
        sectors[(organization.sector or "") if organization else ""].append(referral)
    return _tabulated(associations), _tabulated(dict(sorted(sectors.items())))


def _tabulated(groups: dict[Any, list[Referral]]) -> list[Figures]:
    return [
        Figures(
            key,
            {state: sum(state_now(one) is state for one in found) for state in OUTCOMES},
            sum(one.consented_at is not None for one in found),
        )
        for key, found in groups.items()
    ]
