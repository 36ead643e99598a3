"""The phases of reviewing a call's applications; each shows more than the one before.

While reviewers are chosen nobody reads anything. While they score each sees only their own part.
In the discussion those who handed in see the others' points of the same application. After the
end everything is fixed, and teams read what was written for them once their decision is announced.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ReviewRoundState(StrEnum):
    PREPARING = "preparing"
    SCORING = "scoring"
    DISCUSSION = "discussion"
    CLOSED = "closed"


class ReviewRoundAction(StrEnum):
    START = "start"
    DISCUSS = "discuss"
    SCORE_AGAIN = "score_again"
    CLOSE = "close"
    REOPEN = "reopen"


S, A = ReviewRoundState, ReviewRoundAction

REVIEW_ROUND_WORKFLOW = Workflow[ReviewRoundState, ReviewRoundAction](
    name="review_round",
    initial=S.PREPARING,
    table=MappingProxyType(
        {
            (S.PREPARING, A.START): S.SCORING,
            (S.SCORING, A.DISCUSS): S.DISCUSSION,
            (S.SCORING, A.CLOSE): S.CLOSED,
            (S.DISCUSSION, A.SCORE_AGAIN): S.SCORING,
            (S.DISCUSSION, A.CLOSE): S.CLOSED,
            (S.CLOSED, A.REOPEN): S.DISCUSSION,
        }
    ),
    labels=MappingProxyType(
        {
            S.PREPARING: Label(N_("Reviewers are being chosen"), N_("In preparation"), "waiting"),
            S.SCORING: Label(N_("Reviewers are scoring"), N_("Being reviewed"), "waiting"),
            S.DISCUSSION: Label(N_("Being discussed"), N_("Being reviewed"), "waiting"),
            S.CLOSED: Label(N_("Review ended"), N_("Review ended"), "good"),
        }
    ),
    actions=MappingProxyType(
        {
            A.START: N_("Ask the reviewers"),
            A.DISCUSS: N_("Open the discussion"),
            A.SCORE_AGAIN: N_("Go back to scoring"),
            A.CLOSE: N_("End the review"),
            A.REOPEN: N_("Open the review again"),
        }
    ),
)

#: States in which reviewers are at work.
WORKING_STATES = (S.SCORING, S.DISCUSSION)
