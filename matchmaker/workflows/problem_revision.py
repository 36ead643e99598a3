"""The life of a problem's revision: recorded at once, or proposed for a problem that is published."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ProblemRevisionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCREENING = "screening"
    RETURNED = "returned"
    RECORDED = "recorded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProblemRevisionAction(StrEnum):
    RECORD = "record"
    SUBMIT = "submit"
    SCREEN = "screen"
    RETURN = "return"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


S, A = ProblemRevisionState, ProblemRevisionAction

PROBLEM_REVISION_WORKFLOW = Workflow[ProblemRevisionState, ProblemRevisionAction](
    name="problem_revision",
    initial=S.DRAFT,
    table=MappingProxyType(
        {
            # What an owner saves before publication counts at once.
            (S.DRAFT, A.RECORD): S.RECORDED,
            (S.DRAFT, A.SUBMIT): S.SUBMITTED,
            (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
            (S.SUBMITTED, A.SCREEN): S.SCREENING,
            (S.SUBMITTED, A.WITHDRAW): S.WITHDRAWN,
            (S.SCREENING, A.ACCEPT): S.RECORDED,
            (S.SCREENING, A.RETURN): S.RETURNED,
            (S.SCREENING, A.DECLINE): S.DECLINED,
            (S.SCREENING, A.WITHDRAW): S.WITHDRAWN,
            (S.RETURNED, A.SUBMIT): S.SUBMITTED,
            (S.RETURNED, A.WITHDRAW): S.WITHDRAWN,
        }
    ),
    labels=MappingProxyType(
        {
            S.DRAFT: Label(N_("Draft"), N_("Draft")),
            S.SUBMITTED: Label(N_("Waiting for screening"), N_("Received"), "waiting"),
            S.SCREENING: Label(N_("In screening"), N_("Being looked at"), "waiting"),
            S.RETURNED: Label(N_("Returned to owner"), N_("Needs your changes"), "waiting"),
            S.RECORDED: Label(N_("In force"), N_("In force"), "good"),
            S.DECLINED: Label(N_("Declined"), N_("Declined"), "stop"),
            S.WITHDRAWN: Label(N_("Withdrawn"), N_("Withdrawn"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.RECORD: N_("Record"),
            A.SUBMIT: N_("Submit"),
            A.SCREEN: N_("Start screening"),
            A.RETURN: N_("Return to owner"),
            A.ACCEPT: N_("Accept the change"),
            A.DECLINE: N_("Decline the change"),
            A.WITHDRAW: N_("Withdraw"),
        }
    ),
)

#: States in which a proposed change waits for somebody: there is at most one such at a time.
OPEN_STATES = (S.DRAFT, S.SUBMITTED, S.SCREENING, S.RETURNED)
#: States in which its owner may write on.
WRITABLE_STATES = (S.DRAFT, S.RETURNED)
#: States that wait for the office.
OFFICE_STATES = (S.SUBMITTED, S.SCREENING)
