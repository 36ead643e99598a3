"""Remind brokers and officers of screenings whose time is nearly or already over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import language_of
from matchmaker.models import Problem, ProblemRevision, Reminder, ScreeningOutcome, User
from matchmaker.queries import office_setting as settings
from matchmaker.queries.office_people import handlers
from matchmaker.queries.screening import latest_outcome
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.problem_revision import OFFICE_STATES

#: How long before the time is over the first letter goes, and how often it is repeated after.
BEFORE = timedelta(days=3)
AGAIN = timedelta(days=7)
SOON, LATE = "screening.due_soon", "screening.late"


def send(ctx: Context) -> int:
    """Write the letters that are due today, each at most once; the number written."""
    return sum(
        _remind(ctx, problem, revision, due)
        for problem, revision, due in _waiting(ctx)
        if due - utcnow() < BEFORE
    )


def _waiting(ctx: Context) -> Iterator[tuple[Problem, ProblemRevision | None, datetime]]:
    """What waits to be screened, with the moment it is due."""
    within = timedelta(days=settings.value(ctx.session, "screening_due_days"))
    outcome = latest_outcome()
    problems = sa.select(Problem).where(
        Problem.submitted_at.is_not(None),
        sa.or_(
            Problem.state == ProblemState.SUBMITTED,
            sa.and_(
                Problem.state == ProblemState.SCREENING,
                sa.or_(outcome.is_(None), outcome != ScreeningOutcome.LIST),
            ),
        ),
    )
    for problem in ctx.session.scalars(problems.order_by(Problem.id)):
        if problem.submitted_at is not None:
            yield problem, None, problem.submitted_at + within
    revisions = sa.select(ProblemRevision).where(ProblemRevision.state.in_(OFFICE_STATES))
    for revision in ctx.session.scalars(revisions.order_by(ProblemRevision.id)):
        if revision.submitted_at is not None:
            yield revision.problem, revision, revision.submitted_at + within


def _remind(ctx: Context, problem: Problem, revision: ProblemRevision | None, due: datetime) -> int:
    kind = LATE if due <= utcnow() else SOON
    path = f"/office/amendments/{revision.id}" if revision else f"/office/problems/{problem.id}"
    subject = ("amendment." if revision else "") + kind
    written = 0
    for person in handlers(ctx.session, problem):
        if not _note(ctx, subject, revision.id if revision else problem.id, person):
            continue
        ctx.send_mail(
            kind,
            person,
            about=problem,
            title=problem.title(language_of(person.locale)),
            due=in_words(due, person.locale, ctx.settings.timezone),
            url=f"{ctx.settings.base_url}{path}",
        )
        written += 1
    return written


def _note(ctx: Context, kind: str, subject_id: int, person: User) -> bool:
    """Note a letter of today; False if there was one lately, so that none is due."""
    today = utcnow().astimezone(ctx.settings.timezone).date()
    if (last := _last(ctx, kind, subject_id, person)) is not None:
        is_late = kind.endswith(LATE)
        if not is_late or today - last < AGAIN:
            return False
    ctx.session.add(Reminder(kind=kind, subject_id=subject_id, user_id=person.id, day=today))
    ctx.session.flush()
    return True


def _last(ctx: Context, kind: str, subject_id: int, person: User) -> date | None:
    return ctx.session.scalar(
        sa.select(sa.func.max(Reminder.day)).where(
            Reminder.kind == kind,
            Reminder.subject_id == subject_id,
            Reminder.user_id == person.id,
        )
    )
