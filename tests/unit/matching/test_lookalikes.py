"""Finding problems that are alike: across languages, without a model, the same as comparing each."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.lookalikes import Lookalikes
from matchmaker.matching.types import Document, Text


def sample_pairs():
    """Problems of the sample that are written in both languages."""
    lines = (files("matchmaker.sample") / "data" / "problems.jsonl").read_text("utf-8").splitlines()
    found = []
    for record in map(json.loads, lines):
        forms = {record["lang"]: (record["title"], record["text"])}
        for tag, texts in record.get("translations", {}).items():
            forms[tag[:2]] = (texts["title"], texts["text"])
        if len(forms) == 2:
            found.append({lang: Document((Text(*form, lang),)) for lang, form in forms.items()})
    return found


@pytest.mark.parametrize(("asked", "known"), [("zh", "en"), ("en", "zh")])
def test_the_translation_of_a_problem_is_its_nearest_in_the_other_language(asked, known):
    pairs = sample_pairs()
    assert len(pairs) >= 20
    collection = Lookalikes()
    collection.put({number: pair[known] for number, pair in enumerate(pairs)})
    found = [collection.search(pair[asked], 2) for pair in pairs]
    assert [best.id for best, _second in found] == list(range(len(pairs)))
    assert sum(best.is_similar for best, _second in found) >= 0.9 * len(pairs)
    assert not any(second.is_alike for _best, second in found)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_copy_may_be_the_same_problem_and_no_other_is(language):
    pairs = sample_pairs()
    collection = Lookalikes()
    collection.put({number: pair[language] for number, pair in enumerate(pairs)})
    for number, pair in enumerate(pairs):
        best, second = collection.search(pair[language], 2)
        assert (best.id, best.is_alike, best.score) == (number, True, pytest.approx(1.0, abs=1e-6))
        assert not second.is_alike


FABRIC = Document((Text("布料瑕疵檢測", "以相機檢查布料的瑕疵", "zh"),))
PARKING = Document((Text("Parking", "Predict free parking spaces with cameras", "en"),))
ASKED = Document((Text("Fabric inspection", "Find defects of fabric by camera", "en"),))


def test_vectors_join_in_where_both_sides_have_one():
    known = Lookalikes()
    east, north = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
    known.put({1: FABRIC, 2: PARKING}, {2: east})
    without = {found.id: found for found in known.search(ASKED, 5)}
    assert [found.meaning for found in without.values()] == [None, None]
    with_one = {found.id: found for found in known.search(ASKED, 5, vector=east)}
    assert (with_one[1].meaning, with_one[2].meaning) == (None, 1.0)
    assert with_one[1].score == without[1].score
    assert with_one[2].score > without[2].score
    assert {f.id: f.meaning for f in known.search(ASKED, 5, vector=north)}[2] == 0.0
    assert known.search(ASKED, 5, vector=np.ones(3, dtype=np.float32))[0].meaning is None


def test_changed_and_removed_problems_are_read_anew():
    known = Lookalikes()
    known.put({1: FABRIC, 2: FABRIC, 3: PARKING}, {3: np.ones(1, dtype=np.float32)})
    assert [found.id for found in known.search(ASKED, 2)] == [1, 2]  # Of equals, by id.
    known.put({1: PARKING})
    assert [found.id for found in known.search(ASKED, 1)] == [2]
    known.remove([2, 99])
    assert (len(known), {found.id for found in known.search(ASKED, 9)}) == (2, {1, 3})
    known.put({3: FABRIC})  # A new text loses the vector of the old one.
    assert known.search(ASKED, 1, vector=np.ones(1, dtype=np.float32))[0].meaning is None


def test_nothing_known_or_nothing_asked_finds_nothing_alike():
    assert Lookalikes().search(ASKED, 3) == []
    known = Lookalikes()
    known.put({1: FABRIC, 2: Document(())})
    assert all(found.score == 0 for found in known.search(Document(()), 3))
    assert [found.score for found in known.search(ASKED, 3) if found.id == 2] == [0.0]
    assert known.search(ASKED, 3, among=[]) == []


WORDS = st.lists(
    st.sampled_from(["瑕疵", "布料", "fabric", "defect", "停車", "camera", "x1"]), max_size=6
)
TEXTS = WORDS.map(lambda words: Document((Text("", " ".join(words), None),)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=8), TEXTS, st.sets(st.integers(0, 7)), st.integers(0, 9)
)
def test_scores_are_ordered_within_bounds_and_only_of_those_allowed(texts, asked, among, k):
    known = Lookalikes()
    known.put(dict(enumerate(texts)))
    found = known.search(asked, k, among=among)
    assert [(-one.score, one.id) for one in found] == sorted((-one.score, one.id) for one in found)
    assert {one.id for one in found} <= among & set(range(len(texts)))
    assert len(found) == min(k, len(among & set(range(len(texts)))))
    assert all(0 <= part <= 1 for one in found for part in (one.score, one.words, one.concepts))
    # What is asked leaves no trace, and nobody's score depends on who else may be shown.
    everyone = {one.id: one.score for one in known.search(asked, len(texts))}
    assert all(everyone[one.id] == one.score for one in found)
    similar = known.search(asked, k, among=among, only_similar=True)
    assert similar == [one for one in found if one.is_similar]


def test_no_encoder_is_loaded():
    code = (
        "import sys; from matchmaker.matching.lookalikes import Lookalikes; "
        "from matchmaker.matching.types import Document, Text; known = Lookalikes(); "
        "known.put({1: Document((Text('a', 'b', 'en'),))}); "
        "known.search(Document((Text('a', '', 'en'),)), 1); "
        "sys.exit(bool({'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
