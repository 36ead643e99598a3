"""Applications on the office's side: what came in, near copies, what breaks the rules, the review begins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, InvalidTransition, MatchmakerError, StaleVersion
from matchmaker.models import (
    APPLICATION_ORIGIN_LABELS,
    WITHDRAWAL_CAUSE_LABELS,
    Application,
    ApplicationTwin,
)
from matchmaker.policies.application import (
    may_begin_review,
    may_decide_application,
    may_judge_twin,
    may_list_applications,
    may_read_application,
)
from matchmaker.queries import application as queries
from matchmaker.queries import application_twin as twins
from matchmaker.queries import call as calls
from matchmaker.queries.application import Filter
from matchmaker.queries.call_rules import rules_of
from matchmaker.reports.application import applications_table
from matchmaker.services import application_decision as service
from matchmaker.services import application_twin as twin_service
from matchmaker.services.application_check import parts_of, rules_for, verdicts
from matchmaker.web import application_words, figures, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.application import DecisionForm, TwinForm, shown_amount
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language, say, zone
from matchmaker.web.text_difference import parts as text_parts
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.application import (
    APPLICATION_WORKFLOW,
    RECEIVED_STATES,
    ApplicationState,
)

blueprint = Blueprint("application_queue", __name__)

APPLICATIONS = "/office/applications"
APPLICATION = APPLICATIONS + "/<int:application_id>"
TWIN = APPLICATIONS + "/twins/<int:twin_id>"


@blueprint.get(APPLICATIONS)
@guard(may_list_applications)
def index() -> ResponseReturnValue:
    """What has come in, by what one looks for."""
    session, user, wanted = db_session(), actor(), _wanted()
    page = queries.list_received(session, user, wanted, number=listing.page_number())
    filters = _filters(queries.count_by_state(session, user, wanted.call_id))
    return render_template(
        "application/queue.html",
        page=page,
        filters=filters,
        active=listing.active(filters),
        flagged=queries.flagged_ids(session, [item.id for item in page.items]),
        ready=service.ready_for_review(context()),
        page_url=listing.page_url,
        export_url=_export_url,
        words=application_words,
    )


def _wanted() -> Filter:
    state = listing.chosen("state")
    return Filter(
        text=listing.chosen("q"),
        state=state if state in set(ApplicationState) else "",
        call_id=number_or_none(listing.chosen("call")),
        problem_id=number_or_none(listing.chosen("problem")),
        flagged=listing.chosen("flag") == "copy",
    )


def _filters(counts: dict[str, int]) -> list[dict[str, Any]]:
    language = current_language()
    states = (*RECEIVED_STATES, ApplicationState.WITHDRAWN)
    labels = ((state.value, say(APPLICATION_WORKFLOW.labels[state].staff)) for state in states)
    rounds = calls.all_calls(db_session(), actor())
    return [
        listing.search("q", _("Team or problem")),
        listing.select("state", _("State"), labels, every=_("Any"), counts=counts),
        listing.select(
            "call",
            _("Call"),
            ((str(call.id), call.name(language)) for call in rounds),
            every=_("All calls"),
        ),
        listing.select("flag", _("Marked"), [("copy", _("Near copies"))], every=_("Any")),
    ]


@blueprint.get("/office/applications.<any(csv, xlsx):ending>")
@guard(may_list_applications)
def export(ending: str) -> ResponseReturnValue:
    """The same list as a file."""
    session = db_session()
    found = queries.all_received(session, actor(), _wanted())
    flagged = queries.flagged_ids(session, [row.id for row in found])
    table = applications_table(found, flagged, zone())
    return figures.tables_as_file([table], "applications", ending)


def _export_url(ending: str) -> str:
    """The address of the list as a file, limited as the page is."""
    names = ("q", "state", "call", "problem", "flag")
    given: dict[str, Any] = {name: listing.chosen(name) for name in names if listing.chosen(name)}
    return url_for("application_queue.export", ending=ending, **given)


@blueprint.get(APPLICATION)
@guard(may_list_applications)
def show(application_id: int) -> ResponseReturnValue:
    """One application as the office reads it: what was handed in, never what is being written."""
    return _page(_received(application_id))


def _received(application_id: int) -> Application:
    application = queries.get_application(db_session(), actor(), application_id)
    context().require(may_read_application, application)
    return application


def _page(application: Application, form: DecisionForm | None = None) -> str:
    rules = rules_for(context(), application)
    standing = application.standing
    return render_template(
        "application/office.html",
        application=application,
        revision=standing,
        parts=parts_of(rules, application.problem),
        rules=rules,
        clock=application_words.clock(rules, application.problem),
        verdicts=verdicts(context(), application, rules),
        twins=twins.twins_of(db_session(), actor(), application.id),
        form=form or DecisionForm(formdata=None),
        names=application_words.person_names(application),
        origin=APPLICATION_ORIGIN_LABELS[application.origin],
        causes=WITHDRAWAL_CAUSE_LABELS,
        actions=APPLICATION_WORKFLOW.possible(application.state),
        amount=shown_amount,
        words=application_words,
    )


@blueprint.post(APPLICATION + "/refuse")
@guard(may_decide_application)
def refuse(application_id: int) -> ResponseReturnValue:
    """Turn down what breaks the rules of the call."""
    return _decided(application_id, service.refuse_ineligible, _("Turned down. The team is told."))


@blueprint.post(APPLICATION + "/take-back")
@guard(may_decide_application)
def take_back(application_id: int) -> ResponseReturnValue:
    """Take the last decision back."""
    return _decided(application_id, service.take_back, _("Taken back."))


def _decided(application_id: int, decide: Any, done: str) -> ResponseReturnValue:
    application, form = _received(application_id), DecisionForm()
    try:
        decide(
            context(),
            application.id,
            reason=form.reason.data or "",
            version=form.version.data,
        )
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        _show(form, error)
        return _page(application, form), status_of(error)
    flash(done, "success")
    return redirect(url_for("application_queue.show", application_id=application.id), 303)


def _show(form: Any, error: MatchmakerError) -> None:
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))


@blueprint.post("/office/calls/<int:call_id>/begin-review")
@guard(may_begin_review)
def begin_review(call_id: int) -> ResponseReturnValue:
    """Put what was handed in under review, now that the deadline is over."""
    call = calls.get_call(db_session(), actor(), call_id)
    count = service.begin_review(context(), call.id)
    flash(_("Under review now: %(count)s", count=count), "success" if count else "info")
    return redirect(url_for("application_queue.index", call=call.id), 303)


@blueprint.get(TWIN)
@guard(may_list_applications)
def twin(twin_id: int) -> ResponseReturnValue:
    """Two applications that say nearly the same, part by part."""
    return _twin_page(twins.get_twin(db_session(), actor(), twin_id))


def _twin_page(found: ApplicationTwin, form: TwinForm | None = None) -> str:
    standing = queries.latest_revisions(db_session(), [found.application_id, found.other_id])
    one, other = standing[found.other_id], standing[found.application_id]
    rules = rules_of(db_session(), found.application.call_id)
    parts = parts_of(rules, found.application.problem) if rules else ()
    return render_template(
        "application/twin.html",
        twin=found,
        earlier=found.other,
        later=found.application,
        parts=[
            (part, found.parts[part.id], one.parts[part.id], other.parts[part.id])
            for part in parts
            if part.id in found.parts
        ],
        difference_of=text_parts,
        form=form or TwinForm(formdata=None, data=_judged(found)),
        words=application_words,
    )


def _judged(found: ApplicationTwin) -> dict[str, Any]:
    verdict = {None: "", True: "harmless", False: "copy"}[found.is_harmless]
    return {"verdict": verdict, "note": found.note, "version": found.version}


@blueprint.post(TWIN)
@guard(may_judge_twin)
def judge(twin_id: int) -> ResponseReturnValue:
    """Say what a pair is."""
    found, form = twins.get_twin(db_session(), actor(), twin_id), TwinForm()
    if form.verdict.data not in ("harmless", "copy"):
        form.verdict.errors = [_("Choose one.")]
        return _twin_page(found, form), 422
    try:
        twin_service.judge(
            context(),
            found.id,
            is_harmless=form.verdict.data == "harmless",
            note=form.note.data or "",
            version=form.version.data,
        )
    except (InvalidInput, StaleVersion) as error:
        _show(form, error)
        return _twin_page(found, form), status_of(error)
    flash(_("Saved."), "success")
    return redirect(url_for("application_queue.show", application_id=found.application_id), 303)
