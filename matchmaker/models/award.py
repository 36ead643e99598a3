"""Awards of a call: the scheme they are given by, the awards, what the panel says, and the money.

Amounts are whole New Taiwan dollars. Public money and what owners add are counted apart.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.engagement import Engagement
from matchmaker.workflows.award import AWARD_WORKFLOW, AwardAction, AwardState
from matchmaker.workflows.award_payment import (
    AWARD_PAYMENT_WORKFLOW,
    AwardPaymentAction,
    AwardPaymentState,
)
from matchmaker.workflows.award_scheme import (
    AWARD_SCHEME_WORKFLOW,
    AwardSchemeAction,
    AwardSchemeState,
)
from matchmaker.workflows.award_vote import AWARD_VOTE_WORKFLOW, AwardVoteAction, AwardVoteState


class AwardScheme(Timestamped, Base):
    """What a call gives awards for: tiers, criteria, money and dates; frozen once a panel began."""

    __tablename__ = "award_schemes"
    __table_args__ = (
        sa.CheckConstraint("budget >= 0", name="budget_not_negative"),
        sa.CheckConstraint("confirm_days BETWEEN 1 AND 60", name="confirm_days_range"),
        sa.CheckConstraint(
            "(state = 'announced') = (announced_at IS NOT NULL)", name="announced_has_moment"
        ),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    state: Mapped[AwardSchemeState] = mapped_column(
        enum_type(AwardSchemeState), default=AWARD_SCHEME_WORKFLOW.initial
    )
    #: Tiers, highest first: ``{code, zh, en, minimum, limit, amount, share}``.
    tiers: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: The rubric of results, as `assessment.review_rubric` reads it.
    criteria: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: Money by stage: see `assessment.award_scheme`.
    money: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: Public money of the call, for stages and awards together.
    budget: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    nominate_until: Mapped[Moment | None]
    panel_until: Mapped[Moment | None]
    confirm_days: Mapped[int] = mapped_column(default=14)
    announce_on: Mapped[date | None]
    #: The number of the version in force, from 1.
    number: Mapped[int] = mapped_column(default=1)
    panel_begun_at: Mapped[Moment | None]
    announced_at: Mapped[Moment | None]
    announcer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    announcer: Mapped[User | None] = relationship(foreign_keys=announcer_id)
    versions: Mapped[list[AwardSchemeVersion]] = relationship(
        back_populates="scheme", order_by="AwardSchemeVersion.number", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AwardSchemeAction) -> AwardSchemeState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = AWARD_SCHEME_WORKFLOW.target(before, action)
        return before


class AwardSchemeVersion(Timestamped, Base):
    """A scheme as it was before it was changed after a panel had begun, and why it was changed."""

    __tablename__ = "award_scheme_versions"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "number"),)

    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("award_schemes.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    reason: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    scheme: Mapped[AwardScheme] = relationship(back_populates="versions")
    user: Mapped[User | None] = relationship()


class Award(Timestamped, Base):
    """One engagement's way to an award, whether it gets there or not. Rows are kept for good."""

    __tablename__ = "awards"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('offered', 'confirmed', 'announced') OR tier IS NOT NULL",
            name="given_has_tier",
        ),
        sa.CheckConstraint("state <> 'revoked' OR revoke_reason <> ''", name="revoked_has_reason"),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.Index("ix_awards_call_state", "call_id", "state"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), unique=True)
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("award_schemes.id"), index=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    state: Mapped[AwardState] = mapped_column(enum_type(AwardState), default=AWARD_WORKFLOW.initial)
    #: Who proposed or nominated it, and what for.
    nominator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    citation: Mapped[str] = mapped_column(sa.Text, default="")
    #: Why a proposal was turned down or a nomination taken back.
    end_reason: Mapped[str] = mapped_column(sa.Text, default="")
    nominated_at: Mapped[Moment | None]
    #: Code of the tier that was settled; what the rules proposed; why they differ.
    tier: Mapped[str | None] = mapped_column(sa.String(16))
    proposed_tier: Mapped[str | None] = mapped_column(sa.String(16))
    #: Whether an officer has settled it: none may be a decision as well.
    is_settled: Mapped[bool] = mapped_column(default=False)
    deviation_reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: What the tier pays, fixed when it is settled.
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    #: Mean total of the panel, 0 to 100, as given and with strictness taken out.
    raw_score: Mapped[float | None]
    score: Mapped[float | None]
    #: What a team that gets no award reads.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[Moment | None]
    answer_until: Mapped[Moment | None]
    reminded_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    answerer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    refuse_reason: Mapped[str] = mapped_column(sa.Text, default="")
    announced_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    revoker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    scheme: Mapped[AwardScheme] = relationship()
    call: Mapped[Call] = relationship()
    nominator: Mapped[User | None] = relationship(foreign_keys=nominator_id)
    answerer: Mapped[User | None] = relationship(foreign_keys=answerer_id)
    revoker: Mapped[User | None] = relationship(foreign_keys=revoker_id)
    votes: Mapped[list[AwardVote]] = relationship(back_populates="award", order_by="AwardVote.id")

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AwardAction) -> AwardState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = AWARD_WORKFLOW.target(before, action)
        return before

    @property
    def number(self) -> str:
        """What people call the award in letters."""
        return f"W{self.id:06d}"


class AwardVote(Timestamped, Base):
    """One panel member's part in one award."""

    __tablename__ = "award_votes"
    __table_args__ = (
        sa.UniqueConstraint("award_id", "reviewer_id"),
        sa.CheckConstraint("state <> 'submitted' OR total IS NOT NULL", name="submitted_has_total"),
    )

    award_id: Mapped[int] = mapped_column(sa.ForeignKey("awards.id"))
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    assigner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[AwardVoteState] = mapped_column(
        enum_type(AwardVoteState), default=AWARD_VOTE_WORKFLOW.initial
    )
    #: Criterion -> points 0 to 4, and why.
    scores: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    reasons: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: The weighted total, 0 to 100, by the version of the scheme it was given under.
    total: Mapped[float | None]
    scheme_number: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[Moment | None]
    #: Why the member stepped aside or was taken off.
    end_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    award: Mapped[Award] = relationship(back_populates="votes")
    reviewer: Mapped[User] = relationship(foreign_keys=reviewer_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AwardVoteAction) -> AwardVoteState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = AWARD_VOTE_WORKFLOW.target(before, action)
        return before


class PaymentSource(StrEnum):
    """Whose money it is."""

    PUBLIC = "public"
    OWNER = "owner"


PAYMENT_SOURCE_LABELS = {
    PaymentSource.PUBLIC: N_("Public money"),
    PaymentSource.OWNER: N_("The owner’s contribution"),
}


class AwardPayment(Timestamped, Base):
    """Money bound for one stage of one engagement, or for its award: from a promise to a receipt."""

    __tablename__ = "award_payments"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint(
            "paid_amount IS NULL OR (paid_amount > 0 AND paid_amount <= due_amount)",
            name="paid_within_due",
        ),
        sa.CheckConstraint("due_amount IS NULL OR due_amount <= amount", name="due_within_amount"),
        sa.CheckConstraint(
            "state NOT IN ('paid', 'reclaim', 'returned') OR paid_on IS NOT NULL",
            name="paid_has_day",
        ),
        sa.UniqueConstraint("engagement_id", "purpose", "source"),
        sa.Index("ix_award_payments_call_state", "call_id", "state"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"))
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("awards.id"), index=True)
    #: The stage it is for (PoC, PoS, PoB), or ``award``.
    purpose: Mapped[str] = mapped_column(sa.String(8))
    source: Mapped[PaymentSource] = mapped_column(
        enum_type(PaymentSource), default=PaymentSource.PUBLIC
    )
    state: Mapped[AwardPaymentState] = mapped_column(
        enum_type(AwardPaymentState), default=AWARD_PAYMENT_WORKFLOW.initial
    )
    #: What is promised at most; what of it is due; what was paid.
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    due_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    paid_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    due_at: Mapped[Moment | None]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(sa.String(120), default="")
    preparer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    approver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: Why it was cancelled, sent back or is to be paid back.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    changed_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    engagement: Mapped[Engagement] = relationship()
    award: Mapped[Award | None] = relationship()
    preparer: Mapped[User | None] = relationship(foreign_keys=preparer_id)
    approver: Mapped[User | None] = relationship(foreign_keys=approver_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AwardPaymentAction) -> AwardPaymentState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = AWARD_PAYMENT_WORKFLOW.target(before, action)
        self.changed_at = utcnow()
        return before
