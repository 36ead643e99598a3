"""The office's questions of the check: read, write, approve, try out, retire, exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, InvalidTransition, MatchmakerError, StaleVersion
from matchmaker.models import QuizItem
from matchmaker.policies.quiz_item import may_approve_item, may_edit_items, may_read_items
from matchmaker.queries import quiz_item as queries
from matchmaker.reports.quiz import FLAG_LABELS
from matchmaker.services import quiz_exchange
from matchmaker.services import quiz_item as service
from matchmaker.web import listing, quiz_item_words, quiz_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.quiz_item import DecisionForm, ImportForm, ItemForm, saved
from matchmaker.web.i18n import say
from matchmaker.web.learning_files import faults, received, told
from matchmaker.web.transaction import begin_writing, context, db_session
from matchmaker.web.uploads import is_too_large, receives_files

blueprint = Blueprint("quiz_item", __name__)

OFFICE = "/office/quiz"
ITEM = OFFICE + "/<int:item_id>"


@blueprint.get(OFFICE)
@guard(may_read_items)
def index() -> ResponseReturnValue:
    """The questions, those that wait for a second officer first, with how they behave."""
    return _index_page(ImportForm(formdata=None))


def _index_page(form: ImportForm) -> str:
    session, filters = db_session(), quiz_item_words.filters()
    wanted = quiz_item_words.read_filter()
    page = queries.list_items(session, actor(), wanted, number=listing.page_number())
    counts = queries.count_by_state(session, actor())
    return render_template(
        "quiz_item/index.html",
        page=page,
        counts=counts,
        total=sum(counts.values()),
        behaviour=queries.behaviour(session, page.items),
        untaken=len(queries.untaken(session)),
        form=form,
        filters=filters,
        active=listing.active(filters),
        words=quiz_item_words,
        flags=FLAG_LABELS,
        page_url=listing.page_url,
    )


@blueprint.get(ITEM)
@guard(may_read_items)
def show(item_id: int) -> ResponseReturnValue:
    """One question in both languages, how it behaves, and what can be done with it."""
    return _item_page(queries.get_item(db_session(), actor(), item_id))


def _item_page(row: QuizItem, form: DecisionForm | None = None, stale: str = "") -> str:
    session = db_session()
    return render_template(
        "quiz_item/show.html",
        row=row,
        behaviour=queries.behaviour(session, [row])[row.id],
        chosen=queries.chosen_counts(session, row),
        exposure=queries.exposures(session, [row.id])[row.id],
        successor=queries.successor_of(session, row),
        stands_out=service.tells_by_length(row),
        refusal=may_approve_item(reader, row) if (reader := actor()) else None,
        form=form or DecisionForm(formdata=None, data={"version": row.version}),
        stale=stale,
        words=quiz_item_words,
        flags=quiz_words.FLAGS,
    )


@blueprint.route(f"{OFFICE}/new", methods=["GET", "POST"])
@guard(may_edit_items)
def create() -> ResponseReturnValue:
    """Write a question."""
    form = ItemForm()
    if request.method == "GET":
        form.competency.data = listing.chosen("competency")
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    try:
        row = service.create(context(), form.values())
    except InvalidInput as error:
        return _refused(form, error), 422
    flash(_("Saved as a draft: %(code)s. Hand it to a second officer.", code=row.code), "good")
    return redirect(url_for("quiz_item.show", item_id=row.id), 303)


@blueprint.route(f"{ITEM}/edit", methods=["GET", "POST"])
@guard(may_edit_items)
def edit(item_id: int) -> ResponseReturnValue:
    """Rewrite a draft."""
    row = queries.get_item(db_session(), actor(), item_id)
    if request.method == "GET":
        return _form_page(ItemForm(formdata=None, data=saved(row)), row)
    form = ItemForm()
    if not form.validate():
        return _form_page(form, row), 422
    try:
        service.edit(context(), item_id, form.values(), version=form.version.data)
    except InvalidInput as error:
        return _refused(form, error, row), 422
    except (StaleVersion, InvalidTransition) as error:
        form.version.raw_data, form.version.data = None, row.version
        return _form_page(form, row, stale=say(error.message)), status_of(error)
    flash(_("Saved: %(code)s", code=row.code), "good")
    return redirect(url_for("quiz_item.show", item_id=item_id), 303)


def _refused(form: ItemForm, error: InvalidInput, row: QuizItem | None = None) -> str:
    """The form again; what is wrong with the answers together stands above them."""
    named = {("option_1_zh" if k == "options" else k): v for k, v in error.fields.items()}
    form.show_refusal(InvalidInput(fields=named))
    return _form_page(form, row)


def _form_page(form: ItemForm, row: QuizItem | None = None, stale: str = "") -> str:
    return render_template(
        "quiz_item/edit.html",
        form=form,
        row=row,
        stale=stale,
        differing=quiz_item_words.differing(form, row) if stale and row else [],
    )


def _decide(
    item_id: int, act: Callable[..., QuizItem], text: str, **values: Any
) -> ResponseReturnValue:
    """One decision about one question; what is refused stands on its page."""
    form = DecisionForm()
    try:
        row = act(context(), item_id, version=form.version.data, **values)
    except (InvalidInput, StaleVersion, InvalidTransition) as error:
        found = queries.get_item(db_session(), actor(), item_id)
        return _decided_badly(found, form, error), status_of(error)
    flash(text, "good")
    return redirect(url_for("quiz_item.show", item_id=row.id), 303)


def _decided_badly(row: QuizItem, form: DecisionForm, error: MatchmakerError) -> str:
    if isinstance(error, StaleVersion):
        text = _(
            "Somebody changed this question after you opened it. Look at it again, then decide."
        )
        return _item_page(row, stale=text)
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))
    return _item_page(row, form)


@blueprint.post(f"{ITEM}/propose")
@guard(may_edit_items)
def propose(item_id: int) -> ResponseReturnValue:
    """Hand a draft to a second officer."""
    return _decide(item_id, service.propose, _("Handed in. A second officer looks at it now."))


@blueprint.post(f"{ITEM}/return")
@guard(may_approve_item)
def send_back(item_id: int) -> ResponseReturnValue:
    """Send a question back to its author."""
    reason = DecisionForm().reason.data or ""
    return _decide(item_id, service.send_back, _("Sent back to the author."), reason=reason)


@blueprint.post(f"{ITEM}/approve")
@guard(may_approve_item)
def approve(item_id: int) -> ResponseReturnValue:
    """Let a question be tried out."""
    return _decide(item_id, service.approve, _("Approved. It is on trial from now on."))


@blueprint.post(f"{ITEM}/promote")
@guard(may_edit_items)
def promote(item_id: int) -> ResponseReturnValue:
    """Let the answers to a question count."""
    return _decide(item_id, service.promote, _("Its answers count from now on."))


@blueprint.post(f"{ITEM}/retire")
@guard(may_edit_items)
def retire(item_id: int) -> ResponseReturnValue:
    """Ask a question no more."""
    form = DecisionForm()
    values = {"reason": form.reason.data or "", "is_wrong": bool(form.is_wrong.data)}
    return _decide(item_id, service.retire, _("Retired. Nobody is asked it any more."), **values)


@blueprint.post(f"{ITEM}/restore")
@guard(may_edit_items)
def restore(item_id: int) -> ResponseReturnValue:
    """Bring a retired question back."""
    return _decide(item_id, service.restore, _("Brought back. A second officer looks at it now."))


@blueprint.post(f"{ITEM}/revise")
@guard(may_edit_items)
def revise(item_id: int) -> ResponseReturnValue:
    """Begin a better wording of a question that is asked."""
    row = service.revise(context(), item_id)
    return redirect(url_for("quiz_item.edit", item_id=row.id), 303)


@blueprint.post(f"{OFFICE}/shipped")
@guard(may_edit_items)
def take_shipped() -> ResponseReturnValue:
    """Take over the questions that ship."""
    return _done(_("Questions taken over: %(count)s", count=len(service.take_shipped(context()))))


@blueprint.post(f"{OFFICE}/import")
@guard(may_edit_items)
@receives_files
def bring_in() -> ResponseReturnValue:
    """Bring in a file of questions: all of them, or none."""
    form = ImportForm()
    if is_too_large():
        form.form_errors.append(_("This file is too large. Divide it, and bring in each part."))
        return _index_page(form), 413
    try:
        with received() as path:
            begin_writing()
            outcome = quiz_exchange.import_items(context(), path)
    except MatchmakerError as error:
        form.form_errors.extend(faults(error))
        return _index_page(form), 422
    return _done(told(outcome))


@blueprint.get(f"{OFFICE}/questions.<kind>")
@guard(may_read_items)
def export(kind: str) -> ResponseReturnValue:
    """All questions as a file that can be brought in again."""
    rows = queries.all_items(db_session(), actor())
    return quiz_item_words.as_file([quiz_exchange.as_record(row) for row in rows], kind)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("quiz_item.index"), 303)
