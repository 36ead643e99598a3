"""The rubrics' pages over HTTP: reading, editing, comparing, in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.assessment.rubric_edit import parts
from matchmaker.assessment.shipped import shipped_data
from matchmaker.models import Role, RubricVersion
from tests.factories import Factory

Login = Callable[..., FlaskClient]
KINDS = ("screening", "grading", "readiness")


@pytest.fixture
def officer(make: Factory, login: Login) -> FlaskClient:
    return login(make.officer(), "en")


def typed(kind: str, **changes: str) -> dict[str, str]:
    """The form of the version that ships, as a browser would send it."""
    values = {
        part.path.replace(".", "-").replace("*", "every"): str(part.value)
        for part in parts(shipped_data()[kind, "1"])
    }
    return {**values, "seen": "1", "note": "Data decide", **changes}


def versions(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(sa.select(RubricVersion.kind, RubricVersion.version))
    return [(row[0], row[1]) for row in rows]


def errors(page: str) -> list[str]:
    found = re.findall(r'class="error" id="([\w-]+)-error">.*?</span>(.*?)</span>', page, re.S)
    return [f"{name}: {html.unescape(text).strip()}" for name, text in found]


def test_who_may_see_and_change(make: Factory, login: Login, client: FlaskClient) -> None:
    administrator, stranger = login(make.user(Role.ADMINISTRATOR)), login(make.user())
    pages = ("", "/grading/1", "/grading/compare", "/grading/1/edit")
    for page in pages:
        assert client.get(f"/office/rubrics{page}").status_code == 302
        assert stranger.get(f"/office/rubrics{page}").status_code == 403
    answers = [administrator.get(f"/office/rubrics{page}").status_code for page in pages]
    assert answers == [200, 200, 200, 403]
    assert "/edit" not in administrator.get("/office/rubrics").text
    refused = administrator.post("/office/rubrics/grading/1/edit", data=typed("grading"))
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ["Data gap", "Flagship", "Unknowing", "No contact person", "every gate passed"]),
        ("zh_Hant_TW", ["資料落差", "旗艦題", "尚未認識", "無窗口", "所有門檻"]),
    ],
)
def test_a_rubric_reads_in_words(
    make: Factory, login: Login, locale: str, words: list[str]
) -> None:
    browser = login(make.officer(), locale)
    shown = "".join(browser.get(f"/office/rubrics/{kind}/1").text for kind in KINDS)
    assert [word for word in words if word not in shown] == []
    for page in ("/grading/7", "/nothing/1", "/nothing/compare", "/grading/7/edit"):
        assert browser.get(f"/office/rubrics{page}").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", ["edit", "words"])
def test_the_form_as_it_stands_changes_nothing(officer: FlaskClient, kind: str, page: str) -> None:
    answer = officer.post(f"/office/rubrics/{kind}/1/{page}", data=typed(kind))
    assert answer.status_code == 422
    assert "Nothing differs from the version in force." in answer.text
    assert errors(answer.text) == []


def test_an_officer_makes_a_version(officer: FlaskClient, session: Session) -> None:
    form = officer.get("/office/rubrics/grading/1/edit").text
    assert 'name="criteria-DF1-weight"' in form
    assert 'name="grades-G3-amount-0"' in form
    data = typed("grading", **{"criteria-DF1-weight": "30", "criteria-DF2-weight": "１０"})
    data["grades-G3-amount-1"] = "350,000"

    answer = officer.post("/office/rubrics/grading/1/edit", data=data, follow_redirects=True)

    assert "Version 1.1 is in force from now on." in answer.text
    assert versions(session) == [("grading", "1.1")]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    assert "Data decide" in text
    assert "DF1 Data gap Weight 20 30" in text
    assert "G3 Field Largest award (NT$) 300,000 350,000" in text
    assert "Not in force any more" in officer.get("/office/rubrics/grading/1").text
    compared = officer.get("/office/rubrics/grading/compare").text
    assert "DF2 Method novelty" in compared
    chosen = re.findall(r'<option value="([\d.]+)" selected', compared)
    assert chosen == ["1", "1.1"]
    assert "Nothing differs" in officer.get("/office/rubrics/grading/compare?before=1&after=1").text
    assert officer.get("/office/rubrics/grading/compare?before=8").status_code == 404


def test_other_words_are_a_version_too(officer: FlaskClient, session: Session) -> None:
    assert 'name="grades-G3-en"' in officer.get("/office/rubrics/grading/1/words").text
    data = typed("grading", **{"grades-G3-en": "On site", "grades-G3-zh": "場域題"})

    answer = officer.post("/office/rubrics/grading/1/words", data=data, follow_redirects=True)

    assert "Version 1.1 is in force from now on." in answer.text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    assert "G3 On site English Field On site" in text
    assert "G3 On site Chinese 實戰題 場域題" in text
    assert versions(session) == [("grading", "1.1")]


def test_a_renamed_grade_is_shown_by_its_new_name(
    make: Factory, officer: FlaskClient, client: FlaskClient
) -> None:
    make.problem(grade="G3")
    assert "G3 Field" in client.get("/problems", headers={"Accept-Language": "en"}).text
    data = typed("grading", **{"grades-G3-en": "Site trial"})
    assert officer.post("/office/rubrics/grading/1/words", data=data).status_code == 302

    shown = client.get("/problems", headers={"Accept-Language": "en"}).text

    assert "G3 Site trial" in shown
    assert "G3 Field" not in shown


def test_a_fault_stands_beside_the_field_and_what_was_typed_stays(
    make: Factory, login: Login, session: Session
) -> None:
    browser = login(make.officer(), "zh_Hant_TW")
    hostile = "\u202e<script>alert(1)</script>🙂"
    data = typed(
        "grading",
        **{"criteria-DF1-weight": "35", "grades-G2-en": hostile, "floors-data-grade": "G8"},
    )
    answer = browser.post("/office/rubrics/grading/1/edit", data=data)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    data["floors-data-grade"] = "G2"
    answer = browser.post("/office/rubrics/grading/1/edit", data=data)
    assert errors(answer.text) == ["criteria-DF1-weight: 權重合計必須是 100，目前是 115。"]
    assert 'value="35"' in answer.text
    assert versions(session) == []


@pytest.mark.parametrize("value", ["", "many", "-3", "1e9", "9" * 40, "\x00", "２.五"])
def test_what_is_no_number_is_refused(officer: FlaskClient, session: Session, value: str) -> None:
    data = typed("screening", list_from=value)
    answer = officer.post("/office/rubrics/screening/1/edit", data=data)
    assert answer.status_code == 422
    assert errors(answer.text) == ["list_from: Please enter a number."]
    assert versions(session) == []


def test_too_much_text_and_no_reason(officer: FlaskClient) -> None:
    data = typed("screening", note="", **{"gates-data-en": "x" * 1_000_000})
    answer = officer.post("/office/rubrics/screening/1/words", data=data)
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "gates-data-en: Please use at most 1000 characters.",
        "note: Say why the rubric changes.",
    ]


def test_two_officers_at_once(officer: FlaskClient, session: Session) -> None:
    first = typed("screening", list_from="70")
    assert officer.post("/office/rubrics/screening/1/edit", data=first).status_code == 302

    second = typed("screening", coach_from="40")
    answer = officer.post("/office/rubrics/screening/1/edit", data=second)

    assert answer.status_code == 409
    assert "Somebody else has put version 1.1 in force" in answer.text
    assert 'value="40"' in answer.text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    assert "List from score 65 70" in text
    again = officer.post("/office/rubrics/screening/1/edit", data={**second, "seen": "1.1"})
    assert again.status_code == 302
    assert versions(session) == [("screening", "1.1"), ("screening", "1.2")]
