"""How well reviewers agree, what each criterion does to the score, who is strict and who is lenient.

Everything rests on the points as they were first handed in, before any discussion. Fewer panels
than `SMALLEST` say nothing, and the report then shows counts alone.
"""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.assessment.agreement import (
    Agreement,
    Effect,
    criterion_agreement,
    effects,
    grade_agreement,
)
from matchmaker.assessment.learned import Verdict
from matchmaker.assessment.points import weighted_score
from matchmaker.assessment.rubric import GradingRubric
from matchmaker.i18n import N_, language_of, translate
from matchmaker.models import GradeReview, GradeReviewVersion
from matchmaker.queries.grading_panel import compared_reviews
from matchmaker.services import rubric
from matchmaker.services.grade_learning import learned_verdict
from matchmaker.tabular import protect

BOM = "\ufeff"  # Without it Excel takes UTF-8 for the local code page.
#: Fewer panels than these tell nothing about agreement.
SMALLEST = 10
#: Fewer reviews than these tell nothing about one person.
SMALLEST_EACH = 5
#: The agreement that the programme aims for.
AIM = 0.6

COLUMNS = (
    N_("What"),
    N_("Count"),
    N_("Weighted kappa"),
    N_("Equal"),
    N_("At most one apart"),
    N_("Mean difference"),
    N_("Note"),
)


@dataclass(frozen=True)
class Line:
    """How two ratings agree on one thing: the grade, or a criterion."""

    name: str
    agreement: Agreement
    is_enough: bool


@dataclass(frozen=True)
class Leniency:
    """How a reviewer's scores compare with those of the other in the same panel."""

    #: The name, or what stands for it.
    name: str
    count: int
    #: Own score minus the other's, 0 to 100, on average; None if too few to tell.
    difference: float | None


@dataclass(frozen=True)
class AgreementReport:
    """The report as pages and exports show it."""

    n_panels: int
    lines: list[Line]
    effects: list[Effect]
    leniency: list[Leniency]
    learned: Verdict

    @property
    def is_enough(self) -> bool:
        """Whether there are enough panels to speak of agreement."""
        return self.n_panels >= SMALLEST


Pair = tuple[GradeReviewVersion, GradeReviewVersion]


def agreement_report(session: Session, locale: str, *, with_names: bool = False) -> AgreementReport:
    """The report over all panels of the programme in which both reviewers have handed in."""
    given = rubric.current(session, "grading")
    found = [(ai, sector) for ai, sector in compared_reviews(session) if _fits(given, ai, sector)]
    pairs = [(ai.versions[0], sector.versions[0]) for ai, sector in found]
    weights = {criterion.id: criterion.weight for criterion in given.criteria.values()}
    every = [version.points for pair in pairs for version in pair]
    return AgreementReport(
        n_panels=len(pairs),
        lines=_lines(pairs, given, locale),
        effects=effects(every, weights) if len(pairs) >= SMALLEST else [],
        leniency=_leniency(found, given, with_names=with_names),
        learned=learned_verdict(session),
    )


def _fits(given: GradingRubric, *reviews: GradeReview) -> bool:
    """Whether the reviews have points on exactly the criteria of the rubric in force."""
    return all(r.versions and set(r.versions[0].points) == set(given.criteria) for r in reviews)


def _lines(pairs: list[Pair], given: GradingRubric, locale: str) -> list[Line]:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    enough = len(pairs) >= SMALLEST
    overall = grade_agreement([v.grade for v in first], [v.grade for v in second])
    by_criterion = criterion_agreement([v.points for v in first], [v.points for v in second])
    lines = [Line(translate(N_("Grade"), locale), overall, enough)]
    language = language_of(locale)
    for criterion, found in by_criterion.items():
        name = f"{criterion} {given.criteria[criterion].label(language)}"
        lines.append(Line(name, found, enough))
    return lines


def _leniency(
    found: list[tuple[GradeReview, GradeReview]], given: GradingRubric, *, with_names: bool
) -> list[Leniency]:
    """Each reviewer's mean difference to the other; without names in an order that tells none."""
    differences: dict[int, list[int]] = defaultdict(list)
    names: dict[int, str] = {}
    for ai, sector in found:
        scores = [weighted_score(r.versions[0].points, given.criteria) for r in (ai, sector)]
        for review, apart in ((ai, scores[0] - scores[1]), (sector, scores[1] - scores[0])):
            differences[review.reviewer_id].append(apart)
            names[review.reviewer_id] = review.reviewer.name
    rows = [
        (names[person], len(values), sum(values) / len(values))
        for person, values in differences.items()
    ]
    rows.sort(key=lambda row: (-row[1], row[2]))
    return [
        Leniency(
            name=name if with_names else f"R{number}",
            count=count,
            difference=round(mean, 1) if count >= SMALLEST_EACH else None,
        )
        for number, (name, count, mean) in enumerate(rows, start=1)
    ]


def agreement_csv(session: Session, locale: str, *, with_names: bool = False) -> str:
    """The report as a table for a spreadsheet."""
    report = agreement_report(session, locale, with_names=with_names)
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([translate(column, locale) for column in COLUMNS])
    too_few = translate(N_("too few to tell"), locale)
    for line in report.lines:
        found = line.agreement
        figures = (found.kappa, found.exact, found.within_one, found.mean_difference)
        shown = [_shown(value) if line.is_enough else "" for value in figures]
        note = "" if line.is_enough else too_few
        writer.writerow([protect(line.name), found.count, *shown, note])
    for effect in report.effects:
        label = translate(N_("Effect of %s"), locale) % effect.criterion
        writer.writerow(
            [protect(label), "", "", "", "", _shown(effect.mean_share), _effect(effect, locale)]
        )
    for row in report.leniency:
        difference = "" if row.difference is None else row.difference
        note = too_few if row.difference is None else ""
        writer.writerow([protect(row.name), row.count, "", "", "", difference, note])
    return buffer.getvalue()


def _shown(value: float) -> float | str:
    return "" if math.isnan(value) else round(value, 3)


def _effect(effect: Effect, locale: str) -> str:
    return f"{translate(N_('Spread'), locale)} {effect.spread:.1f}"
