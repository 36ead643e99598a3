"""How common terms are in the programme's texts, and how far apart pairs lie: versions of what scores rest on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Timestamped


class TermStatistics(Timestamped, Base):
    """One version. The newest is in use; earlier ones stay for the runs that were made with them."""

    __tablename__ = "term_statistics"

    #: Who asked for it; None if it was due.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: Hash of all counts, as runs note it.
    fingerprint: Mapped[str] = mapped_column(sa.String(16))
    #: How many texts there were, and how many of them differed.
    n_texts: Mapped[int]
    n_documents: Mapped[int]
    n_terms: Mapped[int]
    #: In how many documents each term occurs, as packed JSON.
    counts: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    #: The text model and the lexicon that the texts were read with.
    model: Mapped[str] = mapped_column(sa.String(200))
    lexicon: Mapped[str] = mapped_column(sa.String(16))
    #: Mean and deviation of each feature over the pairs compared, and how many they were.
    scales: Mapped[dict[str, Any]]
    n_pairs: Mapped[int]

    user: Mapped[User | None] = relationship()
