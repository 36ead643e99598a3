"""An in-house call with everything in it, each word of it marked, beside a small programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.assessment.application_parts import Part, write_parts
from matchmaker.clock import utcnow
from matchmaker.models import (
    AccountKind,
    Allocation,
    AllocationLock,
    Attachment,
    AttachmentAccess,
    Base,
    BrokerAssignment,
    Call,
    DataAdmission,
    DataTerms,
    GradeAppeal,
    GradeDecision,
    LockKind,
    MatchRun,
    MemberRole,
    MemberWish,
    Organization,
    OrganizationMember,
    PairRule,
    PairRuleKind,
    PrivateCall,
    Problem,
    ProblemComment,
    Question,
    QuestionAnswer,
    Role,
    Team,
    TeamKind,
    User,
)
from matchmaker.models.question import AnswerSide
from matchmaker.queries import match as matches
from matchmaker.queries.match import Filter
from matchmaker.services import (
    allocation,
    allocation_solving,
    match,
    match_run,
    private_call,
    private_call_team,
)
from matchmaker.services import team as teams
from matchmaker.services.allocation_config import AllocationConfig
from matchmaker.services.call import CallValues
from matchmaker.services.context import Context
from matchmaker.services.match import Choice
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues
from matchmaker.workflows.match import MatchAction
from matchmaker.workflows.private_call import PrivateCallAction
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

#: In every text of the inside; none of it may reach anybody outside.
MARK_ZH, MARK_EN = "紫晶密語", "zaphyrmark"
#: What the office may read as well: the name of the call, and what the organization wrote to it.
NAME_ZH, NAME_EN = "內訓徵題代號", "namequartz"
#: Beside the marks in every text, so that it can be searched for without being echoed.
WORDS = ("saffronlathe", "藏紅花車床")
MOMENTS = {
    "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
    "closes_at": datetime(2099, 1, 1, tzinfo=UTC),
}


def marked(text: str) -> dict[str, str]:
    """A text in both languages that says where it comes from."""
    return {
        f"{text}_zh": f"{text} {MARK_ZH} {WORDS[1]}",
        f"{text}_en": f"{text} {MARK_EN} {WORDS[0]}",
    }


@dataclass
class PrivateWorld:
    """The people and things of one in-house call, and of the programme around it."""

    lead: User
    second: User
    member: User
    solver: User
    organization: Organization
    outsiders: dict[str, User]
    national: Call
    national_problem: Problem
    private: PrivateCall | None = None
    problems: list[Problem] = field(default_factory=list)
    team: Team | None = None
    run: MatchRun | None = None
    allocation: Allocation | None = None
    lock: AllocationLock | None = None

    @property
    def call(self) -> Call:
        assert self.private is not None
        return self.private.call


def surroundings(make: Factory) -> PrivateWorld:
    """The programme, and an organization known in it that has not begun anything of its own."""
    lead, second, member = (make.user(kind=AccountKind.ENTERPRISE) for _ in range(3))
    solver = make.user()
    organization = make.organization(lead, second, member, solver)
    places = {place.user_id: place for place in organization.members}
    places[second.id].role = MemberRole.LEAD
    make.save(organization)
    rival = make.user(kind=AccountKind.ENTERPRISE)
    other = make.organization(rival)
    team_lead = make.user()
    make.team(team_lead)
    outsiders = {
        "officer": make.officer(),
        "administrator": make.user(Role.ADMINISTRATOR, kind=AccountKind.STAFF),
        "reviewer": make.user(Role.REVIEWER, kind=AccountKind.STAFF),
        "mentor": make.user(Role.MENTOR, kind=AccountKind.STAFF),
        "association": make.user(Role.ASSOCIATION, kind=AccountKind.STAFF),
        "other enterprise": rival,
        "other solver": team_lead,
    }
    national = make.call()
    make.problem(call=national, organization=other)
    shown = make.problem(call=national, organization=organization)
    return PrivateWorld(
        lead, second, member, solver, organization, outsiders, national, national_problem=shown
    )


def ask_and_open(ctx: Callable[..., Context], world: PrivateWorld) -> PrivateCall:
    """The lead asks for the call, the office opens it."""
    values = CallValues(name_zh=NAME_ZH, name_en=NAME_EN, **MOMENTS)
    private = private_call.request(
        ctx(world.lead),
        world.organization.id,
        values,
        purpose=f"For {NAME_EN}",
        officer_ids=[world.lead.id, world.second.id],
    )
    officer = ctx(world.outsiders["officer"])
    return private_call.decide(
        officer, private.id, PrivateCallAction.OPEN, version=private.version, note=f"Go, {NAME_EN}"
    )


def fill(
    make: Factory,
    session: Session,
    ctx: Callable[..., Context],
    run_jobs: Callable[[], Any],
    world: PrivateWorld,
) -> PrivateWorld:
    """Open the call and put problems, a team and a published matching into it."""
    world.private = ask_and_open(ctx, world)
    session.commit()
    states = (ProblemState.PUBLISHED, ProblemState.SCREENING, ProblemState.DRAFT)
    world.problems = [_problem(make, world, state) for state in states]
    world.team = _team(ctx(world.solver), world)
    session.commit()
    world.run = match_run.start_run(ctx(world.lead), world.call.id)
    session.commit()
    run_jobs()
    session.expire_all()
    _publish(session, ctx, world)
    session.add_all(_notes(world))
    session.commit()
    _apply(make, world)
    _allocate(session, ctx, world)
    return world


def _apply(make: Factory, world: PrivateWorld) -> None:
    """The team has handed in for the one problem that is open to it."""
    assert world.team is not None
    own = Part(id="idea", zh=MARK_ZH, en=MARK_EN, most=500)
    make.call_rules(world.problems[0].call, parts=write_parts([own]))
    make.application(world.problems[0], world.team, parts={"idea": f"{MARK_EN} {WORDS[0]}"})


def _allocate(session: Session, ctx: Callable[..., Context], world: PrivateWorld) -> None:
    """Lock the one pair there is, and place it: what waits for the worker stays waiting."""
    assert world.team is not None
    lead, pair = ctx(world.lead), (world.problems[0].id, world.team.id)
    world.lock = allocation.lock_place(lead, *pair, LockKind.PIN, reason=MARK_EN)
    found = allocation.start_allocation(lead, world.call.id, AllocationConfig(), note=MARK_ZH)
    asked = allocation_solving.begin(session, found.id)
    assert asked is not None
    allocation_solving.finish(session, found.id, allocation_solving.propose(*asked))
    session.commit()
    world.allocation = found


def _notes(world: PrivateWorld) -> list[Base]:
    """Whatever else can hang off a problem: what people asked, noted, attached and signed."""
    problem, now = world.problems[0], utcnow()
    said = {"language": "en", "text": f"asked {MARK_EN} {WORDS[0]}"}
    question = Question(
        problem=problem, team=world.team, asker_id=world.solver.id, due_at=now, **said
    )
    terms = DataTerms(problem=problem, number=1, valid_days=30, sha256="0" * 64, **marked("text"))
    decision = GradeDecision(
        problem=problem,
        officer_id=world.lead.id,
        rubric_version="1",
        grade="G2",
        rules_grade="G2",
        rules_score=30,
        award_tier="B",
        award_low=1,
        award_high=2,
        milestones=[],
        weeks=12,
        reason=f"signed {MARK_EN}",
    )
    file = {"kind": "csv", "size": 3, "sha256": "0" * 64, "note": f"note {MARK_EN}"}
    return [
        question,
        QuestionAnswer(question=question, author_id=world.lead.id, side=AnswerSide.OWNER, **said),
        terms,
        DataAdmission(problem=problem, name=f"name {MARK_EN}", email=f"{MARK_EN}@x.example"),
        decision,
        GradeAppeal(problem=problem, decision=decision, reason=f"why {MARK_EN}", due_at=now),
        Attachment(problem=problem, access=AttachmentAccess.PUBLIC, name=f"{MARK_EN}.csv", **file),
        ProblemComment(
            problem=problem, field="title_zh", by_office=True, body=f"comment {MARK_EN}"
        ),
        PairRule(
            problem_id=problem.id,
            team_id=world.team.id if world.team else 0,
            kind=PairRuleKind.PIN,
            reason=f"pin {MARK_EN}",
            user_id=world.lead.id,
        ),
        BrokerAssignment(problem_id=problem.id, broker_id=world.lead.id, assigned_at=now),
        MemberWish(
            team=world.team, problem=problem, competency="PER-CV", level=3, text=f"wish {MARK_EN}"
        ),
    ]


def _problem(make: Factory, world: PrivateWorld, state: ProblemState) -> Problem:
    return make.problem(
        state,
        call=world.call,
        organization=world.organization,
        author_id=world.member.id,
        office_note=f"note {MARK_EN}",
        contact_name=f"contact {MARK_EN}",
        contact_email=f"{MARK_EN}@inside.example",
        techniques=[f"technique {MARK_EN}"],
        submitted_at=None if state is ProblemState.DRAFT else datetime(2026, 2, 1, tzinfo=UTC),
        **marked("title"),
        **marked("text"),
        **marked("data"),
    )


def _team(ctx: Context, world: PrivateWorld) -> Team:
    assert world.private is not None
    values = TeamValues(kind=TeamKind.CORPORATE, organization_id=world.organization.id)
    named = {**marked("name"), **marked("title"), **marked("text")}
    values = TeamValues(
        kind=TeamKind.CORPORATE,
        organization_id=world.organization.id,
        sectors=("IND-MFG",),
        techniques=(f"technique {MARK_EN}",),
        works=(WorkValues(f"work {MARK_EN}", f"{WORDS[0]} {MARK_EN} " + "camera " * 30, 2025),),
        competencies=(CompetencyValues("PER-CV", 4), CompetencyValues("FND-DL", 3)),
        **named,
    )
    place = private_call_team.found(ctx, world.private.id, values)
    teams.update(ctx, place.team_id, values, version=None)
    return place.team


def _publish(session: Session, ctx: Callable[..., Context], world: PrivateWorld) -> None:
    assert world.run is not None
    found = matches.list_pairs(session, world.run, Filter(with_weak=True)).items
    assert [pair.team_id for pair in found] == [world.team.id if world.team else 0]
    officer = ctx(world.lead)
    match.review(
        officer,
        [Choice(found[0].id, found[0].version)],
        MatchAction.ENDORSE,
        reason=f"because {MARK_EN}",
    )
    session.flush()
    match_run.publish_run(officer, world.run.id, version=world.run.version)


def join(session: Session, organization: Organization, user: User) -> None:
    """Make *user* a plain member of *organization*."""
    session.add(OrganizationMember(organization=organization, user=user, role=MemberRole.MEMBER))
    session.commit()
