"""Reading the versions of the rubrics, and what was decided under each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.assessment.shipped import shipped_versions
from matchmaker.errors import NotFound
from matchmaker.models import (
    GradeDecision,
    GradingPanel,
    Problem,
    ReadinessAssessment,
    RubricVersion,
    Screening,
    User,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.readiness import visible_assessments
from matchmaker.policies.rubric import may_read_rubrics, visible_rubric_versions
from matchmaker.policies.screening import visible_screenings
from matchmaker.queries.page import Page, paginate

OPEN_PANELS = ("scoring", "discussion", "settled")


@dataclass(frozen=True)
class Listed:
    """A version as it is listed: ``row`` is None for one that ships."""

    kind: str
    version: str
    row: RubricVersion | None
    in_force: bool
    #: Decisions made under it, and those under way that will be.
    decided: int = 0
    running: int = 0


def list_versions(session: Session, actor: User | None, kind: str) -> list[Listed]:
    """The versions of *kind*, the one in force first; `NotFound` for anybody but the office."""
    if actor is None or not may_read_rubrics.allows(actor) or not shipped_versions(kind):
        raise NotFound
    rows = session.scalars(
        sa.select(RubricVersion)
        .where(RubricVersion.kind == kind, visible_rubric_versions(actor))
        .order_by(RubricVersion.id.desc())
        .options(selectinload(RubricVersion.author))
    ).all()
    names: list[tuple[str, RubricVersion | None]] = [(row.version, row) for row in rows]
    names += [(version, None) for version in reversed(shipped_versions(kind))]
    decided = _counts(session, actor, kind, finished=True)
    running = _counts(session, actor, kind, finished=False)
    return [
        Listed(kind, version, row, place == 0, decided.get(version, 0), running.get(version, 0))
        for place, (version, row) in enumerate(names)
    ]


def get_version(session: Session, actor: User | None, kind: str, version: str) -> Listed:
    """One version, or `NotFound`."""
    for listed in list_versions(session, actor, kind):
        if listed.version == version:
            return listed
    raise NotFound


def _counts(session: Session, actor: User | None, kind: str, *, finished: bool) -> dict[str, int]:
    """How many decisions there are under each version."""
    model, condition = _decisions(actor, kind, finished=finished)
    version: sa.ColumnElement[str] = model.rubric_version
    statement = sa.select(version, sa.func.count()).where(condition).group_by(version)
    return {row[0]: row[1] for row in session.execute(statement)}


def _decisions(
    actor: User | None, kind: str, *, finished: bool
) -> tuple[Any, sa.ColumnElement[bool]]:
    """Where the decisions of *kind* are kept, and which of them *actor* may know of."""
    if kind == "screening":
        done = Screening.decided_at.is_not(None) if finished else Screening.decided_at.is_(None)
        return Screening, sa.and_(done, visible_screenings(actor))
    if kind == "readiness":
        completed = ReadinessAssessment.completed_at
        done = completed.is_not(None) if finished else completed.is_(None)
        return ReadinessAssessment, sa.and_(done, visible_assessments(actor))
    if finished:
        return GradeDecision, GradeDecision.problem.has(visible_problems(actor))
    known = GradingPanel.problem.has(visible_problems(actor))
    return GradingPanel, sa.and_(GradingPanel.state.in_(OPEN_PANELS), known)


def decisions(
    session: Session, actor: User | None, kind: str, version: str, *, number: int = 1
) -> Page[Any]:
    """The decisions made under one version, the latest first."""
    model, condition = _decisions(actor, kind, finished=True)
    subject = model.organization if kind == "readiness" else model.problem
    load = selectinload(subject)
    statement = (
        sa.select(model)
        .where(model.rubric_version == version, condition)
        .order_by(model.id.desc())
        .options(load if kind == "readiness" else load.selectinload(Problem.organization))
    )
    return paginate(session, statement, number=number)
