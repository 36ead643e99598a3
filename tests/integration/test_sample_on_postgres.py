"""All there is to do in a programme, done on PostgreSQL: the same rows as on SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.db import make_engine
from matchmaker.models import Base
from matchmaker.services import audit
from matchmaker.settings import Settings
from tests import world


def rows(engine: sa.Engine) -> dict[str, int]:
    """How many rows every table has."""
    tables = Base.metadata.sorted_tables
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in tables
        }


@pytest.mark.postgres
def test_the_whole_sample_comes_out_the_same(
    tmp_path: Path,
    new_postgres_database: Callable[..., str],
    copy_sample: Callable[[], Settings],
) -> None:
    settings = world.make_settings(tmp_path, new_postgres_database())
    world.fill(settings)

    engine, reference = make_engine(settings.url), make_engine(copy_sample().url)
    found, wanted = rows(engine), rows(reference)
    with sa.orm.Session(engine) as session:
        report = audit.verify(session)
    for one in (engine, reference):
        one.dispose()

    assert {name: count for name, count in found.items() if wanted[name] != count} == {}
    assert report.broken_id is None
    assert len([name for name, count in found.items() if count]) > 80
