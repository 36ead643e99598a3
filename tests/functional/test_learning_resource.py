"""The learning catalogue over HTTP: everybody reads, officers keep it, files come and go."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import LearningResource, Role, User
from matchmaker.services import learning_resource as service
from matchmaker.services.context import Context
from tests.factories import Factory

Login = Callable[..., FlaskClient]
Ctx = Callable[[User | None], Context]

TYPED = {
    "code": "X-1",
    "theme": "TH1",
    "title_zh": "讀懂圖表",
    "title_en": "Reading charts",
    "teaches-0-competency": "DAT-VIZ",
    "teaches-0-start": "0",
    "teaches-0-to": "2",
    "hours": "8",
    "format": "workshop",
    "phase": "before",
    "languages": "zh",
    "cost": "0",
    "is_online": "y",
}


@pytest.fixture
def shipped(make: Factory, ctx: Ctx, session: Session) -> dict[str, LearningResource]:
    """Three entries of the outline: one assessed, one online only, one that is attended."""
    office = ctx(make.officer())
    rows = [
        service.create(office, c, service.shipped_values(c)) for c in ("LR-09", "LR-05", "LR-22")
    ]
    session.commit()
    return {row.code: row for row in rows}


@pytest.fixture
def officer(make: Factory, login: Login) -> FlaskClient:
    return login(make.officer(), "en")


def test_everybody_reads_it_in_both_languages(
    client: FlaskClient, shipped: dict[str, LearningResource]
) -> None:
    entry = f"/learning/{shipped['LR-09'].id}"
    client.get("/language/en?next=/")
    page = client.get("/learning").text
    assert "Vision starter kit" in page
    assert "Open tools (1)" in page
    found = client.get("/learning?theme=TH2&place=central&competency=DAT-ACQ&hours=long").text
    assert "Data on the shop floor" in found
    assert "Vision starter kit" not in found
    assert "Prepares for level" in (one := client.get(entry).text)
    assert "You hand in: Model + error report" in one
    client.get("/language/zh_Hant_TW?next=/")
    assert "視覺起手式套件" in client.get("/learning").text
    assert "需繳交：模型與錯誤分析" in client.get(entry).text
    assert "只記出席" not in client.get(f"/learning/{shipped['LR-22'].id}").text
    assert client.get("/learning/999").status_code == 404


def test_an_address_that_makes_no_sense_is_no_error(
    client: FlaskClient, shipped: dict[str, LearningResource]
) -> None:
    for asked in ("q=%00%F0%9F%98%80", "theme=TH9&hours=never", "competency='--&page=99999999999"):
        assert client.get(f"/learning?{asked}").status_code == 200


def test_who_may_keep_it(
    make: Factory, login: Login, client: FlaskClient, shipped: dict[str, LearningResource]
) -> None:
    row = shipped["LR-09"]
    writing = (
        "/new",
        f"/{row.id}",
        f"/{row.id}/retire",
        f"/{row.id}/restore",
        "/shipped",
        "/import",
    )
    reading = ("", f"/{row.id}/versions", "/catalogue.csv")
    administrator = login(make.user(Role.ADMINISTRATOR))
    others = [login(make.user(role)) for role in (Role.MENTOR, Role.ASSOCIATION)]
    for address in (*reading, "/new", f"/{row.id}"):
        assert client.get(f"/office/learning{address}").status_code == 302
        for person in others:
            assert person.get(f"/office/learning{address}").status_code == 403
    for address in reading:
        assert administrator.get(f"/office/learning{address}").status_code == 200
    for address in writing:
        assert administrator.post(f"/office/learning{address}").status_code == 403
    assert "Add an entry" not in administrator.get("/office/learning").text


def test_an_officer_adds_changes_stops_and_looks_back(
    officer: FlaskClient, session: Session
) -> None:
    assert (
        "Added: 讀懂圖表"
        in officer.post("/office/learning/new", data=TYPED, follow_redirects=True).text
    )
    row = session.scalars(sa.select(LearningResource)).one()
    address = f"/office/learning/{row.id}"
    assert 'value="Reading charts"' in officer.get(address).text
    changed = TYPED | {"hours": "12.5", "version": str(row.version), "reason": "Longer now"}
    assert "Saved: 讀懂圖表" in officer.post(address, data=changed, follow_redirects=True).text

    stale = officer.post(address, data=changed | {"title_en": "<script>alert(1)</script>"})
    assert stale.status_code == 409
    assert "Somebody else has changed this entry" in stale.text
    assert "<script>alert(1)</script>" not in stale.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in stale.text

    versions = officer.get(f"{address}/versions").text
    assert "Reason: Longer now" in versions
    assert "12.5" in versions
    session.rollback()
    assert officer.post(f"{address}/retire", data={"version": row.version}).status_code == 422
    answer = officer.post(
        f"{address}/retire",
        data={"version": row.version, "reason": "The teacher left"},
        follow_redirects=True,
    )
    assert "No longer offered: 讀懂圖表" in answer.text
    session.rollback()
    assert officer.post(f"{address}/restore", data={"version": 1}).status_code == 409
    data = {"version": row.version}
    assert (
        "Offered again" in officer.post(f"{address}/restore", data=data, follow_redirects=True).text
    )


BAD: list[tuple[dict[str, str], str]] = [
    ({"code": "a b"}, "Use up to 40 letters"),
    ({"title_en": ""}, "Write the title in both languages."),
    ({"hours": "NaN"}, "Give a number from"),
    ({"hours": "twelve"}, "Not a valid decimal value."),
    ({"hours": "1e400"}, "Give a number from"),
    ({"cost": "-5"}, "Give a number from"),
    ({"languages": "xx"}, "Choose at least one language."),
    ({"teaches-0-competency": "😀"}, "There is no competency"),
    ({"teaches-0-to": "9" * 50}, "from a lower level to a higher one"),
    ({"teaches-0-competency": ""}, "Name at least one competency"),
    ({"is_online": "", "region": ""}, "Say in which region"),
    ({"url": "//evil"}, "Write the whole address"),
    ({"summary_zh": "長" * 100_000}, "Please use at most"),
]


def test_bad_input_is_told_beside_its_field_and_kept(
    officer: FlaskClient, session: Session
) -> None:
    for typed, told in BAD:
        data = {k: v for k, v in (TYPED | typed).items() if v or k != "is_online"}
        answer = officer.post("/office/learning/new", data=data)
        assert answer.status_code == 422, typed
        assert told in answer.text
        assert 'value="讀懂圖表"' in answer.text
    assert session.scalar(sa.select(sa.func.count(LearningResource.id))) == 0


def test_the_outline_is_taken_over_with_one_click(officer: FlaskClient, session: Session) -> None:
    assert "Entries that you have not taken over: 70" in officer.get("/office/learning").text
    told = officer.post("/office/learning/shipped", follow_redirects=True).text
    assert "Entries taken over: 70" in told
    assert "not taken over" not in told
    assert "Competencies no entry teaches" not in told
    assert (
        "Entries taken over: 0"
        in officer.post("/office/learning/shipped", follow_redirects=True).text
    )


def test_files_go_out_and_come_back(
    officer: FlaskClient, shipped: dict[str, LearningResource], session: Session
) -> None:
    for kind in ("csv", "xlsx", "jsonl"):
        file = officer.get(f"/office/learning/catalogue.{kind}")
        assert file.headers["Content-Disposition"].endswith(f'learning-catalogue.{kind}"')
        told = bring(officer, file.data, f"x.{kind}")
        assert "Imported. New: 0, changed: 0, as before: 3" in told.text
    assert officer.get("/office/learning/catalogue.exe").status_code == 404
    rows = [json.loads(line) for line in file.data.decode().splitlines()]
    rows[0]["hours"], rows[1]["id"] = 40, "NEW-1"
    text = "\n".join(json.dumps(row) for row in rows)
    assert "New: 1, changed: 1, as before: 1" in bring(officer, text.encode(), "x.jsonl").text


NO_CATALOGUE = [
    (b"", "x.csv", "is not a table that can be used"),
    (b"\xff\xfe\x00", "x.csv", "is not a table that can be used"),
    (b"PK\x03\x04 no workbook", "x.xlsx", "is not a table that can be used"),
    (b'{"id": "A"}', "x.jsonl", "line 1"),
    (b"%PDF-1.7", "x.pdf", "Choose a file that ends in"),
    (b"", "", "Choose a file."),
]


def test_a_file_that_is_something_else_changes_nothing(
    officer: FlaskClient, session: Session
) -> None:
    for content, name, told in NO_CATALOGUE:
        answer = bring(officer, content, name)
        assert answer.status_code == 422, name
        assert told in answer.text
        assert "/tmp/" not in answer.text
    assert session.scalar(sa.select(sa.func.count(LearningResource.id))) == 0


def bring(officer: FlaskClient, content: bytes, name: str):
    data = {"file": (io.BytesIO(content), name)}
    return officer.post("/office/learning/import", data=data, follow_redirects=True)
