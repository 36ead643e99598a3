"""Load: how much each broker, reviewer and officer has on their desk, and how they keep up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from matchmaker.i18n import N_, Message
from matchmaker.models import BrokerAssignment, GradeReview, User
from matchmaker.reports.table import Cell, Column, Table, rounded
from matchmaker.workflows.grade_review import DUE_STATES, GradeReviewState
from matchmaker.workflows.problem import ProblemState

#: States in which a broker has something to do.
COACHED_STATES = (ProblemState.SUBMITTED, ProblemState.SCREENING, ProblemState.RETURNED)
ERASED = N_("Erased account")
_NAMES = N_("Names are for the programme office: leave them out when you pass the table on.")
_BROKERS = N_(
    "Problems whose broker somebody is now. In hand: submitted, in screening or returned. Longest "
    "in hand: full days since the broker was assigned, of those."
)
_REVIEWERS = N_(
    "Every part in a panel counts. Open: asked or begun, not handed in. Late: open after its due "
    "time. Stepped aside or replaced parts count under asked only. Median days: from being asked "
    "to handing in."
)
_OFFICERS = N_("Screenings decided and grades signed, by who decided; each decision counts.")

Row = TypeVar("Row")


def _rule(text: str) -> Message:
    """A rule with the reminder that the table names people."""
    return Message(N_("%(rule)s %(note)s"), {"rule": Message(text), "note": Message(_NAMES)})


def _by_person(rows: Iterable[tuple[User, Row]]) -> list[tuple[User, list[Row]]]:
    found: dict[int, tuple[User, list[Row]]] = {}
    for user, row in rows:
        found.setdefault(user.id, (user, []))[1].append(row)
    return list(found.values())


def broker_table(assignments: Sequence[BrokerAssignment], now: datetime) -> Table:
    """What each broker has in hand, the fullest desk first."""
    pairs = [(row.broker, row) for row in assignments if row.broker is not None]
    rows = [_broker_row(user, found, now) for user, found in _by_person(pairs)]
    columns = (
        Column(N_("Broker")),
        Column(N_("Assigned"), is_number=True),
        Column(N_("In hand"), is_number=True),
        Column(N_("Longest in hand, days"), is_number=True),
    )
    return Table("brokers", N_("Load per broker"), _rule(_BROKERS), columns, _fullest(rows, 2))


def _broker_row(user: User, found: Sequence[BrokerAssignment], now: datetime) -> tuple[Cell, ...]:
    in_hand = [row for row in found if row.problem.state in COACHED_STATES]
    longest = max(((now - row.assigned_at) // timedelta(days=1) for row in in_hand), default=None)
    return user.name or ERASED, len(found), len(in_hand), longest


def reviewer_table(reviews: Sequence[GradeReview], now: datetime) -> Table:
    """What each reviewer was asked for and handed in, the fullest desk first."""
    rows = [
        _reviewer_row(user, found, now)
        for user, found in _by_person((row.reviewer, row) for row in reviews)
    ]
    columns = (
        Column(N_("Reviewer")),
        Column(N_("Asked"), is_number=True),
        Column(N_("Open"), is_number=True),
        Column(N_("Late"), is_number=True),
        Column(N_("Handed in"), is_number=True),
        Column(N_("Median days"), is_number=True),
    )
    return Table(
        "reviewers", N_("Load per reviewer"), _rule(_REVIEWERS), columns, _fullest(rows, 2)
    )


def _reviewer_row(user: User, found: Sequence[GradeReview], now: datetime) -> tuple[Cell, ...]:
    open_ones = [row for row in found if row.state in DUE_STATES]
    late = sum(row.due_at <= now for row in open_ones)
    done = [row for row in found if row.state is GradeReviewState.SUBMITTED]
    spans = [(row.submitted_at - row.created_at).days for row in done if row.submitted_at]
    middle = rounded(median(spans)) if spans else None
    return user.name or ERASED, len(found), len(open_ones), late, len(done), middle


def officer_table(decisions: Sequence[tuple[User, int, int]]) -> Table:
    """What each officer has decided."""
    columns = (
        Column(N_("Officer")),
        Column(N_("Screenings decided"), is_number=True),
        Column(N_("Grades signed"), is_number=True),
    )
    rows = [(user.name or ERASED, screened, signed) for user, screened, signed in decisions]
    return Table("officers", N_("Decisions per officer"), _rule(_OFFICERS), columns, rows)


def _fullest(rows: list[tuple[Cell, ...]], place: int) -> list[tuple[Cell, ...]]:
    return sorted(rows, key=lambda row: -int(str(row[place])))


def load_tables(
    assignments: Sequence[BrokerAssignment],
    reviews: Sequence[GradeReview],
    decisions: Sequence[tuple[User, int, int]],
    now: datetime,
) -> list[Table]:
    """Everything about load."""
    return [
        broker_table(assignments, now),
        reviewer_table(reviews, now),
        officer_table(decisions),
    ]
