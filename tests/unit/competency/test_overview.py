"""Levels at a glance: by domain, by sector, what a team carries, what a group of problems asks for."""

from __future__ import annotations

import math

import pytest

from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.competency.diagnosis import Estimate, effects, estimate
from matchmaker.competency.evidence import Rating
from matchmaker.competency.gaps import LIKELY, nearest_roles, sector_readiness
from matchmaker.competency.overview import (
    best_of,
    carried,
    domain_profiles,
    effects_together,
    readiness_by_sector,
    typical_needs,
)


def known(level: int) -> Estimate:
    return estimate([Rating("mentor", level), Rating("artefact_e3", level)] * 2)


def said(level: int) -> Estimate:
    return estimate([Rating("self_anchored", level)])


def test_a_domain_is_the_average_of_what_is_known_in_it():
    both = {"FND-ML": known(4), "FND-DL": known(2), "IND-MFG": known(3)}

    foundations, data, *others = domain_profiles(both, [Requirement("DAT-PRE", 3)])

    assert (foundations.domain, foundations.known) == ("FND", 2)
    assert foundations.mean == pytest.approx((known(4).mean + known(2).mean) / 2)
    assert foundations.low < foundations.mean < foundations.high
    assert foundations.target is None
    assert (data.known, data.mean, data.low, data.target) == (0, None, None, 3)
    assert len(others) == 6


def test_a_team_draws_on_its_best_member_and_what_rests_on_one_is_told():
    strong, weak = (
        {"PER-CV": known(4), "FND-ML": known(3)},
        {"PER-CV": known(2), "DAT-ENG": said(5)},
    )

    assert best_of([weak, strong])["PER-CV"] == strong["PER-CV"]
    lines = {line.need.competency: line for line in carried([weak, strong])}

    assert set(lines) == {"FND-ML", "PER-CV"}  # Nobody but the person speaks of the third.
    assert lines["PER-CV"].carriers[0] == 1
    assert lines["FND-ML"].rests_on_one
    assert all(line.probability >= LIKELY for line in lines.values())
    assert all(line.need.level >= 2 for line in lines.values())


def test_readiness_for_a_sector_is_the_same_for_a_person_and_a_team_of_one():
    person = {"PER-CV": known(4), "FND-DL": known(3), "IND-MFG": known(3)}
    patterns = [p.requires for p in load_taxonomy().patterns.values() if "IND-MFG" in p.sectors]

    first = readiness_by_sector([person])[0]
    nothing = next(s for s in readiness_by_sector([{}]) if s.sector == "IND-MFG")

    assert (first.sector, first.is_known) == ("IND-MFG", True)
    assert first.readiness == pytest.approx(sector_readiness(person, "IND-MFG", patterns))
    assert not nothing.is_known
    assert nothing.readiness < first.readiness


def test_what_problems_ask_for_most_often_at_the_level_in_the_middle():
    asked = [
        [Requirement("FND-ML", 2, 1), Requirement("PER-CV", 4, 3)],
        [Requirement("FND-ML", 3, 3)],
        [Requirement("FND-ML", 5, 2), Requirement("PER-CV", 3, 2)],
    ]

    assert typical_needs(asked) == (Requirement("FND-ML", 3, 2), Requirement("PER-CV", 4, 3))
    assert typical_needs(asked, n=1) == (Requirement("FND-ML", 3, 2),)
    assert typical_needs([]) == ()


def test_pieces_that_belong_together_have_one_effect():
    pieces = [Rating("peer", 1), Rating("mentor", 4), Rating("artefact_e2", 4)]

    alone = effects_together([[piece] for piece in pieces])
    together = effects_together([pieces[:1], pieces[1:]])

    assert alone == pytest.approx(effects(pieces))
    assert together[0] == pytest.approx(alone[0])
    assert together[1] > max(alone)
    assert math.isclose(effects_together([pieces])[0], estimate(pieces).mean - estimate([]).mean)


def test_a_role_of_which_nothing_is_known_is_not_the_nearest():
    vision = {"PER-CV": known(2), "FND-DL": known(2), "FND-EVL": known(2)}

    assert nearest_roles(vision)[0].role == "RL-CVE"
    assert nearest_roles({})[0].coverage == max(path.coverage for path in nearest_roles({}, n=99))
