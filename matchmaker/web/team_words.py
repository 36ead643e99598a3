"""What the pages of teams show, in words: filters, competencies by domain, two versions of a profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matchmaker.competency import Competency, Domain, load_taxonomy
from matchmaker.models import TEAM_KIND_LABELS
from matchmaker.reference import REGIONS
from matchmaker.web import listing
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.team import TeamForm, join, kinds, regions, sectors
from matchmaker.web.i18n import current_language, say

Option = tuple[str, str]


def filters() -> list[dict[str, Any]]:
    """The controls of the directory's filter bar."""
    every = _("All")
    return [
        listing.search("q", _("Search")),
        listing.select("sector", _("Sector"), sectors(), every=every),
        listing.select("competency", _("Competency"), _competencies(), every=every),
        listing.select("kind", _("Kind of team"), kinds(), every=every),
        listing.select("region", _("Region"), regions()[1:], every=every),
        listing.select("language", _("Profile written in"), _languages(), every=every),
    ]


def _competencies() -> list[Option]:
    language = current_language()
    return [(c.id, c.label(language)) for c in load_taxonomy().competencies.values()]


def _languages() -> list[Option]:
    return [("zh", _("Chinese")), ("en", _("English"))]


@dataclass(frozen=True)
class DomainGroup:
    """A domain of the framework with its competencies and the level claimed for each, 0 for none."""

    domain: Domain
    rows: list[tuple[Competency, int]]

    @property
    def claimed(self) -> list[tuple[Competency, int]]:
        return [(one, level) for one, level in self.rows if level]


def by_domain(levels: Mapping[str, object], *, but: Collection[str] = ()) -> list[DomainGroup]:
    """The framework's competencies in its order, without those in *but*."""
    framework = load_taxonomy()
    return [
        DomainGroup(domain, [(one, _level(levels.get(one.id))) for one in known])
        for domain in framework.domains.values()
        if (known := [c for c in framework.competencies_of(domain.id) if c.id not in but])
    ]


def _level(typed: object) -> int:
    number = number_or_none(str(typed or "")) or 0
    return number if number < len(load_taxonomy().levels) else 0


@dataclass(frozen=True)
class Difference:
    """One field of a profile as saved and as typed."""

    label: str
    saved: str
    typed: str


def differences(was: TeamForm, now: TeamForm) -> list[Difference]:
    """The fields in which two forms differ."""
    old, new = described(was), described(now)
    return [
        Difference(label, old[label], text) for label, text in new.items() if old[label] != text
    ]


def described(form: TeamForm) -> dict[str, str]:
    """Each field of a form in words, by its label."""
    values = form.values()
    texts = ("name_zh", "name_en", "title_zh", "title_en", "text_zh", "text_en")
    works = [" · ".join(filter(None, (w.title, str(w.year or ""), w.text))) for w in values.works]
    region = REGIONS.get(values.region or "")
    organizations = {item.value: item.label for item in form.organization_id.choices or ()}
    said = {
        "kind": say(TEAM_KIND_LABELS[values.kind]),
        **{name: getattr(values, name) for name in texts},
        "organization_id": organizations.get(form.organization_id.data or "", ""),
        "region": say(region.label) if region else "",
        "capacity": str(values.capacity),
        "works": "\n\n".join(works),
        "sectors": join(label for code, label in sectors() if code in values.sectors),
        "techniques": join(values.techniques),
        "competencies": "\n".join(_claims(form)),
    }
    return {str(form[name].label.text): text for name, text in said.items()}


def _claims(form: TeamForm) -> list[str]:
    language, levels = current_language(), load_taxonomy().levels
    return [
        f"{one.label(language)}: {levels[level].label(language)}"
        for group in by_domain(form.competencies.data)
        for one, level in group.claimed
    ]
