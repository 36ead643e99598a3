"""Forms of the match review, the publishing and the teams' answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import PairRuleKind
from matchmaker.services.match import MAX_REASON, Choice
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, choices_of, line, text
from matchmaker.workflows.match import REVIEW_ACTIONS, MatchAction

PAIR = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


def one_of(label: str, words: Iterable[str]) -> SelectField:
    """A word out of a few that buttons send."""
    return SelectField(label, choices=choices_of((str(word), str(word)) for word in words))


class StartForm(BaseForm):
    """Which call to match."""

    call_id = WholeNumber(_l("Call"))


class DecisionForm(BaseForm):
    """One decision on one pair or several."""

    action = one_of(_l("Decision"), REVIEW_ACTIONS)
    reason = text(_l("Reason"), maximum=MAX_REASON)

    @property
    def decision(self) -> MatchAction:
        return MatchAction(self.action.data)


def read_choices(values: Iterable[str]) -> list[Choice]:
    """The pairs a form names, each as ``match:version``."""
    found = [PAIR.fullmatch(value) for value in values]
    if not all(found):
        wrong = N_("Some of the chosen pairs cannot be read. Reload the page and choose again.")
        raise InvalidInput(wrong, fields={"pairs": [Message(wrong)]})
    return [Choice(int(m[1]), int(m[2])) for m in found if m is not None]


class RuleForm(BaseForm):
    """A standing word on a pair."""

    kind = one_of(_l("Rule"), PairRuleKind)
    reason = text(_l("Reason"), maximum=MAX_REASON)


class PublishForm(BaseForm):
    """The run as the officer saw it."""

    version = Version()


class AnswerForm(BaseForm):
    """A team's answer to a recommendation."""

    answer = one_of(_l("Answer"), ("yes", "no"))
    reason_code = line(_l("Why not?"), maximum=16)
    reason = text(_l("In your own words"), maximum=MAX_REASON)
    version = Version()
