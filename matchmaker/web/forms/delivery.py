"""Forms of letters on their way: how people hear, and what the office changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired

from matchmaker.models import CHANNEL_LABELS, Channel
from matchmaker.services.delivery import MAX_BODY, MAX_REASON, MAX_SUBJECT
from matchmaker.services.letter_topics import Topic, choosable
from matchmaker.web.forms.base import BaseForm, Version, choices_of, line, text
from matchmaker.web.i18n import say


class LetterForm(BaseForm):
    """What a letter says."""

    version = Version()
    subject = line(_l("Subject"), DataRequired(_l("Write the subject.")), maximum=MAX_SUBJECT)
    body = text(_l("Letter"), DataRequired(_l("Write the letter.")), maximum=MAX_BODY)


class VersionForm(BaseForm):
    """An act on the letter as it was shown."""

    version = Version()


class LetterReasonForm(VersionForm):
    """The same with the reason for it."""

    reason = line(_l("Reason"), maximum=MAX_REASON)


def _choice(topic: Topic) -> RadioField:
    channels = [c for c in Channel if c is not Channel.OFF or topic.may_be_off]
    return RadioField(
        say(topic.label),
        choices=choices_of((channel.value, say(CHANNEL_LABELS[channel])) for channel in channels),
        validators=[InputRequired(_l("Please choose one."))],
    )


def choices_form(current: Mapping[str, Channel]) -> Any:
    """A form with a choice for each topic, filled with what holds now."""
    fields = {topic.key: _choice(topic) for topic in choosable()}
    form = type("ChoicesForm", (BaseForm,), fields)
    return form(data={key: channel.value for key, channel in current.items()})
