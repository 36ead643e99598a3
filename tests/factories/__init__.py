"""Plain rows for tests. Each method commits, so that other connections see the row."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.application_parts import DEFAULT_PARTS, stages_of, write_parts
from matchmaker.assessment.award_scheme import shipped_award_scheme
from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.models import (
    AccountKind,
    Application,
    ApplicationOrigin,
    ApplicationPerson,
    ApplicationRevision,
    Award,
    AwardScheme,
    BrokerAssignment,
    Call,
    CallRules,
    Cause,
    CauseSide,
    Engagement,
    EngagementStage,
    KickoffItem,
    KickoffKey,
    MemberRole,
    Milestone,
    MilestoneDecision,
    MilestoneOutcome,
    MilestoneVersion,
    Organization,
    OrganizationKind,
    OrganizationMember,
    Problem,
    Requirement,
    Role,
    RoleGrant,
    Screening,
    ScreeningOutcome,
    Team,
    TeamCompetency,
    TeamKind,
    TeamMember,
    TeamWork,
    User,
)
from matchmaker.models.cause import SIDE_OF
from matchmaker.services.application_receipt import content_hash, people_of
from matchmaker.workflows.application import APPLICATION_WORKFLOW, ApplicationState
from matchmaker.workflows.award import AWARD_WORKFLOW, AwardState
from matchmaker.workflows.engagement import (
    ENDED_STATES,
    STAGE_NAMES,
    STAGE_STATES,
    START_ACTIONS,
    EngagementAction,
    EngagementState,
)
from matchmaker.workflows.milestone import DECIDED_STATES, MILESTONE_WORKFLOW, MilestoneState
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemState


class Factory:
    """Makes rows with sensible values; keyword arguments replace them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.numbers = itertools.count(1)

    def save(self, row: Any) -> Any:
        self.session.add(row)
        self.session.commit()
        return row

    def user(self, *roles: Role, **values: Any) -> User:
        number = next(self.numbers)
        values = {
            "email": f"person{number}@example.com",
            "name": f"Person {number}",
            "kind": AccountKind.SOLVER,
            "locale": "en",
            "confirmed_at": utcnow(),
            **values,
        }
        return self.save(User(**values, role_grants=[RoleGrant(role=role) for role in roles]))

    def officer(self, **values: Any) -> User:
        return self.user(Role.OFFICER, kind=AccountKind.STAFF, **values)

    def organization(self, *members: User, **values: Any) -> Organization:
        number = next(self.numbers)
        values = {
            "name_en": f"Company {number}",
            "name_zh": f"公司{number}",
            "kind": OrganizationKind.ENTERPRISE,
            "sector": "IND-MFG",
            **values,
        }
        roles = [MemberRole.LEAD, *[MemberRole.MEMBER] * len(members)]
        rows = [
            OrganizationMember(user=user, role=role)
            for user, role in zip(members, roles, strict=False)
        ]
        return self.save(Organization(**values, members=rows))

    def call(self, **values: Any) -> Call:
        number = next(self.numbers)
        values = {
            "external_id": f"C{number}",
            "name_zh": f"第 {number} 次徵題",
            "name_en": f"Call {number}",
            "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
            "closes_at": datetime(2099, 1, 1, tzinfo=UTC),
            **values,
        }
        return self.save(Call(**values))

    def call_rules(self, call: Call, **values: Any) -> CallRules:
        """Rules under which teams can apply now."""
        now = utcnow().replace(second=0, microsecond=0)
        values = {
            "applications_open_at": now - timedelta(days=10),
            "applications_close_at": now + timedelta(days=10),
            "parts": write_parts(DEFAULT_PARTS),
            "eligibility": [],
            **values,
        }
        return self.save(CallRules(call=call, **values))

    def application(
        self,
        problem: Problem,
        team: Team,
        state: ApplicationState = ApplicationState.SUBMITTED,
        **values: Any,
    ) -> Application:
        """An application in *state*, written in full and, but for a draft, handed in."""
        text = f"{team.name_en} will build, test and hand over a working system for the line. " * 3
        values = {
            "parts": {part.id: "450,000" if part.id == "price" else text for part in DEFAULT_PARTS},
            "origin": ApplicationOrigin.OWN,
            "lead": team.members[0].user if team.members else None,
            **values,
        }
        row = Application(call=problem.call, problem=problem, team=team, **values)
        count = max(1, len(team.members))
        row.people = [
            ApplicationPerson(
                user=place.user,
                position=number,
                role="Builds it",
                share=100 // count + (not number) * (100 % count),
            )
            for number, place in enumerate(team.members)
        ]
        self.session.add(row)
        self.session.flush()
        if state not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN):
            self._hand_in(row)
        for action in APPLICATION_WORKFLOW.path(state):
            row.apply(action)
        if state is ApplicationState.WITHDRAWN:
            row.withdrawn_at = utcnow()
        return self.save(row)

    def engagement(
        self, state: EngagementState = EngagementState.KICKOFF, **values: Any
    ) -> Engagement:
        """An engagement in *state*; without *problem* and *team* both are made, each with a lead.

        Pass ``stages`` to have others than the problem's grade names.
        """
        problem = values.pop("problem", None) or self.problem(
            ProblemState.SOLVING
            if state is not EngagementState.KICKOFF
            else ProblemState.PUBLISHED,
            organization=self.organization(self.user(kind=AccountKind.ENTERPRISE)),
        )
        team = values.pop("team", None) or self.team(self.user())
        application = values.pop("application", None) or self.application(
            problem, team, ApplicationState.CONFIRMED
        )
        now = utcnow().replace(second=0, microsecond=0)
        stages = values.pop("stages", None) or list(stages_of(problem.grade))
        if STAGE_NAMES.get(state, stages[0]) not in stages:
            stages = list(STAGE_STATES)
        opened_at = values.pop("opened_at", now - timedelta(days=20))
        kickoff_due = opened_at + timedelta(days=14)
        plan = [
            EngagementStage(
                stage=stage, position=n, due_at=kickoff_due + timedelta(days=56 * (n + 1))
            )
            for n, stage in enumerate(stages)
        ]
        values = {
            "call": problem.call,
            "opened_at": opened_at,
            "kickoff_due_at": kickoff_due,
            "due_at": plan[-1].due_at,
            **values,
        }
        row = Engagement(
            application=application, problem=problem, team=team, stages=stages, **values
        )
        row.plan, row.items = plan, [KickoffItem(key=key) for key in KickoffKey]
        self._bring(row, state)
        return self.save(row)

    @staticmethod
    def _bring(row: Engagement, state: EngagementState) -> None:
        """Take an engagement through its stages to *state*; one that stopped did in its first."""
        if state is EngagementState.KICKOFF:
            return
        row.started_at = row.opened_at + timedelta(days=7)
        for item in row.items:
            item.done_at = row.started_at
        for stage in row.stages:
            row.apply(START_ACTIONS[stage])
            row.planned(stage).started_at = row.started_at
            if STAGE_STATES[stage] is state or state is EngagementState.STOPPED:
                break
        if state in ENDED_STATES:
            row.ended_at, row.ended_from = utcnow(), row.state
            is_stop = state is EngagementState.STOPPED
            if is_stop:
                row.stop_cause, row.stop_side = Cause.PRIORITIES, CauseSide.OWNER
                row.stop_reason = "The owner moved the line abroad."
            row.apply(EngagementAction.STOP if is_stop else EngagementAction.COMPLETE)

    def milestone(self, state: MilestoneState = MilestoneState.PLANNED, **values: Any) -> Milestone:
        """A milestone in *state*; without *engagement* one in its first stage is made.

        Whatever was handed in is one version, on time; what fell short did so by the team's side
        unless *cause* says otherwise.
        """
        engagement = values.pop("engagement", None) or self.engagement(EngagementState.POC)
        stage = values.pop("stage", None) or engagement.stage or engagement.stages[0]
        cause = values.pop("cause", None)
        values = {
            "number": 1,
            "title": "Model on last year's data",
            "asked": "A report and the code.",
            "due_at": engagement.planned(stage).due_at,
            **values,
        }
        row = Milestone(engagement=engagement, stage=stage, **values)
        self.session.add(row)
        handed_in = state not in (
            MilestoneState.PLANNED,
            MilestoneState.CANCELLED,
            MilestoneState.DROPPED,
        )
        if handed_in:
            self._hand_in_version(row)
        for action in MILESTONE_WORKFLOW.path(state):
            row.apply(action)
        if state is MilestoneState.CHANGES_REQUESTED:
            row.changes_due_at = utcnow() + timedelta(days=7)
        if state in DECIDED_STATES:
            self._decide(row, cause)
        return self.save(row)

    def _hand_in_version(self, row: Milestone) -> None:
        now = utcnow().replace(microsecond=0)
        version = MilestoneVersion(
            number=1,
            text="The model finds 9 of 10 defects.",
            submitted_at=now,
            due_at=row.due_at,
            content_hash="0" * 64,
        )
        row.versions.append(version)
        row.text, row.submitted_at = version.text, now
        row.review_due_at = now + timedelta(days=7)

    @staticmethod
    def _decide(row: Milestone, cause: Cause | None) -> None:
        """The result that the state of *row* says, once."""
        if row.state is not MilestoneState.PASSED:
            row.cause = cause or Cause.QUALITY
            row.side, row.reason = SIDE_OF[row.cause], "It finds fewer defects than agreed."
        row.decided_at = utcnow()
        row.decisions.append(
            MilestoneDecision(
                milestone_version=row.standing,
                outcome=MilestoneOutcome(row.state.value),
                cause=row.cause,
                side=row.side,
                reason=row.reason,
                decided_at=row.decided_at,
            )
        )

    def award_scheme(self, call: Call, **values: Any) -> AwardScheme:
        """The scheme that ships, open for nominations, with a budget of five million."""
        shipped = shipped_award_scheme()
        values = {
            "budget": 5_000_000,
            **{name: shipped[name] for name in ("tiers", "criteria", "money")},
            **values,
        }
        return self.save(AwardScheme(call=call, **values))

    def award(self, state: AwardState = AwardState.ANNOUNCED, **values: Any) -> Award:
        """An award in *state*; without *engagement* a completed one is made, and a scheme at need."""
        engagement = values.pop("engagement", None) or self.engagement(EngagementState.COMPLETED)
        scheme = values.pop("scheme", None) or self.session.scalar(
            sa.select(AwardScheme).where(AwardScheme.call_id == engagement.call_id)
        )
        now = utcnow()
        values = {
            "tier": "gold",
            "amount": 300_000,
            "is_settled": True,
            "score": 88.0,
            "raw_score": 88.0,
            "nominated_at": now,
            "citation": "The line runs with it.",
            **values,
        }
        row = Award(
            engagement=engagement,
            call_id=engagement.call_id,
            scheme=scheme or self.award_scheme(engagement.call),
            **values,
        )
        for action in AWARD_WORKFLOW.path(state):
            row.apply(action)
        if state is AwardState.ANNOUNCED:
            row.announced_at = now
        if state is AwardState.REVOKED:
            row.revoked_at, row.revoke_reason = (
                now,
                row.revoke_reason or "The figures were made up.",
            )
        return self.save(row)

    def _hand_in(self, row: Application) -> None:
        revision = ApplicationRevision(
            number=1,
            parts=dict(row.parts),
            people=people_of(row),
            submitted_at=utcnow().replace(microsecond=0),
        )
        revision.content_hash = content_hash(row, revision)
        row.revisions.append(revision)
        row.submitted_at, row.content_hash = revision.submitted_at, revision.content_hash

    def problem(self, state: ProblemState = ProblemState.PUBLISHED, **values: Any) -> Problem:
        """A problem in *state*, brought there along the workflow."""
        number = next(self.numbers)
        values.setdefault("call", None)
        call = values.pop("call") or self.call()
        organization = values.pop("organization", None) or self.organization()
        requirements = values.pop("requirements", [("PER-CV", 3, 3), ("FND-DL", 2, 2)])
        values = {
            "title_en": f"Problem {number}",
            "title_zh": f"命題{number}",
            "text_en": "Find scratches on metal parts with a camera.",
            "text_zh": "用相機找出金屬零件上的刮痕。",
            "sector": "IND-MFG",
            "region": "central",
            "techniques": ["computer vision"],
            "grade": "G2",
            "deadline_at": utcnow() + timedelta(days=60),
            "contact_name": "Contact",
            "contact_email": "c@example.com",
            "published_at": utcnow(),
            "submitted_at": utcnow(),
            **values,
        }
        problem = Problem(call=call, organization=organization, **values)
        problem.requirements = [
            Requirement(competency=c, level=n, importance=i) for c, n, i in requirements
        ]
        for action in PROBLEM_WORKFLOW.path(state):
            problem.apply(action)
        problem.refresh_search_text()
        return self.save(problem)

    def screening(self, problem: Problem, **values: Any) -> Screening:
        """A round of screening under way, with points that let the problem be listed."""
        now = utcnow()
        points = dict.fromkeys(shipped_rubric("screening").criteria, 3)
        values = {
            "problem_id": problem.id,
            "opened_at": now,
            "due_at": now + timedelta(days=14),
            "rubric_version": shipped_rubric("screening").version,
            "points": points,
            **values,
        }
        return self.save(Screening(**values))

    def listed(self, problem: Problem, **values: Any) -> Screening:
        """A round of screening that ended with listing, so that the problem can be graded."""
        ended = {"outcome": ScreeningOutcome.LIST, "decided_at": utcnow()}
        return self.screening(problem, **{**ended, **values})

    def broker(self, problem: Problem, person: User) -> BrokerAssignment:
        """*person* coaches the owner of *problem*."""
        place = BrokerAssignment(problem=problem, broker=person, assigned_at=utcnow())
        return self.save(place)

    def team(self, *members: User, **values: Any) -> Team:
        number = next(self.numbers)
        roles = [MemberRole.LEAD, *[MemberRole.MEMBER] * len(members)]
        works = values.pop(
            "works", [("Defect camera", "Built a camera system that finds scratches on screws.")]
        )
        competencies = values.pop("competencies", [("PER-CV", 3), ("FND-DL", 3)])
        values = {
            "name_en": f"Team {number}",
            "name_zh": f"團隊{number}",
            "kind": TeamKind.STARTUP,
            "title_en": "Machine vision for factories",
            "text_en": "We build cameras and models that find defects.",
            "sectors": ["IND-MFG"],
            "techniques": ["computer vision"],
            "is_public": True,
            **values,
        }
        team = Team(
            **values,
            members=[
                TeamMember(user=user, role=role) for user, role in zip(members, roles, strict=False)
            ],
            works=[TeamWork(position=i, title=t, text=x) for i, (t, x) in enumerate(works)],
            competencies=[TeamCompetency(competency=c, level=n) for c, n in competencies],
        )
        team.refresh_search_text()
        return self.save(team)
