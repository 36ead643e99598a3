"""The exact index gives what brute force gives, whatever was added, replaced and removed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import InvalidInput
from matchmaker.matching.neighbours import ExactIndex, NeighbourIndex


def unit(rng, n, dim=8):
    vectors = rng.normal(size=(n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute(known, query, k):
    scored = [(id_, float(query @ vector)) for id_, vector in known.items()]
    return sorted(scored, key=lambda item: (-item[1], item[0]))[:k]


@given(
    st.lists(st.tuples(st.sampled_from(["put", "remove"]), st.integers(0, 30)), max_size=60),
    st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_any_history_gives_what_brute_force_gives(steps, seed):
    rng = np.random.default_rng(seed)
    index, known = ExactIndex(8), {}
    for action, number in steps:
        if action == "put":
            vector = unit(rng, 1)
            index.put([f"T{number}"], vector)
            known[f"T{number}"] = vector[0]
        else:
            index.remove([f"T{number}"])
            known.pop(f"T{number}", None)

    query = unit(rng, 1)
    found = index.search(query, 5)[0]

    assert len(index) == len(known)
    assert [id_ for id_, _ in found] == [id_ for id_, _ in brute(known, query[0], 5)]


def test_it_grows_and_searches_in_chunks(monkeypatch):
    monkeypatch.setattr("matchmaker.matching.neighbours._CHUNK", 100)
    rng = np.random.default_rng(1)
    vectors = unit(rng, 2500)
    index = ExactIndex(8)
    index.put([f"T{number:04}" for number in range(2500)], vectors)

    found = index.search(vectors[:3], 1)

    assert [rows[0][0] for rows in found] == ["T0000", "T0001", "T0002"]


def test_equals_come_in_the_order_of_their_ids():
    index = ExactIndex(2)
    index.put(["c", "a", "b"], np.array([[1, 0]] * 3))

    assert [id_ for id_, _ in index.search(np.array([[1, 0]]), 2)[0]] == ["a", "b"]


def test_an_empty_index_finds_nothing():
    assert ExactIndex(2).search(np.array([[1, 0]]), 3) == [[]]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones((1, 3)), "1 vectors of length 2 are needed"),
        (np.ones((2, 2)), "1 vectors of length 2 are needed"),
        (np.array([[np.nan, 0]]), "not numbers"),
        (np.array([[np.inf, 0]]), "not numbers"),
    ],
)
def test_vectors_of_another_model_are_refused(vectors, message):
    with pytest.raises(InvalidInput, match=message):
        ExactIndex(2).put(["a"], vectors)


def test_it_follows_the_protocol():
    assert isinstance(ExactIndex(2), NeighbourIndex)
