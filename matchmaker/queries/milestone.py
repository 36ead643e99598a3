"""Reading milestones: those of an engagement, one with everything said of it, what is late, results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import (
    CauseSide,
    Engagement,
    FeedbackKind,
    Milestone,
    MilestoneDecision,
    MilestoneFeedback,
    MilestoneFile,
    MilestoneVersion,
    User,
)
from matchmaker.models.milestone import late_by
from matchmaker.policies.engagement import side_of
from matchmaker.policies.milestone import (
    office_milestones,
    visible_milestone_files,
    visible_milestones,
)
from matchmaker.queries.engagement import whole as whole_engagement
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.milestone import DECIDED_STATES, OPEN_STATES, MilestoneState

STAGE_ORDER = sa.case({"PoC": 1, "PoS": 2, "PoB": 3}, value=Milestone.stage)
IN_PLACE = (STAGE_ORDER, Milestone.number, Milestone.id)


def _of_engagement() -> tuple[Any, ...]:
    # The library types what it takes as nested options by a class of its own.
    return whole_engagement()


def with_engagement() -> Any:
    return joinedload(Milestone.engagement).options(*_of_engagement())


def whole() -> tuple[Any, ...]:
    """With what the page of one milestone shows."""
    feedback = selectinload(Milestone.feedback)
    return (
        with_engagement(),
        selectinload(Milestone.versions).joinedload(MilestoneVersion.user),
        selectinload(Milestone.files).joinedload(MilestoneFile.uploader),
        feedback.joinedload(MilestoneFeedback.user),
        feedback.joinedload(MilestoneFeedback.milestone_version),
        selectinload(Milestone.decisions).options(
            joinedload(MilestoneDecision.decider),
            joinedload(MilestoneDecision.reopener),
            joinedload(MilestoneDecision.opinion),
            joinedload(MilestoneDecision.milestone_version),
        ),
        joinedload(Milestone.updater),
        joinedload(Milestone.decider),
    )


def get_milestone(
    session: Session,
    actor: User | None,
    engagement_id: int,
    milestone_id: int,
    *,
    lock: bool = False,
    trusted: bool = False,
) -> Milestone:
    """The milestone of that engagement, or `NotFound`; locked for a change if asked."""
    known = sa.true() if trusted else visible_milestones(actor)
    statement = sa.select(Milestone).where(
        Milestone.id == milestone_id, Milestone.engagement_id == engagement_id, known
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement if lock else statement.options(*whole()))
    if found is None:
        raise NotFound
    if lock:  # What was read before the lock may be old.
        session.expire(found, ("versions", "files", "feedback", "decisions"))
    return found


def of_engagement(session: Session, engagement_id: int) -> Sequence[Milestone]:
    """The milestones of an engagement in the order of the plan."""
    statement = (
        sa.select(Milestone)
        .where(Milestone.engagement_id == engagement_id)
        .options(with_engagement(), selectinload(Milestone.versions))
        .order_by(*IN_PLACE)
    )
    return session.scalars(statement).all()


def locked(
    session: Session, engagement_id: int, states: Collection[MilestoneState]
) -> Sequence[Milestone]:
    """The milestones of an engagement in *states*, locked for a change, in order."""
    statement = (
        sa.select(Milestone)
        .where(Milestone.engagement_id == engagement_id, Milestone.state.in_(states))
        .order_by(*IN_PLACE)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.flush()
    return session.scalars(statement).all()


def undecided(session: Session, engagement_id: int, stage: str) -> Sequence[Milestone]:
    """What of a stage is not decided: go or stop waits for it."""
    statement = sa.select(Milestone).where(
        Milestone.engagement_id == engagement_id,
        Milestone.stage == stage,
        Milestone.state.in_(OPEN_STATES),
    )
    return session.scalars(statement.order_by(*IN_PLACE)).all()


def opinion_of(milestone: Milestone) -> MilestoneFeedback | None:
    """What the owner last said of the version that counts; older words speak of older versions."""
    standing = milestone.standing
    said = (
        row
        for row in reversed(milestone.feedback)
        if row.kind is FeedbackKind.OPINION and standing and row.version_id == standing.id
    )
    return next(said, None)


# Files


def file_of(
    session: Session, actor: User | None, milestone: Milestone, file_id: int, *, lock: bool = False
) -> MilestoneFile:
    """One file, or `NotFound`: the team sees all of its own, others those that were handed in."""
    statement = sa.select(MilestoneFile).where(
        MilestoneFile.id == file_id,
        MilestoneFile.milestone_id == milestone.id,
        visible_milestone_files(actor),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    is_own = side_of(actor, milestone.engagement) == "team"
    if found is None or not (is_own or file_id in handed_in_files(milestone)):
        raise NotFound
    return found


def handed_in_files(milestone: Milestone) -> set[int]:
    """The ids of files that belong to some version."""
    return {file["id"] for version in milestone.versions for file in version.files}


def kept_files(session: Session, milestone_id: int) -> Sequence[MilestoneFile]:
    """The files of what is being written."""
    statement = sa.select(MilestoneFile).where(
        MilestoneFile.milestone_id == milestone_id, MilestoneFile.removed_at.is_(None)
    )
    return session.scalars(statement.order_by(MilestoneFile.id)).all()


# What waits, for the office, for people, and for those who remind


def _live(*wanted: sa.ColumnElement[bool]) -> sa.Select[Milestone]:
    """Milestones of work that goes on."""
    return (
        sa.select(Milestone)
        .join(Milestone.engagement)
        .where(Engagement.state.in_(LIVE_STATES), *wanted)
        .options(with_engagement(), selectinload(Milestone.feedback))
    )


def next_due() -> sa.ColumnElement[datetime]:
    """When the present step of a milestone is due, whoever has it."""
    return sa.case(
        (Milestone.state == MilestoneState.SUBMITTED, Milestone.review_due_at),
        (Milestone.state == MilestoneState.CHANGES_REQUESTED, Milestone.changes_due_at),
        else_=Milestone.due_at,
    )


def overdue(session: Session, now: datetime, actor: User | None = None) -> Sequence[Milestone]:
    """What the team should have handed in, longest first; with *actor*, as their office sees it."""
    seen = sa.true() if actor is None else office_milestones(actor)
    states = (MilestoneState.PLANNED, MilestoneState.CHANGES_REQUESTED)
    statement = _live(Milestone.state.in_(states), next_due() < now, seen)
    return session.scalars(statement.order_by(next_due(), Milestone.id)).all()


def waiting_for_feedback(
    session: Session, now: datetime | None = None, actor: User | None = None
) -> Sequence[Milestone]:
    """What was handed in and is to be looked at, first due first; with *now*, what is due by then."""
    seen = sa.true() if actor is None else office_milestones(actor)
    wanted = [Milestone.state == MilestoneState.SUBMITTED, seen]
    if now is not None:
        wanted.append(Milestone.review_due_at <= now)
    statement = _live(*wanted)
    return session.scalars(statement.order_by(Milestone.review_due_at, Milestone.id)).all()


def reopened_after_end(session: Session, actor: User | None) -> Sequence[Milestone]:
    """What was reopened after the work had ended, and is to be decided anew."""
    statement = (
        sa.select(Milestone)
        .join(Milestone.engagement)
        .where(
            Engagement.state.not_in(LIVE_STATES),
            Milestone.state.in_(OPEN_STATES),
            office_milestones(actor),
        )
        .options(with_engagement(), selectinload(Milestone.feedback))
    )
    return session.scalars(statement.order_by(Milestone.id)).all()


def of_people(
    session: Session, part: sa.ColumnElement[bool], states: Collection[MilestoneState]
) -> Sequence[Milestone]:
    """Milestones in *states* of live engagements with *part*, first due first: for home pages."""
    statement = _live(Milestone.state.in_(states), part).options(selectinload(Milestone.versions))
    return session.scalars(statement.order_by(next_due(), Milestone.id)).all()


# Results, for the ranker and for awards


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """A decided milestone; a reopened one is none until it is decided anew."""

    milestone_id: int
    engagement_id: int
    problem_id: int
    team_id: int
    call_id: int
    stage: str
    state: MilestoneState
    #: On whose side the cause lies; None where nothing fell short.
    side: CauseSide | None
    decided_at: datetime
    late_days: int

    @property
    def counts_against_team(self) -> bool:
        """Whether it fell short by the team's own doing."""
        return self.side is CauseSide.TEAM


def results(session: Session, call_ids: Collection[int] | None = None) -> list[ResultRow]:
    """The results that stand, of *call_ids* or of all calls, in the order of the decisions."""
    first = sa.func.min(MilestoneVersion.submitted_at).label("first")
    versions = (
        sa.select(MilestoneVersion.milestone_id, first)
        .group_by(MilestoneVersion.milestone_id)
        .subquery()
    )
    statement = (
        sa.select(Milestone, Engagement, versions.c.first)
        .join(Engagement, Engagement.id == Milestone.engagement_id)
        .outerjoin(versions, versions.c.milestone_id == Milestone.id)
        .where(Milestone.state.in_(DECIDED_STATES))
        .order_by(Milestone.decided_at, Milestone.id)
    )
    if call_ids is not None:
        statement = statement.where(Engagement.call_id.in_(call_ids))
    return [_row(*found) for found in session.execute(statement)]


def _row(milestone: Milestone, engagement: Engagement, first: datetime | None) -> ResultRow:
    # The table sees to it that whatever is decided has its moment.
    decided = milestone.decided_at or milestone.created_at
    return ResultRow(
        milestone_id=milestone.id,
        engagement_id=engagement.id,
        problem_id=engagement.problem_id,
        team_id=engagement.team_id,
        call_id=engagement.call_id,
        stage=milestone.stage,
        state=milestone.state,
        side=milestone.side,
        decided_at=decided,
        late_days=days_of(late_by(milestone.due_at, first or decided)),
    )


def days_of(late: timedelta) -> int:
    """Whole days of a delay, begun ones too."""
    return -(-late // timedelta(days=1))
