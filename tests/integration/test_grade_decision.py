"""Signing: what it rests on, what needs a reason, who may, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.models import (
    AuditEvent,
    GradeDecision,
    OfficeSetting,
    OutboxMessage,
    ReadinessAssessment,
    Seat,
)
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.services import grade_decision, grade_learning, grading_panel
from matchmaker.services import problem as problems
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.problem import ProblemAction, ProblemState
from tests.backends import on_both
from tests.grading import G2, G3, MADE, Case


@pytest.fixture
def case(make, ctx) -> Case:
    return Case(make, ctx)


def said(error: InvalidInput) -> dict[str, str]:
    return {name: str(found[0]) for name, found in error.fields.items()}


@on_both
def test_a_signature_grades_the_problem_and_tells_the_owner(case, session):
    panel = case.panel_in(GradingPanelState.SETTLED)
    basis = grade_decision.basis_of(session, case.problem)
    assert (basis.panel_grade, basis.proposed, basis.needs_panel, basis.cap) == (
        "G2", "G2", True, None,
    )  # fmt: skip
    decision = grade_decision.sign(case.as_(case.officer), case.problem.id, MADE)
    session.commit()
    assert (case.problem.state, case.problem.grade) == (ProblemState.GRADED, "G2")
    assert (decision.panel_id, decision.panel_grade, decision.rubric_version) == (
        panel.id, "G2", "1",
    )  # fmt: skip
    assert (decision.award_low, decision.award_high) == (100_000, 100_000)
    assert (decision.milestones, decision.weeks) == ([["PoC", 100]], 12)
    letter = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "grade_decision.signed")
    ).one()
    assert letter.recipient == "lead@foods.com.tw"
    assert "G2 Applied" in letter.body
    assert "As both see it." in letter.body
    for person in (case.ai, case.sector):
        assert person.name not in letter.body
    event = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "grade_decision:sign")
    ).one()
    facts = ("grade", "panel_grade", "without_panel", "award_tier", "rubric", "reason")
    assert [event.data[key] for key in facts] == ["G2", "G2", False, "B", "1", "As both see it."]


def test_the_tier_and_a_first_milestone_change_the_plan(case):
    case.panel_in(GradingPanelState.SETTLED)
    values = replace(MADE, award_tier="A", weeks=16, data_first=True)
    decision = grade_decision.sign(case.as_(case.officer), case.problem.id, values)
    assert (decision.award_low, decision.milestones) == (125_000, [["data", 0], ["PoC", 100]])


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"grade": ""}, "grade", "Choose one of the four grades."),
        ({"grade": "G9"}, "grade", "Choose one of the four grades."),
        ({"award_tier": "Z"}, "award_tier", "Choose from the list."),
        ({"weeks": None}, "weeks", "Choose a number from 1 to 104."),
        ({"weeks": 0}, "weeks", "Choose a number from 1 to 104."),
        ({"weeks": 105}, "weeks", "Choose a number from 1 to 104."),
        ({"reason": " \n"}, "reason", "Say why: the reason is kept on record."),
        ({"reason": "x" * 4001}, "reason", "Please use at most 4000 characters."),
        (
            {"grade": "G3", "difference_reason": " "},
            "difference_reason",
            "Say why: the reason is kept on record.",
        ),
    ],
)
def test_what_cannot_be_signed(case, session, changes, field, message):
    case.panel_in(GradingPanelState.SETTLED)
    with pytest.raises(InvalidInput) as refused:
        grade_decision.sign(case.as_(case.officer), case.problem.id, replace(MADE, **changes))
    assert said(refused.value) == {field: message}
    session.rollback()
    assert latest_decision(session, case.problem.id) is None
    assert case.problem.state is ProblemState.SCREENING


def test_a_grade_above_the_cap_of_readiness_needs_a_reason(case, make, session):
    case.panel_in(GradingPanelState.SETTLED)
    now = utcnow()
    make.save(
        ReadinessAssessment(
            organization=case.organization,
            respondent=case.owner,
            rubric_version="1",
            completed_at=now,
            stage="S1",
            grade_cap="G1",
            overall=10.0,
        )
    )
    assert grade_decision.basis_of(session, case.problem).cap is None  # It only advises.
    make.save(OfficeSetting(key="readiness_caps_grade", value=1))
    assert grade_decision.basis_of(session, case.problem).cap == "G1"
    office = case.as_(case.officer)
    with pytest.raises(InvalidInput) as refused:
        grade_decision.sign(office, case.problem.id, MADE)
    assert list(refused.value.fields) == ["override_reason"]
    session.rollback()
    decision = grade_decision.sign(
        office, case.problem.id, replace(MADE, override_reason="A mentor stays with them.")
    )
    assert (decision.grade_cap, decision.override_reason) == ("G1", "A mentor stays with them.")


def test_without_a_common_grade_the_officer_says_why(case):
    panel = case.named()
    case.handed_in(case.review(panel), G2)
    case.handed_in(case.review(panel, Seat.SECTOR), G3)
    office = case.as_(case.officer)
    grading_panel.settle(office, panel.id, words="They stay apart.", version=panel.version)
    with pytest.raises(InvalidInput) as refused:
        grade_decision.sign(office, case.problem.id, replace(MADE, difference_reason=""))
    assert list(refused.value.fields) == ["difference_reason"]
    decision = grade_decision.sign(office, case.problem.id, MADE)
    assert decision.panel_grade is None


def test_the_panel_is_needed_unless_the_office_switches_it_off(case, make, session):
    office = case.as_(case.officer)
    with pytest.raises(Conflict, match="Two reviewers have to hand in their points"):
        grade_decision.sign(office, case.problem.id, MADE)
    session.rollback()
    panel = case.named()
    make.save(OfficeSetting(key="grading_needs_panel", value=0))
    decision = grade_decision.sign(office, case.problem.id, MADE)
    session.commit()
    assert (decision.panel_id, panel.state) == (None, GradingPanelState.STOPPED)
    event = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "grade_decision:sign")
    ).one()
    assert event.data["without_panel"] is True


def test_a_trusted_context_needs_neither_panel_nor_second_reason(case, ctx):
    decision = grade_decision.sign(ctx(), case.problem.id, replace(MADE, difference_reason=""))
    assert (decision.officer_id, decision.panel_id, case.problem.grade) == (None, None, "G2")


def test_two_clicks_sign_once_and_two_officers_do_not_overwrite(case, session):
    case.panel_in(GradingPanelState.SETTLED)
    seen = case.problem.version
    first = grade_decision.sign(case.as_(case.officer), case.problem.id, MADE, seen=seen)
    session.commit()
    again = grade_decision.sign(case.as_(case.officer), case.problem.id, MADE, seen=seen)
    assert again is first
    other = replace(MADE, grade="G3", weeks=16)
    with pytest.raises(StaleVersion):
        grade_decision.sign(case.as_(case.colleague), case.problem.id, other, seen=seen)
    session.rollback()
    with pytest.raises(InvalidTransition):
        grade_decision.sign(case.as_(case.colleague), case.problem.id, other)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(GradeDecision.id))) == 1


def test_graded_anew_after_a_return_old_decisions_stay(case, session):
    case.signed()
    problems.return_to_owner(case.as_(case.officer), case.problem.id, note="New data.")
    for action in (ProblemAction.SUBMIT, ProblemAction.SCREEN):
        case.problem.apply(action)
    case.make.listed(case.problem, round=2)
    panel = case.named()
    assert panel.number == 2
    case.handed_in(case.review(panel), G3)
    case.handed_in(case.review(panel, Seat.SECTOR), G3)
    values = replace(MADE, grade="G3", weeks=18)
    grade_decision.sign(case.as_(case.colleague), case.problem.id, values)
    session.commit()
    kept = session.scalars(sa.select(GradeDecision).order_by(GradeDecision.id)).all()
    assert [(d.grade, d.officer_id) for d in kept] == [
        ("G2", case.officer.id),
        ("G3", case.colleague.id),
    ]


def test_the_learned_grade_is_silent_until_there_is_enough(case, session, monkeypatch):
    case.signed()
    assert grade_learning.learned_verdict(session).use is False
    assert grade_learning.learned_verdict(session).count == 1
    (example,) = grade_learning.examples(session)
    assert example.grade == 2
    assert set(example.points) == set(G2)
    basis = grade_decision.basis_of(session, case.problem)
    assert grade_learning.learned_grade(session, case.problem, basis) is None
    monkeypatch.setattr(grade_learning, "MIN_PROBLEMS", 1)
    assert grade_learning.learned_grade(session, case.problem, basis) is None  # Not better.
