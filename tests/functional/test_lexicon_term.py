"""The lexicon's pages over HTTP: journeys in both languages, refusals, hostile input."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import AuditEvent, LexiconTerm, Role
from tests.factories import Factory

Login = Callable[..., FlaskClient]
MADE_UP = "嘓咘噗"
PAGES = ("", "/new", "/paste", "/coverage")


@pytest.fixture
def officer(make: Factory, login: Login) -> FlaskClient:
    return login(make.officer(), "en")


@pytest.fixture
def term(make: Factory) -> LexiconTerm:
    made = {"chinese": "質檢機", "folded": "质检机", "english": "inspection machine"}
    saved: LexiconTerm = make.save(LexiconTerm(**made, note="From the textile call"))
    return saved


def terms(session: Session) -> dict[str, str]:
    session.rollback()
    rows = session.execute(sa.select(LexiconTerm.chinese, LexiconTerm.english))
    return {row[0]: row[1] for row in rows}


def test_who_may_see_and_change(
    make: Factory, login: Login, client: FlaskClient, term: LexiconTerm
) -> None:
    administrator, stranger = login(make.user(Role.ADMINISTRATOR)), login(make.user())
    for page in PAGES:
        assert client.get(f"/office/lexicon{page}").status_code == 302
        assert stranger.get(f"/office/lexicon{page}").status_code == 403
    answers = {page: administrator.get(f"/office/lexicon{page}").status_code for page in PAGES}
    assert answers == {"": 200, "/new": 403, "/paste": 403, "/coverage": 200}
    listed = administrator.get("/office/lexicon").text
    assert "質檢機" in listed
    assert f"/office/lexicon/{term.id}" not in listed
    for address in ("new", "paste", str(term.id), f"{term.id}/delete", "coverage/add"):
        assert administrator.post(f"/office/lexicon/{address}").status_code == 403


def test_an_officer_adds_changes_and_deletes(officer: FlaskClient, session: Session) -> None:
    data = {"chinese": MADE_UP, "english": "drone swarm", "note": "New", "reason": "Asked for"}
    answer = officer.post("/office/lexicon/new", data=data, follow_redirects=True)
    assert f"Added: {MADE_UP}. The next match run reads with it." in answer.text
    term = session.scalars(sa.select(LexiconTerm)).one()
    page = officer.get(f"/office/lexicon/{term.id}").text
    assert 'value="drone swarm"' in page
    changed = {"chinese": MADE_UP, "english": "drone fleet", "version": "1", "note": "New"}
    answer = officer.post(f"/office/lexicon/{term.id}", data=changed, follow_redirects=True)
    assert f"Saved: {MADE_UP}." in answer.text
    assert terms(session) == {MADE_UP: "drone fleet"}
    gone = {"version": "2", "reason": "Wrong"}
    answer = officer.post(f"/office/lexicon/{term.id}/delete", data=gone, follow_redirects=True)
    assert f"Deleted: {MADE_UP}." in answer.text
    assert terms(session) == {}
    events = session.execute(sa.select(AuditEvent.action).order_by(AuditEvent.id)).scalars()
    assert [action.partition(":")[2] for action in events] == ["create", "edit", "delete"]


def test_the_same_in_chinese(make: Factory, login: Login) -> None:
    browser = login(make.officer(), "zh_Hant_TW")
    data = {"chinese": MADE_UP, "english": "drone swarm"}
    answer = browser.post("/office/lexicon/new", data=data, follow_redirects=True)
    assert f"已新增「{MADE_UP}」，下一次媒合作業起生效。" in answer.text
    again = browser.post("/office/lexicon/new", data=data)
    assert again.status_code == 422
    assert f"「{MADE_UP}」已經收錄，詞義為「drone swarm」，請直接修改該詞條。" in again.text
    for page in PAGES:
        text = browser.get(f"/office/lexicon{page}").text
        assert 'lang="zh-Hant-TW"' in text
        assert re.search('<h1 class="page-title">[\u4e00-\u9fff]+</h1>', text)


def test_sending_twice_adds_once(officer: FlaskClient, session: Session) -> None:
    data = {"chinese": MADE_UP, "english": "drone swarm"}
    assert officer.post("/office/lexicon/new", data=data).status_code == 302
    again = officer.post("/office/lexicon/new", data=data)
    assert again.status_code == 422
    assert "is a term already, read as “drone swarm”" in again.text
    assert terms(session) == {MADE_UP: "drone swarm"}


def test_a_shipped_gloss_is_shown_before_it_is_replaced(
    officer: FlaskClient, session: Session
) -> None:
    data = {"chinese": "影像", "english": "picture"}
    first = officer.post("/office/lexicon/new", data=data)
    assert first.status_code == 200
    assert "Not saved yet: the shipped lexicon has this term" in first.text
    assert "It reads it as: image" in first.text
    assert terms(session) == {}
    seen = re.search('name="seen" type="hidden" value="([^"]*)"', first.text)
    assert seen is not None
    second = officer.post("/office/lexicon/new", data={**data, "seen": seen[1]})
    assert second.status_code == 302
    assert terms(session) == {"影像": "picture"}
    listed = officer.get("/office/lexicon").text
    assert f'data-label="Shipped gloss it replaces">{seen[1]}</td>' in listed
    saved = session.scalars(sa.select(LexiconTerm)).one()
    assert "It reads it as: image" in officer.get(f"/office/lexicon/{saved.id}").text


def test_a_search_shows_the_shipped_gloss_too(officer: FlaskClient, term: LexiconTerm) -> None:
    page = officer.get("/office/lexicon?q=影像").text
    assert "In the shipped lexicon" in page
    assert "has this in it" in page
    assert "質檢機" in officer.get("/office/lexicon?q=MACHINE").text
    assert "質檢機" not in officer.get("/office/lexicon?q=zzz").text
    assert officer.get("/office/lexicon?q=%00%25&page=-7").status_code == 200


def test_a_stale_version_keeps_what_was_typed(
    officer: FlaskClient, session: Session, term: LexiconTerm
) -> None:
    data = {"chinese": "質檢機", "english": "tester", "version": "1", "note": term.note}
    assert officer.post(f"/office/lexicon/{term.id}", data=data).status_code == 302
    late = officer.post(f"/office/lexicon/{term.id}", data={**data, "english": "late word"})
    assert late.status_code == 409
    assert 'value="late word"' in late.text
    assert "Somebody else has changed this term" in late.text
    assert '<div class="pre-line">tester</div>' in late.text
    assert terms(session) == {"質檢機": "tester"}
    again = {**data, "english": "late word", "version": "2"}
    assert officer.post(f"/office/lexicon/{term.id}", data=again).status_code == 302
    gone = officer.post(f"/office/lexicon/{term.id}/delete", data={"version": "1"})
    assert gone.status_code == 409
    assert "Look at it again, then delete it." in gone.text
    assert f'action="/office/lexicon/{term.id}"' in gone.text  # Saving there deletes nothing.
    assert terms(session) == {"質檢機": "late word"}


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 40])
def test_nonsense_versions_are_stale(
    officer: FlaskClient, session: Session, term: LexiconTerm, version: str
) -> None:
    data = {"chinese": "質檢機", "english": "tester", "version": version}
    assert officer.post(f"/office/lexicon/{term.id}", data=data).status_code == 409
    gone = officer.post(f"/office/lexicon/{term.id}/delete", data={"version": version})
    assert gone.status_code == 409
    assert terms(session) == {"質檢機": "inspection machine"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Write the Chinese term."),
        ({"chinese": "詞"}, "Write what the term means in English."),
        ({"chinese": "詞" * 21, "english": "x"}, "Please use at most 20 characters."),
        ({"chinese": "詞" * 350_000, "english": "x"}, "Please use at most 20 characters."),
        ({"chinese": "詞😀", "english": "x"}, "“😀” cannot be part of a term"),
        ({"chinese": "\u202e\x00", "english": "x"}, "Write the Chinese term."),
        ({"chinese": "שלום", "english": "x"}, "“ש” cannot be part of a term"),
        ({"chinese": "<script>詞", "english": "x"}, "“&lt;” cannot be part of a term"),
        ({"chinese": "詞", "english": "x" * 81}, "Please use at most 80 characters."),
        ({"chinese": MADE_UP, "english": "a; b; c"}, "Give at most two senses"),
        ({"chinese": "詞", "english": "x", "reason": "r" * 501}, "at most 500 characters."),
    ],
)
def test_bad_input_is_named_and_kept(
    officer: FlaskClient, session: Session, data: dict[str, str], message: str
) -> None:
    answer = officer.post("/office/lexicon/new", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert "<script>詞" not in answer.text
    if data.get("english"):
        assert f'value="{data["english"]}"' in answer.text
    assert terms(session) == {}


def test_what_is_shown_is_escaped(officer: FlaskClient, session: Session) -> None:
    data = {"chinese": MADE_UP, "english": "<b>bold</b>", "note": "<script>alert(1)</script>"}
    assert officer.post("/office/lexicon/new", data=data).status_code == 302
    listed = officer.get("/office/lexicon").text
    assert "<b>bold" not in listed
    assert "<script>alert" not in listed
    assert "&lt;b&gt;bold&lt;/b&gt;" in listed


def test_pasting_is_all_or_nothing(officer: FlaskClient, session: Session) -> None:
    data = {"terms": f"{MADE_UP}\tdrone swarm\nbad line\n詞\ta; b; c", "reason": "List"}
    answer = officer.post("/office/lexicon/paste", data=data)
    assert answer.status_code == 422
    assert "Line 2 (bad line): This is not one Chinese term, one tab" in answer.text
    assert "Line 3 (詞 a; b; c): Give at most two senses" in answer.text
    assert f"{MADE_UP}\tdrone swarm\nbad line" in answer.text
    assert terms(session) == {}
    good = {"terms": f"{MADE_UP}\tdrone swarm\r\n蚵詞\toyster"}
    answer = officer.post("/office/lexicon/paste", data=good, follow_redirects=True)
    assert "Terms added: 2. The next match run reads with them." in answer.text
    assert terms(session) == {MADE_UP: "drone swarm", "蚵詞": "oyster"}


@pytest.mark.parametrize("pasted", ["", "\n\n", "x" * 1_000_000, "詞\tx\n" * 501, "<script>\t\x00"])
def test_bad_pastes_are_refused(officer: FlaskClient, session: Session, pasted: str) -> None:
    answer = officer.post("/office/lexicon/paste", data={"terms": pasted})
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    assert "<script>\t" not in answer.text
    assert terms(session) == {}


def test_a_text_is_checked_and_its_gaps_filled(officer: FlaskClient, session: Session) -> None:
    text = f"我們用{MADE_UP}檢查影像。\n另有噥嚀。"
    page = officer.post("/office/lexicon/coverage", data={"text": text}).text
    assert f"<mark>{MADE_UP}</mark>檢查影像。" in page
    assert "drone" not in page
    assert terms(session) == {}
    rows = {
        "missing-0-stretch": MADE_UP,
        "missing-0-chinese": MADE_UP,
        "missing-0-english": "drone swarm",
        "missing-1-stretch": "噥嚀",
        "missing-1-chinese": "噥嚀",
        "missing-1-english": "half typed",
    }
    address = "/office/lexicon/coverage/add"
    page = officer.post(address, data={"text": text, "row": "0", **rows}).text
    assert f"Added: {MADE_UP}." in page
    assert terms(session) == {MADE_UP: "drone swarm"}
    assert f"<mark>{MADE_UP}</mark>" not in page
    assert "drone swarm inspect" in page
    assert 'value="half typed"' in page
    assert text in page.replace("\r", "")


def test_a_bad_gap_is_named_beside_its_row(officer: FlaskClient, session: Session) -> None:
    rows = {"missing-0-stretch": MADE_UP, "missing-0-chinese": MADE_UP, "missing-0-english": ""}
    data = {"text": f"用{MADE_UP}", "row": "0", **rows}
    answer = officer.post("/office/lexicon/coverage/add", data=data)
    assert answer.status_code == 422
    assert 'id="missing-0-english-error"' in answer.text
    assert "Write what the term means in English." in answer.text
    for row in ("", "7", "x", "0-english"):
        answer = officer.post("/office/lexicon/coverage/add", data={**data, "row": row})
        assert answer.status_code == 422
    assert terms(session) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Paste a text first."),
        ("字" * 20_001, "Please use at most 20000 characters."),
        ("x" * 1_000_000, "Please use at most 20000 characters."),
    ],
)
def test_texts_that_cannot_be_checked(officer: FlaskClient, text: str, message: str) -> None:
    answer = officer.post("/office/lexicon/coverage", data={"text": text})
    assert answer.status_code == 422
    assert message in answer.text


@pytest.mark.parametrize(
    "text", ["😀", "שלום \u202e", "<script>alert(1)</script>", "。。。", "ß\x07"]
)
def test_odd_texts_are_read_without_harm(officer: FlaskClient, text: str) -> None:
    answer = officer.post("/office/lexicon/coverage", data={"text": text})
    assert answer.status_code == 200
    assert "Nothing is missing" in answer.text
    assert "<script>alert" not in answer.text


def test_a_calls_gaps_are_counted_by_texts(make: Factory, officer: FlaskClient) -> None:
    call = make.call()
    make.problem(call=call, text_zh=f"{MADE_UP}和{MADE_UP}")
    make.team(make.user(), text_zh=f"我們有{MADE_UP}")
    page = officer.get(f"/office/lexicon/coverage?call={call.id}").text
    assert re.search(rf"{MADE_UP}</th>\s*<td class=\"num\"[^>]*>2</td>", page)
    link = re.search('href="(/office/lexicon/new[^"]*)"', page)
    assert link is not None
    assert f'value="{MADE_UP}"' in officer.get(link[1]).text


@pytest.mark.parametrize("call", ["999", "x", "-1", "9" * 30])
def test_calls_that_do_not_exist_are_not_found(officer: FlaskClient, call: str) -> None:
    assert officer.get(f"/office/lexicon/coverage?call={call}").status_code == 404


@pytest.mark.parametrize("number", ["0", "999", "2147483648", "x"])
def test_terms_that_do_not_exist_are_not_found(officer: FlaskClient, number: str) -> None:
    assert officer.get(f"/office/lexicon/{number}").status_code == 404
    assert officer.post(f"/office/lexicon/{number}/delete").status_code == 404


def test_the_menu_leads_here_for_the_office_only(
    make: Factory, login: Login, officer: FlaskClient
) -> None:
    page = officer.get("/office").text
    assert '<a href="/office/lexicon">Lexicon</a>' in page
    assert '<a href="/office/exposure">Exposure</a>' in page
    assert "/office/lexicon" not in login(make.user()).get("/teams").text


def test_a_reason_too_long_comes_back_and_deletes_nothing(
    officer: FlaskClient, session: Session, term: LexiconTerm
) -> None:
    data = {"version": term.version, "reason": "because " * 100}
    answer = officer.post(f"/office/lexicon/{term.id}/delete", data=data)
    assert answer.status_code == 422
    assert "Please use at most" in answer.text
    assert "because because" in answer.text
    assert f'action="/office/lexicon/{term.id}"' in answer.text
    assert terms(session) == {"質檢機": "inspection machine"}
