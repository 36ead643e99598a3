"""Choose the reader's language, and show moments, numbers and messages in it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta, get_timezone_name
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel

from matchmaker.clock import utcnow
from matchmaker.i18n import LOCALES, TRANSLATIONS, Message, language_of, translate

if TYPE_CHECKING:
    from matchmaker.web import Matchmaker

babel = Babel()


def init_app(app: Flask) -> None:
    babel.init_app(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=current_locale,
    )


def current_locale() -> str:
    """The locale of this request: asked for in the session, then the account's, then the browser's."""
    if not has_request_context():
        return "en"
    if "locale" not in g:
        g.locale = _choose()
    return cast(str, g.locale)


def _choose() -> str:
    if session.get("locale") in LOCALES:
        return cast(str, session["locale"])
    from matchmaker.web.auth import (
        actor,
    )  # auth needs the transaction, which needs this application.

    user = actor()
    if user is not None:
        return user.locale
    for tag, _quality in request.accept_languages:
        # Every kind of Chinese is served in the one we have; matching by library would miss zh-HK.
        if tag.lower().startswith("zh"):
            return "zh_Hant_TW"
        if tag.lower().startswith("en"):
            return "en"
    return cast("Matchmaker", current_app).settings.default_locale


def current_language() -> str:
    """``zh`` or ``en``: which side of two-language content to show first."""
    return language_of(current_locale())


def say(message: Message | str) -> str:
    """*message* in the reader's language."""
    return translate(message, current_locale())


def zone() -> ZoneInfo:
    """The zone in which times are shown."""
    return cast("Matchmaker", current_app).settings.timezone


def show_moment(moment: datetime | None) -> str:
    """A moment with hour and zone, such as ``31 Dec 2026, 17:00 (Taipei)``."""
    if moment is None:
        return "–"
    locale, local = current_locale(), moment.astimezone(zone())
    place = get_timezone_name(zone(), width="short", locale="en", return_zone=True).rsplit("/")[-1]
    if locale.startswith("zh"):
        place = "台北" if place == "Taipei" else place
        return f"{format_datetime(local, 'y年M月d日 HH:mm', locale=locale)}（{place}）"
    return f"{format_datetime(local, 'd MMM y, HH:mm', locale=locale)} ({place})"


def show_day(moment: datetime | None) -> str:
    """The day of a moment, where the hour does not matter."""
    if moment is None:
        return "–"
    pattern = "y年M月d日" if current_locale().startswith("zh") else "d MMM y"
    return format_datetime(moment.astimezone(zone()), pattern, locale=current_locale())


def show_left(moment: datetime | None) -> str:
    """How long until a moment, or since, in words."""
    if moment is None:
        return ""
    return format_timedelta(moment - utcnow(), add_direction=True, locale=current_locale())
