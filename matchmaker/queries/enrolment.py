"""Reading who learns what: one's own, and what waits to be assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import Enrolment, EnrolmentEvent, User
from matchmaker.policies.enrolment import visible_enrolments
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.enrolment import EnrolmentState

#: What a person has done, or is at: it is not recommended again.
TAKEN_STATES = tuple(state for state in EnrolmentState if state is not EnrolmentState.WITHDRAWN)
QUEUE_STATES = (EnrolmentState.HANDED_IN, EnrolmentState.PASSED, EnrolmentState.NOT_PASSED)


def own_enrolments(session: Session, actor: User) -> Sequence[Enrolment]:
    """What *actor* learns and has learnt, the latest first, with every step."""
    statement = (
        sa.select(Enrolment)
        .where(Enrolment.user_id == actor.id)
        .options(joinedload(Enrolment.resource), selectinload(Enrolment.events))
        .order_by(Enrolment.id.desc())
    )
    return session.scalars(statement).all()


def find_own(session: Session, user_id: int, resource_id: int) -> Enrolment | None:
    """The person's enrolment in an entry, in whatever state."""
    statement = sa.select(Enrolment).where(
        Enrolment.user_id == user_id, Enrolment.resource_id == resource_id
    )
    return session.scalar(statement)


def taken_resources(session: Session, user_id: int) -> set[int]:
    """The entries a person is at or has done."""
    return taken_by(session, [user_id])[user_id]


def taken_by(session: Session, user_ids: Collection[int]) -> dict[int, set[int]]:
    """The entries each of some people is at or has done."""
    statement = sa.select(Enrolment.user_id, Enrolment.resource_id).where(
        Enrolment.user_id.in_(user_ids), Enrolment.state.in_(TAKEN_STATES)
    )
    found: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    for user_id, resource_id in session.execute(statement):
        found[user_id].add(resource_id)
    return found


def get_enrolment(
    session: Session, actor: User | None, enrolment_id: int, *, lock: bool = False
) -> Enrolment:
    """The enrolment, or `NotFound`; locked for a change if asked."""
    statement = (
        sa.select(Enrolment)
        .where(Enrolment.id == enrolment_id, visible_enrolments(actor))
        .options(
            joinedload(Enrolment.resource),
            joinedload(Enrolment.user),
            joinedload(Enrolment.assessor),
            selectinload(Enrolment.events),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Enrolment)
        statement = statement.execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_to_assess(
    session: Session, actor: User | None, *, state: str = "", number: int = 1
) -> Page[Enrolment]:
    """What was handed in and *actor* may know of: what waits longest first."""
    chosen = EnrolmentState(state) if state in QUEUE_STATES else EnrolmentState.HANDED_IN
    order = (
        Enrolment.handed_in_at.asc()
        if chosen is EnrolmentState.HANDED_IN
        else Enrolment.assessed_at.desc()
    )
    statement = (
        sa.select(Enrolment)
        .where(Enrolment.state == chosen, visible_enrolments(actor), _not_own(actor))
        .options(
            joinedload(Enrolment.resource),
            joinedload(Enrolment.user),
            joinedload(Enrolment.assessor),
        )
        .order_by(order, Enrolment.id)
    )
    return paginate(session, statement, number=number)


def count_to_assess(session: Session, actor: User | None) -> Counter[str]:
    """How many of what was handed in are in each state, of those *actor* may know of."""
    statement = (
        sa.select(Enrolment.state, sa.func.count())
        .where(Enrolment.state.in_(QUEUE_STATES), visible_enrolments(actor), _not_own(actor))
        .group_by(Enrolment.state)
    )
    return Counter({row[0].value: row[1] for row in session.execute(statement)})


def _not_own(actor: User | None) -> sa.ColumnElement[bool]:
    return Enrolment.user_id != actor.id if actor is not None else sa.false()


def count_waiting(session: Session, actor: User | None) -> int:
    """How much of what was handed in waits for *actor*."""
    statement = sa.select(sa.func.count(Enrolment.id)).where(
        Enrolment.state == EnrolmentState.HANDED_IN, visible_enrolments(actor), _not_own(actor)
    )
    return session.scalar(statement) or 0


def next_to_assess(session: Session, actor: User | None, after: int) -> Enrolment | None:
    """The next that waits for *actor*, but for one."""
    items = list_to_assess(session, actor).items
    return next((row for row in items if row.id != after), None)


def events(
    session: Session, actor: User | None, *, user_id: int | None = None
) -> Sequence[EnrolmentEvent]:
    """Every step of the enrolments *actor* may know of, in order; of one person if asked."""
    statement = (
        sa.select(EnrolmentEvent)
        .join(Enrolment)
        .where(visible_enrolments(actor))
        .options(joinedload(EnrolmentEvent.enrolment).joinedload(Enrolment.resource))
        .order_by(EnrolmentEvent.id)
    )
    if user_id is not None:
        statement = statement.where(Enrolment.user_id == user_id)
    return session.scalars(statement).all()


def count_enrolled(session: Session, resource_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """How many people are in each state of some entries."""
    statement = (
        sa.select(Enrolment.resource_id, Enrolment.state, sa.func.count())
        .where(Enrolment.resource_id.in_(resource_ids))
        .group_by(Enrolment.resource_id, Enrolment.state)
    )
    found: dict[int, Counter[str]] = {}
    for resource_id, state, count in session.execute(statement):
        found.setdefault(resource_id, Counter())[state.value] = count
    return found
