"""Registering, signing in and one's own account, over HTTP in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from matchmaker import passwords
from matchmaker.models import OutboxMessage, User
from matchmaker.web import create_app

PASSWORD = "correct horse battery"
HASH = passwords.hash_password(PASSWORD)
OTHER = "seven green bottles"
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
ANN = {"name": "Ann", "email": "ann@example.com", "password": PASSWORD, "locale": "en"}
WRONG = {
    "en": "The e-mail address or the password is not right.",
    "zh_Hant_TW": "電子郵件地址或密碼不正確。",
}


@pytest.fixture
def visitor(app):
    """A browser that is not signed in, in one language: ``visitor("en")``."""

    def open_browser(locale="en", of=app):
        client = of.test_client()
        client.get(f"/language/{locale}")
        return client

    return open_browser


@pytest.fixture
def ann(make):
    return make.user(email="ann@example.com", name="Ann", password_hash=HASH)


def last_link(session) -> str:
    session.rollback()  # What requests have written since is in a later snapshot.
    message = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    return re.search(r"http://localhost(/\S+)", message.body)[1]


def kinds(session) -> list[str]:
    return list(session.scalars(sa.select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def is_signed_in(client) -> bool:
    return client.get("/account").status_code == 200


def sign_in(client, password=PASSWORD, **values):
    return client.post(
        "/account/login", data={"email": "ann@example.com", "password": password, **values}
    )


@BOTH
def test_from_registering_to_signing_in(visitor, session, locale):
    client = visitor(locale)
    assert client.get("/account/register").text.count('class="door-link"') == 2
    done = client.post("/account/register/solver", data={**ANN, "locale": locale})
    assert (done.status_code, done.location) == (302, "/account/letter-sent/confirm")
    early = sign_in(client)
    assert early.status_code == 422
    assert {
        "en": "Please confirm your e-mail address first: open the link in the letter we sent you.",
        "zh_Hant_TW": "請先確認您的電子郵件地址：開啟通知信中的連結。",
    }[locale] in early.text
    assert 'action="/account/resend"' in early.text
    link = last_link(session)
    page = client.get(link)
    assert {"en": "Yes, this is me", "zh_Hant_TW": "是我本人，確認"}[locale] in page.text
    session.rollback()
    session.expire_all()
    assert session.scalar(sa.select(User.confirmed_at)) is None  # Opening it confirmed nothing.
    assert client.post(link).location == "/account/login"
    assert not is_signed_in(client)
    entered = sign_in(client)
    assert (entered.status_code, entered.location) == (302, "/desk")
    assert is_signed_in(client)


@BOTH
def test_registering_looks_the_same_for_a_known_address(visitor, session, ann, locale):
    answers = []
    for email in ("ann@example.com", "new@example.com"):
        client = visitor(locale)
        answer = client.post("/account/register/enterprise", data={**ANN, "email": email})
        page = client.get(answer.location)
        answers.append(
            (answer.status_code, answer.location, answer.data, page.status_code, page.data)
        )
    assert answers[0] == answers[1]
    assert kinds(session) == ["account.exists", "account.confirm"]


def test_the_letter_can_be_sent_again(visitor, session):
    client = visitor()
    client.post("/account/register/solver", data=ANN)
    for email in ("ANN@example.com", "nobody@example.com"):
        done = client.post("/account/resend", data={"email": email})
        assert done.location == "/account/letter-sent/confirm"
    assert kinds(session) == ["account.confirm"] * 2


@BOTH
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "short"}, {"en": "Please use at least 10 characters.", "zh_Hant_TW": "請至少使用 10 個字元。"}),
        ({"password": ""}, {"en": "Please choose a password.", "zh_Hant_TW": "請設定密碼。"}),
        ({"name": "  "}, {"en": "Please give your name.", "zh_Hant_TW": "請填寫您的姓名。"}),
        ({"name": "x" * 10**6}, {"en": "Please use at most 120 characters.", "zh_Hant_TW": "請勿超過 120 個字元。"}),
        ({"email": "ann@"}, {"en": "This is not an e-mail address.", "zh_Hant_TW": "這不是有效的電子郵件地址。"}),
        ({"locale": "fr"}, {"en": "Not a valid choice", "zh_Hant_TW": "不是有效的選擇"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field(visitor, session, locale, typed, said):
    answer = visitor(locale).post("/account/register/solver", data={**ANN, **typed})
    assert answer.status_code == 422
    assert said[locale] in answer.text
    assert 'aria-invalid="true"' in answer.text or "has-error" in answer.text
    assert PASSWORD not in answer.text
    assert session.scalar(sa.select(User)) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Ann 😀 王小明", "Ann 😀 王小明"),
        ("\u202eevil\x00 \x07name", "evil name"),
        ("شركة", "شركة"),
    ],
)
def test_any_name_is_kept_and_shown_as_text(visitor, session, typed, kept):
    client = visitor()
    client.post("/account/register/solver", data={**ANN, "name": typed})
    assert session.scalar(sa.select(User.name)) == kept
    page = client.get(last_link(session)).text
    assert "<script>alert" not in page


def test_nobody_registers_as_staff(visitor):
    assert visitor().post("/account/register/staff", data=ANN).status_code == 404


@BOTH
def test_a_wrong_password_and_an_unknown_address_look_the_same(visitor, ann, locale):
    known = sign_in(visitor(locale), "wrong")
    unknown = visitor(locale).post(
        "/account/login", data={"email": "nob@example.com", "password": "wrong"}
    )
    assert WRONG[locale] in known.text
    assert known.status_code == unknown.status_code == 422
    token = re.compile(r'name="csrf_token"[^>]*>')
    expected = unknown.text.replace("nob@example.com", "ann@example.com")
    assert token.sub("", known.text) == token.sub("", expected)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/teams?page=2", "/teams?page=2"),
        ("", "/desk"),
        ("https://elsewhere.example/", "/desk"),
        ("//elsewhere.example", "/desk"),
        ("/\\elsewhere.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("\t//elsewhere.example", "/desk"),
    ],
)
def test_signing_in_leads_only_to_our_own_pages(visitor, ann, target, leads_to):
    assert sign_in(visitor(), next=target).location == leads_to


def test_a_page_that_needs_signing_in_comes_back_afterwards(visitor, ann):
    client = visitor()
    sent = client.get("/account/password?x=1")
    assert sent.location == "/account/login?next=/account/password?x%3D1"
    assert 'value="/account/password?x=1"' in client.get(sent.location).text


def test_signing_in_begins_a_new_session(visitor, ann):
    client = visitor("zh_Hant_TW")
    with client.session_transaction() as browser:
        browser["planted"] = "by somebody else"
    sign_in(client)
    with client.session_transaction() as browser:
        assert "planted" not in browser
        assert browser["locale"] == "zh_Hant_TW"


def test_who_is_signed_in_needs_no_sign_in_page(login, ann):
    assert login(ann).get("/account/login?next=/teams").location == "/teams"


def test_signing_out(login, ann):
    client = login(ann)
    assert client.get("/account/logout").status_code == 405
    done = client.post("/account/logout")
    assert (done.location, done.headers["Clear-Site-Data"]) == ("/", '"cache"')
    assert not is_signed_in(client)


@BOTH
def test_a_forgotten_password(visitor, login, session, ann, locale):
    elsewhere = login(ann)
    client = visitor(locale)
    for email in ("ann@example.com", "nobody@example.com"):
        answer = client.post("/account/forgot", data={"email": email})
        assert answer.location == "/account/letter-sent/reset"
    assert kinds(session) == ["account.reset"]
    link = last_link(session)
    weak = client.post(link, data={"new_password": "password12345"})
    assert weak.status_code == 422
    assert "password12345" not in weak.text
    assert client.post(link, data={"new_password": OTHER}).location == "/account/login"
    assert not is_signed_in(elsewhere)
    again = client.get(link)
    assert again.status_code == 404
    assert {"en": "This link cannot be used any more.", "zh_Hant_TW": "這個連結已經失效"}[
        locale
    ] in again.text
    assert 'href="/account/forgot"' in again.text
    assert sign_in(client).status_code == 422
    assert sign_in(client, OTHER).status_code == 302


def test_a_reset_of_another_persons_link_is_no_use(visitor, session, ann, make):
    make.user(email="bob@example.com", password_hash=HASH)
    client = visitor()
    client.post("/account/forgot", data={"email": "bob@example.com"})
    link = last_link(session)
    head, _, signature = link.rpartition(".")
    assert client.post(head + "x." + signature, data={"new_password": OTHER}).status_code == 404


def test_changing_the_password_keeps_this_browser_alone(login, session, ann):
    here, elsewhere = login(ann), login(ann)
    wrong = here.post("/account/password", data={"password": OTHER, "new_password": OTHER})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    done = here.post("/account/password", data={"password": PASSWORD, "new_password": OTHER})
    assert done.location == "/account"
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert kinds(session) == ["account.password_changed"]


def test_signing_out_everywhere(login, ann):
    here, elsewhere = login(ann), login(ann)
    assert here.post("/account/sign-out-everywhere").location == "/account/login"
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_name_and_language(login, session, ann):
    client = login(ann)
    client.post("/account", data={"name": "安", "locale": "zh_Hant_TW"})
    session.rollback()
    session.expire_all()
    assert (ann.name, ann.locale) == ("安", "zh_Hant_TW")
    page = client.get("/account").text
    assert "已儲存。" in page
    assert '<html lang="zh-Hant-TW"' in page
    assert client.post("/account", data={"name": "", "locale": "en"}).status_code == 422


@BOTH
def test_deleting_the_account(login, session, make, ann, locale):
    team = make.team(ann, name_en="Lone team", name_zh="獨行團隊")
    client = login(ann, locale)
    page = client.get("/account/delete").text
    assert {"en": "You leave Lone team. You are its only member, so it disbands.",
            "zh_Hant_TW": "您會離開「獨行團隊」。 您是唯一的成員，團隊將會解散。"}[locale] in page  # fmt: skip
    assert client.post("/account/delete", data={"password": OTHER}).status_code == 422
    assert client.post("/account/delete", data={"password": PASSWORD}).location == "/"
    assert not is_signed_in(client)
    session.rollback()
    session.expire_all()
    assert (ann.email, ann.name) == (None, "")
    assert team.archived_at is not None
    assert sign_in(client).status_code == 422


def test_the_only_lead_is_told_why_not(login, session, make, ann):
    make.organization(ann, make.user(), name_en="Acme")
    client = login(ann)
    page = client.get("/account/delete").text
    assert "You are the only lead of Acme. Make another member a lead first." in page
    assert 'name="password"' not in page
    assert client.post("/account/delete", data={"password": PASSWORD}).status_code == 403
    session.rollback()
    session.expire_all()
    assert ann.email == "ann@example.com"


def test_registering_comes_back_to_where_one_was(visitor, session):
    client = visitor()
    client.post("/account/register/solver", data={**ANN, "next": "/invitations/open/t"})
    assert client.post(last_link(session)).location == "/account/login?next=/invitations/open/t"


@pytest.fixture
def limited(settings, app):
    """The application with its rate limits on; made last, as they are on for all or none."""
    return create_app(replace(settings, rate_limits=True), WTF_CSRF_ENABLED=False)


@BOTH
def test_guessing_is_slowed_down_by_account(limited, visitor, ann, locale):
    client = visitor(locale, limited)
    codes = [
        client.post(
            "/account/login",
            data={"email": "Ann@example.com", "password": "wrong"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{n}"},
        ).status_code
        for n in range(11)
    ]
    assert codes == [422] * 10 + [429]
    refused = sign_in(client)
    assert refused.status_code == 429
    assert {"en": "That was too often in a short time", "zh_Hant_TW": "短時間內操作太多次"}[
        locale
    ] in refused.text
    assert int(refused.headers["Retry-After"]) > 0


def test_guessing_is_slowed_down_by_address_and_success_is_free(limited, visitor, ann):
    client = visitor(of=limited)
    assert [sign_in(visitor(of=limited)).status_code for _ in range(12)] == [302] * 12
    codes = [
        client.post(
            "/account/login", data={"email": f"p{n}@example.com", "password": "x"}
        ).status_code
        for n in range(11)
    ]
    assert codes == [422] * 10 + [429]


def test_letters_to_one_address_are_limited(limited, visitor, ann, session):
    client = visitor(of=limited)
    codes = [
        client.post(path, data={"email": "ann@example.com"}).status_code
        for path in ("/account/forgot", "/account/resend") * 3
    ]
    assert codes == [302] * 5 + [429]


def test_guessing_the_present_password_is_slowed_down(limited, ann):
    client = limited.test_client()
    with client.session_transaction() as browser:
        browser["_user_id"] = f"{ann.id}:1"
    codes = [
        client.post(path, data={"password": "x", "new_password": OTHER}).status_code
        for path in ("/account/password", "/account/delete") * 6
    ]
    assert codes == [422] * 10 + [429] * 2
