"""The learning catalogue: for everybody, and for the office that keeps it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency.learning import themes
from matchmaker.errors import InvalidInput, MatchmakerError, StaleVersion
from matchmaker.models import LearningResource
from matchmaker.policies.learning_resource import may_edit_catalogue, may_manage_catalogue
from matchmaker.queries import enrolment as enrolments
from matchmaker.queries import learning_resource as queries
from matchmaker.services import learning_resource as service
from matchmaker.web import learning_files, learning_words, listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.learning_resource import HoldForm, ImportForm, ResourceForm, saved
from matchmaker.web.i18n import say
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files

blueprint = Blueprint("learning_resource", __name__)

OFFICE = "/office/learning"
ENTRY = OFFICE + "/<int:resource_id>"


@blueprint.get("/learning")
@guard(PUBLIC)
def catalogue() -> ResponseReturnValue:
    """What there is to learn from, in six themes."""
    wanted = learning_words.read_filter()
    filters = learning_words.filters()
    counts = queries.count_by_theme(db_session(), actor(), wanted)
    return render_template(
        "learning_resource/catalogue.html",
        page=queries.list_resources(db_session(), actor(), wanted, number=listing.page_number()),
        total=queries.count_held(db_session()),
        counts=counts,
        chosen=wanted.theme,
        themes=themes(),
        filters=filters,
        active=listing.active(filters),
        words=learning_words,
        page_url=listing.page_url,
        theme_url=lambda theme: listing.with_value("theme", theme),
    )


@blueprint.get("/learning/<int:resource_id>")
@guard(PUBLIC)
def show(resource_id: int) -> ResponseReturnValue:
    """One entry."""
    resource, reader = queries.get_resource(db_session(), actor(), resource_id), actor()
    own = enrolments.find_own(db_session(), reader.id, resource.id) if reader else None
    return render_template(
        "learning_resource/show.html",
        resource=resource,
        own=own,
        signed_in=reader is not None,
        words=learning_words,
        themes=themes(),
    )


@blueprint.get(OFFICE)
@guard(may_manage_catalogue)
def index() -> ResponseReturnValue:
    """The catalogue as the office keeps it, with what it does not reach."""
    return _index_page(ImportForm(formdata=None))


def _index_page(form: ImportForm) -> str:
    wanted, filters = learning_words.read_filter(), learning_words.filters(office=True)
    page = queries.list_resources(db_session(), actor(), wanted, number=listing.page_number())
    return render_template(
        "learning_resource/index.html",
        page=page,
        total=queries.count_all(db_session()),
        counts=enrolments.count_enrolled(db_session(), [row.id for row in page.items]),
        uncovered=learning_words.uncovered(queries.coverage(db_session())),
        untaken=len(service.untaken(context())),
        form=form,
        filters=filters,
        active=listing.active(filters),
        words=learning_words,
        themes=themes(),
        page_url=listing.page_url,
    )


@blueprint.route(OFFICE + "/new", methods=["GET", "POST"])
@guard(may_edit_catalogue)
def create() -> ResponseReturnValue:
    """Add an entry."""
    form = ResourceForm()
    if request.method == "GET":
        form.languages.data = ["zh"]
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    try:
        code = form.code.data or ""
        service.create(context(), code, form.values(), reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form), 422
    return _done(_("Added: %(title)s", title=form.title_zh.data))


@blueprint.route(ENTRY, methods=["GET", "POST"])
@guard(may_edit_catalogue)
def edit(resource_id: int) -> ResponseReturnValue:
    """Change an entry."""
    row = queries.get_resource(db_session(), actor(), resource_id)
    if request.method == "GET":
        return _form_page(ResourceForm(formdata=None, data=saved(row)), row)
    form = ResourceForm()
    if not form.validate():
        return _form_page(form, row), 422
    change = (row.id, form.version.data, form.values())
    try:
        service.update(context(), *change, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, row), 422
    except StaleVersion as error:
        form.version.data = row.version
        return _form_page(form, row, stale=say(error.message)), 409
    return _done(_("Saved: %(title)s", title=form.title_zh.data))


def _form_page(form: ResourceForm, row: LearningResource | None = None, stale: str = "") -> str:
    form.add_rows()
    return render_template(
        "learning_resource/edit.html",
        form=form,
        row=row,
        stale=stale,
        differing=learning_words.differing(form, row) if stale and row else [],
        hold=HoldForm(formdata=None, version=row.version) if row else None,
        most=service.MOST_TAUGHT,
    )


@blueprint.get(ENTRY + "/versions")
@guard(may_manage_catalogue)
def versions(resource_id: int) -> ResponseReturnValue:
    """What an entry said before."""
    row = queries.get_resource(db_session(), actor(), resource_id)
    found = queries.list_revisions(db_session(), row)
    return render_template(
        "learning_resource/versions.html",
        row=row,
        steps=learning_words.steps(found),
    )


@blueprint.post(ENTRY + "/retire")
@guard(may_edit_catalogue)
def retire(resource_id: int) -> ResponseReturnValue:
    """Hold an entry no more."""
    form = HoldForm()
    try:
        row = service.retire(
            context(), resource_id, form.version.data, reason=form.reason.data or ""
        )
    except (InvalidInput, StaleVersion) as error:
        return _hold_again(resource_id, error)
    return _done(_("No longer offered: %(title)s", title=row.title_zh))


@blueprint.post(ENTRY + "/restore")
@guard(may_edit_catalogue)
def restore(resource_id: int) -> ResponseReturnValue:
    """Hold an entry again."""
    form = HoldForm()
    try:
        row = service.restore(
            context(), resource_id, form.version.data, reason=form.reason.data or ""
        )
    except StaleVersion as error:
        return _hold_again(resource_id, error)
    return _done(_("Offered again: %(title)s", title=row.title_zh))


def _hold_again(resource_id: int, error: MatchmakerError) -> ResponseReturnValue:
    row = queries.get_resource(db_session(), actor(), resource_id)
    form = ResourceForm(formdata=None, data=saved(row))
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
        return _form_page(form, row), 422
    return _form_page(form, row, stale=say(error.message)), 409


@blueprint.post(OFFICE + "/shipped")
@guard(may_edit_catalogue)
def take_shipped() -> ResponseReturnValue:
    """Take over the entries that ship."""
    taken = service.take_shipped(context())
    return _done(_("Entries taken over: %(count)s", count=len(taken)))


@blueprint.post(OFFICE + "/import")
@guard(may_edit_catalogue)
@receives_files
def bring_in() -> ResponseReturnValue:
    """Bring in a file of entries: all of them, or none."""
    form = ImportForm()
    if is_too_large():
        form.form_errors.append(_("This file is too large. Divide it, and import each part."))
        return _index_page(form), 413
    try:
        with learning_files.received() as path:
            begin_writing()
            outcome = service.import_resources(context(), path)
    except MatchmakerError as error:
        form.form_errors.extend(learning_files.faults(error))
        return _index_page(form), 422
    return _done(learning_files.told(outcome))


@blueprint.get(OFFICE + "/catalogue.<kind>")
@guard(may_manage_catalogue)
def export(kind: str) -> ResponseReturnValue:
    """The whole catalogue as a file that can be brought in again."""
    rows = [service.as_record(row) for row in queries.all_resources(db_session())]
    return learning_files.as_file(rows, kind)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("learning_resource.index"), 303)
