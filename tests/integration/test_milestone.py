"""Milestones: planned with the work, handed in, sent back, decided, reopened; time and the people's record."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from matchmaker.adapters.scanner import Scan, Verdict
from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
    Unavailable,
)
from matchmaker.models import (
    ApplicationPerson,
    AuditEvent,
    Cause,
    CauseSide,
    Delivery,
    Evidence,
    ExtensionRequest,
    Job,
    MemberRole,
    Milestone,
    MilestoneChange,
    MilestoneDecision,
    MilestoneOutcome,
    OutboxMessage,
    PlanChange,
    PrivateCall,
    PrivateCallOfficer,
    Role,
    TeamMember,
)
from matchmaker.queries import milestone as queries
from matchmaker.queries.attachment import keys_in_use
from matchmaker.queries.extension_request import asked_extensions
from matchmaker.services import (
    award_payment,
    engagement,
    engagement_stop,
    extension_request,
    milestone,
    milestone_decision,
    milestone_feedback,
    milestone_file,
    milestone_plan,
    milestone_receipt,
    milestone_submission,
)
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.milestone_plan import PlanValues
from matchmaker.services.milestone_result import counts, shares
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.award_payment import AwardPaymentState
from matchmaker.workflows.engagement import EngagementState as E
from matchmaker.workflows.evidence import EvidenceState
from matchmaker.workflows.extension_request import ExtensionRequestState
from matchmaker.workflows.milestone import MilestoneState as S
from matchmaker.workflows.milestone_change import MilestoneChangeState
from matchmaker.workflows.private_call import PrivateCallState
from tests.grading import counted

PASSED, PARTLY, FAILED = MilestoneOutcome


@pytest.fixture
def case(make, ctx, session):
    """Work in its first stage, with a mentor, people on every side and one planned milestone."""
    mentor = make.user(Role.MENTOR)
    work = make.engagement(E.POC, mentor=mentor)
    owner = make.user()
    work.problem.organization.members[0].user = owner
    session.commit()
    row = make.milestone(engagement=work)
    return SimpleNamespace(
        work=work,
        row=row,
        at=(work.id, row.id),
        officer=ctx(make.officer()),
        owner=ctx(owner),
        team=ctx(work.team.members[0].user),
        mentor=ctx(mentor),
        stranger=ctx(make.user()),
    )


def hand_in(case, text="The model finds 9 of 10 defects.", **values):
    milestone_submission.save(case.team, *case.at, text=text, links=[], version=case.row.version)
    return milestone_submission.submit(case.team, *case.at, version=case.row.version, **values)


def letters(session, kind):
    return [
        message.recipient
        for message in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
        if message.kind == kind
    ]


def refused(call, error=InvalidInput):
    with pytest.raises(error) as caught:
        call()
    if isinstance(caught.value, InvalidInput) and caught.value.fields:
        return {name: str(found[0]) for name, found in caught.value.fields.items()}
    return str(caught.value.message)


# The plan


def test_the_plan_follows_the_stages_and_what_the_team_promised(make, ctx, session) -> None:
    problem = make.problem(organization=make.organization(make.user()))
    make.call_rules(problem.call)
    application = make.application(problem, make.team(make.user()), ApplicationState.CONFIRMED)
    application.revisions[0].parts = {"plan_poc": "A model on ten thousand images."}
    session.commit()
    system = ctx(None)
    system.trusted = True

    work = engagement.open_engagement(system, application)
    engagement.open_engagement(system, application)
    rows = queries.of_engagement(session, work.id)

    assert [(row.stage, row.number, row.due_at) for row in rows] == [
        (stage.stage, 1, stage.due_at) for stage in work.plan
    ]
    assert rows[0].asked == "A model on ten thousand images."
    assert milestone.plan(system, work) == list(rows)


def test_owner_and_office_change_the_plan(case, session) -> None:
    due = utcnow() + timedelta(days=30)
    values = PlanValues(stage="PoC", title="Report", asked="Ten pages.", due_at=due)

    added = milestone_plan.add(case.owner, case.work.id, values)
    assert milestone_plan.add(case.owner, case.work.id, values) is added, "a second click"
    assert (added.number, added.state) == (2, S.PLANNED)
    assert set(letters(session, "milestone.added")) == {
        case.team.actor.email,
        case.mentor.actor.email,
    }

    changed = PlanValues(stage="PoC", title="Report", asked="Five pages.", due_at=due)
    at = (case.work.id, added.id)
    stale = added.version
    milestone_plan.change(case.officer, *at, changed, version=stale)
    assert added.asked == "Five pages."
    assert milestone_plan.change(case.officer, *at, changed, version=stale) is added
    with pytest.raises(StaleVersion):
        milestone_plan.change(case.owner, *at, values, version=stale)

    seen = added.version
    for _ in range(2):  # The second click moves nothing further.
        milestone_plan.order(case.team, *at, up=True, version=seen)
        session.commit()
    assert queries.of_engagement(session, case.work.id)[0].title == "Report"
    milestone_plan.drop(case.owner, *at, reason="Not needed.", version=added.version)
    assert (added.state, added.reason) == (S.DROPPED, "Not needed.")
    text = refused(
        lambda: milestone_plan.drop(
            case.owner, *case.at, reason="Nor this.", version=case.row.version
        ),
        Conflict,
    )
    assert text == "A stage needs a milestone: add another one before you take this out."


def test_what_cannot_be_planned(case) -> None:
    wrong = PlanValues(stage="PoB", title=" ", asked="", due_at=utcnow() - timedelta(days=1))
    assert refused(lambda: milestone_plan.add(case.owner, case.work.id, wrong)) == {
        **({} if "PoB" in case.work.stages else {"stage": "Choose a stage that has not ended."}),
        "title": "Give it a title.",
        "asked": "Say what is to be delivered.",
        "due_at": "Choose a day and a time that are still to come.",
    }
    long = PlanValues(stage="PoC", title="x" * 201, asked="y", due_at=None)
    assert "title" in refused(lambda: milestone_plan.add(case.owner, case.work.id, long))
    hand_in(case)
    fine = PlanValues(stage="PoC", title="A", asked="B", due_at=None)
    assert (
        refused(
            lambda: milestone_plan.change(case.owner, *case.at, fine, version=case.row.version),
            InvalidTransition,
        )
        == "Only what is planned can be changed: this was handed in, or has ended."
    )


def test_after_the_kick_off_only_an_extension_moves_a_time(case) -> None:
    before = case.row.due_at
    values = PlanValues(stage="PoC", title="New", asked="Same.", due_at=before + timedelta(days=90))
    milestone_plan.change(case.owner, *case.at, values, version=case.row.version)

    assert (case.row.title, case.row.due_at) == ("New", before)


def test_a_team_proposes_and_the_owner_agrees_or_not(case, session) -> None:
    due = utcnow() + timedelta(days=40)
    values = PlanValues(stage="PoC", title="Trial", asked="One week on site.", due_at=due)
    propose = milestone_plan.propose
    work = case.work.id

    wish = propose(case.team, work, PlanChange.ADD, values, reason="Safer.")
    assert propose(case.team, work, PlanChange.ADD, values, reason="Safer.") is wish
    assert len(queries.of_engagement(session, work)) == 1, "the plan stays as it is"
    milestone_plan.answer(case.owner, work, wish.id, agree=True, version=wish.version)
    milestone_plan.answer(case.owner, work, wish.id, agree=True, version=0)
    assert [row.title for row in queries.of_engagement(session, work)][1:] == ["Trial"]

    drop = propose(case.team, work, PlanChange.DROP, milestone_id=case.row.id, reason="Too much.")
    assert "is proposed already" in refused(
        lambda: propose(
            case.team, work, PlanChange.CHANGE, values, milestone_id=case.row.id, reason="Or so."
        ),
        Conflict,
    )
    answer = milestone_plan.answer
    assert refused(
        lambda: answer(case.owner, work, drop.id, agree=False, note="", version=drop.version)
    ) == {"note": "Say why: the reason is kept on record."}
    answer(case.owner, work, drop.id, agree=False, note="We need it.", version=drop.version)
    assert (drop.state, case.row.state) == (MilestoneChangeState.REFUSED, S.PLANNED)
    assert letters(session, "milestone.plan_stays") == [case.team.actor.email]

    again = propose(case.team, work, PlanChange.DROP, milestone_id=case.row.id, reason="Please.")
    milestone_plan.withdraw(case.team, work, again.id)
    assert again.state is MilestoneChangeState.WITHDRAWN
    with pytest.raises(InvalidTransition):
        answer(case.officer, work, again.id, agree=True, version=again.version)


# Who may


def test_who_may_do_what(case, make, ctx) -> None:
    """Everybody outside finds nothing; each side is told what it may not do."""
    row = case.row
    fine = PlanValues(stage="PoC", title="A", asked="B", due_at=utcnow() + timedelta(days=9))
    ask = {"until": row.due_at + timedelta(days=9), "cause": Cause.CAPACITY, "reason": "Why."}
    calls = {
        "save": lambda one: milestone_submission.save(
            one, *case.at, text="x", links=[], version=row.version
        ),
        "submit": lambda one: milestone_submission.submit(one, *case.at, version=row.version),
        "add": lambda one: milestone_plan.add(one, case.work.id, fine),
        "propose": lambda one: milestone_plan.propose(
            one, case.work.id, PlanChange.ADD, fine, reason="Why."
        ),
        "opinion": lambda one: milestone_feedback.give_opinion(
            one, *case.at, outcome=PASSED, body="Good."
        ),
        "changes": lambda one: milestone_feedback.request_changes(
            one, *case.at, body="More.", until=utcnow() + timedelta(days=3), version=row.version
        ),
        "decide": lambda one: milestone_decision.decide(
            one, *case.at, outcome=PASSED, reason="", version=row.version
        ),
        "reopen": lambda one: milestone_decision.reopen(
            one, *case.at, reason="False.", version=row.version
        ),
        "ask": lambda one: extension_request.ask(one, *case.at, **ask),
    }
    insider = ctx(make.officer())
    case.work.team.organization = make.organization(insider.actor)
    insider.session.commit()
    forbidden = {
        "team": (case.team, {"add", "opinion", "changes", "decide", "reopen"}),
        "owner": (case.owner, {"save", "submit", "propose", "decide", "reopen"}),
        "mentor": (
            case.mentor,
            {"save", "submit", "add", "propose", "opinion", "decide", "reopen", "ask"},
        ),
        "office": (case.officer, {"save", "submit", "propose", "opinion", "ask"}),
    }
    for one, names in forbidden.values():
        for name in names:
            with pytest.raises(PermissionDenied):
                calls[name](one)
    for name in calls:
        with pytest.raises(NotFound):
            calls[name](case.stranger)
    with pytest.raises(NotFound):
        calls["decide"](insider)


# Handing in


def test_versions_are_kept_with_a_receipt_that_can_be_checked(case, session) -> None:
    hand_in(case)
    first = case.row.standing
    assert milestone_submission.submit(case.team, *case.at, version=1) is case.row, "second click"
    hand_in(case, "The model finds 10 of 10 defects.")

    assert [version.number for version in case.row.versions] == [1, 2]
    assert first.text == "The model finds 9 of 10 defects."
    content = milestone_receipt.content_bytes(case.row, first)
    assert hashlib.sha256(content).hexdigest() == first.content_hash
    assert json.loads(content)["text"] == first.text
    assert letters(session, "milestone.received") == [], "whoever handed in sees the receipt"
    assert set(letters(session, "milestone.submitted")) == {
        case.owner.actor.email,
        case.mentor.actor.email,
    }
    assert case.row.review_due_at - case.row.submitted_at == timedelta(days=7)


def test_what_is_late_is_taken_and_says_by_how_much(case) -> None:
    late = case.row.due_at + timedelta(days=2, hours=3)
    hand_in(case, received_at=late)

    assert case.row.standing.late == timedelta(days=2, hours=3)


def test_what_cannot_be_handed_in(case) -> None:
    submit = milestone_submission.submit
    assert "There is nothing to hand in yet" in refused(
        lambda: submit(case.team, *case.at, version=case.row.version)
    )
    save = milestone_submission.save
    bad = {"links": ["ftp://a.example/x"], "text": "x"}
    assert refused(lambda: save(case.team, *case.at, **bad, version=case.row.version)) == {
        "links": "Link 1: give the whole address, beginning with https://."
    }
    many = [f"https://a.example/{number}" for number in range(21)]
    assert "links" in refused(
        lambda: save(case.team, *case.at, text="", links=many, version=case.row.version)
    )
    assert "text" in refused(
        lambda: save(case.team, *case.at, text="x" * 20_001, links=[], version=1)
    )
    save(case.team, *case.at, text="x", links=["https://a.example/x"] * 2, version=1)
    assert case.row.links == ["https://a.example/x"], "each once"
    with pytest.raises(StaleVersion):
        save(case.team, *case.at, text="y", links=[], version=1)


def test_files_go_with_the_version_they_were_handed_in_with(case, session) -> None:
    def attach(name, content):
        with prepare(io.BytesIO(content), name) as prepared:
            return milestone_file.add(case.team, *case.at, prepared, note="Figures")

    file = attach("figures.csv", b"a,b\n1,2\n")
    assert attach("again.csv", b"a,b\n1,2\n") is file, "the same content is one file"
    other = attach("more.csv", b"c,d\n3,4\n")
    session.commit()
    with pytest.raises(NotFound):
        queries.file_of(session, case.owner.actor, case.row, file.id)

    milestone_file.remove(case.team, *case.at, other.id)
    hand_in(case)
    milestone_file.remove(case.team, *case.at, file.id)
    session.commit()

    assert [one["name"] for one in case.row.standing.files] == ["figures.csv"]
    assert queries.file_of(session, case.owner.actor, case.row, file.id) is file
    for one in (case.stranger.actor, None):
        with pytest.raises(NotFound):
            queries.file_of(session, one, case.row, file.id)
    with milestone_file.open_content(case.team.settings, file) as content:
        assert content.read() == b"a,b\n1,2\n"
    assert file.sha256 in keys_in_use(session), "what was handed in is not swept away"


def test_files_are_held_back_until_the_scanner_has_passed_them(case, session) -> None:
    case.team.settings = replace(case.team.settings, scan_command="scan")
    with prepare(io.BytesIO(b"a,b\n"), "a.csv") as prepared:
        file = milestone_file.add(case.team, *case.at, prepared)
    assert [job.kind for job in session.scalars(sa.select(Job))] == ["milestone.scan"]
    with pytest.raises(Unavailable):
        milestone_file.open_content(case.team.settings, file)
    milestone_file.take_verdict(case.team, file.id, Scan(Verdict.CLEAN, ""))
    assert file.is_offered


# What others say


def test_changes_are_requested_and_handed_in_again(case, session) -> None:
    hand_in(case)
    until = utcnow() + timedelta(days=5)
    request = milestone_feedback.request_changes
    stale = case.row.version
    request(case.mentor, *case.at, body="Say on which data.", until=until, version=stale)
    request(case.mentor, *case.at, body="Say on which data.", until=until, version=stale)
    assert (case.row.state, case.row.next_due_at) == (S.CHANGES_REQUESTED, until)
    assert len(case.row.feedback) == 1
    assert "until" in refused(
        lambda: request(
            case.owner, *case.at, body="More.", until=utcnow() - timedelta(days=1), version=1
        )
    )
    assert (
        refused(lambda: milestone_submission.submit(case.team, *case.at, version=case.row.version))
        == "Nothing has changed since the last version: there is nothing to hand in."
    )

    hand_in(case, "On the data of line 3, the model finds 9 of 10 defects.")
    assert (case.row.state, case.row.standing.due_at) == (S.SUBMITTED, until)
    assert not case.row.standing.late
    assert case.team.actor.email in letters(session, "milestone.changes")


def test_comments_are_read_by_all_and_made_once(case, session) -> None:
    hand_in(case)
    for one in (case.owner, case.owner, case.mentor, case.team):
        milestone_feedback.comment(one, *case.at, body="Well done.")

    assert [said.side for said in case.row.feedback] == ["owner", "mentor", "team"]
    assert "body" in refused(lambda: milestone_feedback.comment(case.owner, *case.at, body=" "))


# The decision


def test_the_owner_speaks_first_and_the_office_decides(case, session) -> None:
    hand_in(case)
    decide = milestone_decision.decide
    values = {"outcome": PASSED, "reason": ""}
    assert (
        refused(
            lambda: decide(case.officer, *case.at, **values, version=case.row.version),
            InvalidTransition,
        )
        == "The owner has still time to say what it thinks. Decide after that."
    )

    say = milestone_feedback.give_opinion
    assert "cause" in refused(lambda: say(case.owner, *case.at, outcome=FAILED, body="No."))
    said = say(case.owner, *case.at, outcome=PARTLY, cause=Cause.QUALITY, body="Half of it.")
    assert (
        say(case.owner, *case.at, outcome=PARTLY, cause=Cause.QUALITY, body="Half of it.") is said
    )
    assert said.cause_side is CauseSide.TEAM
    stale = case.row.version
    decide(case.officer, *case.at, **values, version=stale)
    decide(case.officer, *case.at, **values, version=stale)

    assert (case.row.state, len(case.row.decisions)) == (S.PASSED, 1)
    assert case.row.decisions[0].opinion is said
    event = session.scalar(sa.select(AuditEvent).where(AuditEvent.action == "milestone:decide"))
    assert (event.data["after"], event.data["opinion"]) == ("passed", "partly")
    with pytest.raises(InvalidTransition):
        say(case.owner, *case.at, outcome=FAILED, cause=Cause.QUALITY, body="Too late.")


def test_if_the_owner_is_silent_the_office_decides_alone(case, session) -> None:
    hand_in(case)
    case.row.review_due_at = utcnow() - timedelta(minutes=1)
    session.commit()
    decide = milestone_decision.decide
    version = case.row.version
    assert "cause" in refused(
        lambda: decide(case.officer, *case.at, outcome=FAILED, reason="Bad.", version=version)
    )
    assert "reason" in refused(
        lambda: decide(
            case.officer, *case.at, outcome=FAILED, cause=Cause.METHOD, reason="", version=version
        )
    )
    decide(case.officer, *case.at, outcome=PASSED, reason="It works.", version=case.row.version)

    assert case.row.decisions[0].opinion is None


def test_what_never_came_fails_after_its_time(case, session) -> None:
    decide = milestone_decision.decide
    values = {"outcome": FAILED, "cause": Cause.DATA_LATE, "reason": "No data."}
    assert (
        refused(
            lambda: decide(case.officer, *case.at, **values, version=case.row.version),
            InvalidTransition,
        )
        == "The team has still time to hand it in. Decide after that."
    )
    case.row.due_at = utcnow() - timedelta(days=3)
    session.commit()
    assert queries.overdue(session, utcnow()) == [case.row]
    with pytest.raises(InvalidTransition):
        decide(case.officer, *case.at, outcome=PASSED, reason="", version=case.row.version)
    decide(case.officer, *case.at, **values, version=case.row.version)

    assert (case.row.state, case.row.side) == (S.FAILED, CauseSide.OWNER)
    found = queries.results(session)[0]
    assert (found.state, found.side, found.late_days) == (S.FAILED, CauseSide.OWNER, 4)
    milestone_decision.reopen(case.officer, *case.at, reason="Wrong.", version=case.row.version)
    assert case.row.state is S.PLANNED


# The people's record


def settled(case, session, outcome=PASSED, cause=None):
    if case.row.state is S.PLANNED:
        hand_in(case)
    case.row.review_due_at = utcnow()
    session.commit()
    return milestone_decision.decide(
        case.officer,
        *case.at,
        outcome=outcome,
        cause=cause,
        reason="As measured.",
        version=case.row.version,
    )


def pieces(session, state=EvidenceState.VERIFIED):
    rows = session.scalars(sa.select(Evidence).where(Evidence.state == state))
    return sorted((row.user_id, row.facts["result"], row.facts["share"]) for row in rows)


def test_results_become_evidence_of_those_who_did_the_work(case, make, session) -> None:
    lead, second, gone = case.team.actor, make.user(), make.user()
    make.save(TeamMember(team=case.work.team, user=second, role=MemberRole.MEMBER))
    people = case.work.application.people
    people[0].share = 60
    for place, (user, share) in enumerate([(second, 30), (gone, 10)], 1):
        people.append(ApplicationPerson(user=user, share=share, position=place))
    session.commit()
    requirements = len(case.work.problem.requirements)
    assert requirements > 0

    settled(case, session, PARTLY, Cause.QUALITY)

    assert pieces(session) == sorted(
        [(lead.id, "partly", "led"), (second.id, "partly", "helped")] * requirements
    )
    assert [share for _, share in shares(case.work.application)] == ["led", "helped"]


def test_what_others_caused_is_never_held_against_the_team(case, session) -> None:
    settled(case, session, FAILED, Cause.DATA_LATE)

    assert pieces(session) == []
    assert not queries.results(session)[0].counts_against_team
    for side in CauseSide:
        decision = MilestoneDecision(outcome=PARTLY, side=side)
        assert counts(decision) is (side is CauseSide.TEAM)


def test_a_result_that_was_false_is_taken_back_with_all_that_followed(case, session) -> None:
    settled(case, session)
    count = len(pieces(session))
    assert count == len(case.work.problem.requirements)
    assert len(queries.results(session, [case.work.call_id])) == 1
    assert queries.results(session, [0]) == []

    reopen = milestone_decision.reopen
    assert "reason" in refused(lambda: reopen(case.officer, *case.at, reason="", version=1))
    stale = case.row.version
    reopen(case.officer, *case.at, reason="The figures were made up.", version=stale)
    reopen(case.officer, *case.at, reason="The figures were made up.", version=stale)

    assert (case.row.state, case.row.decided_at, case.row.reason) == (S.SUBMITTED, None, "")
    assert queries.results(session) == [], "no label for the ranker any more"
    assert pieces(session) == []
    assert len(pieces(session, EvidenceState.REJECTED)) == count
    past = case.row.decisions[0]
    assert (past.outcome, past.reopen_reason, past.reopener_id) == (
        PASSED,
        "The figures were made up.",
        case.officer.actor.id,
    )
    assert case.team.actor.email in letters(session, "milestone.reopened")

    # What was reopened waits for nobody; the new result replaces the old one.
    milestone_decision.decide(
        case.officer,
        *case.at,
        outcome=FAILED,
        cause=Cause.QUALITY,
        reason="Not reproducible.",
        version=case.row.version,
    )
    assert [one[1] for one in pieces(session)] == ["failed"] * count
    assert queries.results(session)[0].counts_against_team


def test_a_decision_is_reopened_after_the_end_too(case, session) -> None:
    settled(case, session)
    engagement_stop.stop(
        case.officer, case.work.id, cause=Cause.MARKET, reason="Gone.", version=case.work.version
    )
    milestone_decision.reopen(case.officer, *case.at, reason="False.", version=case.row.version)
    session.commit()

    assert queries.reopened_after_end(session, case.officer.actor) == [case.row]
    with pytest.raises(InvalidTransition):
        milestone_submission.save(case.team, *case.at, text="y", links=[], version=case.row.version)
    milestone_decision.decide(
        case.officer, *case.at, outcome=PASSED, reason="", version=case.row.version
    )
    assert case.row.state is S.PASSED


# Ends, and time


def test_milestones_end_with_the_work_and_come_back_with_it(case, make, session) -> None:
    other = make.milestone(engagement=case.work, number=2, title="Second")
    hand_in(case)
    ask = {"until": other.due_at + timedelta(days=9), "cause": Cause.CAPACITY, "reason": "Ill."}
    request = extension_request.ask(case.team, case.work.id, other.id, **ask)
    engagement_stop.stop(
        case.officer, case.work.id, cause=Cause.MARKET, reason="Gone.", version=case.work.version
    )
    assert (case.row.state, other.state) == (S.CANCELLED, S.CANCELLED)
    assert request.state is ExtensionRequestState.WITHDRAWN
    assert queries.waiting_for_feedback(session) == []

    engagement_stop.resume(case.officer, case.work.id, reason="Back.", version=case.work.version)
    assert (case.row.state, other.state) == (S.SUBMITTED, S.PLANNED)
    assert queries.waiting_for_feedback(session) == [case.row]
    assert queries.waiting_for_feedback(session, utcnow()) == []
    assert queries.undecided(session, case.work.id, "PoC") == [case.row, other]


def test_more_time_is_asked_for_and_given(case, make, session) -> None:
    other = make.milestone(engagement=case.work, number=2, title="Second")
    before, end, work_end = case.row.due_at, other.due_at, case.work.due_at
    until = before + timedelta(days=10)
    ask = {"until": until, "cause": Cause.DATA_LATE, "reason": "The data came in May."}
    request = extension_request.ask(case.team, *case.at, **ask)
    assert extension_request.ask(case.team, *case.at, **ask) is request, "a second click"
    with pytest.raises(Conflict):
        extension_request.ask(case.owner, *case.at, **ask)
    assert request.cause_side is CauseSide.OWNER
    assert asked_extensions(session, case.officer.actor) == [request]
    assert asked_extensions(session, case.stranger.actor) == []
    with pytest.raises(PermissionDenied):
        extension_request.answer(case.owner, case.work.id, request.id, grant=True, version=1)

    stale = request.version
    answer = extension_request.answer
    answer(case.officer, case.work.id, request.id, grant=True, moves_rest=True, version=stale)
    answer(case.officer, case.work.id, request.id, grant=True, moves_rest=True, version=stale)

    assert case.row.due_at == until
    assert other.due_at == end + timedelta(days=10)
    assert case.work.due_at == work_end + timedelta(days=10)
    told = set(letters(session, "milestone.extension_granted"))
    assert {case.team.actor.email, case.owner.actor.email} <= told


def test_more_time_is_refused_or_no_longer_needed(case, session) -> None:
    before = case.row.due_at
    ask = {"until": before + timedelta(days=10), "cause": Cause.CAPACITY, "reason": "Exams."}
    request = extension_request.ask(case.owner, *case.at, **ask)
    answer = extension_request.answer
    assert "note" in refused(
        lambda: answer(case.officer, case.work.id, request.id, grant=False, version=1)
    )
    answer(case.officer, case.work.id, request.id, grant=False, note="No.", version=1)
    assert (request.state, case.row.due_at) == (ExtensionRequestState.REFUSED, before)

    again = extension_request.ask(case.team, *case.at, **ask)
    with pytest.raises(PermissionDenied):
        extension_request.withdraw(case.owner, case.work.id, again.id)
    extension_request.withdraw(case.team, case.work.id, again.id)
    assert again.state is ExtensionRequestState.WITHDRAWN
    assert refused(
        lambda: extension_request.ask(case.team, *case.at, until=before, cause=None, reason="")
    ).keys() == {"until", "cause", "reason"}


def test_an_extension_alone_takes_the_stage_along_if_it_has_to(case, session) -> None:
    stage = case.work.planned("PoC")
    until = max(stage.due_at, case.work.due_at) + timedelta(days=3)
    ask = {"until": until, "cause": Cause.LAW, "reason": "A permit."}
    request = extension_request.ask(case.team, *case.at, **ask)
    extension_request.answer(
        case.officer, case.work.id, request.id, grant=True, version=request.version
    )

    assert (stage.due_at, case.work.due_at) == (until, until)


def test_moving_the_whole_work_moves_what_is_to_come(case, make, session) -> None:
    before = case.row.due_at
    engagement.extend_all(
        case.officer,
        case.work.id,
        days=14,
        cause=Cause.FUNDS,
        reason="Late.",
        version=case.work.version,
    )

    assert case.row.due_at == before + timedelta(days=14)


def test_lists_cost_the_same_however_long_they_are(case, make, session) -> None:
    def read():
        for row in queries.of_engagement(session, case.work.id):
            assert row.engagement.problem.title("en") is not None
            assert row.versions is not None

    few = counted(session, read)
    for number in range(2, 6):
        make.milestone(S.SUBMITTED, engagement=case.work, number=number)
    assert counted(session, read) == few
    assert len(queries.waiting_for_feedback(session, actor=case.officer.actor)) == 4


def test_rows_that_make_no_sense_are_refused_by_the_tables(case, session) -> None:
    for row in (
        Milestone(engagement=case.work, stage="PoX", number=1, title="A", due_at=utcnow()),
        MilestoneChange(
            engagement=case.work,
            milestone=None,
            kind=PlanChange.DROP,
            stage="PoC",
            due_at=utcnow(),
            reason="x",
        ),
        ExtensionRequest(
            milestone=case.row,
            side="mentor",
            due_before=utcnow(),
            asked_until=utcnow(),
            cause=Cause.LAW,
            cause_side=CauseSide.OUTSIDE,
            reason="x",
        ),
    ):
        session.add(row)
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        session.rollback()


def test_money_follows_a_decision_and_its_end(case, make, session) -> None:
    make.award_scheme(call=case.work.call)
    trusted = replace(case.team, actor=None, trusted=True)
    payments = award_payment.commit(trusted, case.work)
    session.commit()
    first = next(row for row in payments if row.purpose == "PoC")
    settled(case, session)
    assert first.state is AwardPaymentState.DUE

    milestone_decision.reopen(case.officer, *case.at, reason="False.", version=case.row.version)

    assert first.state is AwardPaymentState.COMMITTED


def test_an_in_house_call_stays_in_its_house(make, ctx, session) -> None:
    officer, author = make.user(), make.user()
    house = make.organization(officer, author)
    private = make.save(
        PrivateCall(call=make.call(), organization=house, state=PrivateCallState.OPEN)
    )
    make.save(PrivateCallOfficer(private_call=private, user=officer))
    problem = make.problem(call=private.call, organization=house, author=author)
    work = make.engagement(E.POC, problem=problem, team=make.team(make.user()))
    row = make.milestone(S.SUBMITTED, engagement=work)
    national = make.officer()
    session.expire_all()

    assert queries.waiting_for_feedback(session, actor=officer) == [row]
    assert queries.waiting_for_feedback(session, actor=national) == []
    with pytest.raises(NotFound):
        queries.get_milestone(session, national, work.id, row.id)
    milestone_feedback.comment(ctx(officer), work.id, row.id, body="Among ourselves.")
    assert session.scalars(
        sa.select(Delivery.is_open).where(Delivery.topic == "solving")
    ).all() == [False, False]
