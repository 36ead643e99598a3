"""The life of a letter on its way to one person."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class DeliveryState(StrEnum):
    WAITING = "waiting"
    HELD = "held"
    GATHERED = "gathered"
    SHOWN = "shown"
    SENT = "sent"
    FAILED = "failed"
    DISCARDED = "discarded"


class DeliveryAction(StrEnum):
    HOLD = "hold"
    RELEASE = "release"
    GATHER = "gather"
    SHOW = "show"
    SEND = "send"
    FAIL = "fail"
    RETRY = "retry"
    DISCARD = "discard"


S, A = DeliveryState, DeliveryAction

DELIVERY_WORKFLOW = Workflow[DeliveryState, DeliveryAction](
    name="delivery",
    initial=S.WAITING,
    table=MappingProxyType(
        {
            (S.WAITING, A.SEND): S.SENT,
            (S.WAITING, A.FAIL): S.FAILED,
            (S.WAITING, A.HOLD): S.HELD,
            (S.WAITING, A.GATHER): S.GATHERED,
            (S.WAITING, A.SHOW): S.SHOWN,
            (S.WAITING, A.DISCARD): S.DISCARDED,
            (S.HELD, A.RELEASE): S.WAITING,
            (S.HELD, A.DISCARD): S.DISCARDED,
            (S.GATHERED, A.SEND): S.SENT,
            (S.GATHERED, A.HOLD): S.HELD,
            (S.GATHERED, A.DISCARD): S.DISCARDED,
            (S.FAILED, A.RETRY): S.WAITING,
            (S.FAILED, A.DISCARD): S.DISCARDED,
            # The account was erased: nobody is left to tell.
            (S.SHOWN, A.DISCARD): S.DISCARDED,
        }
    ),
    labels=MappingProxyType(
        {
            S.WAITING: Label(N_("About to leave"), N_("On its way"), "waiting"),
            S.HELD: Label(N_("Kept back"), N_("Not yet sent"), "waiting"),
            S.GATHERED: Label(N_("In the next digest"), N_("In your next digest")),
            S.SHOWN: Label(N_("In the app only"), N_("Here only")),
            S.SENT: Label(N_("Letter sent"), N_("Sent by e-mail too"), "good"),
            S.FAILED: Label(N_("Could not be delivered"), N_("E-mail failed"), "stop"),
            S.DISCARDED: Label(N_("Discarded"), N_("Not sent"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.HOLD: N_("Hold back"),
            A.RELEASE: N_("Let it go"),
            A.GATHER: N_("Put into the digest"),
            A.SHOW: N_("Show in the app only"),
            A.SEND: N_("Send the letter"),
            A.FAIL: N_("Note the failure"),
            A.RETRY: N_("Try again"),
            A.DISCARD: N_("Discard the letter"),
        }
    ),
)

#: States in which the recipient finds the letter in the app.
TOLD_STATES = (S.WAITING, S.GATHERED, S.SHOWN, S.SENT, S.FAILED)
#: States in which nothing has left yet.
PENDING_STATES = (S.WAITING, S.HELD, S.GATHERED)
