"""Answers about outcomes in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from matchmaker.assessment.outcomes import Kind, Question, Verdict
from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import OutcomeSurvey
from matchmaker.web.i18n import say
from matchmaker.workflows.outcome_survey import OUTCOME_SURVEY_WORKFLOW, OutcomeSurveyState

VERDICTS = {
    Verdict.SAME: (N_("Both say the same"), "good"),
    Verdict.ONE: (N_("Said by one side"), "neutral"),
    Verdict.DIFFER: (N_("The sides differ"), "waiting"),
    Verdict.NONE: (N_("No answer"), "neutral"),
}


def when(months: int) -> str:
    """A time at which both sides are asked, in words."""
    if months == 0:
        return str(_("At the end of the work"))
    return str(_("%(months)s months later", months=months))


def answer_words(question: Question, value: Any) -> str:
    """An answer as people read it; what was left out says so."""
    if value is None:
        return str(_("No answer"))
    if question.kind is Kind.CHOICE:
        return say(question.options[value])
    if question.kind is Kind.TEXT:
        return str(value)
    return f"{value:,.10g}" if question.kind is Kind.FIGURE else f"{value:,}"


def verdict_chip(line_verdict: Verdict, question: Question) -> tuple[str, str]:
    """How the sides' answers stand to each other, and its tone."""
    label, tone = VERDICTS[line_verdict]
    if question.kind is Kind.TEXT and line_verdict is Verdict.SAME:
        return str(_("Both said something")), "neutral"
    return say(label), tone


def state_chip_of(survey: OutcomeSurvey) -> tuple[str, str]:
    """How far a side's answer is."""
    label = OUTCOME_SURVEY_WORKFLOW.labels[survey.state]
    return say(label.staff), label.tone


def is_open(survey: OutcomeSurvey | None) -> bool:
    """Whether the reader's side can still answer or correct."""
    if survey is None or survey.state is OutcomeSurveyState.LAPSED or survey.engagement.is_live:
        return False
    return survey.due_at > utcnow()
