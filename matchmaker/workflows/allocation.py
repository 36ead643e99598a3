"""The life of an allocation: one proposal of which teams work on which problems of a call."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AllocationState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEPLOYED = "deployed"
    UNDONE = "undone"


class AllocationAction(StrEnum):
    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    DEPLOY = "deploy"
    UNDO = "undo"


S, A = AllocationState, AllocationAction

ALLOCATION_WORKFLOW = Workflow[AllocationState, AllocationAction](
    name="allocation",
    initial=S.QUEUED,
    table=MappingProxyType(
        {
            (S.QUEUED, A.START): S.RUNNING,
            (S.QUEUED, A.FAIL): S.FAILED,
            (S.QUEUED, A.CANCEL): S.CANCELLED,
            # A worker that died leaves the allocation running; the next one starts it afresh.
            (S.RUNNING, A.START): S.RUNNING,
            (S.RUNNING, A.FINISH): S.DONE,
            (S.RUNNING, A.FAIL): S.FAILED,
            (S.RUNNING, A.CANCEL): S.CANCELLED,
            (S.DONE, A.DEPLOY): S.DEPLOYED,
            (S.DEPLOYED, A.UNDO): S.UNDONE,
            (S.UNDONE, A.DEPLOY): S.DEPLOYED,
        }
    ),
    labels=MappingProxyType(
        {
            S.QUEUED: Label(N_("Waiting to start"), N_("Waiting to start"), "waiting"),
            S.RUNNING: Label(N_("Running"), N_("Running"), "waiting"),
            S.DONE: Label(N_("Proposal to look at"), N_("Proposal to look at"), "primary"),
            S.FAILED: Label(N_("No allocation found"), N_("No allocation found"), "stop"),
            S.CANCELLED: Label(N_("Cancelled"), N_("Cancelled"), "stop"),
            S.DEPLOYED: Label(N_("In use for the decision"), N_("In use for the decision"), "good"),
            S.UNDONE: Label(N_("Taken back"), N_("Taken back")),
        }
    ),
    actions=MappingProxyType(
        {
            A.START: N_("Start"),
            A.FINISH: N_("Finish"),
            A.FAIL: N_("Fail"),
            A.CANCEL: N_("Cancel"),
            A.DEPLOY: N_("Use for the decision"),
            A.UNDO: N_("Take back"),
        }
    ),
)
