"""The figures that may go with a case study, each with who said it and when.

Nothing is worked out here: a figure is what stands on record of the work, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.assessment.outcomes import QUESTIONS, Kind, Question, Verdict, verdict
from matchmaker.i18n import translate
from matchmaker.models import Engagement, Metric, MetricReading, Milestone, OutcomeSurvey
from matchmaker.workflows.milestone import MilestoneState
from matchmaker.workflows.outcome_survey import OutcomeSurveyState

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_Hant_TW", "en": "en"}


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
    return [
        *_measured(session, engagement),
        *_outcomes(session, engagement),
        *_milestones(session, engagement),
    ]


def _measured(session: Session, engagement: Engagement) -> list[Figure]:
    """What both sides agreed to measure, from its baseline to the last reading."""
    statement = (
        sa.select(Metric)
        .where(Metric.engagement_id == engagement.id, Metric.retired_at.is_(None))
        .options(selectinload(Metric.readings))
        .order_by(Metric.id)
    )
    metrics = [one for one in session.scalars(statement) if one.is_agreed and one.counted]
    return [_reading(engagement, metric, metric.counted[-1]) for metric in metrics]


def _reading(engagement: Engagement, metric: Metric, last: MetricReading) -> Figure:
    unit = f" {metric.unit}" if metric.unit else ""
    way = f"{metric.baseline:g} → {last.value:g}{unit}"
    target = f"{metric.target:g}{unit}"
    return Figure(
        key=f"metric:{metric.id}",
        label=dict.fromkeys(LANGUAGES, metric.name),
        value={"zh": f"{way}（目標 {target}）", "en": f"{way} (target {target})"},
        source=_side(engagement, last.user_id),
        on=last.measured_on.isoformat(),
    )


def _side(engagement: Engagement, user_id: int) -> str:
    """Whose word a reading is: the side of whoever entered it."""
    team = {person.user_id for person in engagement.application.people}
    team |= {place.user_id for place in engagement.team.members}
    owner = {place.user_id for place in engagement.problem.organization.members}
    return "team" if user_id in team else "owner" if user_id in owner else "programme"


def _outcomes(session: Session, engagement: Engagement) -> list[Figure]:
    """What the sides answered when asked for outcomes, unless they disagree: the latest of each question."""
    statement = (
        sa.select(OutcomeSurvey)
        .where(
            OutcomeSurvey.engagement_id == engagement.id,
            OutcomeSurvey.state == OutcomeSurveyState.ANSWERED,
        )
        .order_by(OutcomeSurvey.months.desc())
    )
    answers: dict[int, dict[str, OutcomeSurvey]] = {}
    for survey in session.scalars(statement):
        answers.setdefault(survey.months, {})[survey.side] = survey
    found: dict[str, Figure] = {}
    for sides in answers.values():
        for figure in _answered(sides):
            found.setdefault(figure.key, figure)
    return list(found.values())


def _answered(sides: Mapping[str, OutcomeSurvey]) -> Iterator[Figure]:
    """The answers of one moment that stand unopposed."""
    for question in QUESTIONS:
        said = {side: one.answers.get(question.key) for side, one in sides.items()}
        owner, team = said.get("owner"), said.get("team")
        judged = verdict(question, owner, team)
        if question.kind is Kind.TEXT or judged in (Verdict.NONE, Verdict.DIFFER):
            continue
        source = "both" if judged is Verdict.SAME else "team" if owner is None else "owner"
        survey = sides["team" if source == "team" else "owner"]
        yield Figure(
            key=f"outcome:{question.key}",
            label={name: translate(question.label, LOCALES[name]) for name in LANGUAGES},
            value=_value(question, survey.answers[question.key]),
            source=source,
            on=survey.answered_at.date().isoformat() if survey.answered_at else "",
        )


def _value(question: Question, answer: Any) -> dict[str, str]:
    if question.kind is Kind.CHOICE:
        return {name: translate(question.options[answer], LOCALES[name]) for name in LANGUAGES}
    return dict.fromkeys(LANGUAGES, f"{answer:,}")


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
