"""The files of an application: attach, open, take out."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from matchmaker.errors import DeadlinePassed, InvalidInput, InvalidTransition
from matchmaker.i18n import N_
from matchmaker.models import ApplicationFile
from matchmaker.policies.application import may_edit_application
from matchmaker.policies.site import may_use
from matchmaker.queries import application as queries
from matchmaker.services import application_file as service
from matchmaker.services.attachment import too_large
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.file_kinds import refused
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.application import FileForm
from matchmaker.web.security import limiter
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files, uploaded
from matchmaker.web.views.application import own, page
from matchmaker.web.views.attachment import send

blueprint = Blueprint("application_file", __name__)

FILES = "/applications/<int:application_id>/files"
FILE = FILES + "/<int:file_id>"


@blueprint.post(FILES)
@guard(may_edit_application)
@limiter.limit("60 per hour")
@receives_files
def add(application_id: int) -> ResponseReturnValue:
    """Attach a file: checked and cleaned first, then written down."""
    application, form, file = own(application_id), FileForm(), uploaded("file")
    try:
        if is_too_large():
            raise too_large(context().settings, (file.filename if file else "") or "")
        if file is None:
            raise refused(N_("Choose a file."))
        if not form.validate():
            return page(application, file_form=form), 422
        added = _add(application_id, form, file)
    except InvalidInput as error:
        form.show_refusal(error)
        return page(own(application_id), file_form=form), 413 if is_too_large() else 422
    except (InvalidTransition, DeadlinePassed) as error:
        return page(own(application_id), refusal=error), status_of(error)
    flash(_("Attached: %(name)s", name=added.name), "success")
    return _back(application_id)


def _add(application_id: int, form: FileForm, file: FileStorage) -> ApplicationFile:
    # The long part, before anything is locked.
    with prepare(cast(BinaryIO, file.stream), file.filename or "") as prepared:
        begin_writing()
        return service.add(context(), application_id, prepared, note=form.note.data or "")


def _back(application_id: int) -> ResponseReturnValue:
    return redirect(url_for("application.show", application_id=application_id) + "#files", 303)


@blueprint.get(FILE)
@guard(may_use)
def show(application_id: int, file_id: int) -> ResponseReturnValue:
    """Open a file; always as a download, never inside a page of ours."""
    file = queries.file_of(db_session(), actor(), application_id, file_id)
    return send(file, service.open_content(context().settings, file))


@blueprint.post(FILE + "/remove")
@guard(may_edit_application)
def remove(application_id: int, file_id: int) -> ResponseReturnValue:
    """Take a file out of what is being written."""
    gone = service.remove(context(), application_id, file_id)
    flash(_("Removed: %(name)s", name=gone.name), "success")
    return _back(application_id)
