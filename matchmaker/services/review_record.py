"""Letters to readers, and what ends a review from outside: a withdrawal, a conflict, a closed account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import Application, ReviewAssignment, Role, RoleGrant, User
from matchmaker.queries.review_round import round_of
from matchmaker.services.context import Context
from matchmaker.services.grading_record import when
from matchmaker.workflows.review_assignment import (
    DUE_STATES,
    SEATED_STATES,
    ReviewAssignmentAction,
    ReviewAssignmentState,
)
from matchmaker.workflows.review_round import WORKING_STATES

WITHDRAWN = N_("The team has withdrawn its application")
PATH = "/my-applications-to-review"


def seats_by_reviewer(
    ctx: Context, call_id: int, states: Collection[ReviewAssignmentState]
) -> dict[int, list[ReviewAssignment]]:
    """The assignments of a call in *states*, by reviewer."""
    statement = (
        sa.select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(Application.call_id == call_id, ReviewAssignment.state.in_(states))
        .options(joinedload(ReviewAssignment.application), joinedload(ReviewAssignment.reviewer))
        .order_by(ReviewAssignment.id)
    )
    found: dict[int, list[ReviewAssignment]] = defaultdict(list)
    for row in ctx.session.scalars(statement):
        found[row.reviewer_id].append(row)
    return found


def write_to_reader(
    ctx: Context, seat: ReviewAssignment, kind: str, *, path: str = PATH, **params: Any
) -> None:
    """Write to a reader, in their language; nothing in it tells who applies."""
    ctx.send_mail(
        kind,
        seat.reviewer,
        about=seat,
        until=when(ctx, seat.due_at, seat.reviewer.locale),
        url=f"{ctx.settings.base_url}{path}",
        number=seat_number(seat),
        **params,
    )


def seat_number(seat: ReviewAssignment) -> str:
    """What reader and office call a case; it tells nothing of the application."""
    return f"R-{seat.id:05d}"


def write_to_office(ctx: Context, application: Application, kind: str, **params: Any) -> None:
    """Write to the programme's officers."""
    officers = (
        sa.select(User)
        .join(RoleGrant)
        .where(RoleGrant.role == Role.OFFICER, User.disabled_at.is_(None))
        .order_by(User.id)
    )
    url = f"{ctx.settings.base_url}/office/reviewing/{application.call_id}/{application.id}"
    for officer in ctx.session.scalars(officers).unique():
        if officer.is_usable:
            ctx.send_mail(
                kind, officer, about=application, number=application.number, url=url, **params
            )


def release(ctx: Context, seat: ReviewAssignment, reason: str) -> None:
    """Take a case out of a reader's hands; what they handed in no longer counts, and is kept."""
    before = seat.apply(ReviewAssignmentAction.RELEASE)
    seat.end_reason, seat.ended_at = reason, utcnow()
    ctx.record("application_review:release", seat, before=before, after=seat.state, reason=reason)


def end_reviews(ctx: Context, application: Application) -> None:
    """The team has withdrawn: whoever was still to hand in is told, and nobody reads it any more."""
    statement = sa.select(ReviewAssignment).where(
        ReviewAssignment.application_id == application.id,
        ReviewAssignment.state.in_(SEATED_STATES),
    )
    found = round_of(ctx.session, application.call_id)
    was_asked = found is not None and found.state in WORKING_STATES
    for seat in ctx.session.scalars(statement):
        is_due = seat.state in DUE_STATES
        release(ctx, seat, WITHDRAWN)
        if is_due and was_asked:
            write_to_reader(ctx, seat, "application_review.withdrawn")
