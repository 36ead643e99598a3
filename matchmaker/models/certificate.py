"""Certificates: what a team and each of its people can show of an award or a finished engagement."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.award import Award
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.engagement import Engagement


class CertificateKind(StrEnum):
    """What a certificate is for."""

    AWARD = "award"
    COMPLETION = "completion"


CERTIFICATE_KIND_LABELS = {
    CertificateKind.AWARD: N_("Certificate of award"),
    CertificateKind.COMPLETION: N_("Certificate of completion"),
}


class CertificateStanding(StrEnum):
    """What is to be said of a certificate to whoever asks."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Certificate(Timestamped, Base):
    """One certificate of one team, or of one of its people; what it says never changes.

    A corrected name makes a new certificate, and the old one points to it. Of a person whose
    account was erased nothing is left in it but that a member of the team once held it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        sa.CheckConstraint(
            "(kind = 'award') = (award_id IS NOT NULL)", name="award_certificate_has_award"
        ),
        sa.CheckConstraint("revoked_at IS NULL OR reason <> ''", name="revoked_has_reason"),
        sa.Index("ix_certificates_engagement_kind", "engagement_id", "kind"),
    )

    #: What people type to check it: see `services.certificate_code`.
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    kind: Mapped[CertificateKind] = mapped_column(enum_type(CertificateKind))
    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"))
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("awards.id"), index=True)
    #: Whose it is; None for the team's own.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: What it is for and whose, while it is good; None afterwards. Keeps a second one from being issued.
    current_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    #: The holder's name and part on the day of issue; empty for the team's, and once they left.
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    #: Names of problem, tier, team and call in both languages, and the days, as they were then.
    facts: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: SHA-256 of all of it; the salt goes with the name, so that the rest cannot be used to guess it.
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    salt: Mapped[str] = mapped_column(sa.String(32), default="")
    issued_at: Mapped[Moment]
    #: Whether its holder lets everybody who has the code read the name.
    is_name_public: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[Moment | None]
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificates.id"))
    #: The signed credential (Open Badges 3.0) once its holder asked for it.
    token: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    award: Mapped[Award | None] = relationship()
    user: Mapped[User | None] = relationship()
    replaced_by: Mapped[Certificate | None] = relationship(remote_side="Certificate.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> CertificateStanding:
        """Whether it is good, was revoked, or gave way to a corrected one."""
        if self.revoked_at is not None:
            return CertificateStanding.REVOKED
        if self.replaced_by_id is not None:
            return CertificateStanding.REPLACED
        return CertificateStanding.VALID
