"""Forms of the match review, the publishing and the teams' answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import PairRuleKind
from matchmaker.services.match import MAX_REASON, REFUSALS, Choice
from matchmaker.web.forms.base import BaseForm, choice, text
from matchmaker.web.i18n import say
from matchmaker.workflows.match import REVIEW_ACTIONS, MatchAction

PAIR = re.compile(r"(\d{1,18}):(\d{1,9})")


class StartForm(BaseForm):
    """Which call to match."""

    call_id = IntegerField(_l("Call"), validators=[InputRequired()])


class DecisionForm(BaseForm):
    """One decision on one pair or several."""

    action = SelectField(_l("Decision"), choices=[(a.value, a.value) for a in REVIEW_ACTIONS])
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

    kind = SelectField(_l("Rule"), choices=[(kind.value, kind.value) for kind in PairRuleKind])
    reason = text(_l("Reason"), maximum=MAX_REASON)


class PublishForm(BaseForm):
    """The run as the officer saw it."""

    version = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)


class AnswerForm(BaseForm):
    """A team's answer to a recommendation."""

    answer = SelectField(
        _l("Answer"), choices=[("yes", "yes"), ("no", "no")], validators=[DataRequired()]
    )
    reason_code = choice(
        _l("Why not?"),
        lambda: [("", ""), *((code, say(label)) for code, label in REFUSALS.items())],
        default="",
    )
    reason = text(_l("In your own words"), maximum=MAX_REASON)
    version = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)
