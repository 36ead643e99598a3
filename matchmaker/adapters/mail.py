"""Ways for mail to leave: the console, files, SMTP."""

from __future__ import annotations

import smtplib
import ssl
import sys
import uuid
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Protocol

from matchmaker.settings import Settings


class Mail(Protocol):
    """Sends one message to one address; raises OSError when it cannot."""

    def send(self, recipient: str, subject: str, body: str) -> None: ...


def build(sender: str, recipient: str, subject: str, body: str) -> EmailMessage:
    """An RFC 5322 message; line breaks in a header are refused by the library."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="matchmaker.invalid")
    message.set_content(body)
    return message


class ConsoleMail:
    """Prints mail, for development."""

    def __init__(self, sender: str) -> None:
        self.sender = sender

    def send(self, recipient: str, subject: str, body: str) -> None:
        sys.stdout.write(f"--- mail to {recipient}\n{subject}\n\n{body}---\n")
        sys.stdout.flush()


class FileMail:
    """Writes each mail to a file of its own in a folder."""

    def __init__(self, sender: str, folder: Path) -> None:
        self.sender, self.folder = sender, folder

    def send(self, recipient: str, subject: str, body: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        message = build(self.sender, recipient, subject, body)
        (self.folder / f"{uuid.uuid4().hex}.eml").write_bytes(message.as_bytes())


class SMTPMail:
    """Sends mail through an SMTP server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, recipient: str, subject: str, body: str) -> None:
        message = build(self.settings.mail_sender, recipient, subject, body)
        with self._connect() as server:
            server.send_message(message)

    def check(self) -> None:
        """Sign in and send nothing; raises as `send` would."""
        with self._connect() as server:
            server.noop()

    def _connect(self) -> smtplib.SMTP:
        address = (self.settings.smtp_host, self.settings.smtp_port)
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.settings.smtp_tls == "tls":
            server = smtplib.SMTP_SSL(*address, timeout=20, context=context)
        else:
            server = smtplib.SMTP(*address, timeout=20)
        if self.settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if self.settings.smtp_user:
            server.login(self.settings.smtp_user, self.settings.smtp_password)
        return server


def make_mail(settings: Settings) -> Mail:
    """The adapter that the settings name."""
    if settings.mail == "smtp":
        return SMTPMail(settings)
    if settings.mail == "console":
        return ConsoleMail(settings.mail_sender)
    return FileMail(settings.mail_sender, settings.data_dir / "mail")
