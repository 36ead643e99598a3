"""Who may attach files to a problem, take them away, and know of them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Attachment, AttachmentAccess, Problem, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import (
    brokered_by,
    is_broker,
    is_owner,
    may_coach,
    visible_problems,
)
from matchmaker.policies.scope import (
    is_national,
    may_act_as_office,
    may_read_as_office,
    read_by_office,
)
from matchmaker.workflows.attachment import OFFERED_STATES, AttachmentState

Condition = sa.ColumnElement[bool]


def is_keeper(actor: User, problem: Problem) -> bool:
    """Whether *actor* speaks for the owner: in an in-house call its author, not the whole house."""
    if problem.call.private_call is not None:
        return problem.author_id == actor.id
    return is_owner(actor, problem)


def kept_by(actor: User) -> Condition:
    """The problems that *actor* is a keeper of: the condition beside `is_keeper`."""
    national = is_national(Problem.call_id)
    own = Problem.organization_id.in_(actor.organization_ids)
    wrote = Problem.author_id == actor.id
    return sa.or_(sa.and_(national, own), sa.and_(sa.not_(national), wrote))


@permission("attachment:manage")
def may_manage_files(actor: User, problem: Problem) -> Reason:
    """Members of the owner, its broker and the programme office; in-house, the author and its officers."""
    if is_keeper(actor, problem) or may_coach.allows(actor, problem):
        return None
    return N_("Only the owner of the problem and the programme office manage its files.")


@permission("attachment:read_all")
def may_read_all_files(actor: User, problem: Problem) -> Reason:
    """Members of the owner, its broker and the programme office, without accepting the terms."""
    if is_keeper(actor, problem) or is_broker(actor, problem):
        return None
    if may_read_as_office(actor, problem.call):
        return None
    return N_("Only the owner of the problem and the programme office see all its files.")


@permission("attachment:rescan")
def may_rescan(actor: User, problem: Problem) -> Reason:
    """Whoever acts for the programme office in the problem's call."""
    if may_act_as_office(actor, problem.call):
        return None
    return N_("Only the programme office has a file scanned again.")


def read_all_problems(actor: User) -> Condition:
    """The problems of which *actor* sees every file: the condition beside `may_read_all_files`."""
    office = sa.or_(read_by_office(actor, Problem.call_id), Problem.id.in_(brokered_by(actor)))
    return sa.and_(visible_problems(actor), sa.or_(kept_by(actor), office))


def visible_attachments(actor: User | None) -> Condition:
    """The files *actor* may know of, but those of a data room: they are asked for separately.

    Everybody: the public files of problems they may know of, once offered. Owner, broker and
    office: every file of the problem, whatever the scanner said, until it is removed.
    """
    known = sa.select(Problem.id).where(visible_problems(actor))
    public = sa.and_(
        Attachment.problem_id.in_(known),
        Attachment.access == AttachmentAccess.PUBLIC,
        Attachment.state.in_(OFFERED_STATES),
    )
    if actor is None:
        return public
    everything = sa.and_(
        Attachment.problem_id.in_(sa.select(Problem.id).where(read_all_problems(actor))),
        Attachment.state != AttachmentState.REMOVED,
    )
    return sa.or_(public, everything)
