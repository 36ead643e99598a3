"""Mail: written with the decision, sent once after the commit, in the reader's language."""

from __future__ import annotations

import email
import email.policy
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.adapters.mail import ConsoleMail, FileMail, SMTPMail, build, make_mail
from matchmaker.db import make_sessions
from matchmaker.models import Job, OutboxMessage
from matchmaker.services.context import Context
from matchmaker.services.mail import LETTERS, compose
from matchmaker.settings import Settings
from matchmaker.tasks import TaskContext
from matchmaker.tasks.mail import deliver
from matchmaker.workflows.job import JobState
from tests.factories import Factory


class Server(socketserver.ThreadingTCPServer):
    """As much of an SMTP server as a client needs to hand one letter over."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters: list[bytes] = []


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = []
                while (part := self.rfile.readline()) != b".\r\n":
                    letter.append(part)
                self.server.letters.append(b"".join(letter))  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
            if word == "QUIT":
                return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()


@pytest.mark.parametrize(
    ("locale", "subject", "line"),
    [
        ("en", "You already have an account", "http://localhost/account/login"),
        ("zh_Hant_TW", "您已經有帳號了", "http://localhost/account/login"),
    ],
)
def test_letter_waits_in_the_readers_language_and_is_sent_once(
    session: Session,
    settings: Settings,
    ctx: Callable[..., Context],
    make: Factory,
    run_jobs: Callable[[], int],
    locale: str,
    subject: str,
    line: str,
) -> None:
    user = make.user(locale=locale, email="reader@example.com")
    ctx(None).send_mail("account.exists", user, url=line)
    session.commit()
    folder = settings.data_dir / "mail"
    assert not folder.exists()

    assert run_jobs() == 1
    assert run_jobs() == 0

    (path,) = folder.glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (letter["To"], letter["Subject"]) == ("reader@example.com", subject)
    assert line in letter.get_content()


def test_second_delivery_of_a_job_sends_nothing(
    session: Session, settings: Settings, engine: sa.Engine, ctx: Callable[..., Context]
) -> None:
    ctx(None).send_mail("account.exists", "a@example.com", url="http://localhost")
    session.commit()
    message_id = session.scalars(sa.select(OutboxMessage.id)).one()
    context = TaskContext(settings, make_sessions(engine), job_id=0)

    for _ in range(2):
        deliver(context, message_id=message_id)

    assert len(list((settings.data_dir / "mail").iterdir())) == 1


def test_rolled_back_decision_sends_nothing(
    session: Session, settings: Settings, ctx: Callable[..., Context], run_jobs: Callable[[], int]
) -> None:
    ctx(None).send_mail("account.exists", "a@example.com", url="http://localhost")
    session.rollback()

    assert run_jobs() == 0
    assert not (settings.data_dir / "mail").exists()


def test_erased_person_gets_no_letter(
    session: Session, ctx: Callable[..., Context], make: Factory
) -> None:
    user = make.user(email=None)

    ctx(None).send_mail("account.exists", user, url="http://localhost")

    assert session.scalars(sa.select(OutboxMessage)).all() == []


def test_server_out_of_reach_means_another_try(
    session: Session, settings: Settings, engine: sa.Engine, ctx: Callable[..., Context]
) -> None:
    from matchmaker.worker import Worker

    ctx(None).send_mail("account.exists", "a@example.com", url="http://localhost")
    session.commit()
    broken = replace(settings, mail="smtp", smtp_host="127.0.0.1", smtp_port=1)

    assert Worker(broken, make_sessions(engine)).run_all() == 1

    job = session.scalars(sa.select(Job)).one()
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert "Connection refused" in job.error


def test_smtp_hands_the_letter_over(server: Server, settings: Settings) -> None:
    port: Any = server.server_address[1]
    mail = SMTPMail(
        replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", mail="smtp")
    )

    mail.check()
    mail.send("甲乙 <a@example.com>", "命題已發布", "請看：http://localhost\n")

    (content,) = server.letters
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert letter["Subject"] == "命題已發布"
    assert "請看" in letter.get_content()
    assert letter["From"] == "Matchmaker <no-reply@localhost>"


@pytest.mark.parametrize("name", ["recipient", "subject"])
def test_no_header_can_be_smuggled_in(name: str) -> None:
    values = {"recipient": "a@example.com", "subject": "Hello"}

    with pytest.raises(ValueError, match=r"linefeed|newline"):
        build("b@example.com", **(values | {name: "x\r\nBcc: c@example.com"}), body="")


def test_settings_choose_the_way(settings: Settings, tmp_path: Path) -> None:
    kinds = {"file": FileMail, "console": ConsoleMail, "smtp": SMTPMail}

    for name, kind in kinds.items():
        assert type(make_mail(replace(settings, mail=name))) is kind


def test_console_shows_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMail("b@example.com").send("a@example.com", "標題", "內文\n")

    assert capsys.readouterr().out == "--- mail to a@example.com\n標題\n\n內文\n---\n"


def test_every_letter_is_complete_in_both_languages() -> None:
    for kind, letter in LETTERS.items():
        names = set(re.findall(r"%\((\w+)\)", letter.subject + letter.body))
        values = {name: f"<{name}>" for name in names}
        english, chinese = (compose(kind, locale, **values) for locale in ("en", "zh_Hant_TW"))
        assert english[0] != chinese[0], kind
        for name in names:
            assert f"<{name}>" in "".join(english), kind
            assert f"<{name}>" in "".join(chinese), kind
