"""The team's part of a milestone: write it together, attach files, hand it in."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_
from matchmaker.models import Milestone, MilestoneFile
from matchmaker.policies.milestone import may_read_milestone, may_write
from matchmaker.queries import milestone as queries
from matchmaker.services import milestone_file
from matchmaker.services import milestone_submission as service
from matchmaker.services.attachment import too_large
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.file_kinds import refused
from matchmaker.web import drafts, milestone_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.application import FileForm
from matchmaker.web.forms.milestone import VersionForm, WriteForm
from matchmaker.web.i18n import say
from matchmaker.web.milestone_page import REFUSALS, back, draft_key, find, not_done, page
from matchmaker.web.security import limiter
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files, uploaded
from matchmaker.web.views.application import received_at
from matchmaker.web.views.attachment import send
from matchmaker.web.views.milestone import MILESTONE

blueprint = Blueprint("milestone_submission", __name__)

FILES = MILESTONE + "/files"
FILE = FILES + "/<int:file_id>"


def _own(engagement_id: int, milestone_id: int) -> Milestone:
    row = find(engagement_id, milestone_id)
    context().require(may_write, row)
    return row


@blueprint.route(MILESTONE + "/write", methods=["GET", "POST"])
@guard(may_write)
def write(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Write what is delivered; what is typed keeps itself, and nobody's save is overwritten."""
    row = _own(engagement_id, milestone_id)
    if request.method == "POST":
        return _written(row, WriteForm())
    typed = drafts.restore(draft_key(row))
    form = WriteForm(formdata=typed, data=_saved(row))
    return _form_page(row, form, typed=typed)


def _saved(row: Milestone) -> dict[str, Any]:
    return {"text": row.text, "links": "\n".join(row.links), "version": row.version}


def _written(row: Milestone, form: WriteForm) -> ResponseReturnValue:
    where, key = (row.engagement_id, row.id), draft_key(row)
    if not form.validate():
        return _form_page(row, form), 422
    try:
        service.save(
            context(),
            *where,
            text=form.text.data or "",
            links=form.addresses,
            version=form.version.data,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(_again(where), form), 422
    except StaleVersion as error:
        return _form_page(_again(where), form, stale=say(error.message)), 409
    except InvalidTransition as error:
        form.form_errors.append(say(error.message))
        return _form_page(_again(where), form), status_of(error)
    drafts.discard(key)
    flash(_("Saved. It is not handed in by that."), "success")
    return back(*where, anchor="write")


def _again(where: tuple[int, int]) -> Milestone:
    """The milestone as it is saved now."""
    db_session().rollback()
    return find(*where)


def _form_page(row: Milestone, form: WriteForm, *, stale: str = "", typed: Any = None) -> str:
    """The form as typed; if a colleague has saved meanwhile, both versions stand side by side."""
    if stale:
        form.version.raw_data, form.version.data = None, row.version
    return render_template(
        "milestone/write.html",
        milestone=row,
        engagement=row.engagement,
        form=form,
        key=draft_key(row),
        typed=typed,
        stale=stale,
        milestone_words=milestone_words,
    )


@blueprint.post(MILESTONE + "/submit")
@guard(may_write)
def submit(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Hand in what is written."""
    try:
        service.submit(
            context(),
            engagement_id,
            milestone_id,
            version=VersionForm().version.data,
            received_at=received_at(),
        )
    except REFUSALS as error:
        return not_done(engagement_id, milestone_id, error)
    flash(_("Handed in. The receipt is on its way to all members of the team."), "success")
    return back(engagement_id, milestone_id)


# Files


@blueprint.post(FILES)
@guard(may_write)
@limiter.limit("60 per hour")
@receives_files
def add(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Attach a file: checked and cleaned first, then written down."""
    _own(engagement_id, milestone_id)
    form, file = FileForm(), uploaded("file")
    where = (engagement_id, milestone_id)
    try:
        if is_too_large():
            raise too_large(context().settings, (file.filename if file else "") or "")
        if file is None:
            raise refused(N_("Choose a file."))
        if not form.validate():
            return page(*where, file_form=form), 422
        added = _add(where, form, file)
    except InvalidInput as error:
        form.show_refusal(error)
        return page(*where, file_form=form), 413 if is_too_large() else 422
    except InvalidTransition as error:
        return not_done(*where, error)
    flash(_("Attached: %(name)s", name=added.name), "success")
    return back(*where, anchor="write")


def _add(where: tuple[int, int], form: FileForm, file: FileStorage) -> MilestoneFile:
    # The long part, before anything is locked.
    with prepare(cast(BinaryIO, file.stream), file.filename or "") as prepared:
        begin_writing()
        return milestone_file.add(context(), *where, prepared, note=form.note.data or "")


@blueprint.get(FILE)
@guard(may_read_milestone)
def show(engagement_id: int, milestone_id: int, file_id: int) -> ResponseReturnValue:
    """Open a file; always as a download, never inside a page of ours."""
    row = find(engagement_id, milestone_id)
    file = queries.file_of(db_session(), actor(), row, file_id)
    return send(file, milestone_file.open_content(context().settings, file))


@blueprint.post(FILE + "/remove")
@guard(may_write)
def remove(engagement_id: int, milestone_id: int, file_id: int) -> ResponseReturnValue:
    """Take a file out of what is being written."""
    try:
        gone = milestone_file.remove(context(), engagement_id, milestone_id, file_id)
    except InvalidTransition as error:
        return not_done(engagement_id, milestone_id, error)
    flash(_("Removed: %(name)s", name=gone.name), "success")
    return back(engagement_id, milestone_id, anchor="write")
