"""Which broker works with the owner of a problem."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment
from matchmaker.models.problem import Problem


class BrokerAssignment(Base):
    """The broker of a problem. The row stays when the broker is released, so that its version tells
    two people apart who assign at once."""

    __tablename__ = "broker_assignments"

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), unique=True
    )
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    assigned_at: Mapped[Moment]
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship(back_populates="broker_assignment")
    broker: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
