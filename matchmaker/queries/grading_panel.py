"""Reading panels: where each case stands, and who could review it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.competency import load_taxonomy
from matchmaker.errors import NotFound
from matchmaker.i18n import Message
from matchmaker.models import (
    DeclaredGender,
    GradeAppeal,
    GradeReview,
    GradingComment,
    GradingPanel,
    Problem,
    ReviewerProfile,
    Role,
    RoleGrant,
    Seat,
    User,
)
from matchmaker.policies.conflict import NOT_REVIEWER, Surroundings, surroundings
from matchmaker.policies.grade_review import may_list_reviews
from matchmaker.policies.grading_panel import (
    graded_by_office,
    may_read_grading,
    visible_grading_panels,
)
from matchmaker.policies.scope import is_national
from matchmaker.queries.grade_review import own_reviews
from matchmaker.queries.problem import get_problem
from matchmaker.queries.screening import latest_outcome
from matchmaker.workflows.grade_appeal import OPEN_STATES as OPEN_APPEALS
from matchmaker.workflows.grade_review import DUE_STATES, GradeReviewState
from matchmaker.workflows.grading_panel import OPEN_STATES
from matchmaker.workflows.problem import ProblemState

#: How many of each kind a desk shows.
SHOWN = 20

_WITH_PEOPLE = (
    selectinload(GradingPanel.reviews).joinedload(GradeReview.reviewer),
    selectinload(GradingPanel.reviews).selectinload(GradeReview.versions),
    selectinload(GradingPanel.comments).joinedload(GradingComment.review),
    joinedload(GradingPanel.appeal),
)


@dataclass(frozen=True)
class Candidate:
    """A reviewer with how well they fit a seat and how much they have before them."""

    user: User
    profile: ReviewerProfile | None
    #: The competencies, or sectors, of the problem that the reviewer knows, and how many it has.
    known: tuple[str, ...]
    wanted: int
    load: int
    capacity: int
    #: Why the person is not offered; None if they are.
    why_not: Message | str | None = None

    @property
    def fit(self) -> float:
        """The share of what the problem asks for that the reviewer knows."""
        return len(self.known) / self.wanted if self.wanted else 0.0

    @property
    def is_full(self) -> bool:
        """Whether the reviewer has as many cases as they said they take."""
        return self.load >= self.capacity


@dataclass(frozen=True)
class Overview:
    """What the office has to see to: cases without reviewers, panels under way, owners' requests."""

    to_name: Sequence[Problem]
    panels: Sequence[GradingPanel]
    appeals: Sequence[GradeAppeal]


@dataclass(frozen=True)
class GradingDesk:
    """What waits for a person in grading: own reviews, and an officer's cases."""

    reviews: Sequence[GradeReview]
    office: Overview | None


def get_case(session: Session, actor: User | None, problem_id: int) -> Problem:
    """The problem, if *actor* may read how it is graded."""
    problem = get_problem(session, actor, problem_id)
    may_read_grading.require(actor, problem)
    return problem


def panels_of(session: Session, problem_id: int) -> Sequence[GradingPanel]:
    """Every panel of a problem with its reviews, the latest first."""
    statement = (
        sa.select(GradingPanel)
        .where(GradingPanel.problem_id == problem_id)
        .options(*_WITH_PEOPLE)
        .order_by(GradingPanel.number.desc())
    )
    return session.scalars(statement).all()


def open_panel(session: Session, problem_id: int, *, lock: bool = False) -> GradingPanel | None:
    """The panel at work on a problem, if there is one; locked for this transaction if asked."""
    statement = sa.select(GradingPanel).where(
        GradingPanel.problem_id == problem_id, GradingPanel.state.in_(OPEN_STATES)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def get_panel(session: Session, actor: User | None, panel_id: int) -> GradingPanel:
    """The panel, if *actor* may know of it as the office does."""
    statement = sa.select(GradingPanel).where(
        GradingPanel.id == panel_id, visible_grading_panels(actor)
    )
    panel = session.scalar(statement.options(*_WITH_PEOPLE))
    if panel is None:
        raise NotFound
    return panel


def without_panel() -> sa.ColumnElement[bool]:
    """The condition that a problem was listed and nobody has been asked to grade it."""
    seated = sa.select(GradingPanel.problem_id).where(GradingPanel.state.in_(OPEN_STATES))
    return sa.and_(in_grading(), Problem.id.not_in(seated))


def overview(session: Session, actor: User | None, *, limit: int = 200) -> Overview:
    """What there is to do in grading, the longest waiting first."""
    known = graded_by_office(actor)
    problems = (
        sa.select(Problem)
        .where(known, without_panel())
        .options(joinedload(Problem.organization))
        .order_by(Problem.submitted_at.asc().nulls_last(), Problem.id)
    )
    panels = (
        sa.select(GradingPanel)
        .where(visible_grading_panels(actor), GradingPanel.state.in_(OPEN_STATES))
        .options(*_WITH_PEOPLE, joinedload(GradingPanel.problem).joinedload(Problem.organization))
        .order_by(GradingPanel.created_at, GradingPanel.id)
    )
    appeals = (
        sa.select(GradeAppeal)
        .join(Problem, Problem.id == GradeAppeal.problem_id)
        .where(known, GradeAppeal.state.in_(OPEN_APPEALS))
        .options(
            joinedload(GradeAppeal.problem).joinedload(Problem.organization),
            joinedload(GradeAppeal.decision),
        )
        .order_by(GradeAppeal.due_at, GradeAppeal.id)
    )
    return Overview(*(session.scalars(s.limit(limit)).all() for s in (problems, panels, appeals)))


def in_grading() -> sa.ColumnElement[bool]:
    """The condition that screening has listed a problem of the programme: a panel comes next."""
    return sa.and_(
        Problem.state == ProblemState.SCREENING,
        sa.func.coalesce(latest_outcome(), "") == "list",
        is_national(Problem.call_id),
    )


def not_appealed() -> sa.ColumnElement[bool]:
    """The condition that no owner waits for an answer about the grade of a problem."""
    waiting = sa.select(GradeAppeal.problem_id).where(GradeAppeal.state.in_(OPEN_APPEALS))
    return Problem.id.not_in(waiting)


def desk(session: Session, actor: User) -> GradingDesk:
    """What waits for *actor*: nothing to ask for those who neither review nor decide."""
    return GradingDesk(
        reviews=own_reviews(session, actor) if may_list_reviews.allows(actor) else (),
        office=overview(session, actor, limit=SHOWN) if actor.is_officer else None,
    )


def load_of_reviewers(session: Session) -> dict[int, int]:
    """For each reviewer how many reviews are still to be handed in."""
    statement = (
        sa.select(GradeReview.reviewer_id, sa.func.count())
        .join(GradingPanel, GradingPanel.id == GradeReview.panel_id)
        .where(GradeReview.state.in_(DUE_STATES), GradingPanel.state.in_(OPEN_STATES))
        .group_by(GradeReview.reviewer_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def candidates(
    session: Session, problem: Problem, seat: Seat, *, taken: Iterable[int] = ()
) -> list[Candidate]:
    """Every reviewer for *seat*: those on offer by fit and load, then the others with the reason.

    *taken* are the people who cannot be asked because they have a part in this or an earlier panel.
    """
    around = surroundings(session, [problem])[problem.id]
    loads, profiles = load_of_reviewers(session), _profiles(session)
    excluded = set(taken)
    found = [
        _candidate(user, problem, seat, profiles.get(user.id), loads.get(user.id, 0), around)
        for user in _reviewers(session)
        if user.id not in excluded
    ]
    return sorted(
        (one for one in found if one.why_not != NOT_REVIEWER),
        key=lambda one: (one.why_not is not None, one.is_full, -one.fit, one.load, one.user.id),
    )


def _candidate(
    user: User,
    problem: Problem,
    seat: Seat,
    profile: ReviewerProfile | None,
    load: int,
    around: Surroundings,
) -> Candidate:
    wanted = _wanted(problem, seat)
    own = set(profile.competencies if seat is Seat.AI else profile.sectors) if profile else set()
    return Candidate(
        user=user,
        profile=profile,
        known=tuple(code for code in wanted if code in own),
        wanted=len(wanted),
        load=load,
        capacity=profile.capacity if profile else 4,
        why_not=around.why_not(user),
    )


def _wanted(problem: Problem, seat: Seat) -> list[str]:
    """What a reviewer in *seat* had best know: AI competencies, or the sectors."""
    needs = [need.competency for need in problem.requirements]
    sectors = load_taxonomy().sectors
    if seat is Seat.AI:
        return [code for code in needs if code not in sectors]
    own = [problem.sector] if problem.sector else []
    return list(dict.fromkeys([*own, *(code for code in needs if code in sectors)]))


def _reviewers(session: Session) -> Sequence[User]:
    statement = sa.select(User).join(RoleGrant).where(RoleGrant.role == Role.REVIEWER)
    return session.scalars(statement.order_by(User.id)).all()


def _profiles(session: Session) -> dict[int, ReviewerProfile]:
    return {row.user_id: row for row in session.scalars(sa.select(ReviewerProfile))}


def had_a_part(session: Session, problem_id: int) -> set[int]:
    """Everybody who was ever asked to review a problem."""
    statement = (
        sa.select(GradeReview.reviewer_id)
        .join(GradingPanel, GradingPanel.id == GradeReview.panel_id)
        .where(GradingPanel.problem_id == problem_id)
    )
    return set(session.scalars(statement))


def declared_genders(session: Session, user_ids: Iterable[int]) -> list[DeclaredGender]:
    """What those among *user_ids* who said so have declared."""
    statement = sa.select(ReviewerProfile.gender).where(
        ReviewerProfile.user_id.in_(list(user_ids)), ReviewerProfile.gender.is_not(None)
    )
    return [gender for gender in session.scalars(statement) if gender is not None]


def compared_reviews(session: Session, *, national: bool = True) -> list[tuple[GradeReview, ...]]:
    """The two reviews of every panel in which both were handed in, as AI and sector reviewer."""
    statement = (
        sa.select(GradingPanel)
        .join(Problem, Problem.id == GradingPanel.problem_id)
        .where(is_national(Problem.call_id) if national else sa.true())
        .options(*_WITH_PEOPLE)
        .order_by(GradingPanel.id)
    )
    found = []
    for panel in session.scalars(statement):
        seats: dict[Any, GradeReview] = {r.seat: r for r in panel.seated}
        both = tuple(seats[seat] for seat in Seat if seat in seats)
        if len(both) == len(Seat) and all(r.state is GradeReviewState.SUBMITTED for r in both):
            found.append(both)
    return found
