"""Count points from what is on record, stand on the board or leave it, take points back.

Points are thanks. Nothing that matches, grades or selects reads them; a test keeps it so.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidTransition, StaleVersion
from matchmaker.i18n import N_, translate
from matchmaker.models import (
    POINT_RULES,
    POINTS_PER_DAY,
    PointBoardPlace,
    PointEntry,
    PointKind,
)
from matchmaker.policies.point_entry import may_read_board, may_take_back_points
from matchmaker.queries import point_entry as queries
from matchmaker.queries.level_piece import TAIPEI, today
from matchmaker.queries.point_source import Deed, deeds
from matchmaker.services import reasons
from matchmaker.services.context import Context

MAX_REASON = 600


class Ledger:
    """How much each person has had of each kind, by day and by year: the caps ask it."""

    def __init__(self, entries: Iterable[PointEntry]) -> None:
        self._by_day: Counter[tuple[int, PointKind, dt.date]] = Counter()
        self._by_year: Counter[tuple[int, PointKind, int]] = Counter()
        self._points: Counter[tuple[int, dt.date]] = Counter()
        for entry in entries:
            if entry.points:
                self._note(entry.user_id, entry.kind, entry.earned_on, entry.points)

    def take(self, deed: Deed) -> int:
        """What *deed* earns under the caps, and note it."""
        rule, day = POINT_RULES[deed.kind], deed.on
        is_capped = (
            self._by_day[deed.user_id, deed.kind, day] >= rule.per_day
            or self._by_year[deed.user_id, deed.kind, day.year] >= rule.per_year
            or self._points[deed.user_id, day] + rule.points > POINTS_PER_DAY
        )
        if is_capped:
            return 0
        self._note(deed.user_id, deed.kind, day, rule.points)
        return rule.points

    def _note(self, user_id: int, kind: PointKind, day: dt.date, points: int) -> None:
        self._by_day[user_id, kind, day] += 1
        self._by_year[user_id, kind, day.year] += 1
        self._points[user_id, day] += points


def collect(ctx: Context) -> dict[str, int]:
    """Count what was done since the beginning of last year; what was undone counts no more.

    May be run as often as one likes: a deed is counted once.
    """
    first = dt.date(today().year - 1, 1, 1)
    since = dt.datetime.combine(first, dt.time(), TAIPEI)
    done = {(deed.kind, deed.source): deed for deed in deeds(ctx.session, since)}
    stored = {(row.kind, row.source): row for row in queries.stored_since(ctx.session, first)}
    ledger = Ledger(stored.values())
    new = [deed for key, deed in done.items() if key not in stored]
    ctx.session.add_all(_entry(deed, ledger.take(deed)) for deed in new)
    undone, redone = _follow(stored, done)
    ctx.session.flush()
    return {"counted": len(new), "undone": undone, "redone": redone}


def _entry(deed: Deed, points: int) -> PointEntry:
    return PointEntry(
        user_id=deed.user_id,
        kind=deed.kind,
        source=deed.source,
        points=points,
        earned_on=deed.on,
    )


def _follow(
    stored: Mapping[tuple[PointKind, str], PointEntry], done: Mapping[tuple[PointKind, str], Deed]
) -> tuple[int, int]:
    """Let entries follow their deeds, except where an officer has decided."""
    undone = redone = 0
    for key, row in stored.items():
        if row.taken_back_by_id is not None:
            continue
        if row.counts and key not in done:
            row.taken_back_at, undone = utcnow(), undone + 1
        elif not row.counts and key in done:
            row.taken_back_at, redone = None, redone + 1
    return undone, redone


def take_back(ctx: Context, entry_id: int, *, reason: str, version: int) -> PointEntry:
    """An officer takes points back, and the person reads why."""
    entry = queries.get_entry(ctx.session, ctx.actor, entry_id, lock=True)
    ctx.require(may_take_back_points, entry)
    reason = reasons.needed(reason, maximum=MAX_REASON)
    if entry.taken_back_by_id is not None and entry.reason == reason:
        return entry  # A second click.
    if entry.version != version:
        raise StaleVersion
    if not entry.counts:
        raise InvalidTransition(N_("These points do not count any more."))
    entry.taken_back_at, entry.reason = utcnow(), reason
    entry.taken_back_by_id = ctx.signed_in.id
    ctx.record("point_entry:take_back", entry, user_id=entry.user_id, reason=reason)
    _tell(ctx, entry, "point.taken_back", note=reason)
    return entry


def give_back(ctx: Context, entry_id: int, *, version: int) -> PointEntry:
    """An officer undoes it: the points count again."""
    entry = queries.get_entry(ctx.session, ctx.actor, entry_id, lock=True)
    ctx.require(may_take_back_points, entry)
    if entry.counts:
        return entry
    if entry.version != version:
        raise StaleVersion
    if entry.taken_back_by_id is None:
        raise InvalidTransition(
            N_("What earned these points was undone. They come back by themselves if it is redone.")
        )
    entry.taken_back_at = entry.taken_back_by_id = None
    entry.reason = ""
    ctx.record("point_entry:give_back", entry, user_id=entry.user_id)
    _tell(ctx, entry, "point.given_back")
    return entry


def _tell(ctx: Context, entry: PointEntry, kind: str, **words: str) -> None:
    what = translate(POINT_RULES[entry.kind].label, entry.user.locale)
    url = f"{ctx.settings.base_url}/me/points"
    day = entry.earned_on.isoformat()
    facts: dict[str, Any] = {"what": what, "points": entry.points, "day": day, **words}
    ctx.send_mail(kind, entry.user, about=entry, url=url, **facts)


def join_board(ctx: Context) -> None:
    """The actor wants to stand on the board."""
    actor = ctx.signed_in
    ctx.require(may_read_board)
    ctx.lock_actor()
    if queries.own_place(ctx.session, actor.id) is None:
        ctx.session.add(PointBoardPlace(user_id=actor.id))
        ctx.record("point_entry:join_board", actor)


def leave_board(ctx: Context) -> None:
    """The actor no longer stands on the board."""
    actor = ctx.signed_in
    found = queries.own_place(ctx.session, actor.id)
    if found is not None:
        ctx.session.delete(found)
        ctx.record("point_entry:leave_board", actor)


def forget(session: Session, user_id: int) -> None:
    """Delete what a person earned."""
    for table in (PointEntry, PointBoardPlace):
        session.execute(sa.delete(table).where(table.user_id == user_id))
