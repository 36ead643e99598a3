"""What templates can use: links to assets, labels, permissions, navigation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for

from matchmaker.competency import taxonomy
from matchmaker.i18n import html_lang
from matchmaker.policies.base import REGISTRY
from matchmaker.queries.delivery import count_unread
from matchmaker.reference import REGIONS
from matchmaker.web import i18n
from matchmaker.web.auth import actor
from matchmaker.web.grades import grades
from matchmaker.web.navigation import account_items, footer_items, nav_items
from matchmaker.web.transaction import db_session


def init_app(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=i18n.show_moment,
        day=i18n.show_day,
        left=i18n.show_left,
        say=i18n.say,
        paragraphs=paragraphs,
        messages=messages,
    )
    app.jinja_env.globals.update(
        static_url=static_url,
        can=can,
        taxonomy=taxonomy,
        grades=grades,
        regions=REGIONS,
        pick=pick,
        unread=unread,
    )
    app.context_processor(_page_context)


def _page_context() -> dict[str, Any]:
    locale = i18n.current_locale()
    return {
        "locale": locale,
        "language": i18n.current_language(),
        "html_lang": html_lang(locale),
        "nav_items": nav_items(actor(), request.path),
        "account_items": account_items(actor(), request.path),
        "footer_items": footer_items(request.path),
        "request_id": g.get("request_id", ""),
    }


def static_url(filename: str) -> str:
    """The address of an asset, with its content's hash so that browsers may keep it for ever."""
    return url_for(
        "static", filename=filename, v=_content_hash(str(current_app.static_folder), filename)
    )


@cache
def _content_hash(folder: str, filename: str) -> str:
    return hashlib.sha256((Path(folder) / filename).read_bytes()).hexdigest()[:12]


def can(name: str, *subject: Any) -> bool:
    """Whether the reader has the permission *name* (on *subject*)."""
    return REGISTRY[name].allows(actor(), *subject)


def unread() -> int:
    """How much the reader was told and has not marked as read."""
    return count_unread(db_session(), actor())


def pick(zh: str, en: str) -> str:
    """Two-language content in the reader's language, or in the other one if that is all there is."""
    return (zh or en) if i18n.current_language() == "zh" else (en or zh)


def messages(errors: Iterable[Any]) -> Iterator[str]:
    """Every message in a field's errors, however deep a form within a form has put it."""
    for error in errors.values() if isinstance(errors, Mapping) else errors:
        if isinstance(error, Mapping | list | tuple):
            yield from messages(error)
        else:
            yield str(error)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
