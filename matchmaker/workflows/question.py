"""The life of a question of a team: asked, answered, hidden by the office if it must be."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    HIDDEN = "hidden"


class QuestionAction(StrEnum):
    ANSWER = "answer"
    HIDE = "hide"
    REOPEN = "reopen"
    RESTORE = "restore"


S, A = QuestionState, QuestionAction

QUESTION_WORKFLOW = Workflow[QuestionState, QuestionAction](
    name="question",
    initial=S.OPEN,
    table=MappingProxyType(
        {
            (S.OPEN, A.ANSWER): S.ANSWERED,
            (S.OPEN, A.HIDE): S.HIDDEN,
            # An answer may be corrected; every version is kept.
            (S.ANSWERED, A.ANSWER): S.ANSWERED,
            (S.ANSWERED, A.HIDE): S.HIDDEN,
            (S.HIDDEN, A.REOPEN): S.OPEN,
            (S.HIDDEN, A.RESTORE): S.ANSWERED,
        }
    ),
    labels=MappingProxyType(
        {
            S.OPEN: Label(N_("Waiting for an answer"), N_("Waiting for an answer"), "waiting"),
            S.ANSWERED: Label(N_("Answer given"), N_("Answer given"), "good"),
            S.HIDDEN: Label(N_("Hidden"), N_("Hidden by the programme office"), "stop"),
        }
    ),
    actions=MappingProxyType(
        {
            A.ANSWER: N_("Answer the question"),
            A.HIDE: N_("Hide the question"),
            A.REOPEN: N_("Show the open question again"),
            A.RESTORE: N_("Show the answered question again"),
        }
    ),
)
