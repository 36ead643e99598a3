"""The life of an in-house call: asked for, opened or declined by the office, closed by its officers."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class PrivateCallState(StrEnum):
    REQUESTED = "requested"
    OPEN = "open"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PrivateCallAction(StrEnum):
    OPEN = "open"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"


S, A = PrivateCallState, PrivateCallAction

PRIVATE_CALL_WORKFLOW = Workflow[PrivateCallState, PrivateCallAction](
    name="private_call",
    initial=S.REQUESTED,
    table=MappingProxyType(
        {
            (S.REQUESTED, A.OPEN): S.OPEN,
            (S.REQUESTED, A.DECLINE): S.DECLINED,
            (S.REQUESTED, A.WITHDRAW): S.WITHDRAWN,
            (S.OPEN, A.CLOSE): S.CLOSED,
            (S.CLOSED, A.REOPEN): S.OPEN,
        }
    ),
    labels=MappingProxyType(
        {
            S.REQUESTED: Label(
                N_("Request to be decided"), N_("Waiting for the office"), "waiting"
            ),
            S.OPEN: Label(N_("Running"), N_("Running"), "good"),
            S.CLOSED: Label(N_("Ended"), N_("Ended")),
            S.DECLINED: Label(N_("Declined"), N_("Declined"), "stop"),
            S.WITHDRAWN: Label(N_("Withdrawn"), N_("Withdrawn")),
        }
    ),
    actions=MappingProxyType(
        {
            A.OPEN: N_("Open the call"),
            A.DECLINE: N_("Decline the request"),
            A.WITHDRAW: N_("Withdraw the request"),
            A.CLOSE: N_("End the call"),
            A.REOPEN: N_("Run the call again"),
        }
    ),
)
