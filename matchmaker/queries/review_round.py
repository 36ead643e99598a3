"""Reading how the review of each call stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.assessment.review_rubric import (
    ReviewRubric,
    parse_review_rubric,
    shipped_review_rubric,
)
from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    Call,
    CallRules,
    ReviewAssignment,
    ReviewRound,
    ReviewRubricVersion,
    User,
)
from matchmaker.policies.application_review import READABLE_STATES, visible_cases
from matchmaker.policies.review_round import may_read_rounds
from matchmaker.policies.scope import is_national
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.review_assignment import SEATED_STATES, ReviewAssignmentState


def round_of(session: Session, call_id: int, *, lock: bool = False) -> ReviewRound | None:
    """The review of a call, if the office has begun to prepare it."""
    statement = sa.select(ReviewRound).where(ReviewRound.call_id == call_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def get_call(session: Session, actor: User | None, call_id: int) -> Call:
    """The call, if *actor* follows its review."""
    statement = sa.select(Call).where(Call.id == call_id, is_national(Call.id))
    call = session.scalar(statement) if may_read_rounds.allows(actor) else None
    if call is None:
        raise NotFound
    return call


def rules_of(session: Session, call_id: int) -> CallRules | None:
    """The rules of a call."""
    return session.scalar(sa.select(CallRules).where(CallRules.call_id == call_id))


@dataclass(frozen=True)
class Listed:
    """A call with how far its review is."""

    call: Call
    rules: CallRules
    round: ReviewRound | None
    applications: int
    #: How many of them are under review, or past it.
    begun: int
    asked: int
    handed_in: int


def list_rounds(session: Session, actor: User | None) -> list[Listed]:
    """The programme's calls that take applications, newest first, with how far their review is."""
    if not may_read_rounds.allows(actor):
        raise NotFound
    statement = (
        sa.select(CallRules, ReviewRound)
        .outerjoin(ReviewRound, ReviewRound.call_id == CallRules.call_id)
        .where(is_national(CallRules.call_id))
        .options(joinedload(CallRules.call))
        .order_by(CallRules.applications_close_at.desc(), CallRules.id.desc())
    )
    rows = session.execute(statement).all()
    received, begun = _received(session, actor), _received(session, actor, begun=True)
    asked, done = _seats(session, False), _seats(session, True)
    return [
        Listed(
            rules.call,
            rules,
            found,
            received.get(rules.call_id, 0),
            begun.get(rules.call_id, 0),
            asked.get(rules.call_id, 0),
            done.get(rules.call_id, 0),
        )
        for rules, found in rows
    ]


def _received(session: Session, actor: User | None, *, begun: bool = False) -> dict[int, int]:
    statement = sa.select(Application.call_id, sa.func.count()).where(
        visible_cases(actor), Application.state.in_(READABLE_STATES)
    )
    if begun:
        statement = statement.where(Application.state != ApplicationState.SUBMITTED)
    rows = session.execute(statement.group_by(Application.call_id))
    return {row[0]: row[1] for row in rows}


def _seats(session: Session, handed_in: bool) -> dict[int, int]:
    states = (ReviewAssignmentState.SUBMITTED,) if handed_in else SEATED_STATES
    statement = (
        sa.select(Application.call_id, sa.func.count())
        .join(ReviewAssignment, ReviewAssignment.application_id == Application.id)
        .where(ReviewAssignment.state.in_(states), Application.state.in_(READABLE_STATES))
        .group_by(Application.call_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def count_lacking(session: Session, actor: User | None, found: ReviewRound) -> int:
    """How many applications under review have fewer readers than they should."""
    seated = (
        sa.select(sa.func.count(ReviewAssignment.id))
        .where(
            ReviewAssignment.application_id == Application.id,
            ReviewAssignment.state.in_(SEATED_STATES),
        )
        .correlate(Application)
        .scalar_subquery()
    )
    statement = sa.select(sa.func.count(Application.id)).where(
        visible_cases(actor),
        Application.call_id == found.call_id,
        Application.state == ApplicationState.UNDER_REVIEW,
        seated < found.readers,
    )
    return session.scalar(statement) or 0


def rubric_versions(session: Session, call_id: int) -> Sequence[ReviewRubricVersion]:
    """The versions the office has made of a call's rubric, the newest first."""
    statement = (
        sa.select(ReviewRubricVersion)
        .where(ReviewRubricVersion.call_id == call_id)
        .options(joinedload(ReviewRubricVersion.author))
        .order_by(ReviewRubricVersion.number.desc())
    )
    return session.scalars(statement).all()


def rubric_content(
    session: Session, call_id: int, number: int | None = None
) -> tuple[int, dict[str, Any]]:
    """Number and plain data of a version of a call's rubric: the newest unless *number* says which."""
    rows = rubric_versions(session, call_id)
    row = next((one for one in rows if number in (None, one.number)), None)
    if row is None or number == 0:
        return 0, dict(shipped_review_rubric())
    return row.number, row.content


def rubric_of(session: Session, call_id: int, number: int | None = None) -> ReviewRubric:
    """The rubric itself."""
    return parse_review_rubric(rubric_content(session, call_id, number)[1])


def scoring_rubric(session: Session, call_id: int) -> ReviewRubric:
    """The rubric reviewers score by: the one fixed when they were asked, before that the newest."""
    found = round_of(session, call_id)
    fixed = found.rubric_number if found is not None and found.started_at is not None else None
    return rubric_of(session, call_id, fixed)
