"""What people say of their gender, of their own accord: counted in statistics and nowhere else."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Timestamped, enum_type
from matchmaker.models.reviewer_profile import DeclaredGender


class GenderDeclaration(Timestamped, Base):
    """One person's own word; no row: they said nothing.

    It stands in a table of its own, and people do not refer to it, so that nothing reads it
    along with a person.
    """

    __tablename__ = "gender_declarations"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    gender: Mapped[DeclaredGender] = mapped_column(enum_type(DeclaredGender))
