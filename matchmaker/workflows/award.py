"""The life of an award: proposed, nominated, judged, taken by the team, announced.

Between nomination and announcement nothing shows to the team but that it is nominated, and later
that its answer is asked for. An award that was announced ends only by being revoked.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AwardState(StrEnum):
    PROPOSED = "proposed"
    TURNED_DOWN = "turned_down"
    NOMINATED = "nominated"
    TAKEN_BACK = "taken_back"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ANNOUNCED = "announced"
    NOT_AWARDED = "not_awarded"
    REVOKED = "revoked"


class AwardAction(StrEnum):
    ACCEPT = "accept"
    TURN_DOWN = "turn_down"
    NOMINATE = "nominate"
    TAKE_BACK = "take_back"
    OFFER = "offer"
    HOLD = "hold"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    LAPSE = "lapse"
    ANNOUNCE = "announce"
    LEAVE_OUT = "leave_out"
    REVOKE = "revoke"


S, A = AwardState, AwardAction

AWARD_WORKFLOW = Workflow[AwardState, AwardAction](
    name="award",
    initial=S.PROPOSED,
    table=MappingProxyType(
        {
            (S.PROPOSED, A.ACCEPT): S.NOMINATED,
            (S.PROPOSED, A.TURN_DOWN): S.TURNED_DOWN,
            (S.TURNED_DOWN, A.NOMINATE): S.NOMINATED,
            (S.TAKEN_BACK, A.NOMINATE): S.NOMINATED,
            (S.NOMINATED, A.TAKE_BACK): S.TAKEN_BACK,
            (S.NOMINATED, A.OFFER): S.OFFERED,
            (S.NOMINATED, A.LEAVE_OUT): S.NOT_AWARDED,
            # Moved up into a better tier: asked anew.
            (S.OFFERED, A.HOLD): S.NOMINATED,
            (S.CONFIRMED, A.HOLD): S.NOMINATED,
            (S.OFFERED, A.CONFIRM): S.CONFIRMED,
            (S.OFFERED, A.REFUSE): S.REFUSED,
            (S.OFFERED, A.LAPSE): S.LAPSED,
            (S.OFFERED, A.REVOKE): S.REVOKED,
            (S.CONFIRMED, A.ANNOUNCE): S.ANNOUNCED,
            (S.CONFIRMED, A.REVOKE): S.REVOKED,
            (S.ANNOUNCED, A.REVOKE): S.REVOKED,
        }
    ),
    labels=MappingProxyType(
        {
            S.PROPOSED: Label(
                N_("Proposed for an award"), N_("Proposed: the office looks at it"), "waiting"
            ),
            S.TURNED_DOWN: Label(N_("Proposal turned down"), N_("Not nominated"), "stop"),
            S.NOMINATED: Label(N_("Nominated"), N_("Nominated for an award"), "primary"),
            S.TAKEN_BACK: Label(N_("Nomination taken back"), N_("Not nominated"), "stop"),
            S.OFFERED: Label(
                N_("Waits for the team’s answer"), N_("Please accept the award"), "waiting"
            ),
            S.CONFIRMED: Label(
                N_("Accepted by the team"), N_("Accepted: not announced yet"), "good"
            ),
            S.REFUSED: Label(N_("Refused by the team"), N_("You did not take the award"), "stop"),
            S.LAPSED: Label(
                N_("The team did not answer"), N_("The time to answer is over"), "stop"
            ),
            S.ANNOUNCED: Label(N_("Awarded"), N_("Awarded"), "good"),
            S.NOT_AWARDED: Label(N_("No award"), N_("No award this time"), "neutral"),
            S.REVOKED: Label(N_("Award revoked"), N_("Award revoked"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ACCEPT: N_("Accept the proposal"),
            A.TURN_DOWN: N_("Turn the proposal down"),
            A.NOMINATE: N_("Nominate"),
            A.TAKE_BACK: N_("Take the nomination back"),
            A.OFFER: N_("Ask the team"),
            A.HOLD: N_("Ask the team later"),
            A.CONFIRM: N_("Accept the award"),
            A.REFUSE: N_("Refuse the award"),
            A.LAPSE: N_("Let the time run out"),
            A.ANNOUNCE: N_("Announce the award"),
            A.LEAVE_OUT: N_("Give no award"),
            A.REVOKE: N_("Revoke the award"),
        }
    ),
)

#: Nominated, and not yet decided in public.
PENDING_STATES = (S.NOMINATED, S.OFFERED, S.CONFIRMED)
#: States in which a place in a tier is taken.
HOLDING_STATES = (S.OFFERED, S.CONFIRMED, S.ANNOUNCED)
