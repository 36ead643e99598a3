"""Bring rows of a file into the database: all or none, each found again by its external id.

Importing adds and changes, and never takes away: a member or a role that a file does not name
stays. What a file says twice changes nothing the second time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.competency import resolve_sector
from matchmaker.errors import InvalidInput, MatchmakerError
from matchmaker.i18n import LOCALES, N_, Message
from matchmaker.models import (
    AccountKind,
    Call,
    Organization,
    OrganizationKind,
    OrganizationMember,
    RoleGrant,
    User,
)
from matchmaker.record_values import Record
from matchmaker.records import BadRecords, RowError, read_lines
from matchmaker.records_programme import CallRecord, OrganizationRecord, PersonRecord
from matchmaker.services import organization as organizations
from matchmaker.services.account import check_name, normalize_email
from matchmaker.services.context import Context

T = TypeVar("T", Call, Organization)
Progress = Callable[[int, int], None]


class Change(StrEnum):
    """What a row of a file did to the database."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass
class Outcome:
    """How many rows did what."""

    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def nothing_new(self) -> bool:
        return self.counts[Change.UNCHANGED] == self.total


def import_lines(
    ctx: Context,
    name: str,
    lines: Iterable[tuple[int, Record]],
    take: Callable[[Context, Any], Change],
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Bring *lines* of the file *name* in, each by *take*.

    Raises
    ------
    BadRecords
        Naming every row that cannot be accepted; the caller rolls back, so none is used.
    """
    outcome, errors, lines = Outcome(), [], list(lines)
    for done, (line, record) in enumerate(lines, start=1):
        try:
            outcome.counts[take(ctx, record)] += 1
        except MatchmakerError as error:
            errors += [RowError(line, message) for message in explain(error)]
        progress(done, len(lines))
    if errors:
        raise BadRecords(name, errors)
    return outcome


def import_file(
    ctx: Context,
    path: Path,
    model: type[Record],
    take: Callable[[Context, Any], Change],
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Bring in every row of a JSONL, CSV or XLSX file."""
    return import_lines(ctx, path.name, read_lines(path, model), take, progress)


#: Where records and services name the same thing differently.
FIELDS = {
    "teams_wanted": "capacity",
    "deadline_at": "deadline",
    "works": "documents",
    "contact_name": "contact.name",
    "contact_email": "contact.email",
    "data_formats": "data.formats",
    "data_volume": "data.volume",
    "organization_id": "organization",
    "call_id": "call",
}


def explain(error: MatchmakerError) -> list[Message]:
    """What is wrong with a row, a message for each field."""
    if not isinstance(error, InvalidInput) or not error.fields:
        return [error.message]
    text = N_("%(field)s: %(why)s")
    return [
        Message(text, {"field": FIELDS.get(name, name), "why": why})
        for name, messages in error.fields.items()
        for why in messages
    ]


def refuse(name: str, text: str, /, **params: Any) -> InvalidInput:
    """The error that says what is wrong with the field *name* of a row."""
    return InvalidInput(fields={name: [Message(text, params)]})


def sector_of(word: str | None, name: str = "sector") -> str | None:
    """The sector that a record means: by its code, its id or one of its names."""
    found = resolve_sector(word)
    if word and found is None:
        raise refuse(name, N_("There is no sector called %(name)s."), name=word)
    return found


def as_moment(ctx: Context, value: dt.datetime | dt.date) -> dt.datetime:
    """A moment without a zone is the programme's own time; a day lasts until its end."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time(23, 59), ctx.settings.timezone)
    return value if value.tzinfo else value.replace(tzinfo=ctx.settings.timezone)


def find(ctx: Context, model: type[T], external_id: str) -> T | None:
    """The row with this external id."""
    return ctx.session.scalar(sa.select(model).where(model.external_id == external_id))


def refer(ctx: Context, model: type[T], external_id: str, name: str) -> T:
    """The row another record refers to."""
    row = find(ctx, model, external_id)
    if row is None:
        raise refuse(
            name,
            N_("nothing with the id %(id)s is known here; import it first"),
            id=external_id,
        )
    return row


def find_person(ctx: Context, email: str) -> User | None:
    """The person with this address."""
    return ctx.session.scalar(sa.select(User).where(User.email == normalize_email(email)))


def fill(row: Any, values: dict[str, Any]) -> list[str]:
    """Put *values* into *row*; the names of those that were different."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def take_call(ctx: Context, record: CallRecord) -> Change:
    """Bring in a call."""
    opens_at, closes_at = as_moment(ctx, record.opens_at), as_moment(ctx, record.closes_at)
    values: dict[str, Any] = {"opens_at": opens_at, "closes_at": closes_at}
    values |= {"name_zh": record.name_zh, "name_en": record.name_en}
    if closes_at <= opens_at:
        raise refuse("closes_at", N_("the call has to open before it closes"))
    for name in ("name_zh", "name_en"):
        limit_length(name, getattr(record, name), 200)
    limit_length("id", record.id, 100)
    call = find(ctx, Call, record.id)
    if call is None:
        call = Call(external_id=record.id, **values)
        ctx.session.add(call)
        ctx.record("call:create", call)
        return Change.CREATED
    if changed := fill(call, values):
        ctx.record("call:update", call, fields=changed)
        return Change.UPDATED
    return Change.UNCHANGED


def limit_length(name: str, text: str, limit: int) -> None:
    """Refuse a text that its column cannot hold."""
    if len(text) > limit:
        raise refuse(name, N_("Please use at most %(max)d characters."), max=limit)


def take_organization(ctx: Context, record: OrganizationRecord) -> Change:
    """Bring in an organization."""
    limit_length("id", record.id, 100)
    given = record.model_dump(exclude={"id", "sector"})
    values = organizations.OrganizationValues(**given, sector=sector_of(record.sector))
    row = find(ctx, Organization, record.id)
    if row is None:
        organizations.create(ctx, values).external_id = record.id
        ctx.session.flush()  # Later rows find it by this id.
        return Change.CREATED
    organizations.check(values)
    if changed := fill(row, dataclasses.asdict(values)):
        ctx.record("organization:edit", row, fields=changed)
        return Change.UPDATED
    return Change.UNCHANGED


def take_person(ctx: Context, record: PersonRecord) -> Change:
    """Bring in a person: the account can be used once they have chosen a password by mail."""
    if record.locale not in LOCALES:
        raise refuse("locale", N_("choose one of %(known)s"), known=", ".join(LOCALES))
    places = {
        refer(ctx, Organization, name, "organization"): role for name, role in record.places.items()
    }
    user = find_person(ctx, record.id)
    is_new = user is None
    if user is None:
        user = User(email=normalize_email(record.id), name="", kind=_door(record, places))
        user.confirmed_at = utcnow()  # Whoever imports it answers for the address.
        ctx.session.add(user)
    changed = fill(user, {"name": check_name(record.name), "locale": record.locale})
    changed += fill(user, {"kind": record.kind}) if record.kind else []
    changed += _grant(user, record)
    changed += _join(user, places)
    if record.disabled and user.disabled_at is None:
        user.disabled_at, user.session_epoch = utcnow(), user.session_epoch + 1
        changed.append("disabled")
    if is_new:
        ctx.record("account:create", user, kind=user.kind, roles=sorted(user.roles))
        return Change.CREATED
    if changed:
        ctx.record("account:import", user, fields=changed)
        return Change.UPDATED
    return Change.UNCHANGED


def _door(record: PersonRecord, places: Iterable[Organization]) -> AccountKind:
    """The first page that suits a person whose record does not say."""
    if record.roles:
        return AccountKind.STAFF
    posing = {OrganizationKind.ENTERPRISE, OrganizationKind.PUBLIC_BODY}
    if any(place.kind in posing for place in places):
        return AccountKind.ENTERPRISE
    return AccountKind.SOLVER


def _grant(user: User, record: PersonRecord) -> list[str]:
    missing = [role for role in dict.fromkeys(record.roles) if not user.has_role(role)]
    user.role_grants += [RoleGrant(role=role) for role in missing]
    return ["roles"] if missing else []


def _join(user: User, places: dict[Organization, Any]) -> list[str]:
    known = {member.organization_id: member for member in user.organization_memberships}
    changed = False
    for organization, role in places.items():
        member = known.get(organization.id)
        if member is None:
            user.organization_memberships.append(
                OrganizationMember(organization=organization, role=role)
            )
            changed = True
        elif member.role is not role:
            member.role, changed = role, True
    return ["organization"] if changed else []
