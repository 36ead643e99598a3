"""What the audit trail shows, in words: its filters, its subjects, what an event says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.i18n import N_
from matchmaker.models import AuditEvent
from matchmaker.queries.audit import AuditFilter
from matchmaker.web import listing
from matchmaker.web.audit_actions import action_words
from matchmaker.web.i18n import say, zone

SUBJECTS = {
    "User": N_("Account"),
    "Organization": N_("Organization"),
    "OrganizationMember": N_("Membership of an organization"),
    "Team": N_("Team"),
    "TeamMember": N_("Membership of a team"),
    "Invitation": N_("Invitation"),
    "Call": N_("Call"),
    "Problem": N_("Problem"),
    "MatchRun": N_("Matching"),
    "Match": N_("Match"),
    "PairRule": N_("Rule on a pair"),
    "Job": N_("Work in the background"),
}
PAGES = {
    "Organization": ("organization.show", "organization_id"),
    "Team": ("team.show", "team_id"),
    "Problem": ("problem.show", "problem_id"),
    "MatchRun": ("match_run.show", "run_id"),
}


def filters(actions: Sequence[str], subject_types: Sequence[str]) -> list[dict[str, Any]]:
    """The controls of the filter bar."""
    every = _("All")
    return [
        listing.search("actor", _("Who (name, address or number)")),
        listing.select(
            "action", _("Action"), [(name, action_words(name)) for name in actions], every=every
        ),
        listing.select("subject", _("What it is about"), _types(subject_types), every=every),
        listing.search("number", _("Its number")),
        listing.search("since", _("From day (2026-01-31)")),
        listing.search("until", _("To day (2026-12-31)")),
    ]


def _types(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, say(SUBJECTS.get(name, name))) for name in names]


def read_filter() -> AuditFilter:
    """The filters from the address; what cannot be read counts as not given."""
    number, last = listing.chosen("number"), read_day(listing.chosen("until"))
    first = read_day(listing.chosen("since"))
    return AuditFilter(
        actor=listing.chosen("actor"),
        action=listing.chosen("action"),
        subject_type=listing.chosen("subject"),
        subject_id=int(number)
        if number.isascii() and number.isdecimal() and len(number) < 10
        else None,
        since=start_of(first) if first else None,
        until=start_of(last + timedelta(days=1)) if last else None,
    )


def read_day(text: str) -> date | None:
    """A day as people may type it, such as 2026-01-31 or 2026/1/31."""
    try:
        year, month, day = (int(part) for part in text.replace("/", "-").split("-"))
        return date(year, month, day) if 1900 < year < 9999 else None
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The moment *day* begins where the programme is."""
    return datetime.combine(day, time.min, zone()).astimezone(UTC)


def subject(event: AuditEvent) -> str:
    """What an event is about, such as ``Problem 12``."""
    if not event.subject_type:
        return ""
    label = say(SUBJECTS.get(event.subject_type, event.subject_type))
    return f"{label} {event.subject_id}"


def subject_url(event: AuditEvent) -> str:
    """The page of what an event is about, if it has one."""
    if event.subject_type not in PAGES or event.subject_id is None:
        return ""
    endpoint, parameter = PAGES[event.subject_type]
    values: dict[str, Any] = {parameter: event.subject_id}
    return url_for(endpoint, **values)


def facts(data: Mapping[str, Any]) -> str:
    """What an event says besides, on one line."""
    return " · ".join(
        f"{key}: {_plain(value)}" for key, value in data.items() if value not in ("", None)
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
