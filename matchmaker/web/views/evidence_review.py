"""The queue of evidence, for officers and mentors: take, decide, next."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency.text import is_foreign
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import EVIDENCE_KIND_LABELS, SHOWN_KINDS, Evidence, EvidenceKind, User
from matchmaker.policies.evidence import may_open_queue, may_review
from matchmaker.queries import evidence as queries
from matchmaker.services import evidence_review as service
from matchmaker.web import evidence_words as words
from matchmaker.web import file_words, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.evidence import DecisionForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.evidence import EvidenceAction

blueprint = Blueprint("evidence_review", __name__)

PIECE = "/office/evidence/<int:evidence_id>"


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get("/office/evidence")
@guard(may_open_queue)
def queue() -> ResponseReturnValue:
    """What waits for a look."""
    kinds = [(kind.value, say(EVIDENCE_KIND_LABELS[kind])) for kind in SHOWN_KINDS]
    filters = [
        listing.select("domain", _("Domain"), words.domain_choices(), every=_("Every domain")),
        listing.select("kind", _("Kind"), kinds, every=_("Every kind")),
    ]
    page = queries.list_waiting(
        db_session(),
        _me(),
        domain=listing.chosen("domain"),
        kind=_known_kind(listing.chosen("kind")),
        number=listing.page_number(),
    )
    return render_template(
        "evidence_review/queue.html",
        page=page,
        filters=filters,
        active=listing.active(filters),
        following=queries.next_waiting(db_session(), _me()),
        words=words,
        page_url=listing.page_url,
    )


def _known_kind(kind: str) -> str:
    return kind if kind in tuple(EvidenceKind) else ""


@blueprint.get("/office/evidence/decided")
@guard(may_open_queue)
def decided() -> ResponseReturnValue:
    """What the reader has decided."""
    page = queries.list_decided(db_session(), _me(), number=listing.page_number())
    return render_template(
        "evidence_review/decided.html", page=page, words=words, page_url=listing.page_url
    )


@blueprint.get(PIECE)
@guard(may_review)
def show(evidence_id: int) -> ResponseReturnValue:
    """One piece with the form to decide on it."""
    row = _reviewed(evidence_id)
    level = "" if row.level is None else str(row.level)
    data = {"version": row.version, "level": level if row.is_reviewed else ""}
    return _page(row, DecisionForm(formdata=None, data=data))


def _reviewed(evidence_id: int) -> Evidence:
    row = queries.get_evidence(db_session(), _me(), evidence_id)
    context().require(may_review, row)
    return row


def _page(row: Evidence, form: DecisionForm, *, is_stale: bool = False) -> str:
    return render_template(
        "evidence_review/show.html",
        row=row,
        form=form,
        is_stale=is_stale,
        is_foreign=is_foreign(f"{row.title} {row.role}"),
        same_file=queries.count_same_file(db_session(), row),
        words=words,
        file_words=file_words,
        least=service.LEAST_REASON,
    )


@blueprint.post(PIECE + "/take")
@guard(may_review)
def take(evidence_id: int) -> ResponseReturnValue:
    """Put it on one's table."""
    service.take(context(), evidence_id)
    flash(_("It is yours for two hours; nobody else begins with it."), "success")
    return redirect(url_for("evidence_review.show", evidence_id=evidence_id), 303)


@blueprint.post(PIECE + "/release")
@guard(may_review)
def release(evidence_id: int) -> ResponseReturnValue:
    """Put it back."""
    service.release(context(), evidence_id)
    flash(_("Put back for others."), "success")
    return redirect(url_for("evidence_review.queue"), 303)


@blueprint.post(PIECE + "/decide")
@guard(may_review)
def decide(evidence_id: int) -> ResponseReturnValue:
    """Decide, and go on to the next."""
    form, row = DecisionForm(), _reviewed(evidence_id)
    if not form.validate():
        return _page(row, form), 422
    try:
        done = _decided(evidence_id, form)
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(say(error.message))
        form.version.raw_data, form.version.data = None, row.version
        is_stale = isinstance(error, StaleVersion)
        return _page(row, form, is_stale=is_stale), status_of(error)
    flash(_("Decided: %(title)s. The person gets a letter with your reason.", title=done.title))
    following = queries.next_waiting(db_session(), _me(), after=evidence_id)
    if following is None:
        return redirect(url_for("evidence_review.queue"), 303)
    return redirect(url_for("evidence_review.show", evidence_id=following.id), 303)


def _decided(evidence_id: int, form: DecisionForm) -> Evidence:
    actions = tuple(action.value for action in service.DECISIONS)
    if form.action.data not in actions:
        raise InvalidInput(fields={"action": [Message(N_("Choose what you decide."))]})
    return service.decide(
        context(),
        evidence_id,
        EvidenceAction(form.action.data),
        level=number_or_none(form.level.data),
        reason=form.reason.data or "",
        version=form.version.data,
        relevance=0.5 if form.relevance.data == "0.5" else 1.0,
    )
