"""Remind people of what waits: each step of each ladder once, gathered in one letter a person.

Days are counted by the wall clock of the programme's time zone. Letters go out on the morning of a
working day, unless the thing is due before the next such morning. What was sent is kept with the
letter in one transaction, so that a worker that is killed or runs twice writes to nobody twice and
forgets nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message, language_of, translate
from matchmaker.models import Base, Call, User, WaitingStep
from matchmaker.queries import waiting as queries
from matchmaker.queries.waiting import Item
from matchmaker.queries.waiting_kind import Ladder
from matchmaker.queries.waiting_recipient import Recipients
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words

#: Letters go out from the first hour to the last, Monday to Friday.
MORNING, EVENING = time(9), time(18)
SATURDAY = 5
#: How far ahead of the due day a ladder may begin.
MAX_DAYS = 60
#: How many things one letter lists; the rest is a number.
MAX_LINES = 40


@dataclass(frozen=True)
class Step:
    """One rung: whom it reaches, and how many days after the due day (before, if negative)."""

    role: str
    days: int

    @property
    def name(self) -> str:
        return f"{self.role}{self.days:+d}"


@dataclass(frozen=True)
class Line:
    """One line of a letter: what waits, and in which part its reader hears of it."""

    item: Item
    role: str


def remind(ctx: Context, now: datetime | None = None) -> dict[str, int]:
    """Take the steps that have come; how many were taken and how many people were written to."""
    now = now or utcnow()
    terms = queries.terms(ctx.session)
    items = queries.due_until(ctx.session, now + timedelta(days=MAX_DAYS))
    come = [
        (item, step)
        for item in items
        for step in steps_now(item, terms[item.kind.key].ladder, now, ctx.settings.timezone)
    ]
    people = Recipients(ctx.session, [item for item, _ in come])
    letters = _take(ctx, people, come)
    for user_id in sorted(letters):
        _write(ctx, people, *letters[user_id])
    return {"steps": sum(len(lines) for _, lines in letters.values()), "letters": len(letters)}


# When


def steps_now(item: Item, ladder: Ladder, now: datetime, zone: ZoneInfo) -> Iterator[Step]:
    """Of each part of the ladder the latest step that has come; nothing of what came before it began."""
    before = [Step("holder", -days) for days in ladder.before if now < item.due_at]
    parts = (
        [*before, *(Step("holder", days) for days in ladder.after)],
        [Step("leads", days) for days in ladder.leads],
        [Step("office", days) for days in ladder.office],
    )
    for steps in parts:
        moments = [(send_at(item.due_at, step.days, zone), step.days, step) for step in steps]
        come = [row for row in moments if item.since < row[0] <= now]
        if come and (not is_quiet(now, zone) or _is_urgent(item, now, zone)):
            yield max(come, key=lambda row: row[:2])[2]


def send_at(due: datetime, days: int, zone: ZoneInfo) -> datetime:
    """When the step *days* from *due* is taken.

    Before it is due, on the morning of that day; after, on the first morning when so much time is
    over. At a weekend it waits for Monday, unless that is too late.
    """
    local = due.astimezone(zone) + timedelta(
        days=days
    )  # By the wall clock: a day may have 23 hours.
    if days >= 0:
        return next_morning(local.astimezone(UTC), zone)
    that_day = datetime.combine(local.date(), MORNING, zone).astimezone(UTC)
    morning = next_morning(that_day, zone)
    return morning if morning < due else that_day


def next_morning(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first working morning not before *moment*."""
    day = moment.astimezone(zone).date()
    while True:
        morning = datetime.combine(day, MORNING, zone).astimezone(UTC)
        if day.weekday() < SATURDAY and morning >= moment:
            return morning
        day += timedelta(days=1)


def is_quiet(now: datetime, zone: ZoneInfo) -> bool:
    """Whether only what is urgent is sent: at night and at weekends."""
    local = now.astimezone(zone)
    return local.weekday() >= SATURDAY or not MORNING <= local.time() < EVENING


def _is_urgent(item: Item, now: datetime, zone: ZoneInfo) -> bool:
    return now < item.due_at <= next_morning(now, zone)


# Whom


def _take(
    ctx: Context, people: Recipients, come: Sequence[tuple[Item, Step]]
) -> dict[int, tuple[User, list[Line]]]:
    """Note the steps that nobody has noted before; for each person what their letter says."""
    known = queries.taken(ctx.session, [item for item, _ in come])
    letters: dict[int, tuple[User, list[Line]]] = {}
    told: dict[int, set[tuple[object, ...]]] = defaultdict(set)
    for item, step in come:
        for user in people.of(step.role, item):
            if (*item.key, step.name, user.id) in known or not _note(ctx, item, step, user):
                continue
            if item.key not in told[user.id]:  # Whoever holds it need not hear of it as a lead too.
                told[user.id].add(item.key)
                # The office may be told of what it holds itself.
                role = "holder" if user in people.holders(item) else step.role
                letters.setdefault(user.id, (user, []))[1].append(Line(item, role))
    return letters


def _note(ctx: Context, item: Item, step: Step, user: User) -> bool:
    """Keep that the step is taken; False if another worker was first."""
    kind, subject_id, due_at = item.key
    values = {
        "kind": kind,
        "subject_id": subject_id,
        "due_at": due_at,
        "step": step.name,
        "user_id": user.id,
        "created_at": utcnow(),
    }
    insert = _insert(ctx.session).values(values).on_conflict_do_nothing()
    return ctx.session.scalar(insert.returning(WaitingStep.id)) is not None


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(WaitingStep) if is_postgres else sqlite.insert(WaitingStep)


# What


def _write(ctx: Context, people: Recipients, user: User, lines: Sequence[Line]) -> None:
    locale = user.locale
    shown, left = lines[:MAX_LINES], len(lines) - MAX_LINES
    own = [_entry(ctx, line, locale) for line in shown if line.role == "holder"]
    others = [_entry(ctx, line, locale) for line in shown if line.role != "holder"]
    heading = translate(N_("Others have not done this yet, and it is late:"), locale)
    more = translate(Message(N_("And further: %(count)s"), {"count": left}), locale)
    parts = [*own, *((heading, *others) if others else ()), *((more,) if left > 0 else ())]
    news = "\n\n".join(parts)
    only = lines[0].item if len(lines) == 1 else None
    task = translate(only.task(language_of(locale)), locale) if only else ""
    ctx.send_mail(
        "waiting.one" if only else "waiting.gathered",
        user,
        about=_about(ctx, people, lines),
        task=task,
        count=len(lines),
        news=news,
        url=_url(ctx, lines[0]) if only else f"{ctx.settings.base_url}/desk",
        choices=f"{ctx.settings.base_url}/account/notifications",
    )


def _entry(ctx: Context, line: Line, locale: str) -> str:
    """What waits, where, until when, what happens then, and the way to it."""
    item, language = line.item, language_of(locale)
    when = in_words(item.due_at, locale, ctx.settings.timezone)
    due = Message(
        N_("Was due: %(when)s") if item.is_overdue else N_("Due: %(when)s"), {"when": when}
    )
    said = [
        translate(item.task(language), locale),
        item.context(language),
        translate(due, locale),
        "" if item.is_overdue else translate(item.kind.lapse, locale),
        _url(ctx, line),
    ]
    return "\n".join(text for text in said if text)


def _url(ctx: Context, line: Line) -> str:
    """Where the reader can do something: officers who hear of another's delay, on their board."""
    item = line.item
    path = item.path
    if line.role == "office" and item.kind.holder.value != "office":
        path = f"/office/waiting?kind={item.kind.key}"
    return f"{ctx.settings.base_url}{path}"


def _about(ctx: Context, people: Recipients, lines: Sequence[Line]) -> Base | None:
    """What the office may read it by: not at all if anything in it is between people or in-house."""
    items = [line.item for line in lines]
    if any(item.kind.is_private for item in items):
        return None
    private = next((item for item in items if people.is_in_house(item)), None)
    found = private or next((item for item in items if item.call_id), None)
    if found is not None:
        return ctx.session.get(Call, found.call_id)
    item = items[0]
    return ctx.session.scalar(
        sa.select(WaitingStep).where(WaitingStep.subject_id == item.subject_id).limit(1)
    )
