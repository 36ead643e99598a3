"""The office's report on how well reviewers agree."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.policies.site import may_enter_office
from matchmaker.reports.grading import (
    AIM,
    SMALLEST,
    SMALLEST_EACH,
    agreement_csv,
    agreement_report,
)
from matchmaker.services import rubric
from matchmaker.web.auth import guard
from matchmaker.web.i18n import current_locale
from matchmaker.web.transaction import db_session

blueprint = Blueprint("grading_report", __name__)


@blueprint.get("/office/grading/agreement")
@guard(may_enter_office)
def agreement() -> ResponseReturnValue:
    """Kappa between reviewers, the effect of each criterion, who is strict; with the rule behind each."""
    return render_template(
        "report/agreement.html",
        report=agreement_report(db_session(), current_locale(), with_names=_with_names()),
        criteria=rubric.current(db_session(), "grading").criteria,
        with_names=_with_names(),
        aim=AIM,
        smallest=SMALLEST,
        smallest_each=SMALLEST_EACH,
    )


@blueprint.get("/office/grading/agreement.csv")
@guard(may_enter_office)
def agreement_table() -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    text = agreement_csv(db_session(), current_locale(), with_names=_with_names())
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="reviewer-agreement.csv"'
    return response


def _with_names() -> bool:
    """Whether reviewers are named; only if asked for."""
    return request.args.get("names") == "1"
