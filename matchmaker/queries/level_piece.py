"""One piece of what is known of a person's level, wherever it is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency.evidence import Evidence as Said
from matchmaker.models import Base

TAIPEI = ZoneInfo("Asia/Taipei")
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class Piece:
    """What one stored row says of one person in one competency.

    Attributes
    ----------
    user_id : int
        Of whom.
    competency : str
        In which, as it is called today.
    kind : str
        An `EvidenceKind`, or ``quiz`` for an answer to a question of the check.
    on : date
        The day it speaks of.
    said : competency.evidence.Evidence
        What the diagnosis counts.
    row : Base
        Where it is stored.
    """

    user_id: int
    competency: str
    kind: str
    on: dt.date
    said: Said
    row: Base


class Provider(Protocol):
    """Reads all pieces of one table that count for some people, in one go."""

    def __call__(self, session: Session, user_ids: Collection[int], /) -> Iterable[Piece]: ...


def today() -> dt.date:
    """The day it is in Taipei."""
    return utcnow().astimezone(TAIPEI).date()


def months_since(day: dt.date) -> float:
    """How old something of *day* is; what a clock running ahead dates to tomorrow is new."""
    return max(0, (today() - day).days) / _DAYS_A_MONTH
