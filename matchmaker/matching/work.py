"""What one run of the matcher works with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from matchmaker.errors import JobCancelled
from matchmaker.matching.eligibility import Eligibility
from matchmaker.matching.types import Pair, ProblemDocument, TeamDocument

Progress = Callable[[str, int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class MatchWork:
    """Both sides of one run in order of id, its rules, and whom to tell how far it is."""

    problems: tuple[ProblemDocument, ...]
    teams: tuple[TeamDocument, ...]
    eligibility: Eligibility
    pins: Collection[Pair]
    progress: Progress
    cancelled: Cancelled

    @cached_property
    def _pinned(self) -> dict[str, list[int]]:
        """Positions of the teams pinned to each problem."""
        column = {team.id: position for position, team in enumerate(self.teams)}
        found: dict[str, list[int]] = {}
        for problem_id, team_id in sorted(self.pins):
            if team_id in column:
                found.setdefault(problem_id, []).append(column[team_id])
        return found

    def pinned(self, problem: int) -> list[int]:
        """Return the positions of the teams pinned to the problem at a position."""
        return self._pinned.get(self.problems[problem].id, [])

    def step(self, stage: str, done: int, total: int) -> None:
        """Tell of a step, or stop if somebody cancelled."""
        if self.cancelled():
            raise JobCancelled()
        self.progress(stage, done, total)
