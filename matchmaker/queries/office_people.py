"""Whom the office's letters about a problem go to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import Problem, Role, RoleGrant, User
from matchmaker.policies.problem import is_broker, may_decide


def handlers(session: Session, problem: Problem) -> Sequence[User]:
    """The broker of *problem*; everybody who may decide on it while it has none."""
    place = problem.broker_assignment
    if place is not None and place.broker is not None and is_broker(place.broker, problem):
        return [place.broker]
    private = problem.call.private_call
    if private is not None:
        people: Sequence[User] = [officer.user for officer in private.officers]
    else:
        officers = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.OFFICER)
        people = session.scalars(
            sa.select(User).where(User.id.in_(officers)).order_by(User.id)
        ).all()
    return [person for person in people if person.is_usable and may_decide.allows(person, problem)]
