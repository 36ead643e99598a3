"""The life of a match: one team suggested for one problem."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class MatchState(StrEnum):
    SUGGESTED = "suggested"
    ENDORSED = "endorsed"
    DECLINED = "declined"
    HELD = "held"
    INVITED = "invited"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"


class MatchAction(StrEnum):
    ENDORSE = "endorse"
    DECLINE = "decline"
    HOLD = "hold"
    RESET = "reset"
    INVITE = "invite"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPIRE = "expire"


S, A = MatchState, MatchAction

MATCH_WORKFLOW = Workflow[MatchState, MatchAction](
    name="match",
    initial=S.SUGGESTED,
    table=MappingProxyType(
        {
            (S.SUGGESTED, A.ENDORSE): S.ENDORSED,
            (S.SUGGESTED, A.DECLINE): S.DECLINED,
            (S.SUGGESTED, A.HOLD): S.HELD,
            (S.HELD, A.ENDORSE): S.ENDORSED,
            (S.HELD, A.DECLINE): S.DECLINED,
            (S.HELD, A.RESET): S.SUGGESTED,
            (S.DECLINED, A.ENDORSE): S.ENDORSED,
            (S.DECLINED, A.HOLD): S.HELD,
            (S.DECLINED, A.RESET): S.SUGGESTED,
            (S.ENDORSED, A.DECLINE): S.DECLINED,
            (S.ENDORSED, A.HOLD): S.HELD,
            (S.ENDORSED, A.RESET): S.SUGGESTED,
            (S.ENDORSED, A.INVITE): S.INVITED,
            (S.INVITED, A.ACCEPT): S.ACCEPTED,
            (S.INVITED, A.REFUSE): S.REFUSED,
            (S.INVITED, A.EXPIRE): S.EXPIRED,
            # Until the problem closes a team may change its mind.
            (S.ACCEPTED, A.REFUSE): S.REFUSED,
            (S.REFUSED, A.ACCEPT): S.ACCEPTED,
        }
    ),
    labels=MappingProxyType(
        {
            S.SUGGESTED: Label(N_("Suggested"), N_("Suggested")),
            S.ENDORSED: Label(N_("Endorsed"), N_("Endorsed"), "good"),
            S.DECLINED: Label(N_("Declined"), N_("Declined"), "stop"),
            S.HELD: Label(N_("On hold"), N_("On hold"), "waiting"),
            S.INVITED: Label(N_("Team told"), N_("Your answer is awaited"), "waiting"),
            S.ACCEPTED: Label(N_("Team interested"), N_("Interested"), "good"),
            S.REFUSED: Label(N_("Team not interested"), N_("Not interested"), "stop"),
            S.EXPIRED: Label(N_("Expired"), N_("Expired")),
        }
    ),
    actions=MappingProxyType(
        {
            A.ENDORSE: N_("Endorse"),
            A.DECLINE: N_("Decline match"),
            A.HOLD: N_("Hold"),
            A.RESET: N_("Undo review"),
            A.INVITE: N_("Tell the team"),
            A.ACCEPT: N_("Interested"),
            A.REFUSE: N_("Not interested"),
            A.EXPIRE: N_("Expire"),
        }
    ),
)

#: Actions an officer takes in review; each needs a run that is not yet published.
REVIEW_ACTIONS = (A.ENDORSE, A.DECLINE, A.HOLD, A.RESET)
#: States in which the enterprise sees the team and the team sees the problem, once the run is published.
SHOWN_STATES = (S.INVITED, S.ACCEPTED, S.REFUSED, S.EXPIRED)
