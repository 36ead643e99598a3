"""From the features of pairs to scores, order and bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.matching.analysis import Analysis
from matchmaker.matching.config import FEATURES, MatchConfig
from matchmaker.matching.features import Described
from matchmaker.matching.ranking import PriorRanker, best_first
from matchmaker.matching.result import BANDS, PairTable
from matchmaker.matching.types import Band, Confidence, Matrix

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ScoredBlock:
    """Scores of some problems against all teams.

    Parameters
    ----------
    scores : ndarray of shape (n_problems, n_teams)
        Minus infinity for pairs that are not ranked.
    contributions : ndarray of shape (n_features, n_problems, n_teams)
        The parts of each score.
    unconfirmed : ndarray of bool
        Whether a must-have is only mentioned, not shown at a level.
    cut_off : ndarray of bool
        Pairs that would be ranked if anything allowed to compare them.
    """

    scores: Matrix
    contributions: Matrix
    unconfirmed: Mask
    cut_off: Mask


class Scorer:
    """Scores what the features say, by the settings alone.

    Parameters
    ----------
    config : MatchConfig
        Weights, scales and floors.
    """

    def __init__(self, config: MatchConfig) -> None:
        self.config = config
        self.floors = np.sort([config.band_floors[band] for band in BANDS[:-1]])
        self.ranker = PriorRanker(prior=[config.weights[name] for name in FEATURES]).start()

    def score(self, described: Described, barred: Mask) -> ScoredBlock:
        """Score a block of problems; *barred* pairs are not ranked."""
        parts = described.standardised(self.config)
        for part, weight in zip(parts, self.ranker.coef_, strict=True):
            part *= weight
        cut_off = ~barred & ~described.bridged
        # Added up in the order of the features, as a pair's contributions are.
        scores = sum(parts[1:], start=parts[0])
        scores[barred | cut_off] = -np.inf
        return ScoredBlock(scores, parts, described.unconfirmed, cut_off)

    def table(self, block: ScoredBlock, row: int, problem: int, pinned: Sequence[int]) -> PairTable:
        """Put the teams of one row of *block* in order, those beyond the best if they are pinned."""
        scores, top_n = block.scores[row], self.config.top_n
        order = best_first(scores, top_n)
        is_pinned = np.zeros(len(scores), dtype=bool)
        is_pinned[list(pinned)] = True
        ranks = np.arange(1, len(order) + 1)
        if is_pinned.any() and top_n is not None:
            full = best_first(scores)
            kept = (np.arange(len(full)) < len(order)) | is_pinned[full]
            order, ranks = full[kept], np.flatnonzero(kept) + 1
        return PairTable(
            problem=np.full(len(order), problem, dtype=np.int32),
            team=order.astype(np.int32),
            rank=ranks.astype(np.int32),
            band=self.bands(scores[order], block.unconfirmed[row, order]),
            contributions=block.contributions[:, row, order].T.copy(),
            is_pinned=is_pinned[order],
        )

    def bands(self, scores: Matrix, unconfirmed: Mask) -> npt.NDArray[np.int8]:
        """Return positions in `BANDS`; a must-have that is only mentioned keeps a pair off the top."""
        bands = len(self.floors) - np.searchsorted(self.floors, scores, side="right")
        good = BANDS.index(Band.GOOD)
        capped = np.where(unconfirmed, np.maximum(bands, good), bands)
        return np.asarray(capped, dtype=np.int8)

    def band_range(self, score: float, band: Band, confidence: Confidence) -> tuple[Band, Band]:
        """Return the least and the best band that a fully described profile is likely to have.

        The thinner the profile, the wider the range. What keeps *band* below the one of its score,
        such as a must-have that is only mentioned, keeps the best one there, too.
        """
        down, up = self.config.margins[confidence]
        nothing = np.zeros(3, dtype=bool)
        low, own, high = self.bands(np.array([score - down, score, score + up]), nothing).tolist()
        is_capped = BANDS.index(band) > own
        return BANDS[low], BANDS[max(high, BANDS.index(band)) if is_capped else high]

    def confidence(self, analyses: Sequence[Analysis]) -> Confidence:
        """Say how much a team has shown, by its number of substantial documents."""
        n_substantial = sum(analysis.is_substantial for analysis in analyses)
        if n_substantial >= self.config.rich:
            return Confidence.RICH
        return Confidence.FAIR if n_substantial >= self.config.fair else Confidence.THIN
