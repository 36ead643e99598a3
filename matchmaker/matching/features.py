"""Describe every pair of a problem and a team by a few comparable numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from matchmaker.competency import (
    IMPORTANCE_MUST,
    Requirement,
    Taxonomy,
)
from matchmaker.competency.levels import TOLERANCE
from matchmaker.competency.taxonomy import sector_similarity
from matchmaker.matching.analysis import Analysis, VectorRows, starts_of
from matchmaker.matching.config import FEATURES, MatchConfig
from matchmaker.matching.lexical import LexicalIndex, product
from matchmaker.matching.types import Matrix, ProblemDocument, TeamDocument, Vectors

# A concept this sure in a text counts as named there.
NAMED = 0.5
# What an unconfirmed mention of a needed competency is worth.
UNCONFIRMED = 0.5
# Differences below this come from the order in which a processor adds up a product; the other
# features are exact, and few and small enough to stay within the bounds of a standardised value.
DECIMALS = 6
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
        return row / norm if norm else row


@dataclass(frozen=True)
class Described:
    """A block of problems against all teams.

    Parameters
    ----------
    raw : mapping of str to ndarray of shape (n_problems, n_teams)
        Each feature in its own unit; nan where it is unknown.
    unconfirmed : ndarray of bool
        Whether a must-have is only mentioned, not shown at a level.
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
                np.round(z, DECIMALS, out=z)
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
        return self._pooling @ self.lexical.documents(flat)

    @cached_property
    def _terms_by_column(self) -> sp.csr_matrix:
        """The same with teams as columns, which a sparse product wants."""
        return self._terms.T.tocsr()

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
            if team.competencies:
                vectors.append(self.space.vector(team.competencies))
            rows.append(np.mean(vectors, axis=0) if vectors else self.space.vector({}))
        return np.array(rows).reshape(len(self.teams), len(self.space.column))

    @cached_property
    def _levels(self) -> Matrix:
        """Estimated level of each team in each concept, nan if unknown."""
        levels = np.full((len(self.teams), len(self.space.column)), np.nan)
        for row, team in enumerate(self.teams):
            for concept_id, level in team.competencies.items():
                if concept_id in self.space.column:
                    levels[row, self.space.column[concept_id]] = level
        return levels

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
            for lang in ("zh", "en")
        }

    def prepare(self) -> None:
        """Work out ahead what depends on the teams alone."""
        _ = self._terms_by_column, self._concepts, self._levels, self._named, self._langs
        _ = self._damped if self.rows.is_glossed.any() else self._trusted

    def describe(
        self,
        problems: Sequence[ProblemDocument],
        analyses: Sequence[Analysis],
        rows: VectorRows,
        phrase_vectors: Sequence[Vectors] = (),
    ) -> Described:
        """Compare *problems* with every team.

        Parameters
        ----------
        problems : sequence of ProblemDocument
            The problems, in the order of the rows.
        analyses : sequence of Analysis
            What each says.
        rows : VectorRows
            Their vectors, each problem being one owner with one document.
        phrase_vectors : sequence of ndarray, default=()
            For each problem the vectors of its phrases; needed where teams have bare titles.
        """
        dense = self._dense(len(problems), rows, phrase_vectors)
        queries = self.lexical.queries([a.terms for a in analyses])
        lexical = product(queries, self._terms_by_column)
        concepts = self._concept_overlap(analyses)
        coverage, missing, unconfirmed = self._requirements(problems)
        has_terms = np.diff(self._terms.indptr) > 0
        raw = {
            "dense": dense,
            "lexical": np.where(has_terms, lexical, np.nan),
            "concepts": concepts,
            "sector": self._sectors(problems),
            "requirements": coverage,
            "must_have": -missing,
        }
        bridged = self._bridged(analyses, dense, concepts)
        return Described(raw, unconfirmed, bridged)

    @cached_property
    def _trusted(self) -> Vectors:
        """The documents' vectors with a column of zeros behind."""
        zeros = np.zeros((len(self.rows.vectors), 1), dtype=np.float32)
        return np.hstack([self.rows.vectors, zeros])

    @cached_property
    def _damped(self) -> Vectors:
        """The same as a glossed problem sees them.

        Glossed documents are shortened and get an offset in the last column, which draws their
        similarities towards the mean at no cost beyond the product.
        """
        if not self.rows.is_glossed.any():
            return self._trusted
        vectors = self._trusted.copy()
        lengths = np.diff(np.append(self.rows.row_starts, len(vectors)))
        glossed = np.repeat(self.rows.is_glossed, lengths)
        trust, mean = self.config.glossed_trust, self.config.scales["dense"].mean
        vectors[glossed] *= trust
        vectors[glossed, -1] = (1 - trust) * mean
        return vectors

    def _dense(
        self, n_problems: int, rows: VectorRows, phrase_vectors: Sequence[Vectors]
    ) -> Matrix:
        """Part mean, part best over a team's documents; nan where a side has no vector."""
        out = np.full((n_problems, len(self.teams)), np.nan)
        if not len(rows.owners) or not len(self.rows.owners):
            return out
        starts = self.rows.document_starts
        alike = self._alike(rows, phrase_vectors)
        best = np.maximum.reduceat(alike, starts, axis=1)
        mean = np.add.reduceat(alike, starts, axis=1) / self.rows.n_documents
        share = self.config.max_share
        out[np.ix_(rows.owners, self.rows.owners)] = share * best + (1 - share) * mean
        return out

    def _alike(self, rows: VectorRows, phrase_vectors: Sequence[Vectors]) -> Vectors:
        """How alike each problem and each document are, the best of their passages."""
        alike = np.empty((len(rows.owners), len(self.rows.row_starts)), dtype=np.float32)
        counts = np.diff(np.append(rows.row_starts, len(rows.vectors)))
        for is_glossed, documents in ((False, "_trusted"), (True, "_damped")):
            chosen = rows.is_glossed == is_glossed
            if not chosen.any():
                continue
            queries = rows.vectors[np.repeat(chosen, counts)]
            ones = np.ones((len(queries), 1), dtype=np.float32)
            found = np.hstack([queries, ones]) @ getattr(self, documents).T
            if len(self.rows.row_starts) < len(self.rows.vectors):
                found = np.maximum.reduceat(found, self.rows.row_starts, axis=1)
            if chosen.sum() < len(queries):
                found = np.maximum.reduceat(found, starts_of(counts[chosen]), axis=0)
            alike[chosen] = found
        self._compare_titles(alike, rows, phrase_vectors)
        return alike

    def _compare_titles(
        self, alike: Vectors, rows: VectorRows, phrase_vectors: Sequence[Vectors]
    ) -> None:
        """Let the problem's best-fitting phrase have its share in how well bare titles fit."""
        titles = np.flatnonzero(self.rows.is_title)
        if not len(titles) or not len(phrase_vectors):
            return
        share = self.config.phrase_share
        for row, owner in enumerate(rows.owners):
            if not len(phrase_vectors[owner]):
                continue
            documents = self._damped if rows.is_glossed[row] else self._trusted
            queries = phrase_vectors[owner]
            ones = np.ones((len(queries), 1), dtype=np.float32)
            vectors = documents[self.rows.row_starts[titles]]
            best = (np.hstack([queries, ones]) @ vectors.T).max(axis=0)
            alike[row, titles] = (1 - share) * alike[row, titles] + share * best

    def _concept_overlap(self, analyses: Sequence[Analysis]) -> Matrix:
        """Cosine of the concept vectors; nan where a side has no concept."""
        vectors = np.array([self.space.vector(analysis.concepts) for analysis in analyses])
        overlap: Matrix = vectors @ self._concepts.T
        overlap[~vectors.any(axis=1)] = np.nan
        overlap[:, ~self._concepts.any(axis=1)] = np.nan
        return overlap

    def _sectors(self, problems: Sequence[ProblemDocument]) -> Matrix:
        """How close the closest sectors are; nan where a side has declared none."""
        rows, row = _distinct([problem.sectors for problem in problems])
        columns, column = self._team_sectors
        table = np.array([[_closest(a, b) for b in columns] for a in rows])
        return np.asarray(table.reshape(len(rows), len(columns))[np.ix_(row, column)])

    @cached_property
    def _team_sectors(self) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
        return _distinct([team.sectors for team in self.teams])

    def _requirements(
        self, problems: Sequence[ProblemDocument]
    ) -> tuple[Matrix, Matrix, npt.NDArray[np.bool_]]:
        """Return coverage, number of must-haves not shown, and whether one is only mentioned."""
        shape = (len(problems), len(self.teams))
        coverage, missing = np.full(shape, np.nan), np.zeros(shape)
        unconfirmed = np.zeros(shape, dtype=bool)
        for row, problem in enumerate(problems):
            total = sum(need.importance for need in problem.requirements)
            if not total:
                continue
            coverage[row] = 0.0
            for need in problem.requirements:
                share, is_met, is_named = self._attained(need)
                coverage[row] += need.importance / total * share
                if need.importance >= IMPORTANCE_MUST:
                    missing[row] += ~is_met & ~is_named
                    unconfirmed[row] |= is_named
        return coverage, missing, unconfirmed

    def _attained(
        self, need: Requirement
    ) -> tuple[Matrix, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return for every team its share of one need, if it meets it, if it only names it."""
        column = self.space.column[need.competency]
        levels = self._levels[:, column]
        is_named = self._named[:, column] & np.isnan(levels)
        is_met = levels >= need.level - TOLERANCE
        partly = np.clip(np.nan_to_num(levels) / need.level, 0, 1)
        return np.where(is_met, 1.0, np.where(is_named, UNCONFIRMED, partly)), is_met, is_named

    def _bridged(
        self, analyses: Sequence[Analysis], dense: Matrix, concepts: Matrix
    ) -> npt.NDArray[np.bool_]:
        """Say which pairs share vectors, a language or a concept, so that a score means something."""
        bridged = ~np.isnan(dense) | (np.nan_to_num(concepts) > 0)
        for row, analysis in enumerate(analyses):
            for lang in analysis.langs & self._langs.keys():
                bridged[row] |= self._langs[lang]
        return bridged


def _distinct(
    items: Sequence[tuple[str, ...]],
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
    position = {item: number for number, item in enumerate(dict.fromkeys(items))}
    return list(position), np.array([position[item] for item in items], dtype=np.intp)


def _closest(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    if not left or not right:
        return np.nan
    return max(sector_similarity(a, b) for a in left for b in right)
