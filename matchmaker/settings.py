"""Settings, read once from the environment; each has a type, a default and a sentence of documentation."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matchmaker.errors import BadSettings
from matchmaker.i18n import LOCALES, N_

PREFIX = "MATCHMAKER_"
DEFAULT_SECRET = "change-me-before-production"  # noqa: S105 -- refused in production


def as_bool(text: str) -> bool:
    """Read yes/no words; anything else is an error rather than a guess."""
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("use yes or no")


def as_zone(text: str) -> ZoneInfo:
    """Read the name of a time zone."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("use a zone name such as Asia/Taipei") from error


def one_of(*words: str) -> Callable[[str], str]:
    """Read one of *words*."""

    def coerce(text: str) -> str:
        if text not in words:
            raise ValueError(f"use one of {', '.join(words)}")
        return text

    return coerce


def as_port(text: str) -> int:
    """Read a TCP port."""
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError("use a number from 1 to 65535")
    return port


def as_address(text: str) -> str:
    """Read the address of a site; links are made by adding a path to it."""
    if not text.startswith(("http://", "https://")):
        raise ValueError("use an address that begins with http:// or https://")
    return text.rstrip("/")


def as_positive(text: str) -> int:
    """Read a whole number above zero."""
    number = int(text)
    if number < 1:
        raise ValueError("use a whole number above zero")
    return number


def as_optional(coerce: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read an empty text as None, anything else by *coerce*."""
    return lambda text: coerce(text) if text.strip() else None


def setting(coerce: Callable[[str], Any], default: Any, doc: str) -> Any:
    """Declare one setting; its environment variable is the field's name in capitals behind MATCHMAKER_."""
    metadata = {"coerce": coerce, "doc": doc}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. `from_environ` reads it; tests build it directly."""

    environment: str = setting(
        one_of("development", "production", "test"),
        "development",
        "Where it runs. In production a default secret or an insecure cookie is refused.",
    )
    secret_key: str = setting(
        str,
        DEFAULT_SECRET,
        "Signs sessions and mailed links. At least 32 characters in production.",
    )
    data_dir: Path = setting(
        Path, lambda: Path("instance"), "Folder for the embedded database and files."
    )
    database_url: str = setting(
        str, "", "SQLAlchemy address of the database. Empty means SQLite in the data folder."
    )
    base_url: str = setting(
        as_address,
        "http://127.0.0.1:8000",
        "Address under which people reach the site; used in mailed links.",
    )
    host: str = setting(str, "127.0.0.1", "Address that `matchmaker serve` listens on.")
    port: int = setting(as_port, 8000, "Port that `matchmaker serve` listens on.")
    web_workers: int = setting(
        as_positive,
        1,
        "Web processes of `matchmaker serve`. More than one needs a shared rate limit store.",
    )
    secure_cookies: bool = setting(
        as_bool, False, "Send cookies over HTTPS only. Must be on in production."
    )
    trusted_proxies: int = setting(
        int, 0, "Number of reverse proxies in front whose forwarding headers are believed."
    )
    default_locale: str = setting(
        one_of(*LOCALES), "zh_Hant_TW", "Language for visitors who state none."
    )
    timezone: ZoneInfo = setting(
        as_zone, lambda: ZoneInfo("Asia/Taipei"), "Zone in which times are shown."
    )
    mail: str = setting(
        one_of("console", "file", "smtp"),
        "file",
        "Where mail goes: the console, files in the data folder, or SMTP.",
    )
    mail_sender: str = setting(str, "Matchmaker <no-reply@localhost>", "Sender of mail.")
    smtp_host: str = setting(str, "localhost", "SMTP server.")
    smtp_port: int = setting(as_port, 25, "SMTP port.")
    smtp_user: str = setting(str, "", "SMTP user; empty for none.")
    smtp_password: str = setting(str, "", "SMTP password.")
    smtp_tls: str = setting(
        one_of("none", "starttls", "tls"), "starttls", "How the SMTP connection is protected."
    )
    rate_limits: bool = setting(
        as_bool, True, "Limit how often sign-in and other costly actions may be tried."
    )
    rate_limit_store: str = setting(
        str,
        "memory://",
        "Store of the rate limits: memory:// for one process, redis://… for several.",
    )
    max_upload_bytes: int = setting(
        as_positive, 4 * 1024 * 1024, "Largest request body accepted, in bytes."
    )
    attachment_bytes: int = setting(
        as_positive, 50 * 1024 * 1024, "Largest file that may be attached to a problem, in bytes."
    )
    attachment_count: int = setting(as_positive, 20, "Most files that one problem may have.")
    attachment_total_bytes: int = setting(
        as_positive, 200 * 1024 * 1024, "Most that the files of one problem may take, in bytes."
    )
    scan_command: str = setting(
        str,
        "",
        "Virus scanner, such as `clamdscan --no-summary --fdpass`; the file's path is added. "
        "Exit status 0 is clean, 1 infected, anything else a failure. Empty means that none is configured.",
    )
    session_hours: int = setting(as_positive, 12, "Hours until a session without activity ends.")
    model: str = setting(
        str,
        "",
        "Folder of a sentence-transformers model, or the name of one fetched from the Hugging Face hub. "
        "Empty means the English model that ships.",
    )
    model_multilingual: bool = setting(
        as_bool,
        False,
        "The model reads Chinese itself, so Chinese text is not glossed first. "
        "Off means that its tokenizer is asked.",
    )
    dictionary: Path | None = setting(
        as_optional(Path), None, "A CC-CEDICT file that widens the bilingual lexicon."
    )
    certificate_font: Path | None = setting(
        as_optional(Path),
        None,
        "A font (OTF, TTF or a collection) for certificates, tried before the one that ships. "
        "Set it if names have characters that others lack.",
    )
    encoder: str = setting(
        one_of("sentence", "hashing"),
        "sentence",
        "Text encoder. `hashing` needs no model and is meant for tests: its ranking is poor.",
    )
    job_lease_seconds: int = setting(
        as_positive, 60, "Seconds after which a job whose worker fell silent is taken by another."
    )
    log_format: str = setting(one_of("json", "text"), "text", "Form of the log lines.")
    log_level: str = setting(
        one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "Least level logged."
    )

    def __post_init__(self) -> None:
        if self.environment == "production":
            self._refuse_unsafe()

    @property
    def url(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'matchmaker.db').resolve()}"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read settings from *environ*; *overrides* win. Unknown MATCHMAKER_ names are refused."""
        environ = os.environ if environ is None else environ
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
        if unknown:
            raise BadSettings(
                N_("Unknown setting %(name)s. See docs/configuration.md for the list."),
                name=unknown[0],
            )
        values = {}
        for name, item in known.items():
            if name in environ and item.name not in overrides:
                values[item.name] = _coerce(name, environ[name], item.metadata["coerce"])
        return cls(**values, **overrides)

    def _refuse_unsafe(self) -> None:
        if self.secret_key == DEFAULT_SECRET or len(self.secret_key) < 32:
            raise BadSettings(
                N_(
                    "MATCHMAKER_SECRET_KEY must be set to at least 32 random characters in production. "
                    "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
                )
            )
        if not self.secure_cookies:
            raise BadSettings(N_("MATCHMAKER_SECURE_COOKIES must be yes in production."))
        if self.web_workers > 1 and self.rate_limit_store.startswith("memory"):
            raise BadSettings(
                N_(
                    "MATCHMAKER_RATE_LIMIT_STORE must name a shared store when there are several web processes."
                )
            )


def _coerce(name: str, text: str, coerce: Callable[[str], Any]) -> Any:
    try:
        return coerce(text)
    except (ValueError, TypeError) as error:
        raise BadSettings(
            N_("%(name)s cannot be %(value)s: %(why)s."),
            name=name,
            value=repr(text if "SECRET" not in name and "PASSWORD" not in name else "***"),
            why=str(error),
        ) from error
