"""Write a problem's description from the answers to the guide, in the language they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matchmaker.assessment.goals import GOAL_FIELDS
from matchmaker.assessment.intake import Intake, questions
from matchmaker.competency import detect_language

# In the order a reader wants them.
_ABOUT = ("today", "who", "frequency", "better", "notice")
_LIMITS = ("must_not", "by_when", "helpers")
_OFFERS = ("mentor", "data_tools", "site", "monthly_meeting")
_DATA = (
    "data_purpose",
    "data_period",
    "data_unit",
    "data_amount",
    "data_fields",
    "data_labels_how",
    "data_gaps",
    "data_license",
    "data_refresh",
)
_DATA_FACTS = ("data_band", "label_status", "personal", "access")
_HEADINGS = {
    "goal": {"zh": "目標", "en": "Goal"},
    "offers": {"zh": "我們提供", "en": "What we bring"},
}
_COLON = {"zh": "：", "en": ": "}
_STOP = {"zh": "；", "en": "; "}


def language_of(intake: Intake) -> str | None:
    """Return the language most answers are in, or None if none is in Chinese or English.

    Examples
    --------
    >>> language_of(Intake(today="目前靠人工目檢"))
    'zh'
    """
    fields = (*_ABOUT, *_LIMITS, *GOAL_FIELDS, *_DATA)
    return detect_language("\n".join(getattr(intake, field) for field in fields))


def build_text(intake: Intake, language: str) -> str:
    """Return the description that the answers make: a paragraph each, headed by its question.

    Examples
    --------
    >>> print(build_text(Intake(today="By eye.", metric="Defects found", target="95 %"), "en"))
    What happens today
    By eye.
    <BLANKLINE>
    Goal
    Measure: Defects found
    Target value: 95 %
    """
    goal = list(_lines(intake, GOAL_FIELDS, language))
    flags = (field for field in _OFFERS if getattr(intake, field))
    offers = _STOP[language].join(questions()[field].label(language) for field in flags)
    paragraphs = [
        *_paragraphs(intake, _ABOUT, language),
        *([_HEADINGS["goal"][language] + "\n" + "\n".join(goal)] if goal else []),
        *_paragraphs(intake, _LIMITS, language),
        *([_HEADINGS["offers"][language] + "\n" + offers] if offers else []),
    ]
    return "\n\n".join(paragraphs)


def build_data(intake: Intake, language: str) -> str:
    """Return what the data sheet says about the data, one line an answer.

    Examples
    --------
    >>> build_data(Intake(data_amount="12,000 pictures", access="ready"), "en").splitlines()
    ['Amount of data: 12,000 pictures', 'When could a team work with the data? At once']
    """
    return "\n".join([*_lines(intake, _DATA, language), *_chosen(intake, language)])


def _paragraphs(intake: Intake, fields: Iterable[str], language: str) -> Iterator[str]:
    for field in fields:
        if getattr(intake, field):
            yield f"{questions()[field].label(language)}\n{getattr(intake, field)}"


def _lines(intake: Intake, fields: Iterable[str], language: str) -> Iterator[str]:
    for field in fields:
        if getattr(intake, field):
            yield f"{questions()[field].label(language)}{_COLON[language]}{getattr(intake, field)}"


def _chosen(intake: Intake, language: str) -> Iterator[str]:
    for field in _DATA_FACTS:
        answer = questions()[field].answer(getattr(intake, field) or "")
        if answer is not None:
            space = "" if language == "zh" else " "
            yield f"{questions()[field].label(language)}{space}{answer.label(language)}"
