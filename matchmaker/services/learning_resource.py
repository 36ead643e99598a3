"""Keep the learning catalogue: every change leaves the version before it on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.competency.learning import catalogue, provider, themes
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    LearningResource,
    LearningResourceRevision,
    ResourceFormat,
    ResourcePhase,
)
from matchmaker.policies.learning_resource import may_edit_catalogue
from matchmaker.queries import learning_resource as queries
from matchmaker.records_learning import LearningResourceRecord, TeachesRecord
from matchmaker.reference import REGIONS
from matchmaker.services.context import Context
from matchmaker.services.importing import Change, Outcome, import_file

LANGUAGES = ("zh", "en")
MOST_TAUGHT = 8
MAX_TITLE = 200
MAX_SUMMARY = 2_000
MAX_PROVIDER = 120
MAX_URL = 500
MAX_REASON = 500
MAX_HOURS = 1_000
MAX_COST = 1_000_000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z")
_LENGTHS = {
    "title_zh": MAX_TITLE,
    "title_en": MAX_TITLE,
    "summary_zh": MAX_SUMMARY,
    "summary_en": MAX_SUMMARY,
    "assessment_zh": MAX_TITLE,
    "assessment_en": MAX_TITLE,
    "provider_zh": MAX_PROVIDER,
    "provider_en": MAX_PROVIDER,
    "url": MAX_URL,
}

Faults = dict[str, list[Message]]


@dataclass(frozen=True, kw_only=True)
class ResourceValues:
    """An entry as an officer writes it; ``teaches`` are plain rows of competency, from and to."""

    theme: str
    title_zh: str
    title_en: str
    summary_zh: str = ""
    summary_en: str = ""
    teaches: tuple[Mapping[str, Any], ...]
    hours: float
    format: str
    phase: str
    is_assessed: bool = True
    assessment_zh: str = ""
    assessment_en: str = ""
    languages: tuple[str, ...] = ("zh",)
    provider_zh: str = ""
    provider_en: str = ""
    cost: int = 0
    is_online: bool = True
    region: str | None = None
    url: str = ""


NAMES = tuple(field.name for field in fields(ResourceValues))


def values_of(row: LearningResource) -> ResourceValues:
    """What the entry says now."""
    found = {name: getattr(row, name) for name in NAMES}
    found |= {"teaches": tuple(row.teaches), "languages": tuple(row.languages)}
    return ResourceValues(**found | {"format": str(row.format), "phase": str(row.phase)})


def create(
    ctx: Context, code: str, values: ResourceValues, *, reason: str = ""
) -> LearningResource:
    """Add an entry to the catalogue."""
    ctx.require(may_edit_catalogue)
    faults = _faults(values) | _code_faults(ctx, code)
    if faults:
        raise InvalidInput(fields=faults)
    row = LearningResource(code=code, **_columns(values))
    row.refresh_search_text()
    ctx.session.add(row)
    ctx.record("learning_resource:create", row, code=code, reason=reason)
    _keep_version(ctx, row, reason)
    return row


def update(
    ctx: Context, resource_id: int, version: int, values: ResourceValues, *, reason: str = ""
) -> LearningResource:
    """Change an entry, unless somebody else has since *version*."""
    ctx.require(may_edit_catalogue)
    row = queries.get_resource(ctx.session, ctx.actor, resource_id, lock=True)
    if row.version != version and _changed(row, values):  # Else it is a second click.
        raise StaleVersion
    return _change(ctx, row, values, reason)


def _changed(row: LearningResource, values: ResourceValues) -> list[str]:
    return [name for name, value in _columns(values).items() if getattr(row, name) != value]


def _change(
    ctx: Context, row: LearningResource, values: ResourceValues, reason: str
) -> LearningResource:
    faults, changed = _faults(values), _changed(row, values)
    if faults:
        raise InvalidInput(fields=faults)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, _columns(values)[name])
    row.updated_at = utcnow()
    row.refresh_search_text()
    ctx.record("learning_resource:edit", row, code=row.code, changed=changed, reason=reason)
    _keep_version(ctx, row, reason)
    return row


def _columns(values: ResourceValues) -> dict[str, Any]:
    found = {name: getattr(values, name) for name in NAMES}
    found["teaches"] = [dict(part) for part in values.teaches]
    found["languages"] = [name for name in LANGUAGES if name in values.languages]
    found["region"] = values.region or None
    return found | {"hours": float(values.hours)}


def _keep_version(ctx: Context, row: LearningResource, reason: str) -> None:
    number = queries.count_revisions(ctx.session, row) + 1
    said = {**_columns(values_of(row)), "retired": row.retired_at is not None}
    ctx.session.add(
        LearningResourceRevision(
            resource_id=row.id,
            number=number,
            author_id=ctx.actor.id if ctx.actor else None,
            values=said,
            reason=reason[:MAX_REASON],
        )
    )
    ctx.session.flush()  # The next change counts it.


def retire(ctx: Context, resource_id: int, version: int, *, reason: str) -> LearningResource:
    """Hold an entry no more: nobody new enrols, and those who did keep what they have."""
    return _hold(ctx, resource_id, version, reason, is_held=False)


def restore(ctx: Context, resource_id: int, version: int, *, reason: str = "") -> LearningResource:
    """Hold an entry again."""
    return _hold(ctx, resource_id, version, reason, is_held=True)


def _hold(
    ctx: Context, resource_id: int, version: int, reason: str, *, is_held: bool
) -> LearningResource:
    ctx.require(may_edit_catalogue)
    row = queries.get_resource(ctx.session, ctx.actor, resource_id, lock=True)
    if (row.retired_at is None) is is_held:
        return row  # A second click.
    if not is_held and not reason.strip():
        text = N_("Say why: people who look for it later should understand.")
        raise InvalidInput(fields={"reason": [Message(text)]})
    if row.version != version:
        raise StaleVersion
    row.retired_at = None if is_held else utcnow()
    row.updated_at = utcnow()
    action = "restore" if is_held else "retire"
    ctx.record(f"learning_resource:{action}", row, code=row.code, reason=reason)
    _keep_version(ctx, row, reason)
    return row


def _code_faults(ctx: Context, code: str) -> Faults:
    if not CODE.fullmatch(code):
        text = N_("Use up to 40 letters, digits, hyphens, points and underscores, such as LR-01.")
        return {"code": [Message(text)]}
    if queries.find_by_code(ctx.session, code) is not None:
        text = N_("%(code)s is taken. Change that entry, or choose another code.")
        return {"code": [Message(text, {"code": code})]}
    return {}


def _faults(values: ResourceValues) -> Faults:
    """What is wrong with *values*, by field."""
    found: Faults = {
        name: _too_long(getattr(values, name), limit) for name, limit in _LENGTHS.items()
    }
    for name in ("title_zh", "title_en"):
        if not getattr(values, name).strip():
            found[name] = [Message(N_("Write the title in both languages."))]
    found["theme"] = _unknown(values.theme, themes())
    found["format"] = _unknown(values.format, set(ResourceFormat))
    found["phase"] = _unknown(values.phase, set(ResourcePhase))
    found["hours"] = _out_of_range(values.hours, 0.5, MAX_HOURS)
    found["cost"] = _out_of_range(values.cost, 0, MAX_COST)
    found["teaches"] = _teaching_faults(values.teaches)
    if not set(values.languages) or not set(values.languages) <= set(LANGUAGES):
        found["languages"] = [Message(N_("Choose at least one language."))]
    if values.region or not values.is_online:
        found["region"] = _place_faults(values)
    if values.url and not _ADDRESS.match(values.url):
        found["url"] = [Message(N_("Write the whole address, beginning with https://."))]
    return {name: messages for name, messages in found.items() if messages}


def _too_long(text: str, limit: int) -> list[Message]:
    too_long = Message(N_("Please use at most %(max)d characters."), {"max": limit})
    return [too_long] if len(text) > limit else []


def _unknown(value: str, known: Any) -> list[Message]:
    return [] if value in known else [Message(N_("Choose one from the list."))]


def _out_of_range(value: float, least: float, most: float) -> list[Message]:
    if least <= value <= most:
        return []
    params = {"least": f"{least:g}", "most": f"{most:g}"}
    return [Message(N_("Give a number from %(least)s to %(most)s."), params)]


def _place_faults(values: ResourceValues) -> list[Message]:
    if not values.region:
        return [
            Message(N_("Say in which region it takes place, or that one can take part online."))
        ]
    return _unknown(values.region, REGIONS)


def _teaching_faults(teaches: tuple[Mapping[str, Any], ...]) -> list[Message]:
    if not teaches:
        return [Message(N_("Name at least one competency it teaches."))]
    if len(teaches) > MOST_TAUGHT:
        text = N_("Name at most %(max)s competencies: those it is really about.")
        return [Message(text, {"max": MOST_TAUGHT})]
    known, names = load_taxonomy(), [part["competency"] for part in teaches]
    found = []
    for name in dict.fromkeys(names):
        if not known.has_concept(name):
            found.append(Message(N_("There is no competency %(name)s."), {"name": name}))
        elif names.count(name) > 1:
            found.append(Message(N_("%(name)s is named twice."), {"name": name}))
    for part in teaches:
        if not 0 <= part["from"] < part["to"] <= 5:
            text = N_("%(name)s: it has to lead from a lower level to a higher one.")
            found.append(Message(text, {"name": part["competency"]}))
    return found


def import_resources(
    ctx: Context, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Bring in every entry of a JSONL, CSV or XLSX file: all of them, or none."""
    ctx.require(may_edit_catalogue)
    return import_file(ctx, path, LearningResourceRecord, take_resource, progress)


def take_resource(ctx: Context, record: LearningResourceRecord) -> Change:
    """Bring in one entry, found again by its code."""
    values, row = _values(record), queries.find_by_code(ctx.session, record.id)
    if row is None:
        row = create(ctx, record.id, values)
        _retire_as(row, record)
        return Change.CREATED
    is_new = bool(_changed(row, values))
    _change(ctx, row, values, "")
    if record.retired is not (row.retired_at is not None):
        is_new = True
        _retire_as(row, record)
        ctx.record(f"learning_resource:{'retire' if record.retired else 'restore'}", row)
        _keep_version(ctx, row, "")
    return Change.UPDATED if is_new else Change.UNCHANGED


def _retire_as(row: LearningResource, record: LearningResourceRecord) -> None:
    row.retired_at = utcnow() if record.retired else None


def _values(record: LearningResourceRecord) -> ResourceValues:
    given = record.model_dump(exclude={"id", "retired", "teaches", "assessed", "online"})
    return ResourceValues(
        **given | {"languages": tuple(record.languages)},
        teaches=tuple(
            {"competency": part.competency, "from": part.start, "to": part.to}
            for part in record.teaches
        ),
        is_assessed=record.assessed,
        is_online=record.online,
    )


def as_record(row: LearningResource) -> LearningResourceRecord:
    """The entry as files have it."""
    plain = asdict(values_of(row))
    plain |= {"assessed": plain.pop("is_assessed"), "online": plain.pop("is_online")}
    plain["teaches"] = [TeachesRecord.model_validate(part) for part in row.teaches]
    plain["languages"] = list(row.languages)
    return LearningResourceRecord(id=row.code, retired=row.retired_at is not None, **plain)


def untaken(ctx: Context) -> list[str]:
    """The codes of the entries that ship and are not in the catalogue yet."""
    return sorted(catalogue().keys() - queries.codes(ctx.session))


def take_shipped(ctx: Context) -> list[LearningResource]:
    """Take over the entries that ship and are not there yet; what is there stays as it is."""
    ctx.require(may_edit_catalogue)
    return [create(ctx, code, shipped_values(code)) for code in untaken(ctx)]


def shipped_values(code: str) -> ResourceValues:
    """An entry that ships, as an officer would have written it."""
    row, held_by = catalogue()[code], provider()
    found = ResourceValues(
        theme=row["theme"],
        title_zh=row["title"]["zh"],
        title_en=row["title"]["en"],
        summary_zh=row["summary"]["zh"],
        summary_en=row["summary"]["en"],
        teaches=tuple(row["teaches"]),
        hours=row["hours"],
        format=row["format"],
        phase=row["phase"],
        is_assessed="attendance" not in row["assessment"],
        languages=tuple(row["languages"]),
        is_online=row["region"] is None,
        region=row["region"],
    )
    words = {"assessment_zh": row["assessment_zh"], "assessment_en": _sentence(row["assessment"])}
    return replace(found, **words, provider_zh=held_by["zh"], provider_en=held_by["en"])


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
