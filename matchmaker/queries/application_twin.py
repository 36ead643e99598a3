"""Reading pairs of applications that say nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Application, ApplicationRevision, ApplicationTwin, User
from matchmaker.policies.application import visible_twins
from matchmaker.policies.scope import handled_by
from matchmaker.workflows.application import LIVE_STATES

DESK_SIZE = 10


def _shown(statement: sa.Select[Any]) -> sa.Select[Any]:
    one, other = joinedload(ApplicationTwin.application), joinedload(ApplicationTwin.other)
    return statement.options(
        *(side.joinedload(Application.team) for side in (one, other)),
        *(side.joinedload(Application.problem) for side in (one, other)),
        *(side.joinedload(Application.call) for side in (one, other)),
        joinedload(ApplicationTwin.judge),
    )


def twins_of(
    session: Session, actor: User | None, application_id: int
) -> Sequence[ApplicationTwin]:
    """The pairs an application is in, the most alike first."""
    statement = sa.select(ApplicationTwin).where(
        visible_twins(actor),
        sa.or_(
            ApplicationTwin.application_id == application_id,
            ApplicationTwin.other_id == application_id,
        ),
    )
    ordered = statement.order_by(ApplicationTwin.likeness.desc(), ApplicationTwin.id)
    return session.scalars(_shown(ordered)).all()


def get_twin(
    session: Session, actor: User | None, twin_id: int, *, lock: bool = False
) -> ApplicationTwin:
    """The pair, or `NotFound`."""
    statement = sa.select(ApplicationTwin).where(
        ApplicationTwin.id == twin_id, visible_twins(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement if lock else _shown(statement))
    if found is None:
        raise NotFound
    return found


def to_judge(session: Session, actor: User) -> Sequence[ApplicationTwin]:
    """The pairs nobody has judged, of applications that are both in the running."""
    live = sa.select(Application.id).where(
        Application.state.in_(LIVE_STATES), handled_by(actor, Application.call_id)
    )
    statement = (
        sa.select(ApplicationTwin)
        .where(
            visible_twins(actor),
            ApplicationTwin.judged_at.is_(None),
            ApplicationTwin.application_id.in_(live),
            ApplicationTwin.other_id.in_(live),
        )
        .order_by(ApplicationTwin.likeness.desc(), ApplicationTwin.id)
        .limit(DESK_SIZE)
    )
    return session.scalars(_shown(statement)).all()


def newest_revisions() -> sa.Select[int]:
    """The ids of the versions that stand, of every application."""
    return sa.select(sa.func.max(ApplicationRevision.id)).group_by(
        ApplicationRevision.application_id
    )


def uncompared(session: Session) -> Sequence[ApplicationRevision]:
    """The versions that stand and were not compared with the others yet, oldest first."""
    statement = (
        sa.select(ApplicationRevision)
        .where(ApplicationRevision.id.in_(newest_revisions()), ApplicationRevision.sketch.is_(None))
        .options(
            joinedload(ApplicationRevision.application).joinedload(Application.problem),
        )
        .order_by(ApplicationRevision.id)
    )
    return session.scalars(statement).all()


def sketches(session: Session, call_id: int, *, but: int) -> dict[int, bytes]:
    """The sketches of what stands in a call, by application; *but* one application."""
    statement = (
        sa.select(ApplicationRevision.application_id, ApplicationRevision.sketch)
        .join(Application, Application.id == ApplicationRevision.application_id)
        .where(
            ApplicationRevision.id.in_(newest_revisions()),
            ApplicationRevision.sketch.is_not(None),
            Application.call_id == call_id,
            Application.id != but,
            Application.state.in_(LIVE_STATES),
        )
    )
    return {row[0]: row[1] or b"" for row in session.execute(statement)}


def pair(session: Session, one: int, other: int) -> ApplicationTwin | None:
    """The row of a pair, if there is one."""
    statement = sa.select(ApplicationTwin).where(
        ApplicationTwin.application_id == max(one, other),
        ApplicationTwin.other_id == min(one, other),
    )
    return session.scalar(statement)
