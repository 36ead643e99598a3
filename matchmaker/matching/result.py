"""What a run of the matcher gives: ranked pairs, exclusions, confidence, and how it came about."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from matchmaker.matching.config import FEATURES
from matchmaker.matching.eligibility import Exclusion
from matchmaker.matching.lexical import LexicalReference
from matchmaker.matching.types import Band, Confidence, Matrix, Pair, canonical_json, content_hash

BANDS = (Band.STRONG, Band.GOOD, Band.POSSIBLE, Band.WEAK)
# Enough digits to tell any two scores apart whose features differ.
SCORE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """One ranked pair.

    Parameters
    ----------
    problem_id, team_id : str
        The two sides.
    rank : int
        Place of the team in the problem's list, from 1.
    score : float
        Higher is better; the sum of the contributions.
    band : Band
        How good the match looks.
    confidence : Confidence
        How much the team has shown.
    contributions : mapping of str to float
        The part each feature has in the score.
    is_pinned : bool
        Whether an officer wants the pair listed whatever its place.
    """

    problem_id: str
    team_id: str
    rank: int
    score: float
    band: Band
    confidence: Confidence
    contributions: Mapping[str, float]
    is_pinned: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the pair as plain data."""
        return {
            "problem_id": self.problem_id,
            "team_id": self.team_id,
            "rank": self.rank,
            "score": self.score,
            "band": str(self.band),
            "confidence": str(self.confidence),
            "contributions": dict(self.contributions),
            "is_pinned": self.is_pinned,
        }


@dataclass(frozen=True)
class PairTable:
    """Ranked pairs as columns: ten million of them fit in memory.

    Parameters
    ----------
    problem, team : ndarray of int
        Positions in the result's ``problem_ids`` and ``team_ids``.
    rank, band : ndarray of int
        Place in the problem's list from 1; position in `BANDS`.
    contributions : ndarray of shape (n_pairs, n_features)
        Parts of the score.
    is_pinned : ndarray of bool
        Pairs an officer wants listed.
    """

    problem: npt.NDArray[np.int32]
    team: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32]
    band: npt.NDArray[np.int8]
    contributions: Matrix
    is_pinned: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.problem)

    @cached_property
    def score(self) -> Matrix:
        """Sum of the contributions of each pair."""
        return np.asarray(self.contributions.sum(axis=1))

    def take(self, which: npt.NDArray[Any]) -> PairTable:
        """Return the pairs that *which*, a mask or positions, chooses."""
        return PairTable(
            self.problem[which],
            self.team[which],
            self.rank[which],
            self.band[which],
            self.contributions[which],
            self.is_pinned[which],
        )

    @classmethod
    def join(cls, tables: Sequence[PairTable]) -> PairTable:
        """Put the tables of several blocks one behind the other."""
        return cls(
            problem=np.concatenate([t.problem for t in tables] or [np.empty(0, np.int32)]),
            team=np.concatenate([t.team for t in tables] or [np.empty(0, np.int32)]),
            rank=np.concatenate([t.rank for t in tables] or [np.empty(0, np.int32)]),
            band=np.concatenate([t.band for t in tables] or [np.empty(0, np.int8)]),
            contributions=np.concatenate(
                [t.contributions for t in tables] or [np.empty((0, len(FEATURES)))]
            ),
            is_pinned=np.concatenate([t.is_pinned for t in tables] or [np.empty(0, bool)]),
        )


@dataclass(frozen=True)
class MatchResult:
    """Everything one run found, and what it was found from.

    Parameters
    ----------
    problem_ids, team_ids : tuple of str
        All problems and teams of the run, each in order of id.
    table : PairTable
        The ranked pairs, by problem, best first.
    exclusions : tuple of Exclusion
        Pairs, problems and teams that were not ranked, with the reason.
    confidence : mapping of str to Confidence
        How much each team has shown.
    config : mapping
        Settings, versions and model of the run.
    content_hashes : mapping of str to mapping of str to str
        Hash of the content of each problem and team.
    reference : LexicalReference
        How common terms were; pass it to a later run to keep scores comparable.
    explanations : mapping of (problem_id, team_id) to dict
        For the pairs that were asked for.
    """

    problem_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    table: PairTable
    exclusions: tuple[Exclusion, ...]
    confidence: Mapping[str, Confidence]
    config: Mapping[str, Any]
    content_hashes: Mapping[str, Mapping[str, str]]
    reference: LexicalReference
    explanations: Mapping[Pair, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of settings and inputs: equal fingerprints mean equal results."""
        return content_hash({"config": self.config, "content": self.content_hashes})

    def __iter__(self) -> Iterator[MatchedPair]:
        return (self.pair(position) for position in range(len(self.table)))

    def __len__(self) -> int:
        return len(self.table)

    def pair(self, position: int) -> MatchedPair:
        """Return the pair at *position* of the table."""
        table = self.table
        team_id = self.team_ids[table.team[position]]
        parts = table.contributions[position]
        return MatchedPair(
            problem_id=self.problem_ids[table.problem[position]],
            team_id=team_id,
            rank=int(table.rank[position]),
            score=float(table.score[position]),
            band=BANDS[table.band[position]],
            confidence=self.confidence[team_id],
            contributions={name: float(v) for name, v in zip(FEATURES, parts, strict=True)},
            is_pinned=bool(table.is_pinned[position]),
        )

    def of_problem(self, problem_id: str) -> list[MatchedPair]:
        """Return the ranked teams of one problem, best first."""
        wanted = self.problem_ids.index(problem_id)
        return [self.pair(int(p)) for p in np.flatnonzero(self.table.problem == wanted)]

    def of_team(self, team_id: str) -> list[MatchedPair]:
        """Return the ranked problems of one team, best score first, ties by problem id."""
        wanted = self.team_ids.index(team_id)
        pairs = [self.pair(int(p)) for p in np.flatnonzero(self.table.team == wanted)]
        return sorted(pairs, key=lambda pair: (-pair.score, pair.problem_id))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data, without the term counts of the reference."""
        return {
            "fingerprint": self.fingerprint,
            "config": dict(self.config),
            "content_hashes": {kind: dict(rows) for kind, rows in self.content_hashes.items()},
            "pairs": [pair.to_dict() for pair in self],
            "exclusions": [
                {"problem_id": e.problem_id, "team_id": e.team_id, "reason": str(e.reason)}
                for e in self.exclusions
            ],
            "confidence": {team: str(level) for team, level in self.confidence.items()},
            "explanations": [self.explanations[pair] for pair in sorted(self.explanations)],
        }

    def to_json(self) -> bytes:
        """Serialise the result; the same input gives the same bytes."""
        return canonical_json(self.to_dict())

    def write_csv(self, stream: TextIO) -> None:
        """Write problem_id,team_id,score, best first within each problem."""
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["problem_id", "team_id", "score"])
        table = self.table
        for problem, team, score in zip(table.problem, table.team, table.score, strict=True):
            row = [self.problem_ids[problem], self.team_ids[team], f"{score:.{SCORE_DIGITS}f}"]
            writer.writerow(row)
