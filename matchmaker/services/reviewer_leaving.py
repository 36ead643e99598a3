"""A reviewer closes their account: cases go back to the office, and what they said of themselves goes."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import (
    DeclaredConflict,
    ReviewAssignment,
    ReviewerProfile,
    ReviewRelation,
    User,
)
from matchmaker.policies.conflict import NOT_REVIEWER
from matchmaker.services.context import Context
from matchmaker.services.review_record import release, write_to_office
from matchmaker.workflows.review_assignment import DUE_STATES


def forget(ctx: Context, user: User) -> None:
    """Free the cases still to be handed in; delete profile and ties, and ties others have with them.

    What was handed in stays: decisions rest on it, and it names nobody once the account is erased.
    """
    due = sa.select(ReviewAssignment).where(
        ReviewAssignment.reviewer_id == user.id, ReviewAssignment.state.in_(DUE_STATES)
    )
    for seat in ctx.session.scalars(due):
        release(ctx, seat, NOT_REVIEWER)
        write_to_office(ctx, seat.application, "application_review.vacant")
    for kind in (DeclaredConflict, ReviewerProfile):
        ctx.session.execute(sa.delete(kind).where(kind.user_id == user.id))
    named = sa.or_(ReviewRelation.user_id == user.id, ReviewRelation.email == user.email)
    ctx.session.execute(sa.delete(ReviewRelation).where(named))
