"""What can be set about the matcher, dumped with every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from matchmaker.matching.types import Band, Confidence

FEATURES = ("dense", "lexical", "concepts", "sector", "requirements", "must_have")


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """Mean and deviation a feature is brought to a common scale with.

    They are stored, not taken from the pool at hand, so the score of a pair does not depend on
    who else is in the pool.
    """

    mean: float
    deviation: float


def _weights() -> Mapping[str, float]:
    return MappingProxyType(
        {
            "dense": 0.70,
            "lexical": 0.25,
            "concepts": 0.10,
            "sector": 0.20,
            "requirements": 0.30,
            "must_have": 100.0,
        }
    )


def _scales() -> Mapping[str, ScoreScale]:
    return MappingProxyType(
        {
            "dense": ScoreScale(0.25, 0.12),
            "lexical": ScoreScale(0.03, 0.03),
            "concepts": ScoreScale(0.15, 0.20),
            "sector": ScoreScale(0.15, 0.33),
            "requirements": ScoreScale(0.20, 0.15),
            "must_have": ScoreScale(0.0, 1.0),
        }
    )


@dataclass(frozen=True, kw_only=True)
class MatchConfig:
    """Settings of the matcher; the defaults are the ones measured in docs/matching.md.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of each feature.
    scales : mapping of str to ScoreScale
        Common scale of each feature.
    floor, ceiling : float
        Least and largest standardised value of a feature. Together with the weight of
        ``must_have`` they guarantee that nothing outweighs a missing must-have.
    max_share : float
        Share of the best document in the dense feature; the mean over all documents has the rest.
    glossed_trust : float
        What the deviation of a similarity counts when both texts were glossed: the noise of
        glossing is in it twice, and two Chinese texts share their words anyway.
    phrase_share : float
        For a document that is only a title: share of the problem's best-fitting phrase in the
        similarity; the whole problem has the rest.
    band_floors : mapping of str to float
        Least score of each band.
    margins : mapping of str to (float, float)
        For each confidence, how far below and above the score the one of a fully described profile
        lies, in eight cases of ten. Measured by leaving documents out; see docs/matching.md.
    top_n : int, optional
        How many teams to keep for each problem; None keeps every pair.
    rich, fair : int
        From how many substantial documents on a team's evidence counts as rich or fair.
    block_size : int
        How many problems are compared with all teams at once.
    """

    weights: Mapping[str, float] = field(default_factory=_weights)
    scales: Mapping[str, ScoreScale] = field(default_factory=_scales)
    floor: float = -10.0
    ceiling: float = 40.0
    max_share: float = 0.5
    glossed_trust: float = 0.4
    phrase_share: float = 0.5
    band_floors: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {Band.STRONG: 2.5, Band.GOOD: 1.25, Band.POSSIBLE: 0.5}
        )
    )
    margins: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: MappingProxyType(
            {
                Confidence.THIN: (0.55, 1.75),
                Confidence.FAIR: (0.30, 1.00),
                Confidence.RICH: (0.15, 0.45),
            }
        )
    )
    top_n: int | None = None
    rich: int = 8
    fair: int = 3
    block_size: int = 64

    def __post_init__(self) -> None:
        unknown = {*self.weights, *self.scales} ^ {*FEATURES}
        if unknown:
            raise ValueError(f"unknown or missing features {sorted(unknown)}; known: {FEATURES}")
        others = sum(weight for name, weight in self.weights.items() if name != "must_have")
        spread = (self.ceiling - self.floor) * others
        if self.weights["must_have"] <= spread:
            raise ValueError(f"the weight of must_have has to be above {spread:.2f}")

    def to_dict(self) -> dict[str, Any]:
        """Return every setting that can change a result, as plain data."""
        return {
            "weights": dict(self.weights),
            "scales": {name: asdict(scale) for name, scale in self.scales.items()},
            "floor": self.floor,
            "ceiling": self.ceiling,
            "max_share": self.max_share,
            "glossed_trust": self.glossed_trust,
            "phrase_share": self.phrase_share,
            "band_floors": {str(band): floor for band, floor in self.band_floors.items()},
            "margins": {str(level): list(pair) for level, pair in self.margins.items()},
            "top_n": self.top_n,
            "rich": self.rich,
            "fair": self.fair,
        }
