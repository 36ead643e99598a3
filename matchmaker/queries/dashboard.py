"""Reading what the desk shows: what waits for a person, what is theirs, how far the call is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.models import (
    Call,
    Evidence,
    Invitation,
    Job,
    Match,
    MatchRun,
    Organization,
    PrivateCall,
    Problem,
    ProblemRevision,
    Question,
    ReadinessAssessment,
    Referral,
    Team,
    User,
)
from matchmaker.policies.call import visible_calls
from matchmaker.policies.enrolment import may_list_enrolments
from matchmaker.policies.evidence import may_open_queue as may_look_at_evidence
from matchmaker.policies.job import visible_jobs
from matchmaker.policies.match import announced_matches, visible_matches
from matchmaker.policies.match_run import visible_match_runs
from matchmaker.policies.problem import may_open_queue, visible_problems
from matchmaker.policies.scope import handled_by
from matchmaker.policies.site import may_enter_office
from matchmaker.queries import enrolment as enrolments
from matchmaker.queries import evidence, grading_panel, readiness
from matchmaker.queries import invitation as invitations
from matchmaker.queries import organization as organizations
from matchmaker.queries import private_call as private_calls
from matchmaker.queries import question as questions
from matchmaker.queries import referral as referrals
from matchmaker.queries.broker_assignment import brokered_problems
from matchmaker.queries.call_target import target_values
from matchmaker.queries.delivery import count_by_state
from matchmaker.queries.grading_panel import GradingDesk, in_grading, not_appealed
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.queries.problem import own_problems
from matchmaker.queries.problem_revision import waiting_amendments
from matchmaker.queries.screening import listed_ids
from matchmaker.queries.team import teams_of
from matchmaker.workflows.delivery import DeliveryState
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

SHOWN = 10
WAITING_STATES = (ProblemState.SUBMITTED, ProblemState.SCREENING, ProblemState.GRADED)
FAILED_DAYS = 14


@dataclass(frozen=True)
class Stage:
    """One step of the call's funnel: its name and how many problems got there."""

    name: str
    count: int


@dataclass(frozen=True)
class Office:
    """What the programme office has before it."""

    #: Problems that wait for the office's next step: screening, grading or publishing.
    waiting: Sequence[Problem]
    n_waiting: int
    #: Of these the ids of those that are listed, so that their screening is over.
    listed: Collection[int]
    #: Within how many days of submission a screening is due.
    due_days: int
    #: Changes of published problems that wait for a decision.
    amendments: Sequence[ProblemRevision]
    runs: Sequence[MatchRun]
    failed_jobs: Sequence[Job]
    #: How many letters could not be delivered and wait for somebody to try again.
    n_failed_letters: int
    #: Organizations that ask for a call of their own.
    requests: Sequence[PrivateCall]
    call: Call | None
    funnel: Sequence[Stage]
    #: What the call is to reach, by the stage's name.
    targets: Mapping[str, int]


@dataclass(frozen=True)
class Desk:
    """Everything that is a person's own, with what waits for them in it."""

    organizations: Sequence[Organization]
    problems: Sequence[Problem]
    #: For each own problem how many teams its owner was told of.
    n_candidates: Mapping[int, int]
    teams: Sequence[Team]
    recommended: Sequence[Match]
    invitations: Sequence[Invitation]
    #: Readiness checks that the person began, and organizations that never began one.
    half_checked: Sequence[ReadinessAssessment]
    never_checked: Sequence[Organization]
    #: Associations that point the person's enterprise to the programme and wait for an answer.
    referrals: Sequence[Referral]
    #: What waits for the person as a reviewer, and for an officer in grading.
    grading: GradingDesk
    #: Problems that the person coaches as their broker.
    coached: Sequence[Problem]
    #: Questions that wait for the person's answer; for the office those that are late.
    questions: Sequence[Question]
    #: What the person was asked to say of others, and how much evidence waits for a look.
    asked: Sequence[Evidence]
    evidence_queue: int
    #: How much course work waits to be assessed.
    course_work: int
    office: Office | None


def desk(session: Session, actor: User) -> Desk:
    """The desk of *actor*; the same number of queries however much is on it."""
    return Desk(
        organizations=organizations.own(session, actor),
        problems=own_problems(session, actor),
        n_candidates=_count_candidates(session, actor),
        teams=teams_of(session, actor),
        recommended=recommended(session, actor),
        invitations=invitations.received(session, actor),
        half_checked=readiness.own_unfinished(session, actor),
        never_checked=readiness.never_checked(session, actor),
        referrals=referrals.received(session, actor),
        grading=grading_panel.desk(session, actor),
        coached=brokered_problems(session, actor),
        questions=questions.to_answer(session, actor),
        asked=evidence.asked_of(session, actor.id),
        evidence_queue=(
            evidence.count_waiting(session, actor) if may_look_at_evidence.allows(actor) else 0
        ),
        course_work=(
            enrolments.count_waiting(session, actor) if may_list_enrolments.allows(actor) else 0
        ),
        office=office(session, actor) if may_open_queue.allows(actor) else None,
    )


def recommended(session: Session, actor: User) -> Sequence[Match]:
    """The problems recommended to *actor*'s teams that still wait for an answer, the first due first."""
    statement = (
        sa.select(Match)
        .join(Problem, Problem.id == Match.problem_id)
        .where(
            announced_matches(),
            visible_matches(actor),
            Match.team_id.in_(actor.team_ids),
            Match.state == MatchState.INVITED,
            Problem.state == ProblemState.PUBLISHED,
            sa.or_(Problem.deadline_at.is_(None), Problem.deadline_at > utcnow()),
        )
        .options(joinedload(Match.problem), joinedload(Match.team))
        .order_by(Problem.deadline_at.asc().nulls_last(), Match.team_rank, Match.id)
    )
    return session.scalars(statement).all()


def _count_candidates(session: Session, actor: User) -> dict[int, int]:
    own = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    statement = (
        sa.select(Match.problem_id, sa.func.count())
        .where(announced_matches(), Match.problem_id.in_(own))
        .group_by(Match.problem_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def office(session: Session, actor: User) -> Office:
    """What waits for the office: the longest waiting first."""
    handled = handled_by(actor, Problem.call_id)
    at_work = sa.and_(Problem.state.in_(WAITING_STATES), sa.not_(in_grading()), not_appealed())
    waiting = (at_work, handled, visible_problems(actor))
    call = current_call(session, actor)
    problems = session.scalars(
        sa.select(Problem)
        .where(*waiting)
        .options(joinedload(Problem.organization))
        .order_by(Problem.submitted_at.asc().nulls_last(), Problem.id)
        .limit(SHOWN)
    ).all()
    return Office(
        waiting=problems,
        listed=listed_ids(session, [problem.id for problem in problems]),
        due_days=setting_value(session, "screening_due_days"),
        amendments=waiting_amendments(session, actor),
        n_waiting=session.scalar(sa.select(sa.func.count(Problem.id)).where(*waiting)) or 0,
        runs=session.scalars(
            sa.select(MatchRun)
            .where(
                MatchRun.state == MatchRunState.DONE,
                handled_by(actor, MatchRun.call_id),
                visible_match_runs(actor),
            )
            .options(joinedload(MatchRun.call))
            .order_by(MatchRun.finished_at, MatchRun.id)
            .limit(SHOWN)
        ).all(),
        failed_jobs=failed_jobs(session, actor),
        n_failed_letters=count_by_state(session, actor).get(DeliveryState.FAILED, 0),
        requests=private_calls.waiting_requests(session, actor)
        if may_enter_office.allows(actor)
        else (),
        call=call,
        funnel=funnel(session, actor, call) if call else (),
        targets=target_values(session, call.id if call else None),
    )


def failed_jobs(session: Session, actor: User) -> Sequence[Job]:
    """Work that failed lately, the newest first."""
    since = utcnow() - timedelta(days=FAILED_DAYS)
    statement = (
        sa.select(Job)
        .where(Job.state == JobState.FAILED, Job.finished_at > since, visible_jobs(actor))
        .order_by(Job.finished_at.desc(), Job.id.desc())
        .limit(SHOWN)
    )
    return session.scalars(statement).all()


def current_call(session: Session, actor: User) -> Call | None:
    """The call opened last; before the first has opened, the one that opens next."""
    opened = sa.case((Call.opens_at <= utcnow(), 0), else_=1)
    latest = sa.case((Call.opens_at <= utcnow(), Call.opens_at)).desc()
    statement = sa.select(Call).where(visible_calls(actor), handled_by(actor, Call.id))
    return session.scalar(statement.order_by(opened, latest, Call.opens_at, Call.id).limit(1))


#: What the office told the owner something about has been screened, whatever became of it since.
_SCREENED = sa.or_(
    Problem.state.in_((ProblemState.RETURNED, ProblemState.DECLINED)),
    Problem.grade.is_not(None),
    Problem.office_note != "",
)


def funnel(session: Session, actor: User, call: Call) -> Sequence[Stage]:
    """How many of the call's problems got how far, as things stand now.

    Collected: submitted at least once. Screened: the office has returned, declined or graded it.
    Graded: has a grade. Published: was published. Matched: a published run told a team of it.
    """
    matched = sa.select(Match.problem_id).where(announced_matches(), visible_matches(actor))
    steps: dict[str, sa.ColumnElement[bool]] = {
        "collected": sa.true(),
        "screened": _SCREENED,
        "graded": Problem.grade.is_not(None),
        "published": Problem.published_at.is_not(None),
        "matched": Problem.id.in_(matched),
    }
    counts: list[Any] = [sa.func.count(sa.case((step, Problem.id))) for step in steps.values()]
    row = session.execute(
        sa.select(*counts).where(
            Problem.call_id == call.id, Problem.submitted_at.is_not(None), visible_problems(actor)
        )
    ).one()
    return [Stage(name, count) for name, count in zip(steps, row, strict=True)]
