"""Whether a problem is too easy, right, a stretch or out of reach."""

from __future__ import annotations

import pytest

from matchmaker.competency import Requirement
from matchmaker.competency.diagnosis import Estimate, estimate
from matchmaker.competency.evidence import Rating
from matchmaker.competency.reach import Reach, reach


def at(level: int) -> Estimate:
    """Somebody whom several people have seen at *level*."""
    return estimate([Rating("mentor", level), Rating("artefact_e3", level), Rating("peer", level)])


def needs(level: int = 3, importance: int = 3) -> list[Requirement]:
    return [Requirement("PER-CV", level, importance)]


@pytest.mark.parametrize(
    ("level", "found"),
    [(1, Reach.BEYOND), (3, Reach.STRETCH), (4, Reach.RIGHT), (5, Reach.EASY)],
)
def test_a_team_is_placed_by_its_best_member(level, found):
    assert reach([{"PER-CV": at(level)}, {"PER-CV": at(0)}], needs()) is found


def test_nothing_can_be_said_while_too_little_is_known():
    self_said = {"PER-CV": estimate([Rating("self_anchored", 5)])}
    assert reach([self_said], needs()) is Reach.UNKNOWN
    assert reach([], needs()) is Reach.UNKNOWN
    assert reach([{"PER-CV": at(3)}], []) is Reach.UNKNOWN
    known_half = [*needs(importance=1), Requirement("FND-DL", 2, 3)]
    assert reach([{"PER-CV": at(3)}], known_half) is Reach.UNKNOWN


def test_the_highest_level_is_never_easy():
    assert reach([{"PER-CV": at(5)}], needs(level=5)) is not Reach.EASY
