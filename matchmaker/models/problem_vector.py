"""What an encoder made of each problem, for finding problems that are alike."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class ProblemVector(Base):
    """The vector of one problem's texts in all its languages; made anew when they change."""

    __tablename__ = "problem_vectors"

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), unique=True
    )
    #: Vectors of two models are never compared.
    model: Mapped[str] = mapped_column(sa.String(200))
    #: Hash of the texts the vector stands for.
    content: Mapped[str] = mapped_column(sa.String(64))
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary)
    encoded_at: Mapped[Moment]
