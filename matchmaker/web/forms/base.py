"""What every form shares: cleaned text, translated messages, two-language pairs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.i18n import get_translations
from wtforms.validators import Length, Optional

from matchmaker.errors import InvalidInput
from matchmaker.web.i18n import current_language, say, zone

# Control characters and bidirectional overrides have no place in names and texts: they hide what is said.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
TEXT_MAX = 20_000


def clean(value: str | None) -> str | None:
    """Text as it is kept: composed, without control characters, with plain line ends, trimmed."""
    if value is None:
        return None
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return UNWANTED.sub("", value).strip()


def clean_line(value: str | None) -> str | None:
    """The same on one line."""
    cleaned = clean(value)
    return None if cleaned is None else " ".join(cleaned.split())


class BaseForm(FlaskForm):
    """A form whose text fields are cleaned and which can show what a service refused."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            # The library has Chinese as zh (simplified) and zh_TW; our locale would find the former.
            return get_translations(["zh_TW" if current_language() == "zh" else "en"])

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            # A hidden version or token is taken as it is; text that people write is cleaned.
            if issubclass(unbound_field.field_class, StringField) and not issubclass(
                unbound_field.field_class, HiddenField
            ):
                cleaner = (
                    clean if issubclass(unbound_field.field_class, TextAreaField) else clean_line
                )
                options["filters"] = [cleaner, *unbound_field.kwargs.get("filters", [])]
                unbound_field = _without_filters(unbound_field)
            return unbound_field.bind(form=form, **options)

    def show_refusal(self, error: InvalidInput) -> None:
        """Put the service's messages beside the fields they are about."""
        for name, messages in error.fields.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *(say(message) for message in messages)]
            else:
                self.form_errors.extend(say(message) for message in messages)
        if not error.fields:
            self.form_errors.append(say(error.message))


def _without_filters(unbound: Any) -> Any:
    kwargs = {key: value for key, value in unbound.kwargs.items() if key != "filters"}
    return type(unbound)(unbound.field_class, *unbound.args, name=unbound.name, **kwargs)


def line(label: str, *validators: Any, maximum: int = 200, **options: Any) -> StringField:
    """A one-line text."""
    message = _l("Please use at most %(max)d characters.")
    return StringField(
        label,
        validators=[*(validators or [Optional()]), Length(max=maximum, message=message)],
        **options,
    )


def text(label: str, *validators: Any, maximum: int = TEXT_MAX, **options: Any) -> TextAreaField:
    """A text of several paragraphs."""
    message = _l("Please use at most %(max)d characters.")
    return TextAreaField(
        label,
        validators=[*(validators or [Optional()]), Length(max=maximum, message=message)],
        **options,
    )


def choice(
    label: str, choices: Callable[[], list[tuple[str, str]]], *validators: Any, **options: Any
) -> SelectField:
    """A choice from a list whose labels are in the reader's language."""
    options.setdefault("validate_choice", True)
    return SelectField(label, choices=choices, validators=list(validators), **options)


def empty_as_none(value: str | None) -> str | None:
    """The filter for a choice that may be left open."""
    return value or None


class LocalMoment(DateTimeLocalField):
    """A moment typed in the zone that times are shown in; its data is aware and in UTC."""

    data: datetime | None

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, validators or [Optional()], format=formats, **options)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(zone()).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self.gettext("Not a valid datetime value.")) from error
        if isinstance(self.data, datetime) and self.data.tzinfo is None:
            self.data = self.data.replace(tzinfo=zone()).astimezone(UTC)
