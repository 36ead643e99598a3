"""Work under way in the sample: a kick-off, stages, a silent owner, early ends and completed work.

The problems that were being solved before the sample's running call have teams with a place from
then; everything after that place is decided by people through the services.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    ApplicationOrigin,
    ApplicationPerson,
    ApplicationRevision,
    Call,
    Cause,
    Engagement,
    KickoffKey,
    MemberRole,
    MilestoneOutcome,
    Organization,
    Problem,
    Role,
    StageOutcome,
    Team,
    User,
)
from matchmaker.policies.scope import is_national, is_national_team
from matchmaker.queries import engagement as queries
from matchmaker.queries.call_rules import rules_of as call_rules_of
from matchmaker.queries.engagement_kickoff import checklist
from matchmaker.sample.staging import first_with_role, officer
from matchmaker.services import (
    call_rules,
    engagement,
    engagement_stop,
    milestone_decision,
    milestone_feedback,
    milestone_submission,
    stage_decision,
)
from matchmaker.services.application_receipt import content_hash, people_of
from matchmaker.services.context import Context
from matchmaker.workflows.application import APPLICATION_WORKFLOW, ApplicationState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.problem import ProblemState

UNDER_WAY = (ProblemState.CLOSED, ProblemState.EVALUATING, ProblemState.SOLVING)
WAIVED = "題目範圍小，由計畫辦公室直接輔導。"
DELIVERED = "隨附驗證報告與程式碼；在約定的測試資料上重跑三次，結果一致。"
CONTENT = "報告清楚，現場試用兩週沒有問題。"
DONE = "約定的指標都已達成，現場人員也能自行操作。"
MOVED = "出題單位的產線遷往海外，原場域不再需要這套系統。"
GONE_ON = "歷史資料上的準確率達到約定，建議進入場域驗證。"
WEEKS = {ProblemState.CLOSED: 40, ProblemState.EVALUATING: 18, ProblemState.SOLVING: 6}


def stage(ctx: Context) -> None:
    """Give the problems under way their teams, and take each engagement to where it is."""
    teams, problems = _teams(ctx), _problems(ctx)
    for call in {problem.call_id: problem.call for problem in problems}.values():
        _rules(ctx, call)
    for number, problem in enumerate(problems):
        team = _other_house(teams[number % len(teams) :], problem)
        _work(ctx, problem, team, number)
    _begin_kickoff(ctx)


def _rules(ctx: Context, call: Call) -> None:
    """The rules by which teams applied; those of the running call have been set."""
    if call_rules_of(ctx.session, call.id) is None:
        values = replace(call_rules.proposed(call), applications_open_at=call.opens_at)
        call_rules.set_rules(
            replace(ctx, actor=officer(ctx.session), trusted=False), call.id, values, version=0
        )
        ctx.session.flush()


def _problems(ctx: Context) -> Sequence[Problem]:
    """What is being solved or was, the running ones first."""
    statement = sa.select(Problem).where(Problem.state.in_(UNDER_WAY), is_national(Problem.call_id))
    rank = {state: place for place, state in enumerate(reversed(UNDER_WAY))}
    found = ctx.session.scalars(statement.order_by(Problem.id))
    return sorted(found, key=lambda problem: (rank[problem.state], problem.id))


def _teams(ctx: Context) -> Sequence[Team]:
    statement = sa.select(Team).where(is_national_team(), Team.archived_at.is_(None))
    return [team for team in ctx.session.scalars(statement.order_by(Team.id)) if team.members]


def _other_house(teams: Sequence[Team], problem: Problem) -> Team:
    return next(team for team in teams if team.organization_id != problem.organization_id)


def _work(ctx: Context, problem: Problem, team: Team, number: int) -> None:
    row = _opened(ctx, problem, team)
    if problem.state is ProblemState.CLOSED and number % 3 == 0:
        _stop(ctx, row)
        return
    _begin(ctx, row)
    if problem.state is ProblemState.SOLVING:
        return
    while row.is_live and row.next_stage() is not None:
        _decide(ctx, row, GONE_ON)
    if problem.state is ProblemState.CLOSED:
        _decide(ctx, row, DONE)
    elif number % 2:
        _deliver(ctx, row)
        _propose(ctx, row, DONE)


def _opened(ctx: Context, problem: Problem, team: Team) -> Engagement:
    """The engagement of a place that *team* was given some weeks ago."""
    weeks = timedelta(weeks=WEEKS[problem.state])
    row = engagement.open_engagement(ctx, _placed(ctx, problem, team, weeks))
    ctx.session.flush()
    row.opened_at -= weeks
    row.kickoff_due_at -= weeks
    for step in row.plan:
        step.due_at -= weeks
    row.due_at = row.plan[-1].due_at
    _align(ctx, row)
    return row


def _align(ctx: Context, row: Engagement) -> None:
    """What is still to be delivered is due with its stage."""
    for milestone in queries.open_milestones(ctx.session, row):
        milestone.due_at = row.planned(milestone.stage).due_at


def _placed(ctx: Context, problem: Problem, team: Team, ago: timedelta) -> Application:
    """The application of then, as it was handed in and confirmed."""
    moment = utcnow().replace(microsecond=0) - ago
    row = Application(
        call=problem.call,
        problem=problem,
        team=team,
        origin=ApplicationOrigin.RECOMMENDED,
        lead=_lead(team),
        decided_at=moment,
    )
    row.people = [
        ApplicationPerson(user=place.user, position=number)
        for number, place in enumerate(team.members)
    ]
    ctx.session.add(row)
    ctx.session.flush()
    revision = ApplicationRevision(
        number=1, parts=dict(row.parts), people=people_of(row), submitted_at=moment
    )
    revision.content_hash = content_hash(row, revision)
    row.revisions.append(revision)
    row.submitted_at, row.content_hash = moment, revision.content_hash
    for action in APPLICATION_WORKFLOW.path(ApplicationState.CONFIRMED):
        row.apply(action)
    return row


def _lead(team: Team) -> User:
    leads = (place.user for place in team.members if place.role is MemberRole.LEAD)
    return next(leads, team.members[0].user)


def _owner(organization: Organization) -> User:
    leads = (place.user for place in organization.members if place.role is MemberRole.LEAD)
    return next(leads)


def _acting(ctx: Context, row: Engagement) -> Iterator[Context]:
    """Contexts of the owner, the office and the team's lead, in this order."""
    people = (_owner(row.problem.organization), officer(ctx.session), _lead(row.team))
    return (replace(ctx, actor=person, trusted=False) for person in people)


def _begin(ctx: Context, row: Engagement) -> None:
    """The kick-off, everybody their lines; the work began when it was due."""
    owner, office, lead = _acting(ctx, row)
    _name_people(ctx, row)
    engagement.give_data(owner, row.id)
    engagement.agree_calendar(lead, row.id)
    engagement.agree_calendar(owner, row.id)
    if not _accepted(ctx, row):
        engagement.waive(office, row.id, KickoffKey.TERMS, reason=WAIVED)
    due, planned = row.kickoff_due_at, [step.due_at for step in row.plan]
    ctx.session.flush()
    engagement.begin(lead, row.id, version=row.version)
    row.started_at, row.kickoff_due_at = due, due
    for step, moment in zip(row.plan, planned, strict=True):
        step.due_at = moment
    row.due_at, row.plan[0].started_at = planned[-1], due
    _align(ctx, row)
    for item in row.items:
        item.done_at, item.first_at = due, due if item.first_at else None


def _name_people(ctx: Context, row: Engagement) -> None:
    owner, office, _lead = _acting(ctx, row)
    contact = _owner(row.problem.organization)
    engagement.name_contact(owner, row.id, contact.id, version=row.version)
    ctx.session.flush()
    mentor = first_with_role(ctx.session, Role.MENTOR)
    engagement.name_mentor(office, row.id, mentor.id, version=row.version)
    ctx.session.flush()


def _accepted(ctx: Context, row: Engagement) -> bool:
    lines = {line.key: line for line in checklist(ctx.session, row)}
    return lines[KickoffKey.TERMS].is_done


def _deliver(ctx: Context, row: Engagement) -> None:
    """The team hands in what the stage asks for; the owner is content, and the office decides."""
    owner, office, lead = _acting(ctx, row)
    for milestone in queries.undecided_milestones(ctx.session, row):
        where = (row.id, milestone.id)
        moment = min(milestone.due_at, utcnow()) - timedelta(days=2)
        milestone_submission.save(lead, *where, text=DELIVERED, links=[], version=milestone.version)
        ctx.session.flush()
        milestone_submission.submit(lead, *where, version=milestone.version, received_at=moment)
        passed = MilestoneOutcome.PASSED
        milestone_feedback.give_opinion(owner, *where, outcome=passed, body=CONTENT)
        ctx.session.flush()
        milestone_decision.decide(
            office, *where, outcome=passed, reason=DONE, version=milestone.version
        )
        milestone.decided_at = moment + timedelta(days=1)
    ctx.session.flush()


def _propose(ctx: Context, row: Engagement, reason: str) -> None:
    owner, _office, _lead = _acting(ctx, row)
    stage_decision.propose(
        owner, row.id, outcome=StageOutcome.GO, reason=reason, version=row.version
    )
    ctx.session.flush()


def _decide(ctx: Context, row: Engagement, reason: str) -> None:
    """Owner and office sign that the team goes on; the stage ended when it was due."""
    stage_name = row.stage or ""
    _deliver(ctx, row)
    _propose(ctx, row, reason)
    _owner_ctx, office, _lead = _acting(ctx, row)
    stage_decision.sign(office, row.id, version=row.decisions[-1].version)
    row.planned(stage_name).ended_at = row.planned(stage_name).due_at
    for decided in row.decisions:
        if decided.stage == stage_name:
            moment = row.planned(stage_name).due_at
            decided.owner_signed_at = decided.officer_signed_at = moment
    if row.stage:
        row.planned(row.stage).started_at = row.planned(stage_name).due_at
    if row.state is EngagementState.COMPLETED:
        row.ended_at = row.due_at
    ctx.session.flush()


def _stop(ctx: Context, row: Engagement) -> None:
    _begin(ctx, row)
    _owner_ctx, office, _lead = _acting(ctx, row)
    ctx.session.flush()
    engagement_stop.stop(office, row.id, cause=Cause.PRIORITIES, reason=MOVED, version=row.version)
    row.ended_at = row.opened_at + timedelta(weeks=6)


def _begin_kickoff(ctx: Context) -> None:
    """In the running call's kick-off the people are named, and the rest is still to do."""
    statement = sa.select(Engagement).where(Engagement.state == EngagementState.KICKOFF)
    for row in ctx.session.scalars(statement.order_by(Engagement.id)).all():
        _name_people(ctx, row)
