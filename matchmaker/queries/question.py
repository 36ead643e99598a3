"""Reading the questions about a problem, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import Problem, Question, QuestionAnswer, QuestionFollow, Team, User
from matchmaker.policies.attachment import kept_by
from matchmaker.policies.question import visible_questions
from matchmaker.policies.scope import handled_by
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.question import QuestionState

PAGE_SIZE = 30
DESK_SIZE = 10


def _shown(statement: sa.Select[Question]) -> sa.Select[Question]:
    """With what a page shows of a question, however many there are."""
    answers = selectinload(Question.answers).joinedload(QuestionAnswer.author)
    problem = joinedload(Question.problem)
    return statement.options(
        problem.joinedload(Problem.call),
        joinedload(Question.team),
        joinedload(Question.asker),
        answers,
    )


def list_questions(
    session: Session, actor: User | None, problem: Problem, *, number: int = 1
) -> Page[Question]:
    """The questions about *problem* that *actor* may know of, newest first."""
    statement = (
        sa.select(Question)
        .where(Question.problem_id == problem.id, visible_questions(actor))
        .order_by(Question.id.desc())
    )
    return paginate(session, _shown(statement), number=number, size=PAGE_SIZE)


def count_questions(session: Session, actor: User | None, problem: Problem) -> dict[str, int]:
    """How many questions about *problem* are in each state, of those *actor* may know of."""
    statement = (
        sa.select(Question.state, sa.func.count())
        .where(Question.problem_id == problem.id, visible_questions(actor))
        .group_by(Question.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def get_question(
    session: Session, actor: User | None, question_id: int, *, lock: bool = False
) -> Question:
    """The question, or `NotFound`; locked for a change if asked."""
    statement = sa.select(Question).where(Question.id == question_id, visible_questions(actor))
    # The second of two people who answer at once must see the answer of the first.
    locked = statement.with_for_update().execution_options(populate_existing=True)
    question = session.scalar(locked if lock else _shown(statement))
    if question is None:
        raise NotFound
    return question


def asking_teams(session: Session, actor: User) -> Sequence[Team]:
    """The teams *actor* can ask for."""
    statement = sa.select(Team).where(Team.id.in_(actor.team_ids), Team.archived_at.is_(None))
    return session.scalars(statement.order_by(Team.id)).all()


def count_lately(session: Session, problem_id: int, team_id: int, since: datetime) -> int:
    """How many questions a team has asked about a problem since a moment."""
    statement = sa.select(sa.func.count(Question.id)).where(
        Question.problem_id == problem_id, Question.team_id == team_id, Question.created_at >= since
    )
    return session.scalar(statement) or 0


def find_twin(session: Session, problem_id: int, team_id: int, text: str) -> Question | None:
    """The same question of the same team, asked already."""
    statement = sa.select(Question).where(
        Question.problem_id == problem_id, Question.team_id == team_id, Question.text == text
    )
    return session.scalar(statement.limit(1))


def is_following(session: Session, actor: User | None, problem: Problem) -> bool:
    """Whether *actor* gets a letter about answers."""
    return actor is not None and find_follow(session, actor.id, problem.id) is not None


def find_follow(session: Session, user_id: int, problem_id: int) -> QuestionFollow | None:
    statement = sa.select(QuestionFollow).where(
        QuestionFollow.user_id == user_id, QuestionFollow.problem_id == problem_id
    )
    return session.scalar(statement)


def followers(session: Session, problem_id: int) -> Sequence[User]:
    """Who is to hear of answers, and can still sign in."""
    statement = (
        sa.select(User)
        .join(QuestionFollow, QuestionFollow.user_id == User.id)
        .where(
            QuestionFollow.problem_id == problem_id,
            User.disabled_at.is_(None),
            User.erased_at.is_(None),
        )
    )
    return session.scalars(statement.order_by(User.id)).all()


def to_answer(session: Session, actor: User) -> Sequence[Question]:
    """What waits for *actor*'s answer as an owner, and as the office once it is late; first due first."""
    late = sa.and_(handled_by(actor, Problem.call_id), Question.due_at < utcnow())
    statement = (
        sa.select(Question)
        .join(Problem, Problem.id == Question.problem_id)
        .where(Question.state == QuestionState.OPEN, sa.or_(kept_by(actor), late))
        .options(
            joinedload(Question.problem).joinedload(Problem.organization),
            joinedload(Question.problem).joinedload(Problem.call),
        )
        .order_by(Question.due_at, Question.id)
        .limit(DESK_SIZE)
    )
    return session.scalars(statement).all()


def due_for_reminder(session: Session, now: datetime, ahead: timedelta) -> Sequence[Question]:
    """Open questions due soon or late that nobody was reminded of in the last *ahead*."""
    statement = (
        sa.select(Question)
        .where(
            Question.state == QuestionState.OPEN,
            Question.due_at < now + ahead,
            sa.or_(Question.reminded_at.is_(None), Question.reminded_at < now - ahead),
        )
        .options(joinedload(Question.problem).joinedload(Problem.call))
        .order_by(Question.id)
        .with_for_update(of=Question)
    )
    return session.scalars(statement).all()
