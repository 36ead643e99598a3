"""The life of one reviewer's part in a panel."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class GradeReviewState(StrEnum):
    ASSIGNED = "assigned"
    STARTED = "started"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    REPLACED = "replaced"


class GradeReviewAction(StrEnum):
    START = "start"
    SAVE = "save"
    SUBMIT = "submit"
    EXPLAIN = "explain"
    REVISE = "revise"
    RECUSE = "recuse"
    REPLACE = "replace"


S, A = GradeReviewState, GradeReviewAction

GRADE_REVIEW_WORKFLOW = Workflow[GradeReviewState, GradeReviewAction](
    name="grade_review",
    initial=S.ASSIGNED,
    table=MappingProxyType(
        {
            (S.ASSIGNED, A.START): S.STARTED,
            (S.ASSIGNED, A.RECUSE): S.RECUSED,
            (S.ASSIGNED, A.REPLACE): S.REPLACED,
            (S.STARTED, A.SAVE): S.STARTED,
            (S.STARTED, A.SUBMIT): S.SUBMITTED,
            (S.STARTED, A.RECUSE): S.RECUSED,
            (S.STARTED, A.REPLACE): S.REPLACED,
            (S.SUBMITTED, A.EXPLAIN): S.SUBMITTED,
            (S.SUBMITTED, A.REVISE): S.SUBMITTED,
            (S.SUBMITTED, A.RECUSE): S.RECUSED,
            (S.SUBMITTED, A.REPLACE): S.REPLACED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ASSIGNED: Label(N_("Asked"), N_("Waiting for you"), "waiting"),
            S.STARTED: Label(N_("Scoring"), N_("Begun"), "waiting"),
            S.SUBMITTED: Label(N_("Handed in"), N_("Handed in"), "good"),
            S.RECUSED: Label(N_("Stepped aside"), N_("You stepped aside"), "stop"),
            S.REPLACED: Label(N_("Replaced"), N_("Given to somebody else"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.START: N_("Begin to score"),
            A.SAVE: N_("Save the points"),
            A.SUBMIT: N_("Hand in"),
            A.EXPLAIN: N_("Explain differences"),
            A.REVISE: N_("Revise the points"),
            A.RECUSE: N_("Step aside"),
            A.REPLACE: N_("Replace the reviewer"),
        }
    ),
)

#: States in which the seat is taken.
SEATED_STATES = (S.ASSIGNED, S.STARTED, S.SUBMITTED)
#: States in which the points are still to be handed in.
DUE_STATES = (S.ASSIGNED, S.STARTED)
