"""Note how what would fit a team moved, whenever it is worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Preview, RankingChange
from matchmaker.queries.preview import SHOWN

#: How many times are kept of a team; the page shows the latest.
KEPT = 5
#: A score that moves by less is as it was.
NEWS = 0.005

Row = Mapping[str, Any]


def note(session: Session, team_id: int, after: Sequence[Row]) -> RankingChange | None:
    """Keep how the ranking stored of a team differs from *after*, its rows from now on.

    Only what is, or was, among the pairs a team is shown is kept; None if nothing of it moved, or
    if nothing had been worked out before.
    """
    columns = (Preview.problem_id, Preview.score, Preview.explanation, Preview.made_at)
    statement = sa.select(*columns).where(Preview.team_id == team_id)
    before = [row._asdict() for row in session.execute(statement)]
    if not before:
        return None
    moves = moves_between(before, after)
    if not moves:
        return None
    # Rows of other problems may have been made anew since: count from the oldest.
    before_at = min(row["made_at"] for row in before)
    change = RankingChange(team_id=team_id, before_at=before_at, made_at=utcnow(), moves=moves)
    session.add(change)
    session.flush()
    _forget_old(session, team_id)
    return change


def moves_between(before: Sequence[Row], after: Sequence[Row]) -> list[dict[str, Any]]:
    """What moved between two rankings of one team's problems: by place now, then by place before."""
    old, new = _places(before), _places(after)
    found = [_move(key, old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    moved = [move for move in found if _is_shown(move) and _is_news(move)]
    return sorted(moved, key=lambda move: [place or 1_000 for place in reversed(move["rank"])])


def _places(rows: Sequence[Row]) -> dict[int, tuple[int, Row]]:
    ordered = sorted(rows, key=lambda row: (-row["score"], row["problem_id"]))
    return {row["problem_id"]: (place, row) for place, row in enumerate(ordered, start=1)}


def _move(
    problem_id: int, old: tuple[int, Row] | None, new: tuple[int, Row] | None
) -> dict[str, Any]:
    sides = (old, new)
    move: dict[str, Any] = {
        "problem": problem_id,
        "rank": [side[0] if side else None for side in sides],
        "score": [round(side[1]["score"], 6) if side else None for side in sides],
        "parts": {},
        "needs": {},
    }
    if old and new:
        move["parts"] = _differences(_parts(old[1]), _parts(new[1]))
        move["needs"] = _steps(_needs(old[1]), _needs(new[1]))
    return move


def _parts(row: Row) -> dict[str, float]:
    return {part["feature"]: part["contribution"] for part in row["explanation"].get("parts", [])}


def _differences(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    found = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in {**old, **new}}
    return {name: round(change, 6) for name, change in found.items() if abs(change) >= NEWS}


def _needs(row: Row) -> dict[str, str]:
    needs = row["explanation"].get("requirements", [])
    return {need["competency"]: need["status"] for need in needs}


def _steps(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [old[name], new[name]] for name in old if name in new and old[name] != new[name]}


def _is_shown(move: Mapping[str, Any]) -> bool:
    return any(place is not None and place <= SHOWN for place in move["rank"])


def _is_news(move: Mapping[str, Any]) -> bool:
    (rank_before, rank_after), (before, after) = move["rank"], move["score"]
    if rank_before != rank_after or before is None or after is None:
        return True
    return bool(abs(after - before) >= NEWS)


def _forget_old(session: Session, team_id: int) -> None:
    of_team = RankingChange.team_id == team_id
    newest = (
        sa.select(RankingChange.id)
        .where(of_team)
        .order_by(RankingChange.id.desc())
        .limit(KEPT)
        .subquery()
    )
    session.execute(
        sa.delete(RankingChange).where(of_team, RankingChange.id.not_in(sa.select(newest.c.id)))
    )
