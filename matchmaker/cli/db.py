"""`matchmaker db`: migrate the database, and check that it is as the program needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import open_engine, require_schema, tell
from matchmaker.errors import InvalidInput, Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa


@click.group()
def db() -> None:
    """Migrate the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest; safe to repeat."""
    from matchmaker import schema

    with open_engine(Settings.from_environ()) as engine:
        _migrate(schema.upgrade, engine, revision)
        _tell_version(engine)


@db.command(context_settings={"ignore_unknown_options": True})  # "-1" is one step down.
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION ("-1": one step, "base": no tables). Make a backup first."""
    from matchmaker import schema

    with open_engine(Settings.from_environ()) as engine:
        _migrate(schema.downgrade, engine, revision)
        _tell_version(engine)


@db.command()
def check() -> None:
    """Say whether the database is at the newest version and its tables are as expected."""
    from matchmaker import schema

    with open_engine(Settings.from_environ()) as engine:
        require_schema(engine)
        found = schema.differences(engine)
        if found:
            raise Unavailable(
                N_("The database's tables differ from what the program expects: %(what)s"),
                what="; ".join(found),
            )
        _tell_version(engine)


def _migrate(step: Callable[[sa.Engine, str], None], engine: sa.Engine, revision: str) -> None:
    from alembic.util import CommandError

    try:
        step(engine, revision)
    except CommandError as error:
        raise InvalidInput(
            N_("There is no way to the version %(revision)s: %(why)s"),
            revision=revision,
            why=str(error),
        ) from error


def _tell_version(engine: sa.Engine) -> None:
    from matchmaker import schema

    with engine.connect() as connection:
        found = schema.current(connection)
    if found is None:
        tell(N_("The database is empty."))
    else:
        tell(N_("The database is at version %(found)s."), found=found)
