"""How pages put into words what waits: the task, whose turn it is, how a ladder goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message
from matchmaker.models import MemberRole, User
from matchmaker.policies.scope import runs_a_call
from matchmaker.queries.waiting import Item, Terms
from matchmaker.queries.waiting_holder import Name
from matchmaker.queries.waiting_kind import HOLDER_LABELS, Holder, Kind
from matchmaker.web.auth import actor
from matchmaker.web.i18n import current_language, say, show_left, show_moment

STATES = {
    "overdue": N_("Overdue"),
    "soon": N_("Due within a week"),
    "escalated": N_("Escalated"),
}
AGES = (3, 7, 14, 30, 90)


def task(item: Item) -> str:
    """What is to be done."""
    return say(item.task(current_language()))


def kind_name(kind: Kind) -> str:
    """A kind in words, without what it is about."""
    return say(Message(kind.task, {"title": "…"})).rstrip(" :：…")


def holder_name(name: Name) -> str:
    """Whose turn it is."""
    if isinstance(name, tuple):
        return name[0] if current_language() == "zh" else name[1]
    return say(name)


def tone(item: Item) -> str:
    """How pressing it is."""
    if item.is_overdue:
        return "stop"
    return "waiting" if (item.due_at - utcnow()).days < SOON_DAYS else "neutral"


SOON_DAYS = 3


def url(item: Item) -> str:
    """The page where its holder does it."""
    return request.script_root + item.path


def office_url(item: Item) -> str:
    """The page where the office sees it; nothing if it has none, or not for the reader."""
    reader = actor()
    if reader is None or not (reader.is_officer or runs_a_call(reader)):
        return ""  # An administrator sees what waits; officers see to it.
    if item.office_path:
        return request.script_root + item.office_path
    return url(item) if item.kind.holder in (Holder.OFFICE, Holder.STAFF) else ""


def due(item: Item) -> str:
    return show_moment(item.due_at)


def left(item: Item) -> str:
    return show_left(item.due_at)


def days_text(days: Sequence[int]) -> str:
    """Numbers of days as they are typed."""
    return ", ".join(str(number) for number in sorted(days))


def ladder_lines(terms: Terms) -> list[str]:
    """The steps of a ladder in words, in their order."""
    ladder, lines = terms.ladder, []
    if terms.kind.letters:
        lines.append(say(terms.kind.letters))
    if ladder.before:
        lines.append(
            _("To whoever’s turn it is, days before: %(days)s", days=_falling(ladder.before))
        )
    if 0 in ladder.after:
        lines.append(_("To whoever’s turn it is, when it is due"))
    if after := [number for number in ladder.after if number]:
        lines.append(_("To whoever’s turn it is, days after: %(days)s", days=days_text(after)))
    if ladder.leads:
        lines.append(_("To the leads, days after: %(days)s", days=days_text(ladder.leads)))
    if ladder.office and not terms.kind.is_private:
        lines.append(_("To the office, days after: %(days)s", days=days_text(ladder.office)))
    return lines if terms.is_on else [_("No reminders")]


def _falling(days: Sequence[int]) -> str:
    return ", ".join(str(number) for number in sorted(days, reverse=True))


def within_text(terms: Terms) -> str:
    """How long it may take."""
    if terms.kind.setting or terms.kind.within:
        return str(_("%(days)s days", days=terms.within))
    return str(_("It has a date of its own"))


def is_editable(terms: Terms) -> bool:
    return bool(terms.kind.within)


def owner(user: User, item: Item) -> str:
    """Whose turn it is, to one whose list it is on."""
    holder = item.kind.holder
    if holder is Holder.TEAM and not _leads(user, item):
        return str(_("Your team"))
    if holder in (Holder.OFFICE, Holder.STAFF) and item.user_id != user.id:
        return say(HOLDER_LABELS[holder])
    return str(_("You"))


def _leads(user: User, item: Item) -> bool:
    places = user.team_memberships
    return any(p.team_id == item.team_id and p.role is MemberRole.LEAD for p in places)


def task_of(user: User, item: Item) -> dict[str, Any]:
    """One line of *user*'s list."""
    return {
        "title": task(item),
        "url": url(item),
        "context": item.context(current_language()),
        "owner": owner(user, item),
        "due_text": due(item),
        "left_text": left(item),
        "tone": tone(item),
        "action_label": say(item.kind.action),
        "due_at": item.due_at,
    }
