"""What both sides are asked about the outcome of work, and how two answers are laid side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from matchmaker.assessment.progress import differ
from matchmaker.i18n import N_

#: The longest text and the largest number that make sense.
MAX_TEXT, MAX_NUMBER = 2000, 10**12


class Kind(StrEnum):
    """What an answer is."""

    CHOICE = "choice"
    FIGURE = "figure"
    COUNT = "count"
    MONEY = "money"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; whoever does not know leaves it out.

    Attributes
    ----------
    key : str
        Its name in the answers.
    kind : Kind
        A choice of ``options``, a figure (any number), a count or an amount in whole New Taiwan
        dollars (0 or more), or a text.
    label, hint : str
        The question and what helps to answer it, as message ids.
    options : Mapping[str, str]
        The choices with their labels; the first counts as "yes" in sums.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


QUESTIONS = (
    Question(
        "reached",
        Kind.CHOICE,
        N_("Was the goal reached?"),
        options=MappingProxyType({"yes": N_("Yes"), "partly": N_("In part"), "no": N_("No")}),
    ),
    Question(
        "figure",
        Kind.FIGURE,
        N_("What the main measure shows now"),
        N_("The number alone, in the unit that was agreed."),
    ),
    Question(
        "in_use",
        Kind.CHOICE,
        N_("Is the result in use?"),
        options=MappingProxyType(
            {
                "yes": N_("Yes, in daily work"),
                "pilot": N_("On trial"),
                "planned": N_("Planned"),
                "no": N_("No"),
            }
        ),
    ),
    Question("value", Kind.TEXT, N_("What it brought, in words")),
    Question("saved", Kind.MONEY, N_("Cost saved in a year (NT$)")),
    Question("revenue", Kind.MONEY, N_("Added revenue in a year (NT$)")),
    Question("jobs", Kind.COUNT, N_("Jobs that came of it"), N_("People hired because of it.")),
    Question(
        "follow_on",
        Kind.MONEY,
        N_("Further contracts between the two sides (NT$)"),
        N_("0 if there is none."),
    ),
    Question("investment", Kind.MONEY, N_("Investment that it led to (NT$)")),
    Question("rights", Kind.COUNT, N_("Patents and other rights filed or granted")),
    Question("reuse", Kind.COUNT, N_("Others who use the result too")),
)
BY_KEY = MappingProxyType({question.key: question for question in QUESTIONS})


class Verdict(StrEnum):
    """How two sides' answers to one question stand to each other."""

    SAME = "same"
    ONE = "one"
    DIFFER = "differ"
    NONE = "none"


def is_answer(question: Question, value: Any) -> bool:
    """Return whether *value* answers *question*.

    Parameters
    ----------
    question : Question
        What was asked.
    value : object
        What was said: the key of an option, a number or a text.

    Returns
    -------
    bool
        False for what makes no sense, booleans among it.

    Examples
    --------
    >>> is_answer(BY_KEY["jobs"], 0), is_answer(BY_KEY["jobs"], -1)
    (True, False)
    """
    if question.kind is Kind.CHOICE:
        return value in question.options
    if question.kind is Kind.TEXT:
        return isinstance(value, str) and 0 < len(value) <= MAX_TEXT
    if isinstance(value, bool):
        return False
    if question.kind is Kind.FIGURE:
        return isinstance(value, int | float) and abs(value) <= MAX_NUMBER
    return isinstance(value, int) and 0 <= value <= MAX_NUMBER


def verdict(question: Question, owner: Any, team: Any) -> Verdict:
    """Return how the answers of *owner* and *team* stand to each other; None is no answer.

    Numbers that differ by up to a tenth of the larger one count as the same; what people say in
    words never differs: both texts are shown.

    Parameters
    ----------
    question : Question
        What was asked.
    owner, team : object or None
        What each side said.

    Returns
    -------
    Verdict
        Whether both said the same, one said something, they differ, or nobody said anything.

    Examples
    --------
    >>> verdict(BY_KEY["saved"], 1_000_000, 950_000)
    <Verdict.SAME: 'same'>
    >>> verdict(BY_KEY["saved"], 1_000_000, None)
    <Verdict.ONE: 'one'>
    >>> verdict(BY_KEY["saved"], 0, 1)
    <Verdict.DIFFER: 'differ'>
    """
    if owner is None and team is None:
        return Verdict.NONE
    if owner is None or team is None:
        return Verdict.ONE
    if question.kind is Kind.TEXT:
        return Verdict.SAME
    if question.kind is Kind.CHOICE:
        return Verdict.SAME if owner == team else Verdict.DIFFER
    return Verdict.DIFFER if differ(owner, team) else Verdict.SAME
