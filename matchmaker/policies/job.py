"""Who may watch and cancel jobs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Allocation, Job, MatchRun, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import is_national, read_by_office

#: Work for the programme as a whole, or for a whole call.
PROGRAMME_KINDS = (
    "allocation.run",
    "application.compare",
    "application.remind",
    "application_review.sweep",
    "attachment.sweep",
    "award.follow",
    "decision.follow",
    "engagement.follow",
    "grade_review.remind",
    "level_estimate.refresh",
    "match.run",
    "notification.digest",
    "outcome.follow",
    "point_entry.collect",
    "preview.refresh_all",
    "problem.encode",
    "problem_comment.digest",
    "question.remind",
    "quiz.lapse",
    "quiz.recount",
    "ranker.learn",
    "review_round.propose",
    "screening.remind",
    "term_statistics.refit",
    "waiting.remind",
)
#: Work on one letter, file or team: its failure shows where the letter, file or team does.
PARTICULAR_KINDS = (
    "application.scan",
    "attachment.scan",
    "evidence.scan",
    "mail.deliver",
    "milestone.scan",
    "preview.refresh",
)


@permission("job:cancel")
def may_cancel_job(actor: User, job: Job) -> Reason:
    """Programme officers, and the person who asked for the job."""
    if actor.has_role(Role.OFFICER) or job.user_id == actor.id:
        return None
    return N_("Only the programme office or whoever asked for the work can cancel it.")


def visible_jobs(actor: User | None) -> sa.ColumnElement[bool]:
    """The jobs *actor* may watch.

    For the office what works for the programme as a whole or for its calls: what works on one letter,
    file or team may come from an in-house call. Those calls' runs are for their officers; one's own
    for anybody.
    """
    if actor is None:
        return Job.id.in_(())
    shown = [Job.user_id == actor.id]
    for work in (MatchRun, Allocation):
        jobs = sa.select(work.job_id).where(work.job_id.is_not(None))
        shown.append(Job.id.in_(jobs.where(read_by_office(actor, work.call_id))))
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        shown.append(sa.and_(Job.kind.in_(PROGRAMME_KINDS), sa.not_(_in_house())))
    return sa.or_(*shown)


def _in_house() -> sa.ColumnElement[bool]:
    """The condition that a job works for an in-house call."""
    conditions = [
        Job.id.in_(
            sa.select(work.job_id).where(
                work.job_id.is_not(None), sa.not_(is_national(work.call_id))
            )
        )
        for work in (MatchRun, Allocation)
    ]
    return sa.or_(*conditions)
