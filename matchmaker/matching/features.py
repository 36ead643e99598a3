"""Describe every pair of a problem and a team by a few comparable numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from matchmaker.competency import (
    IMPORTANCE_MUST,
    Requirement,
    Taxonomy,
)
from matchmaker.competency.taxonomy import sector_similarity
from matchmaker.matching.analysis import Analysis, VectorRows
from matchmaker.matching.config import FEATURES, MatchConfig
from matchmaker.matching.lexical import (
    POOLED_BITS,
    QUERY_BITS,
    LexicalIndex,
    TermColumns,
    on_grid,
)
from matchmaker.matching.standing import (
    NOTHING,
    Standing,
    expected_level,
    named,
    shown,
    stated,
)
from matchmaker.matching.types import Matrix, ProblemDocument, TeamDocument, Vectors

# A concept this sure in a text counts as named there.
NAMED = 0.5
LANGS = ("zh", "en")
# How many vectors of documents are compared at once: what comes of it stays in a processor's cache.
_TILE = 8192
Flags = npt.NDArray[np.bool_]
_PRODUCTS = ("dense", "lexical", "concepts")


class ConceptSpace:
    """Numbers the concepts of a taxonomy: competencies, sectors and patterns.

    Parameters
    ----------
    taxonomy : Taxonomy
        The framework.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        ids = (*taxonomy.competencies, *taxonomy.sectors, *taxonomy.patterns)
        self.column = {concept_id: position for position, concept_id in enumerate(sorted(ids))}

    def vector(self, weights: Mapping[str, float]) -> Matrix:
        """Return *weights* as a row of length 1 (or all zeros), unknown ids passed over."""
        row = np.zeros(len(self.column))
        for concept_id, weight in weights.items():
            if concept_id in self.column:
                row[self.column[concept_id]] = weight
        norm = np.linalg.norm(row)
        return on_grid(row / norm, QUERY_BITS) if norm else row


@dataclass(frozen=True)
class PreparedProblems:
    """A block of problems with what can be worked out of them before any team is known.

    Parameters
    ----------
    problems : sequence of ProblemDocument
        The problems, in the order of the rows.
    analyses : sequence of Analysis
        What each says.
    rows : VectorRows
        Their vectors, each problem being one owner with one document.
    phrases : VectorRows or None
        The vectors of their phrases, each a document of its problem; needed where teams have bare
        titles.
    terms : sparse matrix
        Their TF-IDF weights.
    concepts : ndarray
        Their concept vectors.
    """

    problems: Sequence[ProblemDocument]
    analyses: Sequence[Analysis]
    rows: VectorRows
    phrases: VectorRows | None
    terms: sp.csr_matrix
    concepts: Matrix

    @cached_property
    def sectors(self) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
        """The distinct sets of sectors, and which of them each problem has."""
        return _distinct([problem.sectors for problem in self.problems])

    @cached_property
    def langs(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Which problems are written in each language."""
        return {lang: np.array([lang in a.langs for a in self.analyses]) for lang in LANGS}

    @cached_property
    def needs(self) -> tuple[list[Requirement], sp.csr_matrix, sp.csr_matrix]:
        """The distinct needs, how much each problem wants each, and which are must-haves."""
        position: dict[tuple[str, int], int] = {}
        distinct: list[Requirement] = []
        entries: list[tuple[int, int, int]] = []
        for row, problem in enumerate(self.problems):
            for need in problem.requirements:
                column = position.setdefault((need.competency, need.level), len(position))
                if column == len(distinct):
                    distinct.append(need)
                entries.append((row, column, need.importance))
        rows, columns, weights = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        shape = (len(self.problems), len(distinct))
        wanted = sp.csr_matrix((weights.astype(float), (rows, columns)), shape=shape)
        is_must = (weights >= IMPORTANCE_MUST).astype(float)
        return distinct, wanted, sp.csr_matrix((is_must, (rows, columns)), shape=shape)


@dataclass(frozen=True)
class Described:
    """A block of problems against all teams.

    Parameters
    ----------
    raw : mapping of str to ndarray of shape (n_problems, n_teams)
        Each feature in its own unit; nan where it is unknown.
    unconfirmed : ndarray of bool
        Whether a must-have is only mentioned, or neither likely nor unlikely.
    bridged : ndarray of bool
        Whether the two sides can be compared at all.
    """

    raw: Mapping[str, Matrix]
    unconfirmed: npt.NDArray[np.bool_]
    bridged: npt.NDArray[np.bool_]

    def standardised(self, config: MatchConfig) -> Matrix:
        """Return the features on their common scale, unknown as 0, shape (n_features, p, t)."""
        out = np.empty((len(FEATURES), *self.bridged.shape))
        for z, name in zip(out, FEATURES, strict=True):
            scale = config.scales[name]
            np.subtract(self.raw[name], scale.mean, out=z)
            z /= scale.deviation
            if name in _PRODUCTS:
                np.clip(z, config.floor, config.ceiling, out=z)
            z[np.isnan(z)] = 0.0
        return out


class PairFeatures:
    """Compares problems with a fixed set of teams.

    Parameters
    ----------
    teams : sequence of TeamDocument
        The teams, in the order of the columns.
    analyses : sequence of sequence of Analysis
        For each team the analyses of its documents.
    rows : VectorRows
        The vectors of the teams' documents.
    lexical : LexicalIndex
        Weighs terms.
    taxonomy : Taxonomy
        The framework of competencies and sectors.
    config : MatchConfig
        Settings.
    """

    def __init__(
        self,
        teams: Sequence[TeamDocument],
        analyses: Sequence[Sequence[Analysis]],
        rows: VectorRows,
        lexical: LexicalIndex,
        taxonomy: Taxonomy,
        config: MatchConfig,
    ) -> None:
        self.teams = teams
        self.analyses = analyses
        self.rows = rows
        self.lexical = lexical
        self.taxonomy = taxonomy
        self.config = config
        self.space = ConceptSpace(taxonomy)

    def get_feature_names_out(self) -> tuple[str, ...]:
        """Return the names of the features in their order."""
        return FEATURES

    @cached_property
    def _terms(self) -> sp.csr_matrix:
        """Mean TF-IDF of each team's documents: the mean of cosines is the cosine with the mean."""
        flat = [analysis.terms for analyses in self.analyses for analysis in analyses]
        pooled = self._pooling @ self.lexical.documents(flat)
        pooled.data = on_grid(pooled.data, POOLED_BITS)
        return pooled

    @cached_property
    def _term_columns(self) -> TermColumns:
        return TermColumns(self._terms)

    @cached_property
    def _pooling(self) -> sp.csr_matrix:
        counts = [len(analyses) for analyses in self.analyses]
        values = np.repeat([1 / max(count, 1) for count in counts], counts)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        shape = (len(counts), sum(counts))
        return sp.csr_matrix((values, np.arange(sum(counts)), indptr), shape=shape)

    @cached_property
    def _concepts(self) -> Matrix:
        """Mean concept vector of each team's documents, its declared levels being one of them."""
        rows = []
        for team, analyses in zip(self.teams, self.analyses, strict=True):
            vectors = [self.space.vector(analysis.concepts) for analysis in analyses]
            if levels := known_levels(team):
                vectors.append(self.space.vector(levels))
            rows.append(np.mean(vectors, axis=0) if vectors else self.space.vector({}))
        shape = (len(self.teams), len(self.space.column))
        return on_grid(np.array(rows).reshape(shape), POOLED_BITS)

    @cached_property
    def _levels(self) -> Matrix:
        """Level that each team gives itself in each concept, nan if none."""
        levels = np.full((len(self.teams), len(self.space.column)), np.nan)
        for row, team in enumerate(self.teams):
            for concept_id, level in team.competencies.items():
                if concept_id in self.space.column:
                    levels[row, self.space.column[concept_id]] = level
        return levels

    @cached_property
    def _estimates(self) -> dict[str, list[int]]:
        """The teams with an estimate of each competency."""
        found: dict[str, list[int]] = {}
        for row, team in enumerate(self.teams):
            for concept_id in team.estimates:
                found.setdefault(concept_id, []).append(row)
        return found

    @cached_property
    def _named(self) -> npt.NDArray[np.bool_]:
        """Whether each team's texts name each concept, or it declares the sector."""
        named = np.zeros((len(self.teams), len(self.space.column)), dtype=bool)
        for row, (team, analyses) in enumerate(zip(self.teams, self.analyses, strict=True)):
            concepts = {c for a in analyses for c, w in a.concepts.items() if w >= NAMED}
            concepts |= {self.taxonomy.resolve_sector(sector) or "" for sector in team.sectors}
            for concept_id in concepts & self.space.column.keys():
                named[row, self.space.column[concept_id]] = True
        return named

    @cached_property
    def _langs(self) -> dict[str, npt.NDArray[np.bool_]]:
        return {
            lang: np.array([any(lang in a.langs for a in row) for row in self.analyses], dtype=bool)
            for lang in LANGS
        }

    def prepare(self) -> None:
        """Work out ahead what depends on the teams alone."""
        _ = self._term_columns, self._concepts, self._levels, self._named, self._langs

    def problems(
        self,
        problems: Sequence[ProblemDocument],
        analyses: Sequence[Analysis],
        rows: VectorRows,
        phrases: VectorRows | None = None,
    ) -> PreparedProblems:
        """Work out ahead what depends on the problems alone."""
        concepts = [self.space.vector(analysis.concepts) for analysis in analyses]
        return PreparedProblems(
            problems,
            analyses,
            rows,
            phrases,
            self.lexical.queries([analysis.terms for analysis in analyses]),
            np.array(concepts).reshape(len(problems), len(self.space.column)),
        )

    def describe(self, asked: PreparedProblems) -> Described:
        """Compare the problems with every team."""
        dense = self._dense(asked)
        lexical = self._term_columns.cosines(asked.terms)
        lexical[:, np.diff(self._terms.indptr) == 0] = np.nan
        concepts = self._concept_overlap(asked.concepts)
        coverage, missing, unconfirmed = self._requirements(asked)
        raw = {
            "dense": dense,
            "lexical": lexical,
            "concepts": concepts,
            "sector": self._sectors(asked),
            "requirements": coverage,
            "must_have": -missing,
        }
        return Described(raw, unconfirmed, self._bridged(asked, dense, concepts))

    def _dense(self, asked: PreparedProblems) -> Matrix:
        """Part mean, part best over a team's documents; nan where a side has no vector."""
        out = np.full((len(asked.problems), len(self.teams)), np.nan)
        if not len(asked.rows.owners) or not len(self.rows.owners):
            return out
        share = self.config.max_share
        for tile in self.rows.tiles(_TILE):
            alike = self._alike(asked, tile)
            best = np.maximum.reduceat(alike, tile.document_starts, axis=1)
            # Sums in double precision are exact, so a mean does not depend on their order.
            mean = np.add.reduceat(alike, tile.document_starts, axis=1, dtype=np.float64)
            mean /= tile.n_documents
            out[np.ix_(asked.rows.owners, tile.owners)] = share * best + (1 - share) * mean
        return out

    def _alike(self, asked: PreparedProblems, documents: VectorRows) -> Vectors:
        """How alike each problem and each document are, the best of their passages."""
        alike = asked.rows.best_against(documents)
        if asked.phrases is not None and len(asked.phrases.owners) and documents.is_title.any():
            self._compare_titles(alike, asked.rows.owners, asked.phrases, documents)
        glossed = np.flatnonzero(asked.rows.is_glossed)
        if len(glossed) and documents.is_glossed.any():
            trust, mean = self.config.glossed_trust, self.config.scales["dense"].mean
            factor = np.where(documents.is_glossed, trust, 1).astype(np.float32)
            offset = np.where(documents.is_glossed, (1 - trust) * mean, 0).astype(np.float32)
            alike[glossed] = alike[glossed] * factor + offset
        return alike

    def _compare_titles(
        self,
        alike: Vectors,
        owners: npt.NDArray[np.intp],
        phrases: VectorRows,
        documents: VectorRows,
    ) -> None:
        """Let the problem's best-fitting phrase have its share in how well bare titles fit."""
        titles = np.flatnonzero(documents.is_title)
        found = phrases.best_against(documents.take_documents(titles))
        best = np.maximum.reduceat(found, phrases.document_starts, axis=0)
        cells = np.ix_(np.searchsorted(owners, phrases.owners), titles)
        share = self.config.phrase_share
        alike[cells] = (1 - share) * alike[cells] + share * best

    def _concept_overlap(self, vectors: Matrix) -> Matrix:
        """Cosine of the concept vectors; nan where a side has no concept."""
        overlap: Matrix = vectors @ self._concepts.T
        overlap[~vectors.any(axis=1)] = np.nan
        overlap[:, ~self._has_concepts] = np.nan
        return overlap

    @cached_property
    def _has_concepts(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._concepts.any(axis=1))

    def _sectors(self, asked: PreparedProblems) -> Matrix:
        """How close the closest sectors are; nan where a side has declared none."""
        rows, row = asked.sectors
        columns, column = self._team_sectors
        table = np.array([[_closest(a, b) for b in columns] for a in rows])
        return np.asarray(table.reshape(len(rows), len(columns))[np.ix_(row, column)])

    @cached_property
    def _team_sectors(self) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
        return _distinct([team.sectors for team in self.teams])

    def _requirements(
        self, asked: PreparedProblems
    ) -> tuple[Matrix, Matrix, npt.NDArray[np.bool_]]:
        """Return coverage, number of must-haves not shown, and whether one is only mentioned."""
        needs, wanted, is_must = asked.needs
        attained = [self._attained(need) for need in needs]
        shape = (len(needs), len(self.teams))
        share, is_met, is_named = (
            (np.array(rows, dtype=float).reshape(shape) for rows in zip(*attained, strict=True))
            if attained
            else (np.empty(shape),) * 3
        )
        total = np.asarray(wanted.sum(axis=1))
        with np.errstate(invalid="ignore"):
            coverage = (
                wanted @ on_grid(share, POOLED_BITS)
            ) / total  # 0 / 0: nothing is asked for.
        missing = is_must @ (1 - np.maximum(is_met, is_named))
        return coverage, missing, (is_must @ is_named) > 0

    @cached_property
    def _stated_levels(self) -> list[list[float]]:
        """For each concept the different levels that teams state, in order."""
        found: list[set[float]] = [set() for _ in self.space.column]
        rows, columns = np.nonzero(~np.isnan(self._levels))
        for column, level in zip(
            columns.tolist(), self._levels[rows, columns].tolist(), strict=True
        ):
            found[column].add(level)
        return [sorted(levels) for levels in found]

    def _attained(self, need: Requirement) -> tuple[Matrix, Flags, Flags]:
        """Return for every team how probable the level is, if the need is met, if that is open."""
        kinds, kind = self._standings(need)
        probability = np.array([found.probability for found in kinds])[kind]
        is_met = np.array([found.status == "met" for found in kinds])[kind]
        is_open = np.array([found.status == "unconfirmed" for found in kinds])[kind]
        return probability, is_met, is_open

    def _standings(self, need: Requirement) -> tuple[list[Standing], npt.NDArray[np.intp]]:
        """Return the different standings to a need, and which of them each team has."""
        column = self.space.column[need.competency]
        kinds = [NOTHING, named(need.level)]
        kind = self._named[:, column].astype(np.intp)
        levels = self._levels[:, column]
        for level in self._stated_levels[column]:
            kind[levels == level] = len(kinds)
            kinds.append(stated(level, need.level))
        for row in self._estimates.get(need.competency, ()):
            kind[row] = len(kinds)
            team = self.teams[row]
            claim = team.competencies.get(need.competency)
            kinds.append(shown(team.estimates[need.competency], need.level, claim))
        return kinds, kind

    def _bridged(
        self, asked: PreparedProblems, dense: Matrix, concepts: Matrix
    ) -> npt.NDArray[np.bool_]:
        """Say which pairs share vectors, a language or a concept, so that a score means something."""
        bridged = ~np.isnan(dense) | (concepts > 0)
        for lang in LANGS:
            bridged |= np.outer(asked.langs[lang], self._langs[lang])
        return bridged


def known_levels(team: TeamDocument) -> dict[str, float]:
    """Return the level of each competency that the team states or evidence makes likely."""
    likely = {c: expected_level(at_least) for c, at_least in team.estimates.items()}
    return {**team.competencies, **likely}


def _distinct(
    items: Sequence[tuple[str, ...]],
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
    position = {item: number for number, item in enumerate(dict.fromkeys(items))}
    return list(position), np.array([position[item] for item in items], dtype=np.intp)


@lru_cache(maxsize=65_536)  # Few sets of sectors meet again and again.
def _closest(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    if not left or not right:
        return np.nan
    return max(sector_similarity(a, b) for a in left for b in right)
