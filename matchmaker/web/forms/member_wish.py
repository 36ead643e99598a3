"""Forms of looking for members: a wish, an offer, the consent to be found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from matchmaker.competency import MAX_LEVEL
from matchmaker.models import Problem
from matchmaker.services.member_wish import MAX_TEXT
from matchmaker.web import evidence_words as words
from matchmaker.web.forms.base import BaseForm, Version, choices_of, number_or_none, text
from matchmaker.web.i18n import current_language

#: The level a team most often needs: somebody who can do it without supervision.
USUAL_LEVEL = 3


def _concepts() -> dict[str, list[tuple[str, str]]]:
    return {"": [("", str(_("Choose")))], **dict(words.grouped())}


def _levels() -> list[Any]:
    return choices_of((str(n), words.level_sentence(n)) for n in range(1, MAX_LEVEL + 1))


class WishForm(BaseForm):
    """Whom a team looks for."""

    competency = SelectField(_l("Who can do what?"), choices=_concepts, default="")
    level = SelectField(_l("How well?"), choices=_levels, default=str(USUAL_LEVEL))
    problem_id = SelectField(_l("For which problem?"), default="")
    text = text(_l("What else should they know?"), maximum=MAX_TEXT)

    def offer_problems(self, problems: Iterable[Problem]) -> None:
        """Let the team choose among *problems*."""
        language = current_language()
        named = [(str(row.id), row.title(language)) for row in problems]
        self.problem_id.choices = choices_of([("", str(_("For no particular problem"))), *named])

    def values(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {
            "competency": self.competency.data or "",
            "level": number_or_none(self.level.data) or 0,
            "text": self.text.data or "",
            "problem_id": number_or_none(self.problem_id.data),
        }


class CloseForm(BaseForm):
    """The version a wish was closed at."""

    version = Version()


class OfferForm(BaseForm):
    """What a person says to the team they would like to join."""

    text = text(_l("What do you say to the team?"), maximum=MAX_TEXT)


class FindForm(BaseForm):
    """The consent to be found."""

    text = text(_l("What should teams know about you?"), maximum=MAX_TEXT)
    agreed = BooleanField(
        _l(
            "I agree: leads of teams that look for what I can read my name, this text and my "
            "confirmed level in it, and may invite me. An invitation shows them my e-mail address."
        )
    )
