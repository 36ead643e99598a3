"""What the public page of a problem shows beside its text: what the owner brings, award, calendar, next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _

from matchmaker.assessment.intake import questions
from matchmaker.assessment.rubric import GradingRubric
from matchmaker.models import Attachment, DataTerms, GradeDecision, Problem, Question, User
from matchmaker.policies.attachment import may_read_all_files
from matchmaker.policies.data_terms import OPEN_STATES, is_entitled
from matchmaker.queries import attachment as attachments
from matchmaker.queries import data_terms as rooms
from matchmaker.queries import question as asked
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.queries.recommended_match import recommended_match
from matchmaker.services import rubric
from matchmaker.services.attachment import hides_words
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.question import takes_questions
from matchmaker.web.auth import actor
from matchmaker.web.i18n import current_language
from matchmaker.web.transaction import db_session
from matchmaker.workflows.problem import ProblemState

#: What an owner may bring, by the field of the guided answers.
BROUGHT = ("contact", "mentor", "data_tools", "site", "monthly_meeting")
SHOWN_QUESTIONS = 3


@dataclass(frozen=True)
class Step:
    """The reader's next step: why, and where to."""

    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Room:
    """What the reader learns of the data room: `none`, `hidden` (exists), `ask`, `open` or `kept`."""

    state: str
    terms: DataTerms | None = None


@dataclass(frozen=True)
class PublicPage:
    """Everything beside the text."""

    offers: Sequence[str]
    decision: GradeDecision | None
    #: The rubric the grade was given under, else the one in force.
    rubric: GradingRubric
    files: Sequence[Attachment]
    unreadable: Sequence[Attachment]
    room: Room
    questions: Sequence[Question]
    n_questions: int
    takes_questions: bool
    next_step: Step | None
    machine: Sequence[str] = field(default=())


def read(problem: Problem) -> PublicPage:
    """What the reader of this request may see of *problem* beside its text."""
    session, reader = db_session(), actor()
    files = attachments.public_files(session, reader, problem)
    page = asked.list_questions(session, reader, problem)
    room = _room(problem, reader)
    decision = latest_decision(session, problem.id)
    return PublicPage(
        offers=_offers(problem),
        decision=decision,
        rubric=_rubric(decision),
        files=files,
        unreadable=hides_words(problem, files) if room.state == "kept" else (),
        room=room,
        questions=page.items[:SHOWN_QUESTIONS],
        n_questions=page.total,
        takes_questions=takes_questions(problem),
        next_step=_next_step(problem, reader, room),
        machine=problem.machine_languages,
    )


def _rubric(decision: GradeDecision | None) -> GradingRubric:
    if decision is None:
        return rubric.current(db_session(), "grading")
    return rubric.version(db_session(), "grading", decision.rubric_version)


def _offers(problem: Problem) -> list[str]:
    """What the owner says they bring, in words."""
    intake, words = intake_of(problem), questions()
    said = [words[name].label(current_language()) for name in BROUGHT if getattr(intake, name)]
    return list(dict.fromkeys(said))


def _room(problem: Problem, reader: User | None) -> Room:
    session = db_session()
    terms = rooms.current_terms(session, problem.id)
    if reader is not None and may_read_all_files.allows(reader, problem):
        return Room("kept", terms)
    if problem.state not in OPEN_STATES or not attachments.has_room(session, problem):
        return Room("none")
    if reader is None or not is_entitled(reader, problem):
        return Room("hidden", terms)
    accepted = rooms.valid_acceptance(session, reader, terms) if terms else None
    return Room("open" if accepted else "ask", terms)


def _next_step(problem: Problem, reader: User | None, room: Room) -> Step | None:
    """What a reader who could solve the problem does next."""
    if room.state == "kept" or problem.state is not ProblemState.PUBLISHED:
        return None
    if reader is None:
        text = _("Sign in or register: your team is compared with every open problem.")
        here = url_for("problem.show", problem_id=problem.id)
        return Step(text, _("Sign in"), url_for("account.login", next=here))
    match = recommended_match(db_session(), reader, problem)
    if match is not None:
        text = _(
            "The programme office recommends this problem to %(team)s.", team=_name(match.team)
        )
        url = url_for("match.recommendations", team_id=match.team_id)
        return Step(text, _("See why and answer"), url)
    teams = asked.asking_teams(db_session(), reader)
    if teams:
        text = _(
            "Teams are recommended by what they have done. Keep your team’s profile up to date; "
            "the office tells you if this problem fits."
        )
        return Step(text, _name(teams[0]), url_for("team.show", team_id=teams[0].id))
    text = _("Problems are solved by teams. Describe yours, and the office finds what fits.")
    return Step(text, _("Create a team"), url_for("team.create"))


def _name(team: object) -> str:
    return str(team.name(current_language()))  # type: ignore[attr-defined]
