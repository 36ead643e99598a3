"""What owner and broker have before them: each field of the problem with what was said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.assessment.intake import Intake, questions
from matchmaker.models import Problem, ProblemComment, Screening, User
from matchmaker.policies.problem import can_edit, is_owner, may_coach
from matchmaker.queries.problem_comment import Threads
from matchmaker.services.problem_comment import GENERAL
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.problem_revision import FIELD_LABELS
from matchmaker.services.problem_values import values_of
from matchmaker.web.guide import step_of
from matchmaker.web.i18n import current_language
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


def cards(actor: User, problem: Problem, threads: Threads, asked: Sequence[str]) -> list[Card]:
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
    return [*found, general]


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
