"""Who may watch and cancel jobs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Job, MatchRun, Role, User
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

    All for the office but the runs of in-house calls, those for their officers; one's own for anybody.
    """
    if actor is None:
        return Job.id.in_(())
    runs = sa.select(MatchRun.job_id).where(MatchRun.job_id.is_not(None))
    shown = [
        Job.user_id == actor.id,
        Job.id.in_(runs.where(read_by_office(actor, MatchRun.call_id))),
    ]
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        shown.append(Job.id.not_in(runs.where(sa.not_(is_national(MatchRun.call_id)))))
    return sa.or_(*shown)
