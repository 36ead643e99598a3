"""Read what an intake says, by its answers or by the words of its texts, and keep the evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from matchmaker.assessment.intake import TEXT_FIELDS, Intake, questions
from matchmaker.competency import (
    extract_concepts,
    has_cjk,
    load_taxonomy,
    suggest_competencies,
    suggest_requirements,
)
from matchmaker.competency.text import CJK, fold_term, fold_with_positions

_SENTENCE = re.compile(r"[^。！？!?；;\n]+?(?:[。！？!?；;\n]+|(?<=\.)\s+|$)", re.DOTALL)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:\d[\d,.]{0,20}+|[零〇一二兩三四五六七八九十百千半]{1,12}+(?:點[零〇一二三四五六七八九]{1,6})?)\s{0,3}+"
    r"(?:%|％|成|倍|分之|秒|毫秒|分鐘|小時|個小時|天|週|個月|年|件|筆|張|次|人|元|萬|億|公斤|公分|公釐|支|通|台|份|頁|分|"
    r"per ?cent|percent|points?|ms\b|seconds?|minutes?|hours?|days?|weeks?|months?|years?|records?|"
    r"images?|photos?|pictures?|rows?|times|calls?|files?|cases?|people|kg|km|mm|NT|US)"
    r"|(?:NT|US)\$\s?\d|\b(?:half|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|"
    r"forty|fifty|sixty|eighty|ninety|hundred|thousand)\b[\w\s-]{0,12}?\b(?:per ?cent|percent|"
    r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|times)\b",
    re.IGNORECASE,
)
_NEGATION_ZH = re.compile(r"(?:不|無|无|沒有?|没有?|非(?!常)|免|未|尚未)[^，。；、,.;]{0,4}$")
_NEGATION_EN = re.compile(r"\b(?:no|not|never|without|non|nobody|none)(?: [\w'-]+){0,2} ?$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What something rests on.

    Attributes
    ----------
    field : str
        The field of the intake.
    quote : str
        Of a text, a stretch of exactly these characters; of any other field, the stored answer.
    """

    field: str
    quote: str

    def shown(self, language: str) -> str:
        """The quotation as people read it: an answer in its words, a flag as the field's name."""
        question = questions().get(self.field)
        if question is None or question.kind == "text":
            return self.quote
        answer = question.answer(self.quote)
        return answer.label(language) if answer else question.label(language)


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one field with where it comes from.

    Attributes
    ----------
    value : object
        The answer, or None if nothing is known.
    answered : bool
        True if a person gave the answer; False if it was read out of a text.
    evidence : tuple of Evidence
    """

    value: Any = None
    answered: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything is known at all."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Cue:
    """Wordings that suggest a value of a field; ``number`` asks for a quantity beside them."""

    value: Any
    pattern: re.Pattern[str]
    number: bool


NOTHING = Reading()


@cache
def cues() -> Mapping[str, tuple[Cue, ...]]:
    """The wordings looked for, by the field they speak of, the strongest value first."""
    text = (files(__package__) / "data" / "cues.json").read_text(encoding="utf-8")
    return {
        field: tuple(
            Cue(row["value"], _pattern(row["zh"] + row["en"]), row.get("number", False))
            for row in rows
        )
        for field, rows in json.loads(text)["fields"].items()
    }


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    terms = sorted({fold_term(phrase) for phrase in phrases}, key=lambda term: (-len(term), term))
    chinese = [re.escape(term) for term in terms if has_cjk(term)]
    latin = "|".join(re.escape(term) for term in terms if not has_cjk(term))
    return re.compile("|".join([*chinese, rf"(?<![a-z0-9])(?:{latin})(?:e?s)?(?![a-z0-9])"]))


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    folded: str


def _sentences(text: str) -> Iterator[_Sentence]:
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        if sentence:
            yield _Sentence(sentence, fold_with_positions(sentence).text)


def _negated(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start]
    if re.search(rf"[{CJK}]", before[-6:]):
        return _NEGATION_ZH.search(before[-6:]) is not None
    return _NEGATION_EN.search(before) is not None


class Reader:
    """Answers questions about one intake: what was answered, else what its texts suggest.

    Parameters
    ----------
    intake : Intake

    Examples
    --------
    >>> reader = Reader(Intake(text="工地攝影機要即時提醒。", harm="costly"))
    >>> reader.read("harm").value, reader.read("harm").answered
    ('costly', True)
    >>> reader.read("run_time")
    Reading(value='realtime', answered=False, evidence=(Evidence(field='text', quote='工地攝影機要即時提醒。'),))
    """

    def __init__(self, intake: Intake, memo: dict[Any, Any] | None = None) -> None:
        self.intake = intake
        self._memo = {} if memo is None else memo

    def other(self, intake: Intake) -> Reader:
        """A reader of another intake; texts that both have are not read twice."""
        return Reader(intake, self._memo)

    def read(self, field: str) -> Reading:
        """What is known of *field*."""
        answer: Any = getattr(self.intake, field)
        if answer is None or answer in ("", ()):
            return self.hint(field)
        if answer is False:
            return Reading(False, True, ())
        return Reading(answer, True, tuple(Evidence(field, quote) for quote in _quotes(answer)))

    def hint(self, field: str) -> Reading:
        """What the texts alone suggest of *field*; the strongest value that any of them has."""
        for cue in cues().get(field, ()):
            for text_field in _ORDER:
                if text_field != field and (sentence := self._spoken(cue, text_field)):
                    return Reading(cue.value, False, (Evidence(text_field, sentence),))
        return NOTHING

    @cached_property
    def suggested_requirements(self) -> Reading:
        """The requirements that the description suggests, with the competencies it names."""
        text = self.intake.text[:_SEARCHED]
        found = tuple(item.requirement for item in suggest_requirements(text))
        named = suggest_competencies(text, limit=3) if found else ()
        quotes = tuple(Evidence("text", c.mentions[0].surface) for c in named)
        return Reading(found or None, False, quotes)

    def _spoken(self, cue: Cue, field: str) -> str | None:
        """The first sentence of a text that speaks of *cue*."""
        text = getattr(self.intake, field)
        key = (id(cue), text)
        if key not in self._memo:
            found = (s.text for s in self._sentences(text) if _speaks(s, cue))
            self._memo[key] = next(found, None)
        sentence: str | None = self._memo[key]
        return sentence

    def _sentences(self, text: str) -> tuple[_Sentence, ...]:
        if text not in self._memo:
            self._memo[text] = tuple(_sentences(text))
        sentences: tuple[_Sentence, ...] = self._memo[text]
        return sentences

    def said(self, *fields: str) -> tuple[Evidence, ...]:
        """The evidence of those *fields* that anything is known of and that are not denied."""
        found = (self.read(field) for field in fields)
        return tuple(e for reading in found if reading.value for e in reading.evidence[:1])

    @cached_property
    def pattern(self) -> Reading:
        """The pattern of the problem: the confirmed one, else the one its text speaks of."""
        patterns, confirmed = load_taxonomy().patterns, self.intake.pattern
        if confirmed is not None and confirmed in patterns:
            return Reading(confirmed, True, (Evidence("pattern", confirmed),))
        for field in ("title", "text", "better", "today"):
            for concept in extract_concepts(getattr(self.intake, field)[:_SEARCHED]):
                if concept.id in patterns and concept.weight >= _SURE:
                    quote = concept.mentions[0].surface
                    return Reading(concept.id, False, (Evidence(field, quote),))
        return NOTHING


#: The description is read before the guided answers.
_ORDER = ("text", *(field for field in TEXT_FIELDS if field != "text"))
#: A description says early what it is about; concepts are looked for in so many characters.
_SEARCHED = 5000
#: A pattern that only plain words hint at is not sure enough.
_SURE = 0.8


def _quotes(answer: Any) -> tuple[str, ...]:
    if isinstance(answer, tuple):
        return tuple(str(getattr(item, "competency", item)) for item in answer)
    return ("yes",) if answer is True else (answer,)


def _speaks(sentence: _Sentence, cue: Cue) -> bool:
    if cue.number and _NUMBER.search(sentence.text) is None:
        return False
    found = cue.pattern.finditer(sentence.folded)
    return any(not _negated(sentence.folded, match.start()) for match in found)
