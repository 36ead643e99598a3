"""What the pages of the alumni zone say."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.models import ALUMNI_PURPOSE_LABELS, AlumniContact, AlumniProfile
from matchmaker.reference import REGIONS
from matchmaker.services.alumni import seen_email
from matchmaker.web import listing
from matchmaker.web.evidence_words import grouped, level_name, name_of
from matchmaker.web.forms.alumni import offer_pairs
from matchmaker.web.i18n import current_language, say
from matchmaker.workflows.alumni_contact import ALUMNI_CONTACT_WORKFLOW

__all__ = ["level_name", "name_of", "offer_pairs", "seen_email"]

#: Levels that a line of the list shows.
MOST_LEVELS = 6


def filters() -> list[dict[str, Any]]:
    """What alumni are searched by; never by gender."""
    language = current_language()
    sectors = load_taxonomy().sectors.values()
    competencies = [pair for _domain, pairs in grouped() for pair in pairs]
    return [
        listing.select("competency", _("Competency"), competencies, every=_("All")),
        listing.select(
            "sector",
            _("Sector of the problem"),
            ((one.id, one.label(language)) for one in sectors),
            every=_("All"),
        ),
        listing.select(
            "region",
            _("Region of the organization"),
            ((one.code, say(one.label)) for one in REGIONS.values()),
            every=_("All"),
        ),
        listing.select("offer", _("What they offer"), offer_pairs(), every=_("All")),
    ]


def offers_of(profile: AlumniProfile) -> list[str]:
    """What somebody offers, in words."""
    return [label for name, label in offer_pairs() if getattr(profile, name)]


def top_levels(levels: dict[str, int]) -> list[str]:
    """The highest confirmed levels, in words."""
    return [f"{name_of(code)} L{level}" for code, level in list(levels.items())[:MOST_LEVELS]]


def purpose(contact: AlumniContact) -> str:
    """What a message is about."""
    return say(ALUMNI_PURPOSE_LABELS[contact.purpose])


def state_chip_of(contact: AlumniContact) -> tuple[str, str]:
    """The state of a message in words, and its tone."""
    label = ALUMNI_CONTACT_WORKFLOW.labels[contact.state]
    return say(label.public), label.tone
