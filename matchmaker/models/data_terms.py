"""The data room of a problem: its terms in versions, who accepted them, whom the owner admits."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team


def fingerprint(facts: dict[str, Any]) -> str:
    """SHA-256 of *facts* in one fixed way of writing them."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


class DataTerms(Timestamped, Base):
    """One version of the terms; never changed once written, the highest number is in force."""

    __tablename__ = "data_terms"
    __table_args__ = (
        sa.UniqueConstraint("problem_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint("text_zh <> '' AND text_en <> ''", name="both_languages"),
        sa.CheckConstraint("valid_days BETWEEN 1 AND 3650", name="valid_days_range"),
    )

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    #: How long an acceptance of this version opens the room.
    valid_days: Mapped[int] = mapped_column(default=180)
    #: What changed since the version before, for those who accepted that one.
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))

    problem: Mapped[Problem] = relationship()
    author: Mapped[User | None] = relationship()

    @staticmethod
    def content_hash(problem_id: int, number: int, zh: str, en: str, valid_days: int) -> str:
        """What an acceptance refers to: changed by any change of the terms."""
        return fingerprint(
            {"problem": problem_id, "number": number, "zh": zh, "en": en, "valid_days": valid_days}
        )


class DataAcceptance(Base):
    """One named person's word to keep one version of the terms; ended, never deleted."""

    __tablename__ = "data_acceptances"
    __table_args__ = (
        sa.CheckConstraint("expires_at > accepted_at", name="expires_later"),
        sa.Index("ix_data_acceptances_terms_user", "terms_id", "user_id"),
    )

    terms_id: Mapped[int] = mapped_column(sa.ForeignKey("data_terms.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: The team the person came through; none for somebody the owner admitted by name.
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    #: The name as it was then: what the word is worth depends on it, so it outlives the account.
    name: Mapped[str] = mapped_column(sa.String(120))
    #: The language the person read the terms in.
    locale: Mapped[str] = mapped_column(sa.String(16))
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    accepted_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    terms: Mapped[DataTerms] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
    revoker: Mapped[User | None] = relationship(foreign_keys=revoker_id)
    team: Mapped[Team | None] = relationship()

    def is_valid(self, now: datetime) -> bool:
        """Whether the word still opens the version it was given for."""
        return self.revoked_at is None and now < self.expires_at


class DataAdmission(Timestamped, Base):
    """Somebody outside the recommended teams whom the owner admits, by name and address."""

    __tablename__ = "data_admissions"
    __table_args__ = (sa.UniqueConstraint("problem_id", "email"),)

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    admitter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    problem: Mapped[Problem] = relationship()
    admitter: Mapped[User | None] = relationship()
