"""What reviewers say of themselves: expertise, how much they take, conflicts with organizations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    DeclaredConflict,
    DeclaredGender,
    Organization,
    ReviewerProfile,
)
from matchmaker.policies.reviewer_profile import may_edit_profile
from matchmaker.queries import reviewer_profile as queries
from matchmaker.services.context import Context
from matchmaker.services.grade_review import near_reviews, step_aside
from matchmaker.services.reasons import limited, needed
from matchmaker.texts import clean_line

MAX_CAPACITY = 50
MAX_REASON = 500
MAX_EXPERTISE = 4000
LANGUAGES = ("zh", "en")
#: Competencies, sectors, expertise, languages, capacity and gender, as they are kept.
Kept = tuple[list[str], list[str], str, list[str], int, DeclaredGender | None]


@dataclass(frozen=True, kw_only=True)
class ProfileValues:
    """A profile as a reviewer writes it."""

    competencies: Sequence[str] = ()
    sectors: Sequence[str] = ()
    expertise: str = ""
    languages: Sequence[str] = ()
    capacity: int | None = 4
    gender: str | None = None


def save(ctx: Context, values: ProfileValues, *, version: int) -> ReviewerProfile:
    """Save the reviewer's own profile; *version* is 0 before the first time."""
    ctx.require(may_edit_profile)
    actor = ctx.signed_in
    ctx.lock_actor()
    gender, capacity = _check(values)
    profile = queries.own_profile(ctx.session, actor)
    if profile is None:
        profile = ReviewerProfile(user=actor)
        ctx.session.add(profile)
    elif profile.version != version:
        if _said(profile) == _wanted(values, gender, capacity):
            return profile  # A second click.
        raise StaleVersion
    profile.competencies, profile.sectors, profile.expertise, profile.languages = _wanted(
        values, gender, capacity
    )[:4]
    profile.capacity, profile.gender = capacity, gender
    profile.updated_at = utcnow()
    # What people say of their gender is no fact of the trail.
    ctx.record("reviewer_profile:edit", profile)
    return profile


def declare(ctx: Context, name: str, *, reason: str) -> DeclaredConflict:
    """Declare a conflict with an organization; its cases are hidden from the reviewer at once."""
    ctx.require(may_edit_profile)
    actor = ctx.signed_in
    ctx.lock_actor()
    organization = _find_organization(ctx, name)
    reason = needed(reason, maximum=MAX_REASON)
    row = ctx.session.scalar(
        sa.select(DeclaredConflict).where(
            DeclaredConflict.user_id == actor.id,
            DeclaredConflict.organization_id == organization.id,
        )
    )
    if row is not None:
        return row  # A second click.
    for review in near_reviews(ctx, actor, organization.id):
        step_aside(ctx, review, reason)
    row = DeclaredConflict(user=actor, organization=organization, reason=reason)
    ctx.session.add(row)
    ctx.record("reviewer_profile:declare", row, organization=organization.id)
    return row


def take_back(ctx: Context, conflict_id: int) -> None:
    """The conflict is over: the organization's later problems may be offered again."""
    ctx.require(may_edit_profile)
    rows = queries.own_conflicts(ctx.session, ctx.signed_in)
    row = next((row for row in rows if row.id == conflict_id), None)
    if row is None:
        raise NotFound
    ctx.record("reviewer_profile:take_back", row, organization=row.organization_id)
    ctx.session.delete(row)


def _said(profile: ReviewerProfile) -> Kept:
    known = (profile.competencies, profile.sectors, profile.expertise, profile.languages)
    return (*known, profile.capacity, profile.gender)


def _wanted(values: ProfileValues, gender: DeclaredGender | None, capacity: int) -> Kept:
    unique = (list(dict.fromkeys(values.competencies)), list(dict.fromkeys(values.sectors)))
    expertise = limited(values.expertise, "expertise", maximum=MAX_EXPERTISE)
    languages = [language for language in LANGUAGES if language in values.languages]
    return (*unique, expertise, languages, capacity, gender)


def _check(values: ProfileValues) -> tuple[DeclaredGender | None, int]:
    """The gender and capacity as they are kept, if everything can be."""
    taxonomy, faults = load_taxonomy(), {}
    known = Message(N_("Choose from the list."))
    if not set(values.competencies) <= set(taxonomy.competencies):
        faults["competencies"] = [known]
    if not set(values.sectors) <= set(taxonomy.sectors):
        faults["sectors"] = [known]
    if not set(values.languages) <= set(LANGUAGES):
        faults["languages"] = [known]
    if values.capacity is None or not 0 <= values.capacity <= MAX_CAPACITY:
        text = N_("Choose a number from %(low)s to %(high)s.")
        faults["capacity"] = [Message(text, {"low": 0, "high": MAX_CAPACITY})]
    if values.gender and values.gender not in list(DeclaredGender):
        faults["gender"] = [known]
    if faults or values.capacity is None:
        raise InvalidInput(fields=faults)
    return DeclaredGender(values.gender) if values.gender else None, values.capacity


def _find_organization(ctx: Context, name: str) -> Organization:
    """The organization of exactly this name in either language, or with this number."""
    wanted = clean_line(name).casefold()
    names = (Organization.name_zh, Organization.name_en, Organization.registration_number)
    statement = sa.select(Organization).where(
        sa.or_(*(sa.func.lower(column) == wanted for column in names))
    )
    found = ctx.session.scalars(statement.order_by(Organization.id)).first() if wanted else None
    if found is None:
        text = N_(
            "No organization has exactly this name or number. "
            "Write it as it is registered, or choose from the suggestions."
        )
        raise InvalidInput(fields={"name": [Message(text)]})
    return found
