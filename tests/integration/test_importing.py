"""Files in and out: all rows or none, found again by id, every fault named by its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker import sample
from matchmaker.clock import utcnow
from matchmaker.db import make_engine, make_sessions
from matchmaker.i18n import translate
from matchmaker.models import (
    AccountKind,
    AuditEvent,
    Base,
    Call,
    Job,
    MemberRole,
    Organization,
    OutboxMessage,
    Problem,
    Role,
    Team,
    User,
)
from matchmaker.records import BadRecords, write_records
from matchmaker.reports.export import records_of
from matchmaker.schema import upgrade
from matchmaker.services import audit
from matchmaker.services.context import Context
from matchmaker.services.importing import Change, Outcome, import_file
from matchmaker.services.nouns import NOUNS
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemState
from tests.backends import on_both
from tests.factories import Factory

CALL = {
    "id": "C1",
    "name_zh": "徵題",
    "name_en": "Call",
    "opens_at": "2026-01-01T09:00:00+08:00",
    "closes_at": "2099-01-01T17:00:00+08:00",
}
ORGANIZATION = {"id": "O1", "name_zh": "甲公司", "kind": "enterprise", "sector": "IND-MFG"}
PERSON = {"email": "lead@example.com", "name": "王小明", "organization": "O1", "lead": True}
PROBLEM = {
    "id": "P1",
    "call": "C1",
    "organization": "O1",
    "lang": "zh",
    "title": "找刮痕",
    "text": "用相機找出金屬零件上的刮痕。",
    "translations": {"en": {"title": "Find scratches", "text": "Find scratches with a camera."}},
    "sector": "IND-MFG",
    "region": "central",
    "techniques": ["電腦視覺"],
    "grade": "G2",
    "requirements": [
        {"competency": "PER-CV", "level": 3, "importance": 3},
        {"competency": "FND-DL", "level": 2, "importance": 1},
    ],
    "capacity": 2,
    "deadline": "2098-12-31T17:00:00+08:00",
    "data": {
        "description_zh": "影像",
        "formats": ["png"],
        "volume": "10 GB",
        "personal_data": False,
    },
    "contact": {"name": "王小明", "email": "lead@example.com"},
    "state": "published",
}
TEAM = {
    "id": "T1",
    "lang": "en",
    "name": "Team",
    "kind": "startup",
    "title": "Machine vision",
    "text": "We build cameras that find defects.",
    "translations": {"zh": {"name": "團隊", "title": "機器視覺", "text": "我們做瑕疵檢測。"}},
    "documents": [{"title": "Screws", "text": "Found scratches on screws.", "year": 2024}],
    "sectors": ["IND-MFG"],
    "techniques": ["computer vision"],
    "capacity": 2,
    "competencies": [{"competency": "PER-CV", "level": 3}],
    "members": [{"email": "lead@example.com", "role": "lead"}],
    "public": True,
}

Bring = Callable[..., Outcome]


@pytest.fixture
def bring(session: Session, ctx: Callable[..., Context], tmp_path: Path) -> Bring:
    """Import rows of a noun from a JSONL file: ``bring("calls", CALL)``; committed."""

    def run(noun: str, *rows: dict[str, Any], path: Path | None = None) -> Outcome:
        if path is None:
            path = tmp_path / f"{noun}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        try:
            outcome = import_file(ctx(None), path, NOUNS[noun].record, NOUNS[noun].take)
        except BadRecords:
            session.rollback()
            raise
        session.commit()
        session.expire_all()
        return outcome

    return run


@pytest.fixture
def ground(bring: Bring) -> None:
    """A call, an organization and a person to refer to."""
    bring("calls", CALL)
    bring("organizations", ORGANIZATION)
    bring("people", PERSON)


def faults(error: pytest.ExceptionInfo[BadRecords], locale: str = "en") -> list[str]:
    return [translate(fault.located, locale) for fault in error.value.errors]


@on_both
def test_problem_arrives_whole_and_in_its_state(
    session: Session, ground: None, bring: Bring
) -> None:
    outcome = bring("problems", PROBLEM)

    assert outcome.counts[Change.CREATED] == 1
    row = session.scalars(sa.select(Problem)).one()
    assert (row.title_zh, row.title_en, row.text_en) == (
        "找刮痕",
        "Find scratches",
        "Find scratches with a camera.",
    )
    assert (row.sector, row.region, row.grade, row.teams_wanted) == (
        "IND-MFG",
        "central",
        "G2",
        2,
    )
    assert row.deadline_at == datetime(2098, 12, 31, 9, tzinfo=UTC)
    assert row.data_details == {"formats": ["png"], "volume": "10 GB", "personal": False}
    assert [(n.competency, n.level, n.importance) for n in row.requirements] == [
        ("PER-CV", 3, 3),
        ("FND-DL", 2, 1),
    ]
    assert (row.call.external_id, row.organization.external_id) == ("C1", "O1")
    assert row.author is not None
    assert row.author.email == "lead@example.com"
    assert row.state is ProblemState.PUBLISHED
    assert utcnow() - row.published_at < timedelta(minutes=1)
    assert "scratches" in row.search_text


@on_both
def test_every_step_to_the_state_is_on_record_and_nobody_gets_a_letter(
    session: Session, ground: None, bring: Bring
) -> None:
    bring("problems", PROBLEM)

    actions = session.scalars(
        sa.select(AuditEvent.action)
        .where(AuditEvent.subject_type == "Problem")
        .order_by(AuditEvent.id)
    ).all()
    assert actions == [
        "problem:create",
        "problem:submit",
        "problem:screen",
        "problem:grade",
        "problem:publish",
    ]
    assert audit.verify(session).broken_id is None
    assert session.scalars(sa.select(OutboxMessage)).all() == []
    assert session.scalars(sa.select(Job).where(Job.kind == "mail.deliver")).all() == []


@pytest.mark.parametrize("state", list(ProblemState))
def test_every_state_can_be_reached(
    session: Session, ground: None, bring: Bring, state: ProblemState
) -> None:
    bring("problems", PROBLEM | {"state": state.value})

    row = session.scalars(sa.select(Problem)).one()
    path = PROBLEM_WORKFLOW.path(state)
    assert row.state is state
    assert (row.submitted_at is not None) == ("submit" in path)
    assert (row.published_at is not None) == ("publish" in path)


@on_both
def test_team_arrives_with_works_competencies_and_members(
    session: Session, ground: None, bring: Bring
) -> None:
    bring("teams", TEAM)

    row = session.scalars(sa.select(Team)).one()
    assert (row.name_en, row.name_zh, row.title_zh) == ("Team", "團隊", "機器視覺")
    assert (row.kind, row.sectors, row.capacity, row.is_public) == (
        "startup",
        ["IND-MFG"],
        2,
        True,
    )
    assert [(w.title, w.year) for w in row.works] == [("Screws", 2024)]
    assert [(c.competency, c.level, c.source) for c in row.competencies] == [("PER-CV", 3, "self")]
    assert [(m.user.email, m.role) for m in row.members] == [("lead@example.com", MemberRole.LEAD)]


def test_person_comes_in_by_the_door_that_fits(
    session: Session, ground: None, bring: Bring
) -> None:
    bring("organizations", {"id": "U1", "name_en": "University", "kind": "university"})
    bring(
        "people",
        {"email": "Officer@Example.com", "name": "Officer", "roles": ["officer"], "locale": "en"},
        {"email": "student@example.com", "name": "Student", "organization": "U1"},
        {"email": "nobody@example.com", "name": "Nobody", "disabled": True},
    )

    people = {user.email: user for user in session.scalars(sa.select(User))}
    assert {email: user.kind for email, user in people.items()} == {
        "lead@example.com": AccountKind.ENTERPRISE,
        "officer@example.com": AccountKind.STAFF,
        "student@example.com": AccountKind.SOLVER,
        "nobody@example.com": AccountKind.SOLVER,
    }
    assert people["officer@example.com"].roles == {Role.OFFICER}
    assert people["officer@example.com"].is_usable
    assert people["officer@example.com"].password_hash is None
    assert not people["nobody@example.com"].is_usable


@on_both
@pytest.mark.parametrize(
    ("noun", "row"),
    [
        ("calls", CALL),
        ("organizations", ORGANIZATION),
        ("people", PERSON),
        ("problems", PROBLEM),
        ("teams", TEAM),
    ],
)
def test_second_import_changes_nothing(
    session: Session, ground: None, bring: Bring, noun: str, row: dict[str, Any]
) -> None:
    bring(noun, row)
    before = _tables(session)

    outcome = bring(noun, row)

    assert outcome.nothing_new
    assert outcome.total == 1
    assert _tables(session) == before


@pytest.mark.parametrize(
    ("noun", "row", "change", "model", "name", "value"),
    [
        ("calls", CALL, {"name_en": "New"}, Call, "name_en", "New"),
        ("organizations", ORGANIZATION, {"size": "large"}, Organization, "size", "large"),
        ("people", PERSON, {"name": "王大明"}, User, "name", "王大明"),
        ("teams", TEAM, {"capacity": 5}, Team, "capacity", 5),
        ("teams", TEAM, {"public": False}, Team, "is_public", False),
        (
            "problems",
            PROBLEM | {"state": "draft"},
            {"state": "draft", "capacity": 3},
            Problem,
            "teams_wanted",
            3,
        ),
    ],
)
def test_changed_row_is_brought_up_to_date_and_on_record(
    session: Session,
    ground: None,
    bring: Bring,
    noun: str,
    row: dict[str, Any],
    change: dict[str, Any],
    model: type[Base],
    name: str,
    value: object,
) -> None:
    bring(noun, row)
    events = audit.verify(session).n_events

    outcome = bring(noun, row | change)

    assert outcome.counts == {Change.CREATED: 0, Change.UPDATED: 1, Change.UNCHANGED: 0}
    assert getattr(session.scalars(sa.select(model)).one(), name) == value
    assert audit.verify(session).n_events == events + 1


def test_import_takes_no_member_and_no_role_away(
    session: Session, ground: None, bring: Bring
) -> None:
    second = {"email": "second@example.com", "name": "Second", "roles": ["mentor"]}
    bring("people", second)
    bring("teams", TEAM | {"members": [*TEAM["members"], {"email": "second@example.com"}]})

    bring("people", second | {"roles": []})
    bring("teams", TEAM)

    assert len(session.scalars(sa.select(Team)).one().members) == 2
    person = session.scalars(sa.select(User).where(User.email == "second@example.com")).one()
    assert person.roles == {Role.MENTOR}


BAD_ROWS = [
    (
        "calls",
        CALL | {"closes_at": "2025-01-01"},
        "closes_at: the call has to open before it closes",
    ),
    ("calls", CALL | {"opens_at": "soon"}, "opens_at is no date such as 2026-12-31"),
    ("organizations", ORGANIZATION | {"kind": "shop"}, "kind must be one of 'enterprise', "),
    ("organizations", ORGANIZATION | {"region": "north"}, "region: Choose a region from the list."),
    (
        "organizations",
        ORGANIZATION | {"sector": "magic"},
        "sector: There is no sector called magic.",
    ),
    ("organizations", {"id": "O2", "kind": "enterprise"}, "name_zh: Give a name in Chinese or"),
    ("people", PERSON | {"email": "nobody"}, "email: This is not an e-mail address."),
    ("people", PERSON | {"roles": ["king"]}, "roles[0] must be one of 'officer', "),
    ("people", PERSON | {"organization": "O9"}, "organization: nothing with the id O9 is known"),
    ("people", PERSON | {"locale": "fr"}, "locale: choose one of en, zh_Hant_TW"),
    ("problems", PROBLEM | {"call": "C9"}, "call: nothing with the id C9 is known here; import it"),
    ("problems", PROBLEM | {"organization": None}, "organization: say whose problem it is"),
    ("problems", PROBLEM | {"state": "solved"}, "state: choose one of draft, submitted,"),
    (
        "problems",
        PROBLEM | {"grade": None},
        "grade: a problem in the state published needs a grade",
    ),
    ("problems", PROBLEM | {"grade": "A"}, "grade: choose one of G1, G2, G3, G4"),
    ("problems", PROBLEM | {"capacity": 99}, "capacity: Choose a number from 1 to 20."),
    ("problems", PROBLEM | {"region": "mars"}, "region: Choose a region from the list."),
    ("problems", PROBLEM | {"data": {"size": 1}}, "data: unknown key size"),
    (
        "problems",
        PROBLEM | {"data": {"formats": "png"}},
        "data.formats: it has to be a list of names",
    ),
    ("problems", PROBLEM | {"colour": "red"}, "unknown key colour"),
    (
        "problems",
        PROBLEM | {"lang": "fr", "title": "1", "text": "2"},
        "lang: say in which language",
    ),
    (
        "problems",
        PROBLEM | {"translations": {"zh": {"title": "x"}}},
        "translations: zh is not the other",
    ),
    (
        "problems",
        PROBLEM | {"extra": {"published_at": "then"}},
        "extra.published_at: it has to be a",
    ),
    (
        "problems",
        PROBLEM | {"requirements": [{"competency": "XXX-YY", "level": 3}]},
        "requirements[0].competency: there is no competency XXX-YY",
    ),
    (
        "problems",
        PROBLEM | {"requirements": PROBLEM["requirements"][:1] * 2},
        "requirements: “電腦視覺 / Computer vision” is listed more than once",
    ),
    ("teams", TEAM | {"kind": "club"}, "kind: choose one of student, startup, research,"),
    (
        "teams",
        TEAM | {"name": None, "translations": {}},
        "name_zh: Give the team a name in at least",
    ),
    ("teams", TEAM | {"capacity": 21}, "capacity: A number from 0 to 20, please."),
    ("teams", TEAM | {"state": "gone"}, "state: choose one of active, archived"),
    ("teams", TEAM | {"organization": "O9"}, "organization: nothing with the id O9 is known"),
    ("teams", TEAM | {"sectors": ["magic"]}, "sectors: There is no sector called magic."),
    (
        "teams",
        TEAM | {"members": [{"email": "x@example.com"}]},
        "members: nobody with the address x@",
    ),
    ("teams", TEAM | {"members": TEAM["members"] * 2}, "members: lead@example.com is named twice"),
    (
        "teams",
        TEAM | {"members": [{"email": "lead@example.com"}]},
        "members: one of the members has to be the lead",
    ),
    (
        "teams",
        TEAM | {"competencies": [{"competency": "PER-CV", "level": 2.5}]},
        "competencies: PER-CV: a level is a whole number from 1 to 5",
    ),
]


@pytest.mark.parametrize(("noun", "row", "text"), BAD_ROWS, ids=[text for _, _, text in BAD_ROWS])
def test_bad_row_is_named_and_nothing_is_used(
    session: Session, ground: None, bring: Bring, noun: str, row: dict[str, Any], text: str
) -> None:
    before = _tables(session)
    good = {"calls": CALL, "organizations": ORGANIZATION, "people": PERSON}.get(noun, row)
    first = good | {"email" if noun == "people" else "id": "first@example.com"}
    rows = [first, row] if noun in ("calls", "organizations", "people") else [row]

    with pytest.raises(BadRecords) as error:
        bring(noun, *rows)

    (fault,) = [line for line in faults(error) if text in line]
    assert fault.startswith(f"line {len(rows)}: ")
    assert _tables(session) == before


def test_every_bad_row_is_named_in_both_languages(ground: None, bring: Bring) -> None:
    with pytest.raises(BadRecords) as error:
        bring(
            "problems",
            PROBLEM | {"call": "C9"},
            PROBLEM | {"id": "P2"},
            PROBLEM | {"id": "P3", "grade": "A", "capacity": 0},
        )

    assert [line.split(":")[0] for line in faults(error)] == ["line 1", "line 3"]
    assert faults(error, "zh_Hant_TW")[0].endswith("call：這裡沒有編號 C9 的資料，請先匯入")


def test_id_that_comes_twice_is_a_fault(ground: None, bring: Bring) -> None:
    with pytest.raises(BadRecords) as error:
        bring("problems", PROBLEM, PROBLEM)

    assert faults(error) == ["line 2: the id P1 is already on line 1"]


def test_state_is_not_changed_by_a_file(session: Session, ground: None, bring: Bring) -> None:
    bring("problems", PROBLEM | {"state": "draft"})

    with pytest.raises(BadRecords) as error:
        bring("problems", PROBLEM)

    assert faults(error) == [
        "line 1: state: it is draft here; only the pages lead from one state to another"
    ]


def test_published_problem_is_not_changed_by_a_file(
    session: Session, ground: None, bring: Bring
) -> None:
    bring("problems", PROBLEM)

    with pytest.raises(BadRecords) as error:
        bring("problems", PROBLEM | {"title": "別的"})

    assert "can no longer be changed" in faults(error)[0]
    assert session.scalars(sa.select(Problem.title_zh)).one() == "找刮痕"


def test_hostile_texts_are_kept_as_texts(session: Session, ground: None, bring: Bring) -> None:
    title = "<script>alert(1)</script> ‏עברית 🙂 =cmd|' /C calc'!A1"

    bring("problems", PROBLEM | {"title": title, "text": "x" * 20_000})

    assert session.scalars(sa.select(Problem.title_zh)).one() == title


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_sample_survives_the_way_out_and_in(
    session: Session, ctx: Callable[..., Context], tmp_path: Path, suffix: str
) -> None:
    sample.load(ctx(None))
    session.commit()
    other = make_engine(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)

    with make_sessions(other)() as target:
        context = Context(target, ctx(None).settings, trusted=True)
        for noun, described in NOUNS.items():
            path = tmp_path / f"{noun}{suffix}"
            write_records(path, records_of(session, noun), described.record)
            outcome = import_file(context, path, described.record, described.take)
            assert outcome.counts[Change.CREATED] == outcome.total
            assert import_file(context, path, described.record, described.take).nothing_new
        target.commit()
        assert _content(target) == _content(session)
    other.dispose()


def test_rows_made_on_the_pages_get_an_id_and_keep_their_version(
    session: Session, make: Factory, bring: Bring, tmp_path: Path
) -> None:
    problem = make.problem()
    version = problem.version

    (record,) = records_of(session, "problems")
    session.commit()
    session.expire_all()

    assert len(record.id) == 32
    assert (problem.external_id, problem.version) == (record.id, version)


def test_csv_has_a_byte_order_mark_and_is_read_with_one(
    session: Session, ground: None, bring: Bring, tmp_path: Path
) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text("id,name_zh,kind\r\nO7,乙公司,public_body\r\n", "utf-8-sig")

    bring("organizations", path=path)
    write_records(path, records_of(session, "organizations"), NOUNS["organizations"].record)

    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,name_zh")
    assert "O7,乙公司" in path.read_text("utf-8-sig")


def test_sample_has_deadlines_ahead_and_every_kind_of_person(
    session: Session, ctx: Callable[..., Context]
) -> None:
    sample.load(ctx(None))
    session.commit()

    now = utcnow()
    open_problems = session.scalars(
        sa.select(Problem).where(Problem.state == ProblemState.PUBLISHED)
    ).all()
    assert len(open_problems) >= 20
    assert all(problem.deadline_at > now for problem in open_problems)
    assert all(problem.published_at < now for problem in open_problems)
    running = sa.select(Call).where(Call.opens_at < now, Call.closes_at > now)
    assert len(session.scalars(running).all()) == 1
    assert set(ProblemState) - set(session.scalars(sa.select(Problem.state))) <= {
        ProblemState.SCREENING,
        ProblemState.ARCHIVED,
    }
    assert {role for user in session.scalars(sa.select(User)) for role in user.roles} == set(Role)


#: What two databases with the same content may differ in.
INCIDENTAL = {"id", "created_at", "updated_at", "confirmed_at", "version", "session_epoch"}


def _content(session: Session) -> dict[str, list[str]]:
    """Every row of the exchanged tables, with natural keys in the place of numbers."""
    names: dict[tuple[str, int], str] = {}
    for model, name in (
        (Call, "external_id"),
        (Organization, "external_id"),
        (User, "email"),
        (Team, "external_id"),
        (Problem, "external_id"),
    ):
        for key, value in session.execute(sa.select(model.id, getattr(model, name))):
            names[model.__tablename__, key] = value
    tables = (
        "calls organizations organization_members users role_grants problems requirements teams "
        "team_members team_works team_competencies"
    )
    return {name: sorted(_rows(session, name, names)) for name in tables.split()}


def _rows(session: Session, name: str, names: dict[tuple[str, int], str]) -> Iterable[str]:
    table = Base.metadata.tables[name]
    targets = {key.parent.name: key.column.table.name for key in table.foreign_keys}
    for row in session.execute(sa.select(table)).mappings():
        plain = {
            key: names.get((targets[key], value), value) if key in targets else value
            for key, value in row.items()
            if key not in INCIDENTAL
        }
        yield json.dumps(plain, default=str, sort_keys=True, ensure_ascii=False)


def _tables(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as it is."""
    session.rollback()
    return {
        name: [
            tuple(map(str, row)) for row in session.execute(sa.select(table).order_by(table.c.id))
        ]
        for name, table in Base.metadata.tables.items()
    }
