"""The life of a round of decisions: prepared in private, announced together."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class DecisionRoundState(StrEnum):
    PREPARING = "preparing"
    ANNOUNCED = "announced"
    DROPPED = "dropped"


class DecisionRoundAction(StrEnum):
    ANNOUNCE = "announce"
    DROP = "drop"


S, A = DecisionRoundState, DecisionRoundAction

DECISION_ROUND_WORKFLOW = Workflow[DecisionRoundState, DecisionRoundAction](
    name="decision_round",
    initial=S.PREPARING,
    table=MappingProxyType(
        {
            (S.PREPARING, A.ANNOUNCE): S.ANNOUNCED,
            (S.PREPARING, A.DROP): S.DROPPED,
        }
    ),
    labels=MappingProxyType(
        {
            S.PREPARING: Label(N_("Being prepared"), N_("Being prepared"), "waiting"),
            S.ANNOUNCED: Label(N_("Decisions announced"), N_("Decisions announced"), "good"),
            S.DROPPED: Label(N_("Dropped before announcement"), N_("Not announced"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ANNOUNCE: N_("Announce all decisions"),
            A.DROP: N_("Drop the preparation"),
        }
    ),
)
