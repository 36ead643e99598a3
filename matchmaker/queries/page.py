"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE_SIZE = 24


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list, with what is needed to reach the others."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def paginate(
    session: Session, statement: sa.Select[Any], *, number: int = 1, size: int = PAGE_SIZE
) -> Page[Any]:
    """The page *number* (from 1; out of range is brought into range) of *statement*'s entities."""
    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).options().subquery())
    total = session.scalar(counted) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    items = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(items, number, size, total)
