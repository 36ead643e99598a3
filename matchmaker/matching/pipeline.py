"""The stages of a match run in order: read, encode, exclude, describe, rank, explain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from matchmaker.competency import Extractor, Lexicon, Taxonomy, load_lexicon, load_taxonomy
from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_
from matchmaker.matching.analysis import Analysis, Analyzer, TextVectors, VectorRows
from matchmaker.matching.config import MatchConfig
from matchmaker.matching.eligibility import Eligibility
from matchmaker.matching.encoders import (
    PREPARATION,
    CachedEncoder,
    Encoder,
    RecentEncoder,
    SentenceEncoder,
)
from matchmaker.matching.explanation import Explainer
from matchmaker.matching.features import Described, PairFeatures, PreparedProblems
from matchmaker.matching.lexical import LexicalIndex, LexicalReference
from matchmaker.matching.readable import Reader
from matchmaker.matching.rescoring import Rescorer
from matchmaker.matching.result import MatchedPair, MatchResult, PairTable
from matchmaker.matching.scoring import Scorer
from matchmaker.matching.types import Pair, ProblemDocument, TeamDocument
from matchmaker.matching.vectors import MemoryVectorCache, VectorCache
from matchmaker.matching.work import Cancelled, MatchWork, Progress

VERSION = "2"


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
        self.scorer = Scorer(self.config)

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
        rules = Eligibility(conflicts, bans)
        work = _work(problems, teams, rules, frozenset(pins), progress, cancelled)
        read_problems, read_teams = self._read(work)
        if reference is None:
            reference = self.learn([*read_problems, *(a for row in read_teams for a in row)])
        blocks = self._blocks(work, read_problems, read_teams, reference)
        table, unbridged = self._rank(work, blocks)
        result = self._result(work, read_teams, table, unbridged, reference)
        return self._with_explanations(result, work, explain_top)

    def describe(
        self,
        problems: Iterable[ProblemDocument],
        teams: Iterable[TeamDocument],
        *,
        progress: Progress | None = None,
    ) -> tuple[LexicalReference, Iterator[Described]]:
        """Count the terms of both sides and describe all their pairs, a block of problems at a time.

        Parameters
        ----------
        problems, teams : iterable of documents
            Each side; ids must be distinct.
        progress : callable (stage, done, total), optional
            Told of every step.

        Returns
        -------
        reference : LexicalReference
            How common terms are in these texts.
        blocks : iterator of Described
            The features of the pairs, in the light of it.
        """
        work = _work(problems, teams, Eligibility((), ()), frozenset(), progress, None)
        read_problems, read_teams = self._read(work)
        reference = self.learn([*read_problems, *(a for row in read_teams for a in row)])
        blocks = self._blocks(work, read_problems, read_teams, reference)
        return reference, (described for _, described in blocks)

    def with_config(self, config: MatchConfig) -> MatchPipeline:
        """Return a pipeline with other settings that shares everything read and encoded so far."""
        other = copy(self)
        other.config, other.scorer = config, Scorer(config)
        other.__dict__.pop("_explainer", None)  # It explains by the settings it was made with.
        return other

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
        return self._explainer.explain(problem, team, pair, reference)

    def sketch(
        self, problem: ProblemDocument, team: TeamDocument, pair: MatchedPair
    ) -> dict[str, Any]:
        """Say in short why *team* is where it is: the explanation without quotes and advice."""
        return self._explainer.sketch(problem, team, pair)

    @cached_property
    def _analyzer(self) -> Analyzer:
        """Reads documents; it stays with the pipeline, so that a second run reads only new ones."""
        lexicon = None if self.encoder.reads_chinese else self.lexicon
        return Analyzer(self.lexicon, self.extractor, Reader(lexicon))

    @cached_property
    def _explainer(self) -> Explainer:
        """Explains pairs; texts that come back from pair to pair stay at hand."""
        encoder = RecentEncoder(self.encoder)
        return Explainer(encoder, self._analyzer, self.taxonomy, self.config, Rescorer(self))

    def read_problems(self, problems: Sequence[ProblemDocument]) -> list[Analysis]:
        """Read *problems*, refusing requirements the taxonomy does not have."""
        for problem in problems:
            for need in problem.requirements:
                self.taxonomy.concept(need.competency)
        return [self._analyzer(problem.document) for problem in problems]

    def read_team(self, team: TeamDocument) -> list[Analysis]:
        """Read the documents of *team*."""
        return [self._analyzer(document) for document in team.documents]

    def _read(self, work: MatchWork) -> tuple[list[Analysis], list[list[Analysis]]]:
        """Read both sides, teams first."""
        teams = self._read_teams(work)
        return self.read_problems(work.problems), teams

    def _read_teams(self, work: MatchWork) -> list[list[Analysis]]:
        read = []
        for number, team in enumerate(work.teams):
            if number % 100 == 0:
                work.step("read", number, len(work.teams))
            read.append(self.read_team(team))
        return read

    def learn(self, analyses: Iterable[Analysis]) -> LexicalReference:
        """Count how common terms are in documents that were read."""
        return LexicalIndex.learn((a.terms for a in analyses), self._analyzer.vocabulary)

    def encode(
        self, texts: Iterable[str], step: Callable[[int, int], None] = lambda done, total: None
    ) -> TextVectors:
        """Return the vectors of *texts*, telling *step* how many are done."""
        distinct = list(dict.fromkeys(texts))
        position = {text: row for row, text in enumerate(distinct)}
        if not distinct:
            return TextVectors(position, np.empty((0, 0), dtype=np.float32))
        step(0, len(distinct))
        return TextVectors(position, self.encoder.encode(distinct, step))

    def team_features(
        self,
        teams: Sequence[TeamDocument],
        analyses: Sequence[Sequence[Analysis]],
        vectors: TextVectors,
        index: LexicalIndex,
    ) -> PairFeatures:
        """Prepare *teams* to be compared with problems."""
        rows = VectorRows.stack(analyses, vectors)
        features = PairFeatures(teams, analyses, rows, index, self.taxonomy, self.config)
        features.prepare()
        return features

    def phrases(self, problems: Sequence[ProblemDocument]) -> list[tuple[str, ...]]:
        """Return the phrases of each problem as the encoder reads them."""
        return [self._analyzer.phrases(problem.document) for problem in problems]

    def index(self, reference: LexicalReference) -> LexicalIndex:
        """Return an index of the documents read, in the light of *reference*."""
        return LexicalIndex(self._analyzer.vocabulary, reference)

    def _blocks(
        self,
        work: MatchWork,
        problems: Sequence[Analysis],
        teams: Sequence[Sequence[Analysis]],
        reference: LexicalReference,
    ) -> Iterator[tuple[int, Described]]:
        """Describe a block of problems at a time, so that memory does not grow with their number."""
        has_titles = any(a.is_title for analyses in teams for a in analyses)
        phrases = self.phrases(work.problems) if has_titles else [()] * len(problems)
        texts = [text for row in (problems, *teams) for a in row for text in a.passages]
        texts += [phrase for row in phrases for phrase in row]
        vectors = self.encode(texts, lambda done, total: work.step("encode", done, total))
        features = self.team_features(work.teams, teams, vectors, self.index(reference))
        prepared = self._prepared(work, features, problems, phrases, vectors)
        del vectors
        for start, asked in prepared:
            work.step("rank", start, len(work.problems))
            yield start, features.describe(asked)

    def _prepared(
        self,
        work: MatchWork,
        features: PairFeatures,
        analyses: Sequence[Analysis],
        phrases: Sequence[tuple[str, ...]],
        vectors: TextVectors,
    ) -> list[tuple[int, PreparedProblems]]:
        """Prepare the problems in blocks, each with the position of its first."""
        size = self.config.block_size
        blocks = [(start, slice(start, start + size)) for start in range(0, len(analyses), size)]
        return [
            (
                start,
                features.problems(
                    work.problems[block],
                    analyses[block],
                    VectorRows.stack([[analysis] for analysis in analyses[block]], vectors),
                    VectorRows.of_phrases(phrases[block], vectors),
                ),
            )
            for start, block in blocks
        ]

    def _rank(
        self, work: MatchWork, blocks: Iterable[tuple[int, Described]]
    ) -> tuple[PairTable, list[tuple[int, int]]]:
        """Put the teams of each problem in order; also return the pairs with no bridge."""
        barred = work.eligibility.barred(work.problems, work.teams)
        tables: list[PairTable] = []
        unbridged: list[tuple[int, int]] = []
        for start, described in blocks:
            n_rows = len(described.bridged)
            block = self.scorer.score(described, barred[start : start + n_rows])
            unbridged += [(start + int(p), int(t)) for p, t in np.argwhere(block.cut_off)]
            for row in range(n_rows):
                pinned = work.pinned(start + row)
                tables.append(self.scorer.table(block, row, start + row, pinned))
        work.step("rank", len(work.problems), len(work.problems))
        return PairTable.join(tables), unbridged

    def _result(
        self,
        work: MatchWork,
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
                team.id: self.scorer.confidence(analyses)
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
            "weights": self.scorer.ranker.coef_.tolist(),
        }

    def _with_explanations(
        self, result: MatchResult, work: MatchWork, explain_top: int
    ) -> MatchResult:
        if not explain_top:
            return result
        problems = {problem.id: problem for problem in work.problems}
        teams = {team.id: team for team in work.teams}
        chosen = [pair for pair in result if pair.rank <= explain_top]
        explanations = {}
        for number, pair in enumerate(chosen):
            work.step("explain", number, len(chosen))
            problem, team = problems[pair.problem_id], teams[pair.team_id]
            found = self._explainer.explain(problem, team, pair, result.reference)
            explanations[pair.problem_id, pair.team_id] = found
        work.step("explain", len(chosen), len(chosen))
        return replace(result, explanations=explanations)


def _work(
    problems: Iterable[ProblemDocument],
    teams: Iterable[TeamDocument],
    rules: Eligibility,
    pins: Collection[Pair],
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> MatchWork:
    return MatchWork(
        problems=_ordered(problems),
        teams=_ordered(teams),
        eligibility=rules,
        pins=pins,
        progress=progress or (lambda stage, done, total: None),
        cancelled=cancelled or (lambda: False),
    )


def _ordered(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return *items* by id, refusing two with the same."""
    ordered = tuple(sorted(items, key=lambda item: item.id))
    for before, after in pairwise(ordered):
        if before.id == after.id:
            raise InvalidInput(N_("The id %(id)s occurs twice."), id=before.id)
    return ordered
