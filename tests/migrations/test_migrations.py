"""Migrations: one line of revisions, there and back again, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matchmaker import schema
from matchmaker.db import make_engine
from matchmaker.models import Problem
from matchmaker.services import audit
from tests.backends import on_both

MIGRATIONS = Path(str(files("matchmaker.migrations")))


@pytest.fixture
def empty(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on a database without tables."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if backend == "postgres":
        url = request.getfixturevalue("new_postgres_database")(template="template0")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_there_is_one_head_and_it_is_the_one_noted() -> None:
    script = ScriptDirectory.from_config(schema.alembic_config())

    assert script.get_heads() == [(MIGRATIONS / "head.txt").read_text().strip()]


def test_file_names_are_in_order_and_say_what_changes() -> None:
    script = ScriptDirectory.from_config(schema.alembic_config())
    names = [Path(revision.path).name for revision in script.walk_revisions()]

    for name in names:
        assert re.fullmatch(r"\d{8}_[0-9a-f]{12}_[a-z_]+\.py", name), name


def test_revisions_do_not_depend_on_the_package_and_say_why() -> None:
    for path in (MIGRATIONS / "versions").glob("2*.py"):
        text = path.read_text()

        assert not re.search(r"^\s*(from|import) matchmaker", text, re.MULTILINE), path.name
        assert re.search(r"^Why: (?!say here)", text, re.MULTILINE), path.name


@on_both
def test_up_is_what_the_program_expects_and_down_leaves_nothing(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    assert schema.differences(empty) == []
    with empty.connect() as connection:
        assert schema.current(connection) == schema.head()

    schema.downgrade(empty, "base")
    assert sa.inspect(empty).get_table_names() == ["alembic_version"]
    with empty.connect() as connection:
        assert schema.current(connection) is None

    schema.upgrade(empty)
    assert schema.differences(empty) == []


def test_a_table_made_anew_keeps_the_rows_that_refer_to_it(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) ON DELETE CASCADE)"
        )
        connection.exec_driver_sql("INSERT INTO parents VALUES (1)")
        connection.exec_driver_sql("INSERT INTO children VALUES (1)")

    with schema._changing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE made_anew (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO made_anew SELECT id FROM parents")
        connection.exec_driver_sql("DROP TABLE parents")
        connection.exec_driver_sql("ALTER TABLE made_anew RENAME TO parents")

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT parent FROM children").all() == [(1,)]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_a_step_that_leaves_rows_referring_to_nothing_is_taken_back(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'loose.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE children (parent INTEGER REFERENCES parents (id))")

    with pytest.raises(RuntimeError, match="refer to nothing"), schema._changing(engine) as change:
        change.exec_driver_sql("INSERT INTO children VALUES (7)")

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM children").all() == []


@on_both
def test_each_step_can_be_undone(empty: sa.Engine) -> None:
    script = ScriptDirectory.from_config(schema.alembic_config())
    for revision in reversed(list(script.walk_revisions())):
        schema.upgrade(empty, revision.revision)
        schema.downgrade(empty, "-1")
        schema.upgrade(empty, revision.revision)

    assert schema.differences(empty) == []


@on_both
def test_failed_migration_leaves_the_database_as_it_was(empty: sa.Engine) -> None:
    schema.upgrade(empty, "d66c9a88e89b")
    before = sorted(sa.inspect(empty).get_table_names())

    def migrate() -> None:
        with empty.begin() as connection:
            schema.command.upgrade(schema.alembic_config(connection), "head")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        migrate()

    assert sorted(sa.inspect(empty).get_table_names()) == before
    with empty.connect() as connection:
        assert schema.current(connection) == "d66c9a88e89b"


@on_both
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_events SET action = 'nothing:happened'", "DELETE FROM audit_events"],
)
def test_database_refuses_to_change_the_audit_trail(
    engine: sa.Engine, session: Session, statement: str
) -> None:
    audit.append(
        session, actor_id=None, action="a:b", subject_type="", subject_id=None, data={"n": 1}
    )
    session.commit()

    with pytest.raises(DBAPIError, match="audit events are only ever added"):
        session.execute(sa.text(statement))
    session.rollback()

    assert audit.verify(session) == audit.ChainReport(1)


RELEASED = "a4b1c7e09f52"


@on_both
def test_what_the_first_release_wrote_is_still_there(empty: sa.Engine) -> None:
    schema.upgrade(empty, RELEASED)
    metadata = sa.MetaData()
    metadata.reflect(empty)
    with empty.begin() as connection:
        for name, row in released_rows().items():
            connection.execute(metadata.tables[name].insert(), row)

    schema.upgrade(empty)

    with Session(empty) as session:
        problem = session.scalars(sa.select(Problem)).one()
        assert (problem.title_zh, problem.call.name_en) == ("檢查布料", "Call")
        assert [need.competency for need in problem.requirements] == ["PER-CV"]
        assert (problem.intake, problem.organization.name_zh) == ({}, "甲公司")


def released_rows() -> dict[str, dict[str, object]]:
    """One row of the tables that matter, as the first release would have written them."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    later = now + timedelta(days=60)
    return {
        "organizations": {
            "id": 1,
            "kind": "enterprise",
            "name_zh": "甲公司",
            "name_en": "Alpha",
            "size": "small",
            "about_zh": "",
            "about_en": "",
            "website": "",
            "created_at": now,
            "version": 1,
        },
        "calls": {
            "id": 1,
            "external_id": "C1",
            "name_zh": "徵題",
            "name_en": "Call",
            "opens_at": now,
            "closes_at": later,
            "created_at": now,
        },
        "problems": {
            "id": 1,
            "call_id": 1,
            "organization_id": 1,
            "state": "submitted",
            "title_zh": "檢查布料",
            "title_en": "",
            "text_zh": "以相機檢查布料瑕疵。",
            "text_en": "",
            "techniques": [],
            "data_zh": "",
            "data_en": "",
            "data_details": {},
            "teams_wanted": 1,
            "contact_name": "",
            "contact_email": "",
            "office_note": "",
            "search_text": "",
            "version": 1,
            "created_at": now,
        },
        "requirements": {
            "id": 1,
            "problem_id": 1,
            "competency": "PER-CV",
            "level": 3,
            "importance": 3,
        },
    }
