"""The record files other programs exchange with us: one problem or one team a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from matchmaker.competency import Requirement
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_, Message
from matchmaker.matching import (
    Document,
    ProblemDocument,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)
from matchmaker.matching.standing import reviewed
from matchmaker.record_values import (
    CleanText,
    CompetencyRecord,
    ContactRecord,
    Deadline,
    DocumentRecord,
    FreeObject,
    MemberRecord,
    Record,
    RequirementRecord,
    ShortText,
    TranslationRecord,
    language,
    reasons,
)
from matchmaker.tabular import TABLE_SUFFIXES, read_table, write_table

MAX_SHOWN = 20
_NOT_OPEN = frozenset({"closed", "declined", "withdrawn", "archived"})


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row of a file."""

    line: int
    message: Message

    @property
    def located(self) -> Message:
        """The message with its line."""
        return Message(N_("line %(line)s: %(what)s"), {"line": self.line, "what": self.message})

    def __str__(self) -> str:
        return str(self.located)


class BadRecords(MatchmakerError):
    """A file with rows that cannot be accepted; none of its rows is used.

    Attributes
    ----------
    errors : tuple of RowError
        Every bad row, in the order of the file.
    """

    code = "bad_records"
    default = N_("%(path)s was not read, %(count)s faults in its rows: %(rows)s")

    def __init__(self, path: str, errors: Sequence[RowError]) -> None:
        self.errors = tuple(errors)
        super().__init__(path=path, count=len(self.errors), rows=_joined(self.errors[:MAX_SHOWN]))


def _joined(errors: Sequence[RowError]) -> Message:
    """Nest the messages in one another, so that each part is translated where it is shown."""
    shown = errors[0].located
    for error in errors[1:]:
        shown = Message(N_("%(first)s; %(next)s"), {"first": shown, "next": error.located})
    return shown


class UnreadableFile(MatchmakerError):
    """A file that cannot be opened."""

    code = "unreadable_file"
    default = N_("%(path)s cannot be read: %(reason)s")


class _Record(Record):
    title: CleanText = ""
    text: CleanText = ""
    lang: ShortText | None = None
    translations: dict[ShortText, TranslationRecord] = Field(default_factory=dict)
    sector: ShortText | None = None
    region: ShortText | None = None
    techniques: list[ShortText] = Field(default_factory=list)
    capacity: int | None = Field(default=None, ge=0)
    name: ShortText | None = None
    organization: ShortText | None = None
    state: ShortText | None = None
    source_url: ShortText | None = None
    extra: FreeObject = Field(default_factory=dict)

    #: Where a record goes when it is written as a table; set by the classes below.
    kind: ClassVar[str]

    def _texts(self) -> list[Text]:
        own = Text(self.title, self.text, language(self.lang))
        others = [Text(t.title, t.text, language(lang)) for lang, t in self.translations.items()]
        return [text for text in (own, *others) if text.full] or [own]

    def _names(self) -> list[str]:
        names = [self.name, self.organization, *(t.name for t in self.translations.values())]
        return [name for name in names if name]


class ProblemRecord(_Record):
    """A problem as record files have it.

    Examples
    --------
    >>> record = ProblemRecord(id="P1", title="布料瑕疵檢測", sector="textile")
    >>> record.to_document().sectors
    ('textile',)
    """

    kind: ClassVar[str] = "problem"

    grade: ShortText | None = None
    requirements: list[RequirementRecord] = Field(default_factory=list)
    deadline: Deadline = None
    data: FreeObject = Field(default_factory=dict)
    call: ShortText | None = None
    contact: ContactRecord | None = None

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if not any(text.full for text in self._texts()):
            raise PydanticCustomError("no_content", "needs at least one of title, text")
        return self

    def to_document(self) -> ProblemDocument:
        """Return what the matcher may see of the problem."""
        contact = self.contact or ContactRecord()
        return problem_document(
            self.id,
            self._texts(),
            techniques=self.techniques,
            sectors=[self.sector] if self.sector else [],
            requirements=[
                Requirement(need.competency, need.level, need.importance)
                for need in self.requirements
            ],
            is_open=self.state not in _NOT_OPEN,
            names=[*self._names(), contact.name or "", contact.email or ""],
        )


class TeamRecord(_Record):
    """A team as record files have it.

    Examples
    --------
    >>> record = TeamRecord(id="T1", documents=[{"title": "Fabric inspection", "year": 2024}])
    >>> len(record.to_document().documents)
    1
    """

    kind: ClassVar[str] = "team"

    documents: list[DocumentRecord] = Field(default_factory=list)
    competencies: list[CompetencyRecord] = Field(default_factory=list)
    sectors: list[ShortText] = Field(default_factory=list)
    team_kind: ShortText | None = Field(default=None, alias="kind")
    members: list[MemberRecord] = Field(default_factory=list)
    public: bool | None = None
    held_only: bool | None = None

    @field_validator("competencies")
    @classmethod
    def _each_once(cls, value: list[CompetencyRecord]) -> list[CompetencyRecord]:
        ids = [item.competency for item in value]
        for item in ids:
            if ids.count(item) > 1:
                raise PydanticCustomError("twice", "{id} is listed twice", {"id": item})
        return value

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        has_text = any(text.full for text in self._texts())
        if not (has_text or self.documents or self.competencies):
            raise PydanticCustomError(
                "no_content", "needs at least one of title, text, documents, competencies"
            )
        return self

    def to_document(self) -> TeamDocument:
        """Return what the matcher may see of the team."""
        works = [
            Document((Text(d.title, d.text, language(d.lang)),), "work", d.year)
            for d in self.documents
        ]
        return team_document(
            self.id,
            self._texts(),
            works,
            techniques=self.techniques,
            sectors=[*([self.sector] if self.sector else []), *self.sectors],
            competencies={item.competency: item.level for item in self.competencies},
            estimates=reviewed((c.competency, c.level, c.source) for c in self.competencies),
            capacity=self.capacity,
            names=[*self._names(), *(member.email for member in self.members)],
        )


R = TypeVar("R", bound=Record)


def parse_rows(rows: Iterable[tuple[int, Any]], model: type[R], name: str) -> list[R]:
    """Turn rows with their line numbers into records, all or none.

    Raises
    ------
    BadRecords
        Naming every bad row of *name*; an id that comes twice is one.
    """
    records: list[R] = []
    errors: list[RowError] = []
    first_line: dict[str, int] = {}
    for line, row in rows:
        if isinstance(row, Message):
            errors.append(RowError(line, row))
            continue
        try:
            record = model.model_validate(row)
        except ValidationError as error:
            errors.extend(RowError(line, reason) for reason in reasons(error))
            continue
        if record.id in first_line:
            text = N_("the id %(id)s is already on line %(line)s")
            known = {"id": record.id, "line": first_line[record.id]}
            errors.append(RowError(line, Message(text, known)))
        first_line.setdefault(record.id, line)
        records.append(record)
    if errors:
        raise BadRecords(name, errors)
    return records


def _json_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the parsed rows of a JSONL file; a row that cannot be parsed yields its message."""
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UnreadableFile(path=str(path), reason=error.strerror or str(error)) from error
    for line, raw in enumerate(content.split(b"\n"), start=1):
        if raw.strip():
            yield line, _parse_line(raw)


def _parse_line(raw: bytes) -> Any:
    try:
        row = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_distinct_keys, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        return Message(N_("not UTF-8"))
    except (ValueError, RecursionError) as error:
        return Message(N_("not JSON (%(reason)s)"), {"reason": str(error)})
    return row if isinstance(row, dict) else Message(N_("not a JSON object"))


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return row


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def read_records(path: Path, model: type[R]) -> list[R]:
    """Read the records of a JSONL, CSV or XLSX file, by its suffix; anything else is JSONL.

    Raises
    ------
    BadRecords
        Naming every bad row; none is used then.
    UnreadableFile
        If the file cannot be opened.
    """
    return [record for _, record in read_lines(path, model)]


def read_lines(path: Path, model: type[R]) -> list[tuple[int, R]]:
    """Read records with their line numbers; see `read_records`."""
    if path.suffix.lower() in TABLE_SUFFIXES:
        rows = list(read_table(path, json_columns=json_columns(model)))
    else:
        rows = list(_json_rows(path))
    records = parse_rows(rows, model, path.name)
    return [(line, record) for (line, _), record in zip(rows, records, strict=True)]


def read_problems(path: Path) -> list[ProblemRecord]:
    """Read problems; see `read_records`."""
    return read_records(path, ProblemRecord)


def read_teams(path: Path) -> list[TeamRecord]:
    """Read teams; see `read_records`."""
    return read_records(path, TeamRecord)


def write_records(path: Path, records: Iterable[R], model: type[R]) -> None:
    """Write *records* as JSONL, CSV or XLSX, by the suffix of *path*."""
    rows = [dump_record(record) for record in records]
    if path.suffix.lower() in TABLE_SUFFIXES:
        write_table(path, columns(model), rows, json_columns=json_columns(model))
        return
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def dump_record(record: Record) -> dict[str, Any]:
    """Return a record as plain data, without keys that were not given."""
    return record.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def columns(model: type[Record]) -> list[str]:
    """List the keys a record may have, in their order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def json_columns(model: type[Record]) -> frozenset[str]:
    """List the keys whose value is a list or an object: JSON within a cell of a table."""
    schema = model.model_json_schema(by_alias=True)
    named = schema.get("$defs", {})
    return frozenset(key for key, part in schema["properties"].items() if _is_nested(part, named))


def _is_nested(schema: Mapping[str, Any], named: Mapping[str, Any]) -> bool:
    kinds = [schema, *schema.get("anyOf", ())]
    kinds = [named[kind["$ref"].rsplit("/", 1)[-1]] if "$ref" in kind else kind for kind in kinds]
    return any(kind.get("type") in ("array", "object") for kind in kinds)
