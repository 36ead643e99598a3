"""Two allocations of a call side by side: the figures, and who moved and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.i18n import N_, Message
from matchmaker.models import Allocation, AllocationPlace, PlaceOutcome, Problem, Team
from matchmaker.queries.allocation_place import places_of_placed
from matchmaker.queries.allocation_reason import KEPT_OUT, Because

#: A change of fit that is worth telling.
NOTABLE = 0.05
Names = dict[int, AllocationPlace]


@dataclass(frozen=True)
class Move:
    """A team whose problems differ between two allocations."""

    team: Team
    before: list[Problem]
    after: list[Problem]
    #: Why, as messages; a parameter that is a problem or a team is to be named by the reader.
    reasons: list[Message]


@dataclass(frozen=True)
class Comparison:
    """What differs between two allocations."""

    before: Allocation
    after: Allocation
    moves: list[Move]
    n_same: int


def compare(session: Session, before: Allocation, after: Allocation) -> Comparison:
    """Compare two finished allocations of the same call."""
    sides = _Sides(before, after, _keyed(session, before, after), _keyed(session, after, before))
    moves = []
    n_same = 0
    for team_id, team in sorted(sides.teams().items()):
        first, second = sides.placed(0, team_id), sides.placed(1, team_id)
        if first.keys() == second.keys():
            n_same += bool(first)
            continue
        reasons = [
            *(sides.why_lost(place) for key, place in first.items() if key not in second),
            *(sides.why_won(place) for key, place in second.items() if key not in first),
        ]
        moves.append(
            Move(
                team,
                [place.problem for place in first.values()],
                [place.problem for place in second.values()],
                reasons,
            )
        )
    return Comparison(before, after, moves, n_same)


Keyed = dict[tuple[int, int], AllocationPlace]


def _keyed(session: Session, allocation: Allocation, other: Allocation) -> Keyed:
    return {
        (place.problem_id, place.team_id): place
        for place in places_of_placed(session, allocation, other)
    }


class _Sides:
    """Both allocations by pair, and what can be said of a pair that changed."""

    def __init__(self, before: Allocation, after: Allocation, first: Keyed, second: Keyed) -> None:
        self.allocations = before, after
        self.pairs = first, second
        self._of_team: list[dict[int, Names]] = []
        for side in self.pairs:
            of_team: dict[int, Names] = defaultdict(dict)
            for (problem_id, team_id), place in side.items():
                if place.outcome is PlaceOutcome.PLACED:
                    of_team[team_id][problem_id] = place
            self._of_team.append(of_team)
        self._placed_now: dict[int, list[AllocationPlace]] = defaultdict(list)
        for place in second.values():
            if place.outcome is PlaceOutcome.PLACED:
                self._placed_now[place.problem_id].append(place)

    def teams(self) -> dict[int, Team]:
        """Every team placed in either."""
        return {
            team_id: place.team
            for side in self._of_team
            for team_id, places in side.items()
            for place in places.values()
        }

    def placed(self, side: int, team_id: int) -> Names:
        """The places of a team in one of the two, by problem."""
        return self._of_team[side].get(team_id, {})

    def why_lost(self, place: AllocationPlace) -> Message:
        """Why a place of the first allocation is not in the second."""
        now = self.pairs[1].get((place.problem_id, place.team_id))
        if now is None:
            return _about(N_("no longer a candidate for “%(problem)s”"), place)
        if now.because in (*KEPT_OUT, Because.BANNED, Because.BELOW_MINIMUM):
            return _about(_BARRED[Because(now.because)], place)
        if abs(now.score - place.score) >= NOTABLE:
            return _about(
                N_("its fit to “%(problem)s” went from %(before)s to %(after)s"),
                place,
                before=f"{place.score:.1f}",
                after=f"{now.score:.1f}",
            )
        winner = self._newcomer(place.problem_id)
        if winner is not None:
            return _about(
                N_("its place on “%(problem)s” went to %(team)s (fit %(after)s)"),
                place,
                team=winner.team,
                after=f"{winner.score:.1f}",
            )
        return self._otherwise(place)

    def why_won(self, place: AllocationPlace) -> Message:
        """Why a place of the second allocation was not in the first."""
        was = self.pairs[0].get((place.problem_id, place.team_id))
        if place.is_locked and (was is None or not was.is_locked):
            return _about(N_("the office has set it for “%(problem)s”"), place)
        if was is None:
            return _about(N_("a new candidate for “%(problem)s”"), place)
        if was.because in (*KEPT_OUT, Because.BANNED, Because.BELOW_MINIMUM):
            return _about(N_("nothing bars it from “%(problem)s” any more"), place)
        if abs(was.score - place.score) >= NOTABLE:
            return _about(
                N_("its fit to “%(problem)s” went from %(before)s to %(after)s"),
                place,
                before=f"{was.score:.1f}",
                after=f"{place.score:.1f}",
            )
        return self._otherwise(place)

    def _newcomer(self, problem_id: int) -> AllocationPlace | None:
        """A team that has a place on the problem only in the second allocation."""
        for place in self._placed_now.get(problem_id, ()):
            if problem_id not in self.placed(0, place.team_id):
                return place
        return None

    def _otherwise(self, place: AllocationPlace) -> Message:
        if self.allocations[0].config != self.allocations[1].config:
            return _about(N_("other aims or limits, for “%(problem)s”"), place)
        return _about(N_("follows from what moved elsewhere, for “%(problem)s”"), place)


_BARRED: dict[Because, str] = {
    Because.CONFLICT: N_("a conflict of interest with “%(problem)s”"),
    Because.ARCHIVED: N_("the team has paused or disbanded, so not “%(problem)s”"),
    Because.NO_CAPACITY: N_("the team takes on no problem at present, so not “%(problem)s”"),
    Because.NO_SCORE: N_("no score any more for “%(problem)s”"),
    Because.BANNED: N_("the office has ruled “%(problem)s” out for it"),
    Because.BELOW_MINIMUM: N_("below the minimum fit for “%(problem)s” now"),
}


def _about(text: str, place: AllocationPlace, **params: Any) -> Message:
    return Message(text, {"problem": place.problem, **params})
