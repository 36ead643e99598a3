"""Reading the files of a problem."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    ApplicationFile,
    Attachment,
    AttachmentAccess,
    EvidenceAttachment,
    Milestone,
    MilestoneFile,
    Problem,
    User,
)
from matchmaker.policies.attachment import may_read_all_files, visible_attachments
from matchmaker.policies.data_terms import entitled_problems
from matchmaker.workflows.attachment import OFFERED_STATES, AttachmentState


def files_of(session: Session, actor: User | None, problem: Problem) -> Sequence[Attachment]:
    """The files of *problem* that *actor* may know of outside its data room, oldest first."""
    statement = (
        sa.select(Attachment)
        .where(Attachment.problem_id == problem.id, visible_attachments(actor))
        .options(joinedload(Attachment.uploader))
        .order_by(Attachment.id)
    )
    return session.scalars(statement).all()


def public_files(session: Session, actor: User | None, problem: Problem) -> Sequence[Attachment]:
    """The files of *problem* that everybody who may read it may open."""
    found = files_of(session, actor, problem)
    return [item for item in found if item.access is AttachmentAccess.PUBLIC and item.is_offered]


def room_files(session: Session, actor: User, problem: Problem) -> Sequence[Attachment]:
    """The files of the data room, as *actor* may see them there; none for anybody not entitled."""
    states: Collection[AttachmentState] = OFFERED_STATES
    allowed: sa.ColumnElement[bool] = sa.true()
    if may_read_all_files.allows(actor, problem):
        states = tuple(state for state in AttachmentState if state is not AttachmentState.REMOVED)
    else:
        allowed = Attachment.problem_id.in_(sa.select(Problem.id).where(entitled_problems(actor)))
    statement = sa.select(Attachment).where(
        Attachment.problem_id == problem.id,
        Attachment.access == AttachmentAccess.DATA_ROOM,
        Attachment.state.in_(states),
        allowed,
    )
    return session.scalars(statement.order_by(Attachment.id)).all()


def has_room(session: Session, problem: Problem) -> bool:
    """Whether *problem* has anything in a data room: all that others learn of it."""
    found = sa.exists().where(
        Attachment.problem_id == problem.id,
        Attachment.access == AttachmentAccess.DATA_ROOM,
        Attachment.state.in_(OFFERED_STATES),
    )
    return bool(session.scalar(sa.select(found)))


def get_public_file(
    session: Session, actor: User | None, problem_id: int, attachment_id: int
) -> Attachment:
    """A public file that may be opened, or `NotFound`."""
    found = get_attachment(session, actor, problem_id, attachment_id)
    if found.access is not AttachmentAccess.PUBLIC or not found.is_offered:
        raise NotFound
    return found


def get_attachment(
    session: Session, actor: User | None, problem_id: int, attachment_id: int, *, lock: bool = False
) -> Attachment:
    """A file outside the data room as *actor* may know of it, or `NotFound`."""
    statement = (
        sa.select(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.problem_id == problem_id,
            visible_attachments(actor),
        )
        .options(joinedload(Attachment.problem))
    )
    if lock:
        statement = statement.with_for_update(of=Attachment).execution_options(
            populate_existing=True
        )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def get_room_file(
    session: Session, actor: User, problem: Problem, attachment_id: int
) -> Attachment:
    """A file of the data room that may be opened, or `NotFound`."""
    for item in room_files(session, actor, problem):
        if item.id == attachment_id and item.is_offered:
            return item
    raise NotFound


def kept_files(session: Session, problem_id: int) -> Sequence[Attachment]:
    """Every file of the problem that was not removed: what its limits are counted over."""
    statement = sa.select(Attachment).where(
        Attachment.problem_id == problem_id, Attachment.state != AttachmentState.REMOVED
    )
    return session.scalars(statement.order_by(Attachment.id)).all()


def keys_in_use(session: Session) -> set[str]:
    """The content that some file still needs."""
    kept = sa.select(Attachment.sha256).where(Attachment.state != AttachmentState.REMOVED)
    shown = sa.select(EvidenceAttachment.sha256)
    # A version handed in keeps its files, whatever the team took out of it since.
    handed_in = ApplicationFile.application.has(Application.submitted_at.is_not(None))
    applied = sa.select(ApplicationFile.sha256).where(
        sa.or_(ApplicationFile.removed_at.is_(None), handed_in)
    )
    delivered = sa.select(MilestoneFile.sha256).where(
        sa.or_(
            MilestoneFile.removed_at.is_(None),
            MilestoneFile.milestone.has(Milestone.submitted_at.is_not(None)),
        )
    )
    return {
        key
        for some in (kept, shown, applied, delivered)
        for key in session.scalars(some.distinct())
    }
