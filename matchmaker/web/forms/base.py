"""What every form shares: cleaned text, translated messages, two-language pairs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import (
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.i18n import get_translations
from wtforms.validators import Length, Optional

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_
from matchmaker.texts import clean, clean_line
from matchmaker.web.i18n import current_language, say, zone

TEXT_MAX = 20_000
NAME = re.compile(r"[\w-]{1,100}", re.ASCII)
MAX_FIELDS = 10_000

#: Values to choose from, each with its label.
Pairs = Iterable[tuple[Any, str]]


class Fields(MultiDict[str, str]):
    """What was typed, under names that fields of ours may have: any other is nobody's."""

    def __init__(self, fields: MultiDict[str, str]) -> None:
        if len(fields) > MAX_FIELDS:
            raise RequestEntityTooLarge
        super().__init__(pair for pair in fields.items(multi=True) if NAME.fullmatch(pair[0]))


class BaseForm(FlaskForm):
    """A form whose text fields are cleaned and which can show what a service refused."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Fields | None:
            # The library would take files and JSON for what people type.
            if formdata is not None and not isinstance(formdata, MultiDict):
                formdata = request.form if request.method == "POST" else None
            return (
                formdata if formdata is None or isinstance(formdata, Fields) else Fields(formdata)
            )

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


def set_apart(form: BaseForm, name: str) -> None:
    """Give the fields of one of several forms on a page ids of their own."""
    for field in form:
        field.id = f"{name}-{field.name}".replace("_", "-")


def one_for_each(
    kind: type[BaseForm], name: str, typed: BaseForm | None, typed_for: int | None
) -> Callable[..., BaseForm]:
    """Makes the form of one row among many: what was typed for its own row, else a fresh one."""

    def make(row_id: int, **values: Any) -> BaseForm:
        is_typed = typed is not None and row_id == typed_for
        form = typed if is_typed and typed is not None else kind(formdata=None, **values)
        set_apart(form, f"{name}-{row_id}")
        return form

    return make


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


def choice(label: str, pairs: Callable[[], Pairs], *validators: Any, **options: Any) -> SelectField:
    """A choice from a list of values with labels, which are in the reader's language."""
    options.setdefault("validate_choice", True)
    return SelectField(
        label, choices=lambda: choices_of(pairs()), validators=list(validators), **options
    )


def choices_of(pairs: Pairs) -> list[SelectChoice]:
    """What a choice offers, from values and their labels."""
    return [SelectChoice(value, label) for value, label in pairs]


def empty_as_none(value: str | None) -> str | None:
    """The filter for a choice that may be left open."""
    return value or None


def number_or_none(typed: str | None) -> int | None:
    """The number that a hidden or chosen value or an address has; anything else counts as not given."""
    return int(typed) if typed and re.fullmatch(r"[0-9]{1,9}", typed) else None


def row_id(value: object) -> int:
    """The row that a chosen value names; 0, which no row has, for what names none."""
    return number_or_none(str(value)) or 0


class Version(HiddenField):
    """The version a person had before them; 0, which no row has, if it is missing or makes no sense."""

    data: int

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = number_or_none(valuelist[0] if valuelist else "") or 0


class WholeNumber(IntegerField):
    """A whole number, in digits of any width."""

    #: Longer than this is no year and no capacity, and Python refuses to read the longest ones.
    digits = 9

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not re.fullmatch(rf"[+-]?[0-9]{{1,{self.digits}}}", typed):
            raise ValueError(_("Please enter a whole number."))
        self.data = int(typed)


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
            typed = self.data
            if isinstance(typed, datetime) and typed.tzinfo is None:
                self.data = typed.replace(tzinfo=zone()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            self.data = None
            raise ValueError(self.gettext("Not a valid datetime value.")) from error
        if typed and self.data and self.data.astimezone(zone()).replace(tzinfo=None) != typed:
            self.data = None  # Of an hour that comes twice the first is meant.
            raise ValueError(
                say(N_("The clocks are put forward then: this hour does not exist. Take another."))
            )
