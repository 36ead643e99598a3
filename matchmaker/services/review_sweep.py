"""Look after reviews that wait: free those whose reader cannot judge any more, remind, let lapse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import Application, Problem, ReviewAssignment, ReviewRound, Team
from matchmaker.policies.application_conflict import nearness
from matchmaker.policies.application_review import JUDGED_STATES
from matchmaker.services.context import Context
from matchmaker.services.review_record import release, write_to_office, write_to_reader
from matchmaker.workflows.review_assignment import (
    DUE_STATES,
    SEATED_STATES,
    ReviewAssignmentAction,
)
from matchmaker.workflows.review_round import WORKING_STATES

DECIDED = N_("The application has been decided meanwhile")
#: A letter reminds this long before a review is due, and once more when it is late.
REMIND_BEFORE = timedelta(days=2)
#: A review this late lapses, and somebody else can be asked.
LAPSE_AFTER = timedelta(days=7)


def sweep(ctx: Context) -> dict[str, int]:
    """One round of it; how many were freed, lapsed and reminded."""
    ended = _end_decided(ctx)
    return {
        "freed": _free(ctx),
        "ended": ended,
        "lapsed": _lapse(ctx),
        "reminded": _remind(ctx),
    }


def _end_decided(ctx: Context) -> int:
    """Nobody need read what was decided without them."""
    decided = Application.state.not_in(JUDGED_STATES)
    seats = _seats(ctx, ReviewAssignment.state.in_(DUE_STATES), decided)
    for seat in seats:
        release(ctx, seat, DECIDED)
        write_to_reader(ctx, seat, "application_review.released")
    return len(seats)


def _free(ctx: Context) -> int:
    """Take cases from readers with a closed account, without the role, or tied to the case by now."""
    seats = _seats(ctx, ReviewAssignment.state.in_(SEATED_STATES))
    around = nearness(ctx.session, [seat.application for seat in seats])
    freed = 0
    for seat in seats:
        why = around[seat.application_id].why_not(seat.reviewer)
        if why is not None:
            release(ctx, seat, str(why))
            write_to_office(ctx, seat.application, "application_review.vacant")
            freed += 1
    return freed


def _lapse(ctx: Context) -> int:
    """Give up on what is far too late."""
    late = ReviewAssignment.due_at <= utcnow() - LAPSE_AFTER
    seats = _seats(ctx, ReviewAssignment.state.in_(DUE_STATES), late)
    for seat in seats:
        before = seat.apply(ReviewAssignmentAction.EXPIRE)
        seat.ended_at = utcnow()
        ctx.record("application_review:expire", seat, before=before, after=seat.state)
        write_to_reader(ctx, seat, "application_review.expired")
        write_to_office(ctx, seat.application, "application_review.vacant")
    return len(seats)


def _remind(ctx: Context) -> int:
    """Write to readers whose reviews are due soon, and once more when they are late."""
    soon = ReviewAssignment.due_at <= utcnow() + REMIND_BEFORE
    seats = [
        seat
        for seat in _seats(ctx, ReviewAssignment.state.in_(DUE_STATES), soon)
        if _is_unreminded(seat)
    ]
    told: set[tuple[int, str]] = set()
    for seat in seats:
        kind = "application_review.late" if seat.is_overdue else "application_review.due"
        if (seat.reviewer_id, kind) not in told:  # One letter for all of a person's cases.
            write_to_reader(ctx, seat, kind)
            told.add((seat.reviewer_id, kind))
        seat.reminded_at = utcnow()
    return len(told)


def _is_unreminded(seat: ReviewAssignment) -> bool:
    """Whether no letter went out yet for what the review is now: due soon, or late."""
    if seat.reminded_at is None:
        return True
    return seat.is_overdue and seat.reminded_at < seat.due_at


def _seats(ctx: Context, *conditions: sa.ColumnElement[bool]) -> Sequence[ReviewAssignment]:
    """The assignments of calls under review that meet the conditions, locked."""
    statement = (
        sa.select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .join(ReviewRound, ReviewRound.call_id == Application.call_id)
        .where(ReviewRound.state.in_(WORKING_STATES), *conditions)
        .options(
            joinedload(ReviewAssignment.reviewer),
            joinedload(ReviewAssignment.application).options(
                joinedload(Application.problem).joinedload(Problem.organization),
                joinedload(Application.team).joinedload(Team.organization),
            ),
        )
        .order_by(ReviewAssignment.id)
        .with_for_update(of=ReviewAssignment, skip_locked=True)
    )
    return ctx.session.scalars(statement).unique().all()
