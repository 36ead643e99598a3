"""Comments of owner and office beside the fields of a problem."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from matchmaker.assessment.intake import questions
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound
from matchmaker.i18n import N_, Message
from matchmaker.models import Problem, ProblemComment
from matchmaker.policies.problem_comment import (
    may_comment,
    may_read,
    speaks_for_office,
    visible_comments,
)
from matchmaker.queries.problem import get_problem
from matchmaker.services.context import Context
from matchmaker.services.problem_revision import FIELD_LABELS
from matchmaker.workflows.problem import ProblemState

MAX_BODY = 4_000
#: The anchor of what concerns no single field.
GENERAL = "general"
SECOND_CLICK = timedelta(minutes=2)
#: States in which there is nothing left to talk about.
ENDED_STATES = (
    ProblemState.CLOSED,
    ProblemState.DECLINED,
    ProblemState.WITHDRAWN,
    ProblemState.ARCHIVED,
)


def anchors() -> set[str]:
    """What a comment can stand beside."""
    return {GENERAL, *FIELD_LABELS, *questions()} - {"intake"}


def write(
    ctx: Context, problem_id: int, *, field: str, body: str, thread_id: int | None = None
) -> ProblemComment:
    """Begin a thread beside *field*, or answer in the thread *thread_id*, which opens it again."""
    problem = _find(ctx, problem_id)
    ctx.require(may_comment, problem)
    _check_open(problem)
    thread = _thread(ctx, problem, thread_id) if thread_id else None
    field, body = thread.field if thread else field, _checked(body)
    if field not in anchors():
        raise InvalidInput(fields={"field": [Message(N_("Choose a field of the problem."))]})
    twin = _twin(ctx, problem, field, body, thread_id)
    if twin is not None:
        return twin
    row = ProblemComment(
        problem_id=problem.id,
        thread_id=thread.id if thread else None,
        field=field,
        author_id=ctx.actor.id if ctx.actor else None,
        by_office=speaks_for_office(ctx.actor, problem),
        body=body,
    )
    ctx.session.add(row)
    if thread is not None:
        thread.resolved_at = thread.resolved_by_id = None
    ctx.record("problem_comment:write", row, problem_id=problem.id, field=field)
    return row


def resolve(ctx: Context, comment_id: int) -> ProblemComment:
    """Say that what a thread was about is done."""
    thread = _known_thread(ctx, comment_id)
    if thread.resolved_at is None:
        thread.resolved_at = utcnow()
        thread.resolved_by_id = ctx.actor.id if ctx.actor else None
        ctx.record("problem_comment:resolve", thread, problem_id=thread.problem_id)
    return thread


def reopen(ctx: Context, comment_id: int) -> ProblemComment:
    """Say that it is not done after all."""
    thread = _known_thread(ctx, comment_id)
    if thread.resolved_at is not None:
        thread.resolved_at = thread.resolved_by_id = None
        ctx.record("problem_comment:reopen", thread, problem_id=thread.problem_id)
    return thread


def _find(ctx: Context, problem_id: int) -> Problem:
    """The problem, if the actor may know that it is talked about at all."""
    problem = get_problem(ctx.session, ctx.actor, problem_id)
    ctx.require(may_read, problem)
    return problem


def _known_thread(ctx: Context, comment_id: int) -> ProblemComment:
    known = ProblemComment.id == comment_id, visible_comments(ctx.actor)
    thread = ctx.session.scalar(
        sa.select(ProblemComment)
        .where(*known, ProblemComment.thread_id.is_(None))
        .with_for_update(of=ProblemComment)
    )
    if thread is None:
        raise NotFound
    ctx.require(may_comment, thread.problem)
    _check_open(thread.problem)
    return thread


def _thread(ctx: Context, problem: Problem, thread_id: int) -> ProblemComment:
    thread = ctx.session.get(ProblemComment, thread_id)
    if thread is None or thread.problem_id != problem.id or thread.thread_id is not None:
        raise NotFound
    return thread


def _check_open(problem: Problem) -> None:
    if problem.submitted_at is None:
        raise Conflict(N_("Nobody else sees this draft yet: submit it, then talk about it."))
    if problem.state in ENDED_STATES:
        raise Conflict(N_("The work on this problem has ended; its comments stay to be read."))


def _checked(body: str) -> str:
    body = body.strip()
    if not body:
        raise InvalidInput(fields={"body": [Message(N_("Write a comment."))]})
    if len(body) > MAX_BODY:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_BODY})
        raise InvalidInput(fields={"body": [message]})
    return body


def _twin(
    ctx: Context, problem: Problem, field: str, body: str, thread_id: int | None
) -> ProblemComment | None:
    """The same comment by the same person a moment ago: a second click."""
    ctx.lock_actor()
    return ctx.session.scalar(
        sa.select(ProblemComment).where(
            ProblemComment.problem_id == problem.id,
            ProblemComment.author_id == (ctx.actor.id if ctx.actor else None),
            ProblemComment.field == field,
            ProblemComment.thread_id.is_not_distinct_from(thread_id),
            ProblemComment.body == body,
            ProblemComment.created_at > utcnow() - SECOND_CLICK,
        )
    )
