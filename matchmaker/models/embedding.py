"""Vectors of texts, kept by what made them, so that nothing is encoded twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Timestamped


class Embedding(Timestamped, Base):
    """One text's vector; ``key`` is the hash of model, preprocessing version and text."""

    __tablename__ = "embeddings"

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    dim: Mapped[int]
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary)
