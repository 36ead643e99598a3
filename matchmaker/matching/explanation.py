"""Why a pair is where it is: plain data with message ids, to be translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.competency import IMPORTANCE_MUST, Requirement, Taxonomy
from matchmaker.i18n import N_
from matchmaker.matching.analysis import Analysis, Analyzer
from matchmaker.matching.config import FEATURES, MatchConfig
from matchmaker.matching.counterfactual import Rescore, advice, effects, message
from matchmaker.matching.encoders import Encoder
from matchmaker.matching.features import NAMED
from matchmaker.matching.lexical import (
    LexicalIndex,
    LexicalReference,
    shared_words,
)
from matchmaker.matching.result import MatchedPair
from matchmaker.matching.scoring import Scorer
from matchmaker.matching.standing import Standing, standing
from matchmaker.matching.types import Band, Document, ProblemDocument, TeamDocument

VERSION = 2
N_TERMS = 12
N_CONCEPTS = 8
N_SENTENCES = 3
_MAX_SENTENCES = 40
# Ranking a pair again without each of its sentences is costly; it is done where somebody will decide.
_WEIGHED_BANDS = (Band.STRONG,)
_SENTENCE_FLOOR = 0.3
_NO_EFFECT = 1e-9

LABELS: Mapping[str, str] = {
    "dense": N_("Similar meaning"),
    "lexical": N_("Same words"),
    "concepts": N_("Same competencies and kinds of problem"),
    "sector": N_("Same sector"),
    "requirements": N_("Required competencies"),
    "must_have": N_("Missing must-haves"),
}
MET = N_("%(competency)s: level %(shown).1f shown, %(needed)s needed.")
BELOW = N_("%(competency)s: level %(shown).1f shown, below the %(needed)s needed.")
UNCONFIRMED = N_("%(competency)s: named in the team's texts, but no level is shown yet.")
STATED = N_(
    "%(competency)s: the team gives itself level %(shown).1f, %(needed)s needed; not confirmed yet."
)
POSSIBLE = N_("%(competency)s: level %(needed)s is possible, but the evidence does not settle it.")
MISSING = N_("%(competency)s: nothing shown, level %(needed)s needed.")
SHARED = N_("Both sides speak of %(competency)s.")
CLOSEST_WORK = N_("The closest of its documents is “%(title)s”.")
CLOSEST_PROFILE = N_("The team's own description is closest.")
SAME_SECTOR = N_("The team works in the problem's sector.")
OTHER_SECTOR = N_("The team has named other sectors than the problem's.")
FEW_DOCUMENTS = N_(
    "The ranking rests on %(count)s substantial descriptions; 8 to 12 are a sound basis."
)


def render_message(
    item: Mapping[str, Any], translated: Callable[[str], str], taxonomy: Taxonomy, lang: str
) -> str:
    """Put a message into words: its text by *translated*, its concepts by their labels in *lang*.

    Examples
    --------
    >>> from matchmaker.competency import load_taxonomy
    >>> item = message(SHARED, competency="PER-CV")
    >>> render_message(item, str, load_taxonomy(), "en")
    'Both sides speak of Computer vision.'
    """
    params = dict(item["params"])
    if "competency" in params:
        params["competency"] = taxonomy.label(params["competency"], lang)
    return translated(item["message"]) % params


@dataclass(frozen=True)
class Explainer:
    """Finds the evidence behind one pair's score.

    Parameters
    ----------
    encoder : Encoder
        Embeds documents and sentences.
    analyzer : Analyzer
        Reads documents as the run did.
    taxonomy : Taxonomy
        The competency framework.
    config : MatchConfig
        Settings of the run.
    rescore : callable (problem, variants, reference)
        Ranks a pair again with something of the team changed.
    """

    encoder: Encoder
    analyzer: Analyzer
    taxonomy: Taxonomy
    config: MatchConfig
    rescore: Rescore

    def explain(
        self,
        problem: ProblemDocument,
        team: TeamDocument,
        pair: MatchedPair | None,
        reference: LexicalReference | None,
    ) -> dict[str, Any]:
        """Return the explanation of one pair.

        Parameters
        ----------
        problem, team : documents
            The two sides.
        pair : MatchedPair or None
            Score, band and contributions as ranked; None for a pair that was not ranked.
        reference : LexicalReference or None
            How common terms are; None counts the two sides only.

        Returns
        -------
        dict
            ``score``, ``band``, ``confidence``, ``range`` (the least and the best band likely if the
            profile were fully described), ``parts`` (feature, label, contribution),
            ``requirements``, ``document`` (the closest one), ``sentences``, ``terms`` (shared words),
            ``concepts``, ``reasons`` and ``notes`` (both lists of message ids with parameters), and
            ``advice``: what the team can say of itself that raises the score, with the score and the
            band it would have then, found by ranking the pair again.
        """
        found = self.sketch(problem, team, pair)
        if reference is None:
            analyses = [self.analyzer(d) for d in (problem.document, *team.documents)]
            reference = LexicalIndex.learn([a.terms for a in analyses], self.analyzer.vocabulary)
        return {
            **found,
            "sentences": self._sentences(problem, team, found["document"], pair, reference),
            "terms": self._terms(problem, team, reference),
            "advice": advice(self.rescore, problem, team, reference) if pair else [],
        }

    def sketch(
        self, problem: ProblemDocument, team: TeamDocument, pair: MatchedPair | None
    ) -> dict[str, Any]:
        """Return the explanation without sentences, terms and advice, which take most of the time."""
        needed = self.analyzer(problem.document)
        shown = [self.analyzer(document) for document in team.documents]
        requirements = [self._requirement(need, team, shown) for need in problem.requirements]
        document = self._closest_document(problem, team, needed, shown)
        concepts = self._concepts(needed, shown)
        return {
            "version": VERSION,
            "problem_id": problem.id,
            "team_id": team.id,
            **self._score(pair),
            "requirements": requirements,
            "document": document,
            "sentences": [],
            "terms": [],
            "concepts": concepts,
            "reasons": [
                *self._reasons(pair, document, concepts),
                *(requirement["reason"] for requirement in requirements),
            ],
            "notes": self._notes(shown),
            "advice": [],
        }

    def _score(self, pair: MatchedPair | None) -> dict[str, Any]:
        if pair is None:
            return {"score": None, "band": None, "confidence": None, "range": [], "parts": []}
        parts = [
            {"feature": name, "label": LABELS[name], "contribution": pair.contributions[name]}
            for name in FEATURES
        ]
        return {
            "score": pair.score,
            "band": str(pair.band),
            "confidence": str(pair.confidence),
            "range": [str(band) for band in self._range(pair)],
            "parts": parts,
        }

    def _range(self, pair: MatchedPair) -> tuple[Band, Band]:
        return Scorer(self.config).band_range(pair.score, pair.band, pair.confidence)

    def _requirement(
        self, need: Requirement, team: TeamDocument, shown: Sequence[Analysis]
    ) -> dict[str, Any]:
        is_named = any(a.concepts.get(need.competency, 0) >= NAMED for a in shown)
        is_named |= need.competency in {self.taxonomy.resolve_sector(s) for s in team.sectors}
        found = standing(need.competency, need.level, team.estimates, team.competencies, is_named)
        params: dict[str, Any] = {"competency": need.competency, "needed": need.level}
        if found.level is not None:
            params["shown"] = round(found.level, 4)
        return {
            "competency": need.competency,
            "needed": need.level,
            "shown": params.get("shown"),
            "importance": need.importance,
            "is_must": need.importance >= IMPORTANCE_MUST,
            "status": found.status,
            "is_confirmed": found.is_confirmed,
            "probability": round(found.probability, 4),
            "reason": message(_requirement_text(found), **params),
        }

    def _closest_document(
        self,
        problem: ProblemDocument,
        team: TeamDocument,
        needed: Analysis,
        shown: Sequence[Analysis],
    ) -> dict[str, Any] | None:
        """Return the team's document nearest to the problem, by vectors or else by terms."""
        similarity = [self._similarity(needed, analysis) for analysis in shown]
        if not similarity or max(similarity) <= 0:
            return None
        index = int(np.argmax(similarity))
        document = team.documents[index]
        return {
            "index": index,
            "kind": document.kind,
            "year": document.year,
            "title": _title(document),
            "text": _text(document),
            "problem_text": _text(problem.document),
            "similarity": round(float(similarity[index]), 4),
        }

    def _similarity(self, left: Analysis, right: Analysis) -> float:
        if not left.passages or not right.passages:
            return 0.0
        vectors = self.encoder.encode([*left.passages, *right.passages])
        n_left = len(left.passages)
        return float((vectors[:n_left] @ vectors[n_left:].T).max())

    def _sentences(
        self,
        problem: ProblemDocument,
        team: TeamDocument,
        closest: Mapping[str, Any] | None,
        pair: MatchedPair | None,
        reference: LexicalReference,
    ) -> list[dict[str, Any]]:
        """Return the sentences of the closest document without which the score would fall most.

        Each has the sentence of the problem it is most like beside it. Where no sentence alone makes
        a difference, and for pairs below strong, the most alike are taken. A weak pair has
        none: nothing there speaks for it, and most pairs are weak.
        """
        if closest is None or (pair is not None and pair.band is Band.WEAK):
            return []
        index = closest["index"]
        left, right = self._split(problem.document), self._split(team.documents[index])
        if not left or not right:
            return []
        vectors = self.encoder.encode([prepared for _, prepared in (*left, *right)])
        alike = vectors[: len(left)] @ vectors[len(left) :].T
        effect: Mapping[str, float] = {}
        if pair is not None and pair.band in _WEIGHED_BANDS:
            effect = effects(self.rescore, self._split, problem, team, index, reference)
        chosen = _most_telling([sentence for sentence, _ in right], alike, effect)
        return [
            {
                "problem": left[row][0],
                "team": right[column][0],
                "document": index,
                "similarity": round(float(alike[row, column]), 4),
                "effect": effect.get(right[column][0]),
            }
            for row, column in chosen
        ]

    def _split(self, document: Document) -> list[tuple[str, str]]:
        """Return the readable sentences of *document* with what the encoder reads of each."""
        return self.analyzer.sentences(document)[:_MAX_SENTENCES]

    def _terms(
        self,
        problem: ProblemDocument,
        team: TeamDocument,
        reference: LexicalReference,
    ) -> list[dict[str, str]]:
        """Return the words that tie the two sides together, each as both sides write it."""
        theirs: dict[str, str] = {}
        for document in reversed(team.documents):
            theirs.update(self.analyzer.words(document))
        shared = shared_words(self.analyzer.words(problem.document), theirs, reference)
        return [{"problem": left, "team": right} for left, right in shared[:N_TERMS]]

    def _concepts(self, needed: Analysis, shown: Sequence[Analysis]) -> list[dict[str, Any]]:
        theirs: dict[str, float] = {}
        for analysis in shown:
            for concept_id, weight in analysis.concepts.items():
                theirs[concept_id] = max(weight, theirs.get(concept_id, 0.0))
        shared: list[dict[str, Any]] = [
            {"id": concept_id, "problem": round(weight, 4), "team": round(theirs[concept_id], 4)}
            for concept_id, weight in needed.concepts.items()
            if concept_id in theirs
        ]
        return sorted(shared, key=lambda c: (-min(c["problem"], c["team"]), c["id"]))[:N_CONCEPTS]

    def _reasons(
        self,
        pair: MatchedPair | None,
        document: Mapping[str, Any] | None,
        concepts: Sequence[Mapping[str, Any]],
    ) -> Iterable[dict[str, Any]]:
        if document is not None and document["kind"] == "work" and document["title"]:
            yield message(CLOSEST_WORK, title=document["title"])
        elif document is not None:
            yield message(CLOSEST_PROFILE)
        for concept in concepts[:3]:
            yield message(SHARED, competency=concept["id"])
        sector = pair.contributions["sector"] if pair else 0.0
        if sector:
            yield message(SAME_SECTOR if sector > 0 else OTHER_SECTOR)

    def _notes(self, shown: Sequence[Analysis]) -> list[dict[str, Any]]:
        """Return how little the ranking rests on, if it is little."""
        n_substantial = sum(analysis.is_substantial for analysis in shown)
        if n_substantial >= self.config.rich:
            return []
        return [message(FEW_DOCUMENTS, count=n_substantial)]


def _most_telling(
    sentences: Sequence[str], alike: npt.NDArray[np.float32], effect: Mapping[str, float]
) -> list[tuple[int, int]]:
    """Return rows and columns of *alike*: sentences by effect or else by likeness, each once."""
    first = {sentence: column for column, sentence in reversed(list(enumerate(sentences)))}
    positive = [c for sentence, c in first.items() if effect.get(sentence, 0.0) > _NO_EFFECT]
    if positive:
        order = sorted(positive, key=lambda column: (-effect[sentences[column]], column))
        return [(int(np.argmax(alike[:, column])), column) for column in order[:N_SENTENCES]]
    left, found = alike.copy(), []
    for _ in range(min(N_SENTENCES, *alike.shape)):
        row, column = (int(n) for n in np.unravel_index(int(np.argmax(left)), left.shape))
        if left[row, column] < _SENTENCE_FLOOR:
            break
        found.append((row, column))
        left[row, :] = left[:, column] = -1.0
    return found


def _requirement_text(found: Standing) -> str:
    if found.is_confirmed:
        return {"met": MET, "unconfirmed": POSSIBLE, "below": BELOW}[found.status]
    return {"met": STATED, "unconfirmed": UNCONFIRMED, "below": BELOW, "missing": MISSING}[
        found.status
    ]


def _title(document: Document) -> str:
    return next((form.title for form in document.forms if form.title), "")


def _text(document: Document) -> str:
    return document.forms[0].full if document.forms else ""
