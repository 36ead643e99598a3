"""Reading what became of pairs after they were matched: selection, results, and how the work ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import Application, CauseSide, Decision, DeclineCause, Engagement
from matchmaker.policies.scope import is_national
from matchmaker.queries.milestone import results
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.milestone import MilestoneState

#: A problem and a team.
Key = tuple[int, int]


@dataclass
class Fate:
    """What is known of a pair beyond its match."""

    #: The state of its application, if one was handed in.
    application: ApplicationState | None = None
    #: Why it was not selected.
    cause: DeclineCause | None = None
    #: The state of the work, if it came to any, and on whose side an early end lay.
    work: EngagementState | None = None
    stop_side: CauseSide | None = None
    #: Decided milestones: how each ended, and on whose side it lay that it fell short.
    results: list[tuple[MilestoneState, CauseSide | None]] = field(default_factory=list)


def fates(session: Session) -> dict[Key, Fate]:
    """What became of every pair of the programme's calls whose team applied."""
    found: dict[Key, Fate] = defaultdict(Fate)
    for problem_id, team_id, state, cause, work, side in session.execute(_applications()):
        fate = found[problem_id, team_id]
        fate.application, fate.cause = state, cause
        fate.work, fate.stop_side = work, side
    for row in results(session):
        if (row.problem_id, row.team_id) in found:
            found[row.problem_id, row.team_id].results.append((row.state, row.side))
    return dict(found)


def _applications() -> sa.Select[*tuple[Any, ...]]:
    latest = (
        sa.select(Decision.application_id, sa.func.max(Decision.id).label("id"))
        .group_by(Decision.application_id)
        .subquery()
    )
    return (
        sa.select(
            Application.problem_id,
            Application.team_id,
            Application.state,
            Decision.cause,
            Engagement.state,
            Engagement.stop_side,
        )
        .outerjoin(latest, latest.c.application_id == Application.id)
        .outerjoin(Decision, Decision.id == latest.c.id)
        .outerjoin(Engagement, Engagement.application_id == Application.id)
        .where(Application.submitted_at.is_not(None), is_national(Application.call_id))
        .order_by(Application.id)
    )
