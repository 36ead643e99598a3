"""Panels: who is on offer, every action of every role in every state, conflicts, the discussion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    AuditEvent,
    DeclaredConflict,
    GradeReview,
    GradingPanel,
    OrganizationMember,
    OutboxMessage,
    ReviewerProfile,
    Role,
    Seat,
    TeamMember,
)
from matchmaker.policies.conflict import (
    DECLARED,
    IN_OFFICE,
    SAME_HOUSE,
    SAME_ORGANIZATION,
    why_not_review,
)
from matchmaker.queries import grading_panel as queries
from matchmaker.services import grade_decision, grading_panel, problem
from matchmaker.workflows.grade_review import GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.grading import APART, G2, MADE, Case, counted

S = GradingPanelState
OK = None


@pytest.fixture
def case(make, ctx) -> Case:
    return Case(make, ctx)


def people(case: Case) -> dict[Seat, int]:
    return {Seat.AI: case.ai.id, Seat.SECTOR: case.sector.id}


def actions(case: Case, panel: GradingPanel) -> dict[str, Callable[[Any], Any]]:
    """Everything that can be tried with a panel, by a context."""
    review = panel.reviews[0]
    key, seen = panel.id, panel.version
    fresh = {Seat.AI: case.fourth.id, Seat.SECTOR: case.third.id}
    return {
        "open": lambda c: grading_panel.open_panel(c, case.problem.id, fresh),
        "assign": lambda c: grading_panel.assign(c, key, Seat.AI, case.fourth.id),
        "replace": lambda c: grading_panel.replace(
            c, review.id, reason="Late.", version=review.version
        ),
        "settle": lambda c: grading_panel.settle(c, key, words="Enough said.", version=seen),
        "discuss": lambda c: grading_panel.discuss_again(c, key, reason="DF5?", version=seen),
        "stop": lambda c: grading_panel.stop_panel(c, key, reason="No.", version=seen),
        "comment": lambda c: grading_panel.comment(c, key, "What of the site?"),
        "sign": lambda c: grade_decision.sign(c, case.problem.id, MADE),
    }


T, C = InvalidTransition, Conflict
NAMES = ("open", "assign", "replace", "settle", "discuss", "stop", "comment", "sign")
#: What an officer gets for each action in each state.
POSSIBLE: dict[GradingPanelState, tuple[type[MatchmakerError] | None, ...]] = {
    S.SCORING: (C, C, OK, T, T, OK, T, C),
    S.DISCUSSION: (C, T, OK, OK, T, OK, OK, C),
    S.SETTLED: (C, T, OK, T, OK, OK, OK, OK),
    S.SIGNED: (T, T, T, T, T, T, T, OK),  # Signing the same again is a second click.
    S.STOPPED: (OK, T, T, T, T, T, T, C),
}

#: Why others than an officer cannot, as far as they may know of the case at all.
REFUSED = {
    "insider": "You belong to the organization that sets this problem",
    "administrator": "Only programme officers decide on problems.",
    "owner": "known to the programme office only|Only programme officers decide",
}


@pytest.mark.parametrize("state", list(S))
def test_every_action_of_every_role_in_a_state(case, state, session):
    panel = case.panel_in(state)
    people = case.people()
    for name in actions(case, panel):
        for role, person in people.items():
            found = attempt(partial(actions(case, panel)[name], case.as_(person)))
            session.rollback()
            check(state, name, role, found)


def attempt(step: Callable[[], Any]) -> MatchmakerError | None:
    try:
        step()
    except MatchmakerError as error:
        return error
    return None


def check(state: GradingPanelState, name: str, role: str, found: MatchmakerError | None) -> None:
    where = f"{name} by {role} in {state}: {found!r}"
    if role == "officer":
        expected = POSSIBLE[state][NAMES.index(name)]
        assert (found is None) if expected is None else isinstance(found, expected), where
    elif role in ("reviewer", "other reviewer", "stranger"):
        # They do not even learn that the case exists, but for what is public.
        assert isinstance(found, NotFound), where
    elif role == "owner" or (role == "insider" and name not in ("open", "sign")):
        assert isinstance(found, PermissionDenied | NotFound), where
    else:
        assert isinstance(found, PermissionDenied), where
    if isinstance(found, PermissionDenied):
        assert any(part in str(found) for part in REFUSED[role].split("|")), where


def test_naming_two_reviewers_asks_them_and_leaves_word(case, session):
    panel = case.named()
    assert (panel.number, panel.rubric_version, panel.state) == (1, "1", S.SCORING)
    assert [(r.seat, r.reviewer_id, r.state) for r in panel.reviews] == [
        (Seat.AI, case.ai.id, "assigned"),
        (Seat.SECTOR, case.sector.id, "assigned"),
    ]
    letters = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(m.kind, m.recipient) for m in letters] == [
        ("grade_review.assigned", "vision@one.edu.tw"),
        ("grade_review.assigned", "retail@two.org.tw"),
    ]
    assert all(f"/reviews/{r.id}" in m.body for r, m in zip(panel.reviews, letters, strict=True))
    events = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert events == ["grading_panel:open", "grade_review:assign", "grade_review:assign"]
    again = grading_panel.open_panel(case.as_(case.officer), case.problem.id, people(case))
    assert again is panel
    assert session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 2


@pytest.mark.parametrize(
    ("ai", "sector", "field", "said"),
    [
        (None, "sector", "ai", "Choose a reviewer."),
        ("ai", None, "sector", "Choose a reviewer."),
        ("ai", "ai", "sector", "Choose two different people."),
        ("owner", "sector", "ai", "This person cannot be asked for this problem"),
        ("ai", "officer", "sector", "This person cannot be asked for this problem"),
        ("ai", "nobody", "sector", "This person cannot be asked for this problem"),
    ],
)
def test_who_cannot_be_named(case, session, ai, sector, field, said):
    chosen = {
        seat: 0 if name is None else 10**6 if name == "nobody" else getattr(case, name).id
        for seat, name in ((Seat.AI, ai), (Seat.SECTOR, sector))
    }
    with pytest.raises(InvalidInput) as refused:
        grading_panel.open_panel(case.as_(case.officer), case.problem.id, chosen)
    assert str(refused.value.fields[field][0]).startswith(said)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(GradingPanel.id))) == 0


def test_a_problem_that_was_not_listed_is_not_graded(case, make, session):
    other = make.problem(ProblemState.SCREENING, organization=case.organization, grade=None)
    with pytest.raises(Conflict, match="Finish the screening first"):
        grading_panel.open_panel(case.as_(case.officer), other.id, people(case))
    session.rollback()
    found = queries.overview(session, case.officer)
    assert [p.id for p in found.to_name] == [case.problem.id]


@on_both
def test_nobody_near_to_the_organization_is_offered(case, make, session):
    near = {
        make.user(Role.REVIEWER, email="x@lab.foods.com.tw"): SAME_HOUSE,
        make.user(Role.REVIEWER, email="y@gmail.com"): None,
        make.user(Role.REVIEWER, Role.OFFICER, email="z@office.tw"): IN_OFFICE,
        make.user(Role.REVIEWER, Role.ADMINISTRATOR, email="w@office.tw"): IN_OFFICE,
    }
    member = make.user(Role.REVIEWER, email="m@gmail.com")
    make.save(OrganizationMember(organization=case.organization, user=member))
    in_team = make.user(Role.REVIEWER, email="t@gmail.com")
    make.save(make.team(organization_id=case.organization.id))
    team = make.team(organization=case.organization)
    make.save(TeamMember(team=team, user=in_team))
    author = make.user(Role.REVIEWER, email="a@gmail.com")
    case.problem.author = author
    declared = make.user(Role.REVIEWER, email="d@gmail.com")
    make.save(
        DeclaredConflict(user=declared, organization=case.organization, reason="I advise them.")
    )
    near |= dict.fromkeys((member, in_team, author), SAME_ORGANIZATION) | {declared: DECLARED}
    for person, why in near.items():
        assert why_not_review(session, person, case.problem) == why, person.email
    for seat in Seat:
        found = queries.candidates(session, case.problem, seat)
        offered = {one.user.email for one in found if one.why_not is None}
        assert offered == {
            "vision@one.edu.tw", "retail@two.org.tw", "third@three.org.tw",
            "fourth@four.org.tw", "y@gmail.com",
        }  # fmt: skip
        assert {one.user.id: one.why_not for one in found if one.why_not} == {
            person.id: why for person, why in near.items() if why is not None
        }


def test_who_left_or_lost_the_role_is_not_even_listed(case, make, session):
    case.ai.disabled_at = case.ai.confirmed_at
    case.sector.role_grants = []
    session.flush()
    found = {one.user.id for one in queries.candidates(session, case.problem, Seat.AI)}
    assert found == {case.third.id, case.fourth.id}


def test_the_best_fit_with_the_least_load_comes_first(case, session):
    def ranked(seat: Seat) -> list[str]:
        return [one.user.email for one in queries.candidates(session, case.problem, seat)]

    assert ranked(Seat.AI)[:2] == ["vision@one.edu.tw", "fourth@four.org.tw"]
    assert ranked(Seat.SECTOR)[0] == "retail@two.org.tw"
    first = queries.candidates(session, case.problem, Seat.AI)[0]
    assert (first.known, first.wanted, first.load, first.is_full) == (
        ("PER-CV", "FND-DL"), 2, 0, False,
    )  # fmt: skip
    profile = session.scalars(
        sa.select(ReviewerProfile).where(ReviewerProfile.user_id == case.ai.id)
    ).one()
    profile.capacity = 1
    case.named(sector=case.third)
    assert ranked(Seat.AI)[0] == "fourth@four.org.tw"
    assert ranked(Seat.AI)[-1] == "vision@one.edu.tw"


def test_agreeing_reviewers_settle_at_once_and_differing_ones_discuss(case, session):
    panel = case.named()
    case.handed_in(case.review(panel))
    assert panel.state is S.SCORING
    assert grading_panel.differences(panel) is None
    case.handed_in(case.review(panel, Seat.SECTOR), APART)
    assert panel.state is S.DISCUSSION
    apart = grading_panel.differences(panel)
    assert apart is not None
    assert (apart.criteria, apart.grades) == (("DF5",), False)
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert kinds.count("grade_review.discuss") == 2


def test_one_grade_apart_is_discussed_though_no_criterion_is_two_points_apart(case):
    panel = case.named()
    low = {**G2, "DF3": 1, "DF7": 1}
    high = {criterion: min(points + 1, 4) for criterion, points in G2.items()}
    case.handed_in(case.review(panel), low)
    case.handed_in(case.review(panel, Seat.SECTOR), {**high, "DF3": 2, "DF7": 2})
    apart = grading_panel.differences(panel)
    assert apart is not None
    assert (apart.criteria, apart.grades, panel.state) == ((), True, S.DISCUSSION)
    assert grading_panel.agreed_grade(panel) is None


def test_settling_needs_words_and_keeps_them(case):
    panel = case.panel_in(S.DISCUSSION)
    office = case.as_(case.officer)
    with pytest.raises(InvalidInput) as refused:
        grading_panel.settle(office, panel.id, words=" \n ", version=panel.version)
    assert list(refused.value.fields) == ["words"]
    assert panel.state is S.DISCUSSION
    with pytest.raises(StaleVersion):
        grading_panel.settle(office, panel.id, words="Enough.", version=panel.version + 1)
    grading_panel.settle(office, panel.id, words=" Enough. ", version=panel.version)
    assert (panel.state, panel.settlement) == (S.SETTLED, "Enough.")
    assert grading_panel.settle(office, panel.id, words="Enough.", version=1) is panel


def test_a_replaced_reviewer_leaves_a_seat_and_hides_the_comparison(case, session):
    panel = case.panel_in(S.DISCUSSION)
    review = case.review(panel)
    office = case.as_(case.officer)
    with pytest.raises(InvalidInput):
        grading_panel.replace(office, review.id, reason=" ", version=review.version)
    grading_panel.replace(office, review.id, reason="Ill.", version=review.version)
    session.commit()
    assert (review.state, review.end_reason) == (GradeReviewState.REPLACED, "Ill.")
    assert (panel.state, panel.in_seat(Seat.AI)) == (S.SCORING, None)
    letter = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert letter is not None
    assert (letter.kind, letter.recipient) == ("grade_review.replaced", "vision@one.edu.tw")
    assert "Ill." not in letter.body
    with pytest.raises(InvalidInput):
        grading_panel.assign(office, panel.id, Seat.AI, case.ai.id)  # Not the same person again.
    fresh = grading_panel.assign(office, panel.id, Seat.AI, case.fourth.id)
    session.commit()
    assert grading_panel.assign(office, panel.id, Seat.AI, case.fourth.id) is fresh
    case.handed_in(fresh)
    assert panel.state is S.DISCUSSION
    with pytest.raises(NotFound):
        grading_panel.replace(office, 10**6, reason="x", version=1)


def test_a_problem_that_leaves_the_stage_stops_its_panel(case, session):
    panel = case.panel_in(S.DISCUSSION)
    review = case.review(panel)
    problem.return_to_owner(case.as_(case.officer), case.problem.id, note="Say more.")
    session.commit()
    assert panel.state is S.STOPPED
    assert review.state is GradeReviewState.SUBMITTED
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert "grade_review.stopped" not in kinds  # Both had handed in: nothing is left to stop.


def test_those_still_scoring_are_told_that_they_need_not(case, session):
    panel = case.named()
    problem.withdraw(case.as_(case.owner), case.problem.id, reason="Solved by ourselves.")
    session.commit()
    assert panel.state is S.STOPPED
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert kinds.count("grade_review.stopped") == 2
    states = session.scalars(sa.select(GradeReview.state)).all()
    assert set(states) == {GradeReviewState.ASSIGNED}


def test_a_comment_said_twice_is_there_once(case):
    panel = case.panel_in(S.DISCUSSION)
    office = case.as_(case.officer)
    first = grading_panel.comment(office, panel.id, "What of the site?")
    assert grading_panel.comment(office, panel.id, " What of the site? ") is first
    with pytest.raises(InvalidInput):
        grading_panel.comment(office, panel.id, "\u202e \x00")
    with pytest.raises(InvalidInput):
        grading_panel.comment(office, panel.id, "x" * 4001)
    assert [c.body for c in panel.comments] == ["What of the site?"]


def test_the_desk_asks_as_often_however_much_is_on_it(case, make, session):
    """The number of queries does not grow with panels."""
    case.named()
    once = counted(session, lambda: queries.desk(session, case.officer))
    for _n in range(3):
        more = make.problem(ProblemState.SCREENING, organization=case.organization, grade=None)
        make.listed(more)
        grading_panel.open_panel(case.as_(case.officer), more.id, people(case))
        session.commit()
    assert counted(session, lambda: queries.desk(session, case.officer)) == once
    reviews = counted(session, lambda: queries.desk(session, case.ai))
    assert len(queries.desk(session, case.ai).reviews) == 4
    assert reviews <= 12
