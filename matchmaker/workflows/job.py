"""The life of a job: work that outlasts a request."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobAction(StrEnum):
    CLAIM = "claim"
    FINISH = "finish"
    RETRY = "retry"
    FAIL = "fail"
    CANCEL = "cancel"


S, A = JobState, JobAction

JOB_WORKFLOW = Workflow[JobState, JobAction](
    name="job",
    initial=S.QUEUED,
    table=MappingProxyType(
        {
            (S.QUEUED, A.CLAIM): S.RUNNING,
            (S.QUEUED, A.CANCEL): S.CANCELLED,
            (S.QUEUED, A.FAIL): S.FAILED,
            # A lease that ran out: another worker claims the running job again.
            (S.RUNNING, A.CLAIM): S.RUNNING,
            (S.RUNNING, A.FINISH): S.DONE,
            (S.RUNNING, A.RETRY): S.QUEUED,
            (S.RUNNING, A.FAIL): S.FAILED,
            (S.RUNNING, A.CANCEL): S.CANCELLED,
        }
    ),
    labels=MappingProxyType(
        {
            S.QUEUED: Label(N_("Waiting to start"), N_("Waiting to start"), "waiting"),
            S.RUNNING: Label(N_("Running"), N_("Running"), "waiting"),
            S.DONE: Label(N_("Done"), N_("Done"), "good"),
            S.FAILED: Label(N_("Failed"), N_("Failed"), "stop"),
            S.CANCELLED: Label(N_("Cancelled"), N_("Cancelled"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.CLAIM: N_("Start"),
            A.FINISH: N_("Finish"),
            A.RETRY: N_("Try again"),
            A.FAIL: N_("Fail"),
            A.CANCEL: N_("Cancel"),
        }
    ),
)
