"""What past signatures teach: a learned suggestion, where it beats the rules and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.learned import MIN_PROBLEMS, Example, Verdict, fit, verdict
from matchmaker.models import GRADES, GradeDecision, GradeReview, Problem, ProblemVector
from matchmaker.policies.scope import is_national
from matchmaker.services.grade_decision import Basis

#: Leaving each of more than these out in turn would keep a reader waiting.
MOST = 150


def examples(session: Session) -> list[Example]:
    """The problems that a panel graded, the latest signature of each, the newest first."""
    latest = (
        sa.select(sa.func.max(GradeDecision.id))
        .where(GradeDecision.panel_id.is_not(None))
        .group_by(GradeDecision.problem_id)
    )
    statement = (
        sa.select(GradeDecision)
        .join(Problem, Problem.id == GradeDecision.problem_id)
        .where(GradeDecision.id.in_(latest), is_national(Problem.call_id))
        .order_by(GradeDecision.id.desc())
        .limit(MOST)
    )
    decisions = session.scalars(statement).all()
    vectors = vectors_of(session, [one.problem_id for one in decisions])
    suggested = _suggested(session, [one.panel_id for one in decisions if one.panel_id])
    return [
        Example(
            points=suggested[one.panel_id],
            suggested=_step(one.rules_grade),
            grade=_step(one.grade),
            vector=vectors.get(one.problem_id, ()),
        )
        for one in decisions
        if one.panel_id in suggested
    ]


def vectors_of(session: Session, problem_ids: list[int]) -> dict[int, tuple[float, ...]]:
    """The vectors of the problems, if each of them has one of the same model; else none at all."""
    rows = session.execute(
        sa.select(ProblemVector.problem_id, ProblemVector.model, ProblemVector.vector).where(
            ProblemVector.problem_id.in_(problem_ids)
        )
    ).all()
    if len(rows) < len(set(problem_ids)) or len({row[1] for row in rows}) != 1:
        return {}
    return {row[0]: tuple(np.frombuffer(row[2], dtype="<f4").tolist()) for row in rows}


def _suggested(session: Session, panel_ids: list[int]) -> dict[int | None, Mapping[str, int]]:
    """What the rules suggested when the points of a panel were handed in."""
    rows = session.execute(
        sa.select(GradeReview.panel_id, GradeReview.suggested)
        .where(GradeReview.panel_id.in_(panel_ids), GradeReview.submitted_at.is_not(None))
        .order_by(GradeReview.id)
    )
    return {row[0]: row[1] for row in rows if row[1]}


def _step(grade: str) -> int:
    return GRADES.index(grade) + 1


def learned_verdict(session: Session) -> Verdict:
    """Whether the learned grader may speak, with the figures that decide it."""
    found = examples(session)
    if len(found) < MIN_PROBLEMS:
        nan = float("nan")
        return Verdict(False, len(found), nan, nan)
    return verdict(found)


def learned_grade(session: Session, problem: Problem, basis: Basis) -> str | None:
    """The grade that past signatures suggest; None unless they beat the rules."""
    found = examples(session)
    if len(found) < MIN_PROBLEMS or not verdict(found).use:
        return None
    width = len(found[0].vector)
    vector = vectors_of(session, [problem.id]).get(problem.id, ())
    if len(vector) != width:
        return None
    points = basis.suggestion.plain_points
    if set(points) != set(found[0].points):
        return None
    return GRADES[fit(found).predict(points, vector) - 1]
