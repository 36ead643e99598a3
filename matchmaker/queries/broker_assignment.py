"""Reading who can be a broker, how much each has in hand, and what a broker has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import BrokerAssignment, Call, Problem, RoleGrant, User
from matchmaker.policies.base import Reason
from matchmaker.policies.problem import BROKER_ROLES, visible_problems, why_not_broker
from matchmaker.policies.scope import handled_by, is_national
from matchmaker.workflows.problem import ProblemState

#: States in which a broker has work with a problem.
COACHING_STATES = (ProblemState.SUBMITTED, ProblemState.SCREENING, ProblemState.RETURNED)


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be the broker, or why not, with the number of problems they have in hand."""

    person: User
    load: int
    reason: Reason


def loads(session: Session, call: Call) -> dict[int, int]:
    """For each broker how many problems they work on: the programme's, or those of an in-house call."""
    same = is_national(Problem.call_id) if call.private_call is None else Problem.call_id == call.id
    statement = (
        sa.select(BrokerAssignment.broker_id, sa.func.count())
        .join(Problem, Problem.id == BrokerAssignment.problem_id)
        .where(BrokerAssignment.broker_id.is_not(None), Problem.state.in_(COACHING_STATES), same)
        .group_by(BrokerAssignment.broker_id)
    )
    return {broker: n for broker, n in session.execute(statement) if broker is not None}


def candidates(session: Session, problem: Problem) -> Sequence[Candidate]:
    """Everybody who could be the broker of *problem*, those with least in hand first."""
    of_role = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(BROKER_ROLES))
    people = sa.select(User).where(User.id.in_(of_role), User.disabled_at.is_(None))
    private = problem.call.private_call
    if private is not None:
        people = sa.select(User).where(User.id.in_([row.user_id for row in private.officers]))
    load = loads(session, problem.call)
    found = [
        Candidate(person, load.get(person.id, 0), why_not_broker(person, problem))
        for person in session.scalars(people.where(User.erased_at.is_(None)))
    ]
    return sorted(found, key=lambda c: (c.reason is not None, c.load, c.person.name, c.person.id))


def brokers(session: Session, actor: User | None) -> Sequence[User]:
    """Everybody who has a problem in hand, as its broker, that *actor*'s office handles."""
    having = (
        sa.select(BrokerAssignment.broker_id)
        .join(Problem, Problem.id == BrokerAssignment.problem_id)
        .where(BrokerAssignment.broker_id.is_not(None), handled_by(actor, Problem.call_id))
    )
    statement = sa.select(User).where(User.id.in_(having)).order_by(User.name, User.id)
    return session.scalars(statement).all()


def brokered_problems(session: Session, actor: User) -> Sequence[Problem]:
    """The problems that *actor* coaches now, the longest waiting first."""
    statement = (
        sa.select(Problem)
        .join(BrokerAssignment, BrokerAssignment.problem_id == Problem.id)
        .where(
            BrokerAssignment.broker_id == actor.id,
            Problem.state.in_(COACHING_STATES),
            visible_problems(actor),
        )
        .options(joinedload(Problem.organization), joinedload(Problem.call))
        .order_by(Problem.submitted_at.asc().nulls_last(), Problem.id)
    )
    return session.scalars(statement).all()
