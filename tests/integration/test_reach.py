"""What the report on reach counts, and for whom."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import PermissionDenied
from matchmaker.queries import reach
from matchmaker.queries.reach import STAGES
from matchmaker.workflows.application import ApplicationState as S
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.engagement import EngagementState
from tests.factories import Factory


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (S.SUBMITTED, "applied"),
        (S.WITHDRAWN, "applied"),
        (S.DECLINED, "applied"),
        (S.EXPIRED, "offered"),
        (S.CONFIRMED, "confirmed"),
    ],
)
def test_an_application_counts_as_far_as_it_got(
    state: S, stage: str, make: Factory, session: Session
) -> None:
    made = make.application(make.problem(), make.team(make.user()), state)
    made.submitted_at = utcnow()
    session.commit()
    (pair,) = reach.pairs(session, make.officer(), made.call_id)
    assert (pair.team_id, STAGES[pair.stage]) == (made.team_id, stage)


def test_a_draft_counts_nowhere(make: Factory, session: Session) -> None:
    make.application(make.problem(), make.team(make.user()), S.DRAFT)
    assert reach.pairs(session, make.officer()) == []


def test_work_that_was_completed_counts_as_such(make: Factory, session: Session) -> None:
    make.engagement(EngagementState.COMPLETED)
    (pair,) = reach.pairs(session, make.officer())
    assert STAGES[pair.stage] == "completed"


def test_an_award_counts_once_announced_and_not_when_revoked(
    make: Factory, session: Session
) -> None:
    for state, stage in (
        (AwardState.CONFIRMED, "completed"),
        (AwardState.ANNOUNCED, "awarded"),
        (AwardState.REVOKED, "completed"),
    ):
        award = make.award(state)
        (pair,) = reach.pairs(session, make.officer(), award.call_id)
        assert STAGES[pair.stage] == stage


def test_it_is_the_office_s(make: Factory, session: Session) -> None:
    with pytest.raises(PermissionDenied):
        reach.pairs(session, make.user())
    with pytest.raises(PermissionDenied):
        reach.genders(session, make.user())
