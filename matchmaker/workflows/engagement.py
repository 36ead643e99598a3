"""The life of an engagement: a team with a confirmed place works on a problem, stage by stage.

Which stages there are, the problem's grade says: the table knows all of them, and
`services.engagement` takes those that the engagement has. Undoing an end leads back to the state
it was ended in.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class EngagementState(StrEnum):
    KICKOFF = "kickoff"
    POC = "poc"
    POS = "pos"
    POB = "pob"
    COMPLETED = "completed"
    STOPPED = "stopped"


class EngagementAction(StrEnum):
    START_POC = "start_poc"
    START_POS = "start_pos"
    START_POB = "start_pob"
    COMPLETE = "complete"
    STOP = "stop"
    RESUME_KICKOFF = "resume_kickoff"
    RESUME_POC = "resume_poc"
    RESUME_POS = "resume_pos"
    RESUME_POB = "resume_pob"


S, A = EngagementState, EngagementAction

ENGAGEMENT_WORKFLOW = Workflow[EngagementState, EngagementAction](
    name="engagement",
    initial=S.KICKOFF,
    table=MappingProxyType(
        {
            (S.KICKOFF, A.START_POC): S.POC,
            (S.KICKOFF, A.START_POS): S.POS,
            (S.KICKOFF, A.START_POB): S.POB,
            (S.KICKOFF, A.STOP): S.STOPPED,
            (S.POC, A.START_POS): S.POS,
            (S.POC, A.START_POB): S.POB,
            (S.POC, A.COMPLETE): S.COMPLETED,
            (S.POC, A.STOP): S.STOPPED,
            (S.POS, A.START_POB): S.POB,
            (S.POS, A.COMPLETE): S.COMPLETED,
            (S.POS, A.STOP): S.STOPPED,
            (S.POB, A.COMPLETE): S.COMPLETED,
            (S.POB, A.STOP): S.STOPPED,
            # An end that was wrong is taken back, with a reason, to where it was.
            (S.STOPPED, A.RESUME_KICKOFF): S.KICKOFF,
            (S.STOPPED, A.RESUME_POC): S.POC,
            (S.STOPPED, A.RESUME_POS): S.POS,
            (S.STOPPED, A.RESUME_POB): S.POB,
            (S.COMPLETED, A.RESUME_POC): S.POC,
            (S.COMPLETED, A.RESUME_POS): S.POS,
            (S.COMPLETED, A.RESUME_POB): S.POB,
        }
    ),
    labels=MappingProxyType(
        {
            S.KICKOFF: Label(N_("Kick-off"), N_("Kick-off: getting ready"), "waiting"),
            S.POC: Label(N_("Proof of concept"), N_("Proof of concept"), "primary"),
            S.POS: Label(N_("Proof of service"), N_("Proof of service"), "primary"),
            S.POB: Label(N_("Proof of business"), N_("Proof of business"), "primary"),
            S.COMPLETED: Label(N_("Work completed"), N_("Work completed"), "good"),
            S.STOPPED: Label(N_("Stopped early"), N_("Stopped early"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.START_POC: N_("Begin the proof of concept"),
            A.START_POS: N_("Begin the proof of service"),
            A.START_POB: N_("Begin the proof of business"),
            A.COMPLETE: N_("Complete"),
            A.STOP: N_("Stop early"),
            A.RESUME_KICKOFF: N_("Go back to kick-off"),
            A.RESUME_POC: N_("Go back to the proof of concept"),
            A.RESUME_POS: N_("Go back to the proof of service"),
            A.RESUME_POB: N_("Go back to the proof of business"),
        }
    ),
)

#: The states of the stages, by the name that grades use.
STAGE_STATES = MappingProxyType({"PoC": S.POC, "PoS": S.POS, "PoB": S.POB})
#: The same the other way round.
STAGE_NAMES = MappingProxyType({state: stage for stage, state in STAGE_STATES.items()})
#: States in which work goes on, or is about to.
LIVE_STATES = (S.KICKOFF, S.POC, S.POS, S.POB)
ENDED_STATES = (S.COMPLETED, S.STOPPED)
#: What leads into a stage.
START_ACTIONS = MappingProxyType({"PoC": A.START_POC, "PoS": A.START_POS, "PoB": A.START_POB})
#: What leads back to the state in which an engagement was ended.
RESUME_ACTIONS = MappingProxyType(
    {
        S.KICKOFF: A.RESUME_KICKOFF,
        S.POC: A.RESUME_POC,
        S.POS: A.RESUME_POS,
        S.POB: A.RESUME_POB,
    }
)
