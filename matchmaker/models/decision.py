"""Decisions on applications: prepared for a whole call, announced together, kept with their reasons."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.application import Application
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.workflows.decision_round import (
    DECISION_ROUND_WORKFLOW,
    DecisionRoundAction,
    DecisionRoundState,
)

_OPEN = sa.text("state = 'preparing'")


class DecisionOutcome(StrEnum):
    OFFER = "offer"
    WAITLIST = "waitlist"
    DECLINE = "decline"


DECISION_OUTCOME_LABELS = {
    DecisionOutcome.OFFER: N_("Offer a place"),
    DecisionOutcome.WAITLIST: N_("Waiting list"),
    DecisionOutcome.DECLINE: N_("Not selected"),
}


class DeclineCause(StrEnum):
    """Why a team is not selected, as far as it can be said in a few words."""

    PLACES_TAKEN = "places_taken"
    PLACE_ELSEWHERE = "place_elsewhere"
    BELOW_MINIMUM = "below_minimum"
    NOT_FEASIBLE = "not_feasible"
    GAPS = "gaps"
    OTHER = "other"


DECLINE_CAUSE_LABELS = {
    DeclineCause.PLACES_TAKEN: N_("All places went to teams that fit at least as well."),
    DeclineCause.PLACE_ELSEWHERE: N_("Your team has a place on another problem."),
    DeclineCause.BELOW_MINIMUM: N_("The reviewers’ score is below what the call asks for."),
    DeclineCause.NOT_FEASIBLE: N_("The reviewers doubt that the plan can be done in the time."),
    DeclineCause.GAPS: N_("Competencies that the problem must have are missing in the team."),
    DeclineCause.OTHER: N_("For the reason given below."),
}


class NextStep(StrEnum):
    """What the office recommends to a team that has no place."""

    OTHER_PROBLEMS = "other_problems"
    LEARNING = "learning"
    LEVELS = "levels"
    NEXT_CALL = "next_call"


NEXT_STEP_LABELS = {
    NextStep.OTHER_PROBLEMS: N_("Look at the problems that fit your team"),
    NextStep.LEARNING: N_("Close the gaps with a course"),
    NextStep.LEVELS: N_("Show what you can do: add evidence and take a check"),
    NextStep.NEXT_CALL: N_("Apply again in the next call"),
}


class DecisionRound(Timestamped, Base):
    """The decisions of one call that are announced at one moment."""

    __tablename__ = "decision_rounds"
    __table_args__ = (
        sa.CheckConstraint(
            "(state = 'announced') = (announced_at IS NOT NULL)", name="announced_has_moment"
        ),
        sa.CheckConstraint("answer_days BETWEEN 1 AND 60", name="answer_days_range"),
        # Two officers who begin at once prepare the same round.
        sa.Index(
            "uq_decision_rounds_open",
            "call_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    allocation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("allocations.id"))
    starter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[DecisionRoundState] = mapped_column(
        enum_type(DecisionRoundState), default=DECISION_ROUND_WORKFLOW.initial
    )
    #: How long a team has to answer an offer.
    answer_days: Mapped[int] = mapped_column(default=7)
    announced_at: Mapped[Moment | None]
    announcer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    starter: Mapped[User | None] = relationship(foreign_keys=starter_id)
    announcer: Mapped[User | None] = relationship(foreign_keys=announcer_id)
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="round", order_by="Decision.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: DecisionRoundAction) -> DecisionRoundState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = DECISION_ROUND_WORKFLOW.target(before, action)
        return before


class Decision(Base):
    """What a round says of one application."""

    __tablename__ = "decisions"
    __table_args__ = (sa.UniqueConstraint("round_id", "application_id"),)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("decision_rounds.id", ondelete="CASCADE"))
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    #: None until somebody has decided.
    outcome: Mapped[DecisionOutcome | None] = mapped_column(enum_type(DecisionOutcome))
    #: The turn on the problem's waiting list, from 1.
    turn: Mapped[int | None]
    #: Why a team is not selected; and in words that the team reads.
    cause: Mapped[DeclineCause | None] = mapped_column(enum_type(DeclineCause))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    next_step: Mapped[NextStep] = mapped_column(
        enum_type(NextStep), default=NextStep.OTHER_PROBLEMS
    )
    #: Until when an offer stands; set when it is made.
    expires_at: Mapped[Moment | None]
    #: When a place was offered to a team that had been waiting for one.
    moved_up_at: Mapped[Moment | None]
    reminded_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[DecisionRound] = relationship(back_populates="decisions")
    application: Mapped[Application] = relationship()

    __mapper_args__ = {"version_id_col": version}
