"""Brokers: who assigns whom, load, conflict of interest, two officers at once, what a broker may."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import AuditEvent, OutboxMessage, Role
from matchmaker.policies.problem import can_edit, may_decide, may_read_coaching
from matchmaker.queries import broker_assignment as queries
from matchmaker.queries import problem as problems
from matchmaker.services import broker_assignment as service
from matchmaker.services import problem as problem_service
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

S = ProblemState


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def mentor(make):
    return make.user(Role.MENTOR, name="Mentor", email="mentor@example.com")


@pytest.fixture
def problem(make):
    lead = make.user(email="lead@example.com")
    return make.problem(S.SUBMITTED, organization=make.organization(lead), title_en="Bolts")


def letters(session):
    return [
        (m.recipient, m.kind)
        for m in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
    ]


def test_assigning_tells_broker_and_owner(officer, mentor, problem, ctx, session):
    place = service.assign(ctx(officer), problem.id, mentor.id)
    session.commit()
    assert (place.broker_id, place.version) == (mentor.id, 1)
    assert letters(session) == [
        ("mentor@example.com", "broker.assigned"),
        ("lead@example.com", "broker.introduced"),
    ]
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.data) == (
        "broker_assignment:assign",
        {"to_id": mentor.id, "from_id": None},
    )
    again = service.assign(ctx(officer), problem.id, mentor.id)
    assert (again.id, len(letters(session))) == (place.id, 2)


@on_both
def test_two_officers_assign_at_once_and_the_second_is_told(
    make, officer, mentor, problem, ctx, session
):
    other = make.user(Role.MENTOR)
    service.assign(ctx(officer), problem.id, mentor.id)
    session.commit()
    with pytest.raises(StaleVersion) as caught:
        service.assign(ctx(make.officer()), problem.id, other.id)
    assert str(caught.value) == "Somebody else changed the broker meanwhile. It is now: Mentor."
    session.rollback()
    service.assign(ctx(officer), problem.id, other.id, version=1)
    session.commit()
    assert ("mentor@example.com", "broker.released") in letters(session)


def test_who_may_assign_and_release(make, officer, mentor, problem, ctx, session):
    owner = problem.organization.members[0].user
    administrator = make.user(Role.ADMINISTRATOR)
    for person, error in (
        (owner, PermissionDenied),
        (administrator, PermissionDenied),
        (mentor, NotFound),
        (make.user(), NotFound),
    ):
        with pytest.raises(error):
            service.assign(ctx(person), problem.id, mentor.id)
    service.assign(ctx(officer), problem.id, mentor.id)
    session.commit()
    with pytest.raises(PermissionDenied):
        service.release(ctx(owner), problem.id, version=1)
    place = service.release(ctx(mentor), problem.id, version=1, reason="No time")
    session.commit()
    assert place.broker_id is None
    assert service.release(ctx(officer), problem.id, version=1).broker_id is None
    with pytest.raises(NotFound):
        problems.get_problem(session, mentor, problem.id)


def test_a_stale_release_is_refused(make, officer, mentor, problem, ctx, session):
    other = make.user(Role.MENTOR)
    service.assign(ctx(officer), problem.id, mentor.id)
    service.assign(ctx(officer), problem.id, other.id, version=1)
    session.commit()
    with pytest.raises(StaleVersion):
        service.release(ctx(officer), problem.id, version=1)


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("solver", "Brokers are mentors and programme officers."),
        ("reviewer", "Brokers are mentors and programme officers."),
        (
            "owner",
            "This person belongs to the organization that sets the problem: "
            "a conflict of interest.",
        ),
        ("closed", "This account is closed."),
        ("nobody", "Choose a person from the list."),
    ],
)
def test_who_cannot_be_a_broker(make, officer, problem, ctx, session, who, reason):
    dual = make.user(Role.MENTOR)
    conflicted = make.problem(S.SUBMITTED, organization=make.organization(dual))
    people = {
        "solver": make.user(),
        "reviewer": make.user(Role.REVIEWER),
        "owner": dual,
        "closed": make.user(Role.MENTOR, disabled_at=utcnow()),
    }
    target = conflicted if who == "owner" else problem
    person = people.get(who)
    with pytest.raises(InvalidInput) as caught:
        service.assign(ctx(officer), target.id, person.id if person else 999)
    assert [str(m) for m in caught.value.fields["broker_id"]] == [reason]


def test_candidates_show_their_load_and_conflicts(make, officer, mentor, problem, ctx, session):
    busy = make.user(Role.MENTOR, name="Busy")
    for state in (S.SCREENING, S.RETURNED, S.PUBLISHED):
        make.broker(make.problem(state), busy)
    make.user(Role.MENTOR, disabled_at=utcnow(), name="Gone")
    session.expire_all()
    found = {c.person.name: (c.load, c.reason) for c in queries.candidates(session, problem)}
    assert found["Busy"] == (2, None)
    assert found["Mentor"] == (0, None)
    assert "Gone" not in found
    names = [c.person.name for c in queries.candidates(session, problem)]
    assert names.index("Mentor") < names.index("Busy")
    assert [p.name for p in queries.brokers(session, officer)] == ["Busy"]


def test_a_broker_coaches_and_does_not_decide(make, mentor, problem, ctx, session):
    make.broker(problem, mentor)
    session.refresh(problem)
    assert problems.get_problem(session, mentor, problem.id) is problem
    assert may_read_coaching.allows(mentor, problem)
    assert not can_edit(mentor, problem)
    assert may_decide(mentor, problem) == "Only programme officers decide on problems."
    assert list(queries.brokered_problems(session, mentor)) == [problem]
    problem_service.screen(ctx(make.officer()), problem.id)
    session.commit()
    assert can_edit(mentor, problem)


def test_a_broker_who_joins_the_owner_is_none_any_more(make, mentor, problem, session):
    from matchmaker.models import MemberRole, OrganizationMember

    make.broker(problem, mentor)
    make.save(
        OrganizationMember(
            organization_id=problem.organization_id, user=mentor, role=MemberRole.MEMBER
        )
    )
    session.refresh(problem)
    session.refresh(mentor)
    from matchmaker.policies.problem import is_broker

    assert not is_broker(mentor, problem)


@pytest.mark.parametrize("how", ["disabled_at", "erased_at"])
def test_when_nobody_at_the_owner_can_be_reached_the_office_names_a_contact(
    make, officer, problem, ctx, session, how
):
    lead = problem.organization.members[0].user
    named = {"name": " Ms Lin ", "email": "lin@example.com", "reason": "Called the switchboard"}
    with pytest.raises(Exception, match="Somebody at the owner can be reached"):
        problem_service.name_contact(ctx(officer), problem.id, **named)
    setattr(lead, how, utcnow())
    session.commit()
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"email": "lin"}, "email"),
        ({"reason": ""}, "reason"),
    ):
        with pytest.raises(InvalidInput) as caught:
            problem_service.name_contact(ctx(officer), problem.id, **{**named, **wrong})
        assert list(caught.value.fields) == [field]
    problem_service.name_contact(ctx(officer), problem.id, **named)
    problem_service.screen(ctx(officer), problem.id)
    problem_service.return_to_owner(ctx(officer), problem.id, note="Say how many.")
    session.commit()
    assert (problem.contact_name, problem.contact_email) == ("Ms Lin", "lin@example.com")
    assert letters(session) == [("lin@example.com", "problem.returned")]
    with pytest.raises(PermissionDenied):
        problem_service.name_contact(ctx(make.user(Role.ADMINISTRATOR)), problem.id, **named)
