"""Rank again at once when one problem or one team has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from matchmaker.matching.analysis import Analysis, VectorRows
from matchmaker.matching.config import FEATURES
from matchmaker.matching.eligibility import Eligibility
from matchmaker.matching.features import PairFeatures, PreparedProblems
from matchmaker.matching.lexical import LexicalReference
from matchmaker.matching.pipeline import MatchPipeline
from matchmaker.matching.ranking import best_first
from matchmaker.matching.result import BANDS, MatchedPair
from matchmaker.matching.types import Matrix, Pair, ProblemDocument, TeamDocument

# Changes are prepared together until there are this many; then they stay as a part of their own.
_OPEN_PART = 64
_PART = 2048

Item = TypeVar("Item", bound=ProblemDocument | TeamDocument)
Prepared = TypeVar("Prepared")


@dataclass(frozen=True, eq=False)
class _Part(Generic[Item, Prepared]):
    """Some items of one side, prepared together."""

    items: Sequence[Item]
    prepared: Prepared


class _Side(Generic[Item, Prepared]):
    """All items of one side: large parts prepared long ago and the few changed since."""

    def __init__(
        self, items: Iterable[Item], prepare: Callable[[Sequence[Item]], Prepared]
    ) -> None:
        self.items = {item.id: item for item in items}
        self._prepare = prepare
        self._parts: list[_Part[Item, Prepared]] = []
        self._changed: _Part[Item, Prepared] | None = None
        # The part that holds the current state of each item; other parts may hold earlier ones.
        self._home: dict[str, _Part[Item, Prepared]] = {}

    def prepare(self) -> None:
        """Prepare everything afresh."""
        items = list(self.items.values())
        groups = [items[start : start + _PART] for start in range(0, len(items), _PART)]
        self._parts = [_Part(group, self._prepare(group)) for group in groups]
        self._changed = None
        self._home = {item.id: part for part in self._parts for item in part.items}

    def put(self, item: Item) -> None:
        """Add an item, or put it in the place of the one with its id."""
        self.items[item.id] = item
        known = self._changed.items if self._changed else ()
        changed = [other for other in known if self._home.get(other.id) is self._changed]
        changed = [*(other for other in changed if other.id != item.id), item]
        self._changed = _Part(changed, self._prepare(changed))
        self._home.update((other.id, self._changed) for other in changed)
        if len(changed) >= _OPEN_PART:
            self._parts.append(self._changed)
            self._changed = None

    def remove(self, item_id: str) -> None:
        """Take an item out, if it is there."""
        self.items.pop(item_id, None)
        self._home.pop(item_id, None)

    def is_current(self, part: _Part[Item, Prepared]) -> npt.NDArray[np.bool_]:
        """Say which items of *part* are still as they are there."""
        return np.array([self._home.get(item.id) is part for item in part.items], dtype=bool)

    @property
    def parts(self) -> list[_Part[Item, Prepared]]:
        """Return all parts; `is_current` says what counts of each."""
        return [*self._parts, *([self._changed] if self._changed else [])]


@dataclass(frozen=True)
class _Found:
    """Pairs of one item with a part of the other side."""

    ids: Sequence[Pair]
    scores: Matrix
    contributions: Matrix
    unconfirmed: npt.NDArray[np.bool_]
    analyses: Sequence[Sequence[Analysis]]


class LiveRanking:
    """Both sides of a ranking, prepared, so that one that changed is ranked again at once.

    The scores are those that a run of the pipeline with the same reference gives. Terms that the
    reference does not know count as rare until `refit` learns it anew.

    Parameters
    ----------
    pipeline : MatchPipeline
        Reads, encodes and scores.
    problems, teams : iterable of documents
        Both sides.
    conflicts, bans : collection of (problem_id, team_id)
        Pairs that must not be ranked.
    reference : LexicalReference, optional
        How common terms are, as a run returned it; without it, it is learned from both sides.

    Examples
    --------
    >>> from matchmaker.matching import HashingEncoder, Text, problem_document, team_document
    >>> pipeline = MatchPipeline(encoder=HashingEncoder())
    >>> problem = problem_document("P1", [Text("", "Find weaving defects with a camera", None)])
    >>> live = LiveRanking(pipeline, [problem], [])
    >>> live.put_team(team_document("T1", [Text("", "We inspect fabric with a camera", None)]))
    >>> [pair.team_id for pair in live.teams_for(problem)]
    ['T1']
    """

    def __init__(
        self,
        pipeline: MatchPipeline,
        problems: Iterable[ProblemDocument],
        teams: Iterable[TeamDocument],
        *,
        conflicts: Collection[Pair] = (),
        bans: Collection[Pair] = (),
        reference: LexicalReference | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.rules = Eligibility(frozenset(conflicts), frozenset(bans))
        self._has_titles = False
        self._problems = _Side[ProblemDocument, PreparedProblems](problems, self._prepare_problems)
        self._teams = _Side[TeamDocument, PairFeatures](teams, self._prepare_teams)
        self._fit(reference)

    def refit(self) -> None:
        """Learn anew how common terms are, and prepare both sides afresh: work for a job."""
        self._fit(None)

    def _fit(self, reference: LexicalReference | None) -> None:
        if reference is None:
            analyses = self.pipeline.read_problems(self.problems)
            for team in self.teams:
                analyses.extend(self.pipeline.read_team(team))
            reference = self.pipeline.learn(analyses)
        self.reference = reference
        self._index = self.pipeline.index(reference)
        self._nobody = self._prepare_teams([])
        self._teams.prepare()
        self._problems.prepare()

    @property
    def teams(self) -> list[TeamDocument]:
        """All teams as they are now."""
        return list(self._teams.items.values())

    @property
    def problems(self) -> list[ProblemDocument]:
        """All problems as they are now."""
        return list(self._problems.items.values())

    def put_team(self, team: TeamDocument) -> None:
        """Add *team*, or put it in the place of the one with its id."""
        self._teams.put(team)

    def remove_team(self, team_id: str) -> None:
        """Take a team out, if it is there."""
        self._teams.remove(team_id)

    def put_problem(self, problem: ProblemDocument) -> None:
        """Add *problem*, or put it in the place of the one with its id."""
        self._problems.put(problem)

    def remove_problem(self, problem_id: str) -> None:
        """Take a problem out, if it is there."""
        self._problems.remove(problem_id)

    def teams_for(self, problem: ProblemDocument) -> list[MatchedPair]:
        """Rank all teams for *problem*, which need not be one of those put in; best first.

        No more than ``top_n`` of the pipeline's settings are returned, if it is set.
        """
        asked = self._prepare_problems([problem])
        found = []
        for part in self._teams.parts:
            is_current = self._teams.is_current(part)
            found.append(self._compare(asked, part.prepared, is_current[None, :]))
        return self._ranked(found)

    def problems_for(self, team: TeamDocument) -> list[MatchedPair]:
        """Rank all problems for *team*, which need not be one of those put in; best first.

        ``rank`` is then the place of the problem in the team's list.
        """
        features = self._prepare_teams([team])
        found = []
        for part in self._problems.parts:
            is_current = self._problems.is_current(part)
            found.append(self._compare(part.prepared, features, is_current[:, None]))
        return self._ranked(found)

    def _prepare_teams(self, teams: Sequence[TeamDocument]) -> PairFeatures:
        analyses = [self.pipeline.read_team(team) for team in teams]
        if not self._has_titles and any(a.is_title for row in analyses for a in row):
            # From now on problems are read phrase by phrase, too.
            self._has_titles = True
            self._problems.prepare()
        texts = [text for row in analyses for a in row for text in a.passages]
        vectors = self.pipeline.encode(texts, _silently)
        return self.pipeline.team_features(teams, analyses, vectors, self._index)

    def _prepare_problems(self, problems: Sequence[ProblemDocument]) -> PreparedProblems:
        analyses = self.pipeline.read_problems(problems)
        n = len(problems)
        phrases = self.pipeline.phrases(problems) if self._has_titles else [()] * n
        texts = [text for analysis in analyses for text in analysis.passages]
        texts += [text for row in phrases for text in row]
        vectors = self.pipeline.encode(texts, _silently)
        rows = VectorRows.stack([[analysis] for analysis in analyses], vectors)
        phrase_rows = VectorRows.of_phrases(phrases, vectors)
        return self._nobody.problems(problems, analyses, rows, phrase_rows)

    def _compare(
        self, asked: PreparedProblems, features: PairFeatures, is_current: npt.NDArray[np.bool_]
    ) -> _Found:
        """Score the pairs of a problem with teams, or of problems with a team."""
        barred = self.rules.barred(asked.problems, features.teams) | ~is_current
        block = self.pipeline.scorer.score(features.describe(asked), barred)
        n_problems, n_teams = block.scores.shape
        return _Found(
            ids=[(p.id, t.id) for p in asked.problems for t in features.teams],
            scores=block.scores.ravel(),
            contributions=block.contributions.reshape(len(FEATURES), -1),
            unconfirmed=block.unconfirmed.ravel(),
            analyses=features.analyses if n_teams > 1 else [*features.analyses] * n_problems,
        )

    def _ranked(self, found: Sequence[_Found]) -> list[MatchedPair]:
        """Put the pairs of all parts in order, ties by id."""
        places = [(ids, part, n) for part in found for n, ids in enumerate(part.ids)]
        places = [place for place in places if place[1].scores[place[2]] > -np.inf]
        places.sort(key=lambda place: place[0])
        scores = np.array([part.scores[n] for _, part, n in places])
        order = best_first(scores, self.pipeline.config.top_n)
        return [self._pair(rank, *places[row]) for rank, row in enumerate(order.tolist(), start=1)]

    def _pair(self, rank: int, ids: Pair, part: _Found, position: int) -> MatchedPair:
        scorer, score = self.pipeline.scorer, part.scores[position]
        (band,) = scorer.bands(np.array([score]), part.unconfirmed[[position]])
        parts = part.contributions[:, position].tolist()
        return MatchedPair(
            problem_id=ids[0],
            team_id=ids[1],
            rank=rank,
            score=float(score),
            band=BANDS[band],
            confidence=scorer.confidence(part.analyses[position]),
            contributions=dict(zip(FEATURES, parts, strict=True)),
        )


def _silently(done: int, total: int) -> None:
    """Be a progress function for work too short to tell of."""
