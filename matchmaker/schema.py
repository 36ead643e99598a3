"""Bring a database's tables to the version this program needs."""

from __future__ import annotations

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
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate down to *revision*; data that only newer versions know is lost."""
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), revision)


def differences(engine: sa.Engine) -> list[str]:
    """How the database's tables differ from what the program expects, in words."""
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [str(item) for item in found]
