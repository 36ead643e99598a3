"""The life of a problem, from an enterprise's draft to its archive."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ProblemState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCREENING = "screening"
    RETURNED = "returned"
    GRADED = "graded"
    PUBLISHED = "published"
    SOLVING = "solving"
    EVALUATING = "evaluating"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class ProblemAction(StrEnum):
    SUBMIT = "submit"
    SCREEN = "screen"
    RETURN = "return"
    GRADE = "grade"
    PUBLISH = "publish"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    START_SOLVING = "start_solving"
    EVALUATE = "evaluate"
    CLOSE = "close"
    ARCHIVE = "archive"


S, A = ProblemState, ProblemAction

PROBLEM_WORKFLOW = Workflow[ProblemState, ProblemAction](
    name="problem",
    initial=S.DRAFT,
    table=MappingProxyType(
        {
            (S.DRAFT, A.SUBMIT): S.SUBMITTED,
            (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
            (S.SUBMITTED, A.SCREEN): S.SCREENING,
            (S.SUBMITTED, A.WITHDRAW): S.WITHDRAWN,
            (S.SCREENING, A.GRADE): S.GRADED,
            (S.SCREENING, A.RETURN): S.RETURNED,
            (S.SCREENING, A.DECLINE): S.DECLINED,
            (S.SCREENING, A.WITHDRAW): S.WITHDRAWN,
            (S.RETURNED, A.SUBMIT): S.SUBMITTED,
            (S.RETURNED, A.WITHDRAW): S.WITHDRAWN,
            (S.GRADED, A.GRADE): S.GRADED,
            (S.GRADED, A.RETURN): S.RETURNED,
            (S.GRADED, A.PUBLISH): S.PUBLISHED,
            (S.GRADED, A.WITHDRAW): S.WITHDRAWN,
            (S.PUBLISHED, A.START_SOLVING): S.SOLVING,
            (S.PUBLISHED, A.CLOSE): S.CLOSED,
            (S.PUBLISHED, A.WITHDRAW): S.WITHDRAWN,
            (S.SOLVING, A.EVALUATE): S.EVALUATING,
            (S.SOLVING, A.CLOSE): S.CLOSED,
            (S.EVALUATING, A.CLOSE): S.CLOSED,
            (S.CLOSED, A.ARCHIVE): S.ARCHIVED,
            (S.DECLINED, A.ARCHIVE): S.ARCHIVED,
            (S.WITHDRAWN, A.ARCHIVE): S.ARCHIVED,
        }
    ),
    labels=MappingProxyType(
        {
            S.DRAFT: Label(N_("Draft"), N_("Draft")),
            S.SUBMITTED: Label(N_("Waiting for screening"), N_("Received"), "waiting"),
            S.SCREENING: Label(N_("In screening"), N_("Being looked at"), "waiting"),
            S.RETURNED: Label(N_("Returned to owner"), N_("Needs your changes"), "waiting"),
            S.GRADED: Label(N_("Graded, not yet published"), N_("Accepted"), "good"),
            S.PUBLISHED: Label(N_("Published"), N_("Open to teams"), "good"),
            S.SOLVING: Label(N_("Solving"), N_("Being solved"), "primary"),
            S.EVALUATING: Label(N_("Evaluating"), N_("Results under review"), "primary"),
            S.CLOSED: Label(N_("Closed"), N_("Closed")),
            S.DECLINED: Label(N_("Declined"), N_("Declined"), "stop"),
            S.WITHDRAWN: Label(N_("Withdrawn"), N_("Withdrawn"), "stop"),
            S.ARCHIVED: Label(N_("Archived"), N_("Archived")),
        }
    ),
    actions=MappingProxyType(
        {
            A.SUBMIT: N_("Submit"),
            A.SCREEN: N_("Start screening"),
            A.RETURN: N_("Return to owner"),
            A.GRADE: N_("Grade"),
            A.PUBLISH: N_("Publish"),
            A.DECLINE: N_("Decline problem"),
            A.WITHDRAW: N_("Withdraw"),
            A.START_SOLVING: N_("Start solving"),
            A.EVALUATE: N_("Evaluate results"),
            A.CLOSE: N_("Close"),
            A.ARCHIVE: N_("Archive"),
        }
    ),
)

#: States in which a grade must exist; the database checks the same.
GRADED_STATES = (S.GRADED, S.PUBLISHED, S.SOLVING, S.EVALUATING)
#: States in which anybody may read the problem.
PUBLIC_STATES = (S.PUBLISHED, S.SOLVING, S.EVALUATING, S.CLOSED)
#: States in which the owner may change the text.
EDITABLE_STATES = (S.DRAFT, S.RETURNED)
#: States in which the broker and the office may change the text with the owner.
COACHED_STATES = (S.SCREENING, S.RETURNED)
#: States in which the owner may propose a change to what teams read.
AMENDABLE_STATES = (S.PUBLISHED, S.SOLVING)
