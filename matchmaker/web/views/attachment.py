"""The files of a problem: attach, open, remove, have scanned again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from matchmaker.errors import InvalidInput, InvalidTransition
from matchmaker.i18n import N_
from matchmaker.models import (
    ApplicationFile,
    Attachment,
    AttachmentAccess,
    EvidenceAttachment,
    MilestoneFile,
    Problem,
)
from matchmaker.policies.attachment import may_manage_files, may_read_all_files, may_rescan
from matchmaker.queries import attachment as queries
from matchmaker.queries import data_terms as rooms
from matchmaker.queries import problem as problems
from matchmaker.services import attachment as service
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.file_kinds import BY_EXTENSION, refused
from matchmaker.web import file_words, grading_words, public_page, question_words
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.attachment import AttachmentForm, RemovalForm
from matchmaker.web.i18n import say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files, uploaded

blueprint = Blueprint("attachment", __name__)

CHUNK = 256 * 1024
FILES = "/problems/<int:problem_id>/files"
FILE = FILES + "/<int:attachment_id>"


@blueprint.app_context_processor
def _page_parts() -> dict[str, Any]:
    """What the public page of a problem shows of files, data room and questions."""
    words = {"file_words": file_words, "question_words": question_words}
    return {"public_page": public_page.read, "grading_words": grading_words, **words}


@blueprint.get(FILES)
@guard(may_read_all_files)
def index(problem_id: int) -> ResponseReturnValue:
    """The files of a problem, for those who keep them."""
    return _page(_kept_problem(problem_id), AttachmentForm(formdata=None))


@blueprint.post(FILES)
@guard(may_manage_files)
@limiter.limit("60 per hour")
@receives_files
def add(problem_id: int) -> ResponseReturnValue:
    """Attach a file: checked and cleaned first, then written down."""
    problem, form = problems.get_problem(db_session(), actor(), problem_id), AttachmentForm()
    file = uploaded("file")
    try:
        service.check_may_add(context(), problem)
        if is_too_large():
            name = file.filename if file else ""
            raise service.too_large(context().settings, name or "")
        if file is None:
            raise refused(N_("Choose a file."))
        if not form.validate():
            return _page(problem, form), 422
        added = _add(problem_id, form, file)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(problem, form), 413 if is_too_large() else 422
    except InvalidTransition as error:
        form.form_errors.append(say(error.message))
        return _page(problem, form), 409
    flash(_("Attached: %(name)s", name=added.name), "success")
    return redirect(url_for("attachment.index", problem_id=problem_id), 303)


def _add(problem_id: int, form: AttachmentForm, file: FileStorage) -> Attachment:
    # The long part, before anything is locked.
    with prepare(cast(BinaryIO, file.stream), file.filename or "") as prepared:
        begin_writing()
        access = AttachmentAccess(form.access.data)
        return service.add(
            context(), problem_id, prepared, access=access, note=form.note.data or ""
        )


def _kept_problem(problem_id: int) -> Problem:
    problem = problems.get_problem(db_session(), actor(), problem_id)
    context().require(may_read_all_files, problem)
    return problem


def _page(problem: Problem, form: AttachmentForm, removal: RemovalForm | None = None) -> str:
    files = queries.files_of(db_session(), actor(), problem)
    settings = context().settings
    return render_template(
        "attachment/index.html",
        problem=problem,
        form=form,
        removal=removal,
        files=files,
        unreadable=service.hides_words(problem, files),
        terms=rooms.current_terms(db_session(), problem.id),
        has_scanner=bool(settings.scan_command.strip()),
        limits=settings,
        used=sum(item.size for item in files),
        words=file_words,
        extensions=",".join(BY_EXTENSION),
    )


@blueprint.get(FILE)
@guard(PUBLIC)
def show(problem_id: int, attachment_id: int) -> ResponseReturnValue:
    """Open a public file; always as a download, never inside a page of ours."""
    found = queries.get_public_file(db_session(), actor(), problem_id, attachment_id)
    return send(found, service.open_content(context().settings, found))


def send(
    attachment: Attachment | ApplicationFile | EvidenceAttachment | MilestoneFile,
    content: BinaryIO,
) -> ResponseReturnValue:
    """The content as a download that no browser shows or runs under our name."""
    response = Response(_chunks(content), mimetype=service.media_type(attachment))
    response.call_on_close(content.close)
    response.content_length = attachment.size
    response.headers.set("Content-Disposition", "attachment", **_file_name(attachment.name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    with content:
        while chunk := content.read(CHUNK):
            yield chunk


def _file_name(name: str) -> dict[str, str]:
    """The name as every browser understands it: plain letters, and all of them by RFC 5987."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "file"
    exact = quote(name, safe="")
    return (
        {"filename": plain}
        if plain == name
        else {"filename": plain, "filename*": f"UTF-8''{exact}"}
    )


@blueprint.post(FILE + "/remove")
@guard(may_manage_files)
def remove(problem_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file away."""
    form = RemovalForm()
    try:
        gone = service.remove(context(), problem_id, attachment_id, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_kept_problem(problem_id), AttachmentForm(formdata=None), form), 422
    flash(_("Removed: %(name)s", name=gone.name), "success")
    return redirect(url_for("attachment.index", problem_id=problem_id), 303)


@blueprint.post("/office" + FILE + "/scan")
@guard(may_rescan)
def rescan(problem_id: int, attachment_id: int) -> ResponseReturnValue:
    """Have a file scanned again."""
    found = service.rescan(context(), problem_id, attachment_id)
    flash(_("%(name)s is being scanned. Until it has passed nobody opens it.", name=found.name))
    return redirect(url_for("attachment.index", problem_id=problem_id), 303)
