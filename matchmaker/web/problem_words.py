"""How pages put a problem's grade, requirements and state into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from matchmaker.assessment.intake import questions
from matchmaker.clock import utcnow
from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import Problem
from matchmaker.reference import REGIONS
from matchmaker.services.problem_revision import FIELD_LABELS
from matchmaker.services.problem_values import ProblemValues
from matchmaker.web.audit_actions import action_words
from matchmaker.web.i18n import current_language, say, show_moment
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

#: What each grade means, for those who choose it and those who read it.
GRADE_MEANINGS = {
    "G1": N_(
        "For course projects, students and career changers: prepared or public data, "
        "one proof of concept in about 8 weeks."
    ),
    "G2": N_(
        "For students and start-ups working with an existing process: the owner's de-identified "
        "data and one contact, a proof of concept in about 12 weeks."
    ),
    "G3": N_(
        "For teams with a record: site access and a test window, proof of concept and then proof "
        "of service on site in 16 to 20 weeks."
    ),
    "G4": N_(
        "For start-ups, institutes and alliances: an executive sponsor and a roll-out plan, "
        "up to proof of business in 20 to 26 weeks."
    ),
}

#: From must-have down; the same words as in the comparison of a team with a problem.
IMPORTANCES = {3: N_("Must have"), 2: N_("Important"), 1: N_("Nice to have")}

#: The five steps of a problem's life, as its owner sees them.
STEPS = (
    N_("Draft"),
    N_("Screening"),
    N_("Accepted"),
    N_("Open and being solved"),
    N_("Results"),
)
S = ProblemState
STEP_OF = {
    S.DRAFT: 1,
    S.RETURNED: 1,
    S.SUBMITTED: 2,
    S.SCREENING: 2,
    S.GRADED: 3,
    S.PUBLISHED: 4,
    S.SOLVING: 4,
    S.EVALUATING: 5,
    S.CLOSED: 5,
}

#: What is waited for, from whom, and what the owner can do now.
NEXT_STEPS = {
    S.DRAFT: N_(
        "It is your turn: complete the draft and submit it. Until then only your organization sees it."
    ),
    S.RETURNED: N_("It is your turn: make the changes the office asks for and submit again."),
    S.SUBMITTED: N_(
        "The programme office will look at your problem. You need do nothing; you get a letter."
    ),
    S.SCREENING: N_("The programme office is looking at your problem. You need do nothing."),
    S.GRADED: N_("Your problem is accepted. The programme office publishes it next."),
    S.PUBLISHED: N_(
        "Teams can see your problem. You get a letter when the office has matched teams to it."
    ),
    S.SOLVING: N_("Teams are at work. Answer their questions, and keep data and contact at hand."),
    S.EVALUATING: N_("The results are in. The programme office looks at them with you."),
    S.CLOSED: N_("The work on this problem has ended."),
    S.DECLINED: N_(
        "The programme office has not taken this problem up. You can set a new one with its reasons in mind."
    ),
    S.WITHDRAWN: N_("Your organization withdrew this problem. You can set a new one at any time."),
    S.ARCHIVED: N_("This problem is archived; it is no longer in the public list."),
}

#: What came of a problem, for somebody who is about to set one like it.
OUTCOMES = {
    S.DRAFT: N_("A draft of your own organization."),
    S.SUBMITTED: N_("Waiting for the programme office."),
    S.SCREENING: N_("The programme office is looking at it."),
    S.RETURNED: N_("Returned to its owner for changes."),
    S.GRADED: N_("Accepted; it will be published."),
    S.PUBLISHED: N_("Open now: teams can still ask for it."),
    S.SOLVING: N_("Teams are working on it."),
    S.EVALUATING: N_("Solved; the results are being looked at."),
    S.CLOSED: N_("Finished: read what came out before you set it again."),
    S.DECLINED: N_("The programme office did not take it up."),
    S.WITHDRAWN: N_("Its owner withdrew it."),
    S.ARCHIVED: N_("Archived."),
}


def state_label(problem: Problem, *, staff: bool = False) -> str:
    """The state in the words of the office or of everybody else."""
    label = PROBLEM_WORKFLOW.labels[problem.state]
    return say(label.staff if staff else label.public)


def state_tone(problem: Problem) -> str:
    """The tone the state is shown in."""
    return PROBLEM_WORKFLOW.labels[problem.state].tone


def steps() -> list[dict[str, str]]:
    """The five steps as the step line takes them."""
    return [{"label": say(step)} for step in STEPS]


def sector_label(sector: str | None) -> str:
    """The name of a sector; nothing if there is none."""
    return load_taxonomy().label(sector, current_language()) if sector else ""


def region_label(region: str | None) -> str:
    """The name of a region; nothing if there is none."""
    return say(REGIONS[region].label) if region else ""


def outcome(problem: Problem) -> str:
    """What came of a problem, in words."""
    return say(OUTCOMES[problem.state])


def writing_url(problem: Problem) -> str:
    """Where its owner goes on writing: in the guide, if the problem was begun there."""
    page = "problem_wizard.overview" if problem.intake else "problem.edit"
    return url_for(page, problem_id=problem.id)


def deadline_tone(problem: Problem) -> str:
    """Late once the deadline has passed, waiting in the last week before it."""
    if problem.deadline_at is None:
        return "neutral"
    left = problem.deadline_at - utcnow()
    return "stop" if left <= timedelta() else "waiting" if left < timedelta(days=7) else "neutral"


def action_label(action: ProblemAction) -> str:
    """What an action is called."""
    return say(PROBLEM_WORKFLOW.actions[action])


def decision_label(name: str) -> str:
    """What an audit event about a problem says was done."""
    action = name.removeprefix("problem:")
    named = {"create": N_("Begun"), "update": N_("Changed")}
    if action in list(ProblemAction):
        return action_label(ProblemAction(action))
    return say(named[action]) if action in named else action_words(name)


def summary(problem: Problem, length: int = 160) -> str:
    """The beginning of the description in the reader's language, else in the other one."""
    zh = current_language() == "zh"
    own, other = (problem.text_zh, problem.text_en) if zh else (problem.text_en, problem.text_zh)
    text = " ".join((own or other).split())
    limit = length // 2 if text == problem.text_zh else length
    return text if len(text) <= limit else text[:limit].rstrip() + "…"


def competency_label(competency: str) -> str:
    """The name of a competency in the reader's language."""
    return load_taxonomy().label(competency, current_language())


def level_label(level: int) -> str:
    """A level with its name, such as ``3 Independent``."""
    return f"{level} {load_taxonomy().levels[level].label(current_language())}"


def level_meaning(level: int) -> str:
    """What somebody at a level does."""
    return load_taxonomy().levels[level].definition(current_language())


def importance_label(importance: int) -> str:
    """An importance in words."""
    return say(IMPORTANCES[importance])


def differences(saved: ProblemValues, typed: ProblemValues) -> Iterator[tuple[str, str, str]]:
    """Label, saved text and typed text of every value in which the two differ."""
    for item in fields(ProblemValues):
        old, new = getattr(saved, item.name), getattr(typed, item.name)
        if old != new:
            yield say(FIELD_LABELS[item.name]), in_words(item.name, old), in_words(item.name, new)


def in_words(name: str, value: object) -> str:
    """A value of a problem in words."""
    if value is None or value == "" or value == ():
        return "–"
    if name == "requirements" and isinstance(value, tuple):
        return "\n".join(requirement_in_words(need) for need in value)
    if isinstance(value, tuple):
        return str(_(", ").join(value))
    if isinstance(value, dict):
        return "\n".join(answer_in_words(field, answer) for field, answer in value.items()) or "–"
    if name == "deadline_at":
        return show_moment(value)  # type: ignore[arg-type]
    if name == "sector":
        return sector_label(str(value))
    if name == "region":
        return region_label(str(value))
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return str(value)


def answer_in_words(field: str, value: object) -> str:
    """The question of the guide with what was answered."""
    question, language = questions()[field], current_language()
    chosen = value if isinstance(value, list) else [value]
    words = [
        (_("Yes") if item else _("No"))
        if isinstance(item, bool)
        else (answer.label(language) if (answer := question.answer(str(item))) else str(item))
        for item in chosen
    ]
    return f"{question.label(language)}{_(': ')}{_(', ').join(words)}"


def requirement_in_words(need: Requirement) -> str:
    """One requirement on a line: what, how well, how important."""
    words = (level_label(need.level), importance_label(need.importance))
    return f"{competency_label(need.competency)} · {' · '.join(words)}"


def record(problem: Problem) -> dict[str, object]:
    """The public facts of a problem for programs: no person, no address, nothing of the office."""
    return {
        "id": problem.id,
        "title": {"zh": problem.title_zh, "en": problem.title_en},
        "text": {"zh": problem.text_zh, "en": problem.text_en},
        "sector": problem.sector,
        "region": problem.region,
        "techniques": problem.techniques,
        "grade": problem.grade,
        "state": problem.state,
        "requirements": [
            {"competency": n.competency, "level": n.level, "importance": n.importance}
            for n in problem.requirements
        ],
        "data": {"zh": problem.data_zh, "en": problem.data_en, **_details(problem)},
        "capacity": problem.teams_wanted,
        "deadline": problem.deadline_at.isoformat() if problem.deadline_at else None,
        "organization": {"zh": problem.organization.name_zh, "en": problem.organization.name_en},
    }


def _details(problem: Problem) -> dict[str, object]:
    return {key: problem.data_details.get(key) for key in ("formats", "volume", "personal")}
