"""The life of a change of the plan that a team proposes: the owner or the office agrees."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class MilestoneChangeState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class MilestoneChangeAction(StrEnum):
    AGREE = "agree"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


S, A = MilestoneChangeState, MilestoneChangeAction

MILESTONE_CHANGE_WORKFLOW = Workflow[MilestoneChangeState, MilestoneChangeAction](
    name="milestone_change",
    initial=S.PROPOSED,
    table=MappingProxyType(
        {
            (S.PROPOSED, A.AGREE): S.AGREED,
            (S.PROPOSED, A.REFUSE): S.REFUSED,
            (S.PROPOSED, A.WITHDRAW): S.WITHDRAWN,
        }
    ),
    labels=MappingProxyType(
        {
            S.PROPOSED: Label(N_("Change proposed"), N_("Owner or office has to agree"), "waiting"),
            S.AGREED: Label(N_("Change agreed"), N_("Change agreed"), "good"),
            S.REFUSED: Label(N_("Plan stays as it was"), N_("Plan stays as it was"), "stop"),
            S.WITHDRAWN: Label(N_("Proposal taken back"), N_("Proposal taken back")),
        }
    ),
    actions=MappingProxyType(
        {
            A.AGREE: N_("Agree to the change"),
            A.REFUSE: N_("Leave the plan as it is"),
            A.WITHDRAW: N_("Take the proposal back"),
        }
    ),
)
