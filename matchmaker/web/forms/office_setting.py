"""The form of the office's settings, made from their registry."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired, NumberRange

from matchmaker.models import SETTINGS, Setting
from matchmaker.services.office_setting import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, line
from matchmaker.web.i18n import say


class _SettingsForm(BaseForm):
    version = Version()
    reason = line(_l("Reason for the audit trail"), maximum=MAX_REASON)

    def values(self) -> dict[str, int]:
        """What was chosen, as the service takes it."""
        return {key: int(self[key].data) for key in SETTINGS}


def _field(setting: Setting) -> Any:
    if setting.is_flag:
        return BooleanField()
    message = _l(
        "Choose a number from %(minimum)s to %(maximum)s.",
        minimum=setting.minimum,
        maximum=setting.maximum,
    )
    limits = NumberRange(setting.minimum, setting.maximum, message=message)
    return WholeNumber(validators=[InputRequired(message=message), limits])


SettingsForm = type(
    "SettingsForm", (_SettingsForm,), {key: _field(item) for key, item in SETTINGS.items()}
)


def settings_form(values: dict[str, int], version: int) -> _SettingsForm:
    """The form with what was typed, else with *values*, each field named in the reader's language."""
    form: _SettingsForm = SettingsForm(data={**values, "version": version})
    for key, setting in SETTINGS.items():
        form[key].label.text = _labelled(setting)
    return form


def _labelled(setting: Setting) -> str:
    label = say(setting.label)
    if not setting.unit:
        return label
    return str(_("%(label)s (%(unit)s)", label=label, unit=say(setting.unit)))


def shown(setting: Setting, value: int) -> str:
    """A value in words."""
    if setting.is_flag:
        return str(_("On") if value else _("Off"))
    return f"{value} {say(setting.unit)}"
