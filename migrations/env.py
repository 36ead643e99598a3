"""Run migrations on the connection the caller hands over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from matchmaker.models import Base
from matchmaker.models.base import UTCDateTime

LOCK = 0x6D69677261746520  # One migration at a time on PostgreSQL.


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write plain SQL types into revisions, so that they do not depend on the package."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
