"""Build the documents the matcher may see: texts put in order, names and the like masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from matchmaker.competency import Requirement, detect_language
from matchmaker.competency.text import is_foreign
from matchmaker.matching.masking import mask
from matchmaker.matching.standing import checked_estimate
from matchmaker.matching.types import Document, ProblemDocument, TeamDocument, Text


def problem_document(
    problem_id: str,
    texts: Iterable[Text],
    *,
    techniques: Iterable[str] = (),
    sectors: Iterable[str] = (),
    requirements: Iterable[Requirement] = (),
    is_open: bool = True,
    names: Iterable[str] = (),
) -> ProblemDocument:
    """Build the document of a problem.

    Parameters
    ----------
    problem_id : str
        Tells problems apart.
    texts : iterable of Text
        Title and body once a language; empty ones are dropped, a missing ``lang`` is detected.
    techniques : iterable of str
        Named methods; they become part of the text.
    sectors : iterable of str
        Codes, ids or labels of the sectors it belongs to.
    requirements : iterable of Requirement
        Competencies it needs.
    is_open : bool
        Whether it takes teams.
    names : iterable of str
        Names of the organization and of people, to be masked in all texts.
    """
    return ProblemDocument(
        id=problem_id,
        document=Document(_forms(texts, names, techniques)),
        sectors=tuple(dict.fromkeys(s for s in sectors if s)),
        requirements=tuple(requirements),
        is_open=is_open,
    )


def team_document(
    team_id: str,
    profile: Iterable[Text] = (),
    works: Iterable[Document] = (),
    *,
    techniques: Iterable[str] = (),
    sectors: Iterable[str] = (),
    competencies: Mapping[str, float] | None = None,
    estimates: Mapping[str, Sequence[float]] | None = None,
    capacity: int | None = None,
    is_available: bool = True,
    names: Iterable[str] = (),
) -> TeamDocument:
    """Build the document of a team.

    Parameters
    ----------
    team_id : str
        Tells teams apart.
    profile : iterable of Text
        What the team says of itself, once a language.
    works : iterable of Document
        Its pieces of past work, each a document of its own.
    techniques : iterable of str
        Methods it works with; they become part of the profile.
    sectors : iterable of str
        Codes, ids or labels of the sectors it knows.
    competencies : mapping of str to float, optional
        Levels it gives itself.
    estimates : mapping of str to sequence of float, optional
        Of competencies with evidence, the probability of level 0, 1, ... 5 or more.
    capacity : int, optional
        How many further problems it can take on.
    is_available : bool
        Whether it wants to be matched.
    names : iterable of str
        Names of the team, its members and its organization, to be masked in all texts.
    """
    names = tuple(names)
    forms = [_forms(profile, names, techniques), *(_forms(w.forms, names) for w in works)]
    works = list(works)
    kinds: list[tuple[Literal["profile", "work"], int | None]] = [("profile", None)]
    kinds += [("work", work.year) for work in works]
    return TeamDocument(
        id=team_id,
        documents=tuple(
            Document(form, kind, year)
            for form, (kind, year) in zip(forms, kinds, strict=True)
            if form
        ),
        sectors=tuple(dict.fromkeys(s for s in sectors if s)),
        competencies=dict(competencies or {}),
        estimates={name: checked_estimate(row) for name, row in (estimates or {}).items()},
        capacity=capacity,
        is_available=is_available,
    )


def _forms(
    texts: Iterable[Text], names: Iterable[str], techniques: Iterable[str] = ()
) -> tuple[Text, ...]:
    """Clean and mask *texts*, put *techniques* behind each, and drop what has nothing to read."""
    tail = "、".join(mask(technique, names) for technique in techniques)
    forms = []
    # A language in which nothing was written is none: two lists of methods alone would be alike.
    written = [text for text in texts if text.full.strip()]
    for text in written or [Text("", "", None)]:
        body = "\n".join(part for part in (mask(text.body, names), tail) if part)
        title = mask(text.title, names)
        lang = _readable_language(f"{title}\n{body}")
        if lang is not None:
            forms.append(Text(title, body, text.lang or lang))
    return tuple(forms)


def _readable_language(text: str) -> str | None:
    """Return "zh" or "en"; None also for a text mostly in a script nobody here reads."""
    return None if is_foreign(text) else detect_language(text)
