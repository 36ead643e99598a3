"""How far a measure has come from its baseline to its target."""

from __future__ import annotations

import calendar
import datetime as dt
import math


def share_of_way(baseline: float, target: float, value: float) -> float:
    """Return which share of the way from *baseline* to *target* a *value* has come.

    Parameters
    ----------
    baseline, target, value : float
        Finite numbers in one unit; better is towards the target, whether that is up or down.

    Returns
    -------
    float
        0 at the baseline, 1 at the target; negative if it got worse, above 1 beyond the target.

    Raises
    ------
    ValueError
        If a number is not finite, or baseline and target are the same.

    Examples
    --------
    >>> share_of_way(40, 10, 25)
    0.5
    >>> share_of_way(0.8, 0.95, 0.95)
    1.0
    """
    if not all(map(math.isfinite, (baseline, target, value))):
        raise ValueError("all numbers must be finite")
    if baseline == target:
        raise ValueError("baseline and target must differ")
    # Halved, so that the difference of two huge numbers stays finite.
    return (value / 2 - baseline / 2) / (target / 2 - baseline / 2)


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the day *months* calendar months after *day*: the same day, or the month's last.

    Parameters
    ----------
    day : datetime.date
        The day to count from.
    months : int
        How many months, 0 or more.

    Returns
    -------
    datetime.date
        The day; the last of its month where that month is shorter.

    Examples
    --------
    >>> months_later(dt.date(2027, 11, 30), 3)
    datetime.date(2028, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def differ(first: float, second: float, tolerance: float = 0.1) -> bool:
    """Return whether two figures for the same thing differ by more than *tolerance*.

    Parameters
    ----------
    first, second : float
        The figures, in one unit.
    tolerance : float
        The difference that still counts as the same, as a share of the larger figure in [0, 1].

    Returns
    -------
    bool
        True if they differ by more.

    Examples
    --------
    >>> differ(100, 95), differ(100, 80), differ(0, 0)
    (False, True, False)
    """
    return abs(first - second) > tolerance * max(abs(first), abs(second))
