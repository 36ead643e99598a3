"""The life of a match run: a ranking of every eligible team against every published problem of a call."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class MatchRunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class MatchRunAction(StrEnum):
    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


S, A = MatchRunState, MatchRunAction

MATCH_RUN_WORKFLOW = Workflow[MatchRunState, MatchRunAction](
    name="match_run",
    initial=S.QUEUED,
    table=MappingProxyType(
        {
            (S.QUEUED, A.START): S.RUNNING,
            (S.QUEUED, A.FAIL): S.FAILED,
            (S.QUEUED, A.CANCEL): S.CANCELLED,
            # A worker that died leaves the run running; the next one starts it afresh.
            (S.RUNNING, A.START): S.RUNNING,
            (S.RUNNING, A.FINISH): S.DONE,
            (S.RUNNING, A.FAIL): S.FAILED,
            (S.RUNNING, A.CANCEL): S.CANCELLED,
            (S.DONE, A.PUBLISH): S.PUBLISHED,
            (S.PUBLISHED, A.SUPERSEDE): S.SUPERSEDED,
        }
    ),
    labels=MappingProxyType(
        {
            S.QUEUED: Label(N_("Waiting to start"), N_("Waiting to start"), "waiting"),
            S.RUNNING: Label(N_("Running"), N_("Running"), "waiting"),
            S.DONE: Label(N_("Ready for review"), N_("Ready for review"), "primary"),
            S.FAILED: Label(N_("Failed"), N_("Failed"), "stop"),
            S.CANCELLED: Label(N_("Cancelled"), N_("Cancelled"), "stop"),
            S.PUBLISHED: Label(N_("Announced"), N_("Announced"), "good"),
            S.SUPERSEDED: Label(N_("Superseded"), N_("Superseded")),
        }
    ),
    actions=MappingProxyType(
        {
            A.START: N_("Start"),
            A.FINISH: N_("Finish"),
            A.FAIL: N_("Fail"),
            A.CANCEL: N_("Cancel"),
            A.PUBLISH: N_("Publish"),
            A.SUPERSEDE: N_("Supersede"),
        }
    ),
)
