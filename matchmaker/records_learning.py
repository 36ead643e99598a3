"""The record files of the learning catalogue: one entry a row, as `records` has problems and teams."""

from __future__ import annotations

from pydantic import Field

from matchmaker.models import ResourceFormat, ResourcePhase
from matchmaker.record_values import CleanText, CompetencyId, Record, Row, ShortText


class TeachesRecord(Row):
    """From which level to which an entry leads in one competency."""

    competency: CompetencyId
    start: int = Field(alias="from", ge=0, le=5)
    to: int = Field(ge=0, le=5)


class LearningResourceRecord(Record):
    """One entry of the catalogue.

    Examples
    --------
    >>> part = {"competency": "FND-ML", "from": 0, "to": 2}
    >>> facts = {"theme": "TH1", "title_zh": "機器學習", "title_en": "Machine learning", "hours": 8}
    >>> kinds = {"format": "self-paced", "phase": "before", "teaches": [part]}
    >>> LearningResourceRecord(id="LR-01", **facts, **kinds).teaches[0].to
    2
    """

    theme: ShortText
    title_zh: ShortText
    title_en: ShortText
    summary_zh: CleanText = ""
    summary_en: CleanText = ""
    teaches: list[TeachesRecord]
    hours: float = Field(gt=0, le=1000)
    format: ResourceFormat
    phase: ResourcePhase
    assessed: bool = True
    assessment_zh: ShortText = ""
    assessment_en: ShortText = ""
    languages: list[ShortText] = Field(default_factory=lambda: ["zh"])
    provider_zh: ShortText = ""
    provider_en: ShortText = ""
    cost: int = Field(default=0, ge=0, le=1_000_000)
    online: bool = True
    region: ShortText | None = None
    url: ShortText = ""
    retired: bool = False
