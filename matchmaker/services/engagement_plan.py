"""When the steps of an engagement are due: worked out from the signed grade, moved by decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from matchmaker.assessment.application_parts import STAGES, stages_of
from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.models import Engagement, EngagementStage, GradeDecision

#: For a problem whose grade says nothing of weeks.
USUAL_WEEKS = 12


def end_of_day(moment: datetime, zone: tzinfo) -> datetime:
    """The last second of the day of *moment* in *zone*."""
    local = moment.astimezone(zone)
    return local.replace(hour=23, minute=59, second=59, microsecond=0)


def shares_of(decision: GradeDecision | None, grade: str | None) -> dict[str, int | None]:
    """The stages in order with their share of the award, as signed, or as the grade has them."""
    signed = dict(decision.milestones) if decision else {}
    stages = [stage for stage in STAGES if stage in signed] or stages_of(grade)
    return {stage: signed.get(stage) for stage in stages}


def weeks_of(decision: GradeDecision | None, grade: str | None) -> int:
    """How long the work takes: as signed, or the longest calendar of the grade."""
    if decision is not None:
        return decision.weeks
    step = shipped_rubric("grading").grades.get(grade or "")
    return step.weeks[1] if step else USUAL_WEEKS


def stage_ends(begin: datetime, weeks: int, n_stages: int, zone: tzinfo) -> list[datetime]:
    """When each of *n_stages* stages ends that share *weeks* evenly from *begin* on."""
    whole = weeks * 7
    return [
        end_of_day(begin + timedelta(days=whole * (number + 1) // n_stages), zone)
        for number in range(n_stages)
    ]


def plan_rows(shares: dict[str, int | None], ends: Sequence[datetime]) -> list[EngagementStage]:
    """The rows of a plan."""
    return [
        EngagementStage(stage=stage, share=share, position=number, due_at=end)
        for number, ((stage, share), end) in enumerate(zip(shares.items(), ends, strict=True))
    ]


def shift(engagement: Engagement, days: int) -> None:
    """Move everything that is still to come by whole days."""
    delta = timedelta(days=days)
    if engagement.started_at is None:
        engagement.kickoff_due_at += delta
    for row in engagement.plan:
        if row.ended_at is None:
            row.due_at += delta
    engagement.due_at = engagement.plan[-1].due_at


def days_late(due: datetime, now: datetime) -> int:
    """How many days, begun ones too, *now* is after *due*; 0 if it is not."""
    return max(0, -((due - now) // timedelta(days=1)))
