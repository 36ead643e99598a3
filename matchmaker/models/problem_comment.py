"""Comments: what owner and office say to each other beside the fields of a problem."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.problem import Problem


class ProblemComment(Timestamped, Base):
    """One comment. The first of a thread is anchored to a field; the others refer to it."""

    __tablename__ = "problem_comments"
    __table_args__ = (
        sa.CheckConstraint("body <> ''", name="body_given"),
        sa.CheckConstraint(
            "thread_id IS NULL OR resolved_at IS NULL", name="threads_are_resolved_whole"
        ),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    #: The first comment of the thread; none if this is it.
    thread_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("problem_comments.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str] = mapped_column(sa.String(40))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: The author spoke for the office, not for the owner.
    by_office: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(sa.Text)
    resolved_at: Mapped[Moment | None]
    resolved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: When the other side was told of it by letter.
    told_at: Mapped[Moment | None]

    problem: Mapped[Problem] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id])
    replies: Mapped[list[ProblemComment]] = relationship(
        order_by="ProblemComment.id", cascade="all, delete-orphan"
    )
