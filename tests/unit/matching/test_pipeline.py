from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.competency import Lexicon, Requirement, UnknownConcept
from matchmaker.errors import InvalidInput, JobCancelled
from matchmaker.matching import (
    Band,
    Confidence,
    FileVectorCache,
    HashingEncoder,
    LexicalReference,
    MatchConfig,
    MatchPipeline,
    ProblemDocument,
    Reason,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)
from tests.unit.matching.builders import FABRIC, SALES, must, pipeline, problem, scores, team

WORDS = [
    "fabric",
    "camera",
    "defect",
    "bread",
    "store",
    "sales",
    "pump",
    "sensor",
    "瑕疵",
    "預測",
    "門市",
    "language",
]
bodies = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
teams = st.lists(st.lists(bodies, min_size=1, max_size=4), min_size=1, max_size=5).map(
    lambda rows: [team(f"T{n}", row[0], works=row[1:]) for n, row in enumerate(rows)]
)
problems = st.lists(bodies, min_size=1, max_size=3).map(
    lambda rows: [problem(f"P{n}", row) for n, row in enumerate(rows)]
)
quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Sums are exact; only the mean weights of a team's terms and concepts are rounded, to 30 bits.
PRECISION = 1e-7
SHARED = pipeline()
REFERENCE = LexicalReference(50, dict.fromkeys(WORDS, 5))


@quick
@given(problems, teams, st.randoms(use_true_random=False))
def test_the_order_of_the_input_makes_no_difference(
    some: list[ProblemDocument], others: list[TeamDocument], random: st.DataObject
) -> None:
    before = SHARED.run(some, others).to_json()
    shuffled = list(others)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # A random.Random.

    assert SHARED.run(some[::-1], shuffled).to_json() == before


@quick
@given(problems, teams)
def test_contributions_add_up_to_the_score_and_lists_descend(
    some: list[ProblemDocument], others: list[TeamDocument]
) -> None:
    result = SHARED.run(some, others)

    for pair in result:
        assert sum(pair.contributions.values()) == pytest.approx(pair.score, abs=1e-9)
    for item in some:
        found = result.of_problem(item.id)
        keys = [(-pair.score, pair.team_id) for pair in found]
        assert keys == sorted(keys)
        assert [pair.rank for pair in found] == list(range(1, len(found) + 1))


@quick
@given(bodies, st.lists(bodies, min_size=1, max_size=4))
def test_a_document_about_something_else_never_lifts_a_team(wanted: str, works: list[str]) -> None:
    asked = [problem("P1", wanted)]
    plain = team("T1", works=works)
    padded = team("T1", works=[*works, "zither ukulele mandolin"])

    before, after = (SHARED.run(asked, [t], reference=REFERENCE) for t in (plain, padded))

    assert scores(after)["T1"] <= scores(before)["T1"] + PRECISION


@quick
@pytest.mark.parametrize("words", [WORDS[:8], WORDS[8:11]], ids=["en", "zh"])
@given(data=st.data())
def test_a_copy_of_the_best_document_never_lowers_a_team(
    words: list[str], data: st.DataObject
) -> None:
    body = st.lists(st.sampled_from(words), min_size=1, max_size=8).map(" ".join)
    wanted, works = data.draw(body), data.draw(st.lists(body, max_size=3))
    asked = [problem("P1", wanted)]
    plain = team("T1", works=[wanted, *works])
    copied = team("T1", works=[wanted, wanted, *works])

    before, after = (SHARED.run(asked, [t], reference=REFERENCE) for t in (plain, copied))

    assert scores(after)["T1"] >= scores(before)["T1"] - PRECISION


@quick
@given(problems, teams)
def test_a_score_does_not_depend_on_who_else_is_in_the_pool(
    some: list[ProblemDocument], others: list[TeamDocument]
) -> None:
    together = SHARED.run(some, others, reference=REFERENCE)

    alone = SHARED.run(some[:1], others[:1], reference=REFERENCE)

    wanted = {(p.problem_id, p.team_id): p.score for p in together}
    for pair in alone:
        assert wanted[pair.problem_id, pair.team_id] == pair.score


def test_the_fitting_team_comes_first_in_either_language() -> None:
    result = pipeline().run(
        [problem("P1", FABRIC), problem("P2", "預測每家門市的麵包銷量")],
        [
            team("A", "We inspect fabric with cameras and find weaving defects"),
            team("B", "以相機檢查布料瑕疵"),
            team("C", "We forecast sales for each store"),
        ],
    )

    assert [pair.team_id for pair in result.of_problem("P1")] == ["A", "B", "C"]
    assert result.of_problem("P2")[0].team_id == "C"
    assert result.of_team("C")[0].problem_id == "P2"


def test_the_same_input_gives_the_same_bytes() -> None:
    asked, offered = [problem()], [team("T1", FABRIC), team("T2", SALES)]

    one = pipeline().run(asked, offered, explain_top=2)
    two = pipeline().run(asked, offered, explain_top=2)

    assert one.to_json() == two.to_json()
    assert one.fingerprint == two.fingerprint


@pytest.mark.parametrize(
    "options", [{"max_share": 0.4}, {"top_n": 1}, {"lexicon": Lexicon([("貓", ("cat",))])}]
)
def test_the_fingerprint_follows_every_setting(options: dict[str, object]) -> None:
    asked, offered = [problem()], [team("T1", FABRIC)]

    assert pipeline().run(asked, offered).fingerprint != (
        pipeline(**options).run(asked, offered).fingerprint
    )


def test_the_fingerprint_follows_content_and_rules() -> None:
    asked = [problem()]
    base = pipeline().run(asked, [team("T1", FABRIC)]).fingerprint

    assert pipeline().run(asked, [team("T1", SALES)]).fingerprint != base
    assert pipeline().run(asked, [team("T1", FABRIC)], bans=[("P1", "T9")]).fingerprint != base


def test_ties_go_by_id() -> None:
    result = pipeline().run([problem()], [team(name, FABRIC) for name in ("T2", "T10", "T1")])

    assert [pair.team_id for pair in result] == ["T1", "T10", "T2"]


def test_top_n_keeps_the_best_and_pins_stay_with_their_rank() -> None:
    offered = [
        team("A", FABRIC),
        team("B", "fabric"),
        team("C", SALES),
        team("D", "fabric defects"),
    ]
    full = pipeline().run([problem()], offered)

    result = pipeline(top_n=1).run([problem()], offered, pins=[("P1", "C"), ("P1", "nobody")])

    ranks = {pair.team_id: pair.rank for pair in full}
    assert [(p.team_id, p.rank, p.is_pinned) for p in result] == [
        ("A", 1, False),
        ("C", ranks["C"], True),
    ]


def test_a_conflict_wins_over_a_pin() -> None:
    result = pipeline().run(
        [problem()], [team("T1", FABRIC)], pins=[("P1", "T1")], conflicts=[("P1", "T1")]
    )

    assert len(result) == 0


def test_blocks_make_no_difference() -> None:
    asked = [problem(f"P{n}", f"{FABRIC} {WORDS[n]}") for n in range(7)]
    offered = [team("T1", FABRIC), team("T2", works=[SALES, FABRIC])]

    one, many = (pipeline(block_size=size).run(asked, offered) for size in (1, 64))

    assert scores(one) == scores(many)
    assert [p.team_id for p in one] == [p.team_id for p in many]


def test_a_missing_must_have_cannot_be_outweighed() -> None:
    asked = problem("P1", FABRIC, sectors=["textile"], requirements=must("TRU-PRV"))
    strong = team("A", FABRIC, works=[FABRIC] * 9, sectors=["textile"], competencies={"PER-CV": 5})
    weak = team("B", SALES, sectors=["retail"], competencies={"TRU-PRV": 3})

    result = pipeline().run([asked], [strong, weak])

    assert [pair.team_id for pair in result] == ["B", "A"]
    assert result.of_problem("P1")[1].band is Band.WEAK


def test_fewer_missing_must_haves_are_better() -> None:
    asked = problem("P1", requirements=must("TRU-PRV", "TRU-SEC"))
    offered = [team("A", FABRIC), team("B", SALES, competencies={"TRU-SEC": 4})]

    result = pipeline().run([asked], offered)

    assert [pair.team_id for pair in result] == ["B", "A"]


def test_a_must_have_that_is_only_named_is_not_missing_but_keeps_off_the_top() -> None:
    asked = problem("P1", FABRIC, requirements=must("PER-CV"))
    body = f"{FABRIC} computer vision"

    named = pipeline().run([asked], [team("A", body)])
    shown = pipeline().run([asked], [team("A", body, competencies={"PER-CV": 3})])

    assert next(iter(named)).contributions["must_have"] == 0
    assert next(iter(named)).band is Band.GOOD
    assert next(iter(shown)).band is Band.STRONG


@pytest.mark.parametrize("level", [2.4, 1.0])
def test_a_level_below_the_need_is_missing_even_if_named(level: float) -> None:
    asked = problem("P1", requirements=must("PER-CV"))

    result = pipeline().run([asked], [team("A", "computer vision", competencies={"PER-CV": level})])

    assert next(iter(result)).contributions["must_have"] == -100


def test_what_nobody_stated_contributes_nothing() -> None:
    pair = next(iter(pipeline().run([problem("P1", "qq ww")], [team("T1", "qq ee")])))

    assert {k for k, v in pair.contributions.items() if v} == {"dense", "lexical"}


def test_sectors_and_requirements_count() -> None:
    asked = problem("P1", "qq ww", sectors=["livestock"], requirements=[Requirement("PER-CV", 4)])
    offered = [
        team("A", "qq ee", sectors=["livestock"], competencies={"PER-CV": 4}),
        team("B", "qq ee", sectors=["aquaculture"], competencies={"PER-CV": 2}),
        team("C", "qq ee", sectors=["retail"], competencies={"PER-SIG": 2}),
    ]

    found = list(pipeline().run([asked], offered))

    assert [pair.team_id for pair in found] == ["A", "B", "C"]
    for feature in ("sector", "requirements"):
        values = [pair.contributions[feature] for pair in found]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) == 3


@pytest.mark.parametrize(
    ("n_works", "confidence"),
    [(1, Confidence.THIN), (3, Confidence.FAIR), (8, Confidence.RICH)],
)
def test_confidence_follows_the_evidence(n_works: int, confidence: Confidence) -> None:
    works = [f"{FABRIC} {FABRIC} case {number}" for number in range(n_works)]

    result = pipeline().run([problem()], [team("T1", "short", works=works)])

    assert result.confidence["T1"] is confidence


def test_chinese_without_a_gloss_is_not_ranked_against_english() -> None:
    blind = pipeline(lexicon=Lexicon([("貓", ("cat",))]))
    offered = [team("A", "甲乙丙丁戊己"), team("B", "qq")]

    result = blind.run([problem("P1", "qq ww"), problem("P2", "甲乙丙庚辛")], offered)

    assert [(p.problem_id, p.team_id) for p in result] == [("P1", "B"), ("P2", "A")]
    assert {e.reason for e in result.exclusions} == {Reason.NO_LANGUAGE_BRIDGE}


def test_a_text_in_both_languages_is_a_bridge() -> None:
    blind = pipeline(lexicon=Lexicon([("貓", ("cat",))]))
    both = team_document("A", [Text("", "甲乙丙丁戊己", "zh"), Text("", "qq ww ee", "en")])

    result = blind.run([problem("P1", "qq ww")], [both])

    assert [pair.team_id for pair in result] == ["A"]
    assert next(iter(result)).contributions["dense"] > 0


def test_a_multilingual_model_is_given_chinese_as_it_is() -> None:
    encoder = HashingEncoder(reads_chinese=True)
    reader = pipeline(encoder=encoder, lexicon=Lexicon([("貓", ("cat",))]))

    result = reader.run([problem("P1", "甲乙丙丁")], [team("A", "甲乙丙戊"), team("B", "庚辛壬")])

    assert [pair.team_id for pair in result] == ["A", "B"]
    assert result.config["reads_chinese"] is True


def test_a_bare_title_is_compared_with_phrases() -> None:
    asked = problem("P1", "We make bread in many places, sell it in shops, and need edge computing")
    offered = [team("A", "edge computing"), team("B", "zither ukulele")]

    with_share = scores(pipeline().run([asked], offered, reference=REFERENCE))
    without = scores(pipeline(phrase_share=0.0).run([asked], offered, reference=REFERENCE))

    assert with_share["A"] > without["A"]


def test_two_runs_encode_each_text_once(tmp_path: object) -> None:
    first = MatchPipeline(encoder=HashingEncoder(), cache=FileVectorCache(tmp_path))  # type: ignore[arg-type]
    second = MatchPipeline(encoder=HashingEncoder(), cache=FileVectorCache(tmp_path))  # type: ignore[arg-type]
    asked, offered = [problem()], [team("T1", FABRIC, works=[SALES])]

    one = first.run(asked, offered)
    two = second.run(asked, offered)

    assert first.encoder.n_encoded > 0
    assert second.encoder.n_encoded == 0
    assert second.encoder.n_reused == first.encoder.n_encoded
    assert one.to_json() == two.to_json()


def test_progress_and_cancelling() -> None:
    steps: list[str] = []

    pipeline().run([problem()], [team()], progress=lambda stage, done, total: steps.append(stage))

    assert list(dict.fromkeys(steps)) == ["read", "encode", "rank"]
    with pytest.raises(JobCancelled):
        pipeline().run([problem()], [team("T1", "a")], cancelled=lambda: True)


def test_two_records_with_one_id_are_refused() -> None:
    with pytest.raises(InvalidInput, match="T1"):
        pipeline().run([problem()], [team("T1", "a"), team("T1", "b")])


def test_an_unknown_requirement_is_refused() -> None:
    with pytest.raises(UnknownConcept, match="PER-XX"):
        pipeline().run([problem("P1", requirements=must("PER-XX"))], [team("T1", "a")])


@pytest.mark.parametrize(
    ("asked", "offered"), [([], []), ([problem()], []), ([], [team("T", "a")])]
)
def test_empty_sides_give_an_empty_result(
    asked: list[ProblemDocument], offered: list[TeamDocument]
) -> None:
    result = pipeline().run(asked, offered)

    assert len(result) == 0
    assert result.to_dict()["pairs"] == []


def test_nothing_readable_anywhere_is_no_error() -> None:
    result = pipeline().run([problem_document("P1", [])], [team_document("T1")])

    assert [e.reason for e in result.exclusions] == [Reason.NO_TEXT, Reason.NO_TEXT]


@pytest.mark.parametrize("name", ["nonsense", "dense"])
def test_unknown_features_and_weak_gates_are_refused(name: str) -> None:
    weights = {**MatchConfig().weights, name: 1e6}

    with pytest.raises(ValueError, match=r"known|must_have"):
        MatchConfig(weights=weights)
