"""The data sheet of a problem: a page for people, JSON-LD for programs."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.assessment.intake import questions
from matchmaker.models import Problem
from matchmaker.policies.problem import can_edit
from matchmaker.queries.attachment import public_files
from matchmaker.queries.problem import get_problem
from matchmaker.reports import data_sheet
from matchmaker.services.attachment import media_type
from matchmaker.services.problem_intake import intake_of
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.i18n import current_language
from matchmaker.web.transaction import db_session

blueprint = Blueprint("problem_data_sheet", __name__)

PROBLEM = "/problems/<int:problem_id>"


@blueprint.get(PROBLEM + "/data-sheet")
@guard(PUBLIC)
def show(problem_id: int) -> ResponseReturnValue:
    """What teams should know about the data."""
    problem = get_problem(db_session(), actor(), problem_id)
    intake = intake_of(problem)
    return render_template(
        "problem_data_sheet/show.html",
        problem=problem,
        intake=intake,
        rows=data_sheet.sheet_rows(intake, current_language()),
        fields=data_sheet.sheet_fields(intake.data_fields),
        editable=can_edit(actor(), problem),
        questions=questions(),
    )


@blueprint.get(PROBLEM + "/data-sheet.json")
@guard(PUBLIC)
def export(problem_id: int) -> ResponseReturnValue:
    """The same as Croissant JSON-LD."""
    problem = get_problem(db_session(), actor(), problem_id)
    url = url_for("problem_data_sheet.show", problem_id=problem.id, _external=True)
    sheet = data_sheet.croissant(problem, url, _files(problem))
    text = current_app.json.dumps(sheet, ensure_ascii=False, indent=1)
    answer = current_app.response_class(text, mimetype="application/ld+json")
    name = f"data-sheet-{problem.id}.json"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _files(problem: Problem) -> list[data_sheet.File]:
    """The files that everybody may open, with their addresses."""
    return [
        data_sheet.File(
            item,
            url_for(
                "attachment.show", problem_id=problem.id, attachment_id=item.id, _external=True
            ),
            media_type(item),
        )
        for item in public_files(db_session(), actor(), problem)
    ]
