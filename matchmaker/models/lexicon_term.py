"""The office's own bilingual terms, which win over the lexicon that ships."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import utcnow
from matchmaker.models.base import Base, Moment, Timestamped


class LexiconTerm(Timestamped, Base):
    """A Chinese term with the English that the matcher reads in its place."""

    __tablename__ = "lexicon_terms"
    __table_args__ = (
        sa.CheckConstraint("chinese <> ''", name="chinese_given"),
        sa.CheckConstraint("english <> ''", name="english_given"),
    )

    chinese: Mapped[str] = mapped_column(sa.String(20))
    #: The term as the lexicon compares it: 機臺, 機台 and 机台 are one word and can have one gloss.
    folded: Mapped[str] = mapped_column(sa.String(60), unique=True)
    #: One or two senses, separated by "; "; the first is what an encoder reads.
    english: Mapped[str] = mapped_column(sa.String(80))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
