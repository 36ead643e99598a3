"""Forms about how the work goes: a check-in, a cleared blocker, a meeting with the mentor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField
from wtforms.validators import InputRequired, Optional

from matchmaker.models import CAUSE_SIDE_LABELS, LIGHT_LABELS, CauseSide, Light
from matchmaker.models.mentoring import MAX_MINUTES
from matchmaker.services.check_in import MAX_TEXT
from matchmaker.services.mentoring import MAX_TOPIC
from matchmaker.web.forms.base import BaseForm, WholeNumber, choice, line, text
from matchmaker.web.i18n import say


class CheckInForm(BaseForm):
    """How the work goes."""

    light = RadioField(
        _l("How does it go?"),
        choices=lambda: [(light.value, say(label)) for light, label in LIGHT_LABELS.items()],
        validators=[InputRequired(_l("Choose a light."))],
    )
    done = text(_l("What was done"), maximum=MAX_TEXT)
    coming = text(_l("What comes next"), maximum=MAX_TEXT)
    blocker = text(_l("What is in the way"), maximum=MAX_TEXT)
    blocker_side = choice(
        _l("Who has to clear it"),
        lambda: [
            ("", _l("– nothing is in the way –")),
            *((side.value, say(label)) for side, label in CAUSE_SIDE_LABELS.items()),
        ],
        Optional(),
    )

    @property
    def chosen_light(self) -> Light:
        """The light that was chosen."""
        return Light(self.light.data)

    @property
    def chosen_side(self) -> CauseSide | None:
        """The side that was chosen."""
        return CauseSide(self.blocker_side.data) if self.blocker_side.data else None


class ResolutionForm(BaseForm):
    """How a blocker was cleared."""

    resolution = text(_l("How it was cleared"), InputRequired(), maximum=MAX_TEXT)


class MentoringForm(BaseForm):
    """One meeting of mentor and team."""

    held_on = DateField(_l("Day"), validators=[InputRequired()])
    minutes = WholeNumber(_l("Minutes"), validators=[InputRequired()])
    topic = line(_l("About what"), InputRequired(), maximum=MAX_TOPIC)
    note = text(_l("What was talked about"), maximum=MAX_TEXT)

    longest = MAX_MINUTES


class StrikeForm(BaseForm):
    """Why something is struck out."""

    reason = text(_l("Reason"), InputRequired(), maximum=MAX_TEXT)
