"""The dates of an engagement as a calendar file that people take into their own calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message, language_of, translate
from matchmaker.models import Engagement, Milestone

#: How often the team says how it stands.
CHECK_IN_EVERY = timedelta(days=14)
#: At what hour of the day.
HOUR = 17
LENGTH = timedelta(minutes=30)
PRODUCT = "-//Matchmaker//Engagement//EN"


@dataclass(frozen=True)
class Entry:
    """One date: what makes its identity, what it is called, and when it ends."""

    key: str
    name: Message
    at: datetime


def entries(
    engagement: Engagement,
    milestones: Sequence[Milestone],
    titles: Mapping[int, str],
    zone: ZoneInfo,
) -> Iterator[Entry]:
    """The dates of *engagement*: the end of the kick-off, stages, milestones and check-ins."""
    if engagement.started_at is None:
        yield Entry("kickoff", Message(N_("Kick-off done")), engagement.kickoff_due_at)
    for row in engagement.plan:
        yield Entry(
            f"stage-{row.stage}", Message(N_("%(stage)s ends"), {"stage": row.stage}), row.due_at
        )
    for milestone in milestones:
        name = Message(N_("Due: %(title)s"), {"title": titles[milestone.id]})
        yield Entry(f"milestone-{milestone.id}", name, milestone.due_at)
    begun = (engagement.started_at or engagement.kickoff_due_at).astimezone(zone)
    at, number = begun.replace(hour=HOUR, minute=0, second=0) + CHECK_IN_EVERY, 1
    while at < engagement.due_at:
        yield Entry(f"check-in-{number}", Message(N_("Check-in: say how it stands")), at)
        at, number = at + CHECK_IN_EVERY, number + 1


def calendar_file(
    engagement: Engagement,
    dates: Iterable[Entry],
    *,
    locale: str,
    zone: ZoneInfo,
    url: str,
) -> bytes:
    """*dates* as an iCalendar file, in *locale* and with the zone they are meant in."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    title = engagement.problem.title(language_of(locale))
    for entry in dates:
        calendar.add_component(_event(engagement, entry, title, locale, zone, url))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(
    engagement: Engagement, entry: Entry, title: str, locale: str, zone: ZoneInfo, url: str
) -> Event:
    event = Event()
    end = entry.at.astimezone(zone).replace(microsecond=0)
    event.add("uid", f"{engagement.number}-{entry.key}@matchmaker")
    event.add("dtstamp", utcnow().replace(microsecond=0))
    event.add("dtstart", end - LENGTH)
    event.add("dtend", end)
    event.add("summary", f"{translate(entry.name, locale)} · {title}")
    event.add("url", url)
    return event
