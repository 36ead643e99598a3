"""Awards: schemes, nominations, the panel, tiers, answers, announcing, revoking, and the money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    AccountKind,
    AuditEvent,
    Award,
    AwardPayment,
    AwardVote,
    Cause,
    CauseSide,
    Certificate,
    OutboxMessage,
    PaymentSource,
    PrivateCall,
    PrivateCallOfficer,
    Role,
)
from matchmaker.queries import award_payment as money
from matchmaker.queries.award_scheme import list_calls
from matchmaker.queries.award_vote import own_votes
from matchmaker.services import award as nominations
from matchmaker.services import (
    award_announcement,
    award_answer,
    award_money,
    award_payment,
    award_revocation,
    award_scheme,
    award_settlement,
    award_vote,
)
from matchmaker.services.award_scheme import SchemeValues
from matchmaker.services.engagement_stop import end_early
from matchmaker.workflows.award import AwardState as S
from matchmaker.workflows.award_payment import AwardPaymentState as P
from matchmaker.workflows.award_scheme import AwardSchemeState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.milestone import MilestoneAction, MilestoneState
from matchmaker.workflows.private_call import PrivateCallState

GOLD_SILVER = [
    {
        "code": "gold",
        "zh": "金獎",
        "en": "Gold",
        "minimum": 80,
        "limit": 1,
        "amount": 300_000,
        "share": None,
    },
    {
        "code": "silver",
        "zh": "銀獎",
        "en": "Silver",
        "minimum": 60,
        "limit": 1,
        "amount": None,
        "share": 50,
    },
]


class Case:
    """Three completed engagements of one call, a scheme of two tiers with one place each, a panel."""

    def __init__(self, make, ctx, session):
        self.make, self.ctx, self.session = make, ctx, session
        self.officer, self.second = make.officer(), make.officer()
        self.call = make.call()
        self.panel = [self.reviewer() for _ in range(2)]
        self.owner = make.user(kind=AccountKind.ENTERPRISE)
        organization = make.organization(self.owner)
        self.works = [self.work(organization) for _ in range(3)]
        self.scheme = make.award_scheme(self.call, tiers=GOLD_SILVER, budget=1_000_000)

    def reviewer(self):
        """Somebody whose address ties them to nobody."""
        email = f"panel{next(self.make.numbers)}@gmail.com"
        return self.make.user(Role.REVIEWER, kind=AccountKind.STAFF, email=email)

    def work(self, organization=None, state=EngagementState.COMPLETED):
        problem = self.make.problem(call=self.call, organization=organization)
        return self.make.engagement(state, problem=problem)

    def office(self, user=None):
        return self.ctx(user or self.officer)

    def lead(self, award):
        return self.ctx(award.engagement.team.members[0].user)

    def nominate(self):
        return [nominations.nominate(self.office(), w.id, citation="It runs.") for w in self.works]

    def judged(self, *points):
        """Nominated and judged by both with the same points on every criterion, for each work."""
        awards = self.nominate()
        self.session.commit()
        award_scheme.begin_panel(self.office(), self.call.id, version=self.scheme.version)
        for person in self.panel:
            award_vote.seat(self.office(), self.call.id, person.id)
        self.session.commit()
        for award, value in zip(awards, points, strict=True):
            for vote in self.votes(award):
                self.hand_in(vote, value)
        self.session.commit()
        return awards

    def votes(self, award):
        statement = sa.select(AwardVote).where(AwardVote.award_id == award.id)
        return self.session.scalars(statement.order_by(AwardVote.id)).all()

    def hand_in(self, vote, value, **changed):
        names = [row["id"] for row in self.scheme.criteria]
        values = {
            "scores": dict.fromkeys(names, value),
            "reasons": dict.fromkeys(names, "Seen on site."),
            "version": vote.version,
            **changed,
        }
        return award_vote.submit(self.ctx(vote.reviewer), vote.id, **values)

    def asked(self, *points):
        return self.ask(self.judged(*points))

    def ask(self, awards):
        award_settlement.settle_rest(self.office(), self.call.id)
        self.session.commit()
        award_settlement.ask_teams(self.office(), self.call.id, version=self.scheme.version)
        self.session.commit()
        return awards

    def letters(self):
        statement = sa.select(OutboxMessage.kind, OutboxMessage.user_id).where(
            OutboxMessage.kind.startswith("award.")
        )
        return self.session.execute(statement.order_by(OutboxMessage.id)).all()

    def payment(self, award, purpose="award"):
        statement = sa.select(AwardPayment).where(
            AwardPayment.engagement_id == award.engagement_id, AwardPayment.purpose == purpose
        )
        return self.session.scalar(statement)

    def values(self, **changed):
        row = self.scheme
        values = SchemeValues(
            content={"tiers": row.tiers, "criteria": row.criteria, "money": row.money},
            budget=row.budget,
            nominate_until=row.nominate_until,
            panel_until=row.panel_until,
            confirm_days=row.confirm_days,
            announce_on=row.announce_on,
        )
        return replace(values, **changed)


@pytest.fixture
def case(make, ctx, session):
    return Case(make, ctx, session)


def test_from_nomination_to_announcement_each_is_told_once_and_the_money_follows(case, session):
    first, second, third = awards = case.asked(4, 3, 1)
    assert [a.tier for a in awards] == ["gold", "silver", None]
    assert [a.state for a in awards] == [S.OFFERED, S.OFFERED, S.NOMINATED]
    assert [first.amount, second.amount] == [300_000, 50_000]  # G2 pays 100,000; silver half of it.
    assert (first.score, second.score, third.score) == (100.0, 75.0, 25.0)
    local = first.answer_until.astimezone(case.office().settings.timezone)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    budget = money.budget_of(session, case.call.id)
    assert (budget.committed, budget.due, budget.left) == (350_000, 0, 650_000)
    with pytest.raises(InvalidInput):
        award_announcement.announce(case.office(), case.call.id, version=case.scheme.version)
    session.rollback()
    for award in (first, second):
        assert award_answer.confirm(case.lead(award), award.id).state is S.CONFIRMED
    award_answer.confirm(case.lead(first), first.id)  # A second click.
    session.commit()
    before = len(case.letters())
    previews = award_announcement.preview(case.office(), case.scheme)
    award_announcement.announce(case.office(), case.call.id, version=case.scheme.version)
    session.commit()
    award_announcement.announce(case.office(case.second), case.call.id, version=1)
    session.commit()
    leads = [a.engagement.team.members[0].user_id for a in awards]
    assert case.letters()[before:] == [
        ("award.announced", leads[0]),
        ("award.owner", case.owner.id),
        ("award.announced", leads[1]),
        ("award.owner", case.owner.id),
        ("award.not_awarded", leads[2]),
    ]
    assert [one.reader.id for one in previews] == leads
    assert [a.state for a in awards] == [S.ANNOUNCED, S.ANNOUNCED, S.NOT_AWARDED]
    assert case.scheme.announcer_id == case.officer.id
    assert case.payment(first).state is P.DUE
    assert case.payment(first).due_amount == 300_000
    given = sa.select(sa.func.count(Certificate.id)).where(Certificate.award_id == first.id)
    assert session.scalar(given) == 2  # The team's and the lead's.


def test_killed_midway_nothing_is_announced_and_nobody_told(case, session, monkeypatch):
    first, _, _ = case.asked(4, 1, 1)
    award_answer.confirm(case.lead(first), first.id)
    session.commit()
    before, version = case.letters(), case.scheme.version
    told = award_announcement.tell

    def fails(ctx, award, kind, sides, **options):
        if kind == "award.not_awarded":
            raise ZeroDivisionError
        told(ctx, award, kind, sides, **options)

    monkeypatch.setattr(award_announcement, "tell", fails)
    with pytest.raises(ZeroDivisionError):
        award_announcement.announce(case.office(), case.call.id, version=version)
    session.rollback()
    assert case.letters() == before
    assert first.state is S.CONFIRMED
    assert case.scheme.state is AwardSchemeState.ASKING
    assert session.scalar(sa.select(sa.func.count(Certificate.id))) == 0


def test_a_refused_place_goes_to_the_next_in_line_and_what_it_leaves_to_the_one_after(
    case, session
):
    awards = case.judged(4, 4, 3)
    for vote in case.votes(awards[1])[:1]:  # One point less: no tie.
        case.hand_in(vote, 4, scores={**vote.scores, "AW5": 3})
    case.session.commit()
    first, second, third = case.ask(awards)
    assert [first.tier, second.tier, third.tier] == ["gold", "silver", None]
    award_answer.confirm(case.lead(second), second.id)
    award_answer.refuse(case.lead(first), first.id, reason="We go abroad.")
    session.commit()
    assert (first.state, first.refuse_reason) == (S.REFUSED, "We go abroad.")
    assert (second.tier, second.state, second.amount) == ("gold", S.OFFERED, 300_000)
    assert (third.tier, third.state, third.amount) == ("silver", S.OFFERED, 50_000)
    assert case.payment(first).state is P.CANCELLED
    assert money.budget_of(session, case.call.id).committed == 350_000
    assert [kind for kind, _ in case.letters()[-2:]] == ["award.moved_up"] * 2
    with pytest.raises(InvalidTransition):
        award_answer.confirm(case.lead(first), first.id)


def test_no_answer_lapses_once_after_one_reminder(case, session):
    first, _, third = case.asked(4, 1, 3)
    assert third.tier == "silver"
    first.answer_until = utcnow() + timedelta(hours=5)
    session.commit()
    trusted = replace(case.ctx(None), trusted=True)
    assert award_answer.follow(trusted) == {"lapsed": 0, "reminded": 1}
    assert award_answer.follow(trusted) == {"lapsed": 0, "reminded": 0}
    first.answer_until = utcnow() - timedelta(seconds=1)
    session.commit()
    with pytest.raises(DeadlinePassed):
        award_answer.confirm(case.lead(first), first.id)
    assert award_answer.follow(trusted) == {"lapsed": 1, "reminded": 0}
    session.commit()
    assert award_answer.follow(trusted) == {"lapsed": 0, "reminded": 0}
    assert first.state is S.LAPSED
    assert third.tier == "silver"  # Below what gold asks for: it stays.


def test_officers_deviate_with_a_reason_and_the_limits_stay(case, session):
    first, second, third = case.judged(4, 4, 1)
    with pytest.raises(InvalidTransition, match="same score"):
        award_settlement.settle_rest(case.office(), case.call.id)

    def settle(award, tier, reason=""):
        return award_settlement.settle(
            case.office(), award.id, tier=tier, reason=reason, note="", version=award.version
        )

    with pytest.raises(InvalidInput) as refused:
        settle(third, "gold")
    assert "reason" in refused.value.fields
    with pytest.raises(InvalidInput):
        settle(first, "platinum")
    settle(first, "gold")
    settle(second, "gold", "Both are equal.")
    settle(third, None)
    session.commit()
    found = [one.message.text for one in award_settlement.obstacles(case.office(), case.scheme)]
    assert found == ["The tier “%(code)s” has room for %(limit)s; settled are %(count)s."]
    with pytest.raises(InvalidInput):
        award_settlement.ask_teams(case.office(), case.call.id, version=case.scheme.version)
    session.rollback()
    settle(second, "silver")
    session.commit()
    assert second.deviation_reason == ""
    with pytest.raises(StaleVersion):
        award_settlement.settle(
            case.office(), second.id, tier="silver", reason="", note="", version=1
        )
    case.scheme.budget = 349_999
    session.commit()
    (short,) = award_settlement.obstacles(case.office(), case.scheme)
    assert short.message.params == {"new": "350,000", "left": "349,999"}


def test_who_may_nominate_and_what_stands_in_the_way(case, make, session):
    work = case.works[0]
    mentor, stranger = make.user(Role.MENTOR, kind=AccountKind.STAFF), make.user()
    work.mentor_id = mentor.id
    session.commit()
    team = case.ctx(work.team.members[0].user)
    with pytest.raises(PermissionDenied):
        nominations.propose(team, work.id, citation="Ours.")
    with pytest.raises(NotFound):
        nominations.propose(case.ctx(stranger), work.id, citation="Theirs.")
    with pytest.raises(PermissionDenied):
        nominations.nominate(case.ctx(case.owner), work.id, citation="Mine.")
    row = nominations.propose(case.ctx(case.owner), work.id, citation="It saves an hour a day.")
    assert row.state is S.PROPOSED
    session.commit()
    assert nominations.propose(case.ctx(case.owner), work.id, citation=row.citation).id == row.id
    with pytest.raises(InvalidTransition):
        nominations.propose(case.ctx(mentor), work.id, citation="Again.")
    nominations.nominate(case.office(), case.works[1].id, citation="Good.")
    with pytest.raises(InvalidTransition, match="Accept or turn down"):
        award_scheme.begin_panel(case.office(), case.call.id, version=case.scheme.version)
    with pytest.raises(InvalidInput):
        nominations.turn_down(case.office(), row.id, reason=" ", version=row.version)
    nominations.turn_down(case.office(), row.id, reason="Too early.", version=row.version)
    nominations.nominate(case.office(), work.id, citation="Now it runs.")
    session.commit()
    assert row.state is S.NOMINATED
    early = case.work(state=EngagementState.KICKOFF)
    with pytest.raises(Conflict, match="cannot be nominated"):
        nominations.nominate(case.office(), early.id, citation="Soon.")
    make.milestone(MilestoneState.FAILED, engagement=case.works[2])
    with pytest.raises(Conflict, match="cannot be nominated"):
        nominations.nominate(case.office(), case.works[2].id, citation="Nearly.")
    nominations.take_back(case.office(), row.id, reason="The owner asked.", version=row.version)
    assert row.state is S.TAKEN_BACK


def decide(row, action):
    """Bring a milestone that was handed in to a result."""
    row.apply(action)
    row.decided_at = utcnow()
    short = action is not MilestoneAction.REACH
    row.cause, row.side = (Cause.QUALITY, CauseSide.TEAM) if short else (None, None)
    row.reason = "Too slow." if short else ""


def test_the_panel_keeps_conflicts_out_and_hides_a_case_at_once(case, make, session):
    awards = case.nominate()
    session.commit()
    award_scheme.begin_panel(case.office(), case.call.id, version=case.scheme.version)
    member = case.reviewer()
    make.team(member, awards[1].engagement.team.members[0].user)  # They share another team.
    make.organization(member)
    assert award_vote.seat(case.office(), case.call.id, member.id) == 2
    with pytest.raises(Conflict):
        award_vote.assign(case.office(), awards[1].id, member.id)
    with pytest.raises(NotFound):
        award_vote.seat(case.office(), case.call.id, case.owner.id)
    session.commit()
    assert award_vote.seat(case.office(), case.call.id, member.id) == 0  # A second click.
    vote = case.votes(awards[0])[0]
    with pytest.raises(InvalidInput) as refused:
        case.hand_in(vote, 4, reasons={}, scores={"AW1": 9})
    assert {"AW1", "AW1_why", "AW5"} <= refused.value.fields.keys()
    with pytest.raises(NotFound):
        award_vote.submit(
            case.ctx(case.panel[0]), vote.id, scores={}, reasons={}, version=vote.version
        )
    assert case.hand_in(vote, 3).total == 75.0
    session.commit()
    with pytest.raises(StaleVersion):
        case.hand_in(vote, 2, version=1)
    award_vote.recuse(case.ctx(member), vote.id, reason="My cousin works there.")
    session.commit()
    assert [v.award_id for v in own_votes(session, member)] == [awards[2].id]
    other = case.votes(awards[2])[0]
    award_vote.release(case.office(), other.id, reason="Not needed.", version=other.version)
    session.commit()
    assert own_votes(session, member) == []
    assert award_vote.assign(case.office(), awards[2].id, member.id).state == "asked"


def test_the_scheme_is_frozen_once_the_panel_began_and_weighs_anew(case, session):
    awards = case.judged(4, 3, 1)
    criteria = [dict(row) for row in case.scheme.criteria]
    criteria[0]["weight"], criteria[1]["weight"] = 25, 30
    content = {"tiers": GOLD_SILVER, "criteria": criteria, "money": case.scheme.money}

    def save(**changed):
        version = case.scheme.version
        reason = changed.pop("reason", "")
        values = case.values(**changed)
        return award_scheme.save(
            case.office(), case.call.id, values, reason=reason, version=version
        )

    with pytest.raises(InvalidInput) as refused:
        save(content=content)
    assert list(refused.value.fields) == ["reason"]
    save(content=content, reason="The ministry changed the weights.")
    session.commit()
    (kept,) = case.scheme.versions
    assert (kept.number, case.scheme.number) == (1, 2)
    assert kept.content["criteria"][0]["weight"] == 30
    assert case.votes(awards[0])[0].scheme_number == 2
    for wrong, place in (
        ({**content, "criteria": criteria[:1]}, "criteria"),
        ({**content, "tiers": [{**GOLD_SILVER[0], "share": 5}]}, "tiers.0.amount"),
        (
            {**content, "money": {**content["money"], "shares": {"PoC/PoS": {"PoC": 1, "PoS": 2}}}},
            "money.PoC/PoS",
        ),
    ):
        with pytest.raises(InvalidInput) as refused:
            save(content=wrong, reason="Why not.")
        assert place in refused.value.fields
    admin = case.make.user(Role.ADMINISTRATOR, kind=AccountKind.STAFF)
    with pytest.raises(PermissionDenied):
        award_scheme.set_up(case.ctx(admin), case.call.id)
    with pytest.raises(NotFound):
        award_scheme.set_up(case.ctx(case.owner), case.call.id)


def test_stages_pay_as_the_grade_says_when_their_milestones_pass(case, make, session):
    trusted = replace(case.ctx(None), trusted=True)
    work = case.work(state=EngagementState.POC)
    work.stages = ["PoC", "PoS"]
    work.plan[0].share = 40
    session.commit()
    case.scheme.money = {**case.scheme.money, "shares": {"PoC/PoS": {"PoC": 30, "PoS": 70}}}
    session.commit()
    rows = award_payment.commit(trusted, work)
    assert [(row.purpose, row.amount) for row in rows] == [("PoC", 30_000), ("PoS", 70_000)]
    assert award_payment.commit(trusted, work) == []
    one = make.milestone(MilestoneState.PASSED, engagement=work)
    two = make.milestone(MilestoneState.SUBMITTED, engagement=work, number=2)
    award_payment.milestone_decided(trusted, one)
    assert rows[0].state is P.COMMITTED  # Another is open.
    decide(two, MilestoneAction.REACH_PARTLY)
    award_payment.milestone_decided(trusted, two)
    assert (rows[0].state, rows[0].due_amount) == (P.DUE, 15_000)
    session.commit()
    award_money.prepare(
        case.office(), rows[0].id, amount=15_000, reference="A-1", version=rows[0].version
    )
    session.commit()
    award_money.pay(case.office(), rows[0].id, paid_on=date(2026, 1, 2), version=rows[0].version)
    session.commit()
    two.apply(MilestoneAction.REOPEN)
    two.decided_at = two.cause = two.side = None
    award_payment.milestone_reopened(trusted, two)
    assert rows[0].state is P.RECLAIM
    decide(two, MilestoneAction.REACH)
    award_payment.milestone_decided(trusted, two)
    assert rows[0].state is P.PAID
    end_early(trusted, work, Cause.PRIORITIES, "The line moves abroad.")
    assert (rows[1].state, rows[1].reason) == (P.CANCELLED, "The work was stopped.")
    award_payment.engagement_resumed(trusted, work)
    assert rows[1].state is P.COMMITTED
    session.rollback()


def test_money_is_paid_by_two_officers_and_never_beyond_what_is_due(case, session):
    first, _, _ = case.asked(4, 1, 1)
    award_answer.confirm(case.lead(first), first.id)
    session.commit()
    award_announcement.announce(case.office(), case.call.id, version=case.scheme.version)
    session.commit()
    row = case.payment(first)

    def prepare(amount, reference="2026-0007"):
        return award_money.prepare(
            case.office(), row.id, amount=amount, reference=reference, version=row.version
        )

    for amount in (None, 0, -5, 300_001):
        with pytest.raises(InvalidInput):
            prepare(amount)
    with pytest.raises(InvalidInput):
        prepare(300_000, " ")
    with pytest.raises(NotFound):
        award_money.prepare(case.lead(first), row.id, amount=1, reference="x", version=row.version)
    prepare(300_000)
    session.commit()
    tomorrow = utcnow().date() + timedelta(days=2)
    with pytest.raises(InvalidInput):
        award_money.pay(case.office(case.second), row.id, paid_on=tomorrow, version=row.version)
    paid_on = date(2026, 1, 2)
    with pytest.raises(Conflict, match="another officer"):
        award_money.pay(case.office(), row.id, paid_on=paid_on, version=row.version)
    award_money.send_back(
        case.office(case.second), row.id, reason="Wrong number.", version=row.version
    )
    prepare(300_000, "2026-0008")
    session.commit()
    award_money.pay(case.office(case.second), row.id, paid_on=paid_on, version=row.version)
    session.commit()
    assert (row.state, row.preparer_id, row.approver_id) == (
        P.PAID,
        case.officer.id,
        case.second.id,
    )
    award_money.add_contribution(case.office(), first.engagement_id, purpose="award", amount=80_000)
    session.commit()
    public = money.budget_of(session, case.call.id)
    assert (public.paid, public.left) == (300_000, 700_000)
    assert money.budget_of(session, case.call.id, PaymentSource.OWNER).committed == 80_000
    with pytest.raises(InvalidInput) as refused:
        award_scheme.save(
            case.office(),
            case.call.id,
            case.values(budget=299_999),
            reason="Less.",
            version=case.scheme.version,
        )
    assert refused.value.fields["budget"][0].params == {"bound": "300,000"}


def test_revoking_ends_certificates_and_flags_what_was_paid(case, session):
    first, second, _ = case.asked(4, 3, 1)
    for award in (first, second):
        award_answer.confirm(case.lead(award), award.id)
    session.commit()
    award_announcement.announce(case.office(), case.call.id, version=case.scheme.version)
    session.commit()
    row = case.payment(second)
    award_money.prepare(case.office(), row.id, amount=50_000, reference="B", version=row.version)
    session.commit()
    award_money.pay(case.office(), row.id, paid_on=date(2026, 1, 2), version=row.version)
    session.commit()
    with pytest.raises(InvalidInput):
        award_revocation.revoke(case.office(), first.id, reason="", version=first.version)
    for award in (first, second):
        award_revocation.revoke(
            case.office(), award.id, reason="The figures were made up.", version=award.version
        )
    session.commit()
    award_revocation.revoke(case.office(case.second), first.id, reason="Again.", version=1)
    session.commit()
    assert (first.state, first.revoke_reason) == (S.REVOKED, "The figures were made up.")
    assert (case.payment(first).state, case.payment(second).state) == (P.CANCELLED, P.RECLAIM)
    kept = session.scalars(sa.select(Certificate.revoked_at)).all()
    assert kept
    assert None not in kept
    award_money.returned(case.office(), row.id, reason="Came in.", version=row.version)
    assert row.state is P.RETURNED
    award_scheme.reopen_nominations(
        case.office(), case.call.id, reason="More.", version=case.scheme.version
    )
    with pytest.raises(Conflict, match="cannot be nominated"):
        nominations.nominate(case.office(), first.engagement_id, citation="Again.")
    assert "award:revoke" in session.scalars(sa.select(AuditEvent.action)).all()


def test_work_beyond_the_budget_goes_on_and_waits_for_money(case, session):
    trusted = replace(case.ctx(None), trusted=True)
    work = case.work(state=EngagementState.POC)
    case.scheme.budget = 99_999
    session.commit()
    assert award_payment.commit(trusted, work) == []
    assert money.uncovered(session, case.call.id) == [work]
    assert {kind for kind, _ in case.letters()} == {"award.short"}
    award_scheme.save(
        case.office(), case.call.id, case.values(budget=200_000), version=case.scheme.version
    )
    session.commit()
    assert money.uncovered(session, case.call.id) == []
    assert money.budget_of(session, case.call.id).committed == 100_000


def test_awards_of_teams_and_houses_of_their_own_are_not_an_officers(case, make, session):
    award = make.award(S.NOMINATED, engagement=case.works[0], scheme=case.scheme, tier=None)
    inside = make.officer()
    make.team(inside)
    case.works[0].team.members.append(
        type(case.works[0].team.members[0])(user=inside, role="member")
    )
    session.commit()
    session.expire_all()
    with pytest.raises(NotFound):
        award_revocation.revoke(case.ctx(inside), award.id, reason="x", version=1)
    assert session.get(Award, award.id).state is S.NOMINATED


def test_an_in_house_call_is_run_by_its_own_officers_and_judged_by_its_own_people(
    make, ctx, session
):
    own, colleague, author, lead = (make.user(kind=AccountKind.ENTERPRISE) for _ in range(4))
    house = make.organization(own, colleague, author, lead)
    private = make.save(
        PrivateCall(call=make.call(), organization=house, state=PrivateCallState.OPEN)
    )
    make.save(PrivateCallOfficer(private_call=private, user=own))
    problem = make.problem(call=private.call, organization=house, author=author)
    work = make.engagement(EngagementState.COMPLETED, problem=problem, team=make.team(lead))
    session.commit()
    session.expire_all()
    national, reviewer = make.officer(), make.user(Role.REVIEWER, kind=AccountKind.STAFF)
    with pytest.raises(NotFound):
        award_scheme.set_up(ctx(national), private.call_id)
    scheme = award_scheme.set_up(ctx(own), private.call_id)
    row = nominations.nominate(ctx(own), work.id, citation="It runs in hall 3.")
    session.commit()
    award_scheme.begin_panel(ctx(own), private.call_id, version=scheme.version)
    with pytest.raises(NotFound):
        award_vote.assign(ctx(own), row.id, reviewer.id)
    for person in (own, lead):
        with pytest.raises(Conflict):
            award_vote.assign(ctx(own), row.id, person.id)
    assert award_vote.assign(ctx(own), row.id, colleague.id).reviewer_id == colleague.id
    session.commit()
    with pytest.raises(NotFound):
        award_settlement.settle(
            ctx(national), row.id, tier="gold", reason="", note="", version=row.version
        )
    assert list_calls(session, national) == []
    assert [line.call.id for line in list_calls(session, own)] == [private.call_id]
    assert money.payments_of_call(session, national, private.call_id) == []
