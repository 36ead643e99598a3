"""The form for what an organization says of itself."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

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
from matchmaker.web.forms.base import BaseForm, Version, choice, empty_as_none, line, text
from matchmaker.web.i18n import current_language, say

Options = list[tuple[str, str]]


def kinds() -> Options:
    """The kinds of organization, in the reader's language."""
    named = ((kind.value, say(label)) for kind, label in ORGANIZATION_KIND_LABELS.items())
    return [("", _("Please choose")), *named]


def sectors() -> Options:
    """The sectors of the framework."""
    known, language = load_taxonomy().sectors.values(), current_language()
    return [("", _("Not said")), *((sector.id, sector.label(language)) for sector in known)]


def regions() -> Options:
    """The regions the programme reports by."""
    return [("", _("Not said")), *((r.code, say(r.label)) for r in REGIONS.values())]


def sizes() -> Options:
    """Classes of headcount."""
    named = ((size.value, say(label)) for size, label in ORGANIZATION_SIZE_LABELS.items())
    return [("", _("Not said")), *named]


class OrganizationForm(BaseForm):
    """Two-language names and texts, and what the programme reports by."""

    kind = choice(
        _l("Kind of organization"),
        kinds,
        DataRequired(_l("Please choose what kind of organization it is.")),
    )
    name_zh = line(_l("Name in Chinese"), maximum=MAX_NAME)
    name_en = line(_l("Name in English"), maximum=MAX_NAME)
    about_zh = text(_l("About the organization, in Chinese"), maximum=MAX_ABOUT)
    about_en = text(_l("About the organization, in English"), maximum=MAX_ABOUT)
    sector = choice(_l("Sector"), sectors, coerce=empty_as_none)
    region = choice(_l("Region"), regions, coerce=empty_as_none)
    size = choice(_l("Size"), sizes, coerce=empty_as_none)
    website = line(_l("Website"), maximum=MAX_WEBSITE, render_kw={"inputmode": "url"})
    registration_number = line(
        _l("Registration number"), maximum=20, render_kw={"inputmode": "numeric"}
    )
    version = Version()

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
            registration_number=self.registration_number.data or None,
        )
