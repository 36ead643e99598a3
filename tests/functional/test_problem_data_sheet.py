"""The data sheet: a page for people, and Croissant that the format's own library accepts."""

from __future__ import annotations

import html
import json
import warnings
from datetime import UTC, datetime

import pytest

from matchmaker.reports.data_sheet import sheet_fields
from matchmaker.workflows.problem import ProblemState

S = ProblemState
INTAKE = {
    "data_purpose": "養殖管理",
    "data_period": "2024 年 3 月起",
    "data_unit": "一列是一次量測",
    "data_amount": "約 90 萬列",
    "data_fields": "time: 量測時間\n溫度：水溫 °C\ndo-mg: dissolved oxygen\n<b>x</b>: y",
    "data_labels_how": "池主記錄死亡數",
    "data_gaps": "兩口池缺 8 月",
    "data_license": "僅限本題使用",
    "data_refresh": "每日",
    "data_contact": "陳先生 0912-345-678",
    "data_band": "B",
    "label_status": "some",
    "personal": "none",
    "access": "two_weeks",
    "must_not": "不可自動投藥",
}


@pytest.fixture
def problem(make, session):
    problem = make.problem(
        S.PUBLISHED,
        title_zh="魚塭清晨缺氧預警",
        data_zh="六口池的水質感測。",
        published_at=datetime(2026, 3, 1, 4, tzinfo=UTC),
    )
    problem.intake = INTAKE
    session.commit()
    return problem


def exported(client, problem):
    answer = client.get(f"/problems/{problem.id}/data-sheet.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/ld+json")
    return json.loads(answer.text)


def read_by_its_library(sheet):
    """What mlcroissant makes of the sheet; raises if it breaks a rule of the format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The library's own, of old interfaces it uses.
        import mlcroissant

        dataset = mlcroissant.Dataset(jsonld=sheet)
    assert (dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.warnings) == (
        set(),
        set(),
    )
    return dataset.metadata


@pytest.mark.parametrize(
    "intake", [{}, INTAKE, {"data_fields": "：\n*\n a \n a: b\nA/B: c\nA B: d"}]
)
def test_the_format_s_own_library_accepts_it(client, session, problem, intake):
    problem.intake = intake
    session.commit()
    metadata = read_by_its_library(exported(client, problem))
    assert metadata.name == "魚塭清晨缺氧預警"
    named = [field.name for records in metadata.record_sets for field in records.fields]
    assert named == [field.name for field in sheet_fields(intake.get("data_fields", ""))]


def test_a_sheet_is_accepted_in_every_state_that_anybody_may_read(make, client):
    for state in (S.PUBLISHED, S.SOLVING, S.EVALUATING, S.CLOSED):
        made = make.problem(state, text_zh="", title_zh="", techniques=[])
        assert read_by_its_library(exported(client, made)).name == made.title_en


def test_programs_find_what_the_owner_said(client, problem):
    sheet = exported(client, problem)
    assert sheet["conformsTo"] == [
        "http://mlcommons.org/croissant/1.0",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert sheet["license"] == "僅限本題使用"
    assert sheet["datePublished"] == "2026-03-01"
    assert sheet["rai:personalSensitiveInformation"] == "沒有個人資料"
    assert sheet["rai:dataLimitations"] == "兩口池缺 8 月"
    (records,) = sheet["recordSet"]
    kinds = {field["name"]: field["dataType"] for field in records["field"]}
    assert kinds == {
        "time": "sc:DateTime",
        "溫度": "sc:Float",
        "do-mg": "sc:Text",
        "<b>x</b>": "sc:Text",
    }
    assert "0912" not in json.dumps(sheet, ensure_ascii=False)


def test_people_read_the_same_in_their_language(client, problem):
    for locale, words in (
        (
            "zh_Hant_TW",
            ("資料說明書", "B 級：整理後可用", "可以載入，但需要驗證、整併或標註", "兩口池缺 8 月"),
        ),
        (
            "en",
            (
                "Data sheet",
                "Band B: Usable after some work",
                "They load, but need checking",
                "兩口池缺 8 月",
            ),
        ),
    ):
        client.get(f"/language/{locale}?next=/")
        page = client.get(f"/problems/{problem.id}/data-sheet").text
        text = html.unescape(page)
        assert all(word in text for word in words)
        assert "0912" not in page
        assert "<b>x</b>" not in page
        assert f'href="/problems/{problem.id}/data-sheet.json"' in page
        assert "/guide/sheet" not in page


def test_a_draft_s_sheet_is_its_owner_s_alone(make, login, client):
    user = make.user()
    draft = make.problem(S.DRAFT, organization=make.organization(user), submitted_at=None)
    for path in ("data-sheet", "data-sheet.json"):
        address = f"/problems/{draft.id}/{path}"
        assert client.get(address).status_code == 404
        assert login(make.officer()).get(address).status_code == 404
        assert login(user).get(address).status_code == 200
    page = login(user).get(f"/problems/{draft.id}/data-sheet").text
    assert "No question about the data is answered yet" in page
    assert f'href="/problems/{draft.id}/guide/sheet"' in page
