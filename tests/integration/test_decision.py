"""Decisions: prepared in private, announced together, answered or not, and who moves up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    Application,
    ApplicationOrigin,
    AuditEvent,
    Decision,
    DecisionOutcome,
    DecisionRound,
    DeclineCause,
    MemberRole,
    OutboxMessage,
    Role,
    WithdrawalCause,
)
from matchmaker.queries import decision as queries
from matchmaker.services import (
    application_decision,
    application_withdrawal,
    decision_announcement,
    decision_follow,
)
from matchmaker.services import decision as service
from matchmaker.services.decision import Choice
from matchmaker.workflows.application import ApplicationState as S
from matchmaker.workflows.decision_round import DecisionRoundState

OFFER, WAITLIST, DECLINE = DecisionOutcome.OFFER, DecisionOutcome.WAITLIST, DecisionOutcome.DECLINE


@pytest.fixture
def case(make, session):
    """A problem with one place, and three teams whose applications are under review."""
    officer, owner = make.officer(), make.user()
    problem = make.problem(teams_wanted=1, organization=make.organization(owner))
    rows = []
    for _ in range(3):
        lead = make.user()
        team = make.team(lead)
        team.members[0].role = MemberRole.LEAD
        rows.append(
            make.save(
                Application(
                    call_id=problem.call_id,
                    problem_id=problem.id,
                    team_id=team.id,
                    lead_id=lead.id,
                    origin=ApplicationOrigin.OWN,
                    state=S.UNDER_REVIEW,
                    submitted_at=utcnow() - timedelta(days=1),
                )
            )
        )
    session.commit()
    return officer, owner, problem, rows


@pytest.fixture
def prepared(case, ctx, session):
    """A round in which the first has a place, the second waits, and the third is not selected."""
    officer, _, problem, rows = case
    row = service.prepare(ctx(officer), problem.call_id)
    session.commit()
    choices = [
        Choice(OFFER),
        Choice(WAITLIST),
        Choice(DECLINE, DeclineCause.GAPS, "補上影像標註的經驗。"),
    ]
    for application, choice in zip(rows, choices, strict=True):
        (decision,) = (d for d in row.decisions if d.application_id == application.id)
        service.decide(ctx(officer), decision.id, choice, version=decision.version)
    session.commit()
    return row


def letters(session):
    return session.execute(
        sa.select(OutboxMessage.kind, OutboxMessage.user_id)
        .where(OutboxMessage.kind.startswith("decision."))
        .order_by(OutboxMessage.id)
    ).all()


def states(session, rows):
    session.expire_all()
    return [row.state for row in rows]


def test_nothing_of_a_preparation_shows_before_the_announcement(case, prepared, session):
    _, _, _, rows = case
    assert states(session, rows) == [S.UNDER_REVIEW] * 3
    assert letters(session) == []
    assert [queries.announced_of(session, row) for row in rows] == [None] * 3


def test_announcing_changes_everything_at_once_and_tells_everybody_once(
    case, prepared, ctx, session
):
    officer, owner, problem, rows = case
    decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.commit()
    again = decision_announcement.announce(ctx(officer), prepared.id, version=1)
    session.commit()
    assert again.state is DecisionRoundState.ANNOUNCED
    assert states(session, rows) == [S.OFFERED, S.WAITLISTED, S.DECLINED]
    leads = [row.lead_id for row in rows]
    assert letters(session) == [
        ("decision.offer", leads[0]),
        ("decision.waitlist", leads[1]),
        ("decision.decline", leads[2]),
        ("decision.owner", owner.id),
    ]
    body = session.scalar(
        sa.select(OutboxMessage.body).where(OutboxMessage.kind == "decision.decline")
    )
    assert "Competencies that the problem must have are missing in the team." in body
    assert "補上影像標註的經驗。" in body
    assert f"/teams/{rows[2].team_id}/recommendations" in body
    offer = queries.announced_of(session, rows[0])
    local = offer.expires_at.astimezone(ctx(None).settings.timezone)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert queries.announced_of(session, rows[1]).turn == 1
    assert [row.id for row in queries.selection(session, problem)] == [rows[0].id]
    assert "decision:announce" in session.scalars(sa.select(AuditEvent.action)).all()


def test_a_fault_in_the_middle_announces_nothing(case, prepared, ctx, session, monkeypatch):
    officer, _, _, rows = case
    monkeypatch.setattr(decision_announcement, "_tell_owners", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.rollback()
    assert states(session, rows) == [S.UNDER_REVIEW] * 3
    assert letters(session) == []


def test_what_stands_in_the_way_is_said(case, ctx, session):
    officer, _, problem, rows = case
    row = service.prepare(ctx(officer), problem.call_id)
    session.commit()
    one, two, three = queries.decisions_of(session, row)
    service.decide(ctx(officer), one.id, Choice(OFFER), version=one.version)
    service.decide(ctx(officer), two.id, Choice(OFFER), version=two.version)
    service.decide(ctx(officer), three.id, Choice(DECLINE), version=three.version)
    session.commit()
    with pytest.raises(InvalidInput) as caught:
        decision_announcement.announce(ctx(officer), row.id, version=row.version)
    missing, too_many = caught.value.fields["round"]
    assert (missing.text, missing.params) == (
        "%(number)s: the team is not selected, and no reason is given.",
        {"number": rows[2].number},
    )
    assert (too_many.params["offers"], too_many.params["free"]) == (2, 1)
    service.decide(ctx(officer), two.id, Choice(None), version=two.version)
    session.commit()
    texts = [
        one.message.text
        for one in service.obstacles(ctx(officer), queries.decisions_of(session, row))
    ]
    assert texts == [
        "%(number)s: nothing is decided yet.",
        "%(number)s: the team is not selected, and no reason is given.",
    ]
    rest = Choice(DECLINE, DeclineCause.PLACES_TAKEN)
    assert service.decide_rest(ctx(officer), row.id, rest) == 1


def test_two_officers_prepare_one_round_and_the_second_is_told_of_the_first(
    case, prepared, make, ctx, session
):
    _, _, problem, _ = case
    other = make.officer()
    assert service.prepare(ctx(other), problem.call_id).id == prepared.id
    decision = prepared.decisions[0]
    with pytest.raises(StaleVersion):
        service.decide(ctx(other), decision.id, Choice(DECLINE), version=decision.version - 1)


def test_a_team_that_withdraws_while_decisions_are_prepared_is_left_out(
    case, prepared, ctx, session
):
    officer, _, _, rows = case
    application_withdrawal.withdraw(
        ctx(rows[0].lead), rows[0].id, cause=WithdrawalCause.NO_TIME, version=rows[0].version
    )
    session.commit()
    decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.commit()
    assert states(session, rows) == [S.WITHDRAWN, S.WAITLISTED, S.DECLINED]
    assert [kind for kind, _ in letters(session)] == ["decision.waitlist", "decision.decline"]


@pytest.fixture
def announced(case, prepared, ctx, session):
    officer, *_ = case
    decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.commit()
    return prepared


def _later(monkeypatch, **span):
    moment = utcnow() + timedelta(**span)
    for module in (decision_follow, application_decision, decision_announcement):
        monkeypatch.setattr(module, "utcnow", lambda: moment)


def test_whoever_does_not_answer_is_reminded_and_then_the_next_moves_up(
    case, announced, ctx, session, monkeypatch
):
    _, _, _, rows = case
    nothing = {"expired": 0, "moved_up": 0, "reminded": 0}
    assert decision_follow.follow(ctx(None)) == nothing
    _later(monkeypatch, days=6)
    assert decision_follow.follow(ctx(None)) == {**nothing, "reminded": 1}
    session.commit()
    assert decision_follow.follow(ctx(None)) == nothing
    _later(monkeypatch, days=8)
    with pytest.raises(DeadlinePassed):
        application_decision.confirm(ctx(rows[0].lead), rows[0].id, version=rows[0].version)
    session.rollback()
    assert decision_follow.follow(ctx(None)) == {"expired": 1, "moved_up": 1, "reminded": 0}
    session.commit()
    assert decision_follow.follow(ctx(None)) == nothing
    assert states(session, rows) == [S.EXPIRED, S.OFFERED, S.DECLINED]
    assert [kind for kind, _ in letters(session)][4:] == [
        "decision.due",
        "decision.expired",
        "decision.moved_up",
    ]
    application_decision.confirm(ctx(rows[1].lead), rows[1].id, version=rows[1].version)
    assert rows[1].state is S.CONFIRMED


def test_when_a_selected_team_breaks_up_the_next_moves_up_and_a_full_one_is_passed_over(
    case, announced, make, ctx, session
):
    _, _, problem, rows = case
    other = make.problem(call=problem.call)
    taken = Application(
        call_id=problem.call_id,
        problem_id=other.id,
        team_id=rows[1].team_id,
        origin=ApplicationOrigin.OWN,
        state=S.CONFIRMED,
        submitted_at=utcnow(),
    )
    rows[1].team.capacity = 1
    make.save(taken)
    application_withdrawal.withdraw_all(ctx(None), rows[0].team, WithdrawalCause.DISSOLVED)
    session.commit()
    assert decision_follow.move_up(ctx(None)) == 0
    rows[1].team.capacity = 2
    session.commit()
    assert decision_follow.move_up(ctx(None)) == 1
    session.commit()
    assert states(session, rows) == [S.WITHDRAWN, S.OFFERED, S.DECLINED]


def test_an_announced_decision_is_taken_back_with_a_reason_and_decided_anew(
    case, announced, ctx, session
):
    officer, _, problem, rows = case
    application_decision.take_back(
        ctx(officer), rows[2].id, reason="A score was wrong.", version=rows[2].version
    )
    session.commit()
    row = service.prepare(ctx(officer), problem.call_id)
    assert {d.application_id for d in row.decisions} == {rows[1].id, rows[2].id}
    session.commit()
    service.drop(ctx(officer), row.id, reason="")
    session.commit()
    with pytest.raises(InvalidTransition):
        decision_announcement.announce(ctx(officer), row.id, version=row.version)
    assert session.scalar(sa.select(sa.func.count(DecisionRound.id))) == 2


def test_an_old_offer_that_ended_does_not_end_a_new_one(case, announced, ctx, session):
    officer, _, problem, rows = case
    application_decision.take_back(
        ctx(officer), rows[0].id, reason="Wrong list.", version=rows[0].version
    )
    session.execute(sa.update(Decision).values(expires_at=utcnow() - timedelta(days=1)))
    session.commit()
    row = service.prepare(ctx(officer), problem.call_id)
    session.commit()
    for decision in queries.decisions_of(session, row):
        is_first = decision.application_id == rows[0].id
        choice = Choice(OFFER) if is_first else Choice(WAITLIST)
        service.decide(ctx(officer), decision.id, choice, version=decision.version)
    session.commit()
    decision_announcement.announce(ctx(officer), row.id, version=row.version)
    session.commit()
    assert decision_follow.expire(ctx(None)) == 0
    assert states(session, rows) == [S.OFFERED, S.WAITLISTED, S.DECLINED]


def test_what_is_left_out_waits_for_the_next_round(case, prepared, ctx, session):
    officer, _, problem, rows = case
    (decision,) = (d for d in prepared.decisions if d.application_id == rows[2].id)
    service.leave_out(ctx(officer), decision.id)
    session.commit()
    decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.commit()
    assert states(session, rows) == [S.OFFERED, S.WAITLISTED, S.UNDER_REVIEW]
    assert {d.application_id for d in service.prepare(ctx(officer), problem.call_id).decisions} == {
        rows[1].id,
        rows[2].id,
    }


def test_letters_are_previewed_as_they_will_go_out(case, prepared, ctx, session):
    officer, _, _, rows = case
    decisions = {d.application_id: d for d in queries.decisions_of(session, prepared)}
    (letter,) = decision_announcement.preview(ctx(officer), decisions[rows[2].id])
    decision_announcement.announce(ctx(officer), prepared.id, version=prepared.version)
    session.commit()
    sent = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "decision.decline")
    ).one()
    assert (letter.subject, letter.body) == (sent.subject, sent.body)


@pytest.mark.parametrize("role", [None, Role.REVIEWER, Role.MENTOR, Role.ASSOCIATION])
def test_only_officers_prepare_and_know(case, prepared, make, ctx, session, role):
    _, owner, problem, rows = case
    for actor in (make.user(*([role] if role else [])), owner, rows[0].lead):
        with pytest.raises(NotFound):
            service.prepare(ctx(actor), problem.call_id)
        with pytest.raises(NotFound):
            queries.get_round(session, actor, prepared.id)
        with pytest.raises(NotFound):
            service.decide(ctx(actor), prepared.decisions[0].id, Choice(OFFER), version=1)


def test_administrators_look_and_do_not_decide(case, prepared, make, ctx):
    administrator = make.user(Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        decision_announcement.announce(ctx(administrator), prepared.id, version=prepared.version)


def test_an_officer_of_the_team_does_not_decide_on_it(case, prepared, make, ctx, session):
    _, _, _, rows = case
    partial = make.officer()
    rows[0].team.members.append(
        type(rows[0].team.members[0])(user_id=partial.id, role=MemberRole.MEMBER)
    )
    session.commit()
    (decision,) = (d for d in prepared.decisions if d.application_id == rows[0].id)
    with pytest.raises(PermissionDenied):
        service.decide(ctx(partial), decision.id, Choice(DECLINE), version=decision.version)
