"""What every command shares: the operator's language, output, and the database."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from matchmaker.errors import Unavailable
from matchmaker.i18n import N_, Message, translate

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.orm import Session, sessionmaker

    from matchmaker.settings import Settings


def locale() -> str:
    """The language of the operator's terminal: Chinese if it says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh_Hant_TW" if value.lower().startswith("zh") else "en"
    return "en"


def say(text: Message | str, /, **params: Any) -> str:
    """*text* in the operator's language."""
    return translate(Message(text, params) if isinstance(text, str) else text, locale())


def tell(text: Message | str, /, **params: Any) -> None:
    """Print *text* in the operator's language."""
    click.echo(say(text, **params))


def tell_json(value: Any) -> None:
    """Print *value* for a program to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def open_engine(settings: Settings) -> Iterator[sa.Engine]:
    """The database's engine; a database out of reach is one clear line."""
    from sqlalchemy.exc import OperationalError  # Commands that need no database start without it.

    from matchmaker.db import make_engine

    engine = make_engine(settings.url)
    try:
        yield engine
    except OperationalError as error:
        raise Unavailable(
            N_(
                "The database %(url)s cannot be used: %(why)s. "
                "Check MATCHMAKER_DATABASE_URL and that the server runs."
            ),
            url=engine.url.render_as_string(hide_password=True),
            why=str(error.orig).strip().split("\n", 1)[0],
        ) from error
    finally:
        engine.dispose()


@contextmanager
def open_database(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database that is at the version this program needs."""
    from matchmaker.db import make_sessions

    with open_engine(settings) as engine:
        require_schema(engine)
        yield make_sessions(engine)


def require_schema(engine: sa.Engine) -> None:
    """Refuse a database that still needs migrating."""
    from matchmaker import schema

    with engine.connect() as connection:
        found = schema.current(connection)
    if found is None:
        raise Unavailable(N_("The database is empty. Run: matchmaker db upgrade"))
    if found != schema.head():
        raise Unavailable(
            N_(
                "The database is at version %(found)s and needs %(needed)s. "
                "Run: matchmaker db upgrade"
            ),
            found=found,
            needed=schema.head(),
        )


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, for what takes more than two seconds."""
    from tqdm import tqdm

    with tqdm(desc=label, delay=2, disable=None, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
