"""The record files of the questions of the check: one question a row, both languages in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matchmaker.record_values import CleanText, CompetencyId, Record, Row, ShortText

Option = Annotated[ShortText, Field(min_length=1)]


class OptionRecord(Row):
    """One of the answers to choose from."""

    en: Option
    zh: Option


class QuizItemRecord(Record):
    """One question.

    Examples
    --------
    >>> options = [{"en": text, "zh": text} for text in "ABC"]
    >>> words = {"stem_en": "Which?", "stem_zh": "哪個？"}
    >>> facts = {"competency": "FND-ML", "level": 2, "options": options, "key": 1}
    >>> QuizItemRecord(id="QZ-FND-ML-2-09", **facts, **words).options[1].en
    'B'
    """

    competency: CompetencyId
    level: int = Field(ge=1, le=4)
    stem_en: CleanText
    stem_zh: CleanText
    options: list[OptionRecord] = Field(min_length=3, max_length=5)
    #: The place of the best answer among the options, from 1 as people count.
    key: int = Field(ge=1, le=5)
    rationale_en: CleanText = ""
    rationale_zh: CleanText = ""
    slope: float = Field(default=1.5, ge=0.5, le=3)
    #: Where the question is in its life: written by exports; imports leave it as it is.
    state: ShortText = ""
