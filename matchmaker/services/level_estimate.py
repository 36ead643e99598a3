"""Work out people's levels from all stored evidence, and keep what was found.

Nothing else writes estimates. Whoever stores something that counts calls `refresh` in the same
transaction. Each table that holds evidence has one function here that reads it: see `PROVIDERS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.competency.diagnosis import HALF_LIFE_MONTHS, Case, Estimate, estimate_all
from matchmaker.competency.evidence import Evidence as Said
from matchmaker.competency.evidence import Outcome, within_a_year
from matchmaker.models import LevelChange, LevelEstimate, Team, TeamMember, User
from matchmaker.queries import evidence as evidence_queries
from matchmaker.queries import level_estimate as queries
from matchmaker.queries import quiz as quiz_queries
from matchmaker.queries.level_piece import Piece, Provider
from matchmaker.services import preview

#: One for each table that holds evidence.
PROVIDERS: tuple[Provider, ...] = (evidence_queries.pieces, quiz_queries.pieces)
#: A step smaller than this, in levels, is no news.
NEWS = 0.05
_FIGURES = ("mean", "sd", "low", "high", "confirmed", "is_unknown")


def refresh(
    session: Session, user_ids: Collection[int], *, cause: str = "", cause_id: int | None = None
) -> int:
    """Work out the levels of some people anew and keep them; how many figures changed."""
    session.flush()
    found = _estimates(rows_of(session, user_ids))
    stored = _stored(session, user_ids)
    moved: set[int] = set()
    changed = 0
    for key in sorted(found.keys() | stored.keys()):
        if _keep(session, key, stored.get(key), found.get(key), cause, cause_id):
            changed += 1
            moved.add(key[0])
    if moved:
        _tell_teams(session, moved)
    session.flush()
    return changed


def rows_of(session: Session, user_ids: Collection[int]) -> dict[int, dict[str, list[Piece]]]:
    """All pieces that count for some people: person -> competency -> pieces, newest first."""
    found: dict[int, dict[str, list[Piece]]] = {}
    for provider in PROVIDERS:
        for piece in provider(session, user_ids):
            found.setdefault(piece.user_id, {}).setdefault(piece.competency, []).append(piece)
    for by_competency in found.values():
        for competency, pieces in by_competency.items():
            by_competency[competency] = _outcomes_apart(pieces)
    return found


def pieces_of(session: Session, user_id: int) -> dict[str, list[Said]]:
    """What the diagnosis counts for one person, by competency, newest first."""
    found = rows_of(session, [user_id]).get(user_id, {})
    return {name: [piece.said for piece in pieces] for name, pieces in found.items()}


def estimates_of(session: Session, user_id: int) -> dict[str, Estimate]:
    """What is known of one person; a competency without any evidence is not in it."""
    return queries.estimates(session, [user_id]).get(user_id, {})


def half_life(competency: str) -> float:
    """After how many months evidence of *competency* counts half."""
    known = load_taxonomy().competencies.get(competency)
    return known.half_life_months if known else HALF_LIFE_MONTHS


def _outcomes_apart(pieces: Iterable[Piece]) -> list[Piece]:
    """*pieces* newest first; many results in one year do not drown the rest."""
    newest = sorted(pieces, key=lambda piece: (piece.on, piece.row.id), reverse=True)
    results = [piece for piece in newest if isinstance(piece.said, Outcome)]
    results.sort(key=lambda piece: piece.said.age_months)
    parts = within_a_year([piece.said for piece in results if isinstance(piece.said, Outcome)])
    weighed = {id(piece): said for piece, said in zip(results, parts, strict=True)}
    return [replace(piece, said=weighed.get(id(piece), piece.said)) for piece in newest]


def _estimates(
    rows: Mapping[int, Mapping[str, Sequence[Piece]]],
) -> dict[tuple[int, str], Estimate]:
    keys = [(user_id, name) for user_id, found in rows.items() for name in found]
    cases = [
        Case([piece.said for piece in rows[user_id][name]], half_life(name))
        for user_id, name in keys
    ]
    return dict(zip(keys, estimate_all(cases), strict=True)) if keys else {}


def _stored(session: Session, user_ids: Collection[int]) -> dict[tuple[int, str], LevelEstimate]:
    statement = sa.select(LevelEstimate).where(LevelEstimate.user_id.in_(user_ids))
    rows = session.scalars(statement.with_for_update())
    return {(row.user_id, row.competency): row for row in rows}


def _keep(
    session: Session,
    key: tuple[int, str],
    row: LevelEstimate | None,
    found: Estimate | None,
    cause: str,
    cause_id: int | None,
) -> bool:
    """Store what was found of one person in one competency; whether anything is new."""
    if row is not None and found is not None and _says(row, found):
        return False
    change = _change(key, row, found)
    change.cause, change.cause_id = cause, cause_id
    if _is_news(change):
        session.add(change)
    if found is None:
        session.delete(row)
        return True
    if row is None:
        row = LevelEstimate(user_id=key[0], competency=key[1])
        session.add(row)
    for name in _FIGURES:
        setattr(row, name, getattr(found, name))
    row.at_least, row.parameters_version = list(found.at_least), found.version
    row.computed_at = utcnow()
    return True


def _says(row: LevelEstimate, found: Estimate) -> bool:
    """Whether the stored row says what was found, to a thousandth of a level."""
    same = row.confirmed == found.confirmed and row.is_unknown == found.is_unknown
    near = abs(row.mean - found.mean) < 1e-3 and abs(row.sd - found.sd) < 1e-3
    return same and near and row.parameters_version == found.version


def _change(key: tuple[int, str], row: LevelEstimate | None, found: Estimate | None) -> LevelChange:
    return LevelChange(
        user_id=key[0],
        competency=key[1],
        at=utcnow(),
        mean_before=row.mean if row else None,
        mean_after=found.mean if found else None,
        confirmed_before=row.confirmed if row else 0,
        confirmed_after=found.confirmed if found else 0,
        parameters_version=found.version if found else row.parameters_version if row else "",
    )


def _is_news(change: LevelChange) -> bool:
    before, after = change.mean_before, change.mean_after
    if before is None or after is None or change.confirmed_before != change.confirmed_after:
        return True
    return abs(before - after) >= NEWS


def _tell_teams(session: Session, user_ids: Collection[int]) -> None:
    """Have the documents of these people's teams read again, and what fits them worked out anew."""
    raised = User.levels_version + 1
    session.execute(sa.update(User).where(User.id.in_(user_ids)).values(levels_version=raised))
    theirs = sa.select(TeamMember.team_id).where(TeamMember.user_id.in_(user_ids))
    teams = sa.select(Team).where(Team.id.in_(theirs), Team.archived_at.is_(None))
    for team in session.scalars(teams):
        preview.follow(session, team)
