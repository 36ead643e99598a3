"""The form that edits a rubric: one field for each part, made from the rubric itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import TextInput

from matchmaker.assessment.rubric_edit import Part, parts
from matchmaker.errors import InvalidInput
from matchmaker.models import GRADES
from matchmaker.services.rubric import MAX_NOTE
from matchmaker.web.forms.base import BaseForm, choice, text
from matchmaker.web.rubric_words import part_label

MAX_TEXT = 1000
#: Where sentences stand; the other texts are names.
_SENTENCES = frozenset(
    {"anchors", "answers", "advice", "provides", "award", "audience", "gates", "floors", "items"}
)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,4})?")


class Number(Field):
    """A number that is not negative, in digits of any width; whole where it can be."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = valuelist[0] if valuelist else ""
        typed = unicodedata.normalize("NFKC", raw).replace(",", "").strip()
        self.data = None
        if not _NUMBER.fullmatch(typed):
            raise ValueError(_("Please enter a number."))
        self.data = float(typed) if "." in typed else int(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}" if self.data < 1e6 else str(self.data)


class RubricForm(BaseForm):
    """Why the rubric changes, and which version was in force when editing began."""

    note = text(
        _l("Why it changes"), DataRequired(_l("Say why the rubric changes.")), maximum=MAX_NOTE
    )
    seen = HiddenField()
    #: The paths of the parts that have a field.
    paths: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """What was typed, by the path of the part."""
        return {path: self[name_of(path)].data for path in self.paths}

    def show_faults(self, error: InvalidInput) -> None:
        """Put the faults of a rubric beside the parts they are about."""
        named: dict[str, list[Any]] = {}
        for path, messages in error.fields.items():
            named.setdefault(name_of(self._nearest(path)), []).extend(messages)
        self.show_refusal(InvalidInput(error.message.text, fields=named, **error.message.params))

    def _nearest(self, path: str) -> str:
        """The part at *path*, or the first number within what stands there."""
        if path in self.paths:
            return path
        inside = [known for known in self.paths if known.startswith(path + ".")]
        numbers = [known for known in inside if isinstance(self[name_of(known)], Number)]
        return (numbers or inside or [path])[0]


def name_of(path: str) -> str:
    """The name of the field of a part."""
    return path.replace(".", "-").replace("*", "every")


def rubric_form(data: Mapping[str, Any], *, words: bool) -> RubricForm:
    """A form for the texts of *data*, or for its numbers and grades, filled with what they are now."""
    found = tuple(part for part in parts(data) if (part.kind == "text") is words)
    fields: dict[str, Any] = {name_of(part.path): _field(part) for part in found}
    fields["paths"] = tuple(part.path for part in found)
    made = type("RubricFormOfKind", (RubricForm,), fields)
    form: RubricForm = made(data={name_of(part.path): part.value for part in found})
    return form


def _field(part: Part) -> Field:
    label, required = part_label(part.path), DataRequired(_("Please fill this in."))
    if part.kind == "number":
        return Number(label)
    if part.kind == "grade":
        return choice(label, partial(zip, GRADES, GRADES))
    length = Length(max=MAX_TEXT, message=_("Please use at most %(max)d characters."))
    is_long = not _SENTENCES.isdisjoint(part.path.split("."))
    return (
        text(label, required, maximum=MAX_TEXT)
        if is_long
        else StringField(label, [required, length])
    )
