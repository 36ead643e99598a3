"""The grades a problem can have: what each asks of a team and offers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class Grade:
    """One step of the grade ramp.

    Attributes
    ----------
    id : str
        ``G1`` (easiest) to ``G4``.
    en, zh : str
        Its name in both languages.
    score_min, score_max : int
        The difficulty scores, 0 to 100, that lead to it; both inclusive.
    level : str
        The competency levels it asks for, such as ``3–4``.
    stage : str
        The proof stages that solving goes through.
    calendar : str
        How long solving takes.
    owner_provides : str
        What the problem's owner brings.
    award : str
        What the best result earns.
    audience_zh : str
        Whom it suits, in Chinese.
    """

    id: str
    en: str
    zh: str
    score_min: int
    score_max: int
    level: str
    stage: str
    calendar: str
    owner_provides: str
    award: str
    audience_zh: str

    def label(self, language: str) -> str:
        """The name in *language* (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


@cache
def grades() -> Mapping[str, Grade]:
    """All grades by id, from easiest to hardest.

    Returns
    -------
    Mapping[str, Grade]

    Examples
    --------
    >>> [grade.en for grade in grades().values()]
    ['Starter', 'Applied', 'Field', 'Flagship']
    """
    text = (files(__package__) / "data" / "grades.json").read_text(encoding="utf-8")
    return MappingProxyType({item["id"]: Grade(**item) for item in json.loads(text)["grades"]})
