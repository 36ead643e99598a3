"""What the writing guide tells the owner: how far it is, what is missing, what changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matchmaker.assessment.goals import Goal, goal_for
from matchmaker.assessment.screening import Missing, ScreeningSuggestion, suggest_screening
from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_
from matchmaker.models import Problem
from matchmaker.services import form_draft, rubric
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.problem_values import check_complete, values_of
from matchmaker.web.guide import BY_NAME, HINTS, STEPS, Step, answered, step_of
from matchmaker.web.i18n import current_language, say, show_moment
from matchmaker.web.problem_words import FIELD_LABELS
from matchmaker.web.transaction import context
from matchmaker.workflows.problem import ProblemState

MAX_ADVICE = 10

S = ProblemState
STATES = {"done": N_("Filled in"), "begun": N_("Partly filled in"), "open": N_("Still open")}
TONES = {"done": "good", "begun": "waiting", "open": "neutral"}


@dataclass(frozen=True)
class Offer:
    """The usual goal of a kind of problem, offered as a start."""

    pattern: str
    label: str
    goal: Goal


@dataclass(frozen=True)
class Lack:
    """Something that is missing or that changed, with where to see to it."""

    text: str
    url: str
    action: str


@dataclass(frozen=True)
class Checklist:
    """The score as it stands, and what would raise it."""

    suggestion: ScreeningSuggestion
    list_from: int
    advice: Sequence[tuple[Missing, Lack]]


def hint(field: str) -> str:
    """The sentence that helps with a question, if there is one."""
    return say(HINTS[field]) if field in HINTS else ""


def goals(patterns: Sequence[str]) -> list[Offer]:
    """The usual goals of *patterns* in the reader's language."""
    language, taxonomy = current_language(), load_taxonomy()
    found = ((name, goal_for(name, language)) for name in patterns)
    return [Offer(name, taxonomy.label(name, language), goal) for name, goal in found if goal]


def field_label(name: str) -> str:
    """What a value that is written from answers is called."""
    return say(FIELD_LABELS[name])


def step_url(problem: Problem, step: Step) -> str:
    """Where a step is answered."""
    return url_for("problem_wizard.step", problem_id=problem.id, name=step.name)


def progress(problem: Problem) -> list[tuple[Step, str]]:
    """Every step with how far it is."""
    values = values_of(problem)
    return [(step, answered(step, values)) for step in STEPS]


def n_done(problem: Problem) -> int:
    """How many steps are answered."""
    return sum(state == "done" for _step, state in progress(problem))


def lacking(problem: Problem) -> list[Lack]:
    """What keeps the problem from being submitted."""
    try:
        check_complete(values_of(problem), now=utcnow())
    except InvalidInput as error:
        return [
            _lack(problem, name, say(message))
            for name, messages in error.fields.items()
            for message in messages
        ]
    return []


def _lack(problem: Problem, field: str, text: str) -> Lack:
    step = step_of(field) or BY_NAME["today"]
    return Lack(text, step_url(problem, step), _("Answer: %(step)s", step=say(step.label)))


def checklist(session: Session, problem: Problem) -> Checklist:
    """What the automatic pre-screen would say now, and which answers would change it most."""
    rules = rubric.current(session, "screening")
    found = suggest_screening(intake_of(problem), rules)
    worth_most = sorted(found.missing, key=lambda item: -item.effect)[:MAX_ADVICE]
    advice = [
        (item, _lack(problem, item.field, item.advice.label(current_language())))
        for item in worth_most
    ]
    return Checklist(found, rules.list_from, advice)


def news(problem: Problem) -> list[Lack]:
    """What the owner should know on coming back: what closed, what passed, what waits unsaved."""
    return [*_closed(problem), *_unsaved(problem)]


def _closed(problem: Problem) -> list[Lack]:
    now, found = utcnow(), []
    if problem.state is S.DRAFT and problem.call.closes_at <= now:
        text = _(
            "“%(call)s” closed on %(when)s. Everything you wrote is here; "
            "choose another call before you submit.",
            call=problem.call.name(current_language()),
            when=show_moment(problem.call.closes_at),
        )
        found.append(Lack(text, step_url(problem, STEPS[0]), _("Choose a call")))
    if problem.deadline_at is not None and problem.deadline_at <= now:
        text = _(
            "The deadline you set for teams, %(when)s, has passed.",
            when=show_moment(problem.deadline_at),
        )
        found.append(Lack(text, step_url(problem, BY_NAME["when"]), _("Set a new deadline")))
    return found


def _unsaved(problem: Problem) -> list[Lack]:
    found = []
    for key, saved_at in form_draft.kept(context(), f"guide:{problem.id}:"):
        step = BY_NAME.get(key.rpartition(":")[2])
        if step is not None:
            text = _(
                "You typed something under “%(step)s” on %(when)s and did not save it. It is kept.",
                step=say(step.label),
                when=show_moment(saved_at),
            )
            found.append(Lack(text, step_url(problem, step), _("Continue there")))
    return found
