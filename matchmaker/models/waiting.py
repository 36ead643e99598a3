"""What waits for people: the steps of reminding that were taken, and the office's own ladders."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment, Timestamped


class WaitingStep(Timestamped, Base):
    """One step of one ladder, taken towards one person: at most once, whoever runs it how often.

    The moment something is due belongs to the key, so that an extension begins a new ladder.
    """

    __tablename__ = "waiting_steps"
    __table_args__ = (
        sa.UniqueConstraint(
            "kind", "subject_id", "due_at", "step", "user_id", name="uq_waiting_steps_taken"
        ),
    )

    #: What waits: a kind of queries/waiting.py, and the id of its row, which table the kind says.
    kind: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int]
    due_at: Mapped[Moment]
    #: Whom it went to and when, counted from the due day: "holder-3", "leads+2", "office+5".
    step: Mapped[str] = mapped_column(sa.String(32))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)


class WaitingLadder(Base):
    """What the office changed of how it reminds of one kind of thing."""

    __tablename__ = "waiting_ladders"

    kind: Mapped[str] = mapped_column(sa.String(64), unique=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    #: Days before and after the due day, as lists of numbers: see services/waiting_ladder.py.
    days: Mapped[dict[str, list[int]]] = mapped_column(sa.JSON, default=lambda _=None: {})
    #: How long what has no date of its own may take, and how long an offer stays open.
    within: Mapped[int | None]
    updated_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
