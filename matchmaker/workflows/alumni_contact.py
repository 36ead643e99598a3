"""The life of a letter from one alumnus to another: sent, then answered, declined or taken back."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AlumniContactState(StrEnum):
    SENT = "sent"
    ANSWERED = "answered"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


class AlumniContactAction(StrEnum):
    ANSWER = "answer"
    DECLINE = "decline"
    TAKE_BACK = "take_back"


S, A = AlumniContactState, AlumniContactAction

ALUMNI_CONTACT_WORKFLOW = Workflow[AlumniContactState, AlumniContactAction](
    name="alumni_contact",
    initial=S.SENT,
    table=MappingProxyType(
        {
            (S.SENT, A.ANSWER): S.ANSWERED,
            (S.SENT, A.DECLINE): S.DECLINED,
            (S.SENT, A.TAKE_BACK): S.TAKEN_BACK,
        }
    ),
    labels=MappingProxyType(
        {
            S.SENT: Label(N_("Waits for an answer"), N_("Waits for an answer"), "waiting"),
            S.ANSWERED: Label(N_("Has an answer"), N_("Has an answer"), "good"),
            S.DECLINED: Label(N_("Was turned down"), N_("Was turned down"), "neutral"),
            S.TAKEN_BACK: Label(N_("Taken back"), N_("Taken back"), "neutral"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ANSWER: N_("Answer the message"),
            A.DECLINE: N_("Decline the message"),
            A.TAKE_BACK: N_("Take the message back"),
        }
    ),
)
