"""The life of an enrolment: in a course that is assessed, and in one that is only attended."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class EnrolmentState(StrEnum):
    ENROLLED = "enrolled"
    ATTENDED = "attended"
    HANDED_IN = "handed_in"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    WITHDRAWN = "withdrawn"


class EnrolmentAction(StrEnum):
    ENROL = "enrol"
    ATTEND = "attend"
    HAND_IN = "hand_in"
    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


S, A = EnrolmentState, EnrolmentAction

ENROLMENT_WORKFLOW = Workflow[EnrolmentState, EnrolmentAction](
    name="enrolment",
    initial=S.ENROLLED,
    table=MappingProxyType(
        {
            # Attending is noted and is no evidence; only what is handed in can be assessed.
            (S.ENROLLED, A.ATTEND): S.ATTENDED,
            (S.ENROLLED, A.HAND_IN): S.HANDED_IN,
            (S.ATTENDED, A.HAND_IN): S.HANDED_IN,
            (S.HANDED_IN, A.ACCEPT): S.PASSED,
            (S.HANDED_IN, A.RETURN): S.NOT_PASSED,
            (S.NOT_PASSED, A.HAND_IN): S.HANDED_IN,
            # A result that was given by mistake goes back to be assessed again.
            (S.PASSED, A.REVOKE): S.HANDED_IN,
            (S.NOT_PASSED, A.REVOKE): S.HANDED_IN,
            (S.ENROLLED, A.WITHDRAW): S.WITHDRAWN,
            (S.HANDED_IN, A.WITHDRAW): S.WITHDRAWN,
            (S.NOT_PASSED, A.WITHDRAW): S.WITHDRAWN,
            (S.WITHDRAWN, A.ENROL): S.ENROLLED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ENROLLED: Label(N_("Under way"), N_("Under way"), "primary"),
            S.ATTENDED: Label(N_("Attended"), N_("Attended"), "neutral"),
            S.HANDED_IN: Label(N_("To be assessed"), N_("Handed in, being assessed"), "waiting"),
            S.PASSED: Label(N_("Passed"), N_("Passed"), "good"),
            S.NOT_PASSED: Label(N_("Not passed"), N_("Not passed yet"), "stop"),
            S.WITHDRAWN: Label(N_("Given up"), N_("Given up"), "neutral"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ENROL: N_("Enrol"),
            A.ATTEND: N_("Note as attended"),
            A.HAND_IN: N_("Hand in course work"),
            A.ACCEPT: N_("Let pass"),
            A.RETURN: N_("Do not let pass yet"),
            A.WITHDRAW: N_("Give up"),
            A.REVOKE: N_("Take the result back"),
        }
    ),
)
