"""Reading the comments beside a problem's fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import Problem, ProblemComment, User
from matchmaker.policies.problem_comment import visible_comments

Threads = Mapping[str, Sequence[ProblemComment]]


def threads(session: Session, actor: User | None, problem: Problem) -> Threads:
    """The threads that *actor* may read, by field: open ones first, each with its answers."""
    statement = (
        sa.select(ProblemComment)
        .where(
            ProblemComment.problem_id == problem.id,
            ProblemComment.thread_id.is_(None),
            visible_comments(actor),
        )
        .options(
            joinedload(ProblemComment.author),
            joinedload(ProblemComment.resolved_by),
            selectinload(ProblemComment.replies).joinedload(ProblemComment.author),
        )
        .order_by(ProblemComment.resolved_at.is_not(None), ProblemComment.id)
    )
    found: dict[str, list[ProblemComment]] = defaultdict(list)
    for thread in session.scalars(statement).unique():
        found[thread.field].append(thread)
    return found


def count_open(session: Session, actor: User, problem_ids: Sequence[int]) -> dict[int, int]:
    """How many threads are open, by problem."""
    statement = (
        sa.select(ProblemComment.problem_id, sa.func.count())
        .where(
            ProblemComment.problem_id.in_(problem_ids),
            ProblemComment.thread_id.is_(None),
            ProblemComment.resolved_at.is_(None),
            visible_comments(actor),
        )
        .group_by(ProblemComment.problem_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
