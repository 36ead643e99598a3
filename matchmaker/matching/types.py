"""What the matcher reads and what it gives back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from matchmaker.competency import Requirement

Matrix = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]
Pair = tuple[str, str]


class Reason(StrEnum):
    """Why a pair or a team was not ranked."""

    CONFLICT = "conflict"
    BANNED = "banned"
    PROBLEM_CLOSED = "problem_closed"
    TEAM_UNAVAILABLE = "team_unavailable"
    NO_CAPACITY = "no_capacity"
    NO_TEXT = "no_text"
    NO_LANGUAGE_BRIDGE = "no_language_bridge"


class Band(StrEnum):
    """How good a match looks; within a band the order is left to people."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"
    WEAK = "weak"


class Confidence(StrEnum):
    """How much a team has shown for its ranking to rest on."""

    THIN = "thin"
    FAIR = "fair"
    RICH = "rich"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language.

    Parameters
    ----------
    title, body : str
        Either may be empty.
    lang : str or None
        "zh" or "en"; None if the text has no words of either.
    """

    title: str
    body: str
    lang: str | None

    @property
    def full(self) -> str:
        """Return title and body as one text."""
        return "\n".join(part for part in (self.title, self.body) if part)


@dataclass(frozen=True, slots=True)
class Document:
    """One description, in one language or in several that say the same.

    Parameters
    ----------
    forms : tuple of Text
        The same content, once a language.
    kind : {"profile", "work"}
        Whether a team describes itself or a piece of past work.
    year : int, optional
        When the work was done.
    """

    forms: tuple[Text, ...]
    kind: Literal["profile", "work"] = "profile"
    year: int | None = None


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A problem as the matcher sees it: no names, region or contact data.

    `documents.problem_document` builds one from raw fields and takes care of that.
    """

    id: str
    document: Document
    sectors: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    is_open: bool = True

    @property
    def content_hash(self) -> str:
        """Hash of everything that can change a score."""
        return _hash(asdict(self))


@dataclass(frozen=True, slots=True)
class TeamDocument:
    """A team as the matcher sees it: no names, gender, region or contact data.

    Parameters
    ----------
    id : str
        Only tells teams apart; it breaks ties and never counts otherwise.
    documents : tuple of Document
        Its own description and one document for each piece of past work.
    sectors : tuple of str
        Sector codes it declares.
    competencies : mapping of str to float
        Level, 0 to 5, that the team gives itself in a competency.
    estimates : mapping of str to tuple of float
        For a competency with evidence: the probability that the team has level 0, 1, ... 5 or more.
        Evidence wins over what the team says.
    capacity : int, optional
        How many further problems it can take on; None if it has not said.
    is_available : bool, default=True
        Whether it wants to be matched at all.
    """

    id: str
    documents: tuple[Document, ...] = ()
    sectors: tuple[str, ...] = ()
    competencies: Mapping[str, float] = field(default_factory=dict)
    estimates: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    capacity: int | None = None
    is_available: bool = True

    @property
    def content_hash(self) -> str:
        """Hash of everything that can change a score."""
        row = {name: getattr(self, name) for name in ("id", "sectors", "capacity", "is_available")}
        row["documents"] = [asdict(document) for document in self.documents]
        row["competencies"] = dict(sorted(self.competencies.items()))
        row["estimates"] = dict(sorted(self.estimates.items()))
        return _hash(row)


def canonical_json(value: Any) -> bytes:
    """Serialise *value* so that equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _hash(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def content_hash(value: Any) -> str:
    """Return the SHA-256 of *value* in canonical JSON."""
    return _hash(value)
