"""Calls: who opens and changes them, what they must say, and their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, PermissionDenied, StaleVersion
from matchmaker.models import AuditEvent, Call, Role
from matchmaker.queries import call as queries
from matchmaker.services import call as service
from matchmaker.services.call import CallValues
from matchmaker.services.context import Context
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

Ctx = Callable[..., Context]
VALUES = CallValues(
    name_zh="一一五年度徵件",
    name_en="Call of 2026",
    opens_at=datetime(2026, 3, 1, tzinfo=UTC),
    closes_at=datetime(2026, 6, 30, 9, tzinfo=UTC),
    note="說明會兩場",
)


def test_an_officer_opens_a_call_and_the_trail_has_its_days(
    make: Factory, session: Session, ctx: Ctx
) -> None:
    call = service.create(ctx(make.officer()), VALUES)

    assert service.values_of(call) == VALUES
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_id) == ("call:create", call.id)
    assert event.data["closes_at"] == "2026-06-30T09:00:00+00:00"


def test_a_second_click_opens_no_second_call(make: Factory, session: Session, ctx: Ctx) -> None:
    officer = make.officer()

    assert service.create(ctx(officer), VALUES) is service.create(ctx(officer), VALUES)
    assert session.scalar(sa.select(sa.func.count(Call.id))) == 1


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.REVIEWER, Role.MENTOR])
def test_nobody_else_opens_or_changes_a_call(make: Factory, ctx: Ctx, role: Role | None) -> None:
    actor = ctx(make.user(*([role] if role else [])))
    call = make.call()

    with pytest.raises(PermissionDenied, match=r"Only programme officers open calls\."):
        service.create(actor, VALUES)
    with pytest.raises(PermissionDenied, match=r"Only programme officers change calls\."):
        service.update(actor, call.id, call.version, VALUES)


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"name_en": " "}, "name_en", "Give the call a name in both languages."),
        ({"name_zh": "題" * 201}, "name_zh", "Please use at most %(max)d characters."),
        ({"opens_at": None}, "opens_at", "Say the day and the hour."),
        ({"closes_at": VALUES.opens_at}, "closes_at", "The call has to close after it opens."),
        ({"note": "x" * 5001}, "note", "Please use at most %(max)d characters."),
    ],
)
def test_bad_values_are_refused_field_by_field(
    make: Factory, ctx: Ctx, changes: dict[str, object], field: str, text: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.create(ctx(make.officer()), replace(VALUES, **changes))

    assert {name: [m.text for m in found] for name, found in caught.value.fields.items()} == {
        field: [text]
    }


def test_a_change_names_what_changed_and_refuses_an_old_version(
    make: Factory, session: Session, ctx: Ctx
) -> None:
    officer = ctx(make.officer())
    call = service.create(officer, VALUES)
    session.commit()
    before = call.version
    later = replace(VALUES, closes_at=VALUES.opens_at and VALUES.opens_at + timedelta(days=200))

    service.update(officer, call.id, before, later)
    session.commit()

    assert call.version == before + 1
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert event.data["fields"] == ["closes_at"]
    assert service.update(officer, call.id, before, later) is call  # A second click.
    with pytest.raises(StaleVersion):
        service.update(officer, call.id, before, replace(later, note="other"))


def test_figures_count_by_call_and_leave_drafts_out(make: Factory, session: Session) -> None:
    call, other = make.call(), make.call(opens_at=utcnow() - timedelta(days=900))
    for state in (ProblemState.PUBLISHED, ProblemState.SCREENING, ProblemState.DRAFT):
        is_draft = state is ProblemState.DRAFT
        make.problem(
            state,
            call=call,
            submitted_at=None if is_draft else utcnow(),
            published_at=utcnow() if state is ProblemState.PUBLISHED else None,
        )

    lines = queries.national_figures(session, make.officer())

    assert [(line.call.id, line.collected, line.published, line.runs) for line in lines] == [
        (call.id, 2, 1, 0),
        (other.id, 0, 0, 0),
    ]


def test_figures_take_the_same_number_of_queries(
    make: Factory, session: Session, engine: sa.Engine
) -> None:
    officer = make.officer()

    def count() -> int:
        seen: list[str] = []
        event = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", event)
        queries.national_figures(session, officer)
        sa.event.remove(engine, "before_cursor_execute", event)
        return len(seen)

    make.problem()
    count()  # Loads the actor.
    one = count()
    for _number in range(4):
        make.problem()
    count()
    assert count() == one
