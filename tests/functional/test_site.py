"""The front page, the language switch, what every answer carries, and pages that only read."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from matchmaker.models import Base
from matchmaker.web.security import CONTENT_SECURITY_POLICY
from matchmaker.workflows.problem import ProblemState

ENGLISH, CHINESE = "/language/en", "/language/zh_Hant_TW"


def words(response):
    """The text of a page as people read it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def lang(response):
    return re.search(r'<html lang="([^"]+)"', response.text)[1]


@pytest.mark.parametrize(
    ("switch", "claim", "names", "title"),
    [
        (
            ENGLISH,
            "Companies and public bodies bring what holds them back",
            ("I have a problem", "I can solve", "I run a programme"),
            "Screws",
        ),
        (CHINESE, "企業與公部門帶來痛點", ("我有問題要解", "我能解題", "我是計畫辦公室"), "螺絲"),
    ],
)
def test_the_front_page_says_what_this_is_and_opens_three_doors(
    make, client, switch, claim, names, title
):
    problem = make.problem(title_en="Screws", title_zh="螺絲")
    make.problem(ProblemState.SUBMITTED, title_en="Unseen", title_zh="看不到")
    make.team()
    client.get(switch)
    page = client.get("/")
    for text in (claim, *names, title):
        assert text in words(page)
    assert "Unseen" not in page.text
    assert "看不到" not in page.text
    figures = re.findall(r'<span class="figure-value">(\d+)', page.text)
    assert figures == ["1", "1", "1", "0"]
    links = (
        "/account/register/enterprise",
        "/account/register/solver",
        "/account/login?next=/desk",
        f"/problems/{problem.id}",
        "/teams",
    )
    for link in links:
        assert f'href="{link}"' in page.text


def test_the_doors_lead_further_in_for_who_is_signed_in(make, login):
    page = login(make.user()).get("/")
    for link in ("/problems/guide", "/teams/new", "/desk"):
        assert f'href="{link}"' in page.text
    assert "/account/register" not in page.text


def test_an_empty_front_page_says_what_to_do(client):
    client.get(ENGLISH)
    page = words(client.get("/"))
    assert "No problem is open at the moment" in page
    assert "Create your team now, and you are matched as soon as one is." in page


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-HK", "zh-Hant-TW"),
        ("fr, en;q=0.5", "en"),
        ("fr", "zh-Hant-TW"),
        ("", "zh-Hant-TW"),
    ],
)
def test_the_first_language_is_the_browsers(client, header, shown):
    assert lang(client.get("/", headers={"Accept-Language": header})) == shown


def test_the_switch_stays_and_beats_browser_and_account(make, login, client):
    assert client.get(ENGLISH).location == "/"
    assert lang(client.get("/", headers={"Accept-Language": "zh-TW"})) == "en"
    signed_in = login(make.user(locale="en"), "en")
    signed_in.get(CHINESE)
    assert lang(signed_in.get("/desk")) == "zh-Hant-TW"


def test_an_unknown_language_changes_nothing(client):
    client.get(ENGLISH)
    assert client.get("/language/tlh").status_code == 302
    assert lang(client.get("/")) == "en"


def test_the_switch_leads_back_to_the_page(client):
    assert client.get(f"{ENGLISH}?next=/teams?q=%E8%9E%BA").location == "/teams?q=%E8%9E%BA"


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "elsewhere.example",
        "",
    ],
)
def test_the_switch_never_leads_off_the_site(client, target):
    assert client.get(ENGLISH, query_string={"next": target}).location == "/"


@pytest.mark.parametrize(
    ("switch", "code", "said"),
    [
        (ENGLISH, "en", "There is nothing at this address"),
        (CHINESE, "zh-Hant-TW", "找不到這一頁"),
    ],
)
def test_a_page_that_is_not_there_says_so_in_the_readers_language(client, switch, code, said):
    client.get(switch)
    page = client.get("/no/such/page")
    assert (page.status_code, lang(page)) == (404, code)
    assert said in words(page)
    assert 'href="/"' in page.text


@pytest.mark.parametrize("path", ["/", "/teams", "/no/such/page", "/desk", "/healthz", "/privacy"])
def test_every_answer_carries_the_protections(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert {"Cookie", "Accept-Language"} <= set(headers["Vary"].replace(" ", "").split(","))
    assert "Strict-Transport-Security" not in headers


def test_https_is_remembered_where_it_is_used(client):
    headers = client.get("/", base_url="https://localhost").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_policy_allows_no_inline_script_and_no_other_site():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "path", ["/", "/teams", "/desk", "/teams/new", "/privacy", "/accessibility"]
)
def test_pages_have_no_inline_script_or_style(make, login, path):
    page = login(make.user()).get(path).text
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"", page) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


@pytest.mark.parametrize(
    "path", ["/", "/teams", "/desk", "/teams/new", "/privacy", "/accessibility"]
)
def test_every_page_has_one_heading_of_the_first_level_and_a_title(make, login, path):
    page = login(make.officer(), "zh_Hant_TW").get(path).text
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>[^<]+</title>", page)


@pytest.mark.parametrize(
    ("path", "english", "chinese"),
    [
        ("/privacy", "What the matcher reads", "媒合讀取哪些內容"),
        ("/accessibility", "How you can use the site", "如何使用本網站"),
    ],
)
def test_the_short_pages_in_both_languages(client, path, english, chinese):
    client.get(ENGLISH)
    assert english in words(client.get(path))
    client.get(CHINESE)
    assert chinese in words(client.get(path))


def snapshot(engine):
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(table)).all()
            for table in Base.metadata.sorted_tables
        }


def test_reading_pages_writes_nothing(make, login, engine, app):
    officer = make.officer()
    make.problem(organization=make.organization(officer))
    team = make.team(officer)
    before = snapshot(engine)
    client = login(officer)
    fill = {"team_id": team.id, "organization_id": 1, "problem_id": 1, "locale": "en"}
    read = 0
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= fill.keys() and rule.endpoint != "static":
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(
                    rule.endpoint, {name: fill[name] for name in rule.arguments}
                )
            assert client.get(path).status_code < 500, path
            read += 1
    assert read > 20
    assert snapshot(engine) == before


def test_every_form_needs_its_token(make, settings):
    from matchmaker.web import create_app

    guarded = create_app(settings).test_client()
    user = make.user()
    with guarded.session_transaction() as browser:
        browser["_user_id"] = f"{user.id}:{user.session_epoch}"
    assert guarded.post("/teams/new", data={"name_en": "x", "kind": "student"}).status_code == 400


def test_the_process_and_the_database_answer(client):
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ready")
