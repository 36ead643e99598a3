"""Reading stored estimates. Whoever shows them asks `policies.evidence` first who may see what."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency.diagnosis import Estimate, team_at_least
from matchmaker.competency.levels import MAX_LEVEL
from matchmaker.models import LevelEstimate, TeamMember, User


def estimates(session: Session, user_ids: Collection[int]) -> dict[int, dict[str, Estimate]]:
    """What is known of some people: person -> competency -> estimate."""
    statement = sa.select(LevelEstimate).where(LevelEstimate.user_id.in_(user_ids))
    found: dict[int, dict[str, Estimate]] = {}
    for row in session.scalars(statement.order_by(LevelEstimate.user_id, LevelEstimate.competency)):
        found.setdefault(row.user_id, {})[row.competency] = as_estimate(row)
    return found


def as_estimate(row: LevelEstimate) -> Estimate:
    """The stored row as the diagnosis knows it."""
    return Estimate(
        mean=row.mean,
        sd=row.sd,
        low=row.low,
        high=row.high,
        at_least=tuple(row.at_least),
        confirmed=row.confirmed,
        is_unknown=row.is_unknown,
        version=row.parameters_version,
    )


def team_levels(
    session: Session, team_ids: Collection[int]
) -> dict[int, dict[str, tuple[float, ...]]]:
    """What the members of some teams can together: team -> competency -> P(level or more), 0 to 5.

    Only competencies in which more is known of somebody than their own word.
    """
    statement = (
        sa.select(TeamMember.team_id, LevelEstimate)
        .join(LevelEstimate, LevelEstimate.user_id == TeamMember.user_id)
        .where(TeamMember.team_id.in_(team_ids))
        .order_by(TeamMember.team_id, LevelEstimate.competency, LevelEstimate.user_id)
    )
    members: dict[tuple[int, str], list[Estimate]] = {}
    for team_id, row in session.execute(statement):
        members.setdefault((team_id, row.competency), []).append(as_estimate(row))
    found: dict[int, dict[str, tuple[float, ...]]] = {}
    for (team_id, competency), known in members.items():
        if any(not estimate.is_unknown for estimate in known):
            levels = range(MAX_LEVEL + 1)
            found.setdefault(team_id, {})[competency] = tuple(
                team_at_least(known, level) for level in levels
            )
    return found


def team_stamps(session: Session) -> dict[int, tuple[tuple[int, int], ...]]:
    """Which members' levels, and at which version, the document of each team rests on."""
    statement = (
        sa.select(TeamMember.team_id, User.id, User.levels_version)
        .join(User, User.id == TeamMember.user_id)
        .where(User.levels_version > 0)
        .order_by(TeamMember.team_id, User.id)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for team_id, user_id, version in session.execute(statement):
        found.setdefault(team_id, []).append((user_id, version))
    return {team_id: tuple(stamp) for team_id, stamp in found.items()}
