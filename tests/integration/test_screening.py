"""Screening: who scores and decides, what bars listing, coaching rounds, reminders."""

from __future__ import annotations

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
    OfficeSetting,
    OutboxMessage,
    Role,
    Screening,
    ScreeningOutcome,
)
from matchmaker.queries import problem as problems
from matchmaker.queries import screening as queries
from matchmaker.services import problem as problem_service
from matchmaker.services import screening as service
from matchmaker.services import screening_reminder
from matchmaker.services.problem import DeclineReason
from matchmaker.services.screening_record import MissingItem
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

S = ProblemState
CRITERIA = tuple(shipped_rubric("screening").criteria)
GOOD = dict.fromkeys(CRITERIA, 3)
ITEM = MissingItem("metric", "要量測什麼", "What is measured")

NOT_OFFICER = "Only programme officers decide on problems."
NOT_COACH = "Only the broker of this problem and the programme office coach its owner."
CONFLICT = (
    "You belong to the organization that sets this problem: "
    "another programme officer has to decide."
)
OTHERS_CANNOT_KNOW = ("other enterprise", "team member", "reviewer", "mentor", "association")

ACTS = {
    "score": lambda c, row: service.score(c, row.id, {**GOOD, "SC1": 2}, version=row.version),
    "list": lambda c, row: service.list_problem(c, row.id, version=row.version),
    "coach": lambda c, row: service.coach(
        c, row.id, version=row.version, missing=[ITEM], note="almost"
    ),
    "decline": lambda c, row: service.decline(
        c, row.id, version=row.version, reasons=[DeclineReason.SOLVED]
    ),
}
#: Role -> why it may not score, why it may not decide; None: it may.
REFUSALS = {
    "officer": (None, None),
    "broker": (None, NOT_OFFICER),
    "officer of the owner": (CONFLICT, CONFLICT),
    "administrator": (NOT_COACH, NOT_COACH),
}


@pytest.fixture
def officer(make):
    return make.officer(name="Officer Wu")


@pytest.fixture
def problem(make):
    return make.problem(S.SCREENING, organization=make.organization(make.user()), grade=None)


@pytest.fixture
def people(make, problem):
    """Somebody in every role, and the broker of the problem."""
    dual = make.officer()
    make.organization(dual)
    member = make.user()
    found = {
        "officer": make.officer(),
        "broker": make.user(Role.MENTOR),
        "administrator": make.user(Role.ADMINISTRATOR),
        "other enterprise": make.user(),
        "team member": member,
        "reviewer": make.user(Role.REVIEWER),
        "mentor": make.user(Role.MENTOR),
        "association": make.user(Role.ASSOCIATION),
    }
    make.organization(found["other enterprise"])
    make.team(member)
    make.broker(problem, found["broker"])
    return found


@pytest.mark.parametrize("act", ACTS)
def test_who_scores_and_who_decides(act, make, people, problem, ctx, session):
    row = make.screening(problem)
    dual = make.officer()
    owner = make.user()
    people = {**people, "officer of the owner": dual, "owner": owner}
    _join(make, problem, dual, owner)
    for role, person in people.items():
        refusal = REFUSALS.get(role, (NotFound, NotFound))[act != "score"]
        if refusal is NotFound:
            with pytest.raises(NotFound):
                ACTS[act](ctx(person), row)
        elif refusal:
            with pytest.raises(PermissionDenied) as denied:
                ACTS[act](ctx(person), row)
            assert str(denied.value) == (refusal if role != "administrator" else NOT_COACH), role
        else:
            assert ACTS[act](ctx(person), row).id == row.id
        session.rollback()


def _join(make, problem, *people):
    from matchmaker.models import MemberRole, OrganizationMember

    for person in people:
        make.save(
            OrganizationMember(
                organization_id=problem.organization_id, user=person, role=MemberRole.MEMBER
            )
        )


RECEIVED = [state for state in S if state is not S.DRAFT]


def test_a_round_is_worked_on_only_while_its_problem_is_screened(make, officer, ctx, session):
    call, owner = make.call(), make.organization()
    for state in RECEIVED:
        problem = make.problem(state, submitted_at=utcnow(), call=call, organization=owner)
        row = make.screening(problem)
        for act in ACTS.values():
            if state is S.SCREENING:
                assert act(ctx(officer), row).id == row.id
            else:
                with pytest.raises(InvalidTransition):
                    act(ctx(officer), row)
            session.rollback()
            assert session.get(Screening, row.id).outcome is None


def test_a_round_begins_from_submitted_only(make, officer, ctx, session):
    call, owner = make.call(), make.organization()
    for state in RECEIVED:
        problem = make.problem(state, submitted_at=utcnow(), call=call, organization=owner)
        if state in (S.SUBMITTED, S.SCREENING):
            row = service.start(ctx(officer), problem.id)
            assert (problem.state, row.round, row.outcome) == (S.SCREENING, 1, None)
        else:
            with pytest.raises(InvalidTransition, match="is not possible in the state"):
                service.start(ctx(officer), problem.id)


def test_starting_suggests_points_with_evidence_and_a_due_time(make, officer, ctx, session):
    text = "去年訂單 1200 件，每件人工輸入 12 分鐘，希望縮短到 2 分鐘。"
    submitted = utcnow() - timedelta(days=2)
    problem = make.problem(
        S.SUBMITTED,
        submitted_at=submitted,
        text_zh=text,
        text_en="",
        intake={"contact": True, "data_band": "A", "label_status": "some", "value": "saving"},
    )
    session.add(OfficeSetting(key="screening_due_days", value=10))
    session.commit()
    row = service.start(ctx(officer), problem.id)
    session.commit()
    assert row.due_at == submitted + timedelta(days=10)
    assert set(row.points) == set(CRITERIA)
    assert row.points["SC6"] == 1
    assert row.suggestion["points"]["SC6"]["evidence"] == [{"field": "contact", "quote": "yes"}]
    assert row.suggestion["outcome"] in ("list", "coach", "decline")
    missing = [item["field"] for item in row.suggestion["missing"]]
    assert "monthly_meeting" in missing
    assert all(item["zh"] and item["en"] for item in row.suggestion["missing"])
    again = service.start(ctx(officer), problem.id)
    assert again.id == row.id


def test_points_need_all_criteria_and_five_steps(make, officer, ctx, problem):
    row = make.screening(problem)
    for wrong in ({**GOOD, "SC1": 5}, {**GOOD, "SC1": -1}, {"SC1": 2}):
        with pytest.raises(InvalidInput):
            service.score(ctx(officer), row.id, wrong, version=row.version)
    with pytest.raises(InvalidInput):
        service.score(ctx(officer), row.id, {**GOOD, "SC9": 2}, version=row.version)
    assert row.points == GOOD


def test_two_people_score_at_once(make, officer, ctx, session, problem):
    row = make.screening(problem)
    service.score(ctx(officer), row.id, {**GOOD, "SC1": 1}, version=1)
    session.commit()
    with pytest.raises(StaleVersion):
        service.score(ctx(make.officer()), row.id, {**GOOD, "SC1": 4}, version=1)
    same = service.score(ctx(make.officer()), row.id, {**GOOD, "SC1": 1}, version=1)
    assert same.points["SC1"] == 1
    with pytest.raises(StaleVersion, match="Somebody else changed this screening"):
        service.list_problem(ctx(officer), row.id, version=1)


def test_a_failed_gate_bars_listing_and_is_named(make, officer, ctx, problem):
    row = make.screening(problem, points={**GOOD, "SC6": 0})
    gate = next(g for g in shipped_rubric("screening").gates if g.criterion == "SC6")
    with pytest.raises(Conflict) as caught:
        service.list_problem(ctx(officer), row.id, version=row.version, note="anyway")
    assert gate.en in str(caught.value)
    assert row.outcome is None


def test_a_refused_use_can_only_be_declined(make, officer, ctx, problem, session):
    from matchmaker.assessment.intake import questions

    use = questions()["prohibited_uses"].answers[0].value
    problem.intake = {"prohibited_uses": [use]}
    session.commit()
    row = make.screening(problem)
    refusal = "The owner plans a use that the programme refuses: it can only be declined."
    for act in ("list", "coach"):
        with pytest.raises(Conflict) as caught:
            ACTS[act](ctx(officer), row)
        assert str(caught.value) == refusal
    assert ACTS["decline"](ctx(officer), row).outcome is ScreeningOutcome.DECLINE


def test_another_outcome_than_the_points_suggest_needs_a_reason(make, officer, ctx, problem):
    row = make.screening(problem, points=dict.fromkeys(CRITERIA, 2))
    with pytest.raises(InvalidInput) as caught:
        service.list_problem(ctx(officer), row.id, version=row.version)
    assert [str(m) for m in caught.value.fields["note"]] == [
        "The points suggest another outcome. Say why you decide otherwise."
    ]
    row = service.list_problem(
        ctx(officer), row.id, version=row.version, note="A first of its kind"
    )
    assert (row.outcome, row.note) == (ScreeningOutcome.LIST, "A first of its kind")


def test_listing_leaves_the_problem_in_screening_until_it_is_graded(
    make, officer, ctx, problem, session
):
    row = make.screening(problem)
    service.list_problem(ctx(officer), row.id, version=row.version)
    session.commit()
    assert (problem.state, row.decided_by_id) == (S.SCREENING, officer.id)
    assert queries.is_listed(session, problem)
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_type) == ("screening:list", "Screening")
    with pytest.raises(InvalidTransition, match="This screening has been decided"):
        service.list_problem(ctx(officer), row.id, version=row.version)
    with pytest.raises(InvalidTransition, match="it waits for its grade"):
        service.start(ctx(officer), problem.id)
    assert problem_service.grade(ctx(officer), problem.id, "G2", reason="x").state is S.GRADED


def test_coaching_tells_the_exact_items(make, officer, ctx, problem, session):
    row = make.screening(problem)
    service.coach(ctx(officer), row.id, version=row.version, missing=[ITEM], note="Nearly there")
    session.commit()
    assert (problem.state, row.outcome) == (S.RETURNED, ScreeningOutcome.COACH)
    assert row.missing == [ITEM.to_data()]
    assert problem.office_note == "Nearly there\n– 要量測什麼 / What is measured"
    letter = session.scalars(sa.select(OutboxMessage)).one()
    assert letter.kind == "problem.returned"
    assert "要量測什麼 / What is measured" in letter.body
    assert f"/problems/{problem.id}/coaching" in letter.body


def test_coaching_needs_something_to_do(make, officer, ctx, problem):
    row = make.screening(problem, points=dict.fromkeys(CRITERIA, 2))
    with pytest.raises(InvalidInput) as caught:
        service.coach(ctx(officer), row.id, version=row.version, missing=[], note=" ")
    assert [str(m) for m in caught.value.fields["missing"]] == [
        "Choose at least one item, or write what the owner should change."
    ]
    long = MissingItem("metric", "x" * 501, "x" * 501)
    with pytest.raises(InvalidInput):
        service.coach(ctx(officer), row.id, version=row.version, missing=[long])


def test_after_the_last_round_of_coaching_it_is_list_or_decline(
    make, officer, ctx, session, problem
):
    for number in (1, 2):
        make.screening(problem, round=number, outcome=ScreeningOutcome.COACH, decided_at=utcnow())
    row = make.screening(problem, round=3)
    refusal = "All 2 rounds of coaching have been used. Decide now: list the problem or decline it."
    with pytest.raises(Conflict) as caught:
        ACTS["coach"](ctx(officer), row)
    assert str(caught.value) == refusal
    session.rollback()
    with pytest.raises(Conflict):
        problem_service.return_to_owner(ctx(officer), problem.id, note="again")
    session.rollback()
    assert ACTS["list"](ctx(officer), row).outcome is ScreeningOutcome.LIST


def test_the_office_sets_how_many_rounds_there_are(make, officer, ctx, session, problem):
    session.add(OfficeSetting(key="coaching_rounds", value=0))
    session.commit()
    row = make.screening(problem)
    with pytest.raises(Conflict, match="All 0 rounds"):
        ACTS["coach"](ctx(officer), row)


@on_both
def test_the_second_round_judges_what_the_owner_added(make, officer, ctx, session):
    owner = make.user()
    problem = make.problem(
        S.SUBMITTED, organization=make.organization(owner), grade=None, text_zh="字" * 90
    )
    first = service.start(ctx(officer), problem.id)
    service.coach(ctx(officer), first.id, version=first.version, missing=[ITEM], note="more")
    session.commit()
    problem.intake = {"contact": True, "monthly_meeting": True}
    session.commit()
    problem_service.submit(ctx(owner), problem.id)
    second = service.start(ctx(officer), problem.id)
    assert second.round == 2
    assert second.points["SC6"] > first.points["SC6"]
    assert queries.rounds_of_coaching(session, problem.id) == 1


def test_owners_read_how_it_ended_and_nothing_of_the_round_at_hand(make, officer, session, problem):
    owner = make.user()
    _join(make, problem, owner)
    make.screening(problem, outcome=ScreeningOutcome.COACH, decided_at=utcnow())
    make.screening(problem, round=2)
    assert [r.round for r in queries.rounds(session, owner, problem)] == [1]
    assert [r.round for r in queries.rounds(session, officer, problem)] == [2, 1]
    assert list(queries.rounds(session, make.user(), problem)) == []
    assert list(queries.rounds(session, None, problem)) == []


@on_both
def test_the_queue_shows_late_ones_first_and_filters(make, session):
    officer, mentor, now = make.officer(), make.user(Role.MENTOR), utcnow()
    call = make.call()

    def add(title, state, days):
        return make.problem(
            state, title_en=title, submitted_at=now - timedelta(days=days), call=call
        )

    late, soon = add("late", S.SCREENING, 20), add("soon", S.SUBMITTED, 12)
    listed, fresh = add("listed", S.SCREENING, 30), add("fresh", S.SUBMITTED, 1)
    make.screening(late)
    make.listed(listed)
    make.broker(soon, mentor)
    make.broker(fresh, officer)

    def titles(**filters):
        found = problems.queue(session, officer, problems.Filters(**filters), due_days=14)
        return [row.title_en for row in found.page.items]

    assert titles(state=problems.WAITING) == ["late", "listed", "soon", "fresh"]
    assert titles(sort="newest") == ["fresh", "soon", "late", "listed"]
    assert titles(due=problems.LATE) == ["late"]
    assert titles(due=problems.SOON) == ["soon"]
    assert titles(state=problems.LISTED) == ["listed"]
    assert titles(broker=problems.MINE) == ["fresh"]
    assert titles(broker=str(mentor.id)) == ["soon"]
    assert titles(broker=problems.NOBODY) == ["late", "listed"]
    assert titles(broker="x", due="y") == []
    assert queries.listed_ids(session, [late.id, listed.id, fresh.id]) == {listed.id}


def letters(session, kind):
    return [
        m.recipient
        for m in session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
        )
    ]


@on_both
def test_reminders_go_to_the_broker_else_to_officers_and_once(make, ctx, session):
    mentor = make.user(Role.MENTOR, email="mentor@example.com")
    make.officer(email="officer@example.com")
    now = utcnow()
    soon = make.problem(S.SUBMITTED, submitted_at=now - timedelta(days=12))
    make.problem(S.SCREENING, submitted_at=now - timedelta(days=20))
    make.listed(make.problem(S.SCREENING, submitted_at=now - timedelta(days=40)))
    make.problem(S.SUBMITTED, submitted_at=now - timedelta(days=2))
    make.problem(S.RETURNED, submitted_at=now - timedelta(days=40))
    make.broker(soon, mentor)
    assert screening_reminder.send(ctx(None)) == 2
    session.commit()
    assert letters(session, "screening.due_soon") == ["mentor@example.com"]
    assert letters(session, "screening.late") == ["officer@example.com"]
    assert screening_reminder.send(ctx(None)) == 0


def test_a_late_screening_is_reminded_of_again_after_a_week(make, ctx, session, monkeypatch):
    make.officer(email="officer@example.com")
    problem = make.problem(S.SUBMITTED, submitted_at=utcnow() - timedelta(days=20))
    later = utcnow()
    monkeypatch.setattr(screening_reminder, "utcnow", lambda: later)
    assert screening_reminder.send(ctx(None)) == 1
    later += timedelta(days=3)
    assert screening_reminder.send(ctx(None)) == 0
    later += timedelta(days=4)
    assert screening_reminder.send(ctx(None)) == 1
    assert problem.state is S.SUBMITTED


def test_an_officer_of_the_owner_is_not_reminded(make, ctx):
    dual = make.officer()
    make.problem(
        S.SUBMITTED,
        submitted_at=utcnow() - timedelta(days=20),
        organization=make.organization(dual),
    )
    assert screening_reminder.send(ctx(None)) == 0


def test_the_task_writes_the_reminders(make, settings, engine, session):
    from matchmaker.db import make_sessions
    from matchmaker.tasks import REGISTRY, TaskContext, load_all

    load_all()
    make.officer()
    make.problem(S.SUBMITTED, submitted_at=utcnow() - timedelta(days=20))
    context = TaskContext(settings, make_sessions(engine), job_id=0)
    assert REGISTRY["screening.remind"](context) == {"letters": 1}
    assert REGISTRY["problem_comment.digest"](context) == {"letters": 0}
