"""Filters of the gallery that no single column answers: language, time left, what data there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import Attachment, AttachmentAccess, Problem
from matchmaker.workflows.attachment import OFFERED_STATES
from matchmaker.workflows.problem import ProblemState

Condition = sa.ColumnElement[bool]

_IN_CHINESE = sa.and_(Problem.title_zh != "", Problem.text_zh != "")
_IN_ENGLISH = sa.and_(Problem.title_en != "", Problem.text_en != "")


def _with_files(access: AttachmentAccess) -> Condition:
    """Problems that offer a file of *access*."""
    found = sa.select(Attachment.problem_id).where(
        Attachment.access == access, Attachment.state.in_(OFFERED_STATES)
    )
    return Problem.id.in_(found)


def _due_within(days: int) -> Condition:
    now = utcnow()
    return sa.and_(
        Problem.state == ProblemState.PUBLISHED,
        Problem.deadline_at > now,
        Problem.deadline_at <= now + timedelta(days=days),
    )


#: For each filter its values, each with the condition it stands for at this moment.
CHOICES: Mapping[str, Mapping[str, Callable[[], Condition]]] = {
    "language": {
        "zh": lambda: _IN_CHINESE,
        "en": lambda: _IN_ENGLISH,
        "both": lambda: sa.and_(_IN_CHINESE, _IN_ENGLISH),
    },
    "deadline": {
        "week": lambda: _due_within(7),
        "month": lambda: _due_within(30),
        "quarter": lambda: _due_within(90),
    },
    "data": {
        "public": lambda: _with_files(AttachmentAccess.PUBLIC),
        "room": lambda: _with_files(AttachmentAccess.DATA_ROOM),
    },
}
