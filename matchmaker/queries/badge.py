"""Reading badges: by their address, one's own, the office's list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.errors import NotFound
from matchmaker.models import Badge, BadgeKey, LevelEstimate, User
from matchmaker.models.problem import searchable
from matchmaker.policies.badge import may_list_badges, visible_badges
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.badge import BadgeState

_CODE = re.compile("[A-Za-z0-9_-]{10,32}")
#: What the office looks for.
STATES = ("valid", "fallen", "expired", "withdrawn", "revoked")


def get_by_code(session: Session, code: str) -> Badge:
    """The badge at an address, for whoever was given it."""
    if not _CODE.fullmatch(code):
        raise NotFound
    found = session.scalar(sa.select(Badge).where(Badge.code == code))
    if found is None:
        raise NotFound
    return found


def get_badge(session: Session, actor: User | None, badge_id: int, *, lock: bool = False) -> Badge:
    """The badge, if *actor* may know of it."""
    statement = sa.select(Badge).where(Badge.id == badge_id, visible_badges(actor))
    if lock:
        statement = statement.with_for_update()
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def own_badges(session: Session, actor: User) -> Sequence[Badge]:
    """The badges of *actor*, the latest first."""
    statement = sa.select(Badge).where(Badge.user_id == actor.id)
    return session.scalars(statement.order_by(Badge.issued_at.desc(), Badge.id.desc())).all()


def confirmed_levels(session: Session, user_id: int) -> dict[str, int]:
    """The confirmed levels of a person, by competency, in the order of the framework."""
    statement = sa.select(LevelEstimate.competency, LevelEstimate.confirmed).where(
        LevelEstimate.user_id == user_id,
        LevelEstimate.confirmed > 0,
        LevelEstimate.is_unknown.is_(False),
    )
    found: dict[str, int] = dict(session.execute(statement).all())
    return {name: found[name] for name in load_taxonomy().competencies if name in found}


def find_valid(session: Session, user_id: int, competency: str, level: int) -> Badge | None:
    """The badge a person has for a level, if it is good now."""
    statement = sa.select(Badge).where(
        Badge.user_id == user_id,
        Badge.competency == competency,
        Badge.level == level,
        _is_valid(),
    )
    return session.scalars(statement.order_by(Badge.id.desc()).limit(1)).first()


def _is_valid() -> sa.ColumnElement[bool]:
    return sa.and_(Badge.state == BadgeState.ISSUED, Badge.expires_at > utcnow())


def ended(session: Session) -> Sequence[Badge]:
    """The badges that were revoked or taken back, oldest first."""
    statement = sa.select(Badge).where(Badge.state != BadgeState.ISSUED)
    return session.scalars(statement.order_by(Badge.id)).all()


def keys(session: Session) -> dict[str, dict[str, object]]:
    """Every public key that badges were ever signed with, by thumbprint."""
    rows = session.scalars(sa.select(BadgeKey).order_by(BadgeKey.id))
    return {row.thumbprint: dict(row.jwk) for row in rows}


@dataclass(frozen=True)
class BadgeFilter:
    """Which badges the office looks at; what is empty limits nothing."""

    words: str = ""
    state: str = ""


@dataclass(frozen=True)
class Listed:
    """A badge beside the level that is confirmed now."""

    badge: Badge
    level_now: int

    @property
    def has_fallen(self) -> bool:
        """Whether less is confirmed now than the badge says."""
        return self.level_now < self.badge.level


def list_badges(
    session: Session, actor: User, wanted: BadgeFilter, *, number: int = 1
) -> Page[Listed]:
    """All badges, the latest first; the office's."""
    may_list_badges.require(actor)
    statement = sa.select(Badge).where(visible_badges(actor)).options(joinedload(Badge.user))
    if words := searchable(wanted.words):
        statement = statement.where(sa.func.lower(Badge.holder).contains(words, autoescape=True))
    if wanted.state in STATES:
        statement = statement.where(_in_state(wanted.state))
    latest = statement.order_by(Badge.issued_at.desc(), Badge.id.desc())
    page = paginate(session, latest, number=number)
    levels = _levels_now(session, page.items)
    items = [Listed(one, levels.get((one.user_id, one.competency), 0)) for one in page.items]
    return Page(items, page.number, page.size, page.total)


def _in_state(state: str) -> sa.ColumnElement[bool]:
    if state == "valid":
        return _is_valid()
    if state == "fallen":
        now = sa.select(LevelEstimate.confirmed).where(
            LevelEstimate.user_id == Badge.user_id, LevelEstimate.competency == Badge.competency
        )
        confirmed = sa.func.coalesce(now.scalar_subquery(), 0)
        return sa.and_(_is_valid(), confirmed < Badge.level)
    if state == "expired":
        return sa.and_(Badge.state == BadgeState.ISSUED, Badge.expires_at <= utcnow())
    return Badge.state == BadgeState(state)


def _levels_now(session: Session, badges: Sequence[Badge]) -> dict[tuple[int, str], int]:
    statement = sa.select(
        LevelEstimate.user_id, LevelEstimate.competency, LevelEstimate.confirmed
    ).where(LevelEstimate.user_id.in_({badge.user_id for badge in badges}))
    return {(row[0], row[1]): row[2] for row in session.execute(statement)}
