"""What pages about learning say: filters, levels, what a version changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.competency.learning import themes
from matchmaker.i18n import N_
from matchmaker.models import (
    RESOURCE_FORMAT_LABELS,
    RESOURCE_PHASE_LABELS,
    LearningResource,
    LearningResourceRevision,
    ResourceFormat,
    ResourcePhase,
)
from matchmaker.queries.learning_resource import HOURS, ResourceFilter
from matchmaker.reference import REGIONS
from matchmaker.web import listing
from matchmaker.web.explanations import concept, joined
from matchmaker.web.forms.learning_resource import (
    ResourceForm,
    competency_choices,
    format_choices,
    theme_choices,
)
from matchmaker.web.i18n import current_language, say
from matchmaker.web.quiz_words import offers_check

HOURS_WORDS = {
    "short": N_("Up to a day (8 hours)"),
    "medium": N_("Up to two days (15 hours)"),
    "long": N_("Longer"),
}
LANGUAGE_WORDS = {"zh": N_("In Chinese"), "en": N_("In English")}
FIELD_WORDS = {
    "theme": N_("Theme"),
    "title_zh": N_("Title in Chinese"),
    "title_en": N_("Title in English"),
    "summary_zh": N_("What one does and takes along, in Chinese"),
    "summary_en": N_("What one does and takes along, in English"),
    "teaches": N_("What it teaches"),
    "hours": N_("Hours"),
    "format": N_("How one learns"),
    "phase": N_("When it fits best"),
    "is_assessed": N_("Something is handed in and assessed"),
    "assessment_zh": N_("What is handed in, in Chinese"),
    "assessment_en": N_("What is handed in, in English"),
    "languages": N_("Language"),
    "provider_zh": N_("Provider, in Chinese"),
    "provider_en": N_("Provider, in English"),
    "cost": N_("Cost in New Taiwan dollars"),
    "is_online": N_("One can take part online"),
    "region": N_("Region"),
    "url": N_("Where to register or read more"),
    "retired": N_("No longer offered"),
}


def read_filter() -> ResourceFilter:
    """What the address asks for; what makes no sense finds everything."""
    place = listing.chosen("place")
    return ResourceFilter(
        query=listing.chosen("q").replace("\x00", ""),
        theme=_one_of("theme", themes()),
        competency=_one_of("competency", dict(competency_choices())),
        format=_one_of("format", set(ResourceFormat)),
        hours=_one_of("hours", HOURS),
        language=_one_of("language", LANGUAGE_WORDS),
        place=place if place == "online" or place in REGIONS else "",
        is_free=listing.chosen("cost") == "free",
        state=_one_of("state", ("held", "retired")),
    )


def _one_of(name: str, known: Any) -> str:
    value = listing.chosen(name)
    return value if value in known else ""


def filters(*, office: bool = False) -> list[dict[str, Any]]:
    """What the catalogue can be filtered by; the office also by whether an entry is held."""
    places = [("online", _("Online")), *((r.code, say(r.label)) for r in REGIONS.values())]
    hours = [(key, say(label)) for key, label in HOURS_WORDS.items()]
    languages = [(key, say(label)) for key, label in LANGUAGE_WORDS.items()]
    found = [
        listing.search("q", _("Search")),
        listing.select("theme", _("Theme"), theme_choices(), every=_("All themes")),
        listing.select("competency", _("Teaches"), competency_choices()[1:], every=_("Anything")),
        listing.select("format", _("How one learns"), format_choices(), every=_("Any way")),
        listing.select("hours", _("Time"), hours, every=_("Any length")),
        listing.select("language", _("Language"), languages, every=_("Any language")),
        listing.select("place", _("Where"), places, every=_("Anywhere")),
        listing.select("cost", _("Cost"), [("free", _("Free"))], every=_("Any cost")),
    ]
    if office:
        states = [("held", _("Offered now")), ("retired", _("No longer offered"))]
        found.append(listing.select("state", _("State"), states, every=_("All")))
    return found


def format_name(resource: LearningResource) -> str:
    """How one learns there."""
    return say(RESOURCE_FORMAT_LABELS[resource.format])


def phase_name(resource: LearningResource) -> str:
    """When it fits best."""
    return say(RESOURCE_PHASE_LABELS[resource.phase])


def hours_text(hours: float) -> str:
    """So many hours."""
    return str(_("%(count)s hours", count=f"{hours:g}"))


def cost_text(resource: LearningResource) -> str:
    """What it costs."""
    return str(_("NT$ %(sum)s", sum=f"{resource.cost:,}") if resource.cost else _("Free"))


def place_text(resource: LearningResource) -> str:
    """Where it is held."""
    region = REGIONS.get(resource.region or "")
    parts = [say(region.label)] if region else []
    return joined([_("Online"), *parts] if resource.is_online else parts)


def languages_text(resource: LearningResource) -> str:
    """The languages it is held in."""
    return joined(say(LANGUAGE_WORDS[name]) for name in resource.languages)


def teaches(resource: LearningResource) -> list[tuple[str, int, int]]:
    """What it teaches: name, from level, to level."""
    return [(concept(p["competency"]), int(p["from"]), int(p["to"])) for p in resource.teaches]


def level_name(level: int) -> str:
    """A level of the scale by its name."""
    return load_taxonomy().levels[level].label(current_language())


def uncovered(counts: Mapping[str, int]) -> list[str]:
    """The competencies no entry teaches, by name."""
    return [concept(name) for name in load_taxonomy().competencies if not counts.get(name)]


@dataclass(frozen=True)
class VersionStep:
    """One version of an entry, with what it changed: name of the field, before, after."""

    revision: LearningResourceRevision
    changes: list[tuple[str, str, str]]


def steps(revisions: Sequence[LearningResourceRevision]) -> list[VersionStep]:
    """The versions, latest first, each beside the one before it."""
    earlier = [*revisions[1:], None]
    return [
        VersionStep(new, _changes(old.values, new.values) if old else [])
        for new, old in zip(revisions, earlier, strict=True)
    ]


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (say(label), value_text(name, old.get(name)), value_text(name, new.get(name)))
        for name, label in FIELD_WORDS.items()
        if old.get(name) != new.get(name)
    ]


def value_text(name: str, value: Any) -> str:
    """One value of an entry, in words."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if name == "teaches":
        return joined(f"{concept(p['competency'])} {p['from']}→{p['to']}" for p in value or ())
    if name == "languages":
        return joined(say(LANGUAGE_WORDS[word]) for word in value or () if word in LANGUAGE_WORDS)
    if value in (None, ""):
        return "–"
    return _named(name, value)


def _named(name: str, value: Any) -> str:
    if name == "theme" and value in themes():
        return themes()[value][current_language()]
    if name == "format" and value in set(ResourceFormat):
        return say(RESOURCE_FORMAT_LABELS[ResourceFormat(value)])
    if name == "phase" and value in set(ResourcePhase):
        return say(RESOURCE_PHASE_LABELS[ResourcePhase(value)])
    if name == "region" and value in REGIONS:
        return say(REGIONS[value].label)
    return f"{value:g}" if isinstance(value, float) else str(value)


def differing(form: ResourceForm, row: LearningResource) -> list[tuple[str, str, str]]:
    """What was typed beside what somebody else has saved."""
    typed = vars(form.values())
    saved = {name: getattr(row, name) for name in typed}
    typed["teaches"], typed["languages"] = [*map(dict, typed["teaches"])], [*typed["languages"]]
    saved |= {"format": row.format.value, "phase": row.phase.value, "region": row.region or ""}
    return _changes(saved, typed)


def tasks(waiting: int) -> Iterator[dict[str, Any]]:
    """What the desk says of course work that waits to be assessed."""
    if waiting:
        yield {
            "title": str(_("Course work to assess: %(count)s", count=waiting)),
            "url": url_for("enrolment.queue"),
            "owner": str(_("Officers and mentors")),
            "tone": "waiting",
            "action_label": str(_("Look")),
            "key": "enrolment.assess",
        }


def check_url(competency: str) -> str:
    """Where one finds out where one stands: by the short check, or by evidence where there is none."""
    if offers_check(competency):
        return url_for("quiz.start", competency=competency)
    return url_for("standing.competency", competency=competency)
