"""Rank one problem with variants of one team, in the light of a run's reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.matching.analysis import VectorRows
from matchmaker.matching.counterfactual import Rescored
from matchmaker.matching.lexical import LexicalIndex, LexicalReference
from matchmaker.matching.result import BANDS
from matchmaker.matching.types import ProblemDocument, TeamDocument

if TYPE_CHECKING:
    from matchmaker.matching.pipeline import MatchPipeline


class Rescorer:
    """Gives the scores that a run of the pipeline with the same reference would give.

    Hard rules do not count here: a closed problem is ranked as if it were open.

    Parameters
    ----------
    pipeline : MatchPipeline
        Reads, encodes and scores.
    """

    def __init__(self, pipeline: MatchPipeline) -> None:
        self.pipeline = pipeline
        self._latest: tuple[LexicalReference, LexicalIndex] | None = None

    def __call__(
        self,
        problem: ProblemDocument,
        variants: Sequence[TeamDocument],
        reference: LexicalReference,
    ) -> list[Rescored]:
        """Return how the pair would be ranked if the team were each of *variants*."""
        pipeline, n = self.pipeline, len(variants)
        (asked,) = pipeline.read_problems([problem])
        teams = [pipeline.read_team(team) for team in variants]
        has_titles = any(a.is_title for row in teams for a in row)
        phrases = pipeline.phrases([problem]) if has_titles else [()]
        texts = [text for row in ([asked], *teams) for a in row for text in a.passages]
        vectors = pipeline.encode([*texts, *phrases[0]])
        features = pipeline.team_features(variants, teams, vectors, self._index(reference))
        rows = VectorRows.stack([[asked]], vectors)
        of_phrases = VectorRows.of_phrases(phrases, vectors)
        described = features.describe(features.problems([problem], [asked], rows, of_phrases))
        block = pipeline.scorer.score(described, np.zeros((1, n), dtype=bool))
        bands = pipeline.scorer.bands(block.scores[0], block.unconfirmed[0])
        return [
            Rescored(float(score), BANDS[band])
            for score, band in zip(block.scores[0], bands, strict=True)
        ]

    def _index(self, reference: LexicalReference) -> LexicalIndex:
        """Return the index of the latest reference: explanations of a run all ask for the same."""
        if self._latest is None or self._latest[0] is not reference:
            self._latest = reference, self.pipeline.index(reference)
        return self._latest[1]
