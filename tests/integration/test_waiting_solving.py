"""What waits while a team works and after: whose turn it is in each state, and when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import (
    AccountKind,
    AlumniContact,
    AwardPayment,
    CaseStudy,
    CaseStudyConsent,
    CaseStudySide,
    CaseStudyVersion,
    Cause,
    CauseSide,
    CheckIn,
    DataTerms,
    ExtensionRequest,
    KickoffKey,
    OutcomeSurvey,
    StageDecision,
    StopRequest,
)
from matchmaker.models.alumni import AlumniPurpose
from matchmaker.models.award import PaymentSource
from matchmaker.models.check_in import Light
from matchmaker.models.engagement import StageOutcome
from matchmaker.queries import waiting as queries
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.award_payment import AwardPaymentAction
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.milestone import MilestoneState
from tests.backends import on_both


@pytest.fixture
def sides(make):
    """An officer, a lead of the owner and a member of the team, with work of theirs in a state."""

    def build(state: EngagementState = EngagementState.KICKOFF, **values):
        owner, member = make.user(kind=AccountKind.ENTERPRISE), make.user()
        problem = make.problem(organization=make.organization(owner))
        row = make.engagement(state, problem=problem, team=make.team(member), **values)
        return make.officer(), owner, member, row

    return build


@pytest.fixture
def kinds_of(session):
    """What waits for somebody, by kind: ``kinds_of(user)``."""
    return lambda user: sorted(item.kind.key for item in queries.of_person(session, user))


@on_both
def test_the_kick_off_waits_for_each_side_until_its_line_is_done(make, sides, kinds_of, session):
    officer, owner, member, row = sides()
    make.save(
        DataTerms(problem=row.problem, number=1, text_zh="條款", text_en="Terms", sha256="0" * 64)
    )
    assert kinds_of(owner) == ["engagement.calendar_owner", "engagement.contact", "engagement.data"]
    assert kinds_of(member) == ["engagement.calendar_team", "engagement.terms"]
    assert kinds_of(officer) == ["engagement.begin"]
    (begin,) = queries.of_person(session, officer)
    assert begin.due_at == row.kickoff_due_at
    assert begin.path == f"/engagements/{row.id}"
    items = {item.key: item for item in row.items}
    items[KickoffKey.CALENDAR].first_side = "team"
    items[KickoffKey.DATA_ACCESS].done_at = utcnow()
    items[KickoffKey.TERMS].is_waived = True
    row.contact = owner
    session.commit()
    assert kinds_of(owner) == ["engagement.calendar_owner"]
    assert kinds_of(member) == []


def test_a_milestone_waits_for_the_team_then_for_the_owner(make, sides, kinds_of, session):
    _, owner, member, row = sides(EngagementState.POC, stages=["PoC", "PoS"])
    row.contact = owner
    due = utcnow() + timedelta(days=3)
    first = make.milestone(engagement=row, number=1, due_at=due)
    make.milestone(engagement=row, stage="PoS", number=1, title="Later")
    keys = [(item.kind.key, item.subject_id) for item in queries.of_person(session, member)]
    assert ("milestone.submit", first.id) in keys
    assert len([key for key, _ in keys if key == "milestone.submit"]) == 1
    assert kinds_of(owner) == []


@on_both
def test_what_was_handed_in_waits_for_the_owner(make, sides, kinds_of, session):
    _, owner, member, row = sides(EngagementState.POC)
    row.contact = owner
    milestone = make.milestone(
        MilestoneState.SUBMITTED, engagement=row, review_due_at=utcnow() + timedelta(days=2)
    )
    assert kinds_of(owner) == ["milestone.review"]
    make.save(
        ExtensionRequest(
            milestone=milestone,
            side="team",
            due_before=milestone.due_at,
            asked_until=milestone.due_at + timedelta(days=7),
            cause=Cause.DATA_LATE,
            cause_side=CauseSide.OWNER,
            reason="The data came late.",
        )
    )
    officer = make.officer()
    assert "extension_request.decide" in kinds_of(officer)
    assert "milestone.submit" not in kinds_of(member)


def test_signatures_requests_blockers_and_silence(make, sides, kinds_of, session):
    officer, owner, member, row = sides(EngagementState.POC)
    row.contact = owner
    decision = make.save(
        StageDecision(engagement=row, stage="PoC", outcome=StageOutcome.GO, reason="It works.")
    )
    make.save(
        StopRequest(
            engagement=row, side="team", cause=Cause.CAPACITY, reason="We are too few by now."
        )
    )
    make.save(
        CheckIn(
            engagement=row,
            user=member,
            side="team",
            light=Light.RED,
            done="Nothing",
            coming="Nothing",
            blocker="No data",
            blocker_side=CauseSide.OWNER,
        )
    )
    assert kinds_of(owner) == ["check_in.owner", "stage_decision.owner"]
    assert kinds_of(officer) == ["stage_decision.officer", "stop_request.answer"]
    assert kinds_of(member) == ["check_in.write"]
    decision.owner_signed_at, decision.owner_id = utcnow(), owner.id
    row.silence_flagged_at = utcnow() + timedelta(hours=1)
    session.commit()
    assert kinds_of(owner) == ["check_in.owner"]
    assert "engagement.silent" in kinds_of(officer)
    row.silence_flagged_at = utcnow() - timedelta(days=1)  # The signature came after.
    session.commit()
    assert "engagement.silent" not in kinds_of(officer)


@on_both
def test_after_the_work(make, sides, kinds_of, session):
    officer, owner, member, row = sides(EngagementState.COMPLETED)
    now = utcnow()
    for side in ("owner", "team"):
        make.save(
            OutcomeSurvey(
                engagement=row, months=0, side=side, asked_at=now, due_at=now + timedelta(days=21)
            )
        )
    award = make.award(AwardState.OFFERED, engagement=row)
    award.asked_at, award.answer_until = now, now + timedelta(days=14)
    payment = AwardPayment(
        call_id=row.call_id,
        engagement=row,
        purpose="PoC",
        source=next(iter(PaymentSource)),
        amount=100_000,
        due_amount=100_000,
    )
    payment.apply(AwardPaymentAction.FALL_DUE)
    make.save(payment)
    study = make.save(CaseStudy(engagement=row, title_zh="案例", title_en="Case"))
    version = make.save(CaseStudyVersion(case_study=study, number=1, content_hash="0" * 64))
    assert kinds_of(owner) == ["case_study.owner", "outcome_survey.owner"]
    assert kinds_of(member) == ["award.answer", "case_study.team", "outcome_survey.team"]
    assert "award_payment.prepare" in kinds_of(officer)
    make.save(
        CaseStudyConsent(case_study_version=version, side=CaseStudySide.TEAM, content_hash="0" * 64)
    )
    assert "case_study.team" not in kinds_of(member)
    board = {item.kind.key for item in queries.board(session, officer, queries.Filter()).items}
    assert {"outcome_survey.owner", "case_study.owner", "award.answer"} <= board


def test_a_message_of_an_alumnus_is_its_readers_alone(make, kinds_of, session):
    sender, receiver, officer = make.user(), make.user(), make.officer()
    make.save(
        AlumniContact(
            sender=sender, receiver=receiver, purpose=next(iter(AlumniPurpose)), text="Hello"
        )
    )
    assert kinds_of(receiver) == ["alumni_contact.answer"]
    assert kinds_of(sender) == []
    assert queries.board(session, officer, queries.Filter()).total == 0
