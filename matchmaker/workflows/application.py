"""The life of an application: one team for one problem, from its draft to a confirmed place.

What the team reads of a decision is its public label; a decision that is prepared but not yet
announced must not be applied here, but kept by whoever prepares it.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    SHORTLISTED = "shortlisted"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ApplicationAction(StrEnum):
    SUBMIT = "submit"
    BEGIN_REVIEW = "begin_review"
    SHORTLIST = "shortlist"
    WAITLIST = "waitlist"
    OFFER = "offer"
    CONFIRM = "confirm"
    DECLINE = "decline"
    EXPIRE = "expire"
    REVERSE = "reverse"
    WITHDRAW = "withdraw"
    CLOSE = "close"


S, A = ApplicationState, ApplicationAction

APPLICATION_WORKFLOW = Workflow[ApplicationState, ApplicationAction](
    name="application",
    initial=S.DRAFT,
    table=MappingProxyType(
        {
            (S.DRAFT, A.SUBMIT): S.SUBMITTED,
            (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
            # The problem or the call is no more: from every state in which the team still counts.
            (S.DRAFT, A.CLOSE): S.WITHDRAWN,
            (S.SUBMITTED, A.CLOSE): S.WITHDRAWN,
            (S.UNDER_REVIEW, A.CLOSE): S.WITHDRAWN,
            (S.SHORTLISTED, A.CLOSE): S.WITHDRAWN,
            (S.WAITLISTED, A.CLOSE): S.WITHDRAWN,
            (S.OFFERED, A.CLOSE): S.WITHDRAWN,
            (S.CONFIRMED, A.CLOSE): S.WITHDRAWN,
            # Until the deadline a team may hand in again; every version is kept.
            (S.SUBMITTED, A.SUBMIT): S.SUBMITTED,
            (S.SUBMITTED, A.BEGIN_REVIEW): S.UNDER_REVIEW,
            # Against the rules of the call: nobody need read it.
            (S.SUBMITTED, A.DECLINE): S.DECLINED,
            (S.SUBMITTED, A.WITHDRAW): S.WITHDRAWN,
            (S.UNDER_REVIEW, A.SHORTLIST): S.SHORTLISTED,
            (S.UNDER_REVIEW, A.WAITLIST): S.WAITLISTED,
            (S.UNDER_REVIEW, A.DECLINE): S.DECLINED,
            (S.UNDER_REVIEW, A.REVERSE): S.SUBMITTED,
            (S.UNDER_REVIEW, A.WITHDRAW): S.WITHDRAWN,
            (S.SHORTLISTED, A.OFFER): S.OFFERED,
            (S.SHORTLISTED, A.WAITLIST): S.WAITLISTED,
            (S.SHORTLISTED, A.DECLINE): S.DECLINED,
            (S.SHORTLISTED, A.REVERSE): S.UNDER_REVIEW,
            (S.SHORTLISTED, A.WITHDRAW): S.WITHDRAWN,
            (S.WAITLISTED, A.OFFER): S.OFFERED,
            (S.WAITLISTED, A.DECLINE): S.DECLINED,
            (S.WAITLISTED, A.REVERSE): S.UNDER_REVIEW,
            (S.WAITLISTED, A.WITHDRAW): S.WITHDRAWN,
            (S.OFFERED, A.CONFIRM): S.CONFIRMED,
            (S.OFFERED, A.EXPIRE): S.EXPIRED,
            # An announced decision can be taken back, with a reason, until the team confirms.
            (S.OFFERED, A.REVERSE): S.SHORTLISTED,
            (S.OFFERED, A.WITHDRAW): S.WITHDRAWN,
            (S.CONFIRMED, A.WITHDRAW): S.WITHDRAWN,
            (S.DECLINED, A.REVERSE): S.UNDER_REVIEW,
            (S.EXPIRED, A.REVERSE): S.SHORTLISTED,
        }
    ),
    labels=MappingProxyType(
        {
            S.DRAFT: Label(N_("Being written"), N_("Draft, not handed in yet"), "waiting"),
            S.SUBMITTED: Label(N_("Handed in"), N_("Handed in"), "good"),
            S.UNDER_REVIEW: Label(N_("In review"), N_("Being reviewed"), "waiting"),
            # The team hears of it when all decisions are announced together.
            S.SHORTLISTED: Label(N_("Shortlisted"), N_("Being reviewed"), "waiting"),
            S.WAITLISTED: Label(N_("On the waiting list"), N_("On the waiting list"), "waiting"),
            S.OFFERED: Label(N_("Offer made"), N_("You have an offer: please answer"), "waiting"),
            S.CONFIRMED: Label(N_("Confirmed"), N_("Confirmed"), "good"),
            S.DECLINED: Label(N_("Not selected"), N_("Not selected"), "stop"),
            S.EXPIRED: Label(N_("Offer expired"), N_("Your offer has expired"), "stop"),
            S.WITHDRAWN: Label(N_("Withdrawn"), N_("Withdrawn"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.SUBMIT: N_("Hand in"),
            A.BEGIN_REVIEW: N_("Begin the review"),
            A.SHORTLIST: N_("Shortlist"),
            A.WAITLIST: N_("Put on the waiting list"),
            A.OFFER: N_("Make an offer"),
            A.CONFIRM: N_("Confirm the place"),
            A.DECLINE: N_("Decline the application"),
            A.EXPIRE: N_("Let the offer expire"),
            A.REVERSE: N_("Take the decision back"),
            A.WITHDRAW: N_("Withdraw"),
            A.CLOSE: N_("Close: the problem or the call is no more"),
        }
    ),
)

#: States in which the team may still change what it says, until the deadline.
REVISABLE_STATES = (S.DRAFT, S.SUBMITTED)
#: States of an application that the office has received, withdrawn ones among them if they were.
RECEIVED_STATES = tuple(state for state in S if state not in (S.DRAFT, S.WITHDRAWN))
#: States of an application that still counts: it is in the running, or has won its place.
LIVE_STATES = (
    S.SUBMITTED,
    S.UNDER_REVIEW,
    S.SHORTLISTED,
    S.WAITLISTED,
    S.OFFERED,
    S.CONFIRMED,
)
#: States that a team can leave by withdrawing.
WITHDRAWABLE_STATES = (S.DRAFT, *LIVE_STATES)
