"""What the matcher may know of a problem and of a team: no names, no regions, no contact data.

Only workers load this: it needs the matching library, which no web process has to hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from matchmaker.competency import MAX_LEVEL, Requirement
from matchmaker.matching import (
    Document,
    ProblemDocument,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)
from matchmaker.matching.standing import reviewed
from matchmaker.models import Problem, Team
from matchmaker.queries.match_run import is_open


def matcher_id(row_id: int) -> str:
    """How the matcher knows a row: of the same length for all, so that ties go by number."""
    return f"{row_id:010d}"


def read_problem(problem: Problem, now: datetime) -> ProblemDocument:
    """What the matcher may know of a problem: no names, no region, no contact data."""
    organization = problem.organization
    names = [organization.name_zh, organization.name_en, problem.contact_name]
    return problem_document(
        matcher_id(problem.id),
        [
            Text(problem.title_zh, _joined(problem.text_zh, problem.data_zh), None),
            Text(problem.title_en, _joined(problem.text_en, problem.data_en), None),
        ],
        techniques=problem.techniques,
        sectors=[problem.sector] if problem.sector else [],
        requirements=[
            Requirement(need.competency, need.level, need.importance)
            for need in sorted(problem.requirements, key=lambda need: need.competency)
        ],
        is_open=is_open(problem, now),
        names=[*names, problem.author.name if problem.author else ""],
    )


def read_team(team: Team, levels: Mapping[str, Sequence[float]] | None = None) -> TeamDocument:
    """What the matcher may know of a team: no names, no region, no members.

    *levels* is what the members can together (`queries.level_estimate.team_levels`): never who.
    """
    names = [team.name_zh, team.name_en, *(member.user.name for member in team.members)]
    if team.organization is not None:
        names += [team.organization.name_zh, team.organization.name_en]
    return team_document(
        matcher_id(team.id),
        [Text(team.title_zh, team.text_zh, None), Text(team.title_en, team.text_en, None)],
        [Document((Text(w.title, w.text, None),), "work", w.year) for w in team.works],
        techniques=team.techniques,
        sectors=team.sectors,
        competencies={c.competency: float(c.level) for c in team.competencies},
        estimates=_better(
            reviewed((c.competency, float(c.level), c.source) for c in team.competencies),
            levels or {},
        ),
        capacity=team.capacity,
        is_available=team.archived_at is None,
        names=names,
    )


def _better(
    one: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]]
) -> dict[str, tuple[float, ...]]:
    """For each competency and level the higher of two probabilities: of the team, of its members."""
    nothing = (0.0,) * (MAX_LEVEL + 1)
    return {
        name: tuple(map(max, one.get(name, nothing), other.get(name, nothing)))
        for name in sorted({*one, *other})
    }


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
