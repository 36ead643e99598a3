"""Referrals: an association points an enterprise to the programme and, with its consent, follows it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.organization import Organization
from matchmaker.workflows.referral import REFERRAL_WORKFLOW, ReferralAction, ReferralState


class Referral(Timestamped, Base):
    """One association's referral of one enterprise, which may not be registered yet."""

    __tablename__ = "referrals"
    __table_args__ = (
        sa.CheckConstraint(
            "organization_id IS NOT NULL OR email IS NOT NULL OR registration_number IS NOT NULL",
            name="addressed",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'ended') OR organization_id IS NOT NULL", name="accepted_by"
        ),
        sa.CheckConstraint(
            "consented_at IS NULL OR state = 'accepted'", name="consent_needs_acceptance"
        ),
    )

    association_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    #: The enterprise: chosen from the public ones, or the one that accepted.
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organizations.id"), index=True
    )
    referrer_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    #: What the association knew the enterprise by, if it did not choose it.
    email: Mapped[str | None] = mapped_column(sa.String(254), index=True)
    registration_number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ReferralState] = mapped_column(
        enum_type(ReferralState), default=REFERRAL_WORKFLOW.initial
    )
    expires_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    #: Since when the association may see where the problems stand; none without consent.
    consented_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    association: Mapped[Organization] = relationship(foreign_keys=association_id)
    organization: Mapped[Organization | None] = relationship(foreign_keys=organization_id)
    referrer: Mapped[User] = relationship()
    consents: Mapped[list[ReferralConsent]] = relationship(
        back_populates="referral", order_by="ReferralConsent.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ReferralAction) -> ReferralState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = REFERRAL_WORKFLOW.target(before, action)
        return before


class ReferralConsent(Timestamped, Base):
    """The enterprise gave its consent or took it back; kept for ever."""

    __tablename__ = "referral_consents"

    referral_id: Mapped[int] = mapped_column(
        sa.ForeignKey("referrals.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    is_given: Mapped[bool]

    referral: Mapped[Referral] = relationship(back_populates="consents")
    user: Mapped[User] = relationship()
