"""Engagements in words: states, stages with their times, and what the reader should do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from matchmaker.i18n import N_
from matchmaker.models import (
    CAUSE_LABELS,
    CAUSE_SIDE_LABELS,
    KICKOFF_LABELS,
    SIDE_OF,
    STAGE_OUTCOME_LABELS,
    AuditEvent,
    Cause,
    Engagement,
    KickoffKey,
    Milestone,
    StageDecision,
    User,
)
from matchmaker.policies.engagement import side_of
from matchmaker.queries.engagement import engagements_of
from matchmaker.services.milestone_letters import title_of as title_of_milestone
from matchmaker.web.audit_actions import action_words
from matchmaker.web.auth import actor
from matchmaker.web.check_in_words import light_words
from matchmaker.web.desk import tone_until
from matchmaker.web.engagement_tabs import tabs
from matchmaker.web.i18n import current_language, say, show_day, show_left, show_moment
from matchmaker.web.transaction import db_session
from matchmaker.workflows.engagement import (
    ENGAGEMENT_WORKFLOW,
    STAGE_STATES,
    EngagementState,
)

__all__ = ["light_words", "tabs"]  # The frame of the pages asks for them here.

SIDES = {
    "team": N_("Team"),
    "owner": N_("Owner"),
    "mentor": N_("Mentor"),
    "office": N_("Programme office"),
    "programme": N_("Programme"),
    "outside": N_("Outside everybody’s reach"),
}
DOERS = {
    KickoffKey.TERMS: N_("Every member of the team, in the data room"),
    KickoffKey.DATA_ACCESS: N_("The owner"),
    KickoffKey.CONTACT: N_("The owner"),
    KickoffKey.MENTOR: N_("The programme office"),
    KickoffKey.CALENDAR: N_("A word each from team and owner"),
}


def title_of(engagement: Engagement) -> str:
    """The problem's title in the reader's language."""
    return engagement.problem.title(current_language()) or str(_("Untitled problem"))


def state_chip_of(engagement: Engagement) -> tuple[str, str]:
    """The state in words and its tone: the office's word for the office, the public one else."""
    label = ENGAGEMENT_WORKFLOW.labels[engagement.state]
    is_office = side_of(actor(), engagement) == "office"
    return say(label.staff if is_office else label.public), label.tone


def stage_name(stage: str) -> str:
    """A stage in words, with the short name that grades use."""
    name = say(ENGAGEMENT_WORKFLOW.labels[STAGE_STATES[stage]].public)
    return f"{name} ({stage})"


def due_chip(engagement: Engagement) -> dict[str, str] | None:
    """Owner, time and what is left of the present step; None after the end."""
    due = engagement.next_due_at
    if due is None:
        return None
    name = stage_name(engagement.stage) if engagement.stage else str(_("Kick-off"))
    return {
        "owner": name,
        "due_text": show_moment(due),
        "left_text": show_left(due),
        "tone": tone_until(due),
    }


def steps_of(engagement: Engagement) -> tuple[list[dict[str, Any]], int]:
    """The way of an engagement as steps with their times, and the number of the present one."""
    kickoff = engagement.started_at or engagement.kickoff_due_at
    steps = [{"label": str(_("Kick-off")), "note": _note(engagement.started_at, kickoff)}]
    steps += [
        {"label": stage_name(row.stage), "note": _note(row.ended_at, row.due_at)}
        for row in engagement.plan
    ]
    label = ENGAGEMENT_WORKFLOW.labels[
        EngagementState.STOPPED
        if engagement.state is EngagementState.STOPPED
        else EngagementState.COMPLETED
    ]
    ended = show_day(engagement.ended_at) if engagement.ended_at else ""
    steps.append({"label": say(label.public), "note": ended})
    return steps, _position(engagement, len(steps))


def _note(ended: Any, due: Any) -> str:
    if ended is not None:
        return str(_("done %(day)s", day=show_day(ended)))
    return str(_("due %(day)s", day=show_day(due)))


def _position(engagement: Engagement, last: int) -> int:
    if engagement.state is EngagementState.COMPLETED:
        return last + 1
    if engagement.state is EngagementState.STOPPED:
        return last
    stages = list(engagement.stages)
    return 2 + stages.index(engagement.stage) if engagement.stage in stages else 1


def my_side(engagement: Engagement) -> str:
    """The side on which the reader stands; empty for none."""
    return side_of(actor(), engagement) or ""


def side_words(side: str | None) -> str:
    """Whose side somebody is on, in words."""
    return say(SIDES.get(side or "", N_("Programme")))


def person_words(engagement: Engagement, user: User | None) -> str:
    """Who did something: a name where people work together, else the office."""
    if user is None:
        return str(_("The system"))
    if side_of(user, engagement) in ("team", "owner", "mentor"):
        return user.name or str(_("Erased account"))
    return str(_("Programme office"))


def doer_of(key: KickoffKey) -> str:
    """Who sees to a line of the checklist."""
    return say(DOERS[key])


def cause_words(cause: Cause | None) -> str:
    """A cause with the side on which it lies."""
    if cause is None:
        return ""
    side = say(CAUSE_SIDE_LABELS[SIDE_OF[cause]])
    return str(_("%(cause)s (%(side)s)", cause=say(CAUSE_LABELS[cause]), side=side))


def outcome_words(decision: StageDecision) -> str:
    """Go on or stop, in words."""
    return say(STAGE_OUTCOME_LABELS[decision.outcome])


def reason_of(event: AuditEvent) -> str:
    """The reason that an event of the history gives."""
    return str(event.data.get("reason") or "")


def happened(event: AuditEvent) -> str:
    """What an event of the history was."""
    return action_words(event.action)


def kickoff_label(key: KickoffKey) -> str:
    """A line of the checklist in words."""
    return say(KICKOFF_LABELS[key])


def tone_of(due: datetime) -> str:
    """How pressing something due then is."""
    return tone_until(due)


def work_on(
    *, problem: int | None = None, team: int | None = None, application: int | None = None
) -> Sequence[Engagement]:
    """What the reader may know of the work on a problem, of a team or of an application."""
    return engagements_of(
        db_session(), actor(), problem_id=problem, team_id=team, application_id=application
    )


def milestone_title(milestone: Milestone) -> str:
    """What a milestone is called."""
    return say(title_of_milestone(milestone.stage, milestone.title))
