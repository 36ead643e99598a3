"""The life of a panel: two reviewers score a problem, compare, and the office signs."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class GradingPanelState(StrEnum):
    SCORING = "scoring"
    DISCUSSION = "discussion"
    SETTLED = "settled"
    SIGNED = "signed"
    STOPPED = "stopped"


class GradingPanelAction(StrEnum):
    DISCUSS = "discuss"
    AGREE = "agree"
    SETTLE = "settle"
    SCORE_AGAIN = "score_again"
    SIGN = "sign"
    STOP = "stop"


S, A = GradingPanelState, GradingPanelAction

GRADING_PANEL_WORKFLOW = Workflow[GradingPanelState, GradingPanelAction](
    name="grading_panel",
    initial=S.SCORING,
    table=MappingProxyType(
        {
            (S.SCORING, A.DISCUSS): S.DISCUSSION,
            (S.SCORING, A.AGREE): S.SETTLED,
            (S.SCORING, A.STOP): S.STOPPED,
            (S.DISCUSSION, A.AGREE): S.SETTLED,
            (S.DISCUSSION, A.SETTLE): S.SETTLED,
            # A reviewer who drops out after handing in leaves a seat to be filled and scored anew.
            (S.DISCUSSION, A.SCORE_AGAIN): S.SCORING,
            (S.DISCUSSION, A.STOP): S.STOPPED,
            (S.SETTLED, A.DISCUSS): S.DISCUSSION,
            (S.SETTLED, A.SCORE_AGAIN): S.SCORING,
            (S.SETTLED, A.SIGN): S.SIGNED,
            (S.SETTLED, A.STOP): S.STOPPED,
        }
    ),
    labels=MappingProxyType(
        {
            S.SCORING: Label(N_("Reviewers score"), N_("Being graded"), "waiting"),
            S.DISCUSSION: Label(N_("Reviewers discuss"), N_("Being graded"), "waiting"),
            S.SETTLED: Label(N_("Ready to sign"), N_("Being graded"), "primary"),
            S.SIGNED: Label(N_("Signed"), N_("Graded"), "good"),
            S.STOPPED: Label(N_("Stopped"), N_("Stopped"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.DISCUSS: N_("Discuss the differences"),
            A.AGREE: N_("Note that they agree"),
            A.SETTLE: N_("End the discussion"),
            A.SCORE_AGAIN: N_("Have a seat scored anew"),
            A.SIGN: N_("Sign the grade"),
            A.STOP: N_("Stop the panel"),
        }
    ),
)

#: States in which something is still to be done.
OPEN_STATES = (S.SCORING, S.DISCUSSION, S.SETTLED)
#: States in which both reviewers have handed in and may see each other's points.
COMPARED_STATES = (S.DISCUSSION, S.SETTLED, S.SIGNED)
