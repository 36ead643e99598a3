"""What every mapped class shares: naming, defaults before flush, column types."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from matchmaker.clock import utcnow


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware on both sides; stored in UTC; refuses naive values."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Moment = Annotated[datetime, mapped_column(UTCDateTime)]

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def enum_type(enum: type[StrEnum], name: str = "") -> sa.Enum:
    """A text column that a check constraint limits to *enum*'s values, the same on every database.

    A second column of one kind in a table needs a *name* of its own for its constraint.
    """
    return sa.Enum(
        enum,
        name=name or enum.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda kind: [m.value for m in kind],
    )


class Base(DeclarativeBase):
    """Mapped classes get an integer key, and their plain defaults at once instead of at flush."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {dict[str, Any]: sa.JSON, list[Any]: sa.JSON, list[str]: sa.JSON}

    id: Mapped[int] = mapped_column(primary_key=True)

    def __init__(self, **values: Any) -> None:
        mapper = sa.inspect(type(self))
        for column in mapper.columns:
            default: Any = column.default
            if column.key not in values and default is not None:
                values[column.key] = default.arg(None) if default.is_callable else default.arg
        for key, value in values.items():
            if key not in mapper.attrs:
                raise TypeError(f"{type(self).__name__} has no attribute {key!r}")
            setattr(self, key, value)


class Timestamped:
    """Adds the moment of creation."""

    created_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
