"""The data room of a problem: read and accept its terms, open files, keep it, prove it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import DataTerms, Problem, User
from matchmaker.policies.attachment import may_read_all_files
from matchmaker.policies.data_terms import (
    is_entitled,
    may_admit,
    may_edit_terms,
    may_enter_room,
    may_read_log,
    may_revoke,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import attachment as attachments
from matchmaker.queries import data_terms as queries
from matchmaker.queries import problem as problems
from matchmaker.reports.data_terms import downloads_csv
from matchmaker.services import data_terms as service
from matchmaker.web import file_words, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.data_terms import AcceptForm, AdmissionForm, RevocationForm, TermsForm
from matchmaker.web.i18n import current_locale, say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.attachment import send

blueprint = Blueprint("data_terms", __name__)

ROOM = "/problems/<int:problem_id>/data-room"
ACCEPTANCE = "/data-room/acceptances/<int:acceptance_id>"


@blueprint.get(ROOM)
@guard(may_use)
def show(problem_id: int) -> ResponseReturnValue:
    """The data room as the reader may see it: terms, files, what they accepted."""
    problem = _problem(problem_id)
    if not queries.own_acceptances(db_session(), _reader(), problem.id):
        context().require(may_enter_room, problem)  # Whoever once accepted still reads what.
    return _page(problem, AcceptForm(formdata=None))


def _problem(problem_id: int) -> Problem:
    return problems.get_problem(db_session(), actor(), problem_id)


def _reader() -> User:
    """The reader of a page that only signed-in people reach."""
    reader = actor()
    if reader is None:
        raise RuntimeError("the guard let somebody through who is not signed in")
    return reader


def _page(problem: Problem, form: AcceptForm, **values: Any) -> str:
    reader, session = _reader(), db_session()
    terms = queries.current_terms(session, problem.id)
    may_enter = may_enter_room.allows(reader, problem)
    if form.number.data == 0 and terms:
        form.number.data = terms.number
    keeps = may_read_all_files.allows(reader, problem)
    return render_template(
        "data_terms/show.html",
        problem=problem,
        form=form,
        terms=terms,
        refusal=None if may_enter else may_enter_room(reader, problem),
        must_accept=is_entitled(reader, problem) and not keeps,
        accepted=queries.valid_acceptance(session, reader, terms) if terms else None,
        own=queries.own_acceptances(session, reader, problem.id),
        files=attachments.room_files(session, reader, problem) if may_enter else [],
        keeps=keeps,
        words=file_words,
        now=utcnow,
        **{**(_kept(problem) if keeps else {}), **values},
    )


def _kept(problem: Problem) -> dict[str, Any]:
    """What owner and office see besides."""
    reader, session = _reader(), db_session()
    return {
        "versions": queries.versions(session, problem.id),
        "acceptances": queries.acceptances(session, reader, problem),
        "admissions": queries.admissions(session, reader, problem),
        "log": queries.downloads(session, reader, problem, number=listing.page_number()),
        "page_url": listing.page_url,
        "admission": AdmissionForm(formdata=None),
    }


@blueprint.post(ROOM + "/accept")
@guard(may_enter_room)
def accept(problem_id: int) -> ResponseReturnValue:
    """Accept the terms in force."""
    form, problem = AcceptForm(), _problem(problem_id)
    context().require(may_enter_room, problem)
    if not form.validate():
        return _page(problem, form), 422
    try:
        service.accept(context(), problem_id, number=form.number.data, locale=current_locale())
    except StaleVersion as error:
        form = AcceptForm(formdata=None)
        form.form_errors.append(say(error.message))
        return _page(_problem(problem_id), form), 409
    flash(_("Accepted. The files are open to you now."), "success")
    return redirect(url_for("data_terms.show", problem_id=problem_id), 303)


@blueprint.post(ROOM + "/files/<int:attachment_id>")
@guard(may_enter_room)
@limiter.limit("300 per hour")
def download(problem_id: int, attachment_id: int) -> ResponseReturnValue:
    """Open a file of the data room, which is written down."""
    try:
        attachment, content = service.open_file(context(), problem_id, attachment_id)
    except service.TermsNotAccepted as error:
        form = AcceptForm(formdata=None)
        form.form_errors.append(say(error.message))
        return _page(_problem(problem_id), form), 403
    return send(attachment, content)


@blueprint.route(ROOM + "/terms", methods=["GET", "POST"])
@guard(may_edit_terms)
def edit(problem_id: int) -> ResponseReturnValue:
    """Write the next version of the terms, from the template or from the version in force."""
    problem = _problem(problem_id)
    context().require(may_edit_terms, problem)
    terms = queries.current_terms(db_session(), problem.id)
    form = TermsForm(data=_start(problem, terms))
    if not form.is_submitted():
        return _terms_page(problem, terms, form)
    if not form.validate():
        return _terms_page(problem, terms, form), 422
    return _put_in_force(problem, terms, form)


def _start(problem: Problem, terms: DataTerms | None) -> dict[str, Any]:
    if terms is None:
        zh, en = service.first_terms(problem)
        return {"number": 0, "text_zh": zh, "text_en": en, "valid_days": 180}
    return {
        "number": terms.number,
        "text_zh": terms.text_zh,
        "text_en": terms.text_en,
        "valid_days": terms.valid_days,
    }


def _put_in_force(
    problem: Problem, terms: DataTerms | None, form: TermsForm
) -> ResponseReturnValue:
    try:
        made = service.put_in_force(
            context(),
            problem.id,
            number=form.number.data,
            text_zh=form.text_zh.data or "",
            text_en=form.text_en.data or "",
            valid_days=form.valid_days.data or 0,
            note=form.note.data or "",
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _terms_page(problem, terms, form), 422
    except StaleVersion as error:
        form.number.raw_data, form.number.data = None, terms.number if terms else 0
        form.form_errors.append(say(error.message))
        return _terms_page(problem, terms, form, stale=True), 409
    flash(_("Version %(number)s of the terms is in force.", number=made.number), "success")
    return redirect(url_for("data_terms.show", problem_id=problem.id), 303)


def _terms_page(problem: Problem, terms: DataTerms | None, form: TermsForm, **values: Any) -> str:
    return render_template(
        "data_terms/edit.html", problem=problem, terms=terms, form=form, **values
    )


@blueprint.post(ROOM + "/admissions")
@guard(may_admit)
def admit(problem_id: int) -> ResponseReturnValue:
    """Admit somebody by name."""
    form = AdmissionForm()
    context().require(may_admit, _problem(problem_id))
    try:
        if not form.validate():
            raise InvalidInput
        service.admit(context(), problem_id, name=form.name.data or "", email=form.email.data or "")
    except InvalidInput as error:
        if not form.errors:
            form.show_refusal(error)
        return _page_with(problem_id, admission=form), 422
    flash(_("Admitted. They get a letter, and still have to accept the terms."), "success")
    return redirect(url_for("data_terms.show", problem_id=problem_id) + "#admitted", 303)


def _page_with(problem_id: int, **values: Any) -> str:
    """The page of the room with a form on it as it was typed."""
    problem = _problem(problem_id)
    context().require(may_read_log, problem)
    return _page(problem, AcceptForm(formdata=None), **values)


@blueprint.post(ROOM + "/admissions/<int:admission_id>/withdraw")
@guard(may_admit)
def withdraw_admission(problem_id: int, admission_id: int) -> ResponseReturnValue:
    """No longer admit somebody."""
    service.withdraw_admission(context(), problem_id, admission_id)
    flash(_("No longer admitted. From now on no file opens for them."), "success")
    return redirect(url_for("data_terms.show", problem_id=problem_id) + "#admitted", 303)


@blueprint.get(ROOM + "/log.csv")
@guard(may_read_log)
def log(problem_id: int) -> ResponseReturnValue:
    """Who opened what, as a table for a spreadsheet."""
    problem = _problem(problem_id)
    rows = queries.all_downloads(db_session(), _reader(), problem)
    response = Response(downloads_csv(rows, current_locale()), mimetype="text/csv")
    name = f"data-room-{problem.id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get(ACCEPTANCE)
@guard(may_use)
def acceptance(acceptance_id: int) -> ResponseReturnValue:
    """Proof of an acceptance, to be printed."""
    return _proof_page(acceptance_id, RevocationForm(formdata=None))


def _proof_page(acceptance_id: int, form: RevocationForm) -> str:
    found = queries.get_acceptance(db_session(), actor(), acceptance_id)
    return render_template(
        "data_terms/acceptance.html",
        acceptance=found,
        problem=found.terms.problem,
        proof=service.proof(found),
        form=form,
        now=utcnow,
        is_own=found.user_id == _reader().id,
    )


@blueprint.get(ACCEPTANCE + ".json")
@guard(may_use)
def proof(acceptance_id: int) -> ResponseReturnValue:
    """The same for programs, with the hash over everything in it."""
    found = queries.get_acceptance(db_session(), actor(), acceptance_id)
    return jsonify(service.proof(found))


@blueprint.post(ACCEPTANCE + "/revoke")
@guard(may_revoke)
def revoke(acceptance_id: int) -> ResponseReturnValue:
    """End an acceptance."""
    form = RevocationForm()
    try:
        service.revoke(context(), acceptance_id, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _proof_page(acceptance_id, form), 422
    flash(_("Ended. From now on no file opens with it; the record stays."), "success")
    return redirect(url_for("data_terms.acceptance", acceptance_id=acceptance_id), 303)
