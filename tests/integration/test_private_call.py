"""In-house calls: who decides what of them, who is inside, and what stays there."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import (
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
    MemberRole,
    OrganizationKind,
    OutboxMessage,
    PrivateCall,
    PrivateCallTeam,
    Problem,
    Requirement,
    Team,
    TeamKind,
    TeamWork,
    User,
)
from matchmaker.policies.call import may_edit_call, visible_calls
from matchmaker.policies.match import may_review
from matchmaker.policies.problem import may_decide, visible_problems
from matchmaker.policies.scope import may_act_as_office, may_read_as_office, private_call_of
from matchmaker.policies.team import visible_teams
from matchmaker.queries import allocation_place, audit, match_run
from matchmaker.queries import job as jobs
from matchmaker.queries import private_call as queries
from matchmaker.queries.audit import AuditFilter
from matchmaker.queries.membership import GroupKind
from matchmaker.reports.export import records_of
from matchmaker.services import (
    allocation,
    data_terms,
    invitation,
    membership,
    private_call,
    private_call_team,
)
from matchmaker.services import match_run as runs
from matchmaker.services import problem as problems
from matchmaker.services import team as teams
from matchmaker.services.allocation_config import AllocationConfig
from matchmaker.services.audit import verify
from matchmaker.services.call import CallValues
from matchmaker.services.context import Context
from matchmaker.services.problem_values import ProblemValues
from matchmaker.services.team import TeamValues
from matchmaker.workflows.allocation import AllocationState
from matchmaker.workflows.private_call import (
    PRIVATE_CALL_WORKFLOW,
    PrivateCallAction,
    PrivateCallState,
)
from matchmaker.workflows.problem import ProblemState
from tests import private_world
from tests.factories import Factory
from tests.private_world import MOMENTS, PrivateWorld

Ctx = Callable[..., Context]
A, S = PrivateCallAction, PrivateCallState
VALUES = CallValues(name_zh="內部徵題", name_en="In-house", **MOMENTS)
TEAM = TeamValues(kind=TeamKind.CORPORATE, name_en="Inside team")


@pytest.fixture
def around(make: Factory) -> PrivateWorld:
    return private_world.surroundings(make)


@pytest.fixture
def opened(around: PrivateWorld, session: Session, ctx: Ctx) -> PrivateWorld:
    around.private = private_world.ask_and_open(ctx, around)
    session.commit()
    return around


def private_of(world: PrivateWorld) -> PrivateCall:
    assert world.private is not None
    return world.private


def actor(world: PrivateWorld, role: str) -> User:
    return world.outsiders.get(role) or getattr(world, role)


def ask(ctx: Ctx, world: PrivateWorld, **changes: object) -> PrivateCall:
    facts = {"purpose": "Try things out", "officer_ids": [world.lead.id], **changes}
    return private_call.request(ctx(world.lead), world.organization.id, VALUES, **facts)


class TestAsking:
    def test_a_lead_asks_and_the_office_opens(
        self, around: PrivateWorld, session: Session, ctx: Ctx
    ) -> None:
        private = ask(ctx, around)

        assert private.state is S.REQUESTED
        assert not may_act_as_office(around.lead, private.call)
        assert session.scalars(sa.select(Problem.id).where(visible_problems(around.lead))).all()
        officer = ctx(around.outsiders["officer"])
        private_call.decide(officer, private.id, A.OPEN, version=private.version, note="Go")
        assert private.state is S.OPEN
        assert may_act_as_office(around.lead, private.call)
        letters = session.scalars(
            sa.select(OutboxMessage.recipient).where(OutboxMessage.kind == "private_call.opened")
        ).all()
        assert set(letters) == {around.lead.email, around.second.email}

    def test_a_second_click_asks_once(self, around: PrivateWorld, ctx: Ctx) -> None:
        assert ask(ctx, around) is ask(ctx, around)

    @pytest.mark.parametrize(
        ("role", "reason"),
        [
            ("member", "Only a lead of the organization asks for an in-house call."),
            ("officer", "Only a lead of the organization asks for an in-house call."),
            ("other enterprise", "Only a lead of the organization asks for an in-house call."),
        ],
    )
    def test_others_do_not_ask(
        self, around: PrivateWorld, ctx: Ctx, role: str, reason: str
    ) -> None:
        with pytest.raises(PermissionDenied, match=reason):
            private_call.request(
                ctx(actor(around, role)),
                around.organization.id,
                VALUES,
                purpose="",
                officer_ids=[around.lead.id],
            )

    def test_only_those_who_set_problems_run_calls(self, make: Factory, ctx: Ctx) -> None:
        lead = make.user()
        university = make.organization(lead, kind=OrganizationKind.UNIVERSITY)

        with pytest.raises(PermissionDenied, match="enterprises and public bodies"):
            private_call.request(
                ctx(lead), university.id, VALUES, purpose="", officer_ids=[lead.id]
            )

    def test_officers_of_the_call_are_leads_of_the_organization(
        self, around: PrivateWorld, ctx: Ctx
    ) -> None:
        for ids in ([], [around.member.id], [around.outsiders["officer"].id]):
            with pytest.raises(InvalidInput) as caught:
                ask(ctx, around, officer_ids=ids)
            assert list(caught.value.fields) == ["officers"]

    def test_the_office_opens_one_itself_but_not_for_its_own_organization(
        self, around: PrivateWorld, session: Session, ctx: Ctx
    ) -> None:
        officer = around.outsiders["officer"]
        private = private_call.open_for(
            ctx(officer), around.organization.id, VALUES, purpose="", officer_ids=[around.lead.id]
        )
        assert private.state is S.OPEN

        private_world.join(session, around.organization, officer)
        session.expire_all()
        with pytest.raises(PermissionDenied, match="You belong to this organization"):
            private_call.open_for(
                ctx(officer),
                around.organization.id,
                VALUES,
                purpose="",
                officer_ids=[around.lead.id],
            )


#: Who may take which action; everybody else is told why not.
ALLOWED = {
    A.OPEN: {"officer"},
    A.DECLINE: {"officer"},
    A.WITHDRAW: {"lead", "second"},
    A.CLOSE: {"lead", "second"},
    A.REOPEN: {"lead", "second"},
}
REFUSALS = {
    A.OPEN: "Only programme officers open in-house calls.",
    A.DECLINE: "Only programme officers open in-house calls.",
    A.WITHDRAW: "Only a lead of the organization asks for an in-house call.",
    A.CLOSE: "Only the call’s own in-house officers do this.",
    A.REOPEN: "Only the call’s own in-house officers do this.",
}
KNOWING = ("lead", "second", "member", "solver", "officer", "administrator")


class TestDeciding:
    @pytest.mark.parametrize("state", list(S))
    def test_every_state_action_and_role(
        self, around: PrivateWorld, session: Session, ctx: Ctx, state: PrivateCallState
    ) -> None:
        private = ask(ctx, around, officer_ids=[around.lead.id, around.second.id])
        for step in PRIVATE_CALL_WORKFLOW.path(state):
            private.apply(step)
        session.commit()
        roles = (*KNOWING, "other enterprise", "other solver", "mentor", "reviewer")

        for action, role in itertools.product(A, roles):
            with session.begin_nested() as attempt:
                told = self.attempt(ctx(actor(around, role)), session, private.id, action)
                attempt.rollback()
            assert told == self.expected(state, action, role), (action, role)

    @staticmethod
    def attempt(ctx: Context, session: Session, private_id: int, action: A) -> object:
        """What the decision leads to, or why it is refused."""
        private = session.get_one(PrivateCall, private_id)
        try:
            private_call.decide(ctx, private_id, action, version=private.version, note="Why")
        except (NotFound, InvalidTransition) as error:
            return type(error)
        except PermissionDenied as error:
            return error.message.text
        event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        return private.state, event.action if event else None

    @staticmethod
    def expected(state: S, action: A, role: str) -> object:
        # Nobody is an officer of a call that has not begun: ending it needs one.
        is_started = state in (S.OPEN, S.CLOSED) or action not in (A.CLOSE, A.REOPEN)
        if role not in KNOWING:
            return NotFound
        if role not in ALLOWED[action] or not is_started:
            return REFUSALS[action]
        if not PRIVATE_CALL_WORKFLOW.can(state, action):
            return InvalidTransition
        return PRIVATE_CALL_WORKFLOW.target(state, action), f"private_call:{action}"

    def test_a_late_decision_and_one_without_a_reason_are_refused(
        self, around: PrivateWorld, session: Session, ctx: Ctx
    ) -> None:
        private = ask(ctx, around)
        officer = ctx(around.outsiders["officer"])

        with pytest.raises(StaleVersion):
            private_call.decide(officer, private.id, A.OPEN, version=private.version + 1)
        with pytest.raises(InvalidInput) as caught:
            private_call.decide(officer, private.id, A.DECLINE, version=private.version)
        assert list(caught.value.fields) == ["reason"]


class TestOfficers:
    def test_leads_name_and_release_leads_and_one_stays(
        self, opened: PrivateWorld, session: Session, ctx: Ctx
    ) -> None:
        private = private_of(opened)
        private_call.release_officer(ctx(opened.second), private.id, opened.lead.id)
        session.commit()
        assert not may_act_as_office(opened.lead, private.call)
        with pytest.raises(InvalidInput, match="There has to be an in-house officer"):
            private_call.release_officer(ctx(opened.second), private.id, opened.second.id)
        with pytest.raises(InvalidInput):
            private_call.name_officer(ctx(opened.second), private.id, opened.member.id)
        private_call.name_officer(ctx(opened.second), private.id, opened.lead.id)
        assert may_act_as_office(opened.lead, private.call)

    @pytest.mark.parametrize("role", ["member", "officer", "administrator"])
    def test_nobody_else_names_them(self, opened: PrivateWorld, ctx: Ctx, role: str) -> None:
        with pytest.raises(PermissionDenied, match="Only a lead of the organization names"):
            private_call.name_officer(
                ctx(actor(opened, role)), private_of(opened).id, opened.lead.id
            )

    def test_whoever_stops_being_a_lead_stops_being_an_officer(
        self, opened: PrivateWorld, session: Session, ctx: Ctx
    ) -> None:
        place = (GroupKind.ORGANIZATIONS, opened.organization.id, opened.second.id)
        membership.change_role(ctx(opened.lead), *place, MemberRole.MEMBER)
        session.commit()

        assert not may_act_as_office(opened.second, private_of(opened).call)
        assert not may_read_as_office(opened.second, private_of(opened).call)

    def test_officers_change_the_days_and_the_office_does_not(
        self, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        call = private_of(opened).call

        assert may_edit_call(opened.lead, call) is None
        why = may_edit_call(opened.outsiders["officer"], call)
        assert why == "Only the organization’s own officers decide in its in-house call."


class TestScope:
    def test_office_and_in_house_officers_do_not_reach_into_each_others_calls(
        self, make: Factory, opened: PrivateWorld
    ) -> None:
        inside = make.problem(
            ProblemState.SCREENING,
            call=opened.call,
            organization=opened.organization,
            author_id=opened.member.id,
        )
        national = make.problem(ProblemState.SCREENING, call=opened.national)
        officer = opened.outsiders["officer"]

        assert may_decide(opened.lead, inside) is None
        assert may_decide(officer, inside) == (
            "Only the organization’s own officers decide in its in-house call."
        )
        assert may_decide(opened.lead, national) == "Only programme officers decide on problems."
        assert may_decide(officer, national) is None

    def test_nobody_decides_on_what_they_wrote_or_on_their_own_team(
        self, make: Factory, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private = private_of(opened)
        written = make.problem(
            ProblemState.SCREENING,
            call=private.call,
            organization=opened.organization,
            author_id=opened.lead.id,
        )
        team = private_call_team.found(ctx(opened.second), private.id, TEAM).team

        assert may_decide(opened.lead, written) == (
            "You wrote this problem: another in-house officer has to decide."
        )
        assert may_decide(opened.second, written) is None
        assert may_review(opened.lead, written, team) == "You wrote this problem."
        assert may_review(opened.second, written, team) == "You are a member of this team."

    def test_nothing_is_decided_in_a_call_that_has_ended(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private = private_of(opened)
        inside = make.problem(
            ProblemState.SCREENING, call=private.call, organization=opened.organization
        )
        private_call.decide(
            ctx(opened.lead), private.id, A.CLOSE, version=private.version, note="Done"
        )

        assert "has ended" in str(may_decide(opened.lead, inside))
        assert may_read_as_office(opened.lead, private.call)

    def test_the_office_looks_inside_by_invitation_and_decides_nothing(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private, officer = private_of(opened), opened.outsiders["officer"]
        inside = make.problem(
            ProblemState.SCREENING, call=private.call, organization=opened.organization
        )

        def seen() -> bool:
            found = sa.select(Problem.id).where(visible_problems(officer), Problem.id == inside.id)
            return session.scalar(found) is not None

        assert not seen()
        private_call.invite_office(ctx(opened.lead), private.id)
        session.commit()
        assert seen()
        assert may_decide(officer, inside) is not None
        private_call.send_office_away(ctx(opened.lead), private.id)
        session.commit()
        assert not seen()

    @pytest.mark.parametrize("role", ["member", "officer", "administrator"])
    def test_only_in_house_officers_invite(self, opened: PrivateWorld, ctx: Ctx, role: str) -> None:
        with pytest.raises(PermissionDenied, match="Only the call’s own in-house officers"):
            private_call.invite_office(ctx(actor(opened, role)), private_of(opened).id)

    def test_who_knows_of_the_call(self, opened: PrivateWorld, session: Session) -> None:
        def knows(user: User | None) -> bool:
            return private_of(opened).call in session.scalars(
                sa.select(private_call.PrivateCall.call.property.mapper.class_).where(
                    visible_calls(user)
                )
            )

        assert knows(opened.lead)
        assert knows(opened.member)
        assert not any(knows(user) for user in (None, *opened.outsiders.values()))

    def test_every_row_of_the_inside_is_traced_to_the_call(
        self, make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
    ) -> None:
        world = private_world.surroundings(make)
        private_world.fill(make, session, ctx, run_jobs, world)
        private = private_of(world)

        rows = [world.problems[0], world.team, world.run, world.call]
        for kind in (Match, MatchReview, PrivateCallTeam, TeamWork, Requirement):
            rows.append(session.scalars(sa.select(kind).order_by(kind.id.desc())).first())
        for row in rows:
            assert row is not None
            assert private_call_of(session, row) is private
        assert private_call_of(session, world.national_problem) is None
        assert private_call_of(session, world.organization) is None


class TestProblems:
    def test_only_the_organization_sets_problems_and_only_while_the_call_runs(
        self, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private, rival = private_of(opened), opened.outsiders["other enterprise"]
        values = ProblemValues(title_en="Inside")
        own = {"organization_id": opened.organization.id, "call_id": private.call_id}
        (other_id,) = rival.organization_ids

        problem = problems.create(ctx(opened.member), **own, values=values)
        assert problem.call_id == private.call_id
        for person in (ctx(rival), ctx(None)):
            with pytest.raises(NotFound):
                problems.create(
                    person, organization_id=other_id, call_id=private.call_id, values=values
                )
        private_call.decide(
            ctx(opened.lead), private.id, A.CLOSE, version=private.version, note="Done"
        )
        with pytest.raises(NotFound):
            problems.create(ctx(opened.member), **own, values=values)

    def test_a_draft_of_another_organization_does_not_move_in(
        self, make: Factory, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        rival = opened.outsiders["other enterprise"]
        draft = make.problem(
            ProblemState.DRAFT,
            call=opened.national,
            organization=rival.organization_memberships[0].organization,
        )

        with pytest.raises(InvalidInput) as caught:
            problems.update(
                ctx(rival),
                draft.id,
                ProblemValues(title_en="Moved"),
                version=draft.version,
                call_id=opened.call.id,
            )
        assert list(caught.value.fields) == ["call_id"]


class TestTeams:
    def test_a_founded_team_and_its_history_are_the_organizations_own(
        self, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private, officer = private_of(opened), opened.outsiders["officer"]
        team = private_call_team.found(ctx(opened.solver), private.id, TEAM).team
        teams.update(
            ctx(opened.solver), team.id, TeamValues(kind=TEAM.kind, name_en="X"), version=None
        )
        session.commit()

        def sees(user: User | None) -> bool:
            found = sa.select(Team.id).where(visible_teams(user), Team.id == team.id)
            return session.scalar(found) is not None

        assert sees(opened.solver)
        assert sees(opened.lead)
        assert not sees(officer)
        assert not sees(opened.member)
        page = audit.trail(session, officer, AuditFilter(subject_type="Team"))
        assert [
            line.event.subject_id for line in page.items if line.event.subject_id == team.id
        ] == []
        inside = audit.trail(session, opened.lead, AuditFilter(subject_type="Team"))
        assert {line.event.action for line in inside.items} == {"team:create", "team:update"}

    def test_members_from_elsewhere_keep_a_team_out(
        self, make: Factory, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        stranger = make.user(name="Stranger")
        team = make.team(opened.solver, stranger, is_public=False)

        with pytest.raises(InvalidInput, match="Not so: Stranger"):
            private_call_team.register(
                ctx(opened.solver), private_of(opened).id, team.id, is_exclusive=True
            )

    def test_only_a_lead_of_the_team_from_the_organization_registers_it(
        self, make: Factory, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        team = make.team(opened.solver, opened.member)
        private = private_of(opened)

        with pytest.raises(PermissionDenied, match="Only a lead of the team registers it"):
            private_call_team.register(ctx(opened.member), private.id, team.id, is_exclusive=False)
        with pytest.raises(NotFound):
            private_call_team.register(
                ctx(opened.outsiders["other solver"]), private.id, team.id, is_exclusive=False
            )

    def test_a_team_that_others_know_cannot_be_hidden_but_takes_part_in_both(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        team = make.team(opened.solver, is_public=True)
        private = private_of(opened)

        with pytest.raises(InvalidInput, match="Everybody can see this team"):
            private_call_team.register(ctx(opened.solver), private.id, team.id, is_exclusive=True)
        place = private_call_team.register(
            ctx(opened.solver), private.id, team.id, is_exclusive=False
        )
        session.commit()
        assert not place.is_exclusive
        for call in (private.call, opened.national):
            found = match_run.all_teams(session, call.id)
            assert team in found
        found = sa.select(Team.id).where(visible_teams(None), Team.id == team.id)
        assert session.scalar(found) == team.id

    def test_a_team_that_leaves_stays_unknown_until_its_lead_lets_it_out(
        self, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private, officer = private_of(opened), opened.outsiders["officer"]
        team = private_call_team.found(ctx(opened.solver), private.id, TEAM).team
        session.commit()

        def known() -> bool:
            found = sa.select(Team.id).where(visible_teams(officer), Team.id == team.id)
            return session.scalar(found) is not None

        private_call_team.leave(ctx(opened.solver), private.id, team.id)
        session.commit()
        assert queries.registrations(session, private) == []
        assert not known()
        with pytest.raises(PermissionDenied, match="exists for an in-house call"):
            teams.publicise(ctx(opened.solver), team.id)
        private_call_team.release(ctx(opened.solver), private.id, team.id)
        session.commit()
        assert known()

    def test_only_people_of_the_organization_are_invited_and_join(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        team = private_call_team.found(ctx(opened.solver), private_of(opened).id, TEAM).team
        session.commit()
        place = (GroupKind.TEAMS, team.id)
        stranger = make.user()

        for email in (stranger.email, "nobody@elsewhere.example"):
            with pytest.raises(InvalidInput) as caught:
                invitation.send(ctx(opened.solver), *place, email=email, role=MemberRole.MEMBER)
            assert list(caught.value.fields) == ["email"]
        sent = invitation.send(
            ctx(opened.solver), *place, email=opened.member.email or "", role=MemberRole.MEMBER
        )
        session.commit()
        invitation.accept(ctx(opened.member), sent.id, consent=True)
        assert {member.user_id for member in team.members} == {opened.solver.id, opened.member.id}

    def test_a_team_with_somebody_who_left_the_organization_is_left_out_and_hidden_from_them(
        self, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        private = private_of(opened)
        team = private_call_team.found(ctx(opened.solver), private.id, TEAM).team
        session.commit()
        assert match_run.count_teams(session, private.call) == 1
        membership.leave(ctx(opened.solver), GroupKind.ORGANIZATIONS, opened.organization.id)
        session.commit()
        session.expire_all()

        assert match_run.count_teams(session, private.call) == 0
        assert match_run.all_teams(session, private.call_id) == []
        (line,) = queries.registrations(session, private)
        assert line.outsiders == [opened.solver]
        found = sa.select(Team.id).where(visible_teams(opened.solver), Team.id == team.id)
        assert session.scalar(found) is None


class TestDataRoom:
    def test_nobody_from_elsewhere_is_admitted_or_written_to(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        problem = make.problem(
            call=opened.call, organization=opened.organization, author_id=opened.member.id
        )

        for email in ("nobody@elsewhere.example", make.user().email or ""):
            with pytest.raises(InvalidInput) as caught:
                data_terms.admit(ctx(opened.member), problem.id, name="Somebody", email=email)
            assert list(caught.value.fields) == ["email"]
        admission = data_terms.admit(
            ctx(opened.member), problem.id, name="Colleague", email=opened.solver.email or ""
        )
        assert admission.problem_id == problem.id
        letters = sa.select(OutboxMessage.recipient).where(
            OutboxMessage.kind == "data_terms.admitted"
        )
        assert session.scalars(letters).all() == [opened.solver.email]


class TestMatching:
    def test_runs_read_their_own_side_only(
        self, make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
    ) -> None:
        world = private_world.surroundings(make)
        private_world.fill(make, session, ctx, run_jobs, world)
        national = runs.start_run(ctx(world.outsiders["officer"]), world.national.id)
        session.commit()
        run_jobs()
        session.expire_all()

        assert (national.n_problems, national.n_teams) == (2, 1)
        assert world.run is not None
        assert (world.run.n_problems, world.run.n_teams) == (1, 1)

    def test_an_in_house_run_is_started_by_its_officers_alone(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        make.problem(call=opened.call, organization=opened.organization)
        private_call_team.found(ctx(opened.solver), private_of(opened).id, TEAM)
        session.commit()

        for role in ("officer", "administrator", "other enterprise"):
            with pytest.raises(NotFound):
                runs.start_run(ctx(opened.outsiders[role]), opened.call.id)
        with pytest.raises(PermissionDenied, match="own officers decide"):
            runs.start_run(ctx(opened.member), opened.call.id)
        assert runs.start_run(ctx(opened.lead), opened.call.id).call_id == opened.call.id

    def test_an_in_house_allocation_is_its_officers_own(
        self, make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
    ) -> None:
        world = private_world.surroundings(make)
        private_world.fill(make, session, ctx, run_jobs, world)
        found, lock = world.allocation, world.lock
        assert found is not None
        assert lock is not None

        places = allocation_place.all_places(session, found)
        assert [(place.problem_id, place.team_id) for place in places] == [
            (lock.problem_id, lock.team_id)
        ]
        assert found.state is AllocationState.DONE
        for role in ("officer", "administrator", "other enterprise"):
            outsider = ctx(world.outsiders[role])
            with pytest.raises(NotFound):
                allocation.start_allocation(outsider, world.call.id, AllocationConfig())
            with pytest.raises(NotFound):
                allocation.deploy_allocation(outsider, found.id, version=found.version)
            with pytest.raises(NotFound):
                allocation.unlock_place(outsider, lock.id)
            with pytest.raises(NotFound):
                jobs.get_job(session, world.outsiders[role], found.job_id or 0)
        allocation.deploy_allocation(ctx(world.lead), found.id, version=found.version)
        assert found.state is AllocationState.DEPLOYED

    def test_whoever_wrote_the_problem_does_not_solve_it(
        self, make: Factory, session: Session, opened: PrivateWorld, ctx: Ctx
    ) -> None:
        problem = make.problem(
            call=opened.call, organization=opened.organization, author_id=opened.solver.id
        )
        own = private_call_team.found(ctx(opened.solver), private_of(opened).id, TEAM).team
        other = private_call_team.found(ctx(opened.member), private_of(opened).id, TEAM).team
        session.flush()

        clashes = match_run.conflicts(session, [problem.id], [own.id, other.id])
        assert clashes == {(problem.id, own.id): "author"}


class TestRecord:
    def test_the_office_reads_that_the_call_is_there_and_the_head_of_its_record(
        self, make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
    ) -> None:
        world = private_world.surroundings(make)
        private_world.fill(make, session, ctx, run_jobs, world)
        officer = world.outsiders["officer"]

        page = audit.trail(session, officer, AuditFilter())
        assert {line.event.action for line in page.items} == {
            "private_call:request",
            "private_call:open",
        }
        inside = audit.trail(session, world.lead, AuditFilter())
        assert {"match_run:publish", "match:endorse", "team:create"} <= {
            line.event.action for line in inside.items
        }
        head = queries.audit_head(session, private_of(world))
        assert (head.n_events, head.hash) == (inside.total, inside.items[0].event.hash)
        assert verify(session).broken_id is None

    def test_exports_for_other_installations_leave_it_out(
        self, make: Factory, session: Session, ctx: Ctx, run_jobs: Callable[[], int]
    ) -> None:
        world = private_world.surroundings(make)
        private_world.fill(make, session, ctx, run_jobs, world)

        for noun, count in (("calls", 1), ("problems", 2), ("teams", 1)):
            records = records_of(session, noun)
            assert len(records) == count
            assert private_world.MARK_EN not in repr(records)
