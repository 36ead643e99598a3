"""The life of a question of the check: a second officer looks before anybody is asked."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class QuizItemState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    TRIAL = "trial"
    LIVE = "live"
    RETIRED = "retired"


class QuizItemAction(StrEnum):
    PROPOSE = "propose"
    RETURN = "return"
    APPROVE = "approve"
    PROMOTE = "promote"
    RETIRE = "retire"
    RESTORE = "restore"


S, A = QuizItemState, QuizItemAction

#: Questions in these states are asked.
ASKED_STATES = frozenset({S.TRIAL, S.LIVE})
#: Questions in these states can be rewritten: nobody has been asked them yet.
OPEN_STATES = frozenset({S.DRAFT, S.PROPOSED})

QUIZ_ITEM_WORKFLOW = Workflow[QuizItemState, QuizItemAction](
    name="quiz_item",
    initial=S.DRAFT,
    table=MappingProxyType(
        {
            (S.DRAFT, A.PROPOSE): S.PROPOSED,
            (S.PROPOSED, A.RETURN): S.DRAFT,
            (S.PROPOSED, A.APPROVE): S.TRIAL,
            # On trial a question is asked but does not count, until it has shown how it behaves.
            (S.TRIAL, A.PROMOTE): S.LIVE,
            (S.DRAFT, A.RETIRE): S.RETIRED,
            (S.PROPOSED, A.RETIRE): S.RETIRED,
            (S.TRIAL, A.RETIRE): S.RETIRED,
            (S.LIVE, A.RETIRE): S.RETIRED,
            (S.RETIRED, A.RESTORE): S.PROPOSED,
        }
    ),
    labels=MappingProxyType(
        {
            S.DRAFT: Label(N_("Draft"), N_("Draft"), "neutral"),
            S.PROPOSED: Label(N_("Waits for a second officer"), N_("In preparation"), "waiting"),
            S.TRIAL: Label(N_("On trial"), N_("On trial"), "primary"),
            S.LIVE: Label(N_("In use"), N_("In use"), "good"),
            S.RETIRED: Label(N_("Retired"), N_("Retired"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.PROPOSE: N_("Hand to a second officer"),
            A.RETURN: N_("Send back to the author"),
            A.APPROVE: N_("Approve for trial"),
            A.PROMOTE: N_("Let its answers count"),
            A.RETIRE: N_("Retire"),
            A.RESTORE: N_("Bring back"),
        }
    ),
)
