"""The database's ground: transactions, pragmas, moments, search text, constraints on both servers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.db import make_engine, make_sessions, unit_of_work
from matchmaker.models import Call, Problem, Team, User
from matchmaker.services.context import Context
from matchmaker.workflows.problem import ProblemAction, ProblemState
from tests.backends import on_both
from tests.factories import Factory

pytestmark = on_both


def test_unit_of_work_commits_on_leaving(engine: sa.Engine, session: Session) -> None:
    with unit_of_work(make_sessions(engine)) as other:
        other.add(_call("C1"))

    assert session.scalars(sa.select(Call.external_id)).all() == ["C1"]


def test_unit_of_work_rolls_back_on_raising(engine: sa.Engine, session: Session) -> None:
    def work() -> None:
        with unit_of_work(make_sessions(engine)) as other:
            other.add(_call("C1"))
            other.flush()
            raise KeyError("something else")

    with pytest.raises(KeyError, match="something else"):
        work()

    assert session.scalars(sa.select(Call)).all() == []


def test_savepoint_undoes_only_its_part(engine: sa.Engine, session: Session) -> None:
    with unit_of_work(make_sessions(engine)) as other:
        other.add(_call("C1"))
        other.flush()
        with pytest.raises(IntegrityError), other.begin_nested() as savepoint:
            savepoint.session.execute(sa.text("INSERT INTO calls SELECT * FROM calls"))
        other.add(_call("C2"))

    assert session.scalars(sa.select(Call.external_id).order_by(Call.id)).all() == ["C1", "C2"]


def test_moments_come_back_in_utc(engine: sa.Engine, session: Session) -> None:
    taipei = timezone(timedelta(hours=8))
    with unit_of_work(make_sessions(engine)) as other:
        other.add(_call("C1", opens_at=datetime(2026, 1, 1, 8, tzinfo=taipei)))

    opens_at = session.scalars(sa.select(Call.opens_at)).one()

    assert opens_at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_moment_without_a_zone_is_refused(session: Session) -> None:
    session.add(_call("C1", opens_at=datetime(2026, 1, 1)))  # noqa: DTZ001 -- what is refused

    with pytest.raises(StatementError, match="a moment needs a time zone"):
        session.flush()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE problems SET grade = NULL", "graded_before_published"),
        ("UPDATE problems SET grade = 'G9'", "grade_known"),
        ("UPDATE problems SET published_at = NULL", "published_has_moment"),
        ("UPDATE problems SET title_zh = '', title_en = ''", "titled"),
        ("UPDATE problems SET teams_wanted = 0", "teams_wanted_range"),
        ("UPDATE problems SET state = 'solved'", "state"),
        ("UPDATE problems SET organization_id = 999", "foreign key|FOREIGN KEY"),
        ("UPDATE calls SET closes_at = opens_at", "opens_before_closes"),
    ],
)
def test_database_itself_refuses_what_must_not_be(
    session: Session, make: Factory, statement: str, constraint: str
) -> None:
    make.problem()

    with pytest.raises(IntegrityError, match=constraint):
        session.execute(sa.text(statement))


def test_two_editors_of_one_row_cannot_overwrite_each_other(
    engine: sa.Engine, session: Session, make: Factory
) -> None:
    team = make.team()
    with make_sessions(engine)() as other:
        other.get_one(Team, team.id).title_en = "theirs"
        other.commit()

    team.title_en = "mine"
    with pytest.raises(StaleDataError):
        session.commit()


def test_apply_writes_the_state_and_refuses_the_impossible(session: Session, make: Factory) -> None:
    problem = make.problem()

    assert problem.apply(ProblemAction.START_SOLVING) is ProblemState.PUBLISHED
    session.commit()

    assert session.scalars(sa.select(Problem.state)).one() is ProblemState.SOLVING


def test_address_belongs_to_one_account(session: Session, make: Factory) -> None:
    make.user(email="a@example.com")

    with pytest.raises(IntegrityError):
        make.user(email="a@example.com")
    session.rollback()

    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_json_columns_keep_what_they_are_given(
    session: Session, ctx: Callable[..., Context], make: Factory
) -> None:
    problem = make.problem(
        techniques=["自然語言", "naïve 🙂", "<b>"], data_details={"n": [1, None]}
    )
    session.expire_all()

    row = session.get_one(Problem, problem.id)

    assert (row.techniques, row.data_details) == (
        ["自然語言", "naïve 🙂", "<b>"],
        {"n": [1, None]},
    )


def test_embedded_database_has_its_folder_made(backend: str, tmp_path: Path) -> None:
    if backend != "sqlite":
        return
    path = tmp_path / "new" / "folder" / "a.db"
    engine = make_engine(f"sqlite:///{path}")

    with engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()

    assert pragmas == ["wal", 1, 15000]


def _call(external_id: str, **values: datetime) -> Call:
    moments = {
        "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 12, 1, tzinfo=UTC),
    }
    return Call(external_id=external_id, name_zh="徵題", name_en="Call", **(moments | values))
