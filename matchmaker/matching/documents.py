"""Build the documents the matcher may see: texts put in order, names and contact data masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

from matchmaker.competency import Requirement, detect_language, has_cjk
from matchmaker.matching.types import Document, ProblemDocument, TeamDocument, Text

_CONTACT = re.compile(
    r"""
    (?:https?://|www\.)\S+                              # addresses of pages
    | [\w.+-]+@[\w-]+\.[\w.-]+                          # of mailboxes
    | (?<![\w.])(?:\+?886[\s-]?|0)\d{1,3}[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\w|\.\d)   # Taiwan telephones
    | (?<![\w.])\+\d{1,3}(?:[\s-]?\d{2,4}){2,5}(?!\w|\.\d)                       # other telephones
    | (?<![A-Za-z0-9])[A-Z][12]\d{8}(?![A-Za-z0-9])     # national identity numbers
    | (?:line\s*id|line|facebook|fb|ig|instagram|wechat|微信)\s*[:：]\s*\S+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MIN_NAME = 2


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
        Estimated levels.
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
        capacity=capacity,
        is_available=is_available,
    )


def _forms(
    texts: Iterable[Text], names: Iterable[str], techniques: Iterable[str] = ()
) -> tuple[Text, ...]:
    """Clean and mask *texts*, put *techniques* behind each, and drop what has nothing to read."""
    tail = "、".join(mask(technique, names) for technique in techniques)
    forms = []
    for text in list(texts) or [Text("", "", None)]:
        body = "\n".join(part for part in (mask(text.body, names), tail) if part)
        title = mask(text.title, names)
        lang = detect_language(f"{title}\n{body}")
        if lang is not None:
            forms.append(Text(title, body, text.lang or lang))
    return tuple(forms)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Take contact data and *names* out of *text*, and control characters with them.

    Examples
    --------
    >>> mask("零次方科技擅長瑕疵檢測，洽 ai@example.com 或 02-2345-6789", ["零次方科技"])
    '擅長瑕疵檢測，洽 或'
    """
    clean = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    clean = _CONTACT.sub(" ", clean)
    for name in sorted({n.strip() for n in names if n}, key=lambda n: (-len(n), n)):
        if len(name) >= _MIN_NAME:
            clean = _name_pattern(name).sub(" ", clean)
    return "\n".join(" ".join(line.split()) for line in clean.split("\n")).strip()


def _name_pattern(name: str) -> re.Pattern[str]:
    """Match *name* anywhere if it is Chinese, as whole words otherwise, in any case."""
    pattern = re.escape(name)
    if not has_cjk(name):
        pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
    return re.compile(pattern, re.IGNORECASE)
