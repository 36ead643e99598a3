"""Everything that waits for somebody: the registry of its kinds, and reading it in one query.

What is due when and for whom stands in the declarations (the modules waiting_problem to
waiting_people); here they become one list, for a person or for the office.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.i18n import Message
from matchmaker.models import SETTINGS, OfficeSetting, Role, User, WaitingLadder, WaitingStep
from matchmaker.policies.scope import handled_by, runs_a_call
from matchmaker.policies.waiting import may_list_waiting
from matchmaker.queries import (
    waiting_application,
    waiting_grading,
    waiting_kickoff,
    waiting_outcome,
    waiting_people,
    waiting_problem,
    waiting_solving,
)
from matchmaker.queries.page import Page
from matchmaker.queries.waiting_kind import Holder, Kind, Ladder

KINDS = {
    kind.key: kind
    for kind in (
        *waiting_problem.KINDS,
        *waiting_grading.KINDS,
        *waiting_application.KINDS,
        *waiting_kickoff.KINDS,
        *waiting_solving.KINDS,
        *waiting_outcome.KINDS,
        *waiting_people.KINDS,
    )
}
PAGE_SIZE = 50
#: How much a person's own page shows.
SHOWN = 40


@dataclass(frozen=True)
class Item:
    """One thing that waits, with what is needed to say so and to find whose turn it is."""

    kind: Kind
    subject_id: int
    since: datetime
    due_at: datetime
    path: str
    #: Where the office sees it, if that is another page than the holder's.
    office_path: str
    titles: tuple[str, str]
    contexts: tuple[str, str]
    user_id: int | None
    team_id: int | None
    organization_id: int | None
    call_id: int | None

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over."""
        return self.due_at <= utcnow()

    @property
    def key(self) -> tuple[str, int, datetime]:
        """What names one ladder: the same thing due at another time begins a new one."""
        return self.kind.key, self.subject_id, self.due_at

    def task(self, language: str) -> Message:
        """What is to be done, in *language*."""
        return Message(self.kind.task, {"title": self.title(language)})

    def title(self, language: str) -> str:
        """What it is about; "…" where nobody has given it a title yet."""
        text = _in(self.titles, language)
        competency = load_taxonomy().competencies.get(text) if self.kind.is_competency else None
        return competency.label(language) if competency else text or "…"

    def context(self, language: str) -> str:
        """Where it belongs: the name of an organization, a team or a call."""
        return _in(self.contexts, language)


def _in(words: tuple[str, str], language: str) -> str:
    first, second = words if language == "zh" else words[::-1]
    return first or second


@dataclass(frozen=True)
class Terms:
    """How the office reminds of one kind: its own words, or the defaults."""

    kind: Kind
    is_on: bool
    ladder: Ladder
    #: Days it may take, where that is for the office to say.
    within: int
    version: int = 0


def terms(session: Session) -> dict[str, Terms]:
    """How people are reminded, by kind."""
    changed = {row.kind: row for row in session.scalars(sa.select(WaitingLadder))}
    settings = {row.key: row.value for row in session.scalars(sa.select(OfficeSetting))}
    return {key: _terms(kind, changed.get(key), settings) for key, kind in KINDS.items()}


def _terms(kind: Kind, row: WaitingLadder | None, settings: dict[str, int]) -> Terms:
    within = kind.within or 0
    if kind.setting:
        within = settings.get(kind.setting, SETTINGS[kind.setting].default)
    if row is None:
        return Terms(kind, True, kind.ladder, within)
    ladder = Ladder(**{name: tuple(days) for name, days in row.days.items()})
    return Terms(kind, row.is_on, ladder, row.within or within, row.version)


# Lists


def _select(found: Terms) -> sa.Select[Any]:
    rows = found.kind.rows(found.within)
    return rows.add_columns(sa.literal(found.kind.key, sa.String).label("kind"))


def _column(rows: sa.Select[Any], name: str) -> Any:
    return rows.selected_columns[name]


def _union(selects: Sequence[sa.Select[Any]]) -> sa.Subquery:
    """One list of all; what has no time at all does not wait."""
    return sa.union_all(*(s.where(_column(s, "due_at").is_not(None)) for s in selects)).subquery()


def of_person(session: Session, actor: User, *, limit: int = SHOWN) -> list[Item]:
    """What waits for *actor*, the longest overdue first; one query however much it is."""
    selects = [rows for t in terms(session).values() if (rows := _of_person(t, actor)) is not None]
    if not selects:
        return []
    found = _union(selects)
    statement = sa.select(found).order_by(found.c.due_at, found.c.kind, found.c.subject_id)
    return [_item(row) for row in session.execute(statement.limit(limit))]


def _of_person(found: Terms, actor: User) -> sa.Select[Any] | None:
    """The rows of a kind whose turn is *actor*'s; None if none can be."""
    holder, rows = found.kind.holder, _select(found)
    if holder is Holder.PERSON:
        return rows.where(_column(rows, "user_id") == actor.id)
    if holder is Holder.TEAM:
        ours = _column(rows, "team_id").in_(actor.team_ids)
        return rows.where(ours) if actor.team_ids else None
    if holder is Holder.OWNER:
        ours = _column(rows, "organization_id").in_(actor.organization_ids)
        named = _column(rows, "user_id") == actor.id
        return rows.where(sa.or_(ours, named) if actor.organization_ids else named)
    if holder is Holder.STAFF:
        return rows if actor.has_role(Role.OFFICER, Role.MENTOR) else None
    if not (actor.is_officer or runs_a_call(actor)):
        return None  # Administrators see what waits for the office, but it is not theirs to do.
    handled = _handled(rows, actor)
    return None if handled is None else rows.where(handled)


def _handled(rows: sa.Select[Any], actor: User) -> sa.ColumnElement[bool] | None:
    """The condition that a row is in *actor*'s hands as the office; None if they are no office.

    What belongs to no call belongs to the programme, never to an in-house call.
    """
    if not may_list_waiting.allows(actor):
        return None
    call_id = _column(rows, "call_id")
    handled = handled_by(actor, call_id)
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return sa.or_(call_id.is_(None), handled)
    return sa.and_(call_id.is_not(None), handled)


@dataclass(frozen=True)
class Filter:
    """What the office's list is limited to."""

    kind: str = ""
    holder: str = ""
    #: "overdue", "escalated", "soon"
    state: str = ""
    #: Waiting for at least so many days.
    days: int = 0


def board(session: Session, actor: User, chosen: Filter, *, number: int = 1) -> Page[Item]:
    """All that waits where *actor* is the office, the longest overdue first."""
    found = _board(session, actor)
    if found is None:
        return Page([], 1, PAGE_SIZE, 0)
    conditions = _conditions(found, chosen)
    total = session.scalar(sa.select(sa.func.count()).select_from(found).where(*conditions)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    statement = _ordered(found).where(*conditions)
    rows = session.execute(statement.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([_item(row) for row in rows], number, PAGE_SIZE, total)


def everything(session: Session, actor: User, chosen: Filter, *, limit: int) -> list[Item]:
    """The same as *board*, whole: for files."""
    found = _board(session, actor)
    if found is None:
        return []
    statement = _ordered(found).where(*_conditions(found, chosen)).limit(limit)
    return [_item(row) for row in session.execute(statement)]


def count(session: Session, actor: User) -> dict[str, tuple[int, int]]:
    """How much waits of each kind, and how much of it is overdue."""
    found = _board(session, actor)
    if found is None:
        return {}
    late = sa.func.count(sa.case((found.c.due_at <= utcnow(), 1)))
    statement = sa.select(found.c.kind, sa.func.count(), late).group_by(found.c.kind)
    return {row[0]: (row[1], row[2]) for row in session.execute(statement)}


def _ordered(found: sa.Subquery) -> sa.Select[Any]:
    return sa.select(found).order_by(found.c.due_at, found.c.kind, found.c.subject_id)


def _board(session: Session, actor: User) -> sa.Subquery | None:
    selects = []
    for found in terms(session).values():
        rows = _select(found)
        handled = _handled(rows, actor)
        if handled is None or found.kind.is_private:
            continue
        selects.append(rows.where(handled))
    return _union(selects) if selects else None


def _conditions(found: sa.Subquery, chosen: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.kind:
        conditions.append(found.c.kind == chosen.kind)
    if chosen.holder:
        held = [kind.key for kind in KINDS.values() if kind.holder == chosen.holder]
        conditions.append(found.c.kind.in_(held))
    if chosen.state == "overdue":
        conditions.append(found.c.due_at <= utcnow())
    elif chosen.state == "soon":
        soon = utcnow() + timedelta(days=7)
        conditions.append(sa.and_(found.c.due_at > utcnow(), found.c.due_at <= soon))
    elif chosen.state == "escalated":
        conditions.append(_is_escalated(found))
    if chosen.days:
        conditions.append(found.c.since <= utcnow() - timedelta(days=chosen.days))
    return conditions


def _is_escalated(found: sa.Subquery) -> sa.ColumnElement[bool]:
    """The condition that others than the holder were told of it."""
    return (
        sa.exists()
        .where(
            WaitingStep.kind == found.c.kind,
            WaitingStep.subject_id == found.c.subject_id,
            WaitingStep.due_at == found.c.due_at,
            WaitingStep.step.not_like("holder%"),
        )
        .correlate(found)
    )


def escalated(session: Session, items: Iterable[Item]) -> set[tuple[str, int, datetime]]:
    """Of *items* the keys of those that others than the holder were told of."""
    ids = {item.subject_id for item in items}
    statement = sa.select(WaitingStep.kind, WaitingStep.subject_id, WaitingStep.due_at).where(
        WaitingStep.subject_id.in_(ids), WaitingStep.step.not_like("holder%")
    )
    return {(row[0], row[1], row[2]) for row in session.execute(statement)}


def due_until(session: Session, until: datetime) -> list[Item]:
    """All that is due by *until* and that people are reminded of, for work nobody in particular does."""
    selects = [_select(t) for t in terms(session).values() if t.is_on]
    found = _union(selects)
    rows = session.execute(_ordered(found).where(found.c.due_at <= until))
    return [_item(row) for row in rows]


def overdue_ids(session: Session, kind: str) -> dict[int, datetime]:
    """The rows of *kind* whose time is over, with when that was."""
    found = _union([_select(terms(session)[kind])])
    statement = sa.select(found.c.subject_id, found.c.due_at).where(found.c.due_at <= utcnow())
    return {row[0]: row[1] for row in session.execute(statement)}


def taken(session: Session, items: Collection[Item]) -> set[tuple[Any, ...]]:
    """The steps that were taken already of the ladders of *items*."""
    kinds = {item.kind.key for item in items}
    statement = sa.select(
        WaitingStep.kind,
        WaitingStep.subject_id,
        WaitingStep.due_at,
        WaitingStep.step,
        WaitingStep.user_id,
    ).where(WaitingStep.kind.in_(kinds))
    return {tuple(row) for row in session.execute(statement)}


def _item(row: sa.Row[Any]) -> Item:
    kind = KINDS[row.kind]
    numbers = {"place": row.place_id, "subject": row.subject_id, "call": row.call_id}
    return Item(
        kind=kind,
        subject_id=row.subject_id,
        since=row.since or row.due_at,
        due_at=row.due_at,
        path=kind.path.format(**numbers),
        office_path=kind.office_path.format(**numbers),
        titles=(row.title_zh or "", row.title_en or ""),
        contexts=(row.context_zh or "", row.context_en or ""),
        user_id=row.user_id,
        team_id=row.team_id,
        organization_id=row.organization_id,
        call_id=row.call_id,
    )
