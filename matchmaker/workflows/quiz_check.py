"""The life of a check: it ends when all is asked, or a day after it began."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class QuizCheckState(StrEnum):
    OPEN = "open"
    DONE = "done"
    LAPSED = "lapsed"


class QuizCheckAction(StrEnum):
    FINISH = "finish"
    LAPSE = "lapse"


S, A = QuizCheckState, QuizCheckAction

QUIZ_CHECK_WORKFLOW = Workflow[QuizCheckState, QuizCheckAction](
    name="quiz_check",
    initial=S.OPEN,
    table=MappingProxyType(
        {
            (S.OPEN, A.FINISH): S.DONE,
            # Whoever stops midway keeps what they have answered, right and wrong.
            (S.OPEN, A.LAPSE): S.LAPSED,
        }
    ),
    labels=MappingProxyType(
        {
            S.OPEN: Label(N_("Under way"), N_("Under way"), "primary"),
            S.DONE: Label(N_("All answered"), N_("All answered"), "good"),
            S.LAPSED: Label(N_("Stopped midway"), N_("Stopped midway"), "neutral"),
        }
    ),
    actions=MappingProxyType({A.FINISH: N_("Finish"), A.LAPSE: N_("End what was left open")}),
)
