"""Jobs: work that outlasts a request, as rows written in the transaction that asked for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.workflows.job import JOB_WORKFLOW, JobAction, JobState


class Job(Timestamped, Base):
    """One piece of work: who asked, how far it is, who has it until when, how it ended."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("ix_jobs_state_lease", "state", "lease_until"),
        sa.CheckConstraint(
            "state <> 'running' OR lease_until IS NOT NULL", name="running_has_lease"
        ),
    )

    kind: Mapped[str] = mapped_column(sa.String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    state: Mapped[JobState] = mapped_column(enum_type(JobState), default=JOB_WORKFLOW.initial)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: The request that asked for the job, for the logs.
    request_id: Mapped[str] = mapped_column(sa.String(36), default="")
    done_steps: Mapped[int] = mapped_column(default=0)
    total_steps: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[Moment | None]
    lease_until: Mapped[Moment | None]
    worker: Mapped[str] = mapped_column(sa.String(64), default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    error: Mapped[str] = mapped_column(sa.Text, default="")
    finished_at: Mapped[Moment | None]

    def apply(self, action: JobAction) -> JobState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = JOB_WORKFLOW.target(before, action)
        return before
