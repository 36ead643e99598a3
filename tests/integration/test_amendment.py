"""Changes of published problems: every state, action and role; what becomes public and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    AuditEvent,
    Band,
    Match,
    MatchRun,
    OutboxMessage,
    ProblemRevision,
    Role,
    Screening,
)
from matchmaker.queries import problem_revision as queries
from matchmaker.services import amendment as service
from matchmaker.services import problem_revision as revisions
from matchmaker.services.problem_values import values_of
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import AMENDABLE_STATES, ProblemState
from matchmaker.workflows.problem_revision import (
    PROBLEM_REVISION_WORKFLOW,
    ProblemRevisionAction,
    ProblemRevisionState,
)
from tests.backends import on_both

P, S, A = ProblemState, ProblemRevisionState, ProblemRevisionAction
TEXT = "字" * 90
GOOD = dict.fromkeys(shipped_rubric("screening").criteria, 3)
NOT_OWNER = "Only members of the organization that sets this problem propose changes to it."
NOT_OFFICER = "Only programme officers decide on problems."
CONFLICT = (
    "You belong to the organization that sets this problem: "
    "another programme officer has to decide."
)


@pytest.fixture
def owner(make):
    return make.user(name="Owner", email="owner@example.com")


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def problem(make, owner):
    return make.problem(
        organization=make.organization(owner), text_zh=TEXT, title_en="Bolts", author_id=owner.id
    )


def an_amendment(make, session, problem, state=S.DRAFT, **changes):
    """A change of *problem* in *state*, brought there along the workflow."""
    values = replace(values_of(problem), **(changes or {"title_en": "Nuts"}))
    row = ProblemRevision(
        problem_id=problem.id,
        is_amendment=True,
        content=revisions.to_data(values),
        changed=revisions.changed_names(values_of(problem), values),
        reason="More data",
        number=99 if state is S.RECORDED else None,
        submitted_at=None if state in (S.DRAFT, S.WITHDRAWN) else utcnow(),
    )
    path = [A.SUBMIT, A.SCREEN, A.ACCEPT] if state is S.RECORDED else None
    for action in path or PROBLEM_REVISION_WORKFLOW.path(state):
        row.apply(action)
    make.save(row)
    if state is S.SCREENING:
        make.screening(problem, revision_id=row.id)
    return row


def version_of(session, row):
    found = session.scalar(sa.select(Screening).where(Screening.revision_id == row.id))
    return found.version if found else 1


CALLS = {
    A.SUBMIT: lambda c, row, v: service.submit(c, row.id),
    A.WITHDRAW: lambda c, row, v: service.withdraw(c, row.id),
    A.SCREEN: lambda c, row, v: service.screen(c, row.id),
    A.ACCEPT: lambda c, row, v: service.accept(c, row.id, version=v),
    A.RETURN: lambda c, row, v: service.give_back(c, row.id, version=v, note="more"),
    A.DECLINE: lambda c, row, v: service.decline(c, row.id, version=v, note="no"),
}
OWNERS = {A.SUBMIT, A.WITHDRAW}
OFFICE = {A.SCREEN, A.ACCEPT, A.RETURN, A.DECLINE}


def test_every_action_of_every_role_in_every_state(make, owner, officer, ctx, session):
    dual = make.officer()
    organization, call = make.organization(owner, dual), make.call()
    people = {
        "owner": (owner, None, NOT_OFFICER),
        "officer": (officer, NOT_OWNER, None),
        "officer of the owner": (dual, None, CONFLICT),
        "administrator": (make.user(Role.ADMINISTRATOR), NOT_OWNER, NOT_OFFICER),
        "other": (make.user(), NotFound, NotFound),
        "reviewer": (make.user(Role.REVIEWER), NotFound, NotFound),
    }
    for state in S:
        problem = make.problem(organization=organization, call=call, text_zh=TEXT)
        row = an_amendment(make, session, problem, state)
        version = version_of(session, row)
        for role, (person, *refusals) in people.items():
            for action, act in CALLS.items():
                _check(ctx(person), row, action, act, version, refusals, role, state)
                session.rollback()
                assert session.get(ProblemRevision, row.id).state is state


def _check(context, row, action, act, version, refusals, role, state):
    refusal = refusals[action not in OWNERS]
    unseen = state in (S.DRAFT, S.WITHDRAWN) and role in ("officer", "administrator")
    if refusal is NotFound or unseen:
        with pytest.raises(NotFound):
            act(context, row, version)
    elif refusal is not None:
        with pytest.raises(PermissionDenied) as denied:
            act(context, row, version)
        assert str(denied.value) == refusal, (role, action)
    elif (state, action) in PROBLEM_REVISION_WORKFLOW.table:
        act(context, row, version)
        assert row.state is PROBLEM_REVISION_WORKFLOW.table[state, action]
    else:
        with pytest.raises(InvalidTransition):
            act(context, row, version)


def test_a_change_is_proposed_only_while_the_problem_is_open_or_being_solved(
    make, owner, ctx, session
):
    organization, call = make.organization(owner), make.call()
    for state in P:
        problem = make.problem(state, organization=organization, call=call)
        values = replace(values_of(problem), title_en="Nuts")
        if state in AMENDABLE_STATES:
            row = service.save(ctx(owner), problem.id, values, reason="x")
            assert (row.state, row.changed) == (S.DRAFT, ["title_en"])
        else:
            with pytest.raises(InvalidTransition, match="Changes are proposed for problems open"):
                service.save(ctx(owner), problem.id, values, reason="x")
        session.rollback()


def test_only_the_owner_writes(make, officer, problem, ctx):
    values = replace(values_of(problem), title_en="Nuts")
    for person in (officer, make.user(), make.user(Role.MENTOR)):
        with pytest.raises(PermissionDenied) as denied:
            service.save(ctx(person), problem.id, values, reason="x")
        assert str(denied.value) == NOT_OWNER


@on_both
def test_what_is_published_stays_until_the_change_is_accepted(
    owner, officer, problem, ctx, session
):
    change = replace(values_of(problem), title_en="Nuts", contact_name="New person")
    row = service.save(ctx(owner), problem.id, change, reason="More data")
    session.commit()
    assert service.save(ctx(owner), problem.id, change, reason="More data").id == row.id
    service.submit(ctx(owner), row.id)
    found = service.screen(ctx(officer), row.id)
    session.commit()
    assert (problem.title_en, problem.state) == ("Bolts", P.PUBLISHED)
    assert [r.id for r in queries.waiting_amendments(session, officer)] == [row.id]
    found.points = GOOD
    session.commit()
    service.accept(ctx(officer), row.id, version=found.version)
    session.commit()
    assert (problem.title_en, problem.contact_name) == ("Nuts", "New person")
    assert (row.state, row.number, row.changed) == (S.RECORDED, 2, ["title_en", "contact_name"])
    (change,) = queries.public_changes(session, problem)
    assert change.names == ("title_en",)
    first, second = reversed(queries.revisions(session, owner, problem))
    assert (first.number, first.content["title_en"], second.id) == (1, "Bolts", row.id)
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == [
        "amendment:save",
        "amendment:submit",
        "amendment:screen",
        "amendment:accept",
    ]
    letter = session.scalars(sa.select(OutboxMessage)).one()
    assert (letter.recipient, letter.kind) == ("owner@example.com", "amendment.accepted")


def test_two_people_write_one_change(make, owner, problem, ctx, session):
    values = values_of(problem)
    service.save(ctx(owner), problem.id, replace(values, title_en="A"), reason="x")
    session.commit()
    with pytest.raises(StaleVersion):
        service.save(ctx(owner), problem.id, replace(values, title_en="B"), reason="x")
    row = service.save(ctx(owner), problem.id, replace(values, title_en="B"), reason="x", version=1)
    session.commit()
    assert session.scalar(sa.select(sa.func.count(ProblemRevision.id))) == 1
    service.submit(ctx(owner), row.id)
    with pytest.raises(InvalidTransition, match="Your change is with the programme office"):
        service.save(ctx(owner), problem.id, values, reason="x", version=row.version)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({}, "x", "reason"),
        ({"title_en": "Nuts"}, " ", "reason"),
        ({"region": None}, "x", "region"),
        ({"deadline_at": utcnow() - timedelta(days=1)}, "x", "deadline_at"),
    ],
)
def test_what_submitting_a_change_asks_for(owner, problem, ctx, changes, reason, field):
    values = replace(values_of(problem), **changes)
    row = service.save(ctx(owner), problem.id, values, reason=reason)
    with pytest.raises(InvalidInput) as caught:
        service.submit(ctx(owner), row.id)
    assert field in caught.value.fields
    assert row.state is S.DRAFT


def test_a_change_that_cannot_be_kept_is_refused(owner, problem, ctx):
    values = replace(values_of(problem), title_en="x" * 201)
    with pytest.raises(InvalidInput):
        service.save(ctx(owner), problem.id, values, reason="x")


def test_gates_and_stale_screenings_hold_for_changes_too(make, officer, problem, ctx, session):
    row = an_amendment(make, session, problem, S.SCREENING)
    found = session.scalars(sa.select(Screening)).one()
    with pytest.raises(StaleVersion):
        service.accept(ctx(officer), row.id, version=found.version + 1)
    found.points = {**GOOD, "SC6": 0}
    session.commit()
    with pytest.raises(Conflict, match="A gate is not passed"):
        service.accept(ctx(officer), row.id, version=found.version)
    with pytest.raises(InvalidInput) as caught:
        service.decline(ctx(officer), row.id, version=found.version, note=" ")
    assert list(caught.value.fields) == ["note"]
    assert problem.title_en == "Bolts"


def test_a_returned_change_comes_back_and_a_declined_one_leaves_room_for_another(
    make, owner, officer, problem, ctx, session
):
    row = an_amendment(make, session, problem, S.SCREENING)
    service.give_back(
        ctx(officer), row.id, version=version_of(session, row), note="Say how much more"
    )
    session.commit()
    assert (row.state, row.office_note) == (S.RETURNED, "Say how much more")
    service.submit(ctx(owner), row.id)
    found = service.screen(ctx(officer), row.id)
    session.commit()
    assert found.round == 2
    service.decline(ctx(officer), row.id, version=found.version, note="Another problem")
    session.commit()
    assert queries.open_amendment(session, owner, problem) is None
    assert queries.last_amendment(session, owner, problem).id == row.id
    kinds = session.scalars(sa.select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds == ["amendment.returned", "amendment.declined"]
    values = replace(values_of(problem), title_en="Washers")
    assert service.save(ctx(owner), problem.id, values, reason="x").id != row.id


def test_a_problem_that_closed_meanwhile_is_not_changed(
    make, owner, officer, problem, ctx, session
):
    row = an_amendment(make, session, problem, S.SCREENING)
    problem.apply("close")
    session.commit()
    with pytest.raises(InvalidTransition, match="Changes are proposed for problems open"):
        service.accept(ctx(officer), row.id, version=version_of(session, row))


@on_both
def test_teams_that_answered_are_told_what_changed(make, officer, problem, ctx, session):
    people = {state: make.user(email=f"{state}@example.com") for state in MatchState}
    run = MatchRun(
        call_id=problem.call_id,
        starter_id=officer.id,
        state=MatchRunState.PUBLISHED,
        finished_at=utcnow(),
        published_at=utcnow(),
    )
    make.save(run)
    for place, (state, person) in enumerate(people.items()):
        make.save(
            Match(
                run_id=run.id,
                problem_id=problem.id,
                team_id=make.team(person).id,
                state=state,
                score=0.5,
                band=Band.GOOD,
                confidence="fair",
                problem_rank=place,
                team_rank=1,
            )
        )
    row = an_amendment(make, session, problem, S.SCREENING, title_en="Nuts", teams_wanted=3)
    service.accept(ctx(officer), row.id, version=version_of(session, row))
    session.commit()
    told = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "amendment.told")
    ).all()
    assert {m.recipient for m in told} == {"accepted@example.com", "refused@example.com"}
    assert "Title (English), Number of teams wanted" in told[0].body


def test_a_change_of_the_contact_alone_is_nobodys_news(make, officer, problem, ctx, session):
    row = an_amendment(make, session, problem, S.SCREENING, contact_name="Somebody else")
    service.accept(ctx(officer), row.id, version=version_of(session, row))
    session.commit()
    assert queries.public_changes(session, problem) == []
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert "amendment.told" not in kinds
