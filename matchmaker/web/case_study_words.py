"""What the pages of case studies say."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from matchmaker.models import CASE_STUDY_SIDE_LABELS, CaseStudySide, CaseStudyVersion
from matchmaker.services.case_study import LANGUAGES, PARTS
from matchmaker.web.i18n import current_language, say
from matchmaker.web.text_difference import parts
from matchmaker.workflows.case_study_version import CASE_STUDY_VERSION_WORKFLOW

__all__ = ["PARTS"]


def part_label(part: str) -> str:
    """What a part of a case study is called."""
    labels = {
        "title": _("Title of the case study"),
        "problem": _("The problem"),
        "approach": _("How it was solved"),
        "results": _("What was achieved"),
    }
    return str(labels[part])


def state_chip_of(version: CaseStudyVersion) -> tuple[str, str]:
    """The state of a version in words, and its tone; said more exactly while it waits."""
    if version.state == "proposed" and version.is_agreed:
        return _("Agreed by both: the office publishes it"), "good"
    label = CASE_STUDY_VERSION_WORKFLOW.labels[version.state]
    return say(label.public), label.tone


def side_label(side: CaseStudySide) -> str:
    """One of the two sides in words."""
    return say(CASE_STUDY_SIDE_LABELS[side])


def sides() -> list[CaseStudySide]:
    """Both sides."""
    return list(CaseStudySide)


def source_label(source: str) -> str:
    """Who said a figure."""
    labels = {
        "team": _("Said by the team"),
        "owner": _("Said by the problem’s owner"),
        "both": _("Said by owner and team alike"),
        "programme": _("On record with the programme"),
    }
    return str(labels[source])


def name(version: CaseStudyVersion, key: str) -> str:
    """A name in the reader's language, as it was when both sides agreed."""
    return said(version.content["names"].get(key, {}))


def said(both: dict[str, str]) -> str:
    """Two-language text in the reader's language, or in the other one."""
    own = current_language()
    return both.get(own) or next((text for text in both.values() if text), "")


def lang(both: dict[str, str]) -> str:
    """The language tag of what `said` says."""
    own = current_language()
    shown = own if both.get(own) else next((key for key, text in both.items() if text), own)
    return "zh-Hant-TW" if shown == "zh" else "en"


def changes(before: CaseStudyVersion, after: CaseStudyVersion) -> list[dict[str, Any]]:
    """What differs between two versions, part by part."""
    found = []
    for part in PARTS:
        for language in LANGUAGES:
            old, new = (one.content[part][language] for one in (before, after))
            if old != new:
                tag = "zh-Hant-TW" if language == "zh" else "en"
                found.append({"label": part_label(part), "lang": tag, "parts": parts(old, new)})
    return found
