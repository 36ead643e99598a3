"""Reviewing pairs, standing rules and answers: every role, every refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

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
    AuditEvent,
    Match,
    MatchReview,
    MatchRun,
    OrganizationMember,
    PairRule,
    PairRuleKind,
    Role,
    User,
)
from matchmaker.policies.match import visible_matches
from matchmaker.queries import match as queries
from matchmaker.queries.match import Filter
from matchmaker.services import match as service
from matchmaker.services import match_run as runs
from matchmaker.services.context import Context
from matchmaker.services.match import Choice
from matchmaker.workflows.match import MatchAction, MatchState
from matchmaker.workflows.match_run import MatchRunState
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
A, S = MatchAction, MatchState


@pytest.fixture
def office(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def pairs(
    make: Factory, ctx: Ctx, office: User, session: Session, run_jobs: Callable[[], int]
) -> Sequence[Match]:
    """Three ranked pairs of one problem, under review."""
    problem = make.problem(organization=make.organization(make.user(), make.user()))
    for _number in range(3):
        make.team(make.user(), make.user())
    runs.start_run(ctx(office), problem.call_id)
    session.commit()
    run_jobs()
    return session.scalars(sa.select(Match).order_by(Match.problem_rank)).all()


def choice(match: Match) -> Choice:
    return Choice(match.id, match.version)


def publish(ctx: Context, *matches: Match) -> None:
    service.review(ctx, [choice(m) for m in matches], A.ENDORSE)
    run = matches[0].run
    ctx.session.flush()
    runs.publish_run(ctx, run.id, version=run.version)
    ctx.session.commit()


def lead_of(match: Match) -> User:
    return match.team.members[0].user


class TestReview:
    @pytest.mark.parametrize(
        ("action", "reason", "state"),
        [
            (A.ENDORSE, "", S.ENDORSED),
            (A.DECLINE, "Too far from the field.", S.DECLINED),
            (A.HOLD, "Ask about capacity.", S.HELD),
        ],
    )
    def test_one_pair_and_back(
        self,
        ctx: Ctx,
        office: User,
        session: Session,
        pairs: Sequence[Match],
        action: MatchAction,
        reason: str,
        state: MatchState,
    ) -> None:
        match = pairs[0]
        service.review(ctx(office), [choice(match)], action, reason=reason)
        session.commit()
        assert (match.state, match.reason) == (state, reason)
        service.review(ctx(office), [choice(match)], A.RESET)
        session.commit()
        assert (match.state, match.reason) == (S.SUGGESTED, "")
        kept = session.scalars(sa.select(MatchReview).order_by(MatchReview.id)).all()
        assert [(r.action, r.reason, r.user_id) for r in kept] == [
            (action, reason, office.id),
            ("reset", "", office.id),
        ]
        events = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.subject_type == "Match").order_by(AuditEvent.id)
        ).all()
        assert [event.action for event in events] == [f"match:{action}", "match:reset"]
        assert events[0].data == {"problem_id": match.problem_id, "team_id": match.team_id}

    def test_many_at_once_are_all_or_none(
        self, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        first, second, third = pairs
        stale = [choice(first), Choice(second.id, second.version + 1), choice(third)]
        with pytest.raises(StaleVersion):
            service.review(ctx(office), stale, A.HOLD, reason="Wait.")
        assert {m.state for m in pairs} == {S.SUGGESTED}
        service.review(ctx(office), [choice(m) for m in pairs], A.HOLD, reason="Wait.")
        session.commit()
        assert {(m.state, m.reason) for m in pairs} == {(S.HELD, "Wait.")}
        assert session.scalar(sa.select(sa.func.count(MatchReview.id))) == 3

    @pytest.mark.parametrize("action", [A.DECLINE, A.HOLD])
    def test_needs_a_reason(
        self, ctx: Ctx, office: User, pairs: Sequence[Match], action: MatchAction
    ) -> None:
        with pytest.raises(InvalidInput) as refusal:
            service.review(ctx(office), [choice(pairs[0])], action, reason="  ")
        assert str(refusal.value.fields["reason"][0]).startswith("Say why")

    def test_reason_has_a_limit(self, ctx: Ctx, office: User, pairs: Sequence[Match]) -> None:
        with pytest.raises(InvalidInput) as refusal:
            service.review(ctx(office), [choice(pairs[0])], A.HOLD, reason="x" * 2001)
        assert str(refusal.value.fields["reason"][0]) == "Please use at most 2000 characters."

    def test_two_officers_at_once(
        self, make: Factory, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        match, seen = pairs[0], choice(pairs[0])
        service.review(ctx(office), [seen], A.ENDORSE)
        session.commit()
        with pytest.raises(StaleVersion, match="Somebody else decided"):
            service.review(ctx(make.officer()), [seen], A.DECLINE, reason="Not our grade.")
        assert match.state is S.ENDORSED
        # The same decision a second time, by a double click or a second officer, is no fault.
        service.review(ctx(make.officer()), [seen], A.ENDORSE)
        session.commit()
        assert session.scalar(sa.select(sa.func.count(MatchReview.id))) == 1

    @pytest.mark.parametrize("roles", [(), (Role.REVIEWER,)])
    def test_strangers_know_of_no_pair(
        self, make: Factory, ctx: Ctx, pairs: Sequence[Match], roles: tuple[Role, ...]
    ) -> None:
        with pytest.raises(NotFound):
            service.review(ctx(make.user(*roles)), [choice(pairs[0])], A.ENDORSE)

    def test_administrators_only_read(
        self, make: Factory, ctx: Ctx, pairs: Sequence[Match]
    ) -> None:
        with pytest.raises(PermissionDenied, match="Only programme officers review"):
            service.review(ctx(make.user(Role.ADMINISTRATOR)), [choice(pairs[0])], A.ENDORSE)

    def test_nobody_reviews_in_their_own_cause(
        self, make: Factory, ctx: Ctx, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        owner, member, colleague = make.officer(), make.officer(), make.officer()
        session.add(
            OrganizationMember(organization_id=match.problem.organization_id, user_id=owner.id)
        )
        match.team.organization_id = make.organization(colleague).id
        from matchmaker.models import TeamMember

        session.add(TeamMember(team_id=match.team_id, user_id=member.id))
        session.commit()
        session.expire_all()
        for officer, reason in (
            (owner, "You belong to the organization that owns this problem."),
            (member, "You are a member of this team."),
            (colleague, "You belong to this team's organization."),
        ):
            with pytest.raises(PermissionDenied) as refusal:
                service.review(ctx(officer), [choice(match)], A.HOLD, reason="Wait.")
            assert str(refusal.value) == reason
            with pytest.raises(PermissionDenied) as refusal:
                service.rule_pair(ctx(officer), match.id, PairRuleKind.PIN, reason="Good.")
            assert str(refusal.value) == reason

    def test_a_conflict_that_came_up_since_bars_endorsing(
        self, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        organization_id = match.problem.organization_id
        session.add(OrganizationMember(organization_id=organization_id, user_id=lead_of(match).id))
        session.commit()
        with pytest.raises(Conflict, match="a conflict of interest"):
            service.review(ctx(office), [choice(match)], A.ENDORSE)
        service.review(ctx(office), [choice(match)], A.DECLINE, reason="Conflict.")
        assert match.state is S.DECLINED

    def test_a_published_run_is_closed(
        self, ctx: Ctx, office: User, pairs: Sequence[Match]
    ) -> None:
        publish(ctx(office), pairs[0])
        for match in pairs[:2]:
            with pytest.raises(InvalidTransition, match="not under review any more"):
                service.review(ctx(office), [choice(match)], A.HOLD, reason="Wait.")

    def test_nothing_chosen_too_much_chosen_unknown(
        self, ctx: Ctx, office: User, pairs: Sequence[Match]
    ) -> None:
        with pytest.raises(InvalidInput, match="Choose at least one pair"):
            service.review(ctx(office), [], A.ENDORSE)
        with pytest.raises(InvalidInput, match="too many pairs"):
            service.review(ctx(office), [choice(pairs[0])] * 201, A.ENDORSE)
        with pytest.raises(NotFound):
            service.review(ctx(office), [Choice(999, 1)], A.ENDORSE)
        with pytest.raises(InvalidTransition):
            service.review(ctx(office), [choice(pairs[0])], A.ACCEPT)
        with pytest.raises(InvalidTransition):
            service.review(ctx(office), [Choice(pairs[0].id, pairs[0].version)], A.INVITE)


class TestRules:
    def test_pin_and_lift(
        self, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        last = pairs[-1]
        rule = service.rule_pair(ctx(office), last.id, PairRuleKind.PIN, reason="Knows the plant.")
        session.commit()
        session.expire_all()
        assert (rule.kind, rule.reason, rule.user_id) == ("pin", "Knows the plant.", office.id)
        assert last.pinned is True
        listed = queries.list_pairs(
            session, last.run, Filter(problem_id=last.problem_id, with_weak=True)
        ).items
        assert next(m.id for m in listed if m.band is last.band) == last.id
        service.lift_rule(ctx(office), rule.id)
        session.commit()
        session.expire_all()
        assert last.pinned is False
        assert session.scalars(sa.select(PairRule)).all() == []

    def test_ban_declines_bars_and_can_be_lifted(
        self, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        service.review(ctx(office), [choice(match)], A.ENDORSE)
        session.flush()
        rule = service.rule_pair(ctx(office), match.id, PairRuleKind.BAN, reason="They fell out.")
        session.commit()
        assert (match.state, match.reason) == (S.DECLINED, "They fell out.")
        with pytest.raises(Conflict, match="This pair is banned"):
            service.review(ctx(office), [choice(match)], A.ENDORSE)
        service.lift_rule(ctx(office), rule.id)
        session.commit()
        service.review(ctx(office), [choice(match)], A.ENDORSE)
        assert match.state is S.ENDORSED

    def test_a_pin_replaces_a_ban(
        self, ctx: Ctx, office: User, session: Session, pairs: Sequence[Match]
    ) -> None:
        for kind in (PairRuleKind.BAN, PairRuleKind.PIN):
            service.rule_pair(ctx(office), pairs[0].id, kind, reason=f"Because {kind}.")
            session.commit()
        rule = session.scalars(sa.select(PairRule)).one()
        assert (rule.kind, rule.reason) == (PairRuleKind.PIN, "Because pin.")

    def test_needs_reason_and_officer(
        self, make: Factory, ctx: Ctx, office: User, pairs: Sequence[Match]
    ) -> None:
        with pytest.raises(InvalidInput, match="Say why"):
            service.rule_pair(ctx(office), pairs[0].id, PairRuleKind.PIN, reason=" ")
        admin = ctx(make.user(Role.ADMINISTRATOR))
        with pytest.raises(PermissionDenied, match="Only programme officers pin"):
            service.rule_pair(admin, pairs[0].id, PairRuleKind.PIN, reason="Good.")
        with pytest.raises(NotFound):
            service.rule_pair(ctx(make.user()), pairs[0].id, PairRuleKind.PIN, reason="Good.")
        with pytest.raises(NotFound):
            service.lift_rule(ctx(make.user()), 1)


class TestAnswers:
    @pytest.fixture(autouse=True)
    def _published(self, ctx: Ctx, office: User, pairs: Sequence[Match]) -> None:
        publish(ctx(office), pairs[0])

    def test_interested_then_not_then_again(
        self, ctx: Ctx, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        lead = ctx(lead_of(match))
        service.answer(lead, match.id, interested=True, version=match.version)
        session.commit()
        assert match.state is S.ACCEPTED
        service.answer(
            lead,
            match.id,
            interested=False,
            version=match.version,
            reason_code="time",
            reason="Until March.",
        )
        session.commit()
        assert (match.state, match.reason_code, match.reason) == (S.REFUSED, "time", "Until March.")
        service.answer(lead, match.id, interested=True, version=match.version)
        session.commit()
        assert (match.state, match.reason_code, match.reason) == (S.ACCEPTED, "", "")
        kept = session.scalars(sa.select(MatchReview).where(MatchReview.user_id == lead.actor.id))
        assert [(r.action, r.reason_code) for r in kept] == [
            ("accept", ""),
            ("refuse", "time"),
            ("accept", ""),
        ]
        events = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert events[-3:] == ["match:accept", "match:refuse", "match:accept"]

    def test_double_click_counts_once(
        self, ctx: Ctx, session: Session, pairs: Sequence[Match]
    ) -> None:
        match, lead = pairs[0], ctx(lead_of(pairs[0]))
        seen = match.version
        for _time in range(2):
            service.answer(lead, match.id, interested=True, version=seen)
            session.commit()
        kept = session.scalars(sa.select(MatchReview).where(MatchReview.action == "accept")).all()
        assert len(kept) == 1

    def test_stale_version(self, ctx: Ctx, session: Session, pairs: Sequence[Match]) -> None:
        match, lead = pairs[0], ctx(lead_of(pairs[0]))
        seen = match.version
        service.answer(lead, match.id, interested=True, version=seen)
        session.commit()
        with pytest.raises(StaleVersion, match="Somebody in your team answered"):
            service.answer(lead, match.id, interested=False, version=seen, reason_code="field")
        assert match.state is S.ACCEPTED

    def test_not_interested_needs_a_reason(self, ctx: Ctx, pairs: Sequence[Match]) -> None:
        match, lead = pairs[0], ctx(lead_of(pairs[0]))
        for code, field in (("", "reason_code"), ("nonsense", "reason_code"), ("other", "reason")):
            with pytest.raises(InvalidInput) as refusal:
                service.answer(
                    lead, match.id, interested=False, version=match.version, reason_code=code
                )
            assert list(refusal.value.fields) == [field]

    def test_only_leads_answer(
        self, make: Factory, ctx: Ctx, office: User, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        member = match.team.members[1].user
        with pytest.raises(PermissionDenied, match="Only a lead"):
            service.answer(ctx(member), match.id, interested=True, version=match.version)
        with pytest.raises(PermissionDenied, match="Only a lead"):
            service.answer(ctx(office), match.id, interested=True, version=match.version)
        stranger = lead_of(pairs[1])
        for actor in (stranger, make.user()):
            with pytest.raises(NotFound):
                service.answer(ctx(actor), match.id, interested=True, version=match.version)
        with pytest.raises(NotFound):  # Suggested only: the team knows nothing of it.
            service.answer(ctx(stranger), pairs[1].id, interested=True, version=1)

    def test_not_after_the_deadline(
        self, ctx: Ctx, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        match.problem.deadline_at = utcnow() - timedelta(minutes=1)
        session.commit()
        with pytest.raises(DeadlinePassed, match="no longer open"):
            service.answer(ctx(lead_of(match)), match.id, interested=True, version=match.version)

    def test_not_to_an_older_matching(
        self, ctx: Ctx, session: Session, pairs: Sequence[Match]
    ) -> None:
        match = pairs[0]
        session.execute(sa.update(MatchRun).values(state=MatchRunState.SUPERSEDED))
        session.commit()
        session.expire_all()
        with pytest.raises(Conflict, match="newer matching"):
            service.answer(ctx(lead_of(match)), match.id, interested=True, version=match.version)


class TestSeeing:
    def seen(self, session: Session, actor: User | None) -> set[int]:
        return set(session.scalars(sa.select(Match.id).where(visible_matches(actor))))

    def test_before_publishing_only_the_office_knows(
        self, make: Factory, session: Session, office: User, pairs: Sequence[Match]
    ) -> None:
        everything = {m.id for m in pairs}
        owner = pairs[0].problem.organization.members[0].user
        assert self.seen(session, office) == everything
        assert self.seen(session, make.user(Role.ADMINISTRATOR)) == everything
        for actor in (None, owner, lead_of(pairs[0]), make.user(Role.REVIEWER)):
            assert self.seen(session, actor) == set()

    def test_after_publishing_both_sides_know_what_was_endorsed(
        self, ctx: Ctx, session: Session, office: User, pairs: Sequence[Match]
    ) -> None:
        first, second, third = pairs
        service.review(ctx(office), [choice(third)], A.DECLINE, reason="No.")
        publish(ctx(office), first, second)
        owner = first.problem.organization.members[0].user
        assert self.seen(session, owner) == {first.id, second.id}
        assert self.seen(session, lead_of(first)) == {first.id}
        assert self.seen(session, lead_of(third)) == set()
        assert [m.id for m in queries.candidates(session, first.problem)] == [first.id, second.id]
        assert [m.id for m in queries.recommendations(session, first.team)] == [first.id]
        assert queries.recommendations(session, third.team) == []

    def test_pages_of_owner_and_team_are_theirs(
        self, make: Factory, session: Session, office: User, pairs: Sequence[Match]
    ) -> None:
        problem, team = pairs[0].problem, pairs[0].team
        owner = problem.organization.members[1].user
        for actor in (office, owner, make.user(Role.ADMINISTRATOR)):
            assert queries.get_owned_problem(session, actor, problem.id) is problem
        with pytest.raises(PermissionDenied, match="Only the owner"):
            queries.get_owned_problem(session, lead_of(pairs[0]), problem.id)
        member = team.members[1].user
        for actor in (office, member):
            assert queries.get_own_team(session, actor, team.id) is team
        with pytest.raises(PermissionDenied, match="Only the team"):
            queries.get_own_team(session, owner, team.id)
        team.is_public = False
        with pytest.raises(NotFound):
            queries.get_own_team(session, owner, team.id)
        with pytest.raises(NotFound):
            queries.get_owned_problem(session, owner, 999)


class TestLists:
    def test_filters_and_weak_ones(
        self, session: Session, office: User, ctx: Ctx, pairs: Sequence[Match]
    ) -> None:
        first, second, third = pairs
        session.execute(sa.update(Match).where(Match.id == third.id).values(band="weak"))
        session.commit()
        run, problem_id = first.run, first.problem_id
        listed = queries.list_pairs(session, run, Filter(problem_id=problem_id)).items
        assert [m.id for m in listed] == [first.id, second.id]
        assert queries.count_weak(session, run, Filter(problem_id=problem_id)) == 1
        shown = queries.list_pairs(session, run, Filter(problem_id=problem_id, with_weak=True))
        assert [m.id for m in shown.items] == [first.id, second.id, third.id]
        by_name = Filter(problem_id=problem_id, text=second.team.name_en.upper())
        assert [m.id for m in queries.list_pairs(session, run, by_name).items] == [second.id]
        wild = Filter(problem_id=problem_id, text="%")
        assert queries.list_pairs(session, run, wild).total == 0
        service.review(ctx(office), [choice(first)], A.ENDORSE)
        session.flush()
        endorsed = Filter(problem_id=problem_id, state=S.ENDORSED)
        assert [m.id for m in queries.list_pairs(session, run, endorsed).items] == [first.id]
        by_team = Filter(team_id=first.team_id, with_weak=True)
        assert [m.id for m in queries.list_pairs(session, run, by_team).items] == [first.id]

    def test_counts(self, session: Session, office: User, ctx: Ctx, pairs: Sequence[Match]) -> None:
        service.review(ctx(office), [choice(pairs[0])], A.ENDORSE)
        session.flush()
        (line,) = queries.problem_lines(session, pairs[0].run)
        assert (line.new, line.chosen, line.wanted, line.is_short) == (2, 1, 1, False)
        lines = queries.team_lines(session, pairs[0].run)
        assert [line.chosen for line in lines if line.id == pairs[0].team_id] == [1]
