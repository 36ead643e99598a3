"""Hard rules: which pairs must not be ranked, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

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
        return None if team.documents or team.competencies else Reason.NO_TEXT

    def pairs(
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
