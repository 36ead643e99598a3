"""What is measured over a programme's pairs, and what of it scores use."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.competency import Requirement
from matchmaker.matching import (
    MatchConfig,
    ScoreScale,
    Statistics,
    fit_statistics,
    scaled_for,
)
from matchmaker.matching.standing import reviewed
from tests.unit.matching.builders import FABRIC, SALES, pipeline, problem, team

ASKED = [problem("P1", FABRIC, sectors=["textile"]), problem("P2", SALES)]
OFFERED = [team("T1", FABRIC, sectors=["textile"]), team("T2", SALES), team("T3", "以相機檢查布料")]


def test_terms_are_those_a_run_would_count() -> None:
    found = fit_statistics(pipeline(), ASKED, OFFERED)

    assert found.reference == pipeline().run(ASKED, OFFERED).reference
    assert found.n_pairs == 6


def test_means_and_deviations_are_those_of_the_known_values() -> None:
    made = pipeline(block_size=1)
    scales = fit_statistics(made, ASKED, OFFERED).scales
    _, blocks = made.describe(ASKED, OFFERED)
    described = list(blocks)

    for name in ("dense", "lexical", "sector"):
        raw = np.concatenate([block.raw[name].ravel() for block in described])
        assert scales[name].mean == pytest.approx(np.nanmean(raw), abs=1e-6)
        assert scales[name].deviation == pytest.approx(np.nanstd(raw), abs=1e-6)
    assert "requirements" not in scales  # Nobody asks for any, so nothing is known of them.


def test_progress_is_told() -> None:
    stages: list[str] = []

    fit_statistics(pipeline(), ASKED, OFFERED, lambda stage, done, total: stages.append(stage))

    assert list(dict.fromkeys(stages)) == ["read", "encode", "rank"]


def statistics(n_pairs: int, deviation: float = 0.2) -> Statistics:
    reference = fit_statistics(pipeline(), [], []).reference
    return Statistics(reference, {"dense": ScoreScale(0.6, deviation)}, n_pairs)


def test_likeness_of_meaning_is_read_on_the_measured_scale() -> None:
    config = scaled_for(MatchConfig(), statistics(500))

    assert config.scales["dense"] == ScoreScale(0.6, 0.2)
    assert config.scales["lexical"] == MatchConfig().scales["lexical"]


@pytest.mark.parametrize("found", [statistics(99), statistics(500, deviation=0.0)])
def test_too_little_or_no_spread_changes_no_scale(found: Statistics) -> None:
    assert scaled_for(MatchConfig(), found).scales == MatchConfig().scales


def test_other_settings_share_what_was_read_and_encoded() -> None:
    made = pipeline()
    first = made.run(ASKED, OFFERED)
    other = made.with_config(MatchConfig(top_n=1))

    second = other.run(ASKED, OFFERED, reference=first.reference, explain_top=1)

    assert other.encoder.n_encoded == made.encoder.n_encoded
    assert len(second) == len(ASKED)
    fresh = pipeline(top_n=1).run(ASKED, OFFERED, reference=first.reference, explain_top=1)
    assert second.to_json() == fresh.to_json()
    assert len(made.run(ASKED, OFFERED)) == len(first)


def test_levels_that_somebody_checked_are_evidence() -> None:
    found = reviewed([("PER-CV", 4, "mentor"), ("FND-DL", 4, "self"), ("FND-ML", 4, None)])

    assert list(found) == ["PER-CV"]
    asked = problem("P1", FABRIC, requirements=[Requirement("PER-CV", 3, 3)])
    (checked, claimed) = (
        next(iter(pipeline().run([asked], [team("T1", FABRIC, **known)])))
        for known in ({"estimates": found}, {"competencies": {"PER-CV": 4}})
    )
    assert checked.contributions["requirements"] > claimed.contributions["requirements"]
