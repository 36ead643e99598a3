"""The form of a call's targets, one field an indicator."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional

from matchmaker.models import INDICATORS, MAX_TARGET
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber
from matchmaker.web.i18n import say

_RANGE = _l("Choose a number from %(minimum)s to %(maximum)s.", minimum=0, maximum=MAX_TARGET)


class _TargetsForm(BaseForm):
    version = Version()

    def values(self) -> dict[str, int | None]:
        """What was typed, as the service takes it; an empty field is no target."""
        return {name: self[name].data for name in INDICATORS}


_FIELDS = {
    name: WholeNumber(validators=[Optional(), NumberRange(0, MAX_TARGET, message=_RANGE)])
    for name in INDICATORS
}
TargetsForm: type[_TargetsForm] = type("TargetsForm", (_TargetsForm,), _FIELDS)


def targets_form(values: dict[str, int], version: int) -> _TargetsForm:
    """The form with what was typed, else with *values*."""
    form = TargetsForm(data={**values, "version": version})
    for name, (label, _usual) in INDICATORS.items():
        form[name].label.text = say(label)
    return form
