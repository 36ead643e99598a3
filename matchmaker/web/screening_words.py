"""A screening as pages show it: criteria with points, evidence and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.assessment.intake import questions
from matchmaker.assessment.reading import Evidence
from matchmaker.assessment.rubric import ScreeningRubric
from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    SCREENING_OUTCOME_LABELS,
    Problem,
    ProblemRevision,
    Screening,
    ScreeningOutcome,
)
from matchmaker.queries.problem import SOON_WITHIN
from matchmaker.services import rubric as rubrics
from matchmaker.services.coaching_digest import field_label as label_in
from matchmaker.services.screening import Judgement, intake_under, judge
from matchmaker.web.i18n import current_language, current_locale, say

TONES = {
    ScreeningOutcome.LIST: "good",
    ScreeningOutcome.COACH: "waiting",
    ScreeningOutcome.DECLINE: "stop",
}
#: What each outcome means for the owner.
MEANINGS = {
    ScreeningOutcome.LIST: N_("Worth posting: it goes on to be graded."),
    ScreeningOutcome.COACH: N_("Goes back to the owner with exactly what is missing."),
    ScreeningOutcome.DECLINE: N_("Not taken up; the owner is told why."),
}


@dataclass(frozen=True)
class Row:
    """One criterion with the points given and the points suggested."""

    id: str
    label: str
    weight: int
    given: int
    suggested: int
    low: int
    high: int
    why: str
    #: The field and the sentence or answer that the suggestion rests on.
    quotes: list[tuple[str, str]]

    @property
    def differs(self) -> bool:
        """Whether somebody gave other points than were suggested."""
        return self.given != self.suggested


@dataclass(frozen=True)
class Panel:
    """Everything about one round of screening."""

    screening: Screening
    rubric: ScreeningRubric
    rows: list[Row]
    judgement: Judgement
    warnings: list[tuple[str, str]]


@dataclass(frozen=True)
class DueTimes:
    """When screenings are due, *days* after submission, and how pressing that is."""

    days: int

    def at(self, submitted_at: datetime | None) -> datetime | None:
        """When it is due."""
        return submitted_at + timedelta(days=self.days) if submitted_at else None

    def tone(self, submitted_at: datetime | None) -> str:
        """Late, soon or neither, as a tone."""
        due = self.at(submitted_at)
        if due is None:
            return "neutral"
        left = due - utcnow()
        return "stop" if left <= timedelta() else "waiting" if left <= SOON_WITHIN else "neutral"


def panel(
    session: Session,
    problem: Problem,
    screening: Screening,
    revision: ProblemRevision | None = None,
) -> Panel:
    """The round as people read it, judged by the points given so far."""
    rubric = rubrics.version(session, "screening", screening.rubric_version)
    suggested = screening.suggestion.get("points", {})
    rows = []
    for criterion in rubric.criteria.values():
        point = suggested.get(criterion.id, {})
        rows.append(
            Row(
                criterion.id,
                criterion.label(current_language()),
                criterion.weight,
                int(screening.points.get(criterion.id, 0)),
                point.get("points", 0),
                point.get("low", 0),
                point.get("high", 0),
                say(point.get("why", "")) if point.get("why") else "",
                quotes(point.get("evidence", ())),
            )
        )
    judgement = judge(screening, intake_under(problem, revision), rubric)
    return Panel(
        screening, rubric, rows, judgement, quotes(screening.suggestion.get("warnings", ()))
    )


def quotes(evidence: list[dict[str, str]] | tuple[()]) -> list[tuple[str, str]]:
    """Evidence as people read it: what the field is called, and what it says."""
    return [
        (field_label(row["field"]), Evidence(row["field"], row["quote"]).shown(current_language()))
        for row in evidence
    ]


def field_label(name: str) -> str:
    """What a field of a problem or a question of the guide is called, in the reader's language."""
    return label_in(name, current_locale())


def outcome_label(outcome: ScreeningOutcome) -> str:
    """An outcome in words."""
    return say(SCREENING_OUTCOME_LABELS[outcome])


def outcome_tone(outcome: ScreeningOutcome) -> str:
    """The tone an outcome is shown in."""
    return TONES[outcome]


def outcome_meaning(outcome: ScreeningOutcome) -> str:
    """What an outcome means for the owner."""
    return say(MEANINGS[outcome])


def use_label(use: str) -> str:
    """A refused use in words."""
    answer = questions()["prohibited_uses"].answer(use)
    return answer.label(current_language()) if answer else use
