"""The data sheet of a problem: for people in words, for programs as Croissant JSON-LD.

What is asked follows the questions of "Datasheets for Datasets" in words of our own. The format is
Croissant 1.0 (schema.org/Dataset) with its vocabulary for responsible AI; a sheet may be exported
long before there is any file: fields then refer to the set of files that teams are to get.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.assessment.intake import Intake, questions
from matchmaker.models import Attachment, Problem
from matchmaker.services.problem_intake import intake_of

#: The answers a data sheet shows beside its fields, in the order people read them. Who to ask for the data is not
#: among them: contact goes through the platform.
SHEET_FIELDS = (
    "data_purpose",
    "data_period",
    "data_unit",
    "data_amount",
    "label_status",
    "data_labels_how",
    "data_gaps",
    "personal",
    "public_equivalent",
    "data_license",
    "access",
    "data_refresh",
)
MAX_FIELDS = 100
#: The set of files that teams are to get.
OFFERED = "offered-files"

CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
CONFORMS_TO = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0")
# Answers that say something about responsible use, by the term for it.
_RAI = {
    "rai:dataUseCases": ("data_purpose",),
    "rai:dataCollection": ("data_period",),
    "rai:dataCollectionTimeframe": ("data_period",),
    "rai:dataAnnotationProtocol": ("data_labels_how", "label_status"),
    "rai:dataLimitations": ("data_gaps",),
    "rai:dataBiases": ("data_gaps",),
    "rai:personalSensitiveInformation": ("personal",),
    "rai:dataReleaseMaintenancePlan": ("data_refresh", "access"),
    "rai:dataSocialImpact": ("must_not", "harm"),
}
_SEPARATOR = re.compile(r"\s*[:：]\s*")
_UNNAMEABLE = re.compile(r"[^\w-]+")
# What people call a kind of value, and what schema.org calls it.
_TYPES = (
    (("date", "日期"), "sc:Date"),
    (("time", "timestamp", "時間", "時刻"), "sc:DateTime"),
    (("image", "picture", "photo", "影像", "照片", "圖片"), "sc:ImageObject"),
    (("audio", "recording", "錄音", "語音"), "sc:AudioObject"),
    (("count", "number of", "數量", "件數", "人數", "次數"), "sc:Integer"),
    (("temperature", "price", "amount", "溫度", "金額", "濃度", "重量", "長度"), "sc:Float"),
    (("yes or no", "true or false", "是否"), "sc:Boolean"),
)
_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
    "tsv": "text/tab-separated-values",
}


@dataclass(frozen=True, slots=True)
class SheetField:
    """One field of a record, as the owner described it on a line of its own."""

    name: str
    description: str
    data_type: str


@dataclass(frozen=True, slots=True)
class File:
    """A file everybody may open, and where."""

    attachment: Attachment
    url: str
    media_type: str


def sheet_rows(intake: Intake, language: str) -> list[tuple[str, str]]:
    """Question and answer of everything the data sheet says."""
    rows = []
    for field in SHEET_FIELDS:
        said = _in_words(intake, field, language)
        if said:
            rows.append((questions()[field].label(language), said))
    return rows


def sheet_fields(text: str) -> list[SheetField]:
    """The fields of a record from what the owner typed, a line each: name, colon, meaning.

    Examples
    --------
    >>> [(f.name, f.data_type) for f in sheet_fields("date: day of the visit\\n溫度：爐溫 °C")]
    [('date', 'sc:Date'), ('溫度', 'sc:Float')]
    """
    found: dict[str, SheetField] = {}
    for line in text.splitlines()[:MAX_FIELDS]:
        name, _colon, description = _split(line)
        name = " ".join(name.strip(" -–•*\t").split())[:100]
        if name:
            found.setdefault(name, SheetField(name, description, _type_of(line)))
    return list(found.values())


def croissant(problem: Problem, url: str, files: Sequence[File] = ()) -> dict[str, Any]:
    """The data sheet of *problem*, published under *url*, as Croissant JSON-LD."""
    intake = intake_of(problem)
    language = "zh" if problem.text_zh and problem.title_zh else "en"
    locale = {"zh": "zh-Hant-TW", "en": "en"}[language]
    data = problem.data_zh if language == "zh" else problem.data_en
    name = problem.title(language) or f"Problem {problem.id}"
    sheet: dict[str, Any] = {
        "@context": {**CONTEXT, "@language": locale},
        "@type": "sc:Dataset",
        "@id": url,
        "conformsTo": list(CONFORMS_TO),
        "name": name,
        "description": data or problem.text_zh or problem.text_en or name,
        "url": url,
        "inLanguage": locale,
        "version": f"1.0.{problem.version}",
        "license": intake.data_license or "https://spdx.org/licenses/LicenseRef-not-stated",
        "creator": _creator(problem, language),
        "citeAs": f"{problem.organization.name(language)}, {name}, {url}",
        "keywords": list(problem.techniques),
        "isLiveDataset": bool(intake.data_refresh),
        "temporalCoverage": intake.data_period,
        "distribution": [*map(_file, files), *_offered(problem, intake, language)],
        "recordSet": _record_sets(intake),
        **_rai(intake, language),
    }
    if problem.published_at is not None:
        sheet["datePublished"] = problem.published_at.date().isoformat()
    return {key: value for key, value in sheet.items() if value not in ("", [], None)}


def _creator(problem: Problem, language: str) -> dict[str, str]:
    return {"@type": "sc:Organization", "name": problem.organization.name(language)}


def _file(file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"file-{file.attachment.id}",
        "name": file.attachment.name,
        "contentUrl": file.url,
        "contentSize": f"{file.attachment.size} B",
        "encodingFormat": file.media_type,
        "sha256": file.attachment.sha256,
    }


def _offered(problem: Problem, intake: Intake, language: str) -> list[dict[str, Any]]:
    """The files teams get later, as a set: how they arrive is agreed in the data room."""
    if not sheet_fields(intake.data_fields):
        return []
    formats = [str(name).casefold() for name in problem.data_details.get("formats", ())]
    known = [(name, _MEDIA_TYPES[name]) for name in formats if name in _MEDIA_TYPES]
    ending, media_type = next(iter(known), ("csv", "text/csv"))
    return [
        {
            "@type": "cr:FileSet",
            "@id": OFFERED,
            "name": OFFERED,
            "description": _in_words(intake, "access", language),
            "encodingFormat": media_type,
            "includes": f"*.{ending}",
        }
    ]


def _record_sets(intake: Intake) -> list[dict[str, Any]]:
    fields = list(_record_fields(sheet_fields(intake.data_fields)))
    if not fields:
        return []
    return [
        {
            "@type": "cr:RecordSet",
            "@id": "records",
            "name": "records",
            "description": intake.data_unit,
            "field": fields,
        }
    ]


def _record_fields(fields: Iterable[SheetField]) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for number, field in enumerate(fields, start=1):
        slug = _UNNAMEABLE.sub("-", unicodedata.normalize("NFKC", field.name)).strip("-")
        slug = slug if slug and slug not in taken else f"{slug or 'field'}-{number}"
        taken.add(slug)
        yield {
            "@type": "cr:Field",
            "@id": f"records/{slug}",
            "name": field.name,
            "description": field.description or field.name,
            "dataType": field.data_type,
            "source": {"fileSet": {"@id": OFFERED}, "extract": {"column": field.name}},
        }


def _rai(intake: Intake, language: str) -> dict[str, str]:
    stop = "；" if language == "zh" else "; "
    found = {
        term: stop.join(filter(None, (_in_words(intake, field, language) for field in fields)))
        for term, fields in _RAI.items()
    }
    return {term: text for term, text in found.items() if text}


def _in_words(intake: Intake, field: str, language: str) -> str:
    said = getattr(intake, field)
    answer = questions()[field].answer(said) if isinstance(said, str) else None
    return answer.label(language) if answer else said or ""


def _split(line: str) -> tuple[str, str, str]:
    name, *rest = _SEPARATOR.split(line.strip(), maxsplit=1)
    return name, ":", rest[0] if rest else ""


def _type_of(line: str) -> str:
    folded = line.casefold()
    for words, kind in _TYPES:
        if any(_speaks_of(folded, word) for word in words):
            return kind
    return "sc:Text"


def _speaks_of(text: str, word: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
