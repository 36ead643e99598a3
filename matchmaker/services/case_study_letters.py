"""Letters to both sides of a case study, and to the officer who published it."""

from __future__ import annotations

from typing import Any

from matchmaker.i18n import language_of
from matchmaker.models import CaseStudyVersion, Engagement, MemberRole, User
from matchmaker.services.context import Context


def to_sides(
    ctx: Context, engagement: Engagement, kind: str, *, study_id: int | None = None, **params: Any
) -> None:
    """Write to the leads of the team, and to the owner's contact and leads; each once."""
    path = f"/case-studies/{study_id}" if study_id else _tab(engagement)
    for user in _sides(engagement):
        _send(ctx, engagement, kind, user, path, params)


def to_publisher(
    ctx: Context, engagement: Engagement, version: CaseStudyVersion, kind: str
) -> None:
    """Write to the officer who published a version, if they can still sign in."""
    if version.publisher is not None and version.publisher.is_usable:
        _send(ctx, engagement, kind, version.publisher, _tab(engagement), {})


def _tab(engagement: Engagement) -> str:
    return f"/engagements/{engagement.id}/case-study"


def _sides(engagement: Engagement) -> list[User]:
    team = sorted(engagement.team.members, key=lambda place: place.id)
    owner = sorted(engagement.problem.organization.members, key=lambda place: place.id)
    people = [place.user for place in team if place.role is MemberRole.LEAD]
    people += [place.user for place in owner if place.role is MemberRole.LEAD]
    if engagement.contact is not None:
        people.append(engagement.contact)
    return [user for user in dict.fromkeys(people) if user.is_usable]


def _send(
    ctx: Context, engagement: Engagement, kind: str, user: User, path: str, params: dict[str, Any]
) -> None:
    language = language_of(user.locale)
    ctx.send_mail(
        kind,
        user,
        about=engagement,
        title=engagement.problem.title(language),
        team=engagement.team.name(language),
        url=f"{ctx.settings.base_url}{path}",
        **params,
    )
