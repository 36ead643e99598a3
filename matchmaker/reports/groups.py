"""What figures are grouped by: sector, region, size; each with its words in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import ORGANIZATION_SIZE_LABELS, OrganizationSize
from matchmaker.reference import REGIONS
from matchmaker.reports.table import Words

NOT_SAID = N_("Not said")


@dataclass(frozen=True)
class Grouping:
    """One way to group: the attribute that tells a thing's group, and what groups are called."""

    name: str
    title: str
    noun: str
    label_of: Callable[[str], Words | str]

    def key(self, thing: Any) -> str:
        """The group *thing* belongs to; empty if it does not say."""
        return str(getattr(thing, self.name) or "")

    def label(self, key: str) -> Words | str:
        """What the group *key* is called."""
        return self.label_of(key) if key else NOT_SAID


def _sector(key: str) -> Words | str:
    taxonomy = load_taxonomy()
    if key not in taxonomy.sectors:
        return key
    return Words(zh=taxonomy.label(key, "zh"), en=taxonomy.label(key, "en"))


def _region(key: str) -> str:
    return REGIONS[key].label if key in REGIONS else key


def _size(key: str) -> str:
    return ORGANIZATION_SIZE_LABELS[OrganizationSize(key)]


GROUPINGS = (
    Grouping("sector", N_("By sector"), N_("Sector"), _sector),
    Grouping("region", N_("By region"), N_("Region"), _region),
    Grouping("size", N_("By size of the organization"), N_("Size"), _size),
)
