"""Due times as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from matchmaker.i18n import N_, language_of, translate
from matchmaker.queries.waiting import Item

#: How often calendars are asked to look again.
REFRESH = timedelta(hours=4)


def as_calendar(items: Iterable[Item], locale: str, base_url: str, now: datetime) -> bytes:
    """Each thing as an entry at the moment it is due; moments are in UTC, calendars show their own."""
    calendar = Calendar()
    calendar.add("prodid", "-//Matchmaker//Due times//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", translate(N_("Due at Matchmaker"), locale))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for item in items:
        calendar.add_component(_event(item, locale, base_url, now))
    return bytes(calendar.to_ical())


def _event(item: Item, locale: str, base_url: str, now: datetime) -> Event:
    language = language_of(locale)
    event = Event()
    host = urlsplit(base_url).hostname
    event.add("uid", f"{item.kind.key}-{item.subject_id}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", item.due_at)
    event.add("dtend", item.due_at)
    event.add("summary", translate(item.task(language), locale))
    said = (item.context(language), translate(item.kind.lapse, locale))
    event.add("description", "\n".join(text for text in said if text))
    event.add("url", f"{base_url}{item.path}")
    event.add("transp", "TRANSPARENT")
    return event
