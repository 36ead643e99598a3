"""Reading what the office has set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, overload

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import SETTINGS, OfficeSetting

FlagKey = Literal["readiness_caps_grade", "grading_needs_panel"]
NumberKey = Literal[
    "readiness_valid_months",
    "screening_due_days",
    "coaching_rounds",
    "grading_due_days",
    "appeal_days",
    "question_due_days",
    "digest_hour",
    "badge_valid_months",
    "award_two_officers_from",
    "kickoff_days",
    "silent_days",
    "milestone_review_days",
    "check_in_days",
    "outcome_days",
]


@overload
def value(session: Session, key: FlagKey) -> bool: ...
@overload
def value(session: Session, key: NumberKey) -> int: ...
def value(session: Session, key: str) -> bool | int:
    """What the office has set for *key*, or its default; a `KeyError` if there is no such setting."""
    setting = SETTINGS[key]
    saved = session.scalar(sa.select(OfficeSetting.value).where(OfficeSetting.key == key))
    found = setting.default if saved is None else saved
    return bool(found) if setting.is_flag else found


def saved_settings(session: Session, *, lock: bool = False) -> dict[str, OfficeSetting]:
    """The settings that were ever changed, by key; locked for a change if asked."""
    statement = sa.select(OfficeSetting).order_by(OfficeSetting.key)
    if lock:
        # The second of two people who save at once must see the values the first one left.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {row.key: row for row in session.scalars(statement)}


def all_values(session: Session) -> dict[str, int]:
    """Every setting as it is now, flags as 0 or 1."""
    saved = saved_settings(session)
    return {
        key: saved[key].value if key in saved else setting.default
        for key, setting in SETTINGS.items()
    }


def changes_so_far(rows: Iterable[OfficeSetting]) -> int:
    """How often anything was changed: the version of all settings together."""
    return sum(row.version - 1 for row in rows)


def last_changed(rows: Iterable[OfficeSetting]) -> datetime | None:
    """When anything was changed last."""
    return max((row.updated_at for row in rows), default=None)
