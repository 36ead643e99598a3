"""The form for what an organization says of itself."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.fields import SelectChoice

from matchmaker.competency import load_taxonomy
from matchmaker.models import (
    ORGANIZATION_KIND_LABELS,
    ORGANIZATION_SIZE_LABELS,
    OrganizationKind,
    OrganizationSize,
)
from matchmaker.reference import REGIONS
from matchmaker.services.organization import (
    MAX_ABOUT,
    MAX_NAME,
    MAX_WEBSITE,
    OrganizationValues,
)
from matchmaker.web.forms.account import Required
from matchmaker.web.forms.base import BaseForm, choice, empty_as_none, line, text
from matchmaker.web.i18n import current_language, say

Choices = list[SelectChoice]


def _unsaid() -> Choices:
    return [SelectChoice("", _("Not said"))]


def kinds() -> Choices:
    """The kinds of organization, in the reader's language."""
    return [SelectChoice("", _("Please choose"))] + [
        SelectChoice(kind.value, say(label)) for kind, label in ORGANIZATION_KIND_LABELS.items()
    ]


def sectors() -> Choices:
    """The sectors of the framework."""
    found = load_taxonomy().sectors.values()
    return _unsaid() + [
        SelectChoice(sector.id, sector.label(current_language())) for sector in found
    ]


def regions() -> Choices:
    """The regions the programme reports by."""
    return _unsaid() + [SelectChoice(region.code, say(region.label)) for region in REGIONS.values()]


def sizes() -> Choices:
    """Classes of headcount."""
    return _unsaid() + [
        SelectChoice(size.value, say(label)) for size, label in ORGANIZATION_SIZE_LABELS.items()
    ]


class OrganizationForm(BaseForm):
    """Two-language names and texts, and what the programme reports by."""

    kind = choice(
        _l("Kind of organization"),
        kinds,
        Required(_l("Please choose what kind of organization it is.")),
    )
    name_zh = line(_l("Name in Chinese"), maximum=MAX_NAME)
    name_en = line(_l("Name in English"), maximum=MAX_NAME)
    about_zh = text(_l("About the organization, in Chinese"), maximum=MAX_ABOUT)
    about_en = text(_l("About the organization, in English"), maximum=MAX_ABOUT)
    sector = choice(_l("Sector"), sectors, coerce=empty_as_none)
    region = choice(_l("Region"), regions, coerce=empty_as_none)
    size = choice(_l("Size"), sizes, coerce=empty_as_none)
    website = line(_l("Website"), maximum=MAX_WEBSITE, render_kw={"inputmode": "url"})
    version = HiddenField()

    def values(self) -> OrganizationValues:
        """What was typed, as the service takes it."""
        return OrganizationValues(
            kind=OrganizationKind(self.kind.data),
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            about_zh=self.about_zh.data or "",
            about_en=self.about_en.data or "",
            sector=self.sector.data,
            region=self.region.data,
            size=OrganizationSize(self.size.data) if self.size.data else None,
            website=self.website.data or "",
        )

    def opened_version(self) -> int:
        """The version the person had before them; 0, which no row has, if it makes no sense."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
