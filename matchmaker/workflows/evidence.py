"""The life of a piece of evidence: claimed, perhaps looked at by somebody else, taken back."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class EvidenceState(StrEnum):
    CLAIMED = "claimed"
    ASKED = "asked"
    CHECKED = "checked"
    VERIFIED = "verified"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class EvidenceAction(StrEnum):
    ASK = "ask"
    CHECK = "check"
    VERIFY = "verify"
    REJECT = "reject"
    WITHDRAW = "withdraw"


S, A = EvidenceState, EvidenceAction

EVIDENCE_WORKFLOW = Workflow[EvidenceState, EvidenceAction](
    name="evidence",
    initial=S.CLAIMED,
    table=MappingProxyType(
        {
            (S.CLAIMED, A.ASK): S.ASKED,
            (S.CLAIMED, A.WITHDRAW): S.WITHDRAWN,
            (S.ASKED, A.CHECK): S.CHECKED,
            (S.ASKED, A.VERIFY): S.VERIFIED,
            (S.ASKED, A.REJECT): S.REJECTED,
            (S.ASKED, A.WITHDRAW): S.WITHDRAWN,
            # A copy that was looked at may be confirmed by its source later, or turn out to be false.
            (S.CHECKED, A.VERIFY): S.VERIFIED,
            (S.CHECKED, A.REJECT): S.REJECTED,
            (S.CHECKED, A.WITHDRAW): S.WITHDRAWN,
            (S.VERIFIED, A.REJECT): S.REJECTED,
            (S.VERIFIED, A.WITHDRAW): S.WITHDRAWN,
            (S.REJECTED, A.ASK): S.ASKED,
            (S.REJECTED, A.WITHDRAW): S.WITHDRAWN,
        }
    ),
    labels=MappingProxyType(
        {
            S.CLAIMED: Label(N_("Claimed, not looked at"), N_("Your own word")),
            S.ASKED: Label(N_("Waiting for a decision"), N_("Being looked at"), "waiting"),
            S.CHECKED: Label(N_("Checked"), N_("Checked"), "good"),
            S.VERIFIED: Label(N_("Verified at the source"), N_("Verified at the source"), "good"),
            S.REJECTED: Label(N_("Not accepted"), N_("Not accepted"), "stop"),
            S.WITHDRAWN: Label(N_("Taken back"), N_("Taken back"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ASK: N_("Ask for a look"),
            A.CHECK: N_("Check"),
            A.VERIFY: N_("Verify at the source"),
            A.REJECT: N_("Do not accept"),
            A.WITHDRAW: N_("Take back"),
        }
    ),
)

#: States in which somebody else has agreed.
REVIEWED_STATES = (S.CHECKED, S.VERIFIED)
