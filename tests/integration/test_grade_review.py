"""Reviews: every action of every role in every state, blindness, versions, conflicts, reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.assessment.grading import suggest_grade
from matchmaker.assessment.rubric_edit import changed
from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    StaleVersion,
)
from matchmaker.models import (
    AuditEvent,
    DeclaredConflict,
    GradeReview,
    GradeReviewVersion,
    OrganizationMember,
    OutboxMessage,
    Role,
    RoleGrant,
    Seat,
)
from matchmaker.queries import grade_review as queries
from matchmaker.services import grade_review, grading_panel, reviewer_profile, rubric
from matchmaker.services.problem_intake import intake_of
from matchmaker.workflows.grade_review import GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState
from tests.backends import on_both
from tests.grading import APART, G2, G3, Case

S = GradeReviewState
HALF = {"DF1": 1, "DF2": 2}


@pytest.fixture
def case(make, ctx) -> Case:
    return Case(make, ctx)


def review_in(case: Case, state: GradeReviewState) -> GradeReview:
    """The AI reviewer's part, brought to *state*; submitted means: in discussion with the other."""
    panel = case.named()
    review = case.review(panel)
    if state is S.STARTED:
        case.started(review)
    elif state is S.SUBMITTED:
        case.handed_in(review)
        case.handed_in(case.review(panel, Seat.SECTOR), APART)
    elif state is S.RECUSED:
        grade_review.recuse(case.as_(case.ai), review.id, reason="My cousin runs it.")
    elif state is S.REPLACED:
        grading_panel.replace(
            case.as_(case.officer), review.id, reason="Late.", version=review.version
        )
    case.make.session.commit()
    assert review.state is state
    return review


def actions(review: GradeReview) -> dict[str, Callable[[Any], Any]]:
    key, seen = review.id, review.version
    return {
        "start": lambda c: grade_review.start(c, key),
        "save": lambda c: grade_review.save(c, key, HALF, {}),
        "submit": lambda c: grade_review.submit(c, key, G3, {}),
        "explain": lambda c: grade_review.explain(c, key, {"DF1": "Because."}),
        "revise": lambda c: grade_review.revise(
            c, key, APART, {}, reason="Convinced.", version=seen
        ),
        "recuse": lambda c: grade_review.recuse(c, key, reason="Too near."),
        "comment": lambda c: grade_review.comment(c, key, "I see it otherwise."),
    }


T, GONE, DENIED = InvalidTransition, NotFound, MatchmakerError
OK = None
NAMES = ("start", "save", "submit", "explain", "revise", "recuse", "comment")
POSSIBLE: dict[GradeReviewState, tuple[type[MatchmakerError] | None, ...]] = {
    S.ASSIGNED: (OK, T, T, T, DENIED, OK, DENIED),
    S.STARTED: (OK, OK, OK, T, DENIED, OK, DENIED),
    S.SUBMITTED: (T, T, T, OK, OK, OK, OK),
    S.RECUSED: (GONE, GONE, GONE, GONE, GONE, OK, GONE),  # Stepping aside twice is a second click.
    S.REPLACED: (GONE,) * 7,
}


@pytest.mark.parametrize("state", list(S))
def test_every_action_of_every_role_in_a_state(case, state, session):
    review = review_in(case, state)
    people = {**case.people(), "sector reviewer": case.sector}
    for place, name in enumerate(NAMES):
        for role, person in people.items():
            found = attempt(partial(actions(review)[name], case.as_(person)))
            session.rollback()
            where = f"{name} by {role} in {state}: {found!r}"
            if role != "reviewer":
                assert isinstance(found, NotFound), where
                continue
            expected = POSSIBLE[state][place]
            assert (found is None) if expected is None else isinstance(found, expected), where


def attempt(step: Callable[[], Any]) -> MatchmakerError | None:
    try:
        step()
    except MatchmakerError as error:
        return error
    return None


@pytest.mark.parametrize(
    "tie",
    ["member", "declared", "address", "office", "role", "disabled"],
)
def test_whoever_comes_to_stand_near_loses_sight_of_the_case(case, make, session, tie):
    review = review_in(case, S.SUBMITTED)
    assert [r.id for r in queries.own_reviews(session, case.ai)] == [review.id]
    if tie == "member":
        make.save(OrganizationMember(organization=case.organization, user=case.ai))
    elif tie == "declared":
        row = DeclaredConflict(user=case.ai, organization=case.organization, reason="Shares.")
        make.save(row)
    elif tie == "address":
        case.owner.email = "lead@one.edu.tw"
    elif tie == "office":
        case.ai.role_grants.append(RoleGrant(role=Role.OFFICER))
    elif tie == "role":
        case.ai.role_grants = []
    else:
        case.ai.disabled_at = utcnow()
    session.commit()
    session.expire_all()
    assert list(queries.own_reviews(session, case.ai)) == []
    with pytest.raises(NotFound):
        queries.get_review(session, case.ai, review.id)


def test_scoring_keeps_what_is_there_and_hands_in_with_all(case, session):
    review = review_in(case, S.STARTED)
    mine = case.as_(case.ai)
    grade_review.save(mine, review.id, {**HALF, "DF9": 4}, {"DF1": " Joined\x00 by hand. "})
    assert (review.points, review.comments) == (HALF, {"DF1": "Joined by hand."})
    with pytest.raises(InvalidInput) as refused:
        grade_review.submit(mine, review.id, HALF, {})
    assert list(refused.value.fields) == ["DF3", "DF4", "DF5", "DF6", "DF7"]
    with pytest.raises(InvalidInput) as refused:
        grade_review.submit(mine, review.id, {**G2, "DF2": 5}, {})
    assert str(refused.value.fields["DF2"][0]) == "Choose 0 to 4 points."
    with pytest.raises(InvalidInput) as refused:
        grade_review.save(mine, review.id, HALF, {"DF1": "x" * 1001})
    assert list(refused.value.fields) == ["DF1_why"]
    grade_review.submit(mine, review.id, G2, {"DF1": "Joined by hand."})
    session.commit()
    assert (review.state, review.grade, review.points) == (S.SUBMITTED, "G2", G2)
    assert [(v.number, v.points, v.reason) for v in review.versions] == [(1, G2, "")]
    assert grade_review.submit(mine, review.id, G2, {}) is review
    event = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "grade_review:submit")
    ).one()
    assert (event.data["points"], event.data["grade"], event.data["rubric"]) == (G2, "G2", "1")


def test_differences_to_the_rules_are_explained_after_handing_in(case):
    review = review_in(case, S.STARTED)
    mine = case.as_(case.ai)
    assert review.suggested == {}
    given = rubric.version(case.make.session, "grading", "1")
    suggested = suggest_grade(intake_of(case.problem), given).plain_points
    points = {**suggested, "DF1": (suggested["DF1"] + 1) % 5, "DF4": (suggested["DF4"] + 1) % 5}
    grade_review.submit(mine, review.id, points, {"DF1": "Not labelled."})
    assert review.suggested == suggested
    assert review.unexplained == ["DF4"]
    grade_review.explain(mine, review.id, {"DF4": "Rare trade.", "DF1": "Changed?"})
    assert review.unexplained == []
    assert review.comments == {"DF1": "Not labelled.", "DF4": "Rare trade."}
    assert review.points == points


def test_points_are_revised_in_discussion_only_and_every_version_is_kept(case, session):
    review = review_in(case, S.SUBMITTED)
    mine, panel = case.as_(case.ai), review.panel
    seen = review.version
    with pytest.raises(InvalidInput) as refused:
        grade_review.revise(mine, review.id, APART, {}, reason=" ", version=seen)
    assert list(refused.value.fields) == ["reason"]
    with pytest.raises(InvalidInput) as refused:
        grade_review.revise(mine, review.id, G2, {}, reason="Same.", version=seen)
    assert str(refused.value.fields["reason"][0]) == "No point differs from before."
    with pytest.raises(StaleVersion):
        grade_review.revise(mine, review.id, APART, {}, reason="Yes.", version=seen + 1)
    session.rollback()
    grade_review.revise(mine, review.id, APART, {"DF5": "Trust."}, reason="Yes.", version=seen)
    session.commit()
    assert panel.state is GradingPanelState.SETTLED
    assert [(v.number, v.points["DF5"], v.reason) for v in review.versions] == [
        (1, 1, ""),
        (2, 3, "Yes."),
    ]
    with pytest.raises(InvalidTransition, match="during the discussion only"):
        grade_review.revise(mine, review.id, G2, {}, reason="Back.", version=review.version)


def test_a_rubric_edited_during_scoring_leaves_the_review_its_version(case, session):
    review = review_in(case, S.STARTED)
    office = case.as_(case.officer)
    heavier = {"criteria.DF5.weight": 25, "criteria.DF1.weight": 10}
    after = changed(rubric.content(session, "grading", "1"), heavier)
    rubric.make_version(office, "grading", "1", after, note="Assurance counts more.", seen="1")
    session.commit()
    assert rubric.current_version(session, "grading") == "1.1"
    points = {**G2, "DF1": 0, "DF5": 3}
    case.handed_in(review, points)
    case.handed_in(case.review(review.panel, Seat.SECTOR), points)
    assert (review.rubric_version, review.panel.rubric_version) == ("1", "1")
    assert grade_review.rubric_of(office, review).criteria["DF5"].weight == 15


def test_stepping_aside_asks_the_officer_for_somebody_else(case, session):
    review = review_in(case, S.STARTED)
    mine = case.as_(case.ai)
    with pytest.raises(InvalidInput):
        grade_review.recuse(mine, review.id, reason="  ")
    grade_review.recuse(mine, review.id, reason="My cousin runs it.")
    session.commit()
    assert (review.state, review.end_reason) == (S.RECUSED, "My cousin runs it.")
    assert list(queries.own_reviews(session, case.ai)) == []
    letter = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert letter is not None
    assert (letter.kind, letter.recipient) == ("grading_panel.vacant", "officer@office.tw")
    assert f"/office/grading/{case.problem.id}" in letter.body
    assert "cousin" not in letter.body


def test_declaring_a_conflict_steps_aside_everywhere_it_matters(case, session):
    review = review_in(case, S.SUBMITTED)
    reviewer_profile.declare(case.as_(case.ai), case.organization.name_en, reason="I own shares.")
    session.commit()
    assert (review.state, review.panel.state) == (S.RECUSED, GradingPanelState.SCORING)


def test_what_was_signed_is_past_stepping_aside(case, session):
    case.signed()
    review = session.scalars(sa.select(GradeReview)).first()
    with pytest.raises(InvalidTransition):
        grade_review.recuse(case.as_(case.ai), review.id, reason="Late thought.")
    session.rollback()
    reviewer_profile.declare(case.as_(case.ai), case.organization.name_en, reason="I joined.")
    session.commit()
    assert review.state is S.SUBMITTED


@on_both
def test_reminders_go_out_once_before_and_once_after(case, ctx, session):
    panel = case.named()
    late, soon = case.review(panel), case.review(panel, Seat.SECTOR)
    system = ctx()
    assert grade_review.remind(system) == 0
    soon.due_at = utcnow() + timedelta(days=1)
    late.due_at = utcnow() + timedelta(hours=30)
    session.commit()
    assert (grade_review.remind(system), grade_review.remind(system)) == (2, 0)
    late.due_at = utcnow() - timedelta(hours=1)
    late.reminded_at = utcnow() - timedelta(days=2)
    session.commit()
    assert (grade_review.remind(system), grade_review.remind(system)) == (1, 0)
    case.handed_in(soon)
    soon.due_at = utcnow() - timedelta(days=5)
    session.commit()
    assert grade_review.remind(system) == 0
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert (kinds.count("grade_review.due"), kinds.count("grade_review.late")) == (2, 1)


def test_versions_cannot_repeat(case, session):
    review = review_in(case, S.SUBMITTED)
    session.add(GradeReviewVersion(review_id=review.id, number=1, grade="G2"))
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()
