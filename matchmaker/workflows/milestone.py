"""The life of a milestone: planned, handed in, sent back as often as needed, decided.

A decision that turns out to be false is reopened: back to where it can be decided anew, which is
another state for what was never handed in. What ends with its engagement comes back with it.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class MilestoneState(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


class MilestoneAction(StrEnum):
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    REACH = "reach"
    REACH_PARTLY = "reach_partly"
    MISS = "miss"
    REOPEN = "reopen"
    REOPEN_PLANNED = "reopen_planned"
    CANCEL = "cancel"
    DROP = "drop"
    RESTORE_PLANNED = "restore_planned"
    RESTORE_SUBMITTED = "restore_submitted"
    RESTORE_CHANGES = "restore_changes"


S, A = MilestoneState, MilestoneAction

MILESTONE_WORKFLOW = Workflow[MilestoneState, MilestoneAction](
    name="milestone",
    initial=S.PLANNED,
    table=MappingProxyType(
        {
            (S.PLANNED, A.SUBMIT): S.SUBMITTED,
            # What is never handed in can only fail.
            (S.PLANNED, A.MISS): S.FAILED,
            (S.PLANNED, A.DROP): S.DROPPED,
            (S.PLANNED, A.CANCEL): S.CANCELLED,
            # Until somebody has looked at it, the team may hand in a better version.
            (S.SUBMITTED, A.SUBMIT): S.SUBMITTED,
            (S.SUBMITTED, A.REQUEST_CHANGES): S.CHANGES_REQUESTED,
            (S.SUBMITTED, A.REACH): S.PASSED,
            (S.SUBMITTED, A.REACH_PARTLY): S.PARTLY,
            (S.SUBMITTED, A.MISS): S.FAILED,
            (S.SUBMITTED, A.CANCEL): S.CANCELLED,
            (S.CHANGES_REQUESTED, A.SUBMIT): S.SUBMITTED,
            (S.CHANGES_REQUESTED, A.REACH): S.PASSED,
            (S.CHANGES_REQUESTED, A.REACH_PARTLY): S.PARTLY,
            (S.CHANGES_REQUESTED, A.MISS): S.FAILED,
            (S.CHANGES_REQUESTED, A.CANCEL): S.CANCELLED,
            (S.PASSED, A.REOPEN): S.SUBMITTED,
            (S.PARTLY, A.REOPEN): S.SUBMITTED,
            (S.FAILED, A.REOPEN): S.SUBMITTED,
            (S.FAILED, A.REOPEN_PLANNED): S.PLANNED,
            (S.CANCELLED, A.RESTORE_PLANNED): S.PLANNED,
            (S.CANCELLED, A.RESTORE_SUBMITTED): S.SUBMITTED,
            (S.CANCELLED, A.RESTORE_CHANGES): S.CHANGES_REQUESTED,
        }
    ),
    labels=MappingProxyType(
        {
            S.PLANNED: Label(N_("Planned"), N_("Planned")),
            S.SUBMITTED: Label(N_("Handed in: to be looked at"), N_("Handed in"), "waiting"),
            S.CHANGES_REQUESTED: Label(N_("Changes requested"), N_("Changes requested"), "waiting"),
            S.PASSED: Label(N_("Milestone reached"), N_("Milestone reached"), "good"),
            S.PARTLY: Label(N_("Partly reached"), N_("Partly reached"), "primary"),
            S.FAILED: Label(N_("Not reached"), N_("Not reached"), "stop"),
            S.CANCELLED: Label(N_("Ended with the work"), N_("Ended with the work")),
            S.DROPPED: Label(N_("Taken out of the plan"), N_("Taken out of the plan")),
        }
    ),
    actions=MappingProxyType(
        {
            A.SUBMIT: N_("Hand in a version"),
            A.REQUEST_CHANGES: N_("Request changes"),
            A.REACH: N_("Decide that it is reached"),
            A.REACH_PARTLY: N_("Decide that it is partly reached"),
            A.MISS: N_("Decide that it is not reached"),
            A.REOPEN: N_("Reopen the decision"),
            A.REOPEN_PLANNED: N_("Reopen the decision on what was never handed in"),
            A.CANCEL: N_("End it with the work"),
            A.DROP: N_("Take it out of the plan"),
            A.RESTORE_PLANNED: N_("Bring it back as planned"),
            A.RESTORE_SUBMITTED: N_("Bring it back as handed in"),
            A.RESTORE_CHANGES: N_("Bring it back with changes requested"),
        }
    ),
)

#: States in which something is still to be done.
OPEN_STATES = (S.PLANNED, S.SUBMITTED, S.CHANGES_REQUESTED)
DECIDED_STATES = (S.PASSED, S.PARTLY, S.FAILED)
#: The action that leads to each result.
RESULT_ACTIONS = MappingProxyType({S.PASSED: A.REACH, S.PARTLY: A.REACH_PARTLY, S.FAILED: A.MISS})
#: The action that brings back what ended with its engagement.
RESTORE_ACTIONS = MappingProxyType(
    {
        S.PLANNED: A.RESTORE_PLANNED,
        S.SUBMITTED: A.RESTORE_SUBMITTED,
        S.CHANGES_REQUESTED: A.RESTORE_CHANGES,
    }
)
