"""The stages of a match run in order: read, encode, exclude, describe, rank, explain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.competency import Extractor, Lexicon, Taxonomy, load_lexicon, load_taxonomy
from matchmaker.errors import InvalidInput, JobCancelled
from matchmaker.i18n import N_
from matchmaker.matching.analysis import Analysis, Analyzer, VectorRows
from matchmaker.matching.config import FEATURES, MatchConfig
from matchmaker.matching.eligibility import Eligibility
from matchmaker.matching.encoders import PREPARATION, CachedEncoder, Encoder, SentenceEncoder
from matchmaker.matching.explanation import Explainer
from matchmaker.matching.features import Described, PairFeatures
from matchmaker.matching.lexical import LexicalIndex, LexicalReference
from matchmaker.matching.ranking import PriorRanker, best_first
from matchmaker.matching.readable import Reader
from matchmaker.matching.result import BANDS, MatchedPair, MatchResult, PairTable
from matchmaker.matching.types import (
    Band,
    Confidence,
    Matrix,
    Pair,
    ProblemDocument,
    TeamDocument,
    Vectors,
)
from matchmaker.matching.vectors import MemoryVectorCache, VectorCache

VERSION = "1"
Progress = Callable[[str, int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class _Run:
    """What one call of `MatchPipeline.run` works with."""

    problems: tuple[ProblemDocument, ...]
    teams: tuple[TeamDocument, ...]
    eligibility: Eligibility
    pins: Collection[Pair]
    progress: Progress
    cancelled: Cancelled

    def pinned(self, problem: int) -> list[int]:
        """Return the positions of the teams pinned to the problem at a position."""
        problem_id = self.problems[problem].id
        return [
            self.columns[team] for p, team in self.pins if p == problem_id if team in self.columns
        ]

    @cached_property
    def columns(self) -> dict[str, int]:
        """Position of each team."""
        return {team.id: position for position, team in enumerate(self.teams)}

    def step(self, stage: str, done: int, total: int) -> None:
        if self.cancelled():
            raise JobCancelled()
        self.progress(stage, done, total)


class MatchPipeline:
    """Rank teams for problems, and say why.

    Parameters
    ----------
    config : MatchConfig, optional
        Settings; the defaults are the measured ones.
    encoder : Encoder, optional
        Embeds texts; by default all-MiniLM-L6-v2 as installed with the program.
    cache : VectorCache, optional
        Where vectors are kept; by default for the life of the pipeline.
    lexicon : Lexicon, optional
        Glosses Chinese; by default the shipped one.
    taxonomy : Taxonomy, optional
        The competency framework; by default the shipped one.

    Examples
    --------
    >>> from matchmaker.matching import HashingEncoder, Text, problem_document, team_document
    >>> problem = problem_document("P1", [Text("Inspect fabric", "Find defects with a camera", None)])
    >>> teams = [
    ...     team_document("A", [Text("", "We forecast sales for shops", None)]),
    ...     team_document("B", [Text("", "以相機檢查布料瑕疵", None)]),
    ... ]
    >>> result = MatchPipeline(encoder=HashingEncoder()).run([problem], teams)
    >>> [pair.team_id for pair in result.of_problem("P1")]
    ['B', 'A']
    """

    def __init__(
        self,
        config: MatchConfig | None = None,
        *,
        encoder: Encoder | None = None,
        cache: VectorCache | None = None,
        lexicon: Lexicon | None = None,
        taxonomy: Taxonomy | None = None,
    ) -> None:
        self.config = config or MatchConfig()
        self.encoder = CachedEncoder(
            encoder or SentenceEncoder(), MemoryVectorCache() if cache is None else cache
        )
        self.lexicon = lexicon or load_lexicon()
        self.taxonomy = taxonomy or load_taxonomy()
        self.extractor = Extractor(self.taxonomy)
        self.ranker = PriorRanker(prior=[self.config.weights[name] for name in FEATURES]).start()

    def run(
        self,
        problems: Iterable[ProblemDocument],
        teams: Iterable[TeamDocument],
        *,
        conflicts: Collection[Pair] = (),
        bans: Collection[Pair] = (),
        pins: Collection[Pair] = (),
        explain_top: int = 0,
        reference: LexicalReference | None = None,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> MatchResult:
        """Rank *teams* for each of *problems*.

        Parameters
        ----------
        problems, teams : iterable of documents
            Each side; ids must be distinct. Their order makes no difference.
        conflicts, bans : collection of (problem_id, team_id)
            Pairs that must not be ranked.
        pins : collection of (problem_id, team_id)
            Pairs to list even beyond ``config.top_n``; hard rules still win.
        explain_top : int, default=0
            How many pairs of each problem to explain.
        reference : LexicalReference, optional
            Of an earlier run, to keep scores comparable with it.
        progress : callable (stage, done, total), optional
            Told of every step.
        cancelled : callable () -> bool, optional
            Asked at every step.

        Returns
        -------
        MatchResult
            The same for the same input, to the byte.

        Raises
        ------
        InvalidInput
            If two problems or two teams have the same id, or a requirement is unknown.
        JobCancelled
            If *cancelled* said so.
        """
        work = _Run(
            problems=_ordered(problems),
            teams=_ordered(teams),
            eligibility=Eligibility(conflicts, bans),
            pins=frozenset(pins),
            progress=progress or (lambda stage, done, total: None),
            cancelled=cancelled or (lambda: False),
        )
        self._check_requirements(work.problems)
        analyzer = self._analyzer
        read_teams = self._read_teams(analyzer, work)
        read_problems = [analyzer(problem.document) for problem in work.problems]
        if reference is None:
            flat = [*read_problems, *(a for analyses in read_teams for a in analyses)]
            reference = LexicalIndex.learn(analysis.terms for analysis in flat)
        has_titles = any(a.is_title for analyses in read_teams for a in analyses)
        phrases = [analyzer.phrases(p.document) if has_titles else () for p in work.problems]
        vectors = self._encode(read_problems, read_teams, phrases, work)
        features = PairFeatures(
            work.teams,
            read_teams,
            VectorRows.stack(read_teams, vectors),
            LexicalIndex(self.lexicon, reference),
            self.taxonomy,
            self.config,
        )
        features.prepare()
        blocks = self._blocks(work, features, read_problems, phrases, vectors)
        table, unbridged = self._rank(work, blocks)
        result = self._result(work, read_teams, table, unbridged, reference)
        return self._with_explanations(result, work, explain_top)

    def explain(
        self,
        problem: ProblemDocument,
        team: TeamDocument,
        pair: MatchedPair | None = None,
        reference: LexicalReference | None = None,
    ) -> dict[str, Any]:
        """Say why *team* is where it is for *problem*, as plain data with message ids.

        Parameters
        ----------
        problem, team : documents
            The two sides.
        pair : MatchedPair, optional
            The pair as a run ranked it; without it the pair is ranked on its own.
        reference : LexicalReference, optional
            The run's, to weigh shared terms as it did.

        Returns
        -------
        dict
            See `explanation.Explainer.explain`.
        """
        if pair is None:
            run = MatchPipeline(
                self.config,
                encoder=self.encoder.encoder,
                cache=self.encoder.cache,
                lexicon=self.lexicon,
                taxonomy=self.taxonomy,
            ).run([problem], [team], reference=reference)
            pair = next(iter(run), None)
            reference = reference or run.reference
        explainer = Explainer(self.encoder, self._analyzer, self.taxonomy, self.config)
        return explainer.explain(problem, team, pair, reference)

    @cached_property
    def _analyzer(self) -> Analyzer:
        """Reads documents; it stays with the pipeline, so that a second run reads only new ones."""
        lexicon = None if self.encoder.reads_chinese else self.lexicon
        return Analyzer(self.lexicon, self.extractor, Reader(lexicon))

    def _check_requirements(self, problems: Sequence[ProblemDocument]) -> None:
        for problem in problems:
            for need in problem.requirements:
                self.taxonomy.concept(need.competency)

    def _read_teams(self, analyzer: Analyzer, work: _Run) -> list[list[Analysis]]:
        read = []
        for number, team in enumerate(work.teams):
            if number % 100 == 0:
                work.step("read", number, len(work.teams))
            read.append([analyzer(document) for document in team.documents])
        return read

    def _encode(
        self,
        problems: Sequence[Analysis],
        teams: Sequence[Sequence[Analysis]],
        phrases: Sequence[tuple[str, ...]],
        work: _Run,
    ) -> dict[str, Vectors]:
        analyses = [*problems, *(a for row in teams for a in row)]
        texts = [passage for analysis in analyses for passage in analysis.passages]
        texts = list(dict.fromkeys([*texts, *(phrase for row in phrases for phrase in row)]))
        if not texts:
            return {}
        work.step("encode", 0, len(texts))
        vectors = self.encoder.encode(texts, lambda done, total: work.step("encode", done, total))
        return dict(zip(texts, vectors, strict=True))

    def _blocks(
        self,
        work: _Run,
        features: PairFeatures,
        analyses: Sequence[Analysis],
        phrases: Sequence[tuple[str, ...]],
        vectors: dict[str, Vectors],
    ) -> Iterator[tuple[int, Described]]:
        """Describe a block of problems at a time, so that memory does not grow with their number."""
        for start in range(0, len(work.problems), self.config.block_size):
            work.step("rank", start, len(work.problems))
            block = slice(start, start + self.config.block_size)
            yield (
                start,
                features.describe(
                    work.problems[block],
                    analyses[block],
                    VectorRows.stack([[analysis] for analysis in analyses[block]], vectors),
                    [
                        np.array([vectors[phrase] for phrase in row], dtype=np.float32)
                        for row in phrases[block]
                    ],
                ),
            )

    def _rank(
        self, work: _Run, blocks: Iterable[tuple[int, Described]]
    ) -> tuple[PairTable, list[tuple[int, int]]]:
        """Put the teams of each problem in order; also return the pairs with no bridge."""
        barred = work.eligibility.barred(work.problems, work.teams)
        tables: list[PairTable] = []
        unbridged: list[tuple[int, int]] = []
        for start, described in blocks:
            z = described.standardised(self.config)
            # Added up in the same order as contributions are, so that both agree to the last bit.
            scores = sum(w * part for w, part in zip(self.ranker.coef_, z, strict=True))
            for row in range(len(scores)):
                allowed = ~barred[start + row]
                cut_off = allowed & ~described.bridged[row]
                unbridged.extend((start + row, int(team)) for team in np.flatnonzero(cut_off))
                scores[row, ~allowed | cut_off] = -np.inf
                tables.append(
                    self._table(work, start + row, scores[row], z[:, row], described, row)
                )
        work.step("rank", len(work.problems), len(work.problems))
        return PairTable.join(tables), unbridged

    def _table(
        self,
        work: _Run,
        problem: int,
        scores: Matrix,
        z: Matrix,
        described: Described,
        row: int,
    ) -> PairTable:
        order = best_first(scores, self.config.top_n)
        is_pinned = np.zeros(len(work.teams), dtype=bool)
        is_pinned[work.pinned(problem)] = True
        ranks = np.arange(1, len(order) + 1)
        if is_pinned.any() and self.config.top_n is not None:
            full = best_first(scores)
            kept = (np.arange(len(full)) < len(order)) | is_pinned[full]
            order, ranks = full[kept], np.flatnonzero(kept) + 1
        contributions = z[:, order].T * self.ranker.coef_
        return PairTable(
            problem=np.full(len(order), problem, dtype=np.int32),
            team=order.astype(np.int32),
            rank=ranks.astype(np.int32),
            band=self._bands(contributions.sum(axis=1), described.unconfirmed[row, order]),
            contributions=contributions,
            is_pinned=is_pinned[order],
        )

    def _bands(self, scores: Matrix, unconfirmed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        """Return positions in `BANDS`; a must-have that is only mentioned keeps a pair off the top."""
        floors = [self.config.band_floors[band] for band in BANDS[:-1]]
        bands = np.sum(scores[:, None] < np.array(floors), axis=1)
        good = BANDS.index(Band.GOOD)
        capped = np.where(unconfirmed, np.maximum(bands, good), bands)
        return np.asarray(capped, dtype=np.int8)

    def _result(
        self,
        work: _Run,
        read_teams: Sequence[Sequence[Analysis]],
        table: PairTable,
        unbridged: Sequence[tuple[int, int]],
        reference: LexicalReference,
    ) -> MatchResult:
        return MatchResult(
            problem_ids=tuple(problem.id for problem in work.problems),
            team_ids=tuple(team.id for team in work.teams),
            table=table,
            exclusions=tuple(work.eligibility.exclusions(work.problems, work.teams, unbridged)),
            confidence={
                team.id: self.confidence(analyses)
                for team, analyses in zip(work.teams, read_teams, strict=True)
            },
            config=self.describe_config(reference),
            content_hashes={
                "problems": {problem.id: problem.content_hash for problem in work.problems},
                "teams": {team.id: team.content_hash for team in work.teams},
                "rules": {
                    "conflicts": str(sorted(work.eligibility.conflicts)),
                    "bans": str(sorted(work.eligibility.bans)),
                    "pins": str(sorted(work.pins)),
                },
            },
            reference=reference,
        )

    def confidence(self, analyses: Sequence[Analysis]) -> Confidence:
        """Say how much a team has shown, by its number of substantial documents."""
        n_substantial = sum(analysis.is_substantial for analysis in analyses)
        if n_substantial >= self.config.rich:
            return Confidence.RICH
        return Confidence.FAIR if n_substantial >= self.config.fair else Confidence.THIN

    def describe_config(self, reference: LexicalReference) -> dict[str, Any]:
        """Return every setting and version that can change a result."""
        return {
            "version": VERSION,
            "settings": self.config.to_dict(),
            "model": self.encoder.model_id,
            "preparation": PREPARATION,
            "reads_chinese": self.encoder.reads_chinese,
            "lexicon": self.lexicon.fingerprint,
            "taxonomy": self.taxonomy.version,
            "reference": reference.fingerprint,
            "weights": self.ranker.coef_.tolist(),
        }

    def _with_explanations(self, result: MatchResult, work: _Run, explain_top: int) -> MatchResult:
        if not explain_top:
            return result
        problems = {problem.id: problem for problem in work.problems}
        teams = {team.id: team for team in work.teams}
        chosen = [pair for pair in result if pair.rank <= explain_top]
        explainer = Explainer(self.encoder, self._analyzer, self.taxonomy, self.config)
        explanations = {}
        for number, pair in enumerate(chosen):
            work.step("explain", number, len(chosen))
            problem, team = problems[pair.problem_id], teams[pair.team_id]
            found = explainer.explain(problem, team, pair, result.reference)
            explanations[pair.problem_id, pair.team_id] = found
        work.step("explain", len(chosen), len(chosen))
        return replace(result, explanations=explanations)


def _ordered(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return *items* by id, refusing two with the same."""
    ordered = tuple(sorted(items, key=lambda item: item.id))
    for before, after in pairwise(ordered):
        if before.id == after.id:
            raise InvalidInput(N_("The id %(id)s occurs twice."), id=before.id)
    return ordered
