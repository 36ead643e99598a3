"""The proficiency scale and the rule by which a shown level meets a needed one."""

from __future__ import annotations

from matchmaker.competency.taxonomy import Level, load_taxonomy

MIN_LEVEL = 0
MAX_LEVEL = 5
IMPORTANCE_NICE = 1
IMPORTANCE_SHOULD = 2
IMPORTANCE_MUST = 3

# A level is an estimate from evidence; half a step is well inside its error.
TOLERANCE = 0.5


def level(number: int) -> Level:
    """Return the step *number* of the scale, 0 to 5.

    Examples
    --------
    >>> level(3).label("en")
    'Independent'
    """
    return load_taxonomy().levels[number]


def meets(shown: float | None, needed: float) -> bool:
    """Say whether an estimated level is enough; None means that nothing is known.

    Examples
    --------
    >>> meets(2.6, 3), meets(2.4, 3), meets(None, 1)
    (True, False, False)
    """
    return shown is not None and shown >= needed - TOLERANCE


def attainment(shown: float | None, needed: float) -> float:
    """Return how much of the needed level is shown, from 0 to 1.

    Examples
    --------
    >>> attainment(2.0, 4), attainment(5, 3), attainment(None, 3)
    (0.5, 1.0, 0.0)
    """
    if shown is None:
        return 0.0
    return 1.0 if meets(shown, needed) else max(0.0, shown / needed)
