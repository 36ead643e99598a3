"""The office's lexicon: its own terms, and how much of a text the whole lexicon knows."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import Call, LexiconTerm
from matchmaker.policies.lexicon_term import may_edit_terms, may_read_terms
from matchmaker.queries import call as calls
from matchmaker.queries import lexicon_term as queries
from matchmaker.reports.lexicon_term import CallCoverage, call_coverage, text_coverage
from matchmaker.services import lexicon_term as service
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.lexicon_term import (
    SHOWN_STRETCHES,
    CoverageForm,
    PasteForm,
    ReasonForm,
    TermForm,
)
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("lexicon_term", __name__)

TERM = "/office/lexicon/<int:term_id>"


@blueprint.get("/office/lexicon")
@guard(may_read_terms)
def index() -> ResponseReturnValue:
    """The office's terms, each beside what it overrides."""
    query = listing.chosen("q").replace("\x00", "")
    filters = [listing.search("q", _("Search"))]
    page = queries.list_terms(db_session(), actor(), query=query, number=listing.page_number())
    return render_template(
        "lexicon_term/index.html",
        page=page,
        total=queries.count_terms(db_session(), actor()),
        query=query,
        query_gloss=shipped(query),
        shipped={term.id: shipped(term.chinese) for term in page.items},
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
    )


def shipped(chinese: str | None) -> str:
    """What the shipped lexicon reads *chinese* as."""
    return service.shipped_gloss(context().settings, chinese or "")


@blueprint.route("/office/lexicon/new", methods=["GET", "POST"])
@guard(may_edit_terms)
def create() -> ResponseReturnValue:
    """Add a term."""
    form = TermForm()
    if request.method == "GET":
        form.chinese.data = listing.chosen("chinese")
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    if _replaces_unseen(form):
        return _form_page(form, unseen=True)
    try:
        term = service.add(context(), form.values(), reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form), 422
    return _done(_("Added: %(chinese)s. The next match run reads with it.", chinese=term.chinese))


@blueprint.route(TERM, methods=["GET", "POST"])
@guard(may_edit_terms)
def edit(term_id: int) -> ResponseReturnValue:
    """Change a term."""
    term = queries.get_term(db_session(), actor(), term_id)
    form = TermForm(obj=term)
    if request.method == "GET":
        return _form_page(form, term)
    if not form.validate():
        return _form_page(form, term), 422
    if _replaces_unseen(form):
        return _form_page(form, term, unseen=True)
    return _saved(form, term)


def _saved(form: TermForm, term: LexiconTerm) -> ResponseReturnValue:
    change = (term.id, form.version.data, form.values())
    try:
        service.edit(context(), *change, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, term), 422
    except StaleVersion as error:
        return _stale_page(form, term, error), 409
    return _done(_("Saved: %(chinese)s. The next match run reads with it.", chinese=term.chinese))


@blueprint.post(TERM + "/delete")
@guard(may_edit_terms)
def delete(term_id: int) -> ResponseReturnValue:
    """Take a term out."""
    form = ReasonForm()
    if not form.validate():
        return _delete_again(form, term_id), 422
    try:
        chinese = service.delete(
            context(), term_id, form.version.data, reason=form.reason.data or ""
        )
    except StaleVersion:
        text = _(
            "Somebody changed this term after you opened it. Look at it again, then delete it."
        )
        term = queries.get_term(db_session(), actor(), term_id)
        return _form_page(TermForm(formdata=None, obj=term), term, stale=text, differing=[]), 409
    return _done(_("Deleted: %(chinese)s.", chinese=chinese))


def _delete_again(typed: ReasonForm, term_id: int) -> str:
    """The page of the term with the reason as typed and what is wrong with it."""
    term = queries.get_term(db_session(), actor(), term_id)
    form = TermForm(formdata=None, obj=term)
    form.reason.data, form.reason.errors = typed.reason.data, typed.reason.errors
    return _form_page(form, term)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("lexicon_term.index"))


def _replaces_unseen(form: TermForm) -> bool:
    """Whether the term would replace a shipped gloss that the page has not shown yet."""
    gloss = shipped(form.chinese.data)
    return bool(gloss) and form.seen.data != gloss


def _form_page(form: TermForm, term: LexiconTerm | None = None, **values: object) -> str:
    gloss = form.seen.data = shipped(form.chinese.data)
    return render_template("lexicon_term/edit.html", form=form, term=term, gloss=gloss, **values)


def _stale_page(form: TermForm, term: LexiconTerm, error: StaleVersion) -> str:
    """What was typed, beside what somebody else has saved; saving again replaces that."""
    differing = [
        (field.label.text, getattr(term, field.name), field.data)
        for field in (form.chinese, form.english, form.note)
        if getattr(term, field.name) != (field.data or "")
    ]
    form.version.data = term.version
    return _form_page(form, term, stale=say(error.message), differing=differing)


@blueprint.route("/office/lexicon/paste", methods=["GET", "POST"])
@guard(may_edit_terms)
def paste() -> ResponseReturnValue:
    """Add many terms at once."""
    form = PasteForm()
    if request.method == "GET":
        return _paste_page(form)
    if not form.validate():
        return _paste_page(form), 422
    try:
        terms = service.paste(context(), form.terms.data, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _paste_page(form), 422
    return _done(_("Terms added: %(count)s. The next match run reads with them.", count=len(terms)))


def _paste_page(form: PasteForm) -> str:
    return render_template("lexicon_term/paste.html", form=form, max_lines=service.MAX_LINES)


@blueprint.get("/office/lexicon/coverage")
@guard(may_read_terms)
def coverage() -> ResponseReturnValue:
    """A place to check a text, and what is missing for the texts of a call."""
    return _coverage_page(CoverageForm(formdata=None), _chosen_call())


@blueprint.post("/office/lexicon/coverage")
@guard(may_read_terms)
def check() -> ResponseReturnValue:
    """Check a text; nothing of it is kept."""
    form = CoverageForm()
    status = 200 if form.text.validate(form) else 422
    return _coverage_page(form), status


@blueprint.post("/office/lexicon/coverage/add")
@guard(may_edit_terms)
def add_missing() -> ResponseReturnValue:
    """Add a term for one unknown stretch and check the text again."""
    form = CoverageForm()
    row = form.chosen()
    if row is None or not form.text.validate(form):
        return _coverage_page(form), 422
    try:
        term = service.add(context(), row.values())
    except InvalidInput as error:
        row.show_refusal(error)
        return _coverage_page(form), 422
    flash(_("Added: %(chinese)s. The next match run reads with it.", chinese=term.chinese), "good")
    return _coverage_page(form)


def _chosen_call() -> Call | None:
    wanted = listing.chosen("call")
    if not wanted:
        return None
    return queries.get_call(db_session(), actor(), number_or_none(wanted) or 0)


def _coverage_page(form: CoverageForm, call: Call | None = None) -> str:
    lexicon = service.reading_lexicon(db_session(), context().settings)
    found = None
    if form.text.data and not form.text.errors:
        found = text_coverage(lexicon, form.text.data)
        form.offer(stretch for stretch, _count in found.unknown[:SHOWN_STRETCHES])
    of_call: CallCoverage | None = None
    if call is not None:
        of_call = call_coverage(lexicon, queries.call_texts(db_session(), call.id))
    return render_template(
        "lexicon_term/coverage.html",
        form=form,
        found=found,
        counts=dict(found.unknown) if found else {},
        call=call,
        calls=calls.all_calls(db_session(), actor()),
        of_call=of_call,
        reads_chinese=service.reads_chinese(db_session(), context().settings),
    )
