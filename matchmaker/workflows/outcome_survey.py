"""The life of one question about outcomes: asked once, answered until it is due, or no answer."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class OutcomeSurveyState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    LAPSED = "lapsed"


class OutcomeSurveyAction(StrEnum):
    ANSWER = "answer"
    LAPSE = "lapse"
    ASK_AGAIN = "ask_again"


S, A = OutcomeSurveyState, OutcomeSurveyAction

OUTCOME_SURVEY_WORKFLOW = Workflow[OutcomeSurveyState, OutcomeSurveyAction](
    name="outcome_survey",
    initial=S.ASKED,
    table=MappingProxyType(
        {
            (S.ASKED, A.ANSWER): S.ANSWERED,
            # Until it is due an answer may be corrected; every version is kept.
            (S.ANSWERED, A.ANSWER): S.ANSWERED,
            (S.ASKED, A.LAPSE): S.LAPSED,
            # The end was taken back and has come a second time: what was said before it is kept.
            (S.ASKED, A.ASK_AGAIN): S.ASKED,
            (S.ANSWERED, A.ASK_AGAIN): S.ASKED,
            (S.LAPSED, A.ASK_AGAIN): S.ASKED,
        }
    ),
    labels=MappingProxyType(
        {
            S.ASKED: Label(N_("Waits for an answer"), N_("Waits for your answer"), "waiting"),
            S.ANSWERED: Label(N_("Has answered"), N_("Has answered"), "good"),
            S.LAPSED: Label(N_("No answer"), N_("No answer"), "neutral"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ANSWER: N_("Answer"),
            A.LAPSE: N_("Close without an answer"),
            A.ASK_AGAIN: N_("Ask again after the work has ended anew"),
        }
    ),
)
