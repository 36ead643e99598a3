"""What became of work: asked once, answered by its side alone, never a zero for silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import Engagement, OutboxMessage, OutcomeSurvey, User
from matchmaker.queries import outcome as queries
from matchmaker.queries.outcome import Said
from matchmaker.reports.outcome import outcome_tables
from matchmaker.services import outcome as service
from matchmaker.services.context import Context
from matchmaker.workflows.engagement import EngagementAction, EngagementState
from matchmaker.workflows.outcome_survey import OutcomeSurveyState
from tests.factories import Factory

Ctx = Callable[..., Context]


@pytest.fixture
def work(make: Factory, session: Session) -> Engagement:
    engagement = make.engagement(EngagementState.COMPLETED)
    engagement.ended_at = utcnow() - timedelta(days=1)
    session.commit()
    return engagement


def member(work: Engagement) -> User:
    return work.team.members[0].user


def owner(work: Engagement) -> User:
    return work.problem.organization.members[0].user


def system(ctx: Ctx) -> Context:
    found = ctx(None)
    found.trusted = True
    return found


def asked(session: Session, ctx: Ctx) -> dict[str, OutcomeSurvey]:
    service.follow(system(ctx))
    return {row.side: row for row in session.scalars(sa.select(OutcomeSurvey))}


class TestAsking:
    def test_both_sides_are_asked_once(self, work: Engagement, ctx: Ctx, session: Session) -> None:
        assert service.follow(system(ctx)) == {"asked": 2, "lapsed": 0}
        assert service.follow(system(ctx)) == {"asked": 0, "lapsed": 0}
        rows = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.kind == "outcome.asked")
        )
        assert sorted(row.user_id or 0 for row in rows) == sorted([member(work).id, owner(work).id])

    @pytest.mark.parametrize(
        ("ended", "today", "months"),
        [
            ("2026-11-30", "2026-11-29", None),
            ("2026-11-30", "2026-11-30", 0),
            ("2026-11-30", "2027-02-27", 0),
            ("2026-11-30", "2027-02-28", 3),
            ("2026-11-30", "2027-05-30", 6),
            ("2028-02-29", "2029-02-28", 12),
            ("2026-11-30", "2031-01-01", 12),
        ],
    )
    def test_at_the_end_and_three_six_and_twelve_months_later(
        self, ended: str, today: str, months: int | None
    ) -> None:
        found = service.due_months(dt.date.fromisoformat(ended), dt.date.fromisoformat(today))
        assert found == months

    def test_the_day_is_the_one_where_the_programme_is(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        """Half past four in the afternoon in London is the next day in Taipei."""
        work.ended_at = dt.datetime(2026, 3, 31, 16, 30, tzinfo=UTC)
        assert service._ended_on(system(ctx), work) == dt.date(2026, 4, 1)

    def test_work_that_never_began_is_not_asked_about(
        self, make: Factory, ctx: Ctx, session: Session
    ) -> None:
        stopped = make.engagement(EngagementState.STOPPED)
        stopped.started_at = None
        make.engagement(EngagementState.POC)
        session.commit()
        assert service.follow(system(ctx)) == {"asked": 0, "lapsed": 0}


class TestAnEndTakenBack:
    """The work went on, and ended a second time: what was asked too early is asked anew."""

    def test_meanwhile_nobody_answers_and_nothing_counts(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        row = asked(session, ctx)["owner"]
        service.answer(ctx(owner(work)), row.id, {"jobs": 4}, version=1)
        goes_on(work, session)
        with pytest.raises(InvalidTransition, match="goes on"):
            service.answer(ctx(owner(work)), row.id, {"jobs": 5}, version=row.version)
        assert queries.said_of_calls(session, make.officer()) == []

    def test_both_sides_are_asked_anew_and_the_first_answer_is_kept(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        row = asked(session, ctx)["owner"]
        service.answer(ctx(owner(work)), row.id, {"jobs": 4}, version=1)
        goes_on(work, session)
        work.apply(EngagementAction.COMPLETE)
        work.ended_at = utcnow()
        session.flush()
        assert service.follow(system(ctx)) == {"asked": 2, "lapsed": 0}
        assert service.follow(system(ctx)) == {"asked": 0, "lapsed": 0}
        assert (row.state, row.answers) == (OutcomeSurveyState.ASKED, {})
        service.answer(ctx(owner(work)), row.id, {"jobs": 7}, version=row.version)
        assert [version.answers for version in row.versions] == [{"jobs": 4}, {"jobs": 7}]


def goes_on(work: Engagement, session: Session) -> None:
    work.apply(EngagementAction.RESUME_POC)
    work.ended_at = None
    session.flush()


class TestAnswering:
    def test_the_sides_see_each_other_once_they_have_spoken(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        rows = asked(session, ctx)
        service.answer(
            ctx(owner(work)), rows["owner"].id, {"saved": 100, "in_use": "yes"}, version=1
        )
        (seen,) = queries.times_of(session, member(work), work)
        assert (seen.is_veiled, seen.lines, seen.own) == (True, [], rows["team"])
        service.answer(
            ctx(member(work)), rows["team"].id, {"saved": 50, "in_use": "yes"}, version=1
        )
        (seen,) = queries.times_of(session, member(work), work)
        verdicts = {line.question.key: line.verdict.value for line in seen.lines}
        assert (verdicts["saved"], verdicts["in_use"], verdicts["jobs"]) == (
            "differ",
            "same",
            "none",
        )

    def test_an_answer_is_corrected_until_the_time_is_over_and_kept(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        row = asked(session, ctx)["owner"]
        service.answer(ctx(owner(work)), row.id, {"jobs": 1}, version=1)
        session.flush()
        service.answer(ctx(owner(work)), row.id, {"jobs": 1}, version=1)  # A second click.
        with pytest.raises(StaleVersion):
            service.answer(ctx(owner(work)), row.id, {"jobs": 3}, version=1)
        service.answer(ctx(owner(work)), row.id, {"jobs": 2}, version=row.version)
        assert [version.answers for version in row.versions] == [{"jobs": 1}, {"jobs": 2}]
        row.due_at = utcnow() - timedelta(seconds=1)
        session.flush()
        with pytest.raises(InvalidTransition, match="over"):
            service.answer(ctx(owner(work)), row.id, {"jobs": 3}, version=row.version)

    def test_whoever_says_nothing_has_not_said_zero(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        rows = asked(session, ctx)
        for row in rows.values():
            row.due_at = utcnow() - timedelta(seconds=1)
        session.flush()
        assert service.follow(system(ctx)) == {"asked": 0, "lapsed": 2}
        assert {row.state for row in rows.values()} == {OutcomeSurveyState.LAPSED}
        with pytest.raises(InvalidTransition):
            service.answer(ctx(owner(work)), rows["owner"].id, {"jobs": 0}, version=2)

    def test_each_side_answers_for_itself(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        rows = asked(session, ctx)
        with pytest.raises(PermissionDenied, match="of the team"):
            service.answer(ctx(owner(work)), rows["team"].id, {"jobs": 1}, version=1)
        with pytest.raises(PermissionDenied, match="of the owner"):
            service.answer(ctx(make.officer()), rows["owner"].id, {"jobs": 1}, version=1)
        with pytest.raises(NotFound):
            service.answer(ctx(make.user()), rows["owner"].id, {"jobs": 1}, version=1)

    @pytest.mark.parametrize(
        ("answers", "fields"),
        [
            ({}, set()),
            ({"jobs": None, "value": "  "}, set()),
            ({"jobs": -1, "in_use": "often", "value": "x" * 2001}, {"jobs", "in_use", "value"}),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, work: Engagement, ctx: Ctx, session: Session, answers: dict, fields: set[str]
    ) -> None:
        row = asked(session, ctx)["owner"]
        with pytest.raises(InvalidInput) as caught:
            service.answer(ctx(owner(work)), row.id, answers, version=1)
        assert set(caught.value.fields) == fields


class TestFigures:
    def test_what_was_said_of_a_call(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        rows = asked(session, ctx)
        service.answer(ctx(owner(work)), rows["owner"].id, {"jobs": 2}, version=1)
        (said,) = queries.said_of_calls(session, make.officer(), work.call_id)
        assert said == Said(True, {"jobs": 2}, {}, 2, 1, 0)
        assert queries.said_of_calls(session, make.officer(), work.call_id, 3) == []
        with pytest.raises(PermissionDenied):
            queries.said_of_calls(session, owner(work))

    def test_sums_keep_apart_what_is_known_how_well(self) -> None:
        found = [
            Said(True, {"jobs": 10, "in_use": "yes"}, {"jobs": 9, "in_use": "yes"}, 2, 2, 0),
            Said(True, {"jobs": 4}, {}, 2, 1, 1),
            Said(False, {"jobs": 0, "in_use": "yes"}, {"jobs": 5, "in_use": "no"}, 2, 2, 0),
            Said(False, {}, {}, 2, 0, 1),
        ]
        tables = {table.name: table for table in outcome_tables(found)}
        assert [row[1] for row in tables["answers"].rows] == [4, 8, 5, 2, 1]
        assert [row[1:4] for row in tables["indicators"].rows] == [
            (2, 0, 0),
            (1, 0, 1),
            (9, 4, "0 – 5"),
            (0, 0, 0),
        ]
        jobs = next(row for row in tables["figures"].rows if row[0] == "Jobs that came of it")
        assert jobs[1:] == (9, 1, 4, 1, "0 – 5", 1, 1)
