"""The life of an attachment: received, looked at by the virus scanner if there is one, removed."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AttachmentState(StrEnum):
    RECEIVED = "received"
    PASSED = "passed"
    UNSCANNED = "unscanned"
    INFECTED = "infected"
    FAILED = "failed"
    REMOVED = "removed"


class AttachmentAction(StrEnum):
    PASS = "pass"  # noqa: S105 -- a scanner's verdict
    SKIP = "skip"
    REJECT = "reject"
    FAIL = "fail"
    RESCAN = "rescan"
    REMOVE = "remove"


S, A = AttachmentState, AttachmentAction

ATTACHMENT_WORKFLOW = Workflow[AttachmentState, AttachmentAction](
    name="attachment",
    initial=S.RECEIVED,
    table=MappingProxyType(
        {
            (S.RECEIVED, A.PASS): S.PASSED,
            (S.RECEIVED, A.SKIP): S.UNSCANNED,
            (S.RECEIVED, A.REJECT): S.INFECTED,
            (S.RECEIVED, A.FAIL): S.FAILED,
            (S.RECEIVED, A.REMOVE): S.REMOVED,
            (S.PASSED, A.RESCAN): S.RECEIVED,
            (S.PASSED, A.REMOVE): S.REMOVED,
            (S.UNSCANNED, A.RESCAN): S.RECEIVED,
            (S.UNSCANNED, A.REMOVE): S.REMOVED,
            (S.FAILED, A.PASS): S.PASSED,
            (S.FAILED, A.REJECT): S.INFECTED,
            (S.FAILED, A.FAIL): S.FAILED,
            (S.FAILED, A.RESCAN): S.RECEIVED,
            (S.FAILED, A.REMOVE): S.REMOVED,
            (S.INFECTED, A.RESCAN): S.RECEIVED,
            (S.INFECTED, A.REMOVE): S.REMOVED,
        }
    ),
    labels=MappingProxyType(
        {
            S.RECEIVED: Label(
                N_("Waiting for the virus scanner"), N_("Being checked for viruses"), "waiting"
            ),
            S.PASSED: Label(N_("Scanned, nothing found"), N_("Checked for viruses"), "good"),
            S.UNSCANNED: Label(
                N_("Not scanned: no scanner is configured"), N_("Not checked for viruses")
            ),
            S.INFECTED: Label(N_("The scanner found something"), N_("Held back"), "stop"),
            S.FAILED: Label(N_("The scanner failed"), N_("Not checked yet, held back"), "waiting"),
            S.REMOVED: Label(N_("Removed"), N_("Removed")),
        }
    ),
    actions=MappingProxyType(
        {
            A.PASS: N_("Pass the scan"),
            A.SKIP: N_("Offer without a scan"),
            A.REJECT: N_("Hold back what the scanner found"),
            A.FAIL: N_("Note that the scanner failed"),
            A.RESCAN: N_("Scan again"),
            A.REMOVE: N_("Remove file"),
        }
    ),
)

#: States in which a file may be opened by those who may see it.
OFFERED_STATES = (S.PASSED, S.UNSCANNED)
