"""Reading points: one's own, the board of those who want to stand on it, the office's list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import PointBoardPlace, PointEntry, PointKind, User
from matchmaker.models.problem import searchable
from matchmaker.policies.point_entry import may_list_points, may_read_board, visible_point_entries
from matchmaker.queries.level_piece import today
from matchmaker.queries.page import Page, paginate

BOARD_SIZE = 50
STATES = ("counted", "capped", "taken_back")


def own_entries(session: Session, actor: User, *, number: int = 1) -> Page[PointEntry]:
    """What *actor* earned, the latest first."""
    statement = sa.select(PointEntry).where(PointEntry.user_id == actor.id)
    return paginate(session, statement.order_by(*_LATEST), number=number)


_LATEST = (PointEntry.earned_on.desc(), PointEntry.id.desc())


def totals(session: Session, user_id: int) -> dict[PointKind, int]:
    """A person's points of this year by kind."""
    statement = (
        sa.select(PointEntry.kind, sa.func.sum(PointEntry.points))
        .where(PointEntry.user_id == user_id, *_counted_in(today().year))
        .group_by(PointEntry.kind)
    )
    found = {kind: int(points) for kind, points in session.execute(statement)}
    return {kind: found.get(kind, 0) for kind in PointKind}


def _counted_in(year: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        PointEntry.taken_back_at.is_(None),
        PointEntry.earned_on >= dt.date(year, 1, 1),
        PointEntry.earned_on <= dt.date(year, 12, 31),
    )


def own_place(session: Session, user_id: int) -> PointBoardPlace | None:
    """The person's consent to stand on the board."""
    return session.scalar(sa.select(PointBoardPlace).where(PointBoardPlace.user_id == user_id))


@dataclass(frozen=True)
class Placed:
    """One line of the board; equal points share a place."""

    place: int
    user_id: int
    name: str
    points: int


def board(session: Session, actor: User) -> list[Placed]:
    """Those who want to stand on the board and have points this year, the most first."""
    may_read_board.require(actor)
    total = sa.func.sum(PointEntry.points).label("total")
    statement = (
        sa.select(User.id, User.name, total)
        .join(PointBoardPlace, PointBoardPlace.user_id == User.id)
        .join(PointEntry, PointEntry.user_id == User.id)
        .where(User.disabled_at.is_(None), User.erased_at.is_(None), *_counted_in(today().year))
        .group_by(User.id, User.name)
        .having(total > 0)
        .order_by(total.desc(), User.name, User.id)
        .limit(BOARD_SIZE)
    )
    rows = session.execute(statement).all()
    ordered = [int(row[2]) for row in rows]
    return [Placed(ordered.index(int(p)) + 1, user_id, name, int(p)) for user_id, name, p in rows]


@dataclass(frozen=True)
class EntryFilter:
    """Which entries the office looks at; what is empty limits nothing."""

    words: str = ""
    kind: str = ""
    state: str = ""


def list_entries(
    session: Session, actor: User, wanted: EntryFilter, *, number: int = 1
) -> Page[PointEntry]:
    """Everybody's entries, the latest first; the office's."""
    return paginate(session, _filtered(actor, wanted).order_by(*_LATEST), number=number)


def all_entries(session: Session, actor: User, wanted: EntryFilter) -> Sequence[PointEntry]:
    """The same, whole, for a file."""
    return session.scalars(_filtered(actor, wanted).order_by(*_LATEST)).all()


def _filtered(actor: User, wanted: EntryFilter) -> sa.Select[PointEntry]:
    may_list_points.require(actor)
    statement = (
        sa.select(PointEntry)
        .join(User, User.id == PointEntry.user_id)
        .where(visible_point_entries(actor))
        .options(joinedload(PointEntry.user), joinedload(PointEntry.taken_back_by))
    )
    if words := searchable(wanted.words):
        statement = statement.where(sa.func.lower(User.name).contains(words, autoescape=True))
    if wanted.kind in list(PointKind):
        statement = statement.where(PointEntry.kind == PointKind(wanted.kind))
    if wanted.state in STATES:
        statement = statement.where(_in_state(wanted.state))
    return statement


def _in_state(state: str) -> sa.ColumnElement[bool]:
    if state == "taken_back":
        return PointEntry.taken_back_at.is_not(None)
    amount = PointEntry.points > 0 if state == "counted" else PointEntry.points == 0
    return sa.and_(PointEntry.taken_back_at.is_(None), amount)


def get_entry(
    session: Session, actor: User | None, entry_id: int, *, lock: bool = False
) -> PointEntry:
    """The entry, if *actor* may know of it."""
    statement = sa.select(PointEntry).where(PointEntry.id == entry_id, visible_point_entries(actor))
    if lock:
        statement = statement.with_for_update()
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def stored_since(session: Session, day: dt.date) -> Sequence[PointEntry]:
    """Every entry of deeds from *day* on."""
    return session.scalars(sa.select(PointEntry).where(PointEntry.earned_on >= day)).all()
