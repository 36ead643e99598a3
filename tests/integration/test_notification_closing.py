"""What readers were told of a case is gone once they step aside from it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import Delivery, OutboxMessage
from matchmaker.services import grade_review
from matchmaker.workflows.delivery import DeliveryState
from tests.grading import Case


def told(session, user):
    """Subject, way and state of every letter to *user*."""
    statement = (
        sa.select(OutboxMessage.subject, OutboxMessage.body, Delivery.path, Delivery.state)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .where(Delivery.user_id == user.id)
        .order_by(Delivery.id)
    )
    return session.execute(statement).all()


def test_stepping_aside_closes_the_case_in_what_was_told(make, ctx, session):
    case = Case(make, ctx)
    panel = case.named()
    review = case.review(panel)
    title = panel.problem.title("en")
    ((subject, _body, path, _state),) = told(session, case.ai)
    assert title in subject
    assert path == f"/reviews/{review.id}"
    grade_review.recuse(case.as_(case.ai), review.id, reason="My cousin runs it.")
    session.commit()
    ((subject, body, path, state),) = told(session, case.ai)
    assert (subject, path) == ("A case that is closed to you", "")
    assert title not in body
    assert state is DeliveryState.DISCARDED  # It had not left yet, and never does.
    others = [row for row in told(session, case.sector) if title in row[0]]
    assert others[0][2].startswith("/reviews/")  # The other reader's letter stands.
