"""The figures that may go with a case study, each with who said it and when.

Nothing is worked out here: a figure is what stands on record of the work, as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import Engagement, Milestone
from matchmaker.workflows.milestone import MilestoneState

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Figure:
    """One figure as a case study keeps it: words and value in both languages, and its source."""

    key: str
    label: dict[str, str]
    value: dict[str, str]
    #: Who said it: ``team``, ``owner``, ``both`` or ``programme``.
    source: str
    #: The day it was said or measured (ISO 8601); empty if it grew over time.
    on: str = ""


def available(session: Session, engagement: Engagement) -> list[Figure]:
    """Every figure that the case study of *engagement* may show."""
    return _milestones(session, engagement)


def _milestones(session: Session, engagement: Engagement) -> list[Figure]:
    """How many of the milestones that were decided were reached."""
    counts = sa.select(Milestone.state, sa.func.count()).where(
        Milestone.engagement_id == engagement.id,
        Milestone.state.in_([MilestoneState.PASSED, MilestoneState.PARTLY, MilestoneState.FAILED]),
    )
    found = dict(session.execute(counts.group_by(Milestone.state)).all())
    total = sum(found.values())
    if not total:
        return []
    label = {"zh": "通過的里程碑", "en": "Milestones reached"}
    passed = found.get(MilestoneState.PASSED, 0)
    value = {"zh": f"{total} 個中的 {passed} 個", "en": f"{passed} of {total}"}
    return [Figure("milestones", label, value, "programme")]
