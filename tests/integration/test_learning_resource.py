"""The learning catalogue: who keeps it, what is refused, versions, files that come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import load_taxonomy
from matchmaker.competency.learning import catalogue
from matchmaker.errors import (
    InvalidInput,
    MatchmakerError,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import AuditEvent, LearningResource, Role, User
from matchmaker.queries import learning_resource as queries
from matchmaker.queries.learning_resource import ResourceFilter
from matchmaker.records import BadRecords, write_records
from matchmaker.records_learning import LearningResourceRecord
from matchmaker.services import learning_resource as service
from matchmaker.services.context import Context
from matchmaker.services.learning_resource import ResourceValues
from tests.factories import Factory

Ctx = Callable[[User | None], Context]

VALUES = ResourceValues(
    theme="TH1",
    title_zh="讀懂圖表",
    title_en="Reading charts",
    teaches=({"competency": "DAT-VIZ", "from": 0, "to": 2},),
    hours=8,
    format="workshop",
    phase="before",
    is_online=False,
    region="central",
)


@pytest.fixture
def office(make: Factory, ctx: Ctx) -> Context:
    return ctx(make.officer())


def faults(error: MatchmakerError) -> dict[str, list[str]]:
    assert isinstance(error, InvalidInput)
    return {name: [str(m.text) for m in messages] for name, messages in error.fields.items()}


def test_every_change_keeps_the_version_before(office: Context, session: Session) -> None:
    row = service.create(office, "X-1", VALUES, reason="Asked for")
    first = row.version
    service.update(office, row.id, first, replace(VALUES, hours=12, cost=500), reason="Longer")
    service.retire(office, row.id, row.version, reason="The teacher left")
    service.restore(office, row.id, row.version)

    versions = queries.list_revisions(session, row)
    assert [v.number for v in versions] == [4, 3, 2, 1]
    assert [v.values["hours"] for v in versions] == [12.0, 12.0, 12.0, 8.0]
    assert [v.values["retired"] for v in versions] == [False, True, False, False]
    assert [v.reason for v in versions] == ["", "The teacher left", "Longer", "Asked for"]
    acted = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert acted == [f"learning_resource:{a}" for a in ("create", "edit", "retire", "restore")]


def test_a_second_click_changes_nothing_and_a_stale_page_is_refused(
    office: Context, session: Session
) -> None:
    row = service.create(office, "X-1", VALUES)
    seen = row.version
    service.update(office, row.id, seen, replace(VALUES, hours=9))
    service.update(office, row.id, seen, replace(VALUES, hours=9))
    with pytest.raises(StaleVersion):
        service.update(office, row.id, seen, replace(VALUES, hours=10))
    with pytest.raises(StaleVersion):
        service.retire(office, row.id, seen, reason="Because")
    assert (row.hours, queries.count_revisions(session, row)) == (9.0, 2)


def test_only_officers_change_it(make: Factory, ctx: Ctx, office: Context) -> None:
    row = service.create(office, "X-1", VALUES)
    for role in (None, Role.MENTOR, Role.REVIEWER, Role.ADMINISTRATOR):
        other = ctx(make.user(role) if role else make.user())
        for act in (
            lambda who: service.create(who, "X-2", VALUES),
            lambda who: service.update(who, row.id, row.version, VALUES),
            lambda who: service.retire(who, row.id, row.version, reason="Because"),
            service.take_shipped,
            lambda who: service.import_resources(who, Path("nowhere.csv")),
        ):
            with pytest.raises(PermissionDenied, match="Only programme officers change the"):
                act(other)


IMPOSSIBLE: list[tuple[dict[str, object], str, str]] = [
    ({"title_en": " "}, "title_en", "both languages"),
    ({"title_zh": "長" * 201}, "title_zh", "at most"),
    ({"theme": "TH9"}, "theme", "from the list"),
    ({"format": "seance"}, "format", "from the list"),
    ({"phase": "never"}, "phase", "from the list"),
    ({"hours": 0}, "hours", "number from"),
    ({"hours": float("nan")}, "hours", "number from"),
    ({"cost": -1}, "cost", "number from"),
    ({"languages": ()}, "languages", "at least one language"),
    ({"languages": ("fr",)}, "languages", "at least one language"),
    ({"region": None}, "region", "in which region"),
    ({"region": "moon"}, "region", "from the list"),
    ({"url": "javascript:alert(1)"}, "url", "https://"),
    ({"teaches": ()}, "teaches", "at least one competency"),
    ({"teaches": ({"competency": "NO-SUCH", "from": 0, "to": 1},)}, "teaches", "no competency"),
    ({"teaches": ({"competency": "DAT-VIZ", "from": 2, "to": 2},)}, "teaches", "higher one"),
    ({"teaches": VALUES.teaches * 2}, "teaches", "named twice"),
    ({"teaches": VALUES.teaches * 9}, "teaches", "at most"),
]


def test_what_cannot_be_is_said_beside_its_field(office: Context, session: Session) -> None:
    for changes, field, told in IMPOSSIBLE:
        with pytest.raises(InvalidInput) as refused:
            service.create(office, "X-1", replace(VALUES, **changes))
        assert list(found := faults(refused.value)) == [field]
        assert told in found[field][0]
    assert queries.count_all(session) == 0


def test_a_code_is_taken_once_and_has_no_spaces(office: Context) -> None:
    service.create(office, "X-1", VALUES)
    for code, told in (("X-1", "is taken"), ("a b", "letters, digits"), ("", "letters, digits")):
        with pytest.raises(InvalidInput) as refused:
            service.create(office, code, VALUES)
        assert told in faults(refused.value)["code"][0]


def test_retiring_needs_a_reason_and_hides_it_from_the_public(
    office: Context, session: Session, make: Factory
) -> None:
    row = service.create(office, "X-1", VALUES)
    with pytest.raises(InvalidInput) as refused:
        service.retire(office, row.id, row.version, reason=" ")
    assert "people who look for it later" in faults(refused.value)["reason"][0]
    service.retire(office, row.id, row.version, reason="Over")
    for actor in (None, make.user(), make.user(Role.MENTOR)):
        with pytest.raises(NotFound):
            queries.get_resource(session, actor, row.id)
    for actor in (make.officer(), make.user(Role.ADMINISTRATOR)):
        assert queries.get_resource(session, actor, row.id) is row


def test_the_outline_is_taken_over_once_and_reaches_every_competency(
    office: Context, session: Session
) -> None:
    own = service.create(office, "LR-01", VALUES)
    taken = service.take_shipped(office)

    assert len(taken) == len(catalogue()) - 1
    assert (own.title_en, service.take_shipped(office)) == ("Reading charts", [])
    assert queries.coverage(session).keys() >= load_taxonomy().competencies.keys()
    meeting = queries.find_by_code(session, "LR-22")
    assert meeting is not None
    assert (meeting.is_assessed, meeting.assessment_zh) == (False, "只記出席")
    filters = ResourceFilter(theme="TH3", competency="PER-CV", place="online", is_free=True)
    assert [r.code for r in queries.list_resources(session, None, filters).items] == ["LR-09"]
    for wanted in (ResourceFilter(query="視覺 起手"), ResourceFilter(query="VISION starter")):
        assert [r.code for r in queries.list_resources(session, None, wanted).items] == ["LR-09"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_file_that_went_out_changes_nothing_when_it_comes_back(
    office: Context, session: Session, tmp_path: Path, kind: str
) -> None:
    values = replace(VALUES, title_en="=1+1", summary_zh="一行\n兩行「引號」, comma", hours=2.5)
    row = service.create(office, "X-1", values)
    gone = service.create(office, "X-2", VALUES)
    service.retire(office, gone.id, gone.version, reason="Over")
    records = [service.as_record(r) for r in queries.all_resources(session)]
    path = tmp_path / f"catalogue.{kind}"
    write_records(path, records, LearningResourceRecord)

    assert service.import_resources(office, path).nothing_new
    assert (row.title_en, row.summary_zh) == ("=1+1", "一行\n兩行「引號」, comma")

    session.delete(session.get_one(LearningResource, row.id).revisions[0])
    session.delete(row)
    session.flush()
    outcome = service.import_resources(office, path)
    again = queries.find_by_code(session, "X-1")
    assert again is not None
    assert (outcome.total, outcome.nothing_new) == (2, False)
    assert service.values_of(again) == values


def test_one_bad_row_keeps_all_out_and_each_is_named(
    office: Context, session: Session, tmp_path: Path
) -> None:
    good = service.as_record(service.create(office, "X-1", VALUES)).model_dump_json(by_alias=True)
    session.rollback()
    path = tmp_path / "catalogue.jsonl"
    bad = [
        good.replace('"X-1"', '"X-2"').replace("DAT-VIZ", "NO-SUCH"),
        good.replace('"X-1"', '"X-3"').replace("TH1", "TH9"),
        good.replace('"X-1"', '"X-4"').replace('"hours"', '"Hours"'),
        "{",
        good,
    ]
    path.write_text("\n".join([good, *bad]), encoding="utf-8")
    with pytest.raises(BadRecords) as refused:
        service.import_resources(office, path)
    assert {error.line for error in refused.value.errors} == {2, 4, 5, 6}

    path.write_text(f"{good}\n{bad[1]}", encoding="utf-8")
    with pytest.raises(BadRecords) as refused:
        service.import_resources(office, path)
    assert [str(error.line) for error in refused.value.errors] == ["2"]
