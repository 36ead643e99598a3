"""What scores rest on besides the two sides: how common terms are, and how far apart pairs lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.matching.config import FEATURES, MatchConfig, ScoreScale
from matchmaker.matching.features import Described
from matchmaker.matching.lexical import LexicalReference
from matchmaker.matching.types import Matrix, ProblemDocument, TeamDocument
from matchmaker.matching.work import Progress

if TYPE_CHECKING:
    from matchmaker.matching.pipeline import MatchPipeline

#: With fewer pairs a mean and a deviation say little.
MIN_PAIRS = 100


@dataclass(frozen=True)
class Statistics:
    """Learned from a programme's texts, to be used by every later run until it is learned anew.

    Parameters
    ----------
    reference : LexicalReference
        How common each term is.
    scales : mapping of str to ScoreScale
        Mean and deviation of each feature over all pairs in which it is known.
    n_pairs : int
        How many pairs were compared.
    """

    reference: LexicalReference
    scales: Mapping[str, ScoreScale]
    n_pairs: int


def fit_statistics(
    pipeline: MatchPipeline,
    problems: Iterable[ProblemDocument],
    teams: Iterable[TeamDocument],
    progress: Progress | None = None,
) -> Statistics:
    """Count terms over both sides and measure every feature over all their pairs.

    Examples
    --------
    >>> from matchmaker.matching import HashingEncoder, MatchPipeline, Text
    >>> from matchmaker.matching import problem_document, team_document
    >>> asked = [problem_document("P1", [Text("", "Find weaving defects", None)])]
    >>> offered = [team_document("T1", [Text("", "We find defects", None)])]
    >>> fit_statistics(MatchPipeline(encoder=HashingEncoder()), asked, offered).n_pairs
    1
    """
    sums = np.zeros((3, len(FEATURES)))
    n_pairs = 0
    reference, blocks = pipeline.describe(problems, teams, progress=progress)
    for described in blocks:
        sums += _sums(described)
        n_pairs += described.bridged.size
    return Statistics(reference, _scales(sums), n_pairs)


def _sums(described: Described) -> Matrix:
    """Return number, sum and sum of squares of the known values of each feature."""
    rows = [described.raw[name] for name in FEATURES]
    known = [row[~np.isnan(row)] for row in rows]
    return np.array(
        [
            [len(values) for values in known],
            [values.sum() for values in known],
            [np.square(values).sum() for values in known],
        ]
    )


def _scales(sums: Matrix) -> dict[str, ScoreScale]:
    scales = {}
    for name, (count, total, squares) in zip(FEATURES, sums.T.tolist(), strict=True):
        if count:
            mean = total / count
            spread = max(squares / count - mean**2, 0.0) ** 0.5
            scales[name] = ScoreScale(round(mean, 6), round(spread, 6))
    return scales


def scaled_for(config: MatchConfig, statistics: Statistics) -> MatchConfig:
    """Return *config* with the likeness of meaning on the scale that *statistics* measured.

    Each model has a scale of its own; the other features do not depend on the model. Nothing
    changes where too few pairs were compared, or all of them alike.
    """
    found = statistics.scales.get("dense")
    if found is None or statistics.n_pairs < MIN_PAIRS or not found.deviation:
        return config
    return replace(config, scales={**config.scales, "dense": found})
