"""What the office decides about its own switches and limits."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import SETTINGS, OfficeSetting, Setting
from matchmaker.policies.office_setting import may_edit_settings
from matchmaker.queries import office_setting as queries
from matchmaker.queries.office_setting import value as value
from matchmaker.services.context import Context

MAX_REASON = 500


def update(ctx: Context, version: int, values: Mapping[str, int], reason: str = "") -> list[str]:
    """Save *values* by key unless somebody has saved since *version*; the keys that changed."""
    ctx.require(may_edit_settings)
    _check(values, reason)
    _insert_missing(ctx.session)
    rows = queries.saved_settings(ctx.session, lock=True)
    changed = [key for key in values if rows[key].value != values[key]]
    if changed and queries.changes_so_far(rows.values()) != version:
        raise StaleVersion
    for key in changed:
        row, before = rows[key], rows[key].value
        row.value, row.updated_at = values[key], utcnow()
        facts = {"setting": key, "old": words(key, before), "new": words(key, row.value)}
        ctx.record("office_setting:edit", row, **facts, reason=reason)
    return changed


def words(key: str, number: int) -> str:
    """A value as the audit trail keeps it: a flag as ``on`` or ``off``."""
    return ("off", "on")[number] if SETTINGS[key].is_flag else str(number)


def _insert_missing(session: Session) -> None:
    """Have a row for each setting, so that two people who save at once wait for each other."""
    now = utcnow()
    rows = [
        {"key": setting.key, "value": setting.default, "updated_at": now, "version": 1}
        for setting in SETTINGS.values()
    ]
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    statement = insert(OfficeSetting).values(rows)
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


def _check(values: Mapping[str, int], reason: str) -> None:
    faults = {
        key: [_range_fault(SETTINGS[key])]
        for key, number in values.items()
        if not SETTINGS[key].minimum <= number <= SETTINGS[key].maximum
    }
    if len(reason) > MAX_REASON:
        text = N_("Please use at most %(max)d characters.")
        faults["reason"] = [Message(text, {"max": MAX_REASON})]
    if faults:
        raise InvalidInput(fields=faults)


def _range_fault(setting: Setting) -> Message:
    text = N_("Choose a number from %(minimum)s to %(maximum)s.")
    return Message(text, {"minimum": setting.minimum, "maximum": setting.maximum})
