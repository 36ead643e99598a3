"""What the reader of an engagement should do next: one thing, in words, with the place on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from matchmaker.models import Engagement, KickoffKey, StageDecision, StopRequest
from matchmaker.queries.engagement_kickoff import Line
from matchmaker.queries.engagement_life import Silence
from matchmaker.services.stage_decision import is_signed_by
from matchmaker.web.i18n import show_moment
from matchmaker.workflows.engagement import EngagementState

#: Which lines of the checklist a side sees to.
TASKS = {
    "team": (KickoffKey.TERMS, KickoffKey.CALENDAR),
    "owner": (KickoffKey.CONTACT, KickoffKey.DATA_ACCESS, KickoffKey.CALENDAR),
    "office": (KickoffKey.MENTOR,),
}


@dataclass(frozen=True)
class Step:
    """One thing to do, or the word that there is nothing."""

    text: str
    tone: str = "primary"
    #: Where on the page it is done.
    anchor: str = ""
    is_task: bool = True


def next_step(
    row: Engagement,
    side: str | None,
    lines: Sequence[Line],
    proposal: StageDecision | None,
    request: StopRequest | None,
    silence: Silence | None,
) -> Step:
    """The next step of somebody on *side*."""
    if not row.is_live:
        return _ended(row)
    if side == "office" and request is not None:
        return Step(_("A side asks to stop: decide."), "waiting", "stop")
    if proposal is not None and side in ("owner", "office"):
        return _proposed(proposal, side)
    is_kickoff = row.state is EngagementState.KICKOFF
    if silence is not None and (side == "office" or (side == "owner" and not is_kickoff)):
        return _silent(side, silence)
    if is_kickoff:
        return _kickoff(row, side, lines)
    return _at_work(row, side)


def _ended(row: Engagement) -> Step:
    if row.state is EngagementState.COMPLETED:
        return Step(_("The work is complete. Nothing is left to do here."), "good", "", False)
    return Step(_("The work was stopped. What was done stays readable."), "stop", "", False)


def _proposed(proposal: StageDecision, side: str) -> Step:
    if is_signed_by(proposal, side):
        text = _("Your side has signed. The other side’s signature is missing.")
        return Step(text, "primary", "stage", False)
    return Step(
        _("Read the proposal on this stage, and sign it or say why not."), "waiting", "stage"
    )


def _silent(side: str, silence: Silence) -> Step:
    days = silence.days
    if side == "owner":
        text = _("For %(days)s days the team has heard nothing from you. Write today.", days=days)
        return Step(text, "stop", "people")
    text = _(
        "The owner has been silent for %(days)s days: name another contact, move the dates, or stop.",
        days=days,
    )
    return Step(text, "stop" if silence.step >= 3 else "waiting", "silence")


def _kickoff(row: Engagement, side: str | None, lines: Sequence[Line]) -> Step:
    waiting = [line for line in lines if not line.is_done]
    if not waiting:
        text = _("Everything is there: begin the work.")
        return Step(text, "waiting", "checklist", side in TASKS)
    own = [line for line in waiting if _is_own(line, side)]
    due = show_moment(row.kickoff_due_at)
    if own:
        text = _("Complete your lines of the kick-off checklist by %(due)s.", due=due)
        return Step(text, "waiting", "checklist")
    text = _("Your side is ready. The others complete the checklist by %(due)s.", due=due)
    return Step(text, "primary", "checklist", False)


def _is_own(line: Line, side: str | None) -> bool:
    is_theirs = line.key in TASKS.get(side or "", ())
    return is_theirs and (line.key is not KickoffKey.CALENDAR or line.item.first_side != side)


def _at_work(row: Engagement, side: str | None) -> Step:
    due = show_moment(row.next_due_at)
    texts = {
        "team": _(
            "Deliver what this stage asks for by %(due)s, and say regularly how it stands.", due=due
        ),
        "owner": _(
            "Answer the team and look at what it delivers. The stage ends on %(due)s.", due=due
        ),
        "mentor": _("Accompany the team. The stage ends on %(due)s.", due=due),
    }
    usual = _("Nothing waits for you. The stage ends on %(due)s.", due=due)
    return Step(texts.get(side or "", usual), "primary", "", side == "team")


def own_task(step: Step, side: str | None) -> bool:
    """Whether *step* waits for somebody on *side* and belongs on their desk."""
    return step.is_task and side is not None and step.tone in ("waiting", "stop")
