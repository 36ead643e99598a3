"""A person's own evidence: the list, adding, handing in, taking back, the file."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency.contradiction import contradiction
from matchmaker.competency.diagnosis import effects
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.models import Evidence, User
from matchmaker.policies.evidence import may_ask_review, may_keep_evidence, may_withdraw
from matchmaker.queries import evidence as queries
from matchmaker.services import evidence as service
from matchmaker.services import evidence_file
from matchmaker.services.attachment import too_large
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.file_kinds import BY_EXTENSION
from matchmaker.services.level_estimate import half_life, rows_of
from matchmaker.web import evidence_words as words
from matchmaker.web import file_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.base import BaseForm, Version
from matchmaker.web.forms.evidence import EvidenceForm
from matchmaker.web.security import limiter
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files, uploaded
from matchmaker.web.views.attachment import send

blueprint = Blueprint("evidence", __name__)

PIECE = "/me/evidence/<int:evidence_id>"


class VersionForm(BaseForm):
    """The version a button was pressed on."""

    version = Version()


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get("/me/evidence")
@guard(may_keep_evidence)
def index() -> ResponseReturnValue:
    """What speaks for one's levels."""
    session, me = db_session(), _me()
    return render_template(
        "evidence/index.html",
        shown=queries.shown_by(session, me.id),
        results=queries.results_of(session, me.id),
        said=queries.words_about(session, me.id),
        asked=queries.asked_of(session, me.id),
        parts=words.parts(queries.own_ratings(session, me.id)),
        clashes=_clashes(me),
        words=words,
    )


def _clashes(me: User) -> list[dict[str, str]]:
    """The competencies in which evidence contradicts itself, in words."""
    found = []
    for name, pieces in rows_of(db_session(), [me.id]).get(me.id, {}).items():
        pair = contradiction([piece.said for piece in pieces], half_life_months=half_life(name))
        if pair is not None:
            text = words.clash_text(pieces, *pair)
            found.append({"competency": name, "name": words.name_of(name), "text": text})
    return found


@blueprint.get("/me/evidence/new")
@guard(may_keep_evidence)
def create() -> ResponseReturnValue:
    """Show something."""
    form = EvidenceForm(formdata=None, data={"competency_1": request.args.get("competency", "")})
    form.hand_in.data = True
    return _form_page(form)


def _form_page(form: EvidenceForm) -> str:
    return render_template(
        "evidence/form.html",
        form=form,
        limits=context().settings,
        extensions=",".join(BY_EXTENSION),
        words=words,
        size_text=file_words.size_text,
    )


@blueprint.post("/me/evidence/new")
@guard(may_keep_evidence)
@limiter.limit("60 per hour")
@receives_files
def add() -> ResponseReturnValue:
    """Keep it: the file is checked and cleaned first."""
    form, file = EvidenceForm(), uploaded("file")
    try:
        if is_too_large():
            raise too_large(context().settings, (file.filename if file else "") or "")
        if not form.validate():
            return _form_page(form), 422
        added = _added(form, file)
    except InvalidInput as error:
        form.show_refusal(_beside_levels(error))
        return _form_page(form), 413 if is_too_large() else 422
    flash(_("Added. It counts from now on; what it changes is shown below."), "success")
    return redirect(url_for("evidence.show", evidence_id=added[0].id), 303)


def _beside_levels(error: InvalidInput) -> InvalidInput:
    """What is wrong with the levels belongs beside the first of them."""
    fields = {("competency_1" if k == "levels" else k): v for k, v in error.fields.items()}
    return InvalidInput(fields=fields)


def _added(form: EvidenceForm, file: Any) -> list[Evidence]:
    values = form.values()
    if file is None:
        begin_writing()
        rows = service.add(context(), values)
    else:
        # The long part, before anything is locked.
        with prepare(cast(BinaryIO, file.stream), file.filename or "") as prepared:
            begin_writing()
            rows = service.add(context(), values, prepared)
    if form.hand_in.data and values.is_assessed:
        for row in rows:
            service.hand_in(context(), row.id)
    return rows


@blueprint.get(PIECE)
@guard(may_keep_evidence)
def show(evidence_id: int) -> ResponseReturnValue:
    """One piece, and what it does."""
    return _piece_page(_own(evidence_id))


def _own(evidence_id: int) -> Evidence:
    row = queries.get_evidence(db_session(), _me(), evidence_id)
    if row.user_id != _me().id:
        raise NotFound
    return row


def _piece_page(row: Evidence) -> str:
    return render_template(
        "evidence/show.html",
        row=row,
        effect=_effect(row),
        words=words,
        file_words=file_words,
    )


def _effect(row: Evidence) -> float | None:
    """By how much the piece moves the level it is about; None if it does not count."""
    for name, pieces in rows_of(db_session(), [row.user_id]).get(row.user_id, {}).items():
        if any(piece.row is row for piece in pieces):
            said = [piece.said for piece in pieces]
            moved = effects(said, half_life_months=half_life(name))
            return next(m for m, piece in zip(moved, pieces, strict=True) if piece.row is row)
    return None


@blueprint.post(PIECE + "/hand-in")
@guard(may_ask_review)
def hand_in(evidence_id: int) -> ResponseReturnValue:
    """Ask the programme to look."""
    _own(evidence_id)
    service.hand_in(context(), evidence_id, version=VersionForm().version.data)
    flash(_("Handed in. You get a letter when it was looked at."), "success")
    return redirect(url_for("evidence.show", evidence_id=evidence_id), 303)


@blueprint.post(PIECE + "/withdraw")
@guard(may_withdraw)
def withdraw(evidence_id: int) -> ResponseReturnValue:
    """Take it back."""
    service.withdraw(context(), evidence_id, version=VersionForm().version.data)
    flash(_("Taken back. It counts no more."), "success")
    return redirect(url_for("evidence.index"), 303)


@blueprint.get("/evidence/<int:evidence_id>/file")
@guard(may_keep_evidence)
def file(evidence_id: int) -> ResponseReturnValue:
    """The file of a piece, for its owner and for those who look at it."""
    row = queries.get_evidence(db_session(), _me(), evidence_id)
    return send(*evidence_file.open_content(context().settings, row))
