"""Milestones in words: names, states, times, delays, sides, and what the reader does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    CAUSE_LABELS,
    CAUSE_SIDE_LABELS,
    FEEDBACK_KIND_LABELS,
    MILESTONE_OUTCOME_LABELS,
    PLAN_CHANGE_LABELS,
    SIDE_OF,
    Cause,
    ExtensionRequest,
    Milestone,
    MilestoneChange,
    MilestoneFeedback,
    MilestoneOutcome,
    MilestoneVersion,
    User,
)
from matchmaker.queries.milestone import days_of, opinion_of
from matchmaker.services.milestone_decision import why_not_yet
from matchmaker.services.milestone_letters import title_of
from matchmaker.web import text_difference
from matchmaker.web.desk import tone_until
from matchmaker.web.i18n import say, show_left, show_moment
from matchmaker.workflows.extension_request import EXTENSION_REQUEST_WORKFLOW
from matchmaker.workflows.milestone import MILESTONE_WORKFLOW, MilestoneState
from matchmaker.workflows.milestone_change import MILESTONE_CHANGE_WORKFLOW

SIDES = {
    "team": N_("Team"),
    "owner": N_("Owner"),
    "mentor": N_("Mentor"),
    "office": N_("Programme office"),
}
OUTCOME_TONES = {"passed": "good", "partly": "primary", "failed": "stop"}


def title(milestone: Milestone) -> str:
    """What it is called."""
    return say(title_of(milestone.stage, milestone.title))


def title_in(stage: str, text: str) -> str:
    """What a milestone of *stage* with the title *text* is called."""
    return say(title_of(stage, text))


def state_chip_of(milestone: Milestone, side: str | None) -> tuple[str, str]:
    """The state in words and its tone; for the side that has to act, what is to be done."""
    label = MILESTONE_WORKFLOW.labels[milestone.state]
    return say(label.staff if side == "office" else label.public), label.tone


def extension_chip_of(request: ExtensionRequest, side: str | None) -> tuple[str, str]:
    """The state of a request for more time, and its tone."""
    label = EXTENSION_REQUEST_WORKFLOW.labels[request.state]
    return say(label.staff if side == "office" else label.public), label.tone


def change_chip_of(change: MilestoneChange, side: str | None) -> tuple[str, str]:
    """The state of a proposed change, and its tone."""
    label = MILESTONE_CHANGE_WORKFLOW.labels[change.state]
    return say(label.staff if side in ("office", "owner") else label.public), label.tone


def zoned(moment: datetime) -> str:
    """A moment with the zone it is meant in."""
    return show_moment(moment)


def due_chip(milestone: Milestone) -> dict[str, str] | None:
    """Who has the next step, by when, and what is left; None if nothing is left to do."""
    due = milestone.next_due_at
    if due is None:
        return None
    is_looked_at = milestone.state is MilestoneState.SUBMITTED
    return {
        "owner": str(_("To be looked at by") if is_looked_at else _("Due")),
        "due_text": zoned(due),
        "left_text": show_left(due),
        "tone": "stop" if due < utcnow() else tone_until(due),
    }


def late_text(version: MilestoneVersion) -> str:
    """How late a version came; empty if it was in time."""
    if not version.late:
        return ""
    if version.late < timedelta(days=1):
        hours = max(1, -(-version.late // timedelta(hours=1)))
        return str(_("Late by %(hours)s h", hours=hours))
    return str(_("Late by %(days)s days", days=days_of(version.late)))


def side_words(side: str | None) -> str:
    """A side of the work."""
    return say(SIDES[side]) if side in SIDES else ""


def cause_words(cause: Cause | None) -> str:
    """A cause with the side on which it lies; empty for none."""
    if cause is None:
        return ""
    return f"{say(CAUSE_LABELS[cause])} ({say(CAUSE_SIDE_LABELS[SIDE_OF[cause]])})"


def outcome_words(outcome: MilestoneOutcome) -> str:
    """A result in words."""
    return say(MILESTONE_OUTCOME_LABELS[outcome])


def feedback_words(said: MilestoneFeedback) -> str:
    """What kind of word it is; an opinion with the result."""
    kind = say(FEEDBACK_KIND_LABELS[said.kind])
    if said.outcome is None:
        return kind
    return str(_("%(what)s: %(outcome)s", what=kind, outcome=outcome_words(said.outcome)))


def change_words(change: MilestoneChange) -> str:
    """What is proposed."""
    return say(PLAN_CHANGE_LABELS[change.kind])


def person(user: User | None) -> str:
    """A name; people whose account was erased have none."""
    return user.name if user and user.name else str(_("Erased account"))


@dataclass(frozen=True)
class Change:
    """What differs between two versions in one respect."""

    label: str
    parts: list[tuple[str, str]]


def changes(before: MilestoneVersion, after: MilestoneVersion) -> list[Change]:
    """What differs between two versions, by character in Chinese and by word in English."""
    found = [(str(_("What was delivered")), before.text, after.text)]
    found.append((str(_("Links")), "\n".join(before.links), "\n".join(after.links)))
    found.append((str(_("Files")), _names(before.files), _names(after.files)))
    return [
        Change(label, text_difference.parts(old, new)) for label, old, new in found if old != new
    ]


def plan_changes(change: MilestoneChange) -> list[Change]:
    """What a proposal would change of the milestone it is about."""
    row = change.milestone
    if row is None:
        return []
    found = (
        (str(_("Title of the milestone")), row.title, change.title),
        (str(_("What is to be delivered")), row.asked, change.asked),
    )
    return [
        Change(label, text_difference.parts(old, new)) for label, old, new in found if old != new
    ]


def _names(files: Sequence[Any]) -> str:
    """The files of a version, each with the beginning of its fingerprint: content may change."""
    return "\n".join(f"{file['name']} ({file['sha256'][:12]})" for file in files)


@dataclass(frozen=True)
class Step:
    """What somebody on a side does now, and where on the page."""

    text: str
    tone: str = "primary"
    anchor: str = ""


def next_step(milestone: Milestone, side: str | None) -> Step:
    """The one thing to do next on a milestone, or the word that there is nothing."""
    if not milestone.is_open:
        return _settled(milestone)
    if milestone.state is MilestoneState.SUBMITTED:
        return _looking(milestone, side)
    return _delivering(milestone, side)


def _settled(milestone: Milestone) -> Step:
    tone = MILESTONE_WORKFLOW.labels[milestone.state].tone
    texts = {
        MilestoneState.PASSED: _("It is reached. There is nothing to do here any more."),
        MilestoneState.PARTLY: _("It is partly reached; the reason stands below."),
        MilestoneState.FAILED: _("It was not reached; cause and reason stand below."),
        MilestoneState.CANCELLED: _("The work ended before it; what was handed in is kept."),
        MilestoneState.DROPPED: _("It is no longer part of the plan."),
    }
    return Step(str(texts[milestone.state]), tone, "decision" if milestone.is_decided else "")


def _looking(milestone: Milestone, side: str | None) -> Step:
    said = opinion_of(milestone)
    due = zoned(milestone.review_due_at or utcnow())
    if side == "owner":
        if said is None:
            text = _("Look at it by %(due)s: give your opinion, or request changes.", due=due)
            return Step(str(text), "waiting", "opinion")
        return Step(str(_("You have given your opinion; the office decides.")))
    if side == "office":
        if why_not_yet(milestone, utcnow()) is not None:
            return Step(str(_("The owner has until %(due)s to say what it thinks.", due=due)))
        if said is None:
            text = _("The owner has said nothing in time: you may decide alone.")
            return Step(str(text), "waiting", "decide")
        return Step(str(_("The owner has given its opinion: decide.")), "waiting", "decide")
    if side == "mentor":
        return Step(str(_("Look at it and say what you think.")), anchor="comments")
    text = _(
        "Owner and office look at it until %(due)s. You can still hand in a better version.",
        due=due,
    )
    return Step(str(text))


def _delivering(milestone: Milestone, side: str | None) -> Step:
    due = milestone.next_due_at or milestone.due_at
    is_late = due < utcnow()
    tone = "stop" if is_late else "waiting"
    if side == "team":
        if milestone.state is MilestoneState.CHANGES_REQUESTED:
            text = _("Change what was asked for, and hand in again by %(due)s.", due=zoned(due))
        elif is_late:
            text = _(
                "It was due on %(due)s. Hand it in late, or ask for more time.", due=zoned(due)
            )
        else:
            text = _("Write it together and hand it in by %(due)s.", due=zoned(due))
        return Step(str(text), tone, "write")
    if is_late and side == "office":
        text = _("The team has not handed it in. Ask the team, or decide that it was not reached.")
        return Step(str(text), "stop", "decide")
    return Step(str(_("The team has the next step, until %(due)s.", due=zoned(due))), "primary")
