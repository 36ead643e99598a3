"""The values of record files: cleaned as they are read, and refused where they make no sense."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_, Message
from matchmaker.texts import clean

MAX_TEXT_BYTES = 1_000_000


def _clean(value: str) -> str:
    if len(value.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise PydanticCustomError("too_large", "longer than 1 MB")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise PydanticCustomError("bad_unicode", "not valid Unicode")
    return clean(value)


def _clean_all(value: Any) -> Any:
    """The same for every text in an object."""
    if isinstance(value, dict):
        return {_clean(key): _clean_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_all(item) for item in value]
    return _clean(value) if isinstance(value, str) else value


def _of_our_time(value: dt.date | None) -> dt.date | None:
    """Refuse moments that no clock can turn from one zone into another."""
    if value is not None and not 1900 <= value.year <= 2200:
        raise PydanticCustomError("out_of_time", "out of range")
    return value


def _known_concept(value: str) -> str:
    if not load_taxonomy().has_concept(value):
        raise PydanticCustomError("unknown_competency", "unknown competency {id}", {"id": value})
    return value


def _as_text(value: object) -> object:
    """Accept a whole number where a short text is meant, as spreadsheets give them."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


CleanText = Annotated[str, AfterValidator(_clean)]
ShortText = Annotated[str, BeforeValidator(_as_text), AfterValidator(_clean), Field(max_length=500)]
Identifier = Annotated[ShortText, Field(min_length=1, max_length=200)]
CompetencyId = Annotated[CleanText, AfterValidator(_known_concept)]
FreeObject = Annotated[dict[str, Any], AfterValidator(_clean_all)]
Moment = Annotated[dt.datetime, AfterValidator(_of_our_time)]
Deadline = Annotated[dt.datetime | dt.date | None, AfterValidator(_of_our_time)]


class Row(BaseModel):
    """Part of a record: keys it does not know are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RequirementRecord(Row):
    """A competency a problem needs."""

    competency: CompetencyId
    level: int = Field(ge=1, le=5)
    importance: int = Field(default=2, ge=1, le=3)


class CompetencyRecord(Row):
    """A competency a team shows, and where that is known from."""

    competency: CompetencyId
    level: float = Field(ge=1, le=5)
    source: ShortText | None = None


class DocumentRecord(Row):
    """A piece of a team's past work."""

    title: CleanText = ""
    text: CleanText = ""
    year: int | None = Field(default=None, ge=1900, le=2200)
    lang: ShortText | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.title or self.text):
            raise PydanticCustomError("empty", "has neither title nor text")
        return self


class TranslationRecord(Row):
    """The texts of a record in one more language."""

    name: ShortText = ""
    title: CleanText = ""
    text: CleanText = ""


class ContactRecord(Row):
    """Whom to ask about a problem."""

    name: ShortText | None = None
    email: ShortText | None = None


class MemberRecord(Row):
    """A member of a team."""

    email: ShortText
    role: ShortText | None = None


class Record(Row):
    """A row that stands for itself: its id tells it from the others of its file."""

    id: Identifier


def language(tag: str | None) -> str | None:
    """Return "zh" or "en" for a language tag, None for any other: the text then decides.

    Examples
    --------
    >>> [language(tag) for tag in ("zh-Hant", "en_US", "fr", None)]
    ['zh', 'en', None, None]
    """
    primary = (tag or "").lower().replace("_", "-").split("-")[0]
    return primary if primary in ("zh", "en") else None


_REASONS = {
    "missing": N_("%(field)s is missing"),
    "extra_forbidden": N_("unknown key %(field)s"),
    "too_large": N_("%(field)s is longer than 1 MB"),
    "too_long": N_("%(field)s is too long"),
    "string_too_long": N_("%(field)s is too long"),
    "too_short": N_("%(field)s is empty"),
    "string_too_short": N_("%(field)s is empty"),
    "string_type": N_("%(field)s must be text"),
    "list_type": N_("%(field)s must be a list"),
    "dict_type": N_("%(field)s must be an object"),
    "model_type": N_("%(field)s must be an object"),
    "bad_unicode": N_("%(field)s is not valid Unicode"),
    "string_unicode": N_("%(field)s is not valid Unicode"),
    "enum": N_("%(field)s must be one of %(expected)s"),
    # All kinds of errors that begin so.
    "bool": N_("%(field)s must be true or false"),
    "int": N_("%(field)s must be a whole number"),
    "float": N_("%(field)s must be a number"),
    "date": N_("%(field)s is no date such as 2026-12-31 or 2026-12-31T17:00+08:00"),
    "datetime": N_("%(field)s is no date such as 2026-12-31 or 2026-12-31T17:00+08:00"),
    "unknown_competency": N_("%(field)s: there is no competency %(input)s"),
    "greater_than_equal": N_("%(field)s is %(input)s, out of range"),
    "less_than_equal": N_("%(field)s is %(input)s, out of range"),
    "out_of_time": N_("%(field)s is %(input)s, out of range"),
    "empty": N_("%(field)s has neither title nor text"),
    "no_content": N_("the row has nothing to read: give at least a title or a text"),
}
_OTHER = N_("%(field)s: %(reason)s")


def reasons(error: ValidationError) -> Iterator[Message]:
    """What is wrong with a row, in words: one message for each of its faults."""
    for detail in error.errors(include_url=False):
        field = _path(detail["loc"])
        kind = detail["type"]
        text = _REASONS.get(kind) or _REASONS.get(kind.partition("_")[0], _OTHER)
        shown = clean(str(detail["input"])[:80])
        expected = str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        params = {"field": field, "input": shown, "expected": expected, "reason": detail["msg"]}
        yield Message(text, params)


def _path(location: tuple[int | str, ...]) -> str:
    """Write a location as ``requirements[2].level``; kinds of a union are no part of it."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in ("datetime", "date"):
            path += f".{part}" if path else str(part)
    return path
