"""Work that is due from time to time, whoever is there: the worker asks now and then."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Job

#: How often each kind of work is done. All of it may be done twice without harm.
EVERY = {
    "attachment.sweep": timedelta(days=1),
    "quiz.lapse": timedelta(hours=1),
    "point_entry.collect": timedelta(hours=1),
    "question.remind": timedelta(hours=6),
    "screening.remind": timedelta(hours=6),
    "grade_review.remind": timedelta(hours=6),
    "application_review.sweep": timedelta(hours=6),
    "decision.follow": timedelta(minutes=15),
    "award.follow": timedelta(hours=1),
    "engagement.follow": timedelta(hours=1),
    "notification.digest": timedelta(hours=1),
    "outcome.follow": timedelta(hours=6),
    "application.remind": timedelta(hours=6),
    "problem_comment.digest": timedelta(minutes=30),
    "term_statistics.refit": timedelta(days=7),
    "preview.refresh_all": timedelta(days=1),
    "level_estimate.refresh": timedelta(days=7),
    "waiting.remind": timedelta(hours=1),
}


def enqueue_due(session: Session) -> list[str]:
    """Ask for what has not been asked for long enough; the kinds asked for."""
    now = utcnow()
    latest = sa.select(Job.kind, sa.func.max(Job.id)).where(Job.kind.in_(EVERY)).group_by(Job.kind)
    ids = [row[1] for row in session.execute(latest)]
    asked = {
        job.kind: job.created_at for job in session.scalars(sa.select(Job).where(Job.id.in_(ids)))
    }
    due = [kind for kind, every in EVERY.items() if kind not in asked or now - asked[kind] >= every]
    session.add_all(Job(kind=kind, payload={}, created_at=now) for kind in due)
    return due
