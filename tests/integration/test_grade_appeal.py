"""An owner's one request: every action of every role in every state, fresh people, time, outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    PermissionDenied,
)
from matchmaker.models import AuditEvent, GradeAppeal, OfficeSetting, OutboxMessage, Seat
from matchmaker.policies.grade_appeal import may_decide_appeal
from matchmaker.services import grade_appeal, grade_decision, grading_panel
from matchmaker.services import problem as problems
from matchmaker.workflows.grade_appeal import GradeAppealState
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.grading import G2, G3, MADE, Case

S = GradeAppealState
HARDER = replace(MADE, grade="G3", weeks=18, reason="The site makes it harder.")
SAME = replace(MADE, reason="Looked at again: it stays.")


@pytest.fixture
def case(make, ctx) -> Case:
    return Case(make, ctx)


def fresh_panel(case: Case, points: dict[str, int]) -> None:
    """Two people without a part in the first panel score anew."""
    people = {Seat.AI: case.fourth.id, Seat.SECTOR: case.third.id}
    panel = grading_panel.open_panel(case.as_(case.colleague), case.problem.id, people)
    case.make.session.commit()
    for seat in Seat:
        case.handed_in(case.review(panel, seat), points)
    assert panel.state is GradingPanelState.SETTLED


def appeal_in(case: Case, state: GradeAppealState) -> GradeAppeal:
    appeal = case.appealed()
    colleague = case.as_(case.colleague)
    if state in (S.TAKEN, S.UPHELD, S.CHANGED):
        grade_appeal.take(colleague, appeal.id)
    if state in (S.UPHELD, S.CHANGED):
        fresh_panel(case, G2 if state is S.UPHELD else G3)
        grade_decision.sign(colleague, case.problem.id, SAME if state is S.UPHELD else HARDER)
    if state is S.WITHDRAWN:
        grade_appeal.withdraw(case.as_(case.owner), appeal.id)
    if state is S.LAPSED:
        problems.return_to_owner(colleague, case.problem.id, note="Data changed.")
    case.make.session.commit()
    assert appeal.state is state
    return appeal


def actions(case: Case, appeal: GradeAppeal) -> dict[str, Callable[[Any], Any]]:
    people = {Seat.AI: case.fourth.id, Seat.SECTOR: case.third.id}
    return {
        "request": lambda c: grade_appeal.request(c, case.problem.id, reason="Again, please."),
        "withdraw": lambda c: grade_appeal.withdraw(c, appeal.id),
        "take": lambda c: grade_appeal.take(c, appeal.id),
        "panel": lambda c: grading_panel.open_panel(c, case.problem.id, people),
        "sign": lambda c: grade_decision.sign(c, case.problem.id, HARDER),
    }


T, C, D, OK = InvalidTransition, Conflict, PermissionDenied, None
NAMES = ("request", "withdraw", "take", "panel", "sign")
#: For each state what the owner, the fresh officer and the signer get.
POSSIBLE: dict[GradeAppealState, tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = {
    S.REQUESTED: ((C, OK, D, D, D), (D, D, OK, T, T), (D, D, D, D, D)),
    S.TAKEN: ((C, OK, D, D, D), (D, D, OK, OK, C), (D, D, D, D, D)),
    S.UPHELD: ((C, T, D, D, D), (D, D, T, T, T), (D, D, D, T, T)),
    S.CHANGED: ((C, T, D, D, D), (D, D, T, T, OK), (D, D, D, T, OK)),
    S.WITHDRAWN: ((C, OK, D, D, D), (D, D, T, T, T), (D, D, D, T, T)),
    S.LAPSED: ((T, T, D, D, D), (D, D, T, T, T), (D, D, D, T, T)),
}


@pytest.mark.parametrize("state", list(S))
def test_every_action_of_every_role_in_a_state(case, state, session):
    appeal = appeal_in(case, state)
    deciders = {"owner": case.owner, "colleague": case.colleague, "officer": case.officer}
    others = {k: p for k, p in case.people().items() if k not in deciders}
    for place, name in enumerate(NAMES):
        for (role, person), expected in zip(deciders.items(), POSSIBLE[state], strict=True):
            found = attempt(partial(actions(case, appeal)[name], case.as_(person)))
            session.rollback()
            where, wanted = f"{name} by {role} in {state}: {found!r}", expected[place]
            assert (found is None) if wanted is None else isinstance(found, wanted), where
        for role, person in others.items():
            found = attempt(partial(actions(case, appeal)[name], case.as_(person)))
            session.rollback()
            if role == "insider" and name in ("request", "withdraw"):
                continue  # An officer of the owner is a member of it as well.
            assert isinstance(found, PermissionDenied | NotFound), f"{name} by {role}: {found!r}"


def attempt(step: Callable[[], Any]) -> MatchmakerError | None:
    try:
        step()
    except MatchmakerError as error:
        return error
    return None


def test_a_request_reaches_the_officers_who_did_not_sign(case, session):
    appeal = case.appealed()
    assert (appeal.state, appeal.decision.grade) == (S.REQUESTED, "G2")
    letters = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "grade_appeal.requested")
    ).all()
    assert [m.recipient for m in letters] == ["colleague@office.tw"]
    assert "Much harder than that." in letters[0].body
    again = grade_appeal.request(
        case.as_(case.owner), case.problem.id, reason=" Much harder than that. "
    )
    assert again is appeal
    events = session.scalars(sa.select(AuditEvent.action)).all()
    assert events.count("grade_appeal:request") == 1


def test_the_signer_answers_only_if_there_is_nobody_else(case, session):
    appeal = case.appealed()
    with pytest.raises(PermissionDenied, match="another programme officer has to look at it again"):
        grade_appeal.take(case.as_(case.officer), appeal.id)
    case.colleague.disabled_at = utcnow()
    session.commit()
    assert may_decide_appeal.allows(case.officer, appeal)
    grade_appeal.take(case.as_(case.officer), appeal.id)
    assert appeal.officer_id == case.officer.id


def test_only_people_without_a_part_in_the_first_panel_look_again(case, session):
    appeal_in(case, S.TAKEN)
    colleague = case.as_(case.colleague)
    for chosen in (case.ai, case.sector):
        people = {Seat.AI: chosen.id, Seat.SECTOR: case.third.id}
        with pytest.raises(InvalidInput) as refused:
            grading_panel.open_panel(colleague, case.problem.id, people)
        assert list(refused.value.fields) == ["ai"]
        session.rollback()


@pytest.mark.parametrize(
    ("state", "kind", "grade"),
    [(S.UPHELD, "grade_appeal.upheld", "G2"), (S.CHANGED, "grade_appeal.changed", "G3")],
)
def test_the_owner_hears_the_outcome_with_its_reasons(case, session, state, kind, grade):
    appeal = appeal_in(case, state)
    assert appeal.outcome is not None
    assert (appeal.outcome.grade, case.problem.grade) == (grade, grade)
    assert appeal.outcome.panel_id == appeal.panel_id
    letter = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind)).one()
    assert letter.recipient == "lead@foods.com.tw"
    assert appeal.outcome.reason in letter.body
    with pytest.raises(Conflict, match="asked for once already"):
        grade_appeal.request(case.as_(case.owner), case.problem.id, reason="And again.")


def test_time_and_stage_end_the_right_to_ask(case, make, session):
    case.signed()
    owner = case.as_(case.owner)
    with pytest.raises(InvalidInput):
        grade_appeal.request(owner, case.problem.id, reason=" ")
    make.save(OfficeSetting(key="appeal_days", value=3))
    decision = grade_decision.latest_decision(session, case.problem.id)
    decision.created_at = utcnow() - timedelta(days=3, minutes=1)
    session.commit()
    with pytest.raises(DeadlinePassed, match="ended on"):
        grade_appeal.request(owner, case.problem.id, reason="Late.")
    decision.created_at = utcnow()
    problems.publish(case.as_(case.officer), case.problem.id)
    problems.start_solving(case.as_(case.officer), case.problem.id)
    session.commit()
    with pytest.raises(InvalidTransition, match="no grade that could be looked at again"):
        grade_appeal.request(owner, case.problem.id, reason="Too late.")


def test_without_a_signed_grade_there_is_nothing_to_ask_about(case):
    with pytest.raises(InvalidTransition, match="no grade that could be looked at again"):
        grade_appeal.request(case.as_(case.owner), case.problem.id, reason="Why not G4?")


@on_both
def test_a_published_problem_is_graded_anew_in_its_place(case, session):
    case.signed()
    problems.publish(case.as_(case.officer), case.problem.id)
    appeal = grade_appeal.request(case.as_(case.owner), case.problem.id, reason="Harder.")
    session.commit()
    grade_appeal.take(case.as_(case.colleague), appeal.id)
    fresh_panel(case, G3)
    grade_decision.sign(case.as_(case.colleague), case.problem.id, HARDER)
    session.commit()
    assert (case.problem.state, case.problem.grade) == (ProblemState.PUBLISHED, "G3")
    actions = session.scalars(sa.select(AuditEvent.action)).all()
    assert "problem:regrade" in actions


def test_nothing_is_published_while_the_owner_waits(case, session):
    appeal = case.appealed()
    with pytest.raises(Conflict, match="answer it before you publish"):
        problems.publish(case.as_(case.officer), case.problem.id)
    session.rollback()
    grade_appeal.withdraw(case.as_(case.owner), appeal.id)
    assert problems.publish(case.as_(case.officer), case.problem.id).state == "published"


def test_taking_a_request_back_stops_its_panel(case, session):
    appeal = appeal_in(case, S.TAKEN)
    people = {Seat.AI: case.fourth.id, Seat.SECTOR: case.third.id}
    panel = grading_panel.open_panel(case.as_(case.colleague), case.problem.id, people)
    session.commit()
    grade_appeal.withdraw(case.as_(case.owner), appeal.id)
    session.commit()
    assert panel.state is GradingPanelState.STOPPED
    assert (case.problem.state, case.problem.grade) == (ProblemState.GRADED, "G2")
    with pytest.raises(NotFound):
        grade_appeal.withdraw(case.as_(case.third), appeal.id)
