"""What a call is to reach: the figures the office is measured by."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.base import Base, Moment
from matchmaker.models.call import Call

#: What may have a target, in the order of the work, with the number of the programme's first year.
#: The stages of the funnel come first, then what both sides say became of the work.
INDICATORS: dict[str, tuple[str, int | None]] = {
    "collected": (N_("Problems collected"), 80),
    "coached": (N_("Problems coached"), None),
    "graded": (N_("Problems graded"), None),
    "published": (N_("Problems published"), 50),
    "solutions": (N_("AI solutions produced (work completed)"), 20),
    "services": (N_("AI services adopted (in daily use)"), 30),
    "jobs": (N_("Jobs"), 400),
    "investment": (N_("Investment (NT$ million)"), 850),
}
MAX_TARGET = 100_000


class CallTarget(Base):
    """The number a call is to reach on one indicator."""

    __tablename__ = "call_targets"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "indicator"),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    indicator: Mapped[str] = mapped_column(sa.String(32))
    #: None once the office has taken a target back.
    value: Mapped[int | None]
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()

    __mapper_args__ = {"version_id_col": version}
