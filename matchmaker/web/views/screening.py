"""Score a screening, and end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    StaleVersion,
)
from matchmaker.models import Screening
from matchmaker.policies.screening import may_conclude, may_score
from matchmaker.queries import problem as problems
from matchmaker.queries import screening as queries
from matchmaker.services import rubric
from matchmaker.services import screening as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.problem import DecisionForm
from matchmaker.web.forms.screening import CoachForm, ListForm, ScreeningDeclineForm
from matchmaker.web.i18n import say
from matchmaker.web.problem_review import review_page, scoring_form
from matchmaker.web.screening_words import outcome_label
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("screening", __name__)

SCREENING = "/office/screenings/<int:screening_id>"
CONCLUSIONS: dict[str, tuple[Callable[..., Screening], type[DecisionForm]]] = {
    "list": (service.list_problem, ListForm),
    "coach": (service.coach, CoachForm),
    "decline": (service.decline, ScreeningDeclineForm),
}


@blueprint.post(SCREENING + "/points")
@guard(may_score)
def score(screening_id: int) -> ResponseReturnValue:
    """Keep the points that were chosen."""
    row = _problems_own(screening_id)
    form = scoring_form(row)
    points = form.points(rubric.version(db_session(), "screening", row.rubric_version))
    if not form.validate():
        return review_page(row.problem_id, {"score": form}), 422
    try:
        service.score(context(), row.id, points, version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return review_page(row.problem_id, {"score": form}), 422
    except StaleVersion as error:
        return _overtaken(row, "score", form, error)
    except InvalidTransition as error:
        flash(say(error.message), "warning")
        return _back(row.problem_id)
    flash(_("Points saved. See what they come to, then decide."), "success")
    return _back(row.problem_id, "screening")


@blueprint.post(SCREENING + "/<conclusion>")
@guard(may_conclude)
def conclude(screening_id: int, conclusion: str) -> ResponseReturnValue:
    """End the screening: list, coach or decline."""
    if conclusion not in CONCLUSIONS:
        raise NotFound
    row = _problems_own(screening_id)
    act, make_form = CONCLUSIONS[conclusion]
    form = make_form(conclusion)
    if isinstance(form, CoachForm):
        form.offer(row)
    try:
        ended = act(context(), row.id, **form.arguments())
    except InvalidInput as error:
        form.show_refusal(error)
        return review_page(row.problem_id, {conclusion: form}), 422
    except (StaleVersion, Conflict) as error:
        return _overtaken(row, conclusion, form, error)
    except InvalidTransition as error:
        flash(say(error.message), "warning")
        return _back(row.problem_id)
    if ended.outcome is not None:
        flash(_("Decided: %(outcome)s", outcome=outcome_label(ended.outcome)), "success")
    return _back(row.problem_id)


def _problems_own(screening_id: int) -> Screening:
    """A round of a problem itself; those of amendments have their own pages."""
    row = queries.get_screening(db_session(), actor(), screening_id)
    problems.get_problem(db_session(), actor(), row.problem_id)
    if row.revision_id is not None:
        raise NotFound
    return row


def _overtaken(row: Screening, name: str, form: Any, error: MatchmakerError) -> ResponseReturnValue:
    """Show what was typed beside what is saved; the next attempt counts from there."""
    db_session().refresh(row)
    form.version.raw_data, form.version.data = None, row.version
    form.form_errors.append(say(error.message))
    return review_page(row.problem_id, {name: form}), status_of(error)


def _back(problem_id: int, anchor: str = "") -> ResponseReturnValue:
    page = url_for("problem.review", problem_id=problem_id, _anchor=anchor or None)
    return redirect(page, 303)
