"""How pages put questions into words: their state, how pressing they are, who answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message, html_lang
from matchmaker.models import AnswerSide, Question, User
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.question import may_answer_questions
from matchmaker.web.i18n import current_language, say, show_left, show_moment
from matchmaker.workflows.question import QUESTION_WORKFLOW, QuestionState

SOON = timedelta(days=2)
SIDES = {
    AnswerSide.OWNER: N_("Answer of the owner"),
    AnswerSide.OFFICE: N_("Answer of the programme office"),
}


def state_label(question: Question) -> str:
    """The state in words; that an answer is late is one."""
    if is_late(question):
        return str(_("Answer overdue"))
    return say(QUESTION_WORKFLOW.labels[question.state].public)


def state_tone(question: Question) -> str:
    """The tone the state is shown in; late once the answer is overdue."""
    if is_late(question):
        return "stop"
    return QUESTION_WORKFLOW.labels[question.state].tone


def is_late(question: Question) -> bool:
    """Whether the answer should have been there by now."""
    return question.state is QuestionState.OPEN and question.due_at < utcnow()


def due_tone(question: Question) -> str:
    """How pressing an open question is."""
    if is_late(question):
        return "stop"
    return "waiting" if question.due_at - utcnow() < SOON else "neutral"


def side_label(side: AnswerSide) -> str:
    """Who answered, as a side: no name."""
    return say(SIDES[side])


def lang(language: str) -> str:
    """The `lang` of a text written in *language*."""
    return html_lang("zh_Hant_TW" if language == "zh" else "en")


def language_name(language: str) -> str:
    """The language in the reader's words."""
    return str(_("Chinese") if language == "zh" else _("English"))


def tasks(user: User, questions: Iterable[Question]) -> Iterator[dict[str, Any]]:
    """What the desk says of questions that wait for *user*: the owner's to answer, the office's if late."""
    for question in questions:
        if not may_answer_questions.allows(user, question.problem):
            continue  # Administrators see what is late, but do not answer.
        problem, late = question.problem, is_late(question)
        title = problem.title(current_language()) or _("Untitled problem")
        text = N_("Late answer: %(title)s") if late else N_("Answer: %(title)s")
        yield {
            "title": say(Message(text, {"title": title})),
            "url": url_for("question.answer", question_id=question.id),
            "context": " ".join(question.text.split())[:80],
            "owner": str(_("You") if is_keeper(user, problem) else _("Owner of the problem")),
            "due_text": show_moment(question.due_at),
            "left_text": show_left(question.due_at),
            "tone": "stop" if late else "waiting",
            "action_label": str(_("Answer it")),
            "key": f"question.answer:{question.id}",
        }
