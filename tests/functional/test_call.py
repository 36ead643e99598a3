"""The office's pages of calls: list with figures, open, change, refuse."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import Call, Role
from tests.factories import Factory

Login = Callable[..., FlaskClient]
TYPED = {
    "name_zh": "一一五年度徵件",
    "name_en": "Call of 2026",
    "opens_at": "2026-03-01T09:00",
    "closes_at": "2026-06-30T17:00",
    "note": "兩場說明會",
}


@pytest.mark.parametrize(
    ("locale", "title", "moment"),
    [
        ("en", "Calls of the programme", "1 Mar 2026, 09:00 (Taipei)"),
        ("zh_Hant_TW", "計畫的徵題梯次", "2026年3月1日 09:00（台北）"),
    ],
)
def test_an_officer_opens_and_changes_a_call(
    make: Factory, session: Session, login: Login, locale: str, title: str, moment: str
) -> None:
    officer = make.officer()
    client = login(officer, locale)

    assert client.post("/office/calls/new", data=TYPED).location == "/office/calls"
    client.post("/office/calls/new", data=TYPED)  # A second click.
    call = session.scalars(sa.select(Call)).one()
    assert call.opens_at.isoformat() == "2026-03-01T01:00:00+00:00"
    page = html.unescape(client.get("/office/calls").text)
    assert title in page
    assert moment in page
    path = f"/calls/{call.id}/edit"
    assert "兩場說明會" in client.get(path).text
    changed = {**TYPED, "name_en": "Call <b>", "version": call.version}
    assert client.post(path, data=changed).location == "/office/calls"
    assert "Call &lt;b&gt;" in client.get("/office/calls").text or locale != "en"


def test_somebody_elses_change_is_shown_beside_ones_own(
    make: Factory, session: Session, login: Login
) -> None:
    client, call = login(make.officer()), make.call(name_en="As saved")
    path = f"/calls/{call.id}/edit"

    answer = client.post(path, data={**TYPED, "version": call.version + 7})

    page = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "Somebody else has changed this call" in page
    assert "As saved" in page
    assert "Call of 2026" in page


def test_bad_input_keeps_what_was_typed(make: Factory, session: Session, login: Login) -> None:
    client = login(make.officer())
    nasty = "😀 שלום <script>alert(1)</script>"

    for changes, told in (
        ({"name_zh": ""}, "Give the call a name in both languages."),
        ({"closes_at": "2026-02-01T00:00"}, "The call has to close after it opens."),
        ({"opens_at": "soon"}, "Not a valid datetime value."),
        ({"opens_at": ""}, "Say the day and the hour."),
        ({"name_en": "n" * 201}, "Please use at most 200 characters."),
        ({"note": "n" * 1_000_000}, "Please use at most 5000 characters."),
    ):
        answer = client.post("/office/calls/new", data={**TYPED, "name_zh": nasty, **changes})
        assert answer.status_code in (413, 422), changes
        if answer.status_code == 422:
            assert told in html.unescape(answer.text)
        assert "<script>alert(1)" not in answer.text
    assert session.scalars(sa.select(Call)).all() == []


@pytest.mark.parametrize(
    ("roles", "list_page", "new_page"),
    [
        ([Role.OFFICER], 200, 200),
        ([Role.ADMINISTRATOR], 200, 403),
        ([Role.MENTOR], 403, 403),
        ([], 403, 403),
    ],
)
def test_who_gets_in(
    make: Factory, login: Login, roles: list[Role], list_page: int, new_page: int
) -> None:
    client, call = login(make.user(*roles)), make.call()

    assert client.get("/office/calls").status_code == list_page
    assert client.get("/office/calls/new").status_code == new_page
    assert client.get(f"/calls/{call.id}/edit").status_code == new_page
