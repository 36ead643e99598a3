"""Two simple rankings that the matcher is always measured beside."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from matchmaker.competency.taxonomy import sector_similarity
from matchmaker.matching.encoders import Encoder
from matchmaker.matching.lexical import word_terms
from matchmaker.matching.types import Matrix, ProblemDocument, TeamDocument, Text

_K1 = 1.2
_B = 0.75


def sector_bm25(problems: Sequence[ProblemDocument], teams: Sequence[TeamDocument]) -> Matrix:
    """Score by shared words and characters (BM25), teams of the same sector before all others.

    Parameters
    ----------
    problems, teams : sequence of documents
        The two sides.

    Returns
    -------
    ndarray of shape (n_problems, n_teams)
        Higher is better.
    """
    scores = bm25(
        [_text(problem.document.forms) for problem in problems],
        [" ".join(_text(document.forms) for document in team.documents) for team in teams],
    )
    same = np.array(
        [
            [
                any(sector_similarity(a, b) == 1.0 for a in p.sectors for b in t.sectors)
                for t in teams
            ]
            for p in problems
        ],
        dtype=float,
    ).reshape(scores.shape)
    return np.asarray(scores / max(float(scores.max(initial=0.0)), 1e-12) + 0.1 * same)


def bm25(queries: Sequence[str], documents: Sequence[str]) -> Matrix:
    """Score *documents* for *queries* by Okapi BM25 over words, characters and pairs of them."""
    counts = [Counter(word_terms(document)) for document in documents]
    lengths = np.array([sum(count.values()) for count in counts], dtype=float)
    mean = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
    postings: dict[str, list[tuple[int, int]]] = {}
    for column, count in enumerate(counts):
        for term, n in count.items():
            postings.setdefault(term, []).append((column, n))
    scores = np.zeros((len(queries), len(documents)))
    for row, query in enumerate(queries):
        for term in set(word_terms(query)) & postings.keys():
            found = postings[term]
            idf = math.log(1 + (len(documents) - len(found) + 0.5) / (len(found) + 0.5))
            for column, n in found:
                norm = _K1 * (1 - _B + _B * lengths[column] / mean)
                scores[row, column] += idf * n * (_K1 + 1) / (n + norm)
    return scores


def plain_embedding(
    problems: Sequence[ProblemDocument], teams: Sequence[TeamDocument], encoder: Encoder
) -> Matrix:
    """Score by the cosine of the encoder's vectors of the texts as they are, all of a team in one.

    Parameters
    ----------
    problems, teams : sequence of documents
        The two sides.
    encoder : Encoder
        The same model as the matcher's.

    Returns
    -------
    ndarray of shape (n_problems, n_teams)
        Higher is better.
    """
    left = encoder.encode([_text(problem.document.forms) for problem in problems])
    right = encoder.encode(
        ["\n".join(_text(document.forms) for document in team.documents) for team in teams]
    )
    return np.asarray(left @ right.T, dtype=np.float64)


def _text(forms: Sequence[Text]) -> str:
    return "\n".join(form.full for form in forms)
