"""Who may watch and cancel jobs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Job, Role, User
from matchmaker.policies.base import Reason, permission


@permission("job:cancel")
def may_cancel_job(actor: User, job: Job) -> Reason:
    """Programme officers, and the person who asked for the job."""
    if actor.has_role(Role.OFFICER) or job.user_id == actor.id:
        return None
    return N_("Only the programme office or whoever asked for the work can cancel it.")


def visible_jobs(actor: User | None) -> sa.ColumnElement[bool]:
    """The jobs *actor* may watch: all for the office, their own for anybody else."""
    if actor is None:
        return Job.id.in_(())
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return sa.true()
    return Job.user_id == actor.id
