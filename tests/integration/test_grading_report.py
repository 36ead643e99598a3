"""The report on agreement: the rule behind each figure, few cases, pseudonyms, the export."""

from __future__ import annotations

import csv
import io

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import (
    GradeReview,
    GradeReviewVersion,
    GradingPanel,
    Role,
    Seat,
)
from matchmaker.reports.grading import SMALLEST, agreement_csv, agreement_report
from matchmaker.workflows.grade_review import GradeReviewAction
from matchmaker.workflows.problem import ProblemState
from tests.grading import CRITERIA


@pytest.fixture
def panels(make, session):
    """Make panels in which a strict and a mild person have handed in."""
    strict = make.user(Role.REVIEWER, email="strict@one.edu.tw", name="=Strict")
    mild = make.user(Role.REVIEWER, email="mild@two.org.tw", name="Mild")

    def build(count: int) -> None:
        organization = make.organization()
        for number in range(count):
            problem = make.problem(ProblemState.SCREENING, organization=organization)
            panel = GradingPanel(problem=problem, number=1, rubric_version="1")
            base = number % 3
            for seat, person, more in ((Seat.AI, strict, 1), (Seat.SECTOR, mild, 0)):
                panel.reviews.append(review(person, seat, base + more, problem))
            make.save(panel)

    return build


def review(person, seat, points, problem) -> GradeReview:
    given = dict.fromkeys(CRITERIA, points)
    row = GradeReview(
        reviewer=person,
        seat=seat,
        rubric_version="1",
        due_at=utcnow(),
        submitted_at=utcnow(),
        points=given,
        grade="G1" if points < 2 else "G3",
        versions=[
            GradeReviewVersion(number=1, points=given, grade="G1" if points < 2 else "G3"),
            GradeReviewVersion(number=2, points=dict.fromkeys(CRITERIA, 4), grade="G4"),
        ],
    )
    row.apply(GradeReviewAction.START)
    row.apply(GradeReviewAction.SUBMIT)
    return row


def test_nothing_is_said_of_nothing(session):
    report = agreement_report(session, "en")
    assert (report.n_panels, report.is_enough, report.effects, report.leniency) == (
        0,
        False,
        [],
        [],
    )


def test_few_panels_tell_nothing(panels, session):
    panels(4)
    report = agreement_report(session, "en")
    assert (report.n_panels, report.is_enough, report.effects) == (4, False, [])
    assert all(not line.is_enough for line in report.lines)
    assert [row.difference for row in report.leniency] == [None, None]


def test_figures_rest_on_points_as_first_handed_in(panels, session):
    panels(SMALLEST)
    report = agreement_report(session, "en", with_names=True)
    assert report.is_enough
    by_criterion = {line.name.split()[0]: line.agreement for line in report.lines[1:]}
    assert list(by_criterion) == list(CRITERIA)
    # Each is exactly one point apart: never equal, always within one; the revised fours play no part.
    for found in by_criterion.values():
        assert (found.count, found.exact, found.within_one, found.mean_difference) == (
            SMALLEST, 0.0, 1.0, -1.0,
        )  # fmt: skip
    # One point on every criterion is 25 of the 100 points.
    assert {row.name: row.difference for row in report.leniency} == {"Mild": -25.0, "=Strict": 25.0}
    assert {effect.criterion for effect in report.effects} == set(CRITERIA)
    heaviest = {effect.criterion for effect in report.effects[:2]}
    assert heaviest == {"DF1", "DF2"}


def test_names_are_left_out_unless_asked_for(panels, session):
    panels(SMALLEST)
    report = agreement_report(session, "zh_Hant_TW")
    assert {row.name for row in report.leniency} == {"R1", "R2"}
    text = agreement_csv(session, "zh_Hant_TW")
    assert "Strict" not in text
    assert text.startswith("\ufeff項目,件數,加權 kappa")


def test_the_export_is_safe_to_open(panels, session):
    panels(SMALLEST)
    rows = list(csv.reader(io.StringIO(agreement_csv(session, "en", with_names=True))))
    assert rows[0] == [
        "\ufeffWhat", "Count", "Weighted kappa", "Equal", "At most one apart",
        "Mean difference", "Note",
    ]  # fmt: skip
    names = [row[0] for row in rows]
    assert "'=Strict" in names
    assert "=Strict" not in names
    assert rows[1][:2] == ["Grade", str(SMALLEST)]


def test_small_numbers_are_said_so_in_the_export(panels, session):
    panels(2)
    rows = list(csv.reader(io.StringIO(agreement_csv(session, "en"))))
    assert {row[6] for row in rows[1:]} == {"too few to tell"}
    assert {row[2] for row in rows[1:]} == {""}
