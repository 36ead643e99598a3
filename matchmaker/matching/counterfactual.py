"""What if: a pair ranked again with something of the team changed.

Nothing here estimates an effect; every figure comes from ranking the changed pair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from matchmaker.i18n import N_
from matchmaker.matching.lexical import LexicalReference
from matchmaker.matching.types import Band, Document, ProblemDocument, TeamDocument, Text

STATE_LEVEL = N_(
    "Stating level %(needed)s of %(competency)s, with a work that shows it, would raise the match."
)
NAME_SECTOR = N_("Naming the problem's sector, if the team knows it, would raise the match.")
_SMALLEST_RISE = 1e-6


class Rescored(NamedTuple):
    """How a changed pair would be ranked; the score is minus infinity if it would not be."""

    score: float
    band: Band


Rescore = Callable[[ProblemDocument, Sequence[TeamDocument], LexicalReference], Sequence[Rescored]]
Split = Callable[[Document], Sequence[tuple[str, str]]]


def message(text: str, **params: Any) -> dict[str, Any]:
    """Return a message id with its parameters as plain data."""
    return {"message": text, "params": params}


def effects(
    rescore: Rescore,
    split: Split,
    problem: ProblemDocument,
    team: TeamDocument,
    index: int,
    reference: LexicalReference,
) -> Mapping[str, float]:
    """Return by how much the score falls without each sentence of one document.

    Parameters
    ----------
    rescore : callable
        Ranks a pair again.
    split : callable
        Cuts a document into sentences.
    problem, team : documents
        The pair.
    index : int
        Which of the team's documents; of one in two languages the form that fits better is cut.
    reference : LexicalReference
        That of the run.

    Returns
    -------
    mapping of str to float
        Below 0 for a sentence that lowers the score.
    """
    forms = team.documents[index].forms
    whole = rescore(problem, [_with(team, index, form) for form in forms], reference)
    best = int(np.argmax([found.score for found in whole]))
    form = forms[best]
    sentences = [s for s, _ in split(replace(team.documents[index], forms=(form,)))]
    without = [_with(team, index, _without(form, sentence)) for sentence in sentences]
    found = rescore(problem, without, reference) if without else []
    full = whole[best].score
    # Without its only sentence a pair may not be ranked at all; then everything hangs on it.
    return {
        sentence: full - left.score if np.isfinite(left.score) else abs(full) + 1.0
        for sentence, left in zip(sentences, found, strict=True)
    }


def _without(form: Text, sentence: str) -> Text:
    """Return *form* without the first place where *sentence* stands."""
    if sentence in form.title:
        return replace(form, title=form.title.replace(sentence, "", 1).strip())
    return replace(form, body=form.body.replace(sentence, "", 1).strip())


def _with(team: TeamDocument, index: int, form: Text) -> TeamDocument:
    """Return *team* with one document cut down to *form*, or gone if nothing is left of it."""
    document = replace(team.documents[index], forms=(form,))
    kept = (document,) if form.full.strip() else ()
    before, after = team.documents[:index], team.documents[index + 1 :]
    return replace(team, documents=(*before, *kept, *after))


def advice(
    rescore: Rescore,
    problem: ProblemDocument,
    team: TeamDocument,
    reference: LexicalReference,
) -> list[dict[str, Any]]:
    """Return what the team could say of itself that raises the score, must-haves first.

    Each has a message, what it is about, and the score and band the pair would have. What does not
    raise the score is left out.
    """
    changes = [
        *(
            (message(STATE_LEVEL, competency=need.competency, needed=need.level), changed)
            for need in sorted(problem.requirements, key=lambda need: -need.importance)
            if (changed := _stating(team, need.competency, need.level)) is not None
        ),
        *(
            [(message(NAME_SECTOR), replace(team, sectors=problem.sectors))]
            if problem.sectors and not team.sectors
            else []
        ),
    ]
    if not changes:
        return []
    now, *then = rescore(problem, [team, *(changed for _, changed in changes)], reference)
    return [
        {**told, "score": found.score, "band": str(found.band)}
        for (told, _), found in zip(changes, then, strict=True)
        if found.score > now.score + _SMALLEST_RISE
    ]


def _stating(team: TeamDocument, competency: str, needed: int) -> TeamDocument | None:
    """Return *team* with the level stated; None if it has said as much already."""
    if team.competencies.get(competency, 0) >= needed:
        return None
    return replace(team, competencies={**team.competencies, competency: float(needed)})
