"""Reading what owners are asked about, and what they said."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Application, ApplicationPreference, Problem, User
from matchmaker.policies.application_preference import preferable_applications


def asked_of(session: Session, actor: User, problem_id: int) -> Sequence[Application]:
    """The applications the owner is asked about, for one problem, in the order they came."""
    statement = (
        sa.select(Application)
        .where(preferable_applications(actor), Application.problem_id == problem_id)
        .options(joinedload(Application.problem), joinedload(Application.team))
        .order_by(Application.id)
    )
    return session.scalars(statement).all()


def get_asked(session: Session, actor: User | None, application_id: int) -> Application:
    """One of them, locked for a change."""
    statement = sa.select(Application).where(
        Application.id == application_id, preferable_applications(actor)
    )
    found = session.scalar(statement.with_for_update())
    if found is None:
        raise NotFound
    return found


def said_of(session: Session, application_ids: Sequence[int]) -> dict[int, ApplicationPreference]:
    """What the owner has said of each application."""
    statement = sa.select(ApplicationPreference).where(
        ApplicationPreference.application_id.in_(application_ids)
    )
    return {row.application_id: row for row in session.scalars(statement)}


def problems_asked(session: Session, actor: User) -> list[tuple[Problem, int]]:
    """The problems whose owner is asked for a preference, with how many have none yet."""
    given = sa.select(ApplicationPreference.application_id)
    statement = (
        sa.select(Problem, sa.func.count())
        .join(Application, Application.problem_id == Problem.id)
        .where(preferable_applications(actor), Application.id.not_in(given))
        .group_by(Problem.id)
        .order_by(Problem.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]
