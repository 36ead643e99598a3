"""Reading reviews of applications: a reader's own, the office's cases, and how applications stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.assessment.reviewing import Apart, Reading, adjust, apart
from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    ApplicationPreference,
    ApplicationReview,
    Problem,
    Recommendation,
    ReviewAssignment,
    ReviewRemark,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.application_conflict import nearness
from matchmaker.policies.application_review import (
    JUDGED_STATES,
    READABLE_STATES,
    may_judge,
    visible_assignments,
    visible_cases,
)
from matchmaker.policies.base import Reason
from matchmaker.queries.review_round import round_of
from matchmaker.workflows.review_assignment import DUE_STATES, SEATED_STATES, ReviewAssignmentState
from matchmaker.workflows.review_round import ReviewRoundState

_TAKES = {Recommendation.TAKE: True, Recommendation.LEAVE: False}


def _with_application() -> tuple[ExecutableOption, ...]:
    """What conflicts and the redaction of a text are found with."""
    application = joinedload(ReviewAssignment.application)
    return (
        application.joinedload(Application.call),
        application.joinedload(Application.problem).options(
            joinedload(Problem.organization), selectinload(Problem.requirements)
        ),
        application.joinedload(Application.team).options(
            joinedload(Team.organization), selectinload(Team.members).joinedload(TeamMember.user)
        ),
        joinedload(ReviewAssignment.reviewer),
        joinedload(ReviewAssignment.review).selectinload(ApplicationReview.versions),
    )


def get_assignment(
    session: Session, actor: User | None, assignment_id: int, *, lock: bool = False
) -> ReviewAssignment:
    """The reader's own assignment; `NotFound` too if anything ties them to the case by now."""
    statement = sa.select(ReviewAssignment).where(
        ReviewAssignment.id == assignment_id, visible_assignments(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    assignment = session.scalar(statement)
    if assignment is None or not may_judge.allows(actor, assignment):
        raise NotFound
    return assignment


def own_assignments(session: Session, actor: User) -> list[ReviewAssignment]:
    """The reader's own cases, the first due first; none they stand too near to."""
    statement = (
        sa.select(ReviewAssignment)
        .where(visible_assignments(actor))
        .options(*_with_application())
        .order_by(ReviewAssignment.due_at, ReviewAssignment.id)
    )
    rows = session.scalars(statement).all()
    around = nearness(session, [row.application for row in rows])
    return [row for row in rows if around[row.application_id].why_not(actor) is None]


def seats_of(session: Session, application_ids: Iterable[int]) -> dict[int, list[ReviewAssignment]]:
    """Every assignment of each application, given up ones too, in the order of asking."""
    statement = (
        sa.select(ReviewAssignment)
        .where(ReviewAssignment.application_id.in_(list(application_ids)))
        .options(
            joinedload(ReviewAssignment.reviewer),
            joinedload(ReviewAssignment.review).selectinload(ApplicationReview.versions),
        )
        .order_by(ReviewAssignment.place)
    )
    found: dict[int, list[ReviewAssignment]] = defaultdict(list)
    for row in session.scalars(statement):
        found[row.application_id].append(row)
    return found


def readings_of(seats: Iterable[ReviewAssignment]) -> list[Reading[int, int]]:
    """What was handed in and counts, as the library compares it."""
    return [
        Reading(
            application=seat.application_id,
            reviewer=seat.reviewer_id,
            points=seat.review.points,
            total=seat.review.total,
            recommends=_TAKES.get(seat.review.recommendation)
            if seat.review.recommendation
            else None,
        )
        for seat in seats
        if seat.state is ReviewAssignmentState.SUBMITTED
        and seat.review is not None
        and seat.review.total is not None
    ]


@dataclass(frozen=True)
class Standing:
    """How one application stands with its readers."""

    #: The mean of the totals, 0 to 100, as given and with harsh and lenient readers evened out.
    raw: float
    adjusted: float
    #: How many have handed in.
    n: int
    #: What they disagree on; false if on nothing.
    disagreement: Apart


def standing(session: Session, call_id: int) -> dict[int, Standing]:
    """How every application of a call stands that somebody has handed a review in for."""
    return standings(session, call_id)[0]


def standings(session: Session, call_id: int) -> tuple[dict[int, Standing], dict[int, float]]:
    """The same, and how strict each reader is: points above (+) or below (-) the others."""
    found = round_of(session, call_id)
    statement = sa.select(Application.id).where(
        Application.call_id == call_id, Application.state.in_(READABLE_STATES)
    )
    seats = seats_of(session, session.scalars(statement))
    readings = {key: rows for key, held in seats.items() if (rows := readings_of(held))}
    everything = adjust([row for rows in readings.values() for row in rows])
    far = float(found.totals_apart) if found else 20.0
    stand = {
        key: Standing(
            raw=everything.raw[key],
            adjusted=everything.adjusted[key],
            n=len(rows),
            disagreement=apart(rows, totals_apart=far),
        )
        for key, rows in readings.items()
    }
    return stand, dict(everything.strictness)


@dataclass(frozen=True)
class Case:
    """One application with its readers, as the office follows it."""

    application: Application
    seats: Sequence[ReviewAssignment]
    standing: Standing | None
    preference: ApplicationPreference | None
    #: Assignment -> what was found to tie its reader to the case since they were asked.
    found: dict[int, Reason]

    @property
    def seated(self) -> list[ReviewAssignment]:
        """Those who read it, or have."""
        return [seat for seat in self.seats if seat.state in SEATED_STATES]

    def lacks(self, readers: int) -> int:
        """How many readers are missing; none once the application is decided."""
        if self.application.state not in JUDGED_STATES:
            return 0
        return max(0, readers - len(self.seated))


def cases(session: Session, actor: User | None, call_id: int) -> list[Case]:
    """The applications of a call with their readers, in the order they came."""
    statement = (
        sa.select(Application)
        .where(visible_cases(actor), Application.call_id == call_id)
        .where(Application.state.in_(READABLE_STATES))
        .options(
            joinedload(Application.call),
            joinedload(Application.problem).joinedload(Problem.organization),
            joinedload(Application.team).joinedload(Team.organization),
        )
        .order_by(Application.id)
    )
    rows = session.scalars(statement).all()
    stand = standing(session, call_id)
    return _cases(session, rows, stand)


def get_case(session: Session, actor: User | None, application_id: int) -> Case:
    """One application with its readers, or `NotFound`."""
    statement = sa.select(Application).where(Application.id == application_id, visible_cases(actor))
    application = session.scalar(statement)
    if application is None:
        raise NotFound
    return _cases(session, [application], standing(session, application.call_id))[0]


def _cases(session: Session, rows: Sequence[Application], stand: dict[int, Standing]) -> list[Case]:
    ids = [row.id for row in rows]
    seats, around = seats_of(session, ids), nearness(session, rows)
    wishes = sa.select(ApplicationPreference).where(ApplicationPreference.application_id.in_(ids))
    preferences = {row.application_id: row for row in session.scalars(wishes)}
    return [
        Case(
            application=row,
            seats=seats.get(row.id, []),
            standing=stand.get(row.id),
            preference=preferences.get(row.id),
            found={
                seat.id: why
                for seat in seats.get(row.id, [])
                if seat.state in SEATED_STATES
                and (why := around[row.id].why_not(seat.reviewer)) is not None
            },
        )
        for row in rows
    ]


def remarks_on(session: Session, application_id: int) -> Sequence[ReviewRemark]:
    """What was said in the discussion of an application, in order."""
    statement = (
        sa.select(ReviewRemark)
        .where(ReviewRemark.application_id == application_id)
        .options(joinedload(ReviewRemark.assignment))
        .order_by(ReviewRemark.id)
    )
    return session.scalars(statement).all()


def words_for_team(session: Session, application: Application) -> list[str]:
    """What readers wrote for the team, once the review has ended; nobody's name goes with it."""
    found = round_of(session, application.call_id)
    if found is None or found.state is not ReviewRoundState.CLOSED:
        return []
    seats = seats_of(session, [application.id])[application.id]
    counted = [seat for seat in seats if seat.state is ReviewAssignmentState.SUBMITTED]
    return [seat.review.to_team for seat in counted if seat.review and seat.review.to_team]


def open_loads(session: Session) -> dict[int, int]:
    """For each reviewer how many applications they still have to judge."""
    statement = (
        sa.select(ReviewAssignment.reviewer_id, sa.func.count())
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(ReviewAssignment.state.in_(DUE_STATES), Application.state.in_(JUDGED_STATES))
        .group_by(ReviewAssignment.reviewer_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
