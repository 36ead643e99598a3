"""What people decide about calls: open one, and change its names and days."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Call
from matchmaker.policies.call import may_create_call, may_edit_call, visible_calls
from matchmaker.queries import call as calls
from matchmaker.services.context import Context

MAX_NAME = 200
MAX_NOTE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallValues:
    """What a call is called and when it takes problems. The note is for those who run it."""

    name_zh: str
    name_en: str
    opens_at: datetime | None
    closes_at: datetime | None
    note: str = ""


def values_of(call: Call) -> CallValues:
    """The values as saved."""
    return CallValues(**{item.name: getattr(call, item.name) for item in fields(CallValues)})


def create(ctx: Context, values: CallValues) -> Call:
    """Open a call of the programme."""
    ctx.require(may_create_call)
    check(values)
    twin = _twin(ctx, values)
    if twin is not None:
        return twin
    call = add(ctx, values)
    ctx.record("call:create", call, **_days(call))
    return call


def add(ctx: Context, values: CallValues) -> Call:
    """The row of a new call with checked *values*."""
    call = Call(external_id=uuid.uuid4().hex, **asdict(values))
    ctx.session.add(call)
    ctx.session.flush()
    return call


def _twin(ctx: Context, values: CallValues) -> Call | None:
    """The call that a first click on the same form has opened."""
    ctx.lock_actor()
    same = sa.select(Call).where(
        Call.name_zh == values.name_zh,
        Call.name_en == values.name_en,
        Call.opens_at == values.opens_at,
        Call.closes_at == values.closes_at,
    )
    found = ctx.session.scalars(same).all()
    return next((call for call in found if call.private_call is None), None)


def update(ctx: Context, call_id: int, version: int, values: CallValues) -> Call:
    """Change a call, unless somebody else has since *version*."""
    call = calls.get_call(ctx.session, ctx.actor, call_id, lock=True)
    ctx.require(may_edit_call, call)
    if call.version != version:
        if values_of(call) == values:
            return call  # A second click on the same form.
        raise StaleVersion
    check(values)
    before = asdict(values_of(call))
    changed = sorted(name for name, value in asdict(values).items() if before[name] != value)
    for name in changed:
        setattr(call, name, getattr(values, name))
    if changed:
        ctx.record("call:update", call, fields=changed, **_days(call))
    return call


def _days(call: Call) -> dict[str, str]:
    return {"opens_at": call.opens_at.isoformat(), "closes_at": call.closes_at.isoformat()}


def check(values: CallValues) -> None:
    """Raise `InvalidInput` unless *values* make a call."""
    faults: defaultdict[str, list[Message]] = defaultdict(list)
    for name, limit in (("name_zh", MAX_NAME), ("name_en", MAX_NAME), ("note", MAX_NOTE)):
        if len(getattr(values, name)) > limit:
            text = N_("Please use at most %(max)d characters.")
            faults[name].append(Message(text, {"max": limit}))
    for name in ("name_zh", "name_en"):
        if not getattr(values, name).strip():
            faults[name].append(Message(N_("Give the call a name in both languages.")))
    for name in ("opens_at", "closes_at"):
        if getattr(values, name) is None:
            faults[name].append(Message(N_("Say the day and the hour.")))
    if values.opens_at and values.closes_at and values.closes_at <= values.opens_at:
        faults["closes_at"].append(Message(N_("The call has to close after it opens.")))
    if faults:
        raise InvalidInput(fields=dict(faults))


def lock_call(ctx: Context, call_id: int) -> Call:
    """The call, so that what two people begin in it comes one after the other, or `NotFound`."""
    known = sa.true() if ctx.trusted else visible_calls(ctx.actor)
    call = ctx.session.scalar(sa.select(Call).where(Call.id == call_id, known).with_for_update())
    if call is None:
        raise NotFound
    return call
