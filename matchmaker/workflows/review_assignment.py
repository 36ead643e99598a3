"""The life of one reviewer's part in judging an application."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ReviewAssignmentState(StrEnum):
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    RELEASED = "released"
    EXPIRED = "expired"


class ReviewAssignmentAction(StrEnum):
    ACCEPT = "accept"
    SAVE = "save"
    SUBMIT = "submit"
    REVISE = "revise"
    RECUSE = "recuse"
    RELEASE = "release"
    EXPIRE = "expire"


S, A = ReviewAssignmentState, ReviewAssignmentAction

REVIEW_ASSIGNMENT_WORKFLOW = Workflow[ReviewAssignmentState, ReviewAssignmentAction](
    name="review_assignment",
    initial=S.ASSIGNED,
    table=MappingProxyType(
        {
            (S.ASSIGNED, A.ACCEPT): S.ACCEPTED,
            (S.ASSIGNED, A.RECUSE): S.RECUSED,
            (S.ASSIGNED, A.RELEASE): S.RELEASED,
            (S.ASSIGNED, A.EXPIRE): S.EXPIRED,
            (S.ACCEPTED, A.SAVE): S.ACCEPTED,
            (S.ACCEPTED, A.SUBMIT): S.SUBMITTED,
            (S.ACCEPTED, A.RECUSE): S.RECUSED,
            (S.ACCEPTED, A.RELEASE): S.RELEASED,
            (S.ACCEPTED, A.EXPIRE): S.EXPIRED,
            (S.SUBMITTED, A.REVISE): S.SUBMITTED,
            (S.SUBMITTED, A.RECUSE): S.RECUSED,
            (S.SUBMITTED, A.RELEASE): S.RELEASED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ASSIGNED: Label(N_("Asked"), N_("Waiting for you"), "waiting"),
            S.ACCEPTED: Label(N_("Reading"), N_("Begun"), "waiting"),
            S.SUBMITTED: Label(N_("Handed in"), N_("Handed in"), "good"),
            S.RECUSED: Label(N_("Stepped aside"), N_("You stepped aside"), "stop"),
            S.RELEASED: Label(N_("Released"), N_("No longer needed"), "neutral"),
            S.EXPIRED: Label(N_("Not handed in"), N_("Time has run out"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ACCEPT: N_("Take the review on"),
            A.SAVE: N_("Save the points"),
            A.SUBMIT: N_("Hand in"),
            A.REVISE: N_("Revise the points"),
            A.RECUSE: N_("Step aside"),
            A.RELEASE: N_("Release the reviewer"),
            A.EXPIRE: N_("Let the review lapse"),
        }
    ),
)

#: States in which the reviewer has the case before them.
SEATED_STATES = (S.ASSIGNED, S.ACCEPTED, S.SUBMITTED)
#: States in which the review is still to be handed in.
DUE_STATES = (S.ASSIGNED, S.ACCEPTED)
