"""Alumni: who is one, who is seen, and messages that reveal nothing their writers do not share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    RateLimited,
    StaleVersion,
)
from matchmaker.models import (
    AlumniContact,
    AlumniProfile,
    AlumniPurpose,
    OutboxMessage,
    PrivateCall,
)
from matchmaker.policies.alumni import is_alumnus
from matchmaker.queries import alumni as queries
from matchmaker.queries.alumni import AlumniFilter
from matchmaker.services import alumni as service
from matchmaker.services.alumni import Shows
from matchmaker.workflows.alumni_contact import AlumniContactState as S
from matchmaker.workflows.engagement import EngagementState

OPEN = Shows(text="Glad to talk.", takes_messages=True, is_hiring=True)


class Pair:
    """Completed work: its owner and a member of its team, and somebody outside."""

    def __init__(self, make, ctx):
        self.row = make.engagement(EngagementState.COMPLETED)
        self.owner = ctx(self.row.problem.organization.members[0].user)
        self.member = ctx(self.row.application.people[0].user)
        self.outside = ctx(make.user())
        self.officer = ctx(make.officer())
        self.session = self.owner.session


@pytest.fixture
def pair(make, ctx):
    return Pair(make, ctx)


def listed(who, **wanted):
    page = queries.list_profiles(who.session, who.actor, AlumniFilter(**wanted))
    return [one.profile.user_id for one in page.items]


def test_only_people_of_completed_work_are_alumni(pair, make):
    live = make.engagement(EngagementState.POB)

    assert is_alumnus(pair.owner.actor)
    assert is_alumnus(pair.member.actor)
    assert not is_alumnus(pair.outside.actor)
    assert not is_alumnus(pair.officer.actor)
    assert not is_alumnus(live.application.people[0].user)
    make.save(PrivateCall(call=pair.row.call, organization=pair.row.problem.organization))
    pair.session.expire_all()
    assert not is_alumnus(pair.member.actor)  # Nothing of an in-house call leaves it.


def test_nobody_is_listed_who_did_not_ask_for_it(pair):
    assert listed(pair.member) == []
    with pytest.raises(InvalidInput):
        service.show(pair.owner, OPEN, agreed=False)
    with pytest.raises(PermissionDenied, match="alumni zone"):
        service.show(pair.outside, OPEN, agreed=True)

    row = service.show(pair.owner, OPEN, agreed=True)
    assert service.show(pair.owner, OPEN, agreed=True) is row  # A second click.
    pair.session.flush()

    assert listed(pair.member) == [pair.owner.actor.id]
    assert listed(pair.owner) == []  # Oneself is not in one's own list.
    assert listed(pair.outside) == []
    assert listed(pair.officer) == []
    with pytest.raises(StaleVersion):
        service.show(pair.owner, Shows(), agreed=True, version=9)


def test_leaving_is_immediate_and_total(pair):
    service.show(pair.owner, OPEN, agreed=True)
    pair.session.flush()

    service.leave(pair.owner)

    assert listed(pair.member) == []
    assert pair.session.scalar(sa.select(AlumniProfile)) is None
    service.leave(pair.owner)


def test_search_by_what_is_shown(pair, session):
    pair.row.problem.sector = "IND-MFG"
    pair.row.problem.organization.region = "TXG"
    service.show(pair.owner, OPEN, agreed=True)
    service.show(pair.member, Shows(is_looking=True), agreed=True)
    session.flush()

    assert listed(pair.owner, offer="is_looking") == [pair.member.actor.id]
    assert listed(pair.owner, offer="is_hiring") == []
    assert listed(pair.owner, offer="password_hash") == [pair.member.actor.id]
    assert listed(pair.owner, sector="IND-MFG") == [pair.member.actor.id]
    assert listed(pair.owner, sector="IND-FIN") == []
    assert listed(pair.member, region="TXG") == [pair.owner.actor.id]
    assert listed(pair.owner, competency="PER-CV") == []  # Levels are not shown.
    shown = queries.list_profiles(session, pair.member.actor, AlumniFilter()).items[0]
    assert shown.organizations == [pair.row.problem.organization]
    assert shown.problems == [pair.row.problem]
    assert shown.levels == {}


def test_a_message_reveals_only_what_is_shared(pair, session):
    profile = service.show(pair.owner, OPEN, agreed=True)
    session.flush()

    row = service.write(pair.member, profile.id, text="May I ask about the data?")
    again = service.write(pair.member, profile.id, text="May I ask about the data?")
    assert again is row
    letter = session.scalars(sa.select(OutboxMessage)).all()[-1]
    assert letter.kind == "alumni.message"
    assert pair.member.actor.email not in letter.body
    with pytest.raises(PermissionDenied, match="somebody else"):
        service.answer(pair.member, row.id, accepted=True, text="Me.", version=1)
    with pytest.raises(NotFound):
        service.answer(pair.officer, row.id, accepted=True, text="Me.", version=1)
    with pytest.raises(InvalidInput):
        service.answer(pair.owner, row.id, accepted=True, version=1)
    with pytest.raises(StaleVersion):
        service.answer(pair.owner, row.id, accepted=True, text="Yes.", version=7)

    service.answer(
        pair.owner, row.id, accepted=True, text="Yes.", shares_email=True, version=row.version
    )

    assert row.state is S.ANSWERED
    assert service.seen_email(row, pair.member.actor) == pair.owner.actor.email
    assert service.seen_email(row, pair.owner.actor) == ""
    letter = session.scalars(sa.select(OutboxMessage)).all()[-1]
    assert (letter.kind, pair.owner.actor.email in letter.body) == ("alumni.answered", True)
    with pytest.raises(InvalidTransition):
        service.take_back(pair.member, row.id)


def test_a_declined_message_shares_nothing(pair, session):
    profile = service.show(pair.owner, OPEN, agreed=True)
    session.flush()
    row = service.write(pair.member, profile.id, text="Hello")

    service.answer(pair.owner, row.id, accepted=False, shares_email=True, version=row.version)

    assert (row.state, service.seen_email(row, pair.member.actor)) == (S.DECLINED, "")


def test_whom_one_cannot_write_to(pair, session, monkeypatch):
    silent = service.show(pair.owner, Shows(), agreed=True)
    session.flush()
    with pytest.raises(NotFound):
        service.write(pair.member, silent.id, text="Hello")
    with pytest.raises(PermissionDenied):
        service.write(pair.outside, silent.id, text="Hello")
    service.show(pair.owner, OPEN, agreed=True, version=silent.version)
    session.flush()
    for text in ("", "  ", "x" * 1001):
        with pytest.raises(InvalidInput):
            service.write(pair.member, silent.id, text=text)
    monkeypatch.setattr(service, "MOST_WAITING", 0)
    with pytest.raises(RateLimited):
        service.write(pair.member, silent.id, text="Hello")


def test_the_office_sees_counts_and_who_offered_help(pair, session):
    profile = service.show(pair.owner, Shows(is_hiring=True, will_mentor=True), agreed=True)
    service.show(pair.member, Shows(is_looking=True), agreed=True)
    session.flush()

    figures = queries.figures(session, pair.officer.actor)

    assert (figures.alumni, figures.listed) == (2, 2)
    assert figures.offers == {
        "is_hiring": 1,
        "is_looking": 1,
        "will_mentor": 1,
        "will_instruct": 0,
    }
    helpers = queries.helpers(session, pair.officer.actor)
    assert [one.profile.id for one in helpers] == [profile.id]
    with pytest.raises(PermissionDenied, match="programme office"):
        queries.figures(session, pair.member.actor)
    with pytest.raises(PermissionDenied, match="Only programme officers"):
        service.invite(pair.member, profile.id, purpose=AlumniPurpose.MENTOR, text="Please.")
    with pytest.raises(InvalidInput):
        service.invite(pair.officer, profile.id, purpose=AlumniPurpose.INSTRUCT, text="Please.")
    row = service.invite(pair.officer, profile.id, purpose=AlumniPurpose.MENTOR, text="Please.")
    service.answer(pair.owner, row.id, accepted=True, version=row.version)
    assert row.state is S.ANSWERED


def test_erasure_takes_profile_and_messages(pair, session):
    profile = service.show(pair.owner, OPEN, agreed=True)
    session.flush()
    service.write(pair.member, profile.id, text="Hello")
    pair.owner.actor.erase(datetime.now(UTC))

    service.forget(session, pair.owner.actor.id)

    assert session.scalar(sa.select(sa.func.count(AlumniContact.id))) == 0
    assert session.scalar(sa.select(sa.func.count(AlumniProfile.id))) == 0


def test_the_list_takes_as_many_queries_for_three_as_for_one(pair, make, session):
    def count():
        statements = []
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        queries.list_profiles(session, pair.member.actor, AlumniFilter())
        return len(statements)

    service.show(pair.owner, OPEN, agreed=True)
    session.flush()
    one = count()
    for row in (make.engagement(EngagementState.COMPLETED) for _ in range(2)):
        session.add(AlumniProfile(user_id=row.application.people[0].user_id, consent="alumni-1"))
    session.flush()
    assert count() == one
