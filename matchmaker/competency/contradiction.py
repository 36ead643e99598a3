"""Evidence that cannot well be true at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.competency.diagnosis import HALF_LIFE_MONTHS
from matchmaker.competency.evidence import Evidence, Rating, weight

#: How far apart two ratings are, in levels, before they contradict each other.
APART = 2
#: Evidence that counts less than this is too old, or too little about it, to contradict anything.
LEAST_WEIGHT = 0.25


def contradiction(
    evidence: Sequence[Evidence], *, half_life_months: float = HALF_LIFE_MONTHS
) -> tuple[int, int] | None:
    """Find the two ratings that are furthest apart, if they contradict each other.

    Parameters
    ----------
    evidence : sequence of Evidence
        All there is of one person in one competency.
    half_life_months : float
        After how many months evidence of the competency counts half, above 0.

    Returns
    -------
    tuple of int or None
        Positions of the lower and the higher one in *evidence*; None if all agree well enough.

    Examples
    --------
    >>> contradiction([Rating("self_anchored", 4), Rating("mentor", 1), Rating("peer", 2)])
    (1, 0)
    >>> contradiction([Rating("self_anchored", 3), Rating("mentor", 2)])
    """
    levels = {
        position: piece.level
        for position, piece in enumerate(evidence)
        if isinstance(piece, Rating) and weight(piece, half_life_months) >= LEAST_WEIGHT
    }
    if not levels:
        return None
    low, high = min(levels, key=levels.__getitem__), max(levels, key=levels.__getitem__)
    return (low, high) if levels[high] - levels[low] >= APART else None
