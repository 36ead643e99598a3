"""The life of a go or stop decision on a stage: proposed by one side, signed by the other."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class StageDecisionState(StrEnum):
    PROPOSED = "proposed"
    SIGNED = "signed"
    DROPPED = "dropped"


class StageDecisionAction(StrEnum):
    SIGN = "sign"
    DROP = "drop"


S, A = StageDecisionState, StageDecisionAction

STAGE_DECISION_WORKFLOW = Workflow[StageDecisionState, StageDecisionAction](
    name="stage_decision",
    initial=S.PROPOSED,
    table=MappingProxyType(
        {
            (S.PROPOSED, A.SIGN): S.SIGNED,
            (S.PROPOSED, A.DROP): S.DROPPED,
        }
    ),
    labels=MappingProxyType(
        {
            S.PROPOSED: Label(
                N_("One signature is missing"), N_("One signature is missing"), "waiting"
            ),
            S.SIGNED: Label(N_("Signed by both sides"), N_("Signed by both sides"), "good"),
            S.DROPPED: Label(N_("Dropped"), N_("Dropped"), "stop"),
        }
    ),
    actions=MappingProxyType({A.SIGN: N_("Sign"), A.DROP: N_("Drop the proposal")}),
)
