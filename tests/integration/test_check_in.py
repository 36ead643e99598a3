"""Saying how the work goes: who may, what it takes, who hears of it, and hours of mentoring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied
from matchmaker.models import (
    AuditEvent,
    CauseSide,
    Engagement,
    Light,
    MentoringSession,
    OutboxMessage,
    Role,
    User,
)
from matchmaker.queries import check_in as queries
from matchmaker.queries import mentoring as hours
from matchmaker.services import check_in as service
from matchmaker.services import mentoring
from matchmaker.services.context import Context
from matchmaker.workflows.engagement import EngagementState
from tests.factories import Factory

Ctx = Callable[..., Context]


@pytest.fixture
def work(make: Factory, session: Session) -> Engagement:
    engagement = make.engagement(EngagementState.POC)
    engagement.mentor = make.user(Role.MENTOR)
    session.commit()
    return engagement


def member(work: Engagement) -> User:
    return work.team.members[0].user


def owner(work: Engagement) -> User:
    return work.problem.organization.members[0].user


def letters(session: Session, kind: str) -> set[int]:
    session.flush()
    rows = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind))
    return {row.user_id for row in rows if row.user_id}


class TestSaying:
    def test_a_green_light_is_kept_and_tells_nobody(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        row = service.check_in(ctx(member(work)), work.id, light=Light.GREEN, done="Labelled 400.")
        assert (row.side, row.light, row.done) == ("team", Light.GREEN, "Labelled 400.")
        assert queries.latest(session, [work.id]) == {work.id: row}
        assert letters(session, "check_in.red") == letters(session, "check_in.blocked") == set()
        event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert event.action == "check_in:add"

    def test_of_a_red_light_everybody_hears_at_once(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        officer = make.officer()
        side = CauseSide.OWNER
        service.check_in(
            ctx(member(work)), work.id, light=Light.RED, blocker="No data", blocker_side=side
        )
        assert letters(session, "check_in.red") == {owner(work).id, work.mentor_id, officer.id}

    def test_of_another_blocker_those_who_clear_it_hear(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        make.officer()
        service.check_in(
            ctx(owner(work)),
            work.id,
            light=Light.AMBER,
            blocker="The team is slow",
            blocker_side=CauseSide.TEAM,
        )
        assert letters(session, "check_in.blocked") == {member(work).id, work.mentor_id}

    def test_the_same_words_at_once_are_a_second_click(self, work: Engagement, ctx: Ctx) -> None:
        first = service.check_in(ctx(member(work)), work.id, light=Light.GREEN, done="x")
        assert service.check_in(ctx(member(work)), work.id, light=Light.GREEN, done="x") is first

    @pytest.mark.parametrize(
        ("given", "fields"),
        [
            ({"light": None, "done": "x"}, {"light"}),
            ({"light": Light.RED, "done": "x"}, {"blocker"}),
            ({"light": Light.GREEN, "blocker": "x"}, {"blocker_side"}),
            ({"light": Light.GREEN}, {"done"}),
            ({"light": Light.GREEN, "done": "x" * 2001}, {"done"}),
        ],
    )
    def test_what_is_missing_is_said_beside_its_field(
        self, work: Engagement, ctx: Ctx, given: dict, fields: set[str]
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            service.check_in(ctx(member(work)), work.id, **given)
        assert set(caught.value.fields) == fields

    def test_only_those_at_work_say_how_it_goes(
        self, work: Engagement, ctx: Ctx, make: Factory
    ) -> None:
        with pytest.raises(PermissionDenied, match="The team, the owner and the mentor"):
            service.check_in(ctx(make.officer()), work.id, light=Light.GREEN, done="x")
        with pytest.raises(NotFound):
            service.check_in(ctx(make.user()), work.id, light=Light.GREEN, done="x")

    def test_nothing_is_said_after_the_end(self, make: Factory, ctx: Ctx) -> None:
        done = make.engagement(EngagementState.COMPLETED)
        with pytest.raises(PermissionDenied, match="has ended"):
            service.check_in(ctx(member(done)), done.id, light=Light.GREEN, done="x")


class TestClearing:
    def test_whoever_named_a_blocker_hears_that_it_is_cleared(
        self, work: Engagement, ctx: Ctx, session: Session
    ) -> None:
        row = service.check_in(
            ctx(member(work)),
            work.id,
            light=Light.AMBER,
            blocker="No key",
            blocker_side=CauseSide.OWNER,
        )
        assert queries.blockers(session, [work.id]) == {work.id: [row]}
        service.resolve(ctx(owner(work)), work.id, row.id, resolution="Sent it")
        assert (row.is_blocked, row.resolver) == (False, owner(work))
        assert queries.blockers(session, [work.id]) == {}
        assert letters(session, "check_in.resolved") == {member(work).id}

    def test_it_takes_a_word_how(self, work: Engagement, ctx: Ctx) -> None:
        row = service.check_in(
            ctx(member(work)), work.id, light=Light.RED, blocker="x", blocker_side=CauseSide.OUTSIDE
        )
        with pytest.raises(InvalidInput):
            service.resolve(ctx(member(work)), work.id, row.id, resolution=" ")

    def test_it_is_found_under_its_own_work_alone(
        self, work: Engagement, ctx: Ctx, make: Factory
    ) -> None:
        row = service.check_in(
            ctx(member(work)), work.id, light=Light.RED, blocker="x", blocker_side=CauseSide.TEAM
        )
        other = make.engagement(EngagementState.POC)
        with pytest.raises(NotFound):
            service.resolve(ctx(member(work)), other.id, row.id, resolution="x")


def test_work_on_which_nobody_reports_is_found(
    work: Engagement, ctx: Ctx, session: Session, make: Factory
) -> None:
    make.engagement()  # In its kick-off nobody has to.
    work.started_at = utcnow() - timedelta(days=13)
    session.commit()
    assert queries.missing(session, utcnow()) == []
    work.started_at = utcnow() - timedelta(days=15)
    session.commit()
    assert queries.missing(session, utcnow()) == [work]
    service.check_in(ctx(member(work)), work.id, light=Light.GREEN, done="x")
    assert queries.missing(session, utcnow()) == []


class TestMentoring:
    def meet(self, ctx: Context, work: Engagement, **given) -> MentoringSession:
        today = utcnow().astimezone(ctx.settings.timezone).date()
        values = {"held_on": today, "minutes": 60, "topic": "Labels", **given}
        return mentoring.add(ctx, work.id, **values)

    def test_what_the_team_writes_counts_once_the_mentor_confirms(
        self, work: Engagement, ctx: Ctx, session: Session, make: Factory
    ) -> None:
        row = self.meet(ctx(member(work)), work)
        assert (row.counts, letters(session, "mentoring.confirm")) == (False, {work.mentor_id})
        assert hours.loads(session, make.officer()) == []
        mentoring.confirm(ctx(work.mentor), work.id, row.id)
        (load,) = hours.loads(session, make.officer(), work.call_id)
        assert (load.mentor, load.engagement, load.meetings, load.minutes) == (
            work.mentor,
            work,
            1,
            60,
        )

    def test_what_the_mentor_writes_counts_at_once_and_once(
        self, work: Engagement, ctx: Ctx
    ) -> None:
        row = self.meet(ctx(work.mentor), work)
        assert row.counts
        assert self.meet(ctx(work.mentor), work) is row

    def test_what_was_wrong_is_struck_out_with_a_reason(self, work: Engagement, ctx: Ctx) -> None:
        row = self.meet(ctx(work.mentor), work)
        with pytest.raises(InvalidInput):
            mentoring.strike(ctx(work.mentor), work.id, row.id, reason="")
        mentoring.strike(ctx(work.mentor), work.id, row.id, reason="It was another team")
        assert not row.counts

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"minutes": 721}, "minutes"),
            ({"minutes": 0}, "minutes"),
            ({"topic": " "}, "topic"),
            ({"held_on": None}, "held_on"),
        ],
    )
    def test_days_to_come_and_whole_nights_are_refused(
        self, work: Engagement, ctx: Ctx, given: dict, field: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            self.meet(ctx(work.mentor), work, **given)
        assert set(caught.value.fields) == {field}

    def test_others_neither_confirm_nor_strike(self, work: Engagement, ctx: Ctx) -> None:
        row = self.meet(ctx(work.mentor), work)
        with pytest.raises(PermissionDenied):
            mentoring.confirm(ctx(owner(work)), work.id, row.id)
        with pytest.raises(PermissionDenied):
            mentoring.strike(ctx(owner(work)), work.id, row.id, reason="x")
