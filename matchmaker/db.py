"""Engine, sessions and the unit of work. Nothing here knows the web framework or a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

WRITES = "matchmaker_writes"


def make_engine(url: str, **options: Any) -> sa.Engine:
    """Make an engine for *url*; SQLite gets the pragmas and the transaction handling it needs."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True, **options)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling breaks savepoints; we send BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A reader that later turns writer fails with "database is locked"; known writers say so at once.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_sessions(engine: sa.Engine) -> sessionmaker[Session]:
    """A factory of sessions on *engine*."""
    return sessionmaker(engine, expire_on_commit=False)


def mark_writing(session: Session) -> None:
    """Open *session*'s transaction as one that will write."""
    session.connection(execution_options={WRITES: True})


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session whose work is committed on leaving and rolled back on raising."""
    with sessions() as session:
        mark_writing(session)
        try:
            yield session
        except BaseException:
            session.rollback()
            raise
        session.commit()
