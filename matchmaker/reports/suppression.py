"""Keep small counts from being worked out: they are hidden, and enough others with them."""

from __future__ import annotations

from collections.abc import Sequence

#: The smallest count of people or organizations that is shown.
SMALLEST = 3

Counts = Sequence[Sequence[int]]
Hidden = list[list[int | None]]


def suppress(counts: Counts, smallest: int = SMALLEST) -> Hidden:
    """A table of counts without those from 1 to below *smallest*, which become None.

    The sums of rows and columns may be shown beside it: wherever a row or a column hides a single
    count, or several that their sum still tells, the next smallest one is hidden too. Nothing is
    said by an empty cell, so zeros stay unless there is nothing else to hide.

    Examples
    --------
    >>> suppress([[1, 5, 9], [4, 6, 0]])
    [[None, None, 9], [None, None, 0]]
    """
    shown: Hidden = [[None if 0 < n < smallest else n for n in row] for row in counts]
    while True:
        lines = _lines(counts, smallest)
        weak = next((line for line in lines if _tells(counts, shown, line, smallest)), None)
        if weak is None:
            return shown
        row, column = _next_to_hide(counts, shown, weak)
        shown[row][column] = None


Line = list[tuple[int, int]]


def _lines(counts: Counts, smallest: int) -> list[Line]:
    """Every row and every column, as the places of its cells."""
    n_columns = len(counts[0]) if counts else 0
    rows = [[(r, c) for c in range(n_columns)] for r in range(len(counts))]
    columns = [[(r, c) for r in range(len(counts))] for c in range(n_columns)]
    return [line for line in rows + columns if len(line) > 1]


def _tells(counts: Counts, shown: Hidden, line: Line, smallest: int) -> bool:
    """Whether the sum of a line gives away what it hides, while there is more to hide."""
    hidden = [(r, c) for r, c in line if shown[r][c] is None]
    if not hidden or len(hidden) == len(line):
        return False
    total = sum(counts[r][c] for r, c in hidden)
    return len(hidden) == 1 or total < smallest


def _next_to_hide(counts: Counts, shown: Hidden, line: Line) -> tuple[int, int]:
    """The smallest count of a line that is still shown; a zero only if there is no other."""
    left = [(r, c) for r, c in line if shown[r][c] is not None]
    return min(left, key=lambda place: (counts[place[0]][place[1]] == 0, _at(counts, place)))


def _at(counts: Counts, place: tuple[int, int]) -> int:
    return counts[place[0]][place[1]]
