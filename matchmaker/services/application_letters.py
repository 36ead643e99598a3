"""Letters to the members of the team that applies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.i18n import Message, language_of, translate
from matchmaker.models import Application, User
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words


def members_of(application: Application) -> list[User]:
    """The members of the team who can still sign in, in the order they joined."""
    places = sorted(application.team.members, key=lambda place: place.id)
    return [place.user for place in places if place.user.is_usable]


def write_to_team(
    ctx: Context, application: Application, kind: str, *, path: str = "", **params: Any
) -> None:
    """Write to every member, each in their language; moments get their zone."""
    for user in members_of(application):
        ctx.send_mail(kind, user, about=application, **said(ctx, application, user, params, path))


def said(
    ctx: Context, application: Application, user: User, params: Mapping[str, Any], path: str = ""
) -> dict[str, Any]:
    """What a letter to *user* says: *params* in their language, the title, the team, the way."""
    language = language_of(user.locale)
    return {
        **{name: _in_words(ctx, user, value) for name, value in params.items()},
        "title": application.problem.title(language),
        "team": application.team.name(language),
        "url": f"{ctx.settings.base_url}{path or f'/applications/{application.id}'}",
    }


def _in_words(ctx: Context, user: User, value: Any) -> Any:
    if isinstance(value, datetime):
        return in_words(value, user.locale, ctx.settings.timezone)
    if isinstance(value, Message):
        return translate(value, user.locale)
    if isinstance(value, tuple):  # Paragraphs; empty ones say nothing.
        said = (_in_words(ctx, user, part) for part in value)
        return "\n\n".join(part for part in said if part)
    return value
