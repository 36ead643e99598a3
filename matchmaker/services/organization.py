"""What people decide about organizations: register them and say what they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from urllib.parse import urlsplit

import sqlalchemy as sa

from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    MemberRole,
    Organization,
    OrganizationKind,
    OrganizationMember,
    OrganizationSize,
)
from matchmaker.policies.organization import may_create, may_edit
from matchmaker.queries import organization as organizations
from matchmaker.reference import REGIONS, is_registration_number
from matchmaker.services.context import Context

MAX_NAME = 200
MAX_ABOUT = 5_000
MAX_WEBSITE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationValues:
    """What an organization says of itself; one name is enough."""

    kind: OrganizationKind
    name_zh: str = ""
    name_en: str = ""
    about_zh: str = ""
    about_en: str = ""
    sector: str | None = None
    region: str | None = None
    size: OrganizationSize | None = None
    website: str = ""
    registration_number: str | None = None


def values_of(organization: Organization) -> OrganizationValues:
    """The values as saved."""
    return OrganizationValues(
        **{item.name: getattr(organization, item.name) for item in fields(OrganizationValues)}
    )


def create(ctx: Context, values: OrganizationValues) -> Organization:
    """Register an organization; whoever does so leads it."""
    ctx.require(may_create)
    check(values)
    twin = _twin(ctx, values)
    if twin is not None:
        return twin
    organization = Organization(**asdict(values))
    if ctx.actor is not None:
        organization.members.append(OrganizationMember(user=ctx.actor, role=MemberRole.LEAD))
    ctx.session.add(organization)
    ctx.record("organization:create", organization, kind=values.kind)
    return organization


def _twin(ctx: Context, values: OrganizationValues) -> Organization | None:
    """The organization that a first click on the same form has registered."""
    if ctx.actor is None:
        return None
    ctx.lock_actor()
    mine = Organization.members.any(OrganizationMember.user_id == ctx.actor.id)
    own = ctx.session.scalars(sa.select(Organization).where(mine))
    return next((organization for organization in own if values_of(organization) == values), None)


def update(
    ctx: Context, organization_id: int, version: int, values: OrganizationValues
) -> Organization:
    """Save what an organization says of itself, unless somebody else has saved since *version*."""
    organization = organizations.get(ctx.session, ctx.actor, organization_id, lock=True)
    ctx.require(may_edit, organization)
    if organization.version != version:
        if values_of(organization) == values:
            return organization  # A second click on the same form.
        raise StaleVersion
    check(values)
    before = values_of(organization)
    changed = sorted(
        name for name, value in asdict(values).items() if getattr(before, name) != value
    )
    for name in changed:
        setattr(organization, name, getattr(values, name))
    if changed:
        ctx.record("organization:edit", organization, fields=changed)
    return organization


def check(values: OrganizationValues) -> None:
    """Raise `InvalidInput` unless *values* can be saved."""
    faults: defaultdict[str, list[Message]] = defaultdict(list)
    if not (values.name_zh or values.name_en):
        text = N_("Give a name in Chinese or in English, or both.")
        faults["name_zh"], faults["name_en"] = [Message(text)], [Message(text)]
    for name, limit in _LENGTHS.items():
        if len(getattr(values, name)) > limit:
            text = N_("Please use at most %(max)d characters.")
            faults[name].append(Message(text, {"max": limit}))
    if values.sector is not None and values.sector not in load_taxonomy().sectors:
        faults["sector"].append(Message(N_("Choose a sector from the list.")))
    if values.region is not None and values.region not in REGIONS:
        faults["region"].append(Message(N_("Choose a region from the list.")))
    number = values.registration_number
    if number is not None and not is_registration_number(number):
        text = N_("This is not a valid registration number.")
        faults["registration_number"].append(Message(text))
    if values.website and not _is_web_address(values.website):
        text = N_("This is not a web address. Example: https://www.company.com.tw")
        faults["website"].append(Message(text))
    if faults:
        raise InvalidInput(fields=dict(faults))


_LENGTHS = {
    "name_zh": MAX_NAME,
    "name_en": MAX_NAME,
    "about_zh": MAX_ABOUT,
    "about_en": MAX_ABOUT,
    "website": MAX_WEBSITE,
}


def _is_web_address(text: str) -> bool:
    """Whether *text* is safe and useful as a link: http or https, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False
