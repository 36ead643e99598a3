"""Forms that save themselves, over HTTP."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from matchmaker.models import FormDraft


def stored(session):
    session.rollback()
    session.expire_all()
    return session.scalar(sa.select(FormDraft))


def test_what_is_typed_is_kept_without_secrets(make, login, session):
    user = make.user()
    typed = {
        "csrf_token": "t",
        "password": "p",
        "text_zh": "刮痕 😀 <script>",
        "techniques": ["a", "b"],
    }
    response = login(user).post("/drafts/problem:new", data=typed)
    assert response.status_code == 200
    assert datetime.fromisoformat(response.json["saved_at"]) == stored(session).saved_at
    assert stored(session).values == {"text_zh": ["刮痕 😀 <script>"], "techniques": ["a", "b"]}
    assert stored(session).user_id == user.id


def test_an_unknown_form_is_refused_in_words_and_nothing_is_kept(make, login, session):
    response = login(make.user()).post("/drafts/user:1", data={"name": "x"})
    assert (response.status_code, response.json["code"]) == (404, "not_found")
    assert stored(session) is None


def test_too_much_text_is_refused_in_the_readers_language(make, login, session):
    client = login(make.user(), "zh_Hant_TW")
    response = client.post("/drafts/team:new", data={"text_en": "x" * 1_000_000})
    assert response.status_code == 422
    assert response.json["detail"] == "內容太長，無法暫存：一張表單最多 400000 字。"
    assert stored(session) is None


def test_discarding_leads_back_to_the_form(make, login, session):
    client = login(make.user())
    client.post("/drafts/team:3", data={"name_en": "x"})
    response = client.post("/drafts/team:3/discard", data={"next": "/teams/3/edit"})
    assert (response.status_code, response.location) == (302, "/teams/3/edit")
    assert stored(session) is None


def test_discarding_never_leads_to_another_site(make, login):
    response = login(make.user()).post(
        "/drafts/team:3/discard", data={"next": "https://elsewhere.example/"}
    )
    assert response.location == "/"


def test_visitors_keep_nothing(client, session):
    response = client.post("/drafts/team:new", data={"name_en": "x"})
    assert response.status_code == 401
    assert stored(session) is None
