"""Bring a database's tables to the version this program needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from matchmaker.models import Base


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration for the migrations that ship with the package."""
    config = Config(str(files("matchmaker.migrations") / "alembic.ini"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that ships."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise RuntimeError("no migrations are installed")
    return revision


def revisions() -> set[str]:
    """Every revision that ships."""
    script = ScriptDirectory.from_config(alembic_config())
    return {revision.revision for revision in script.walk_revisions()}


def current(connection: sa.Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Migrate up to *revision*, all or nothing."""
    with _changing(engine) as connection:
        command.upgrade(alembic_config(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate down to *revision*; data that only newer versions know is lost."""
    with _changing(engine) as connection:
        command.downgrade(alembic_config(connection), revision)


@contextmanager
def _changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which tables may change.

    SQLite alters a table by making it anew and dropping the old one, and dropping it would delete
    the rows that refer to it. So references are not enforced meanwhile, but checked at the end.
    """
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _enforce_references(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration left rows that refer to nothing")
        finally:
            if is_sqlite:
                _enforce_references(connection, "ON")


def _enforce_references(connection: sa.Connection, value: str) -> None:
    # Within a transaction the pragma does nothing, so it goes to the driver itself.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={value}")
    cursor.close()


def differences(engine: sa.Engine) -> list[str]:
    """How the database's tables differ from what the program expects, in words."""
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [str(item) for item in found]
