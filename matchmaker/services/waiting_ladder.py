"""What the office sets of how people are reminded of one kind of thing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import WaitingLadder
from matchmaker.policies.waiting import may_set_ladder
from matchmaker.queries.waiting import KINDS
from matchmaker.queries.waiting_kind import Kind
from matchmaker.services.context import Context
from matchmaker.services.waiting import MAX_DAYS

PARTS = ("before", "after", "leads", "office")
#: How many letters one part of a ladder may have, and how long something may take.
MAX_STEPS, MAX_WITHIN = 6, 180


def update(
    ctx: Context,
    key: str,
    *,
    version: int,
    is_on: bool,
    days: dict[str, list[int]],
    within: int | None = None,
) -> WaitingLadder:
    """Set the ladder of the kind *key*; it counts from the next round of reminding on."""
    ctx.require(may_set_ladder)
    kind = _kind(key)
    days = {part: sorted(set(days.get(part, []))) for part in PARTS}
    _check(kind, days, within)
    row = _locked(ctx, kind)
    wanted = (is_on, days, within if kind.within else None)
    if (row.is_on, row.days, row.within) == wanted:
        return row  # A second click.
    if row.version - 1 != version:
        raise StaleVersion(
            N_("Somebody else has changed this ladder since you opened the page. See below.")
        )
    row.is_on, row.days, row.within = wanted
    row.updated_at = utcnow()
    ctx.record("waiting:set_ladder", row, kind=key, is_on=is_on, within=row.within, **days)
    return row


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise NotFound
    return KINDS[key]


def _locked(ctx: Context, kind: Kind) -> WaitingLadder:
    """The row of the kind, made with its defaults if need be: two officers wait for each other."""
    is_postgres = ctx.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgres else sqlite.insert
    ladder = kind.ladder
    values = {
        "kind": kind.key,
        "is_on": True,
        "days": {part: sorted(getattr(ladder, part)) for part in PARTS},
        "within": kind.within,
        "version": 1,
    }
    ctx.session.execute(
        insert(WaitingLadder).values(values).on_conflict_do_nothing(index_elements=["kind"])
    )
    statement = sa.select(WaitingLadder).where(WaitingLadder.kind == kind.key).with_for_update()
    return ctx.session.scalars(statement.execution_options(populate_existing=True)).one()


def _check(kind: Kind, days: dict[str, list[int]], within: int | None) -> None:
    faults: dict[str, list[Message]] = {}
    for part, numbers in days.items():
        least = 1 if part == "before" else 0
        if len(numbers) > MAX_STEPS or any(not least <= n <= MAX_DAYS for n in numbers):
            text = N_("Give at most %(steps)s numbers of days, each from %(least)s to %(most)s.")
            facts = {"steps": MAX_STEPS, "least": least, "most": MAX_DAYS}
            faults[part] = [Message(text, facts)]
    if kind.within and (within is None or not 1 <= within <= MAX_WITHIN):
        text = N_("Choose a number from %(minimum)s to %(maximum)s.")
        faults["within"] = [Message(text, {"minimum": 1, "maximum": MAX_WITHIN})]
    if faults:
        raise InvalidInput(fields=faults)
