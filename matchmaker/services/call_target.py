"""What the office decides about the targets of a call."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import INDICATORS, MAX_TARGET, CallTarget
from matchmaker.policies.call_target import may_edit_targets
from matchmaker.queries import call_target as queries
from matchmaker.queries.call import get_call
from matchmaker.services.context import Context


def update(ctx: Context, call_id: int, version: int, values: Mapping[str, int | None]) -> list[str]:
    """Set the targets of a call by indicator, None for no target; what changed.

    `StaleVersion` if somebody has set any of them since *version*.
    """
    call = get_call(ctx.session, ctx.actor, call_id, lock=True)
    ctx.require(may_edit_targets, call)
    _check(values)
    rows = queries.targets(ctx.session, call_id, lock=True)
    before = {name: row.value for name, row in rows.items()}
    changed = [name for name in INDICATORS if values.get(name) != before.get(name)]
    if changed and queries.changes_so_far(rows.values()) != version:
        raise StaleVersion
    for name in changed:
        _set(ctx, call_id, rows.get(name), name, values.get(name))
    return changed


def _set(ctx: Context, call_id: int, row: CallTarget | None, name: str, value: int | None) -> None:
    facts = {"indicator": name, "old": row.value if row else None, "new": value}
    if row is None:
        row = CallTarget(call_id=call_id, indicator=name)
        ctx.session.add(row)
    row.value, row.updated_at = value, utcnow()
    ctx.record("call_target:edit", row, call_id=call_id, **facts)


def _check(values: Mapping[str, int | None]) -> None:
    text = N_("Choose a number from %(minimum)s to %(maximum)s.")
    message = Message(text, {"minimum": 0, "maximum": MAX_TARGET})
    wrong = [
        name
        for name, value in values.items()
        if name not in INDICATORS or (value is not None and not 0 <= value <= MAX_TARGET)
    ]
    if wrong:
        raise InvalidInput(fields={name: [message] for name in wrong})
