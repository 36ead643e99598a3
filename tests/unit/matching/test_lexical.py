from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from matchmaker.competency import Lexicon
from matchmaker.matching.lexical import (
    LexicalIndex,
    LexicalReference,
    Vocabulary,
    document_terms,
    product,
    shared_words,
    surface_words,
    word_terms,
)
from matchmaker.matching.types import Document, Text


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(
        [("瑕疵", ("defect",)), ("檢測", ("inspection",)), ("瑕疵檢測", ("defect inspection",))]
    )


def document(body: str) -> Document:
    return Document((Text("", body, None),))


def test_pairs_of_words_skip_function_words_and_stop_at_chinese() -> None:
    assert word_terms("edge of the AI 檢測 now") == [
        "edge",
        "ai",
        "edge ai",
        "检",
        "测",
        "检测",
        "now",
    ]


def test_chinese_adds_its_gloss(lexicon: Lexicon) -> None:
    terms = Counter(document_terms(document("瑕疵檢測"), lexicon))

    assert terms["defect inspection"] == 1
    assert terms["检测"] == 1


def test_rare_terms_weigh_more() -> None:
    reference = LexicalReference(9, {"the": 9, "yarn": 1})

    assert reference.idf("the") == 1.0
    assert reference.idf("yarn") < reference.idf("never seen")


def test_a_copied_document_does_not_change_the_reference() -> None:
    vocabulary = Vocabulary()
    one, two, copy = (vocabulary.count(terms) for terms in ("a", "bb", "a"))

    once = LexicalIndex.learn([one, two], vocabulary)

    assert once == LexicalIndex.learn([one, two, copy], vocabulary)
    assert once == LexicalReference(2, {"a": 1, "b": 1})


def test_a_reference_survives_being_stored() -> None:
    vocabulary = Vocabulary()
    reference = LexicalIndex.learn(map(vocabulary.count, ("abc", "bcd")), vocabulary)

    again = LexicalReference.from_dict(reference.to_dict())

    assert again == reference
    assert again.fingerprint == reference.fingerprint


def test_products_are_cosines_for_short_texts() -> None:
    vocabulary = Vocabulary()
    terms = [vocabulary.count(word_terms(t)) for t in ("yarn break", "yarn break", "bread")]
    index = LexicalIndex(vocabulary, LexicalIndex.learn(terms, vocabulary))

    documents = index.documents(terms).T.tocsr()
    values = product(index.queries([*terms, vocabulary.count(["unknown"])]), documents)

    assert values[0] == pytest.approx([1, 1, 0], abs=1e-5)
    assert values[3] == pytest.approx([0, 0, 0])


def test_a_long_document_is_not_punished_in_full() -> None:
    vocabulary = Vocabulary()
    words = vocabulary.count(f"w{number}" for number in range(1600))

    row = LexicalIndex(vocabulary, LexicalReference(1, {})).documents([words])

    assert np.linalg.norm(row.toarray()) == pytest.approx((1600 / 100) ** 0.25, rel=1e-4)


def test_the_order_in_which_terms_were_met_changes_no_product() -> None:
    texts = ["yarn break on the loom", "a loom with a torn yarn", "bread and yarn", ""]
    values = []
    for order in (texts, texts[::-1]):
        vocabulary = Vocabulary()
        known = {text: vocabulary.count(word_terms(text)) for text in order}
        terms = [known[text] for text in texts]
        index = LexicalIndex(vocabulary, LexicalReference(7, {"yarn": 3, "loom": 2}))
        values.append(product(index.queries(terms), index.documents(terms).T.tocsr()))

    assert (values[0] == values[1]).all()


def test_shared_words_are_shown_as_each_side_writes_them(lexicon: Lexicon) -> None:
    left = surface_words(document("布料瑕疵檢測"), lexicon)
    right = surface_words(document("Defect inspection of the fabric"), lexicon)

    shared = shared_words(left, right, LexicalReference(5, {}))

    assert shared == [("瑕疵檢測", "Defect inspection")]


def test_empty_documents_share_nothing() -> None:
    vocabulary = Vocabulary()
    index = LexicalIndex(vocabulary, LexicalReference(0, {}))

    assert index.documents([vocabulary.count([])]).nnz == 0
    assert shared_words({}, {"a": "a"}, index.reference) == []
