"""How hard a problem is: from points to a score, a grade and what follows from it.

The score is the sum of weight x points / 4 over seven criteria, 0 to 100, halves rounded up. The
grade is the highest one whose lower bound the score reaches, raised by floors and lowered by the
cap of the owner's readiness. All numbers are in the rubric.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from matchmaker.assessment.grading_rules import RULES
from matchmaker.assessment.intake import Intake
from matchmaker.assessment.points import (
    Point,
    round_half_up,
    unsaid,
    weighted_score,
    weighted_sum,
)
from matchmaker.assessment.reading import Reader
from matchmaker.assessment.rubric import (
    MAX_POINTS,
    Floor,
    GradeStep,
    GradingRubric,
    ScreeningRubric,
    ValueClass,
    Wording,
)
from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.competency.framework import Labelled

N_DRIVERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade(Labelled):
    """One step of the grade ramp as it is shown in lists and cards.

    Attributes
    ----------
    id : str
        ``G1`` (easiest) to ``G4``.
    score_min, score_max : int
        The difficulty scores, 0 to 100, that lead to it; both inclusive.
    level : str
        The competency levels it asks for, such as ``3-4``.
    stage : str
        The proof stages that solving goes through.
    provides, award, audience : Wording
        What the problem's owner brings, what the best result earns, whom it suits.
    """

    id: str
    score_min: int
    score_max: int
    level: str
    stage: str
    provides: Wording
    award: Wording
    audience: Wording


@cache
def grades() -> Mapping[str, Grade]:
    """All grades of the rubric that ships, by id, from easiest to hardest.

    Examples
    --------
    >>> [grade.en for grade in grades().values()]
    ['Starter', 'Applied', 'Field', 'Flagship']
    """
    return grades_of(shipped_rubric("grading"))


def grades_of(rubric: GradingRubric) -> Mapping[str, Grade]:
    """All grades of *rubric* by id, from easiest to hardest."""
    steps = tuple(rubric.grades.values())
    highest = [*(step.minimum - 1 for step in steps[1:]), 100]
    shown = (_grade(step, top) for step, top in zip(steps, highest, strict=True))
    return MappingProxyType({grade.id: grade for grade in shown})


def _grade(step: GradeStep, score_max: int) -> Grade:
    return Grade(
        id=step.id,
        en=step.en,
        zh=step.zh,
        score_min=step.minimum,
        score_max=score_max,
        level=step.level,
        stage=" → ".join(step.milestones),
        provides=step.provides,
        award=step.award,
        audience=step.audience,
    )


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade that points and facts lead to.

    Attributes
    ----------
    score : int
        0 to 100.
    grade : str
        After floors and cap.
    by_score : str
        What the score alone leads to.
    floors : tuple of Floor
        The floors that hold, whether or not they raise the grade.
    cap : str or None
        The owner's cap, if it lowered the grade.
    """

    score: int
    grade: str
    by_score: str
    floors: tuple[Floor, ...] = ()
    cap: str | None = None

    @property
    def first_milestone(self) -> str | None:
        """Work that a floor puts before everything else, such as ``data``."""
        return next((f.first_milestone for f in self.floors if f.first_milestone), None)


def grade_of(
    points: Mapping[str, int],
    facts: Mapping[str, Any],
    rubric: GradingRubric,
    *,
    cap: str | None = None,
) -> Graded:
    """The grade of a problem.

    Parameters
    ----------
    points : Mapping
        0 to 4 for each criterion of the rubric.
    facts : Mapping
        Answers that floors look at; see `facts_of`.
    cap : str, optional
        The highest grade that fits the owner's readiness now.

    Raises
    ------
    BadPoints
        If a criterion has no points or points outside 0 to 4.

    Examples
    --------
    >>> points = dict(zip(("DF1", "DF2", "DF3", "DF4", "DF5", "DF6", "DF7"), (2, 2, 2, 4, 4, 4, 2)))
    >>> rubric = shipped_rubric("grading")
    >>> grade_of(points, {}, rubric).score, grade_of(points, {}, rubric).grade
    (68, 'G3')
    >>> grade_of(points, {"formal_approval": True, "target_stage": "PoB"}, rubric).grade
    'G4'
    """
    score = weighted_score(points, rubric.criteria)
    by_score = max(g for g, step in rubric.grades.items() if score >= step.minimum)
    floors = tuple(floor for floor in rubric.floors if _holds(floor, points, facts))
    grade = max([by_score, *(floor.grade for floor in floors)])
    if cap is not None and cap < grade:
        return Graded(score, cap, by_score, floors, cap)
    return Graded(score, grade, by_score, floors)


def _holds(floor: Floor, points: Mapping[str, int], facts: Mapping[str, Any]) -> bool:
    return all(points[c] >= least for c, least in floor.points.items()) and all(
        facts.get(field) in values for field, values in floor.facts.items()
    )


def facts_of(intake: Intake, rubric: GradingRubric) -> dict[str, Any]:
    """What is known of the fields that the rubric's floors look at."""
    reader = Reader(intake)
    wanted = {field for floor in rubric.floors for field in floor.facts}
    return {field: reader.read(field).value for field in sorted(wanted)}


@dataclass(frozen=True, slots=True)
class Driver:
    """A criterion with its share of the score."""

    criterion: str
    share: float


@dataclass(frozen=True, slots=True)
class Move:
    """What would move the grade: one criterion changed as little as possible."""

    criterion: str
    points: int
    grade: str


@dataclass(frozen=True, slots=True)
class GradeSuggestion:
    """The suggested grade with everything a person needs to agree or disagree.

    Attributes
    ----------
    points : Mapping[str, Point]
        By criterion, with range and evidence.
    graded : Graded
        Score, grade, floors and cap.
    low, high : str
        The easiest and the hardest grade that what is known still allows.
    drivers : tuple of Driver
        The three criteria that make most of the score, strongest first.
    moves : tuple of Move
        Single changes that would lead to another grade, smallest first.
    rubric_version : str
    """

    points: Mapping[str, Point]
    graded: Graded
    low: str
    high: str
    drivers: tuple[Driver, ...]
    moves: tuple[Move, ...]
    rubric_version: str

    @property
    def grade(self) -> str:
        """The suggested grade."""
        return self.graded.grade

    @property
    def score(self) -> int:
        """The suggested score, 0 to 100."""
        return self.graded.score

    @property
    def plain_points(self) -> dict[str, int]:
        """The points alone."""
        return {criterion: point.points for criterion, point in self.points.items()}


def suggest_grade(
    intake: Intake, rubric: GradingRubric, *, cap: str | None = None
) -> GradeSuggestion:
    """Suggest points, score and grade of a problem by rules.

    Examples
    --------
    >>> suggestion = suggest_grade(Intake(data_band="C"), shipped_rubric("grading"))
    >>> suggestion.points["DF1"].points, suggestion.graded.first_milestone
    (4, 'data')
    """
    reader = Reader(intake)
    points = {
        criterion.id: RULES[criterion.id](reader, criterion.assumed)
        if criterion.id in RULES
        else unsaid(criterion.assumed)
        for criterion in rubric.criteria.values()
    }
    facts = facts_of(intake, rubric)
    plain = {criterion: point.points for criterion, point in points.items()}
    lowest = {criterion: point.low for criterion, point in points.items()}
    highest = {criterion: point.high for criterion, point in points.items()}
    return GradeSuggestion(
        points=MappingProxyType(points),
        graded=grade_of(plain, facts, rubric, cap=cap),
        low=grade_of(lowest, facts, rubric, cap=cap).grade,
        high=grade_of(highest, facts, rubric, cap=cap).grade,
        drivers=strongest(plain, rubric),
        moves=moves(plain, facts, rubric, cap=cap),
        rubric_version=rubric.version,
    )


def strongest(points: Mapping[str, int], rubric: GradingRubric) -> tuple[Driver, ...]:
    """The criteria that make most of the score, at most three; none that makes nothing."""
    shares = [
        Driver(c.id, c.weight * points[c.id] / MAX_POINTS)
        for c in rubric.criteria.values()
        if c.weight * points[c.id]
    ]
    return tuple(sorted(shares, key=lambda driver: (-driver.share, driver.criterion))[:N_DRIVERS])


def moves(
    points: Mapping[str, int],
    facts: Mapping[str, Any],
    rubric: GradingRubric,
    *,
    cap: str | None = None,
) -> tuple[Move, ...]:
    """The smallest change of each single criterion, up and down, that leads to another grade."""
    now = grade_of(points, facts, rubric, cap=cap).grade
    found = []
    for criterion in rubric.criteria:
        here = points[criterion]
        for way in (range(here + 1, MAX_POINTS + 1), range(here - 1, -1, -1)):
            for there in way:
                grade = grade_of({**points, criterion: there}, facts, rubric, cap=cap).grade
                if grade != now:
                    found.append(Move(criterion, there, grade))
                    break
    return tuple(sorted(found, key=lambda m: (abs(m.points - points[m.criterion]), m.criterion)))


@dataclass(frozen=True, slots=True)
class Milestone:
    """A proof stage with its share of the award in per cent and in New Taiwan dollars."""

    stage: str
    share: int
    amount: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a grade and the value of a problem lead to.

    Attributes
    ----------
    tier : ValueClass
        A, B or C with its factor.
    amount : tuple of int
        The smallest and the largest award in New Taiwan dollars, the factor applied.
    milestones : tuple of Milestone
        The path, in order.
    weeks : tuple of int
        The shortest and the longest calendar.
    """

    tier: ValueClass
    amount: tuple[int, int]
    milestones: tuple[Milestone, ...]
    weeks: tuple[int, int]


def value_class(
    screening_points: Mapping[str, int], screening: ScreeningRubric, rubric: GradingRubric
) -> ValueClass:
    """The class of a problem's value: the highest whose bound the value criteria reach.

    With the rubric that ships these are SC3 and SC4, 35 of the 100 points of screening.
    """
    value = weighted_sum(screening_points, screening.criteria, rubric.value_criteria)
    reached = [row for row in rubric.value_classes if value >= row.minimum]
    return max(reached, key=lambda row: row.minimum)


def plan_of(grade: str, tier: ValueClass, rubric: GradingRubric) -> Plan:
    """Award, milestones and calendar of a problem of *grade* and value class *tier*.

    Examples
    --------
    >>> rubric = shipped_rubric("grading")
    >>> plan = plan_of("G3", rubric.value_classes[0], rubric)
    >>> plan.amount, [(m.stage, m.amount[0]) for m in plan.milestones]
    ((375000, 375000), [('PoC', 150000), ('PoS', 225000)])
    """
    step = rubric.grades[grade]
    low, high = (round_half_up(amount * tier.factor) for amount in step.amount)
    path = tuple(
        Milestone(stage, share, (_share(low, share), _share(high, share)))
        for stage, share in step.milestones.items()
    )
    return Plan(tier, (low, high), path, step.weeks)


def _share(amount: int, percent: int) -> int:
    return round_half_up(amount * percent / 100)
