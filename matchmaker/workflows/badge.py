"""The life of a badge: issued, and perhaps no longer good. That it expires is told by its day."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class BadgeState(StrEnum):
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class BadgeAction(StrEnum):
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


S, A = BadgeState, BadgeAction

BADGE_WORKFLOW = Workflow[BadgeState, BadgeAction](
    name="badge",
    initial=S.ISSUED,
    table=MappingProxyType(
        {
            (S.ISSUED, A.WITHDRAW): S.WITHDRAWN,
            (S.ISSUED, A.REVOKE): S.REVOKED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ISSUED: Label(N_("Issued"), N_("Valid"), "good"),
            S.WITHDRAWN: Label(N_("Taken back by its holder"), N_("Taken back"), "stop"),
            S.REVOKED: Label(N_("Revoked by the office"), N_("Revoked"), "stop"),
        }
    ),
    actions=MappingProxyType({A.WITHDRAW: N_("Take back"), A.REVOKE: N_("Revoke")}),
)
