"""Reading how far problems have come, and when they got there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from matchmaker.models import (
    AuditEvent,
    BrokerAssignment,
    GradeDecision,
    Organization,
    Problem,
    Screening,
    ScreeningOutcome,
    User,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.scope import is_national
from matchmaker.workflows.problem import ProblemState

Moments = dict[int, datetime]


@dataclass(frozen=True, kw_only=True)
class PathFilter:
    """Which problems are counted; what is empty limits nothing."""

    call_id: int | None = None
    sector: str = ""
    region: str = ""
    size: str = ""


@dataclass(frozen=True, kw_only=True)
class Path:
    """One problem: what it is counted under, and when it first got to each stage.

    A problem that got to a stage has got to all stages before it.
    """

    problem_id: int
    title_zh: str
    title_en: str
    state: ProblemState
    sector: str
    region: str
    size: str
    collected_at: datetime
    coached_at: datetime | None
    graded_at: datetime | None
    published_at: datetime | None
    #: Since when it waits: since it was last submitted while the office has to screen it, else
    #: since it got into its state; without a record of that, since it came in.
    since: datetime
    #: The stages whose day is on record; an import brings some days without saying others.
    recorded: frozenset[str]

    def reached(self, stage: str) -> datetime | None:
        """When it first got to *stage*, or None."""
        found: datetime | None = getattr(self, f"{stage}_at")
        return found


#: Of ten years' problems the texts stay where they are.
_NEEDED = (
    Problem.title_zh,
    Problem.title_en,
    Problem.state,
    Problem.grade,
    Problem.submitted_at,
    Problem.published_at,
    Problem.created_at,
)


def paths(session: Session, actor: User | None, wanted: PathFilter) -> list[Path]:
    """The problems of the programme's calls that were ever submitted, in a few queries.

    In-house calls count nowhere. A problem without a sector or region has its organization's.
    """
    sector = sa.func.coalesce(Problem.sector, Organization.sector, "")
    region = sa.func.coalesce(Problem.region, Organization.region, "")
    size = sa.func.coalesce(sa.cast(Organization.size, sa.String), "")
    statement = (
        sa.select(Problem, sector, region, size)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(
            Problem.submitted_at.is_not(None),
            is_national(Problem.call_id),
            visible_problems(actor),
            *_limits(wanted, sector, region, size),
        )
        .options(load_only(*_NEEDED))
        .order_by(Problem.id)
    )
    moments = _Moments.read(session)
    return [_path(moments, *row) for row in session.execute(statement)]


def _limits(
    wanted: PathFilter,
    sector: sa.ColumnElement[str],
    region: sa.ColumnElement[str],
    size: sa.ColumnElement[str],
) -> list[sa.ColumnElement[bool]]:
    pairs = ((sector, wanted.sector), (region, wanted.region), (size, wanted.size))
    found = [column == value for column, value in pairs if value]
    if wanted.call_id is not None:
        found.append(Problem.call_id == wanted.call_id)
    return found


@dataclass(frozen=True)
class _Moments:
    """When things first happened to problems, by the problem's id."""

    submitted: Moments
    coached: Moments
    graded: Moments
    changed: Moments

    @classmethod
    def read(cls, session: Session) -> _Moments:
        returned = _events(session, ["problem:return"])
        return cls(
            submitted=_events(session, ["problem:submit"]),
            coached=_first([returned, _assigned(session), _screened(session)]),
            graded=_first([_events(session, ["problem:grade"]), _signed(session)]),
            changed=_events(session, _STATE_ACTIONS, last=True),
        )


_STATE_ACTIONS = [
    f"problem:{action}"
    for action in ("submit", "screen", "return", "grade", "publish", "decline", "withdraw")
]


def _read(session: Session, statement: sa.Executable) -> Moments:
    return {row[0]: row[1] for row in session.execute(statement)}


def _events(session: Session, actions: list[str], *, last: bool = False) -> Moments:
    moment = (sa.func.max if last else sa.func.min)(AuditEvent.at)
    statement = (
        sa.select(AuditEvent.subject_id, moment)
        .where(AuditEvent.subject_type == "Problem", AuditEvent.action.in_(actions))
        .group_by(AuditEvent.subject_id)
    )
    return _read(session, statement)


def _assigned(session: Session) -> Moments:
    statement = sa.select(BrokerAssignment.problem_id, BrokerAssignment.assigned_at)
    return _read(session, statement)


def _screened(session: Session) -> Moments:
    """When a screening first took the problem on: it was listed or returned for coaching."""
    taken = (ScreeningOutcome.LIST, ScreeningOutcome.COACH)
    statement = (
        sa.select(Screening.problem_id, sa.func.min(Screening.decided_at))
        .where(Screening.outcome.in_(taken), Screening.revision_id.is_(None))
        .group_by(Screening.problem_id)
    )
    return _read(session, statement)


def _signed(session: Session) -> Moments:
    moment = sa.func.min(GradeDecision.created_at)
    statement = sa.select(GradeDecision.problem_id, moment).group_by(GradeDecision.problem_id)
    return _read(session, statement)


def _first(found: Iterable[Moments]) -> Moments:
    earliest: Moments = {}
    for moments in found:
        for key, moment in moments.items():
            earliest[key] = min(moment, earliest.get(key, moment))
    return earliest


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _path(moments: _Moments, problem: Problem, sector: str, region: str, size: str) -> Path:
    key = problem.id
    # The record begins with the product; an import brings the moment, but no event.
    collected = _earliest(moments.submitted.get(key), problem.submitted_at) or problem.created_at
    published = problem.published_at
    graded = _earliest(moments.graded.get(key), published)
    if graded is None and problem.grade is not None:  # Brought in by an import, without a record.
        graded = moments.coached.get(key, collected)
    coached = _earliest(moments.coached.get(key), graded)
    return Path(
        problem_id=key,
        title_zh=problem.title_zh,
        title_en=problem.title_en,
        state=problem.state,
        sector=sector,
        region=region,
        size=size,
        collected_at=collected,
        coached_at=coached,
        graded_at=graded,
        published_at=published,
        since=_since(moments, problem, collected),
        recorded=_recorded(moments, key, coached, graded),
    )


def _since(moments: _Moments, problem: Problem, collected: datetime) -> datetime:
    if problem.state in (ProblemState.SUBMITTED, ProblemState.SCREENING):
        return problem.submitted_at or collected
    return moments.changed.get(problem.id) or collected


def _recorded(
    moments: _Moments, key: int, coached: datetime | None, graded: datetime | None
) -> frozenset[str]:
    """The stages whose moment is on record and fits the others."""
    found = {"collected", "published"}
    found |= {"coached"} if moments.coached.get(key, 0) == coached else set()
    return frozenset(found | ({"graded"} if moments.graded.get(key, 0) == graded else set()))
