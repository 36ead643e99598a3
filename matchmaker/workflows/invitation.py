"""The life of an invitation to join an organization or a team."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class InvitationState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationAction(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    REVOKE = "revoke"
    EXPIRE = "expire"


S, A = InvitationState, InvitationAction

INVITATION_WORKFLOW = Workflow[InvitationState, InvitationAction](
    name="invitation",
    initial=S.PENDING,
    table=MappingProxyType(
        {
            (S.PENDING, A.ACCEPT): S.ACCEPTED,
            (S.PENDING, A.DECLINE): S.DECLINED,
            (S.PENDING, A.REVOKE): S.REVOKED,
            (S.PENDING, A.EXPIRE): S.EXPIRED,
        }
    ),
    labels=MappingProxyType(
        {
            S.PENDING: Label(N_("Waiting for an answer"), N_("Your answer is awaited"), "waiting"),
            S.ACCEPTED: Label(N_("Accepted"), N_("Accepted"), "good"),
            S.DECLINED: Label(N_("Turned down"), N_("Turned down"), "stop"),
            S.REVOKED: Label(N_("Taken back"), N_("Taken back"), "stop"),
            S.EXPIRED: Label(N_("Expired"), N_("Expired")),
        }
    ),
    actions=MappingProxyType(
        {
            A.ACCEPT: N_("Accept"),
            A.DECLINE: N_("Turn down"),
            A.REVOKE: N_("Take back"),
            A.EXPIRE: N_("Expire"),
        }
    ),
)
