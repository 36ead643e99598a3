"""The life of a referral: an association points an enterprise to the programme, which answers."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ReferralState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ENDED = "ended"


class ReferralAction(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    REVOKE = "revoke"
    EXPIRE = "expire"
    END = "end"


S, A = ReferralState, ReferralAction

REFERRAL_WORKFLOW = Workflow[ReferralState, ReferralAction](
    name="referral",
    initial=S.SENT,
    table=MappingProxyType(
        {
            (S.SENT, A.ACCEPT): S.ACCEPTED,
            (S.SENT, A.DECLINE): S.DECLINED,
            (S.SENT, A.REVOKE): S.REVOKED,
            (S.SENT, A.EXPIRE): S.EXPIRED,
            (S.ACCEPTED, A.END): S.ENDED,
        }
    ),
    labels=MappingProxyType(
        {
            S.SENT: Label(N_("Waiting for an answer"), N_("Your answer is awaited"), "waiting"),
            S.ACCEPTED: Label(N_("Accepted"), N_("Accepted"), "good"),
            S.DECLINED: Label(N_("Turned down"), N_("Turned down"), "stop"),
            S.REVOKED: Label(N_("Taken back"), N_("Taken back"), "stop"),
            S.EXPIRED: Label(N_("Expired"), N_("Expired")),
            S.ENDED: Label(N_("Ended by the member"), N_("Ended")),
        }
    ),
    actions=MappingProxyType(
        {
            A.ACCEPT: N_("Accept"),
            A.DECLINE: N_("Turn down"),
            A.REVOKE: N_("Take back"),
            A.EXPIRE: N_("Expire"),
            A.END: N_("End"),
        }
    ),
)
