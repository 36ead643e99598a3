"""Reading the places of an allocation: by problem, all of them, the weakest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Allocation, AllocationPlace, PlaceOutcome, Problem
from matchmaker.queries.page import Page

PAGE_SIZE = 50


@dataclass
class ProblemLine:
    """A problem with what an allocation gives it; the worst served come first."""

    problem: Problem
    n_wanted: int
    placed: list[AllocationPlace] = field(default_factory=list)
    n_candidates: int = 0
    n_reserves: int = 0

    @property
    def n_open(self) -> int:
        return max(0, self.n_wanted - len(self.placed))


def problem_lines(
    session: Session, allocation: Allocation, *, number: int = 1
) -> Page[ProblemLine]:
    """The problems of an allocation: without a team first, then by the weakest team placed."""
    wanted = {int(key): value for key, value in allocation.result["wanted"].items()}
    order = sorted(wanted, key=_by_need(session, allocation, wanted))
    number = min(max(1, number), max(1, -(-len(order) // PAGE_SIZE)))
    shown = order[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    lines = _lines(session, allocation, shown, wanted)
    return Page(lines, number, PAGE_SIZE, len(order))


def _by_need(
    session: Session, allocation: Allocation, wanted: dict[int, int]
) -> Callable[[int], tuple[bool, bool, float, int]]:
    """A sort key: problems without a team, short of teams, then by their weakest team."""
    statement = (
        sa.select(AllocationPlace.problem_id, sa.func.count(), sa.func.min(AllocationPlace.score))
        .where(
            AllocationPlace.allocation_id == allocation.id,
            AllocationPlace.outcome == PlaceOutcome.PLACED,
        )
        .group_by(AllocationPlace.problem_id)
    )
    found = {row[0]: (row[1], row[2]) for row in session.execute(statement)}

    def key(problem_id: int) -> tuple[bool, bool, float, int]:
        count, weakest = found.get(problem_id, (0, 0.0))
        return count > 0, count >= wanted[problem_id], weakest, problem_id

    return key


def _lines(
    session: Session, allocation: Allocation, shown: list[int], wanted: dict[int, int]
) -> list[ProblemLine]:
    problems = session.scalars(
        sa.select(Problem).where(Problem.id.in_(shown)).options(joinedload(Problem.organization))
    )
    lines = {problem.id: ProblemLine(problem, wanted[problem.id]) for problem in problems}
    places = session.scalars(
        sa.select(AllocationPlace)
        .where(
            AllocationPlace.allocation_id == allocation.id, AllocationPlace.problem_id.in_(shown)
        )
        .options(joinedload(AllocationPlace.team))
        .order_by(AllocationPlace.rank)
    )
    for place in places:
        line = lines[place.problem_id]
        line.n_candidates += 1
        line.n_reserves += place.outcome is PlaceOutcome.RESERVE
        if place.outcome is PlaceOutcome.PLACED:
            line.placed.append(place)
    return [lines[problem_id] for problem_id in shown]


def problem_places(
    session: Session, allocation: Allocation, problem_id: int
) -> Sequence[AllocationPlace]:
    """The candidates of one problem, best fit first; `NotFound` if the allocation has no such problem."""
    if str(problem_id) not in allocation.result.get("wanted", {}):
        raise NotFound
    statement = (
        sa.select(AllocationPlace)
        .where(
            AllocationPlace.allocation_id == allocation.id,
            AllocationPlace.problem_id == problem_id,
        )
        .options(joinedload(AllocationPlace.team))
    )
    return session.scalars(statement.order_by(AllocationPlace.rank)).all()


def all_places(session: Session, allocation: Allocation) -> Sequence[AllocationPlace]:
    """Every candidate of an allocation, by problem, best fit first."""
    statement = (
        sa.select(AllocationPlace)
        .where(AllocationPlace.allocation_id == allocation.id)
        .options(joinedload(AllocationPlace.team), joinedload(AllocationPlace.problem))
    )
    return session.scalars(
        statement.order_by(AllocationPlace.problem_id, AllocationPlace.rank)
    ).all()


def places_of_placed(
    session: Session, allocation: Allocation, other: Allocation
) -> Sequence[AllocationPlace]:
    """The candidates of *allocation* whose team has a place in it or in *other*."""
    placed = sa.select(AllocationPlace.team_id).where(
        AllocationPlace.allocation_id.in_((allocation.id, other.id)),
        AllocationPlace.outcome == PlaceOutcome.PLACED,
    )
    statement = (
        sa.select(AllocationPlace)
        .where(AllocationPlace.allocation_id == allocation.id, AllocationPlace.team_id.in_(placed))
        .options(joinedload(AllocationPlace.team), joinedload(AllocationPlace.problem))
        .order_by(AllocationPlace.problem_id, AllocationPlace.rank)
    )
    return session.scalars(statement).all()


def worst_place(session: Session, allocation: Allocation) -> AllocationPlace | None:
    """The team placed with the weakest fit; none if nobody was placed."""
    statement = (
        sa.select(AllocationPlace)
        .where(
            AllocationPlace.allocation_id == allocation.id,
            AllocationPlace.outcome == PlaceOutcome.PLACED,
        )
        .options(joinedload(AllocationPlace.team), joinedload(AllocationPlace.problem))
        .order_by(AllocationPlace.score, AllocationPlace.problem_id, AllocationPlace.team_id)
    )
    return session.scalar(statement.limit(1))
