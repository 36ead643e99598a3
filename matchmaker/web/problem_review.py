"""The office's page of a problem: what waits to be decided, with the forms for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, render_template

from matchmaker.errors import NotSignedIn
from matchmaker.models import Problem, Screening, User
from matchmaker.policies.broker_assignment import may_assign, may_release
from matchmaker.policies.problem import may_decide, may_read_decisions, possible_actions
from matchmaker.policies.screening import may_score
from matchmaker.queries import broker_assignment as brokers
from matchmaker.queries import problem as problems
from matchmaker.queries import problem_comment as comments
from matchmaker.queries import problem_revision as revisions
from matchmaker.queries import screening as screenings
from matchmaker.queries.owner import reachable_members
from matchmaker.queries.similar_problems import similar_to
from matchmaker.services import problem as service
from matchmaker.services import rubric
from matchmaker.services import screening as screening_service
from matchmaker.services.screening_record import rounds_left
from matchmaker.web import coaching, problem_words, screening_words
from matchmaker.web.auth import actor
from matchmaker.web.forms.broker_assignment import BrokerForm, ContactForm
from matchmaker.web.forms.problem import (
    DecisionForm,
    DeclineForm,
    ReasonForm,
    ReturnForm,
)
from matchmaker.web.forms.problem_comment import CommentForm
from matchmaker.web.forms.screening import (
    CoachForm,
    ListForm,
    ScoringForm,
    ScreeningDeclineForm,
)
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.problem import ProblemAction, ProblemState

A = ProblemAction

#: What the office can do: the service, the form with its arguments.
DECISIONS: dict[ProblemAction, tuple[Callable[..., object], type[DecisionForm]]] = {
    A.SCREEN: (screening_service.start, ReasonForm),
    A.PUBLISH: (service.publish, ReasonForm),
    A.RETURN: (service.return_to_owner, ReturnForm),
    A.DECLINE: (service.decline, DeclineForm),
    A.START_SOLVING: (service.start_solving, ReasonForm),
    A.EVALUATE: (service.evaluate, ReasonForm),
    A.CLOSE: (service.close, ReasonForm),
    A.ARCHIVE: (service.archive, ReasonForm),
}
#: What the screening decides while it is under way, or before it has begun.
OF_SCREENING = {A.RETURN, A.DECLINE}


def page_words() -> dict[str, Any]:
    """What the parts of pages about problems use besides their parameters."""
    return {
        "words": problem_words,
        "screening_words": screening_words,
        "has_page": lambda endpoint: endpoint in current_app.view_functions,
    }


def reader() -> User:
    """The reader of a page that only signed-in people reach."""
    found = actor()
    if found is None:
        raise NotSignedIn
    return found


def review_page(problem_id: int, typed: Mapping[Any, Any] | None = None) -> str:
    """The page; *typed* has the forms that were refused, by action or name."""
    session, user = db_session(), reader()
    problem = problems.get_problem(session, user, problem_id)
    may_read_decisions.require(user, problem)
    screening = screenings.under_way(session, problem.id)
    if problem.state is not ProblemState.SCREENING:
        screening = None
    returned = screenings.last_returned(session, user, problem)
    typed = typed or {}
    return render_template(
        "problem/review.html",
        **page_words(),
        problem=problem,
        conflict=may_decide(user, problem),
        forms={**_decisions(user, problem, screening), **_actions(typed)},
        screening=screening,
        panel=screening_words.panel(session, problem, screening) if screening else None,
        screening_forms=_screening_forms(user, problem, screening, typed),
        can_start=_can_start(user, problem, screening),
        is_listed=screenings.is_listed(session, problem),
        rounds=screenings.rounds(session, user, problem),
        rounds_left=rounds_left(context(), problem),
        decisions=problems.decisions(session, user, problem),
        cards=coaching.cards(
            user, problem, comments.threads(session, user, problem), coaching.asked_fields(returned)
        ),
        similar=similar_to(session, user, problem),
        comment_form=typed.get("comment") or CommentForm(formdata=None),
        amendment=revisions.open_amendment(session, user, problem),
        **_people(user, problem, typed),
    )


def _actions(typed: Mapping[Any, Any]) -> dict[ProblemAction, DecisionForm]:
    return {action: form for action, form in typed.items() if isinstance(action, ProblemAction)}


def _decisions(
    user: User, problem: Problem, screening: Screening | None
) -> dict[ProblemAction, DecisionForm]:
    """The forms for what can be decided now, without what the screening decides."""
    possible = possible_actions(user, problem)
    if screening is not None:
        possible = [action for action in possible if action not in OF_SCREENING]
    return {
        action: make_form(str(action), formdata=None)
        for action, (_decision, make_form) in DECISIONS.items()
        if action in possible and action is not A.SCREEN
    }


def _can_start(user: User, problem: Problem, screening: Screening | None) -> bool:
    """Whether a round of screening can begin now."""
    if not may_decide.allows(user, problem) or screening is not None:
        return False
    if problem.state is ProblemState.SUBMITTED:
        return True
    lacks_one = not screenings.is_listed(db_session(), problem)
    return problem.state is ProblemState.SCREENING and lacks_one


def _screening_forms(
    user: User, problem: Problem, screening: Screening | None, typed: Mapping[Any, Any]
) -> dict[str, Any]:
    if screening is None:
        return {}
    forms: dict[str, Any] = {}
    if may_score.allows(user, problem):
        forms["score"] = scoring_form(screening, formdata=None)
    if may_decide.allows(user, problem):
        forms |= conclusion_forms(screening)
    return {name: typed.get(name) or form for name, form in forms.items()}


def scoring_form(screening: Screening, **options: Any) -> ScoringForm:
    """The form for the points of *screening*."""
    found = rubric.version(db_session(), "screening", screening.rubric_version)
    return ScoringForm.for_rubric(found, screening, **options)


def conclusion_forms(screening: Screening) -> dict[str, Any]:
    """The three ways a screening ends, blank."""
    version = {"version": screening.version}
    coach = CoachForm("coach", formdata=None, data=version)
    coach.offer(screening)
    return {
        "list": ListForm("list", formdata=None, data=version),
        "coach": coach,
        "decline": ScreeningDeclineForm("decline", formdata=None, data=version),
    }


def _people(user: User, problem: Problem, typed: Mapping[Any, Any]) -> dict[str, Any]:
    """The broker, whoever else could be, and whether anybody at the owner can be reached."""
    session = db_session()
    place = problem.broker_assignment
    found: dict[str, Any] = {
        "broker": place.broker if place else None,
        "broker_version": place.version if place else 0,
        "may_release": may_release.allows(user, problem),
        "broker_form": None,
        "reachable": reachable_members(session, problem),
        "contact_form": None,
    }
    if may_assign.allows(user, problem):
        form = typed.get("broker") or BrokerForm(formdata=None)
        form.offer(brokers.candidates(session, problem), found["broker_version"])
        found["broker_form"] = form
        if not found["reachable"]:
            found["contact_form"] = typed.get("contact") or ContactForm("contact", formdata=None)
    return found
