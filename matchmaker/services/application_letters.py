"""Letters to the members of the team that applies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.i18n import language_of
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
    url = f"{ctx.settings.base_url}{path or f'/applications/{application.id}'}"
    for user in members_of(application):
        said: dict[str, Any] = {name: _said(ctx, user, value) for name, value in params.items()}
        language = language_of(user.locale)
        said |= {
            "title": application.problem.title(language),
            "team": application.team.name(language),
        }
        ctx.send_mail(kind, user, about=application, url=url, **said)


def _said(ctx: Context, user: User, value: Any) -> Any:
    if isinstance(value, datetime):
        return in_words(value, user.locale, ctx.settings.timezone)
    return value
