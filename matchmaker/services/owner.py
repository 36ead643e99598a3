"""Letters to the owner of a problem."""

from __future__ import annotations

from typing import Any

from matchmaker.i18n import language_of
from matchmaker.models import Problem
from matchmaker.queries.owner import reachable_members
from matchmaker.services.context import Context


def write_to_owner(
    ctx: Context, problem: Problem, kind: str, *, path: str = "", **params: Any
) -> None:
    """Write to the owner's leads and the author; to the named contact if none can be reached."""
    params["url"] = f"{ctx.settings.base_url}{path or f'/problems/{problem.id}'}"
    members = reachable_members(ctx.session, problem)
    for user in members:
        title = problem.title(language_of(user.locale))
        ctx.send_mail(kind, user, about=problem, title=title, **params)
    if not members:
        locale = ctx.settings.default_locale
        title = problem.title(language_of(locale))
        texts = {"title": title, **params}
        ctx.send_mail(kind, problem.contact_email, locale=locale, about=problem, **texts)
