"""Forms about what work is measured by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField
from wtforms.validators import InputRequired

from matchmaker.services.check_in import MAX_TEXT
from matchmaker.services.metric import MAX_NAME, MAX_UNIT, Figures
from matchmaker.web.forms.base import BaseForm, Version, line, text


class MetricForm(BaseForm):
    """What is measured, from where to where."""

    name = line(_l("What is measured"), InputRequired(), maximum=MAX_NAME)
    unit = line(_l("Unit"), maximum=MAX_UNIT)
    baseline = FloatField(_l("Baseline"), validators=[InputRequired()])
    target = FloatField(_l("Target"), validators=[InputRequired()])
    version = Version()

    @property
    def figures(self) -> Figures:
        """What was typed."""
        return Figures(
            name=self.name.data or "",
            unit=self.unit.data or "",
            baseline=self.baseline.data,
            target=self.target.data,
        )


class ReadingForm(BaseForm):
    """What was measured on one day."""

    value = FloatField(_l("Value"), validators=[InputRequired()])
    measured_on = DateField(_l("Day"), validators=[InputRequired()])
    note = text(_l("How it was measured"), maximum=MAX_TEXT)


class VersionForm(BaseForm):
    """A click on what a person had before them."""

    version = Version()
