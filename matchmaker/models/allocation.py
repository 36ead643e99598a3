"""Allocations: proposals of who works on what in a call, their pairs, and the office's word on pairs."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.application import Application
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.job import Job
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team
from matchmaker.workflows.allocation import (
    ALLOCATION_WORKFLOW,
    AllocationAction,
    AllocationState,
)


class PlaceOutcome(StrEnum):
    """What an allocation proposes for a candidate."""

    PLACED = "placed"
    RESERVE = "reserve"
    LEFT_OUT = "left_out"


PLACE_OUTCOME_LABELS = {
    PlaceOutcome.PLACED: N_("Placed"),
    PlaceOutcome.RESERVE: N_("Reserve"),
    PlaceOutcome.LEFT_OUT: N_("Not placed"),
}


class LockKind(StrEnum):
    PIN = "pin"
    BAN = "ban"


LOCK_KIND_LABELS = {LockKind.PIN: N_("Must be placed"), LockKind.BAN: N_("Must not be placed")}


class Allocation(Timestamped, Base):
    """One allocation of a call: asked for with a configuration, carried out by a worker."""

    __tablename__ = "allocations"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('done', 'deployed', 'undone') OR finished_at IS NOT NULL",
            name="finished",
        ),
        sa.CheckConstraint(
            "state NOT IN ('deployed', 'undone') OR deployed_at IS NOT NULL", name="deployed"
        ),
        # At most one allocation of a call is in use, whatever two officers do at once.
        sa.Index(
            "uq_allocations_deployed",
            "call_id",
            unique=True,
            sqlite_where=sa.text("state = 'deployed'"),
            postgresql_where=sa.text("state = 'deployed'"),
        ),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    starter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    state: Mapped[AllocationState] = mapped_column(
        enum_type(AllocationState), default=ALLOCATION_WORKFLOW.initial
    )
    #: What the office asked for: objective, what the fit is made of, limits. See `AllocationConfig`.
    config: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: What came of it: figures, the proof of every stage, or the limits that contradict each other.
    result: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: SHA-256 over configuration and input; the same input gives the same allocation.
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    #: Why it failed, as a message that can be told in either language.
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    finished_at: Mapped[Moment | None]
    deployed_at: Mapped[Moment | None]
    undone_at: Mapped[Moment | None]
    undo_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    starter: Mapped[User] = relationship()
    job: Mapped[Job | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AllocationAction) -> AllocationState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ALLOCATION_WORKFLOW.target(before, action)
        return before


class AllocationPlace(Base):
    """One candidate of one problem in one allocation: placed, in reserve or left out, and why."""

    __tablename__ = "allocation_places"
    __table_args__ = (
        sa.UniqueConstraint("allocation_id", "problem_id", "team_id"),
        sa.Index("ix_allocation_places_outcome", "allocation_id", "outcome"),
    )

    allocation_id: Mapped[int] = mapped_column(sa.ForeignKey("allocations.id", ondelete="CASCADE"))
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    #: The team's application for the problem; none if only the matcher brought the pair in.
    application_id: Mapped[int | None] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    outcome: Mapped[PlaceOutcome] = mapped_column(enum_type(PlaceOutcome))
    #: The fit the allocation counted with, 0 to 100, and the parts it is made of.
    score: Mapped[float]
    match_score: Mapped[float | None]
    review_score: Mapped[float | None]
    #: The team's place among the problem's candidates, and the problem's among the team's; from 1.
    rank: Mapped[int]
    team_rank: Mapped[int]
    #: For a reserve, its turn among the problem's reserves; from 1.
    turn: Mapped[int | None]
    is_locked: Mapped[bool] = mapped_column(default=False)
    #: Why the candidate was not placed: a `matchmaker.queries.allocation_reason.Because`.
    because: Mapped[str] = mapped_column(sa.String(24), default="")

    allocation: Mapped[Allocation] = relationship()
    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()
    application: Mapped[Application | None] = relationship()


class AllocationLock(Timestamped, Base):
    """An officer's word on a pair that every later allocation of the call keeps."""

    __tablename__ = "allocation_locks"
    __table_args__ = (sa.UniqueConstraint("problem_id", "team_id"),)

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LockKind] = mapped_column(enum_type(LockKind))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()
    user: Mapped[User] = relationship()
