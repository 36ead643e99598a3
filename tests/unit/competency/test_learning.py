"""Recommended entries close gaps within the hours there are, prerequisites first."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.competency.diagnosis import estimate
from matchmaker.competency.evidence import Rating
from matchmaker.competency.framework import Requirement
from matchmaker.competency.learning import (
    Resource,
    Teaches,
    _Worth,
    catalogue,
    expected,
    read_resource,
    recommend,
)
from matchmaker.competency.taxonomy import load_taxonomy


def shown(level: float):
    return estimate(
        [Rating("mentor", level), Rating("artefact_e3", level), Rating("artefact_e2", level)]
    )


def entry(name: str, competency: str, start: float, to: float, **facts) -> Resource:
    facts = {"theme": "TH1", "hours": 10, "phase": "before"} | facts
    return Resource(id=name, teaches=(Teaches(competency, start, to),), **facts)


BASE = {"FND-ML": shown(3), "FND-STA": shown(3), "FND-PRG": shown(3), "FND-DL": shown(2)}
NEEDS = [Requirement("FND-DL", 3, 3), Requirement("DEC-PRD", 3, 2)]


def test_an_entry_that_leads_nowhere_needed_is_not_recommended():
    plan = recommend(BASE, NEEDS, [entry("A", "DEL-COM", 0, 3)], hours=100)

    assert plan.steps == ()
    assert [gap.competency for gap in plan.uncovered] == ["FND-DL"]


def test_unknowns_go_to_the_check_first():
    plan = recommend(BASE, NEEDS, [], hours=10)

    assert [unknown.competency for unknown in plan.checks] == ["DEC-PRD"]


def test_who_is_not_ready_is_not_sent_to_a_course():
    beginner = {"FND-DL": shown(0)}

    assert recommend(beginner, NEEDS[:1], [entry("A", "FND-DL", 2, 3)], hours=50).steps == ()
    assert recommend(BASE, NEEDS[:1], [entry("A", "FND-DL", 2, 3)], hours=50).steps != ()


def test_prerequisites_of_the_competency_count_too():
    without = {"PER-CV": shown(1), "FND-DL": shown(0)}
    course = entry("A", "PER-CV", 1, 3)

    assert recommend(without, [Requirement("PER-CV", 3, 3)], [course], hours=50).steps == ()


def test_short_entries_move_nobody_far():
    (step,) = recommend(BASE, NEEDS[:1], [entry("A", "FND-DL", 1, 4, hours=6)], hours=50).steps
    (closing,) = step.closes

    assert closing.to - closing.start == pytest.approx(0.5)


def test_more_per_hour_is_taken_first_and_the_budget_is_kept():
    long = entry("long", "FND-DL", 1, 3, hours=40)
    short = entry("short", "FND-DL", 1, 3, hours=10)

    plan = recommend(BASE, NEEDS[:1], [long, short], hours=15)

    assert [step.resource for step in plan.steps] == ["short"]
    assert plan.hours <= 15


def test_one_large_entry_beats_a_few_crumbs():
    crumb = entry("crumb", "FND-DL", 2, 2.1, hours=1)
    large = entry("large", "FND-DL", 1, 3, hours=20)

    assert [s.resource for s in recommend(BASE, NEEDS[:1], [crumb, large], hours=20).steps] == [
        "large"
    ]


def test_what_others_build_on_comes_first():
    needs = [Requirement("FND-ML", 4, 3), Requirement("FND-DL", 3, 3)]
    later = entry("a", "FND-DL", 2, 3, phase="before")
    first = entry("b", "FND-ML", 3, 4, phase="during", theme="TH3")

    plan = recommend(BASE, needs, [later, first], hours=100)

    assert [step.resource for step in plan.steps] == ["b", "a"]


def test_large_gaps_are_named_as_such():
    plan = recommend({"FND-DL": shown(1)}, [Requirement("FND-DL", 5, 3)], [], hours=10)

    assert [gap.competency for gap in plan.far] == ["FND-DL"]


def test_the_strong_are_steered_to_problems_and_teaching():
    assert recommend({"FND-DL": shown(5)}, [], [], hours=10).should_teach
    assert not recommend(BASE, [], [], hours=10).should_teach


SOME = [
    entry("A", "FND-DL", 1, 3, hours=9),
    entry("B", "FND-DL", 2, 3, hours=5, theme="TH2"),
    entry("C", "DEC-PRD", 0, 2, hours=12, theme="TH3"),
    entry("D", "DEC-PRD", 1, 3, hours=20, theme="TH4"),
    entry("E", "FND-ML", 2, 4, hours=7, theme="TH5"),
]


@given(st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_the_choice_is_within_its_bound_of_the_best(hours):
    needs = [*NEEDS, Requirement("FND-ML", 4, 1)]
    worth = _Worth(BASE, {need.competency: need for need in needs})
    plan = recommend(BASE, needs, SOME, hours=hours)
    chosen = [found for found in SOME if found.id in {step.resource for step in plan.steps}]
    best = max(
        worth.of(group)
        for size in range(len(SOME) + 1)
        for group in itertools.combinations(SOME, size)
        if sum(found.hours for found in group) <= hours
    )

    assert plan.hours <= hours
    assert worth.of(chosen) >= 0.31 * best - 1e-12


def test_the_catalogue_can_be_read():
    known = load_taxonomy()
    for row in catalogue().values():
        for part in read_resource(row).teaches:
            assert known.has_concept(part.competency)


@pytest.mark.parametrize("facts", [{"hours": 0}, {"phase": "someday"}])
def test_what_cannot_be_is_refused(facts):
    with pytest.raises(ValueError, match="A: "):
        entry("A", "FND-DL", 1, 2, **facts)


def test_an_entry_has_to_lead_up():
    row = {"id": "X", "theme": "TH1", "hours": 3, "phase": "before", "teaches": []}
    with pytest.raises(ValueError, match="lead up"):
        read_resource(row | {"teaches": [{"competency": "FND-ML", "from": 2, "to": 2}]})


def test_the_catalogue_reaches_every_competency_from_the_start():
    known = load_taxonomy()
    starts = {
        part.competency
        for row in catalogue().values()
        for part in read_resource(row).teaches
        if part.start == 0 and part.to >= 1
    }

    assert starts >= known.competencies.keys()
    for row in catalogue().values():
        assert row["assessment_zh"], row["id"]
        assert set(row["languages"]) <= {"zh", "en"}, row["id"]


def test_what_is_learnt_moves_the_likelihood_up_and_nothing_else():
    known = {**BASE, "FND-DL": shown(1)}
    plan = recommend(known, NEEDS[:1], [entry("A", "FND-DL", 1, 2)], hours=40)

    before, after = known["FND-DL"], expected(known, plan.steps)["FND-DL"]

    assert after.mean == pytest.approx(plan.steps[0].closes[0].to)
    assert all(low <= high for low, high in zip(before.at_least, after.at_least, strict=True))
    assert after.at_least[3] > before.at_least[3]
    assert (after.confirmed, after.sd) == (before.confirmed, before.sd)
    assert expected(known, ()) == {}
