"""Mark messages for translation where no translator is at hand.

Libraries, models and services name a message by its English text; where a reader's language is
known (pages, mail, the command line) it is translated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

LOCALES = ("en", "zh_Hant_TW")
DEFAULT_LOCALE = "zh_Hant_TW"


def N_(message: str) -> str:  # noqa: N802 -- gettext's own name for a marked, untranslated message
    """Return *message* unchanged; the extractor finds it by this call."""
    return message


@dataclass(frozen=True, slots=True)
class Message:
    """A message id with the values its placeholders take: what a reader is told, in no language yet."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


def html_lang(locale: str) -> str:
    """The value for an HTML ``lang`` attribute: BCP 47, with the script, so that fonts are right."""
    return "zh-Hant-TW" if locale.startswith("zh") else "en"


def language_of(locale: str) -> str:
    """The content language (``zh`` or ``en``) that fits *locale*."""
    return "zh" if locale.startswith("zh") else "en"


TRANSLATIONS = Path(__file__).parent / "translations"


@cache
def catalogue(locale: str) -> NullTranslations:
    """The message catalogue of *locale*; English is the source and needs none."""
    return Translations.load(TRANSLATIONS, [locale], domain="messages")


def translate(message: Message | str, locale: str) -> str:
    """*message* in the language of *locale*, with its parameters filled in."""
    if isinstance(message, str):
        message = Message(message)
    params = {
        key: translate(value, locale) if isinstance(value, Message) else value
        for key, value in message.params.items()
    }
    text = catalogue(locale).gettext(message.text)
    return text % params if params else text
