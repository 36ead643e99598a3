"""What a call asks of applications: the deadline, the parts of a proposal, who may apply."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.call import Call


class CallRules(Timestamped, Base):
    """The rules of one call; a call without them takes no applications."""

    __tablename__ = "call_rules"
    __table_args__ = (
        sa.CheckConstraint(
            "applications_close_at > applications_open_at", name="opens_before_closes"
        ),
        sa.CheckConstraint("max_applications_per_team BETWEEN 1 AND 20", name="per_team_range"),
        sa.CheckConstraint("max_files BETWEEN 0 AND 20", name="files_range"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    applications_open_at: Mapped[Moment]
    applications_close_at: Mapped[Moment]
    #: What a proposal consists of, in order, as `assessment.application_parts.Part` reads it.
    parts: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: Who may apply, as `assessment.application_eligibility.Rule` reads it.
    eligibility: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: A person works in the applications of one team only.
    one_team_per_call: Mapped[bool] = mapped_column(default=True)
    #: How many applications of one team may be in the running at once; none for no limit.
    max_applications_per_team: Mapped[int | None]
    #: How many files may go with an application.
    max_files: Mapped[int] = mapped_column(default=5)
    #: Reviewers do not learn who applies.
    blind: Mapped[bool] = mapped_column(default=False)
    #: Not in use: the phases of a review stand in its round. The column is one of older databases.
    review_phases: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    updated_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()

    __mapper_args__ = {"version_id_col": version}
