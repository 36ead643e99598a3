"""`matchmaker user` as an operator types it: what it prints, changes and answers."""

from __future__ import annotations

import io
import json
import re

import pytest
import sqlalchemy as sa

from matchmaker import passwords
from matchmaker.cli import main
from matchmaker.models import AuditEvent, Role, User

PASSWORD = "correct horse battery"


@pytest.fixture
def run(settings, monkeypatch, capsys):
    """Runs the command: ``run("list", typed="...")`` gives exit status, output and errors."""
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("MATCHMAKER_BASE_URL", settings.base_url)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(["user", *arguments])
        written = capsys.readouterr()
        return ended.value.code or 0, written.out, written.err

    return call


def create(run, email="Off@Example.com", *options: str, password: str = PASSWORD):
    arguments = ("create", email, "--name", "Olga", "--password-stdin", *options)
    return run(*arguments, typed=password + "\n")


def test_an_account_made_here_works(run, session):
    done = create(
        run, "Off@Example.com", "--role", "officer", "--role", "reviewer", "--locale", "en"
    )
    assert done == (0, "The account off@example.com is ready.\n", "")
    user = session.scalar(sa.select(User))
    assert (user.name, user.kind, user.locale) == ("Olga", "staff", "en")
    assert user.roles == {Role.OFFICER, Role.REVIEWER}
    assert user.is_usable
    assert passwords.verify(user.password_hash, PASSWORD)
    event = session.scalar(sa.select(AuditEvent))
    assert (event.action, event.actor_id) == ("account:create", None)


@pytest.mark.parametrize(
    ("email", "password", "line"),
    [
        ("nobody", PASSWORD, "This is not an e-mail address. Example: name@company.com.tw"),
        ("a@example.com", "short", "Please use at least 10 characters."),
        ("a@example.com", "", "Please use at least 10 characters."),
        (
            "a@example.com",
            "password123",
            "This password is one of those guessed first. Take several words.",
        ),
    ],
)
def test_what_is_wrong_is_one_line(run, session, email, password, line):
    assert create(run, email, password=password) == (1, "", f"matchmaker: {line}\n")
    assert session.scalar(sa.select(User)) is None


def test_an_address_is_used_once(run):
    create(run)
    line = "matchmaker: There is already an account with the address off@example.com.\n"
    assert create(run, "OFF@example.com") == (1, "", line)


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "a@example.com"],
        ["create", "a@example.com", "--name", "A", "--kind", "king"],
        ["role", "a@example.com", "king"],
        ["role", "a@example.com"],
        ["fly"],
    ],
)
def test_bad_usage_exits_with_2(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("Usage: ")


def test_roles_are_given_and_taken(run, session):
    create(run)
    assert run("role", "off@example.com", "mentor") == (
        0, "off@example.com has these roles: Mentor.\n", "",
    )  # fmt: skip
    assert run("role", "off@example.com", "mentor", "--remove")[1] == (
        "off@example.com has these roles: –.\n"
    )
    assert session.scalar(sa.select(User)).roles == set()


def test_blocking_and_unblocking(run, session):
    create(run)
    assert run("disable", "off@example.com")[:2] == (
        0,
        "off@example.com cannot sign in any more.\n",
    )
    assert not session.scalar(sa.select(User)).is_usable
    line = "matchmaker: The account off@example.com is blocked. Enable it first.\n"
    assert run("reset-password", "off@example.com") == (1, "", line)
    assert (
        run("disable", "off@example.com", "--enable")[1] == "off@example.com can sign in again.\n"
    )


def test_erasing_asks_first_and_says_why_not(run, make):
    person, colleague = make.user(name="Olga"), make.user()
    make.team(person, colleague, name_zh="織造隊", name_en="Weavers")
    assert run("erase", person.email, typed="n\n")[0] == 1
    refused = run("erase", person.email, "--yes")
    assert (refused[0], "You are the only lead of" in refused[2]) == (1, True)

    done = run("erase", colleague.email, "--yes")
    assert done[:2] == (
        0,
        f"The account {colleague.id} no longer says who it belonged to.\n",
    )
    assert run("list", "--json")[1].count("@") == 1


@pytest.mark.parametrize(
    "arguments", [["role", "mentor"], ["disable"], ["reset-password"], ["erase", "--yes"]]
)
def test_an_unknown_address_is_said(run, arguments):
    status, out, err = run(arguments[0], "x@example.com", *arguments[1:])
    line = "matchmaker: There is no account with the address x@example.com.\n"
    assert (status, out, err) == (1, "", line)


def test_the_printed_link_chooses_a_new_password_once(run, app):
    create(run)
    status, out, _err = run("reset-password", "off@example.com")
    assert status == 0
    path = re.fullmatch(r"http://localhost(/account/reset/\S+)\n", out)[1]
    client = app.test_client()
    assert client.post(path, data={"new_password": "seven green bottles"}).status_code == 302
    assert client.get(path).status_code == 404


def test_the_list(run, make):
    make.user(Role.MENTOR, email="b@example.com", name="王小明", confirmed_at=None)
    create(run, "a@example.com")
    assert run("list") == (
        0,
        "a@example.com\tOlga\tstaff\t–\tactive\n"
        "b@example.com\t王小明\tsolver\tMentor\tnot confirmed\n",
        "",
    )
    first, second = json.loads(run("list", "--json")[1])
    assert (first["email"], first["roles"], first["confirmed"]) == ("a@example.com", [], True)
    assert (second["name"], second["roles"], second["confirmed"]) == ("王小明", ["mentor"], False)


def test_the_operators_language(run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    assert create(run)[1] == "帳號 off@example.com 已建立，可以使用。\n"


def test_an_empty_database_is_said(run, settings):
    (settings.data_dir / "matchmaker.db").unlink()
    status, _out, err = run("list")
    assert (status, err) == (1, "matchmaker: The database is empty. Run: matchmaker db upgrade\n")
