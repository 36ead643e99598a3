"""Who may watch and cancel jobs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Allocation, Job, MatchRun, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import is_national, read_by_office


@permission("job:cancel")
def may_cancel_job(actor: User, job: Job) -> Reason:
    """Programme officers, and the person who asked for the job."""
    if actor.has_role(Role.OFFICER) or job.user_id == actor.id:
        return None
    return N_("Only the programme office or whoever asked for the work can cancel it.")


def visible_jobs(actor: User | None) -> sa.ColumnElement[bool]:
    """The jobs *actor* may watch.

    All for the office but those of in-house calls, which are for their officers; one's own for anybody.
    """
    if actor is None:
        return Job.id.in_(())
    shown = [Job.user_id == actor.id]
    for work in (MatchRun, Allocation):
        jobs = sa.select(work.job_id).where(work.job_id.is_not(None))
        shown.append(Job.id.in_(jobs.where(read_by_office(actor, work.call_id))))
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        shown.append(sa.not_(_in_house()))
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
