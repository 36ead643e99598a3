"""The audit trail: a chain that shows any change, however it was made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.db import make_sessions, unit_of_work
from matchmaker.models import AuditEvent
from matchmaker.services import audit
from matchmaker.services.audit import GENESIS, ChainReport
from matchmaker.services.context import Context
from tests.backends import on_both
from tests.factories import Factory

pytestmark = on_both

GUARDS = {
    "sqlite": (
        "DROP TRIGGER audit_events_no_update",
        "DROP TRIGGER audit_events_no_delete",
    ),
    "postgresql": ("DROP TRIGGER audit_events_guard ON audit_events",),
}


@pytest.fixture
def chain(session: Session, ctx: Callable[..., Context]) -> list[AuditEvent]:
    """Three events."""
    context = ctx(None)
    for number in (1, 2, 3):
        context.record("thing:count", number=number)
    events = list(session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)))
    session.commit()
    return events


def test_events_say_who_did_what_and_follow_each_other(
    session: Session, ctx: Callable[..., Context], make: Factory
) -> None:
    officer = make.officer()
    team = make.team()
    context = ctx(officer)
    context.request_id = "request-1"

    context.record("team:archive", team, why="duplicate")
    context.record("team:restore", team)
    session.commit()

    first, second = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))
    assert (first.actor_id, first.action, first.subject_type, first.subject_id) == (
        officer.id,
        "team:archive",
        "Team",
        team.id,
    )
    assert (first.data, first.request_id) == ({"why": "duplicate"}, "request-1")
    assert (first.previous_hash, second.previous_hash) == (GENESIS, first.hash)
    assert audit.verify(session) == ChainReport(2)


def test_event_leaves_with_the_transaction_it_belongs_to(
    session: Session, ctx: Callable[..., Context]
) -> None:
    ctx(None).record("thing:count")
    session.rollback()

    assert audit.verify(session) == ChainReport(0)


@pytest.mark.parametrize(
    ("damage", "values", "broken"),
    [
        ("UPDATE audit_events SET action = :action WHERE id = :id", {"action": "x:y"}, 1),
        ("UPDATE audit_events SET subject_id = :n WHERE id = :id", {"n": 9}, 1),
        ("UPDATE audit_events SET request_id = :r WHERE id = :id", {"r": "other"}, 1),
        ("DELETE FROM audit_events WHERE id = :id", {}, 2),
    ],
)
def test_any_change_breaks_the_chain_there(
    engine: sa.Engine,
    session: Session,
    chain: list[AuditEvent],
    damage: str,
    values: dict[str, Any],
    broken: int,
) -> None:
    _without_guard(engine, damage, id=chain[1].id, **values)
    session.expire_all()

    report = audit.verify(session)

    assert report == ChainReport(1, chain[broken].id)


def test_event_with_a_hash_of_its_own_making_breaks_the_chain(
    engine: sa.Engine, session: Session, chain: list[AuditEvent]
) -> None:
    forged = AuditEvent(
        at=chain[1].at, action="thing:forged", subject_type="", previous_hash=chain[0].hash, hash=""
    )
    _without_guard(
        engine,
        "UPDATE audit_events SET action = 'thing:forged', data = '{}', hash = :hash WHERE id = :id",
        id=chain[1].id,
        hash=audit.digest(forged),
    )
    session.expire_all()

    assert audit.verify(session).broken_id in {chain[1].id, chain[2].id}


def test_writers_at_the_same_time_make_one_chain(engine: sa.Engine) -> None:
    sessions = make_sessions(engine)

    def write(name: str) -> None:
        for number in range(15):
            with unit_of_work(sessions) as session:
                audit.append(
                    session,
                    actor_id=None,
                    action="thing:count",
                    subject_type="",
                    subject_id=None,
                    data={"writer": name, "number": number},
                )

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sessions() as session:
        assert audit.verify(session) == ChainReport(30)


def _without_guard(engine: sa.Engine, statement: str, **values: Any) -> None:
    """Change the trail as somebody with full rights on the database could."""
    with engine.begin() as connection:
        for drop in GUARDS[engine.dialect.name]:
            connection.execute(sa.text(drop))
        connection.execute(sa.text(statement), values)
