"""The diagnosis follows from its formula, whatever the order of the evidence, and knows what it does not know."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.competency.diagnosis import Estimate, Rating, estimate, parameters, team_at_least

SOURCES = sorted(parameters().sources)
RATINGS = st.builds(
    Rating,
    source=st.sampled_from(SOURCES),
    level=st.integers(0, 5).map(float),
    age_months=st.floats(0, 120),
    relevance=st.floats(0, 1),
)


def normal(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def test_one_rating_gives_what_the_formula_gives():
    used, source = parameters(), parameters().sources["mentor"]
    spread = used.tau * math.sqrt(1 / source.rho**2 - 1)
    density = np.array(
        [
            math.exp(-0.5 * ((theta - 1.4) / 1.2) ** 2)
            * (
                normal((3.5 - theta - source.bias) / spread)
                - normal((2.5 - theta - source.bias) / spread)
            )
            for theta in used.grid
        ]
    )
    density /= density.sum()

    found = estimate([Rating("mentor", 3)])

    assert found.mean == pytest.approx(float(density @ used.grid), abs=1e-9)
    assert found.at_least[3] == pytest.approx(
        float(density[used.grid >= 2.5 - 1e-9].sum()), abs=1e-9
    )


@given(st.lists(RATINGS, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_order_makes_no_difference_and_probabilities_fall_with_the_level(ratings, random):
    shuffled = list(ratings)
    random.shuffle(shuffled)

    first, second = estimate(ratings), estimate(shuffled)

    np.testing.assert_allclose(first.at_least, second.at_least, atol=1e-9)
    assert all(a >= b for a, b in zip(first.at_least, first.at_least[1:], strict=False))
    assert first.low <= first.high
    assert 0 <= first.mean <= 5


@given(st.sampled_from(SOURCES), st.integers(0, 4))
def test_a_higher_rating_raises_the_estimate(source, level):
    assert estimate([Rating(source, level + 1)]).mean > estimate([Rating(source, level)]).mean


def test_more_valid_evidence_says_more():
    base = estimate([]).mean
    gains = [
        estimate([Rating(name, 4)]).mean - base for name in ("self_free", "self_anchored", "mentor")
    ]

    assert 0 < gains[0] < gains[1] < gains[2]


def test_evidence_fades_with_age_to_nothing():
    prior = estimate([])
    fresh, old, ancient = (
        estimate([Rating("mentor", 5, age_months=age)]).mean for age in (0, 36, 2000)
    )

    assert fresh > old > ancient
    assert ancient == pytest.approx(prior.mean, abs=1e-6)


def test_no_evidence_is_what_is_known_of_people_in_general():
    found = estimate([])

    assert (found.confirmed, found.level) == (0, 2)
    assert found.at_least[0] == 1


def test_a_level_is_confirmed_only_by_others():
    claimed = estimate([Rating("self_anchored", 5)] * 10)
    checked = estimate([Rating("artefact_e3", 4), Rating("mentor", 4)])

    assert claimed.confirmed == 0
    assert checked.confirmed == 3
    assert not checked.is_unknown


def test_what_only_the_person_says_leaves_it_unknown():
    assert estimate([]).is_unknown
    assert estimate([Rating("self_anchored", 3), Rating("artefact_e1", 3)]).is_unknown
    for level in range(6):  # Near the ends of the scale too, where the cut prior is narrow.
        assert estimate([Rating("self_anchored", level)] * 3).is_unknown
    assert not estimate([Rating("self_anchored", 0)], using=parameters("2")).is_unknown
    assert not estimate([Rating("self_anchored", 3), Rating("peer", 3)]).is_unknown


def test_old_parameters_stay_and_estimates_name_theirs():
    first = parameters("1")

    assert estimate([]).version == parameters().version == "3"
    assert estimate([], using=first).version == "1"
    assert (first.unknown_sd, parameters().unknown_sd) == (1.0, 0.9)
    for wrong in ("99", "../1", ""):
        with pytest.raises(ValueError, match="no parameters of version"):
            parameters(wrong)


def test_contradicting_evidence_meets_in_between():
    low, high = estimate([Rating("mentor", 0)]), estimate([Rating("mentor", 5)])
    both = estimate([Rating("mentor", 0), Rating("mentor", 5)])

    assert low.mean < both.mean < high.mean


@pytest.mark.parametrize(
    "wrong",
    [{"level": 5.1}, {"level": -1}, {"level": 3, "age_months": -1}, {"level": 3, "relevance": 1.1}],
)
def test_impossible_ratings_are_refused(wrong):
    with pytest.raises(ValueError, match="between"):
        Rating("mentor", **wrong)


def test_an_unknown_source_names_the_known_ones():
    with pytest.raises(ValueError, match="known: artefact_e1, artefact_e2"):
        estimate([Rating("hearsay", 3)])


def test_a_team_is_at_least_as_able_as_its_best_member_and_a_crowd_is_no_expert():
    expert, others = estimate([Rating("mentor", 5)]), [estimate([])] * 50

    assert team_at_least([expert], 4) == pytest.approx(expert.at_least[4])
    assert team_at_least([expert, *others], 4) == team_at_least([expert, *others[:2]], 4)
    assert team_at_least([], 3) == 0


def people(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """True levels, and self-ratings that correlate with them about as published ones do."""
    drawn = rng.normal(1.4, 1.2, 3 * n)
    truth = drawn[(drawn >= 0) & (drawn <= 5)][:n]
    source = parameters().sources["self_anchored"]
    noise = parameters().tau * math.sqrt(1 / source.rho**2 - 1)
    return truth, np.clip(np.round(truth + source.bias + rng.normal(0, noise, n)), 0, 5)


def test_the_model_halves_the_error_of_raw_self_ratings():
    rng = np.random.default_rng(11)
    truth, said = people(rng, 1500)
    known: dict[float, Estimate] = {
        level: estimate([Rating("self_anchored", level)]) for level in range(6)
    }

    raw = math.sqrt(np.mean((said - truth) ** 2))
    modelled = math.sqrt(
        np.mean([(known[s].mean - t) ** 2 for s, t in zip(said, truth, strict=True)])
    )
    covered = np.mean(
        [known[s].low <= t <= known[s].high for s, t in zip(said, truth, strict=True)]
    )

    assert raw > 1.6
    assert modelled < 1.02
    assert 0.7 < covered < 0.9
