from __future__ import annotations

import pytest

from matchmaker.competency import attainment, level, meets


@pytest.mark.parametrize(
    ("shown", "needed", "is_met"),
    [(3.0, 3, True), (2.5, 3, True), (2.49, 3, False), (None, 1, False), (5.0, 1, True)],
)
def test_meets_allows_half_a_level(shown: float | None, needed: int, is_met: bool) -> None:
    assert meets(shown, needed) is is_met


def test_attainment_is_the_share_of_what_is_needed() -> None:
    assert attainment(2, 4) == 0.5
    assert attainment(3.6, 4) == 1.0
    assert attainment(0, 4) == attainment(None, 4) == 0.0


def test_level_has_labels() -> None:
    assert level(3).label("zh") == "獨立"
    assert level(0).definition("en").startswith("No evidence yet")
