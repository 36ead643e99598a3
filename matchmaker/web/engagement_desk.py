"""What work under way puts on a person's desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.models import User
from matchmaker.policies.engagement import may_open_board
from matchmaker.queries import engagement_task as queries
from matchmaker.queries.engagement_board import count_flagged
from matchmaker.queries.engagement_task import Task
from matchmaker.web.i18n import current_language, show_left, show_moment
from matchmaker.web.transaction import db_session


def tasks(user: User) -> Iterator[dict[str, Any]]:
    """What waits for *user* on a side, and for the office."""
    session, now = db_session(), utcnow()
    for task in queries.own_tasks(session, user, now):
        yield _own(task, is_late=task.due_at is not None and task.due_at < now)
    if may_open_board.allows(user):
        yield from _office(count_flagged(session, user, now))


def _own(task: Task, *, is_late: bool) -> dict[str, Any]:
    row = task.engagement
    title = row.problem.title(current_language()) or _("Untitled problem")
    titles = {
        "sign": _("Sign or answer: %(title)s", title=title),
        "silent": _("The team waits for a word: %(title)s", title=title),
        "kickoff": _("Kick-off: %(title)s", title=title),
    }
    actions = {"sign": _("Decide"), "silent": _("Answer"), "kickoff": _("Complete the checklist")}
    anchors = {"sign": "stage", "silent": "people", "kickoff": "checklist"}
    return {
        "title": titles[task.kind],
        "url": url_for("engagement.show", engagement_id=row.id, _anchor=anchors[task.kind]),
        "context": row.team.name(current_language()),
        "owner": _("You or a colleague"),
        "due_text": show_moment(task.due_at),
        "left_text": show_left(task.due_at),
        "tone": "stop" if is_late or task.kind == "silent" else "waiting",
        "action_label": actions[task.kind],
    }


def _office(counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    words = {
        "asked": _("Requests to stop work: %(count)s", count=counts["asked"]),
        "unsigned": _("Stages that wait for a signature: %(count)s", count=counts["unsigned"]),
        "mentor": _("Work without a mentor: %(count)s", count=counts["mentor"]),
        "overdue": _("Work that is overdue: %(count)s", count=counts["overdue"]),
        "silent": _("Owners who are silent: %(count)s", count=counts["silent"]),
    }
    for key, title in words.items():
        if counts[key]:
            yield {
                "title": title,
                "url": url_for("engagement_board.index", flag=key),
                "owner": _("Programme office"),
                "tone": "stop" if key in ("overdue", "silent") else "waiting",
                "action_label": _("See and decide"),
            }
