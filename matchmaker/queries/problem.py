"""Reading problems: one, the public gallery, an owner's own, and the office's queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import (
    AuditEvent,
    BrokerAssignment,
    Organization,
    Problem,
    ScreeningOutcome,
    User,
)
from matchmaker.policies.problem import may_read_decisions, public_problems, visible_problems
from matchmaker.policies.scope import handled_by
from matchmaker.queries.gallery_choices import CHOICES
from matchmaker.queries.page import Page, paginate
from matchmaker.queries.screening import latest_outcome
from matchmaker.queries.search import matches
from matchmaker.workflows.problem import ProblemState

MAX_TECHNIQUES = 30
#: States in which the next step is the office's.
WAITING_STATES = (ProblemState.SUBMITTED, ProblemState.SCREENING, ProblemState.GRADED)
#: Names of the state filter beside the states themselves.
WAITING, ANY_STATE, LISTED = "waiting", "any", "listed"
#: Values of the filters by broker and by due time.
MINE, NOBODY = "mine", "nobody"
LATE, SOON = "late", "soon"
#: How long before it is due a screening counts as pressing.
SOON_WITHIN = timedelta(days=3)

Condition = sa.ColumnElement[bool]
#: For each filter how many problems each of its values would leave.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reader filters a list of problems by; an empty value filters nothing."""

    q: str = ""
    state: str = ""
    call: str = ""
    sector: str = ""
    technique: str = ""
    grade: str = ""
    region: str = ""
    language: str = ""
    deadline: str = ""
    data: str = ""
    #: For the queue: who has it, and whether its screening is late.
    broker: str = ""
    due: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of problems with the counts to filter by, and the number there are without filters."""

    page: Page[Problem]
    counts: Counts
    total: int


def get_problem(session: Session, actor: User | None, problem_id: int) -> Problem:
    """The problem, if *actor* may know of it, with everything a page about it shows."""
    statement = (
        sa.select(Problem)
        .where(Problem.id == problem_id, visible_problems(actor))
        .options(
            joinedload(Problem.organization),
            joinedload(Problem.call),
            joinedload(Problem.author),
            selectinload(Problem.requirements),
        )
    )
    problem = session.scalar(statement)
    if problem is None:
        raise NotFound
    return problem


def find_external(session: Session, actor: User | None, external_id: str) -> Problem | None:
    """The problem with *external_id*, if there is one that *actor* may know of."""
    known = visible_problems(actor)
    return session.scalar(sa.select(Problem).where(Problem.external_id == external_id, known))


def own_problems(session: Session, actor: User) -> Sequence[Problem]:
    """The problems of the organizations *actor* belongs to, last changed first."""
    statement = (
        sa.select(Problem)
        .where(Problem.organization_id.in_(actor.organization_ids))
        .options(joinedload(Problem.organization), joinedload(Problem.call))
        .order_by(Problem.updated_at.desc(), Problem.id.desc())
    )
    return session.scalars(statement).all()


def owning_organizations(session: Session, actor: User) -> Sequence[Organization]:
    """The organizations *actor* belongs to."""
    statement = sa.select(Organization).where(Organization.id.in_(actor.organization_ids))
    return session.scalars(statement.order_by(Organization.id)).all()


def gallery(session: Session, filters: Filters, *, number: int = 1) -> Listing:
    """The published problems that pass *filters*; the same for every reader."""
    scope = public_problems()
    names = ("state", "sector", "technique", "grade", "region", *CHOICES)
    order = _GALLERY_ORDERS.get(filters.sort, _newest)
    # What teams can still take up comes before what is being solved already.
    is_open = sa.case((Problem.state == ProblemState.PUBLISHED, 0), else_=1)
    return _listing(session, scope, filters, names, (is_open, *order()), number)


def queue(
    session: Session, actor: User, filters: Filters, *, number: int = 1, due_days: int = 14
) -> Listing:
    """The problems the office knows of that pass *filters*: late ones first, then the longest waiting.

    A screening is due *due_days* after the problem was submitted.
    """
    handled = handled_by(actor, Problem.call_id)
    scope = sa.and_(visible_problems(actor), handled, Problem.state != ProblemState.DRAFT)
    names = ("state", "call", "sector", "region")
    extra = [*_with_broker(filters.broker, actor), *_with_due(filters.due, due_days)]
    listing = _listing(
        session,
        sa.and_(scope, *extra),
        filters,
        names,
        _queue_order(filters.sort, due_days),
        number,
    )
    every = sa.select(sa.func.count(Problem.id)).where(scope)
    return replace(listing, total=session.scalar(every) or 0)


def _queue_order(sort: str, due_days: int) -> Sequence[Any]:
    if sort == "newest":
        return Problem.submitted_at.desc().nulls_last(), Problem.id.desc()
    late = sa.case((sa.and_(*_with_due(LATE, due_days)), 0), else_=1)
    return late, Problem.submitted_at.asc().nulls_last(), Problem.id


def needs_screening() -> Condition:
    """The problems whose screening is not over: submitted, or being screened and not listed yet."""
    outcome = latest_outcome()
    unlisted = sa.or_(outcome.is_(None), outcome != ScreeningOutcome.LIST)
    in_screening = sa.and_(Problem.state == ProblemState.SCREENING, unlisted)
    return sa.or_(Problem.state == ProblemState.SUBMITTED, in_screening)


def _with_due(due: str, due_days: int) -> list[Condition]:
    """What limits the queue to screenings that are late, or will be soon."""
    if due not in (LATE, SOON):
        return []
    over = utcnow() - timedelta(days=due_days)
    limits = {
        LATE: Problem.submitted_at <= over,
        SOON: sa.and_(Problem.submitted_at > over, Problem.submitted_at <= over + SOON_WITHIN),
    }
    return [needs_screening(), limits[due]]


def _with_broker(broker: str, actor: User) -> list[Condition]:
    """What limits the queue to the problems one person coaches, or nobody."""
    if not broker:
        return []
    held = sa.select(BrokerAssignment.problem_id).where(BrokerAssignment.broker_id.is_not(None))
    if broker == NOBODY:
        return [Problem.id.not_in(held)]
    person = actor.id if broker == MINE else _id(broker)
    return [Problem.id.in_(held.where(BrokerAssignment.broker_id == person))]


def decisions(session: Session, actor: User, problem: Problem) -> Sequence[tuple[AuditEvent, str]]:
    """What was decided on *problem*, newest first, each with the name of who decided; office only."""
    may_read_decisions.require(actor, problem)
    statement = (
        sa.select(AuditEvent, sa.func.coalesce(User.name, ""))
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.subject_type == "Problem", AuditEvent.subject_id == problem.id)
        .order_by(AuditEvent.id.desc())
    )
    return [(event, name) for event, name in session.execute(statement)]


def _listing(
    session: Session,
    scope: Condition,
    filters: Filters,
    names: Sequence[str],
    order: Sequence[Any],
    number: int,
) -> Listing:
    statement = (
        sa.select(Problem)
        .where(scope, *_conditions(session, filters))
        .options(
            joinedload(Problem.organization),
            joinedload(Problem.call),
            joinedload(Problem.broker_assignment).joinedload(BrokerAssignment.broker),
            selectinload(Problem.requirements),
        )
        .order_by(*order)
    )
    counts = {name: _count_by(session, scope, filters, name) for name in names}
    total = session.scalar(sa.select(sa.func.count(Problem.id)).where(scope)) or 0
    return Listing(paginate(session, statement, number=number), counts, total)


def _conditions(session: Session, filters: Filters) -> list[Condition]:
    found = [
        column == getattr(filters, name)
        for name, column in _COLUMNS.items()
        if getattr(filters, name)
    ]
    if filters.q.strip():
        found.append(matches(Problem.search_text, filters.q))
    if filters.state not in ("", ANY_STATE):
        found.append(_in_state(filters.state))
    if filters.call:
        found.append(Problem.call_id == _id(filters.call))
    for name, choices in CHOICES.items():
        if (chosen := choices.get(getattr(filters, name))) is not None:
            found.append(chosen())
    if filters.technique:
        each = _techniques(session)
        named = sa.select(1).select_from(each).where(each.c.value == filters.technique)
        found.append(named.correlate(Problem).exists())
    return found


_COLUMNS = {"sector": Problem.sector, "region": Problem.region, "grade": Problem.grade}


def _id(text: str) -> int:
    """The id *text* names; 0, which nothing has, if it names none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _in_state(state: str) -> Condition:
    if state == WAITING:
        return Problem.state.in_(WAITING_STATES)
    if state == LISTED:
        listed = latest_outcome() == ScreeningOutcome.LIST
        return sa.and_(Problem.state == ProblemState.SCREENING, listed)
    return Problem.state == ProblemState(state) if state in list(ProblemState) else sa.false()


def _techniques(session: Session) -> sa.TableValuedAlias:
    """The techniques of a problem as rows: the one place where the two databases differ."""
    if session.get_bind().dialect.name == "postgresql":
        return sa.func.json_array_elements_text(Problem.techniques).table_valued("value")
    return sa.func.json_each(Problem.techniques).table_valued("value")


def _count_by(session: Session, scope: Condition, filters: Filters, name: str) -> dict[str, int]:
    """How many problems each value of the filter *name* would leave, under the other filters."""
    where = (scope, *_conditions(session, replace(filters, **{name: ""})))
    if name in CHOICES:
        return {
            code: session.scalar(sa.select(sa.func.count(Problem.id)).where(*where, choice())) or 0
            for code, choice in CHOICES[name].items()
        }
    count = sa.func.count(Problem.id)
    value: Any
    if name == "technique":
        each = _techniques(session)
        value = each.c.value
        statement = sa.select(value, count).select_from(Problem).join(each, sa.true())
        statement = statement.where(*where).order_by(count.desc(), value).limit(MAX_TECHNIQUES)
    else:
        value = {**_COLUMNS, "state": Problem.state, "call": Problem.call_id}[name]
        statement = sa.select(value, count).where(*where, value.is_not(None))
    return {str(key): n for key, n in session.execute(statement.group_by(value))}


def _newest() -> Sequence[Any]:
    return Problem.published_at.desc().nulls_last(), Problem.id.desc()


def _deadline() -> Sequence[Any]:
    """The next deadline first; those that have passed after all others."""
    passed = sa.case((Problem.deadline_at < utcnow(), 1), else_=0)
    return passed, Problem.deadline_at.asc().nulls_last(), Problem.id


def _grade() -> Sequence[Any]:
    return Problem.grade.asc().nulls_last(), *_newest()


_GALLERY_ORDERS = {"newest": _newest, "deadline": _deadline, "grade": _grade}
