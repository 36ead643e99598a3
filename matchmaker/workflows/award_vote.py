"""The life of one panel member's part in one award: asked, handed in, or given up."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AwardVoteState(StrEnum):
    ASKED = "asked"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    RELEASED = "released"


class AwardVoteAction(StrEnum):
    SUBMIT = "submit"
    REVISE = "revise"
    RECUSE = "recuse"
    RELEASE = "release"
    ASK = "ask"


S, A = AwardVoteState, AwardVoteAction

AWARD_VOTE_WORKFLOW = Workflow[AwardVoteState, AwardVoteAction](
    name="award_vote",
    initial=S.ASKED,
    table=MappingProxyType(
        {
            (S.ASKED, A.SUBMIT): S.SUBMITTED,
            (S.SUBMITTED, A.REVISE): S.SUBMITTED,
            (S.ASKED, A.RECUSE): S.RECUSED,
            (S.SUBMITTED, A.RECUSE): S.RECUSED,
            (S.ASKED, A.RELEASE): S.RELEASED,
            (S.RELEASED, A.ASK): S.ASKED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ASKED: Label(N_("To be judged"), N_("To be judged"), "waiting"),
            S.SUBMITTED: Label(N_("Handed in"), N_("Handed in"), "good"),
            S.RECUSED: Label(N_("Stepped aside"), N_("Stepped aside"), "stop"),
            S.RELEASED: Label(N_("Taken off the panel"), N_("Taken off the panel"), "neutral"),
        }
    ),
    actions=MappingProxyType(
        {
            A.SUBMIT: N_("Hand in"),
            A.REVISE: N_("Change what was handed in"),
            A.RECUSE: N_("Step aside"),
            A.RELEASE: N_("Take off the panel"),
            A.ASK: N_("Ask again"),
        }
    ),
)

SEATED_STATES = (S.ASKED, S.SUBMITTED)
