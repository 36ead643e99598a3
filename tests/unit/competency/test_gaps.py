"""Strengths, gaps and unknowns are kept apart; a team is as deep as its people."""

from __future__ import annotations

import pytest

from matchmaker.competency.diagnosis import estimate
from matchmaker.competency.evidence import Rating
from matchmaker.competency.framework import Requirement
from matchmaker.competency.gaps import (
    Cover,
    nearest_roles,
    role_coverage,
    sector_readiness,
    standing,
    team_fit,
    team_standing,
)
from matchmaker.competency.taxonomy import load_taxonomy


def shown(level: float):
    return estimate(
        [Rating("mentor", level), Rating("artefact_e3", level), Rating("artefact_e2", level)]
    )


SAID = estimate([Rating("self_free", 3)])
NEEDS = (Requirement("PER-CV", 3, 3), Requirement("FND-DL", 4, 2), Requirement("SYS-EDG", 2, 1))


def test_the_three_lists():
    found = standing({"PER-CV": shown(4), "FND-DL": shown(2), "SYS-EDG": SAID}, NEEDS)

    assert [item.competency for item in found.strengths] == ["PER-CV"]
    assert [(gap.competency, gap.needed, gap.importance) for gap in found.gaps] == [
        ("FND-DL", 4, 2)
    ]
    assert [item.competency for item in found.unknowns] == ["SYS-EDG"]


def test_what_nobody_looked_at_is_unknown_and_no_gap():
    found = standing({}, NEEDS)

    assert found.gaps == ()
    assert [item.competency for item in found.unknowns] == ["PER-CV", "FND-DL", "SYS-EDG"]


def test_at_most_five_strengths_the_strongest_first():
    ids = list(load_taxonomy().competencies)[:7]
    found = standing({name: shown(4 + n % 2) for n, name in enumerate(ids)})

    assert len(found.strengths) == 5
    levels = [item.level for item in found.strengths]
    assert levels == sorted(levels, reverse=True)


def test_the_nearest_role_is_the_one_whose_levels_one_has():
    role = load_taxonomy().roles["RL-CVE"]
    estimates = {name: shown(level) for name, level in role.levels.items()}

    first, *others = nearest_roles(estimates)

    assert first.role == "RL-CVE"
    assert first.coverage > max(other.coverage for other in others)
    assert len(others) == 2
    assert role_coverage(role, {}) < first.coverage <= 1


def test_a_team_is_covered_open_or_has_a_gap():
    strong, weak = {"PER-CV": shown(4), "FND-DL": shown(1)}, {"PER-CV": shown(4)}

    cv, dl, edge = team_standing([strong, weak], NEEDS)

    assert (cv.cover, cv.depth, cv.carriers, cv.rests_on_one) == (Cover.COVERED, 2, (0, 1), False)
    assert (dl.cover, dl.depth) == (Cover.GAP, 0)
    assert edge.cover is Cover.OPEN
    assert team_fit([cv]) > team_fit([cv, dl, edge]) > team_fit([dl])


def test_a_team_whose_only_expert_leaves_loses_the_competency():
    expert, other = {"PER-CV": shown(4)}, {"PER-CV": shown(1)}
    (whole,) = team_standing([expert, other], NEEDS[:1])
    (left,) = team_standing([other], NEEDS[:1])

    assert whole.rests_on_one
    assert (whole.cover, left.cover) == (Cover.COVERED, Cover.GAP)


def test_a_team_without_members_and_without_needs():
    (found,) = team_standing([], NEEDS[:1])

    assert (found.probability, found.cover) == (0.0, Cover.OPEN)
    assert team_fit([]) != team_fit([])


def test_readiness_for_a_sector_takes_both_the_method_and_the_sector():
    estimates = {"PER-CV": shown(4), "IND-MFG": shown(3)}
    patterns = [[Requirement("PER-CV", 3, 3)], [Requirement("DEC-OPT", 4, 3)]]

    ready = sector_readiness(estimates, "IND-MFG", patterns)

    assert ready > sector_readiness({"PER-CV": shown(4)}, "IND-MFG", patterns)
    assert ready == pytest.approx(
        estimates["PER-CV"].at_least[3] * estimates["IND-MFG"].at_least[2]
    )
    assert sector_readiness(estimates, "IND-MFG", []) == 0.0
