"""Settings: read once, every mistake named, nothing unsafe in production."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from matchmaker.cli.serve import as_environ
from matchmaker.errors import BadSettings
from matchmaker.settings import DEFAULT_SECRET, Settings

SAFE = {
    "MATCHMAKER_ENVIRONMENT": "production",
    "MATCHMAKER_SECRET_KEY": "x" * 32,
    "MATCHMAKER_SECURE_COOKIES": "yes",
}


def test_nothing_set_means_the_embedded_defaults() -> None:
    settings = Settings.from_environ({})

    assert settings.url == f"sqlite:///{Path('instance/matchmaker.db').resolve()}"
    assert settings.timezone == ZoneInfo("Asia/Taipei")
    assert (settings.port, settings.mail, settings.default_locale) == (8000, "file", "zh_Hant_TW")


def test_values_are_read_by_their_type() -> None:
    settings = Settings.from_environ(
        {
            "MATCHMAKER_PORT": "9000",
            "MATCHMAKER_BASE_URL": "https://site.example/",
            "MATCHMAKER_SECURE_COOKIES": "On",
            "MATCHMAKER_TIMEZONE": "Europe/Berlin",
            "MATCHMAKER_DICTIONARY": "/data/cedict.txt",
            "MATCHMAKER_DATABASE_URL": "postgresql+psycopg://db/matchmaker",
            "PATH": "/usr/bin",
        }
    )

    assert (settings.port, settings.secure_cookies) == (9000, True)
    assert settings.base_url == "https://site.example"
    assert settings.timezone.key == "Europe/Berlin"
    assert settings.dictionary == Path("/data/cedict.txt")
    assert settings.url == "postgresql+psycopg://db/matchmaker"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("PORT", "0", "MATCHMAKER_PORT cannot be '0': use a number from 1 to 65535."),
        ("PORT", "http", "MATCHMAKER_PORT cannot be 'http': invalid literal"),
        ("WEB_WORKERS", "-1", "MATCHMAKER_WEB_WORKERS cannot be '-1': use a whole number above"),
        ("SECURE_COOKIES", "maybe", "cannot be 'maybe': use yes or no."),
        ("TIMEZONE", "Taipei", "cannot be 'Taipei': use a zone name such as Asia/Taipei."),
        ("MAIL", "pigeon", "cannot be 'pigeon': use one of console, file, smtp."),
        ("BASE_URL", "site.example", "use an address that begins with http:// or https://"),
        ("PROT", "80", "Unknown setting MATCHMAKER_PROT."),
    ],
)
def test_mistake_is_named(name: str, value: str, text: str) -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ({f"MATCHMAKER_{name}": value})

    assert text in str(caught.value)


def test_safe_production_is_accepted() -> None:
    assert Settings.from_environ(SAFE).environment == "production"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"MATCHMAKER_SECRET_KEY": DEFAULT_SECRET}, "MATCHMAKER_SECRET_KEY"),
        ({"MATCHMAKER_SECRET_KEY": "short"}, "MATCHMAKER_SECRET_KEY"),
        ({"MATCHMAKER_SECURE_COOKIES": "no"}, "MATCHMAKER_SECURE_COOKIES"),
        ({"MATCHMAKER_WEB_WORKERS": "2"}, "MATCHMAKER_RATE_LIMIT_STORE"),
    ],
)
def test_unsafe_production_is_refused(changes: dict[str, str], name: str) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.from_environ(SAFE | changes)


def test_secret_is_not_in_the_message() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environ(SAFE | {"MATCHMAKER_SECRET_KEY": "geheim"})

    assert "geheim" not in str(caught.value)


def test_settings_survive_the_way_into_another_process(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, secure_cookies=True, timezone=ZoneInfo("UTC"), port=81, smtp_password="p"
    )

    assert Settings.from_environ(as_environ(settings)) == settings


def test_every_setting_is_documented() -> None:
    for item in fields(Settings):
        doc: Any = item.metadata["doc"]
        assert doc.endswith("."), item.name
