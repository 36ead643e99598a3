"""A form posted after the session ended waits while the person signs in; tokens are really checked."""

from __future__ import annotations

import html
import json
import re

import pytest
import sqlalchemy as sa

from matchmaker import passwords
from matchmaker.models import Organization
from matchmaker.web import create_app
from matchmaker.web.resume import local_path, parse_fields

PASSWORD = "correct horse battery"
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
TEXT = 'First line 😀\r\n\r\n<script>"quoted"</script> 第二段\u200f'
UNSAID = {"sector": "", "region": "", "size": ""}
TYPED = {"kind": "enterprise", "name_en": "Acme & Sons", "about_zh": TEXT, "version": "", **UNSAID}


@pytest.fixture
def browser(settings):
    """A browser on an application that checks its tokens."""
    return create_app(settings).test_client()


@pytest.fixture
def ann(make):
    return make.user(email="ann@example.com", password_hash=passwords.hash_password(PASSWORD))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's main part."""
    main = page[page.index("<main") :]
    found = re.findall(r"<input [^>]*>", main)
    inputs = [
        dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in found if 'type="hidden"' in tag
    ]
    return {tag["name"]: html.unescape(tag.get("value", "")) for tag in inputs}


@BOTH
def test_nothing_typed_is_lost(browser, ann, session, locale):
    browser.get(f"/language/{locale}")
    asked = browser.post("/organizations/new", data={**TYPED, "password": "secret of mine"})
    assert asked.status_code == 401
    assert {"en": "Nothing you typed is lost", "zh_Hant_TW": "您輸入的內容都還在"}[
        locale
    ] in asked.text
    assert "secret of mine" not in asked.text
    waiting = hidden(asked.text)
    wrong = browser.post(
        "/account/login", data={**waiting, "email": "ann@example.com", "password": "wrong"}
    )
    assert wrong.status_code == 422
    waiting = hidden(wrong.text)
    shown = browser.post(
        "/account/login", data={**waiting, "email": "ann@example.com", "password": PASSWORD}
    )
    assert shown.status_code == 200
    assert 'action="/organizations/new"' in shown.text
    assert "<script>&#34;quoted" not in shown.text
    assert "Acme &amp; Sons" in shown.text
    again = hidden(shown.text)
    assert session.scalar(sa.select(Organization)) is None  # Nothing is sent without a click.
    session.rollback()
    done = browser.post("/organizations/new", data=again)
    assert done.status_code == 302
    made = session.scalar(sa.select(Organization))
    assert made.name_en == "Acme & Sons"
    assert made.about_zh == TEXT.replace("\r\n", "\n")


def test_reading_leads_to_the_sign_in_page(browser):
    answer = browser.get("/organizations/new?a=1&b=2")
    assert answer.location == "/account/login?next=/organizations/new?a%3D1%26b%3D2"


def test_an_outdated_token_gives_the_form_back(browser, ann, session):
    page = browser.get("/account/login").text
    browser.post(
        "/account/login", data={**hidden(page), "email": "ann@example.com", "password": PASSWORD}
    )
    refused = browser.post("/organizations/new", data={**TYPED, "csrf_token": "old"})
    assert refused.status_code == 400
    assert session.scalar(sa.select(Organization)) is None
    session.rollback()
    assert browser.post("/organizations/new", data=hidden(refused.text)).status_code == 302
    assert session.scalar(sa.select(Organization.name_en)) == "Acme & Sons"


def test_a_sign_in_page_open_for_days_still_holds_the_text(browser, ann):
    waiting = {
        "resume_path": "/organizations/new",
        "resume_fields": json.dumps(list(TYPED.items())),
    }
    late = browser.post(
        "/account/login",
        data={**waiting, "csrf_token": "old", "email": "ann@example.com", "password": PASSWORD},
    )
    assert late.status_code == 400
    assert "這個頁面開啟太久了，請再試一次。" in late.text
    assert PASSWORD not in late.text
    kept = hidden(late.text)
    assert parse_fields(kept["resume_fields"]) == list(TYPED.items())
    shown = browser.post(
        "/account/login", data={**kept, "email": "ann@example.com", "password": PASSWORD}
    )
    assert hidden(shown.text)["name_en"] == "Acme & Sons"


def test_a_public_form_with_an_outdated_token_asks_nobody_to_sign_in(browser):
    answer = browser.post("/account/forgot", data={"email": "ann@example.com", "csrf_token": "old"})
    assert answer.status_code == 400
    assert hidden(answer.text)["email"] == "ann@example.com"
    assert 'action="/account/forgot"' in answer.text


FOREIGN = pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)


@FOREIGN
def test_another_site_gets_no_button_offered(browser, ann, session, headers):
    page = hidden(browser.get("/account/login").text)
    browser.post("/account/login", data={**page, "email": "ann@example.com", "password": PASSWORD})
    foreign = browser.post("/organizations/new", data=TYPED, headers=headers)
    assert foreign.status_code == 400
    assert "Nothing was done" in foreign.text
    assert "Acme" not in foreign.text
    assert 'action="/organizations/new"' not in foreign.text
    assert session.scalar(sa.select(Organization)) is None


@FOREIGN
def test_what_another_site_sends_does_not_wait_behind_the_sign_in_page(browser, headers):
    foreign = browser.post("/organizations/new", data=TYPED, headers=headers)
    assert foreign.location == "/account/login?next=/organizations/new"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/teams?x=1#y", "/teams?x=1#y"),
        ("teams", "/"),
        ("", "/"),
        (None, "/"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("///elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("\x01//elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:/teams", "/"),
        ("http://[", "/"),
    ],
)
def test_only_paths_of_this_site(target, path):
    assert local_path(target) == path


@pytest.mark.parametrize(
    "text", [None, "", "x", "{}", "1", '["a"]', '[["a"]]', "[1]", "[" * 10_000]
)
def test_nonsense_counts_as_no_fields(text):
    assert parse_fields(text) == []


def test_a_page_of_another_site_cannot_be_resumed(browser, ann):
    page = hidden(browser.get("/account/login").text)
    shown = browser.post(
        "/account/login",
        data={**page, "resume_path": "//elsewhere.example/steal", "resume_fields": '[["a", "b"]]',
              "email": "ann@example.com", "password": PASSWORD},
    )  # fmt: skip
    assert 'action="/"' in shown.text
    assert "elsewhere" not in shown.text
