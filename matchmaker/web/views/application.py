"""A team's applications: begin, write together, check, hand in, look back, withdraw."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    NotSignedIn,
    StaleVersion,
)
from matchmaker.models import APPLICATION_ORIGIN_LABELS, Application, ApplicationRevision, User
from matchmaker.policies.application import (
    may_confirm,
    may_edit_application,
    may_start,
    may_submit_application,
    may_withdraw_application,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import application as queries
from matchmaker.queries import decision as decided
from matchmaker.queries import problem as problems
from matchmaker.queries.call_rules import rules_of
from matchmaker.queries.decision import usual_days
from matchmaker.queries.question import asking_teams
from matchmaker.services import application as service
from matchmaker.services import application_decision as decisions
from matchmaker.services import application_receipt as receipts
from matchmaker.services import application_withdrawal as withdrawals
from matchmaker.services.application_check import check, parts_of, rules_for
from matchmaker.web import application_words, decision_words, drafts
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.application import (
    PREFIX,
    FileForm,
    ProposalForm,
    StartForm,
    SubmitForm,
    WithdrawForm,
    country_names,
    proposal_form,
    saved,
    shown_amount,
)
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("application", __name__)

APPLICATION = "/applications/<int:application_id>"


@blueprint.app_context_processor
def _apply_parts() -> dict[str, Any]:
    """What the page of a problem shows of applications."""
    return {"applying": application_words.applying}


@blueprint.get("/applications")
@guard(may_use)
def index() -> ResponseReturnValue:
    """What the reader's teams have under way."""
    rows = queries.own_applications(db_session(), reader())
    return render_template("application/index.html", applications=rows, words=application_words)


def reader() -> User:
    """Whoever is signed in."""
    user = actor()
    if user is None:
        raise NotSignedIn
    return user


@blueprint.route("/problems/<int:problem_id>/apply", methods=["GET", "POST"])
@guard(may_start)
def start(problem_id: int) -> ResponseReturnValue:
    """What applying takes, and for which team."""
    problem = problems.get_problem(db_session(), actor(), problem_id)
    context().require(may_start, problem)
    form = StartForm()
    teams = asking_teams(db_session(), reader())
    form.offer_teams(teams)
    if not form.is_submitted():
        return _start_page(form, problem)
    try:
        application = service.start(context(), problem.id, form.team_id.data or 0)
    except MatchmakerError as error:
        form.form_errors.append(say(error.message))
        return _start_page(form, problem), status_of(error)
    return redirect(url_for("application.edit", application_id=application.id), 303)


def _start_page(form: StartForm, problem: Any) -> str:
    rules = rules_of(db_session(), problem.call_id)
    return render_template(
        "application/start.html",
        form=form,
        problem=problem,
        rules=rules,
        parts=parts_of(rules, problem) if rules else (),
        begun=queries.applications_for(db_session(), reader(), problem),
        words=application_words,
    )


@blueprint.get(APPLICATION)
@guard(may_use)
def show(application_id: int) -> ResponseReturnValue:
    """Where an application stands, what is missing, and what to do next."""
    application = queries.get_application(db_session(), actor(), application_id)
    if not may_edit_application.allows(actor(), application):
        return redirect(url_for("application_queue.show", application_id=application.id))
    return page(application)


def own(application_id: int) -> Application:
    """The application, if it is one of the reader's team."""
    application = queries.get_application(db_session(), actor(), application_id)
    context().require(may_edit_application, application)
    return application


def page(
    application: Application,
    *,
    refusal: MatchmakerError | None = None,
    withdrawing: WithdrawForm | None = None,
    file_form: FileForm | None = None,
) -> str:
    """The page of one application for its team."""
    rules = rules_for(context(), application)
    return render_template(
        "application/show.html",
        application=application,
        parts=parts_of(rules, application.problem),
        rules=rules,
        clock=application_words.clock(rules, application.problem),
        usual_days=usual_days(db_session()),
        check=check(context(), application),
        files=[file for file in application.files if file.removed_at is None],
        is_in=receipts.says_the_same(application, application.standing),
        unsaved=drafts.restore(_key(application)),
        refusal=refusal,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        file_form=file_form or FileForm(formdata=None),
        names=application_words.person_names(application),
        origin=APPLICATION_ORIGIN_LABELS[application.origin],
        amount=shown_amount,
        announced=decided.announced_of(db_session(), application),
        decision_words=decision_words,
        words=application_words,
        limits=context().settings,
    )


def _key(application: Application) -> str:
    return f"application:{application.id}"


@blueprint.route(APPLICATION + "/edit", methods=["GET", "POST"])
@guard(may_edit_application)
def edit(application_id: int) -> ResponseReturnValue:
    """Write the proposal; what is typed keeps itself, and a colleague's save is never overwritten."""
    application = own(application_id)
    parts = parts_of(rules_for(context(), application), application.problem)
    make = proposal_form(parts)
    if request.method == "POST":
        return _submitted(application, make())
    typed = drafts.restore(_key(application))
    form = make(formdata=typed, data=saved(application, parts))
    return _form_page(application, form, typed=typed)


def _submitted(application: Application, form: ProposalForm) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(application, form), 422
    try:
        service.save(context(), application.id, form.values(), version=form.version.data)
    except InvalidInput as error:
        show_refusal(form, error)
        return _form_page(application, form), 422
    except StaleVersion as error:
        return _form_page(application, form, stale=say(error.message)), 409
    except (DeadlinePassed, InvalidTransition) as error:
        form.form_errors.append(say(error.message))
        return _form_page(application, form), status_of(error)
    drafts.discard(_key(application))
    flash(_("Saved. It is not handed in by that."), "success")
    return redirect(url_for("application.show", application_id=application.id), 303)


def show_refusal(form: ProposalForm, error: InvalidInput) -> None:
    """Put what the service refused beside the parts it is about."""
    known = {name if name in form else PREFIX + name: found for name, found in error.fields.items()}
    form.show_refusal(InvalidInput(error.message.text, fields=known))


def _form_page(
    application: Application, form: ProposalForm, *, stale: str = "", typed: Any = None
) -> str:
    """The form as typed; if a colleague has saved meanwhile, both versions stand side by side."""
    rules = rules_for(context(), application)
    parts = parts_of(rules, application.problem)
    changed = application_words.changes(parts, application.parts, form.values().parts)
    if stale:
        form.version.raw_data, form.version.data = None, application.version
    return render_template(
        "application/edit.html",
        application=application,
        form=form,
        parts=parts,
        key=_key(application),
        typed=typed,
        stale=stale,
        changes=changed if stale else [],
        clock=application_words.clock(rules, application.problem),
        names=application_words.person_names(application),
        countries=country_names(),
        words=application_words,
    )


@blueprint.post(APPLICATION + "/submit")
@guard(may_submit_application)
def submit(application_id: int) -> ResponseReturnValue:
    """Hand in what is written."""
    application, form = own(application_id), SubmitForm()
    try:
        service.submit(
            context(), application.id, version=form.version.data, received_at=received_at()
        )
    except (InvalidInput, StaleVersion, DeadlinePassed, InvalidTransition) as error:
        return page(application, refusal=error), status_of(error)
    flash(_("Handed in. The receipt is on its way to all members of the team."), "success")
    return redirect(_receipt_url(application), 303)


def received_at() -> datetime:
    """When this request reached the server, before it waited for anything."""
    return utcnow() - timedelta(seconds=time.perf_counter() - g.began)


def _receipt_url(application: Application) -> str:
    standing = application.standing
    number = standing.number if standing else 0
    return url_for("application.receipt", application_id=application.id, number=number)


@blueprint.post(APPLICATION + "/withdraw")
@guard(may_withdraw_application)
def withdraw(application_id: int) -> ResponseReturnValue:
    """Withdraw, at any time."""
    application, form = own(application_id), WithdrawForm()
    try:
        withdrawals.withdraw(
            context(),
            application.id,
            cause=form.chosen,
            reason=form.reason.data or "",
            version=form.version.data,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return page(application, withdrawing=form), 422
    except (StaleVersion, InvalidTransition) as error:
        return page(application, refusal=error), status_of(error)
    flash(_("Withdrawn."), "success")
    return redirect(url_for("application.show", application_id=application.id), 303)


@blueprint.post(APPLICATION + "/confirm")
@guard(may_confirm)
def confirm(application_id: int) -> ResponseReturnValue:
    """Take the place that was offered."""
    application, form = own(application_id), SubmitForm()
    try:
        decisions.confirm(context(), application.id, version=form.version.data)
    except (Conflict, DeadlinePassed, StaleVersion, InvalidTransition) as error:
        return page(application, refusal=error), status_of(error)
    flash(_("The place is yours."), "success")
    return redirect(url_for("application.show", application_id=application.id), 303)


def revision_of(application: Application, number: int) -> ApplicationRevision:
    """One version that was handed in, or `NotFound`."""
    for revision in application.revisions:
        if revision.number == number:
            return revision
    raise NotFound


@blueprint.get(APPLICATION + "/versions/<int:number>")
@guard(may_use)
def version(application_id: int, number: int) -> ResponseReturnValue:
    """One version as it was handed in, with what it changed."""
    application = queries.get_application(db_session(), actor(), application_id)
    revision = revision_of(application, number)
    before = revision_of(application, number - 1) if number > 1 else None
    parts = parts_of(rules_for(context(), application), application.problem)
    return render_template(
        "application/version.html",
        application=application,
        revision=revision,
        before=before,
        parts=parts,
        changes=application_words.changes(parts, before.parts, revision.parts) if before else [],
        is_own=may_edit_application.allows(actor(), application),
        names=application_words.person_names(application),
        amount=shown_amount,
        words=application_words,
    )


@blueprint.get(APPLICATION + "/receipts/<int:number>")
@guard(may_use)
def receipt(application_id: int, number: int) -> ResponseReturnValue:
    """The receipt of one version, to keep or to print."""
    application = queries.get_application(db_session(), actor(), application_id)
    revision = revision_of(application, number)
    return render_template(
        "application/receipt.html",
        application=application,
        revision=revision,
        is_own=may_edit_application.allows(actor(), application),
        words=application_words,
    )


@blueprint.get(APPLICATION + "/receipts/<int:number>.json")
@guard(may_use)
def record(application_id: int, number: int) -> ResponseReturnValue:
    """The file whose SHA-256 stands on the receipt."""
    application = queries.get_application(db_session(), actor(), application_id)
    revision = revision_of(application, number)
    name = f"{application.number}-v{revision.number}.json"
    response = Response(receipts.content_bytes(application, revision), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
