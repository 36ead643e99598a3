"""Hard rules: which pairs must not be ranked, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matchmaker.matching.types import Pair, ProblemDocument, Reason, TeamDocument


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A pair that was not ranked and why; no team or no problem means all of them."""

    problem_id: str | None
    team_id: str | None
    reason: Reason


@dataclass(frozen=True)
class Eligibility:
    """The hard rules of one run.

    Parameters
    ----------
    conflicts : collection of (problem_id, team_id)
        Pairs with a conflict of interest.
    bans : collection of (problem_id, team_id)
        Pairs an officer has ruled out.
    """

    conflicts: Collection[Pair] = field(default_factory=frozenset)
    bans: Collection[Pair] = field(default_factory=frozenset)

    @staticmethod
    def of_problem(problem: ProblemDocument) -> Reason | None:
        """Return why a problem is ranked with no team at all, or None."""
        if not problem.is_open:
            return Reason.PROBLEM_CLOSED
        return None if problem.document.forms else Reason.NO_TEXT

    @staticmethod
    def of_team(team: TeamDocument) -> Reason | None:
        """Return why a team is ranked for no problem at all, or None."""
        if not team.is_available:
            return Reason.TEAM_UNAVAILABLE
        if team.capacity is not None and team.capacity < 1:
            return Reason.NO_CAPACITY
        return None if team.documents or team.competencies or team.estimates else Reason.NO_TEXT

    def barred(
        self, problems: Sequence[ProblemDocument], teams: Sequence[TeamDocument]
    ) -> npt.NDArray[np.bool_]:
        """Return which pairs must not be ranked, shape (n_problems, n_teams)."""
        mask = np.zeros((len(problems), len(teams)), dtype=bool)
        mask |= np.array([self.of_problem(p) is not None for p in problems], dtype=bool)[:, None]
        mask |= np.array([self.of_team(team) is not None for team in teams], dtype=bool)
        for row, column, _ in self._pairs(problems, teams):
            mask[row, column] = True
        return mask

    def exclusions(
        self,
        problems: Sequence[ProblemDocument],
        teams: Sequence[TeamDocument],
        unbridged: Iterable[tuple[int, int]] = (),
    ) -> Iterator[Exclusion]:
        """Yield every exclusion, those of *unbridged* pairs, given by position, among them."""
        for problem in problems:
            if reason := self.of_problem(problem):
                yield Exclusion(problem.id, None, reason)
        for team in teams:
            if reason := self.of_team(team):
                yield Exclusion(None, team.id, reason)
        pairs = [*self._pairs(problems, teams)]
        pairs += [(row, column, Reason.NO_LANGUAGE_BRIDGE) for row, column in unbridged]
        for row, column, reason in sorted(pairs):
            yield Exclusion(problems[row].id, teams[column].id, reason)

    def _pairs(
        self, problems: Sequence[ProblemDocument], teams: Sequence[TeamDocument]
    ) -> Iterator[tuple[int, int, Reason]]:
        """Yield the positions of excluded pairs among *problems* and *teams* with the reason."""
        row = {problem.id: position for position, problem in enumerate(problems)}
        column = {team.id: position for position, team in enumerate(teams)}
        seen: set[Pair] = set()
        for reason, pairs in ((Reason.CONFLICT, self.conflicts), (Reason.BANNED, self.bans)):
            for problem_id, team_id in sorted(set(pairs) - seen):
                if problem_id in row and team_id in column:
                    yield row[problem_id], column[team_id], reason
            seen.update(pairs)
