"""What owner and broker have before them: each field of the problem with what was said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.assessment.intake import Intake, questions
from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemComment, Screening, User
from matchmaker.policies.problem import can_edit, is_owner, may_coach
from matchmaker.queries.problem_comment import Threads
from matchmaker.services.problem_comment import GENERAL
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.problem_revision import FIELD_LABELS
from matchmaker.services.problem_values import ANSWERS, values_of
from matchmaker.web.guide import step_of
from matchmaker.web.i18n import current_language, say
from matchmaker.web.problem_words import in_words
from matchmaker.web.screening_words import field_label

#: The values of a problem in reading order; the answers to the guide follow.
VALUES = tuple(name for name in FIELD_LABELS if name != "intake")


@dataclass(frozen=True)
class Card:
    """One field: what it says, whether it is asked for, where to change it, what was said of it."""

    name: str
    label: str
    text: str
    language: str
    threads: Sequence[ProblemComment]
    asked: bool
    edit_url: str

    @property
    def n_open(self) -> int:
        """How many threads are open."""
        return sum(thread.resolved_at is None for thread in self.threads)


@dataclass(frozen=True)
class Item:
    """One thing the owner was asked for, with where to do it and whether something is there now."""

    text: str
    label: str
    url: str
    done: bool


@dataclass(frozen=True)
class Group:
    """Fields that belong together; folded away unless something in it waits for somebody."""

    label: str
    cards: Sequence[Card]
    is_open: bool

    @property
    def n_open(self) -> int:
        """How many threads are open in it."""
        return sum(card.n_open for card in self.cards)

    @property
    def n_asked(self) -> int:
        """How many of its fields are asked for."""
        return sum(card.asked for card in self.cards)


#: The groups in reading order, each with what it is called and its fields.
_GROUPS = (
    (N_("Title and text"), ("title_zh", "title_en", "text_zh", "text_en")),
    (
        N_("What teams need to know"),
        ("sector", "region", "techniques", "requirements", "teams_wanted", "deadline_at"),
    ),
    (
        N_("Data"),
        (
            *(name for name in VALUES if name.startswith("data_")),
            "has_personal_data",
            *(name for name in ANSWERS if name.startswith("data_")),
            "label_status",
            "public_equivalent",
            "personal",
            "access",
            "sample_attached",
            "will_collect",
        ),
    ),
    (N_("Contact"), ("contact_name", "contact_email")),
    (N_("In general"), (GENERAL,)),
)
_REST = N_("Answers to the guide")


def grouped(found: Sequence[Card]) -> list[Group]:
    """The cards in groups; the answers to the guide are what no group has."""
    left = {card.name: card for card in found}
    groups = []
    for label, names in _GROUPS:
        own = [left.pop(name) for name in list(left) if name in names]
        groups.append((label, own))
    groups.insert(-1, (_REST, list(left.values())))
    return [
        Group(say(label), own, place == 0 or any(card.n_open or card.asked for card in own))
        for place, (label, own) in enumerate(groups)
        if own
    ]


def cards(actor: User, problem: Problem, threads: Threads, asked: Sequence[str]) -> list[Group]:
    """The fields that say something, are asked for or talked about; the general one last."""
    values = values_of(problem)
    said: dict[str, Any] = {name: getattr(values, name) for name in VALUES}
    said |= {name: values.intake[name] for name in questions() if name in values.intake}
    wanted = [
        n for n in (*VALUES, *questions()) if _is_said(said.get(n)) or n in threads or n in asked
    ]
    found = [
        Card(
            name,
            field_label(name),
            _shown(name, said.get(name)),
            {"_zh": "zh-Hant-TW", "_en": "en"}.get(name[-3:], ""),
            threads.get(name, ()),
            name in asked,
            edit_url(actor, problem, name),
        )
        for name in dict.fromkeys(wanted)
    ]
    general = Card(GENERAL, field_label(GENERAL), "", "", threads.get(GENERAL, ()), False, "")
    return grouped([*found, general])


def _is_said(value: Any) -> bool:
    return value not in (None, "", (), [], False)


def _shown(name: str, value: Any) -> str:
    if not _is_said(value):
        return ""
    if name in VALUES:
        return in_words(name, value)
    return answer_text(name, value)


def answer_text(name: str, value: Any) -> str:
    """An answer to a question of the guide in words, without the question."""
    question, language = questions()[name], current_language()
    if name == "pattern":
        return load_taxonomy().label(str(value), language)
    chosen = value if isinstance(value, list) else [value]
    return str(_(", ")).join(
        (str(_("Yes")) if item is True else answer.label(language) if answer else str(item))
        for item in chosen
        for answer in [question.answer(str(item))]
    )


def edit_url(actor: User, problem: Problem, name: str) -> str:
    """Where *actor* changes a field now; nothing if they may not."""
    if not can_edit(actor, problem):
        return ""
    step = step_of(name)
    if step is not None and is_owner(actor, problem) and not may_coach.allows(actor, problem):
        return url_for("problem_wizard.step", problem_id=problem.id, name=step.name) + f"#{name}"
    anchor = f"#{name}" if name in VALUES else ""
    return url_for("problem.edit", problem_id=problem.id) + anchor


def items(actor: User, problem: Problem, returned: Screening | None) -> list[Item]:
    """The checklist of what the office asked for last."""
    if returned is None:
        return []
    intake = intake_of(problem)
    return [
        Item(
            row[current_language()],
            field_label(row["field"]),
            edit_url(actor, problem, row["field"]),
            _has(intake, row["field"]),
        )
        for row in returned.missing
    ]


def _has(intake: Intake, field: str) -> bool:
    return _is_said(getattr(intake, field, None))


def asked_fields(returned: Screening | None) -> list[str]:
    """The fields that the office asked for last."""
    return [row["field"] for row in returned.missing] if returned is not None else []
