"""Engagements: opened by a confirmed place, begun, decided stage by stage, stopped and resumed."""

from __future__ import annotations

import itertools
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from icalendar import Calendar

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
    CAUSE_LABELS,
    SIDE_OF,
    AuditEvent,
    Cause,
    CauseSide,
    DataAcceptance,
    DataTerms,
    Engagement,
    GradeDecision,
    KickoffKey,
    Milestone,
    OutboxMessage,
    PrivateCall,
    PrivateCallOfficer,
    Role,
    StageOutcome,
    WithdrawalCause,
)
from matchmaker.policies.engagement import may_read_engagement, side_of, visible_engagements
from matchmaker.queries import decision as seats
from matchmaker.queries import engagement as queries
from matchmaker.queries.data_terms import current_terms
from matchmaker.queries.engagement_board import BoardFilter, board, count_flagged
from matchmaker.queries.engagement_kickoff import checklist
from matchmaker.queries.engagement_life import silent
from matchmaker.queries.engagement_task import own_tasks
from matchmaker.reports.engagement import board_table
from matchmaker.reports.engagement_calendar import calendar_file, entries
from matchmaker.reports.table import as_csv
from matchmaker.services import (
    application_decision,
    application_withdrawal,
    engagement_silence,
    engagement_stop,
    stage_decision,
)
from matchmaker.services import engagement as service
from matchmaker.services import problem as problems
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import EngagementState as S
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState

REASON = "The line is rebuilt until spring."


class Case:
    """An engagement with somebody on every side."""

    def __init__(self, make, state=S.KICKOFF, **values):
        self.row = make.engagement(state, **values)
        self.officer = make.officer()
        self.lead = self.row.team.members[0].user
        self.owner = self.row.problem.organization.members[0].user
        self.mentor = make.user(Role.MENTOR)
        self.stranger = make.user()


@pytest.fixture
def letters(session):
    """The kinds of the letters so far, with whom they go to, in order."""

    def read(prefix="engagement."):
        rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
        return [(row.kind, row.user_id) for row in rows if row.kind.startswith(prefix)]

    return read


def actions(session):
    rows = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id))
    return [name for name in rows if name.partition(":")[0] in NOUNS]


NOUNS = ("engagement", "stage_decision", "stop_request")


def make_ready(case, ctx, session):
    """Complete the checklist, everybody their own lines."""
    row = case.row
    service.name_contact(ctx(case.owner), row.id, case.owner.id, version=row.version)
    session.flush()
    service.name_mentor(ctx(case.officer), row.id, case.mentor.id, version=row.version)
    service.give_data(ctx(case.owner), row.id, note="On the share of the plant.")
    service.agree_calendar(ctx(case.lead), row.id)
    service.agree_calendar(ctx(case.owner), row.id)
    session.commit()


def test_every_cause_lies_on_one_side_and_has_words():
    assert set(SIDE_OF) == set(Cause) == set(CAUSE_LABELS)
    assert SIDE_OF[Cause.OWNER_SILENT] is CauseSide.OWNER
    assert SIDE_OF[Cause.METHOD] is CauseSide.TEAM


def test_a_confirmed_place_opens_the_work_as_the_grade_was_signed(make, ctx, session, letters):
    owner, lead = make.user(), make.user()
    problem = make.problem(organization=make.organization(owner), grade="G3")
    make.save(
        GradeDecision(
            problem=problem,
            rubric_version="1.0",
            grade="G3",
            rules_grade="G3",
            rules_score=60,
            award_tier="B",
            award_low=1,
            award_high=2,
            milestones=[["data", 0], ["PoC", 40], ["PoS", 60]],
            weeks=16,
            reason="As scored.",
        )
    )
    offered = make.application(problem, make.team(lead), ApplicationState.OFFERED)

    application_decision.confirm(ctx(lead), offered.id, version=offered.version)
    session.commit()
    row = queries.engagement_of(session, offered)

    assert (row.state, row.stages, row.stage) == (S.KICKOFF, ["PoC", "PoS"], None)
    assert [(step.stage, step.share) for step in row.plan] == [("PoC", 40), ("PoS", 60)]
    ends = [row.kickoff_due_at, *(step.due_at for step in row.plan)]
    assert [later - earlier for earlier, later in itertools.pairwise(ends)] == [
        timedelta(weeks=8)
    ] * 2
    local = row.kickoff_due_at.astimezone(ZoneInfo("Asia/Taipei"))
    assert (local.hour, local.minute) == (23, 59)
    assert row.due_at == ends[-1]
    assert problem.state is ProblemState.PUBLISHED
    assert letters() == [("engagement.opened", owner.id)]  # Who confirms knows.
    assert service.open_engagement(ctx(None), offered) is row
    trusted = ctx(None)
    trusted.trusted = True
    assert service.open_missing(trusted) == 0


def test_places_confirmed_before_this_release_are_opened_once(make, ctx, session, letters):
    lead = make.user()
    placed = make.application(make.problem(), make.team(lead), ApplicationState.CONFIRMED)
    trusted = ctx(None)
    trusted.trusted = True

    assert service.open_missing(trusted) == 1
    assert service.open_missing(trusted) == 0
    assert queries.engagement_of(session, placed).stages == ["PoC"]
    assert letters() == [("engagement.opened", lead.id)]


def test_who_may_know_of_it_and_on_which_side_they_stand(make, session):
    case = Case(make, S.POC)
    case.row.mentor = case.mentor
    administrator = make.user(Role.ADMINISTRATOR)
    colleague = make.officer()
    case.row.team.organization = make.organization(colleague)
    session.commit()
    seen = {
        case.lead: "team",
        case.owner: "owner",
        case.mentor: "mentor",
        case.officer: "office",
        administrator: None,
        colleague: None,
        case.stranger: None,
    }
    readers = {case.lead, case.owner, case.mentor, case.officer, administrator}

    for person, side in seen.items():
        found = session.scalars(sa.select(Engagement).where(visible_engagements(person))).all()
        assert side_of(person, case.row) == side
        assert (found == [case.row]) is (person in readers)
        assert may_read_engagement.allows(person, case.row) is (person in readers)
    with pytest.raises(NotFound):
        queries.get_engagement(session, case.stranger, case.row.id)


def test_a_former_member_keeps_the_record_once_it_has_ended(make, session):
    case = Case(make, S.COMPLETED)
    session.delete(case.row.team.members[0])
    session.commit()
    session.refresh(case.lead)

    assert case.lead.team_ids == set()
    assert queries.own_engagements(session, case.lead) == [case.row]
    assert side_of(case.lead, case.row) is None
    assert may_read_engagement.allows(case.lead, case.row)


def test_an_in_house_call_is_its_own_officers_alone(make, session):
    officer, author, lead = make.user(), make.user(), make.user()
    house = make.organization(officer, author)
    private = make.save(
        PrivateCall(call=make.call(), organization=house, state=PrivateCallState.OPEN)
    )
    make.save(PrivateCallOfficer(private_call=private, user=officer))
    problem = make.problem(call=private.call, organization=house, author=author)
    row = make.engagement(problem=problem, team=make.team(lead))
    national = make.officer()
    session.expire_all()

    assert [side_of(p, row) for p in (officer, author, lead, national)] == [
        "office",
        "owner",
        "team",
        None,
    ]
    wanted, now = BoardFilter(), utcnow()
    assert [line.engagement for line in board(session, officer, wanted, now).items] == [row]
    assert board(session, national, wanted, now).total == 0
    assert session.scalars(sa.select(Engagement).where(visible_engagements(national))).all() == []


def test_the_checklist_knows_what_it_can_and_the_work_begins_with_it(
    make, ctx, session, letters, settings
):
    case = Case(make)
    row = case.row
    terms = make.save(
        DataTerms(
            problem=row.problem, number=1, text_zh="條款", text_en="Terms", valid_days=9, sha256="x"
        )
    )
    with pytest.raises(InvalidTransition, match="checklist is not complete"):
        service.begin(ctx(case.lead), row.id, version=row.version)
    make_ready(case, ctx, session)
    lines = {line.key: line for line in checklist(session, row)}
    assert {key for key, line in lines.items() if not line.is_done} == {KickoffKey.TERMS}
    assert str(lines[KickoffKey.TERMS].says) == "Accepted by 0 of 1 members."

    now = utcnow()
    make.save(
        DataAcceptance(
            terms=current_terms(session, row.problem_id),
            user=case.lead,
            name="X",
            locale="en",
            content_sha256=terms.sha256,
            accepted_at=now,
            expires_at=now + timedelta(days=9),
        )
    )
    late = (now - row.kickoff_due_at).days + 1
    before = [step.due_at for step in row.plan]
    service.begin(ctx(case.lead), row.id, version=row.version)
    session.commit()

    assert (row.state, row.problem.state) == (S.POC, ProblemState.SOLVING)
    assert [step.due_at for step in row.plan] == [due + timedelta(days=late) for due in before]
    assert all(item.done_at for item in row.items)
    assert letters()[-2:] == [("engagement.begun", p.id) for p in (case.owner, case.mentor)]
    assert service.begin(ctx(case.lead), row.id, version=1) is row  # A second click.
    assert actions(session) == [
        "engagement:name_contact",
        "engagement:name_mentor",
        "engagement:tick",
        "engagement:agree_calendar",
        "engagement:tick",
        "engagement:begin",
    ]


def test_a_complete_kickoff_begins_without_anybodys_click(make, ctx, session):
    case = Case(make)
    make_ready(case, ctx, session)
    trusted = ctx(None)
    trusted.trusted = True

    assert service.begin_ready(trusted) == 1
    assert service.begin_ready(trusted) == 0
    assert case.row.stage == "PoC"


def test_each_line_has_its_people_and_the_office_waives_with_a_reason(make, ctx, session):
    case = Case(make)
    row = case.row
    with pytest.raises(PermissionDenied, match="names the contact"):
        service.name_contact(ctx(case.lead), row.id, case.owner.id, version=row.version)
    with pytest.raises(PermissionDenied, match="has access to the data"):
        service.give_data(ctx(case.lead), row.id)
    with pytest.raises(PermissionDenied, match="agree on the calendar"):
        service.agree_calendar(ctx(case.officer), row.id)
    with pytest.raises(PermissionDenied, match="Only programme officers"):
        service.name_mentor(ctx(case.owner), row.id, case.mentor.id, version=row.version)
    with pytest.raises(PermissionDenied, match="Only programme officers"):
        service.waive(ctx(case.lead), row.id, KickoffKey.MENTOR, reason=REASON)
    with pytest.raises(InvalidInput):
        service.waive(ctx(case.officer), row.id, KickoffKey.MENTOR, reason="  ")
    with pytest.raises(InvalidTransition, match="nothing to waive"):
        service.waive(ctx(case.officer), row.id, KickoffKey.TERMS, reason=REASON)
    with pytest.raises(NotFound):
        service.give_data(ctx(case.stranger), row.id)

    service.waive(ctx(case.officer), row.id, KickoffKey.MENTOR, reason=REASON)
    line = next(one for one in checklist(session, row) if one.key is KickoffKey.MENTOR)
    assert (line.is_done, line.item.is_waived, line.item.note) == (True, True, REASON)


def test_a_contact_is_the_owners_and_a_mentor_stands_near_to_nobody(make, ctx, session):
    case = Case(make)
    row = case.row
    near = make.user(Role.MENTOR)
    row.team.organization = make.organization(near)
    session.commit()
    with pytest.raises(InvalidInput) as refused:
        service.name_contact(ctx(case.owner), row.id, case.lead.id, version=row.version)
    assert list(refused.value.fields) == ["contact_id"]
    why = {
        near: "team’s organization",
        case.lead: "role of a mentor",
        case.stranger: "role of a mentor",
    }
    for person, words in why.items():
        with pytest.raises(InvalidInput) as refused:
            service.name_mentor(ctx(case.officer), row.id, person.id, version=row.version)
        assert words in str(refused.value.fields["mentor_id"][0])
    with pytest.raises(StaleVersion):
        service.name_mentor(ctx(case.officer), row.id, case.mentor.id, version=row.version + 1)


def test_dates_move_for_everybody_and_the_calendar_is_agreed_anew(make, ctx, session, letters):
    case = Case(make, stages=["PoC", "PoS"])
    row = case.row
    milestone = make.save(
        Milestone(engagement=row, stage="PoC", number=1, title="Rig", due_at=row.due_at)
    )
    service.agree_calendar(ctx(case.lead), row.id)
    before, due = row.due_at, milestone.due_at
    for days, cause in ((0, Cause.DATA_LATE), (None, Cause.DATA_LATE), (5, None), (500, Cause.LAW)):
        with pytest.raises(InvalidInput):
            service.extend_all(
                ctx(case.officer),
                row.id,
                days=days,
                cause=cause,
                reason=REASON,
                version=row.version,
            )

    service.extend_all(
        ctx(case.officer),
        row.id,
        days=5,
        cause=Cause.DATA_LATE,
        reason=REASON,
        version=row.version,
    )
    session.commit()

    assert row.due_at == before + timedelta(days=5)
    assert milestone.due_at == due + timedelta(days=5)
    assert service.item_of(row, KickoffKey.CALENDAR).first_side is None
    assert letters()[-2:] == [
        ("engagement.extended", case.lead.id),
        ("engagement.extended", case.owner.id),
    ]
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.data["days"], event.data["side"]) == (5, "owner")


def test_a_stage_goes_on_when_both_sides_have_signed(make, ctx, session, letters):
    case = Case(make, S.POC, stages=["PoC", "PoS"])
    row = case.row
    go = {"outcome": StageOutcome.GO, "reason": "All tests passed."}
    with pytest.raises(PermissionDenied, match="owner of the problem and a programme officer"):
        stage_decision.propose(ctx(case.lead), row.id, **go, version=row.version)
    with pytest.raises(StaleVersion):
        stage_decision.propose(ctx(case.owner), row.id, **go, version=row.version + 1)
    first = stage_decision.propose(ctx(case.owner), row.id, **go, version=row.version)
    session.commit()
    assert stage_decision.propose(ctx(case.owner), row.id, **go, version=1) is first
    with pytest.raises(Conflict, match="waits for a signature"):
        stage_decision.propose(ctx(case.officer), row.id, **go, version=row.version)
    with pytest.raises(Conflict, match="Your side has signed"):
        stage_decision.sign(ctx(case.owner), row.id, version=first.version)
    with pytest.raises(StaleVersion):
        stage_decision.sign(ctx(case.officer), row.id, version=first.version + 1)
    assert (row.stage, letters()) == ("PoC", [("engagement.proposed", case.officer.id)])
    assert [task.kind for task in own_tasks(session, case.owner, utcnow())] == []

    stage_decision.sign(ctx(case.officer), row.id, version=first.version)
    session.commit()

    assert (row.stage, row.problem.state) == ("PoS", ProblemState.EVALUATING)
    assert (first.owner_id, first.officer_id) == (case.owner.id, case.officer.id)
    assert row.planned("PoC").ended_at is not None
    assert row.planned("PoS").started_at is not None
    assert stage_decision.sign(ctx(case.officer), row.id, version=1) is first  # A second click.

    last = stage_decision.propose(ctx(case.officer), row.id, **go, version=row.version)
    session.flush()
    assert [task.kind for task in own_tasks(session, case.owner, utcnow())] == ["sign"]
    stage_decision.sign(ctx(case.owner), row.id, version=last.version)
    session.commit()
    assert row.state is S.COMPLETED
    assert row.application.state is ApplicationState.CONFIRMED
    assert actions(session)[-2:] == ["stage_decision:sign", "engagement:complete"]
    with pytest.raises(InvalidTransition, match="has ended"):
        stage_decision.propose(ctx(case.owner), row.id, **go, version=row.version)


def test_a_stage_does_not_go_on_while_a_milestone_is_undecided(make, ctx, session):
    case = Case(make, S.POC)
    row = case.row
    make.save(
        Milestone(engagement=row, stage="PoC", number=1, title="Tested rig", due_at=row.due_at)
    )
    with pytest.raises(InvalidTransition, match="not decided yet: Tested rig"):
        stage_decision.propose(
            ctx(case.owner), row.id, outcome=StageOutcome.GO, reason="x", version=row.version
        )
    with pytest.raises(InvalidInput) as refused:
        stage_decision.propose(
            ctx(case.owner), row.id, outcome=StageOutcome.STOP, reason=REASON, version=row.version
        )
    assert list(refused.value.fields) == ["cause"]

    proposal = stage_decision.propose(
        ctx(case.owner),
        row.id,
        outcome=StageOutcome.STOP,
        cause=Cause.BUDGET,
        reason=REASON,
        version=row.version,
    )
    session.flush()
    stage_decision.sign(ctx(case.officer), row.id, version=proposal.version)
    session.commit()

    assert (row.state, row.stop_cause, row.stop_side) == (S.STOPPED, Cause.BUDGET, CauseSide.OWNER)
    assert row.problem.state is ProblemState.EVALUATING


def test_a_proposal_can_be_dropped_with_a_reason(make, ctx, session, letters):
    case = Case(make, S.POC)
    row = case.row
    proposal = stage_decision.propose(
        ctx(case.officer), row.id, outcome=StageOutcome.GO, reason="x", version=row.version
    )
    session.flush()
    with pytest.raises(InvalidInput):
        stage_decision.drop(ctx(case.owner), row.id, reason="", version=proposal.version)
    stage_decision.drop(ctx(case.owner), row.id, reason=REASON, version=proposal.version)
    session.commit()

    assert (proposal.state.value, proposal.drop_reason, row.stage) == ("dropped", REASON, "PoC")
    assert letters()[-1] == ("engagement.not_signed", case.officer.id)
    for decide in (stage_decision.sign, stage_decision.drop):
        extra = {"reason": "x"} if decide is stage_decision.drop else {}
        with pytest.raises(InvalidTransition, match="Nothing waits"):
            decide(ctx(case.owner), row.id, version=1, **extra)


@pytest.mark.parametrize("asker", ["lead", "owner"])
def test_a_side_asks_to_stop_and_the_office_decides(make, ctx, session, letters, asker):
    case = Case(make, S.POC)
    row, person = case.row, getattr(case, asker)
    with pytest.raises(InvalidInput):
        engagement_stop.ask(ctx(person), row.id, cause=None, reason=REASON)
    with pytest.raises(PermissionDenied):
        engagement_stop.ask(ctx(case.officer), row.id, cause=Cause.METHOD, reason=REASON)
    request = engagement_stop.ask(ctx(person), row.id, cause=Cause.METHOD, reason=REASON)
    session.commit()
    assert engagement_stop.ask(ctx(person), row.id, cause=Cause.METHOD, reason=REASON) is request
    other = case.owner if asker == "lead" else case.lead
    with pytest.raises(Conflict, match="office decides"):
        engagement_stop.ask(ctx(other), row.id, cause=Cause.LAW, reason=REASON)
    with pytest.raises(Conflict, match="side that asked"):
        engagement_stop.take_back(ctx(other), row.id)
    assert count_flagged(session, case.officer, utcnow())["asked"] == 1

    with pytest.raises(InvalidInput):
        engagement_stop.answer(
            ctx(case.officer), row.id, grant=False, note="", version=request.version
        )
    engagement_stop.answer(
        ctx(case.officer), row.id, grant=False, note="Try once more.", version=request.version
    )
    session.commit()
    assert (request.state.value, row.state) == ("refused", S.POC)

    again = engagement_stop.ask(ctx(person), row.id, cause=Cause.METHOD, reason=REASON)
    session.flush()
    engagement_stop.answer(ctx(case.officer), row.id, grant=True, version=again.version)
    session.commit()
    assert (again.state.value, row.state, row.stop_reason) == ("granted", S.STOPPED, REASON)
    assert letters()[-2:] == [
        ("engagement.stopped", case.lead.id),
        ("engagement.stopped", case.owner.id),
    ]


def test_stopping_keeps_the_record_and_is_taken_back_with_a_reason(make, ctx, session, letters):
    case = Case(make, S.POC)
    row = case.row
    values = {"cause": Cause.FUNDS, "reason": REASON}
    with pytest.raises(PermissionDenied):
        engagement_stop.stop(ctx(case.owner), row.id, **values, version=row.version)
    with pytest.raises(StaleVersion):
        engagement_stop.stop(ctx(case.officer), row.id, **values, version=row.version + 1)
    engagement_stop.stop(ctx(case.officer), row.id, **values, version=row.version)
    session.commit()
    assert engagement_stop.stop(ctx(case.officer), row.id, **values, version=1) is row

    assert (row.stop_side, row.ended_from, row.is_place_free) == (
        CauseSide.PROGRAMME,
        "poc",
        False,
    )
    assert seats.count_seated(session, row.problem_id) == 1
    assert seats.count_confirmed_of_team(session, row.call_id, row.team_id) == 0
    for decide in (service.find_live, lambda c, key: engagement_stop.ask(c, key, **values)):
        with pytest.raises(InvalidTransition, match="has ended"):
            decide(ctx(case.lead), row.id)
    with pytest.raises(InvalidTransition, match="has ended"):
        application_withdrawal.withdraw(
            ctx(case.lead), row.application_id, cause=WithdrawalCause.NO_TIME, version=1
        )

    with pytest.raises(InvalidInput):
        engagement_stop.resume(ctx(case.officer), row.id, reason="", version=row.version)
    with pytest.raises(PermissionDenied):
        engagement_stop.resume(ctx(case.lead), row.id, reason=REASON, version=row.version)
    engagement_stop.resume(ctx(case.officer), row.id, reason="An error.", version=row.version)
    session.commit()
    assert (row.state, row.stop_cause, row.ended_at) == (S.POC, None, None)
    assert actions(session) == ["engagement:stop", "engagement:resume"]
    assert letters()[-1] == ("engagement.resumed", case.owner.id)


def test_a_place_goes_to_the_next_only_before_the_start_or_by_the_offices_word(make, ctx, session):
    early, late, freed = Case(make), Case(make, S.POC), Case(make, S.POC)
    for case, free in ((early, False), (late, False), (freed, True)):
        engagement_stop.stop(
            ctx(case.officer),
            case.row.id,
            cause=Cause.LAW,
            reason=REASON,
            free_place=free,
            version=case.row.version,
        )
    session.commit()
    taken = [seats.count_seated(session, c.row.problem_id) for c in (early, late, freed)]
    assert taken == [0, 1, 0]

    make.application(freed.row.problem, make.team(make.user()), ApplicationState.CONFIRMED)
    with pytest.raises(Conflict, match="gone to another team"):
        engagement_stop.resume(
            ctx(freed.officer), freed.row.id, reason=REASON, version=freed.row.version
        )


def test_a_team_that_withdraws_or_breaks_up_ends_its_work(make, ctx, session, letters):
    case, gone = Case(make, S.POC), Case(make, S.POC)
    done = make.engagement(S.COMPLETED, team=gone.row.team)
    application_withdrawal.withdraw(
        ctx(case.lead),
        case.row.application_id,
        cause=WithdrawalCause.PEOPLE,
        reason="Our engineer left.",
        version=case.row.application.version,
    )
    application_withdrawal.withdraw_all(ctx(gone.lead), gone.row.team, WithdrawalCause.DISSOLVED)
    session.commit()

    assert (case.row.stop_cause, case.row.stop_reason) == (Cause.LEFT, "Our engineer left.")
    assert seats.count_seated(session, case.row.problem_id) == 1
    assert gone.row.stop_cause is Cause.DISSOLVED
    assert (done.state, done.application.state) == (S.COMPLETED, ApplicationState.CONFIRMED)
    assert ("engagement.stopped", case.owner.id) in letters()
    with pytest.raises(Conflict, match="given its place up"):
        engagement_stop.resume(
            ctx(case.officer), case.row.id, reason=REASON, version=case.row.version
        )


def test_a_withdrawn_problem_ends_the_work_and_a_live_one_is_not_closed(
    make, ctx, session, letters
):
    case, live = Case(make), Case(make, S.POC)
    problems.withdraw(ctx(case.owner), case.row.problem_id, reason=REASON)
    session.commit()
    assert (case.row.state, case.row.stop_cause) == (S.STOPPED, Cause.PROBLEM_WITHDRAWN)
    assert case.row.stop_reason == REASON
    assert ("engagement.stopped", case.lead.id) in letters()
    with pytest.raises(Conflict, match="closed or withdrawn"):
        engagement_stop.resume(
            ctx(case.officer), case.row.id, reason=REASON, version=case.row.version
        )
    with pytest.raises(Conflict, match="Teams are at work"):
        problems.close(ctx(live.officer), live.row.problem_id, reason=REASON)


def test_a_cancelled_call_stops_everything_and_tells_everybody_once(make, ctx, session, letters):
    lead, officer = make.user(), make.officer()
    owner = make.user()
    call, house, team = make.call(), make.organization(owner), make.team(lead, capacity=2)
    rows = [
        make.engagement(state, problem=make.problem(ps, call=call, organization=house), team=team)
        for state, ps in ((S.KICKOFF, ProblemState.PUBLISHED), (S.POC, ProblemState.SOLVING))
    ]
    other = make.engagement(S.POC)
    with pytest.raises(PermissionDenied):
        engagement_stop.stop_all(ctx(owner), call, Cause.CALL_CANCELLED, REASON)
    with pytest.raises(InvalidInput):
        engagement_stop.stop_all(ctx(officer), call, Cause.CALL_CANCELLED, " ")

    assert engagement_stop.stop_all(ctx(officer), call, Cause.CALL_CANCELLED, REASON) == 2
    session.commit()
    assert engagement_stop.stop_all(ctx(officer), call, Cause.CALL_CANCELLED, REASON) == 0

    assert {row.state for row in rows} == {S.STOPPED}
    assert other.state is S.POC
    assert letters() == [("engagement.call_stopped", p.id) for p in (lead, owner)]
    body = session.scalars(sa.select(OutboxMessage)).first().body
    assert rows[0].number in body
    assert rows[1].number in body
    assert REASON in body


def test_a_call_is_stopped_whole_or_not_at_all(make, ctx, session):
    officer = make.officer()
    call = make.call()
    fine = make.engagement(S.POC, problem=make.problem(ProblemState.SOLVING, call=call))
    own = make.problem(ProblemState.SOLVING, call=call, organization=make.organization(officer))
    make.engagement(S.POC, problem=own)
    with pytest.raises(PermissionDenied, match="another programme officer"):
        engagement_stop.stop_all(ctx(officer), call, Cause.CALL_CANCELLED, REASON)
    session.rollback()
    assert fine.state is S.POC


def test_a_silent_owner_is_asked_step_by_step_and_a_word_ends_it(make, ctx, session, letters):
    now = utcnow()
    case = Case(make, S.POC, opened_at=now - timedelta(days=60))
    row = case.row
    lead_of_owner = make.user()
    make.organization(lead_of_owner)
    row.contact = case.owner
    session.commit()
    trusted = ctx(None)
    trusted.trusted = True

    def heard(days):
        for item in row.items:
            item.done_by_id, item.done_at = case.owner.id, utcnow() - timedelta(days=days)
        session.commit()

    heard(13)
    assert silent(session, utcnow()) == []
    heard(14)
    assert [(one.days, one.step) for one in silent(session, utcnow())] == [(14, 1)]
    assert engagement_silence.follow(trusted) == 1
    assert engagement_silence.follow(trusted) == 0
    session.commit()
    assert letters() == [("engagement.silent_contact", case.owner.id)]
    assert [task.kind for task in own_tasks(session, case.owner, utcnow())] == ["silent"]
    heard(30)
    row.contact_asked_at = utcnow() - timedelta(days=16)
    assert engagement_silence.follow(trusted) == 2
    session.commit()
    assert letters()[-1] == ("engagement.silent_office", case.officer.id)
    assert silent(session, utcnow(), case.officer)[0].step == 3
    assert silent(session, utcnow(), case.stranger) == []
    line = board(session, case.officer, BoardFilter(flag="silent"), utcnow()).items[0]
    assert (line.engagement, line.silent_days) == (row, 30)

    heard(0)
    assert engagement_silence.follow(trusted) == 0
    assert (row.silence_flagged_at, silent(session, utcnow())) == (None, [])
    assert count_flagged(session, case.officer, utcnow())["silent"] == 0


def test_the_board_shows_overdue_first_then_blocked_then_by_due_time(make, session):
    now, officer = utcnow(), make.officer()
    fine = make.engagement(S.POC, opened_at=now)
    soon = make.engagement(S.KICKOFF, opened_at=now - timedelta(days=12))
    late = make.engagement(S.KICKOFF, opened_at=now - timedelta(days=20))
    stuck = make.engagement(S.POC, opened_at=now)
    stuck.silence_flagged_at = now
    make.engagement(S.STOPPED)
    make.save(
        Milestone(
            engagement=fine, stage="PoC", number=1, title="Rig", due_at=now + timedelta(days=1)
        )
    )
    page = board(session, officer, BoardFilter(), now)

    assert [line.engagement for line in page.items] == [late, stuck, fine, soon]
    assert [line.is_overdue for line in page.items] == [True, False, False, False]
    assert page.items[2].due_at == now + timedelta(days=1)
    narrowed = BoardFilter(text=late.team.name_en, flag="overdue")
    assert [line.engagement for line in board(session, officer, narrowed, now).items] == [late]
    assert board(session, officer, BoardFilter(state="stopped"), now).total == 1
    lines = as_csv([board_table(page.items, ZoneInfo("Asia/Taipei"))], "en").splitlines()
    assert len(lines) == 7
    assert lines[3].startswith(f"{late.number},")
    assert ",Yes," in lines[3]
    assert ",No," in lines[4]


def test_the_calendar_has_every_date_with_its_zone(make):
    row = make.engagement(stages=["PoC", "PoS"])
    zone = ZoneInfo("Asia/Taipei")
    milestone = Milestone(id=7, stage="PoC", number=1, title="Rig", due_at=row.due_at)
    dates = list(entries(row, [milestone], {7: "Rig"}, zone))
    file = calendar_file(row, dates, locale="zh_Hant_TW", zone=zone, url="http://x/engagements/1")
    events = {str(e["uid"]): e for e in Calendar.from_ical(file).walk("VEVENT")}

    assert {key.split("-", 1)[1] for key in events} >= {
        "kickoff@matchmaker",
        "stage-PoC@matchmaker",
        "stage-PoS@matchmaker",
        "milestone-7@matchmaker",
        "check-in-1@matchmaker",
    }
    last = events[f"{row.number}-stage-PoS@matchmaker"]
    assert last["dtend"].dt == row.due_at.replace(microsecond=0)
    assert last["dtend"].params["TZID"] == "Asia/Taipei"
    assert b"BEGIN:VTIMEZONE" in file
