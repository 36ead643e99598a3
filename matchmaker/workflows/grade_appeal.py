"""The life of an owner's request to have a grade looked at again."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class GradeAppealState(StrEnum):
    REQUESTED = "requested"
    TAKEN = "taken"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class GradeAppealAction(StrEnum):
    TAKE = "take"
    UPHOLD = "uphold"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


S, A = GradeAppealState, GradeAppealAction

GRADE_APPEAL_WORKFLOW = Workflow[GradeAppealState, GradeAppealAction](
    name="grade_appeal",
    initial=S.REQUESTED,
    table=MappingProxyType(
        {
            (S.REQUESTED, A.TAKE): S.TAKEN,
            (S.REQUESTED, A.WITHDRAW): S.WITHDRAWN,
            (S.REQUESTED, A.LAPSE): S.LAPSED,
            # Another officer may take it over.
            (S.TAKEN, A.TAKE): S.TAKEN,
            (S.TAKEN, A.UPHOLD): S.UPHELD,
            (S.TAKEN, A.CHANGE): S.CHANGED,
            (S.TAKEN, A.WITHDRAW): S.WITHDRAWN,
            (S.TAKEN, A.LAPSE): S.LAPSED,
        }
    ),
    labels=MappingProxyType(
        {
            S.REQUESTED: Label(
                N_("Review of the grade asked for"), N_("Waiting for the office"), "waiting"
            ),
            S.TAKEN: Label(N_("Grade under review"), N_("Being looked at again"), "waiting"),
            S.UPHELD: Label(N_("Grade stands"), N_("The grade stands"), "good"),
            S.CHANGED: Label(N_("Grade changed"), N_("The grade was changed"), "good"),
            S.WITHDRAWN: Label(N_("Request taken back"), N_("You took the request back")),
            S.LAPSED: Label(N_("Request lapsed"), N_("Lapsed: the problem left this stage")),
        }
    ),
    actions=MappingProxyType(
        {
            A.TAKE: N_("Take on the request"),
            A.UPHOLD: N_("Let the grade stand"),
            A.CHANGE: N_("Change the grade"),
            A.WITHDRAW: N_("Take the request back"),
            A.LAPSE: N_("Let the request lapse"),
        }
    ),
)

#: States in which the office still owes an answer.
OPEN_STATES = (S.REQUESTED, S.TAKEN)
