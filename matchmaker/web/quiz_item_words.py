"""How the office's pages put questions into words: filters, figures, differences, files."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Response
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.models import QuizItem
from matchmaker.queries.quiz_item import LEAST_TOLD, Behaviour, ItemFilter
from matchmaker.records import write_records
from matchmaker.records_quiz import QuizItemRecord
from matchmaker.web import evidence_words, listing
from matchmaker.web.forms.quiz_item import (
    LANGUAGES,
    PLACES,
    ItemForm,
    competency_choices,
    level_choices,
    saved,
)
from matchmaker.web.i18n import say
from matchmaker.web.learning_files import KINDS
from matchmaker.workflows.quiz_item import QUIZ_ITEM_WORKFLOW, QuizItemState

WORKFLOW = QUIZ_ITEM_WORKFLOW
name_of = evidence_words.name_of


def filters() -> list[dict[str, Any]]:
    """The controls of the filter bar."""
    every = _("All")
    states = [(state.value, state_label(state)) for state in QuizItemState]
    return [
        listing.search("q", _("Search")),
        listing.select("competency", _("Competency"), competency_choices()[1:], every=every),
        listing.select("level", _("Level"), level_choices(), every=every),
        listing.select("state", _("State"), states, every=every),
    ]


def read_filter() -> ItemFilter:
    """What the address asks for."""
    return ItemFilter(
        query=listing.chosen("q").replace("\x00", ""),
        competency=listing.chosen("competency"),
        level=listing.chosen("level"),
        state=listing.chosen("state"),
    )


def state_label(state: QuizItemState) -> str:
    """A state as officers call it."""
    return say(QUIZ_ITEM_WORKFLOW.labels[state].staff)


def share(number: float) -> str:
    """A share in per cent; a dash where nothing can be told."""
    return "–" if math.isnan(number) else f"{100 * number:.0f} %"


def figure(number: float) -> str:
    """A figure with two decimals; a dash where nothing can be told."""
    return "–" if math.isnan(number) else f"{number:.2f}"


def facts(row: QuizItem, behaviour: Behaviour, exposure: int) -> list[tuple[str, str]]:
    """How a question has behaved, in pairs of a name and a figure."""
    found = behaviour.health
    return [
        (_("Put so far"), str(exposure)),
        (_("Answered"), str(found.n)),
        (_("Right"), share(found.share_right)),
        (_("Right, as the levels of those asked let expect"), share(found.expected)),
        (_("How well it tells levels apart (correlation)"), figure(found.discrimination)),
        (
            _("Difficulty that the answers speak for (set: %(set)s)", set=f"{row.difficulty:.2f}"),
            figure(found.difficulty if found.n >= LEAST_TOLD else math.nan),
        ),
        (
            _("Difference between Chinese and English (large from 1.5)"),
            figure(behaviour.language_difference),
        ),
    ]


def differing(form: ItemForm, row: QuizItem) -> list[tuple[str, str, str]]:
    """What was typed beside what somebody else has saved."""
    stored = saved(row)
    texts = ["stem_zh", "stem_en", "rationale_zh", "rationale_en", "key", "level", "competency"]
    texts += [f"option_{place}_{language}" for place in PLACES for language in LANGUAGES]
    pairs = [(form[name], str(stored.get(name, ""))) for name in texts]
    return [
        (field.label.text, before, str(field.data or ""))
        for field, before in pairs
        if before != str(field.data or "")
    ]


def as_file(records: Sequence[QuizItemRecord], kind: str) -> Response:
    """*records* as a file to keep."""
    if kind not in KINDS:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"questions.{kind}"
        write_records(path, records, QuizItemRecord)
        response = Response(path.read_bytes(), mimetype=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="questions.{kind}"'
    return response
