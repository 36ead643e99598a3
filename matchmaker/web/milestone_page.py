"""The page of one milestone: everything on it, with the forms the reader may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    StaleVersion,
)
from matchmaker.models import ExtensionRequest, Milestone
from matchmaker.policies.engagement import side_of
from matchmaker.queries import milestone as queries
from matchmaker.queries.extension_request import extensions_of
from matchmaker.services.milestone_decision import why_not_yet
from matchmaker.services.milestone_receipt import says_the_same
from matchmaker.web import drafts, file_words, milestone_words
from matchmaker.web.auth import actor
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.application import FileForm
from matchmaker.web.forms.base import BaseForm, set_apart
from matchmaker.web.forms.milestone import (
    AskForm,
    ChangesForm,
    CommentForm,
    DecisionForm,
    ExtensionAnswerForm,
    OpinionForm,
    ReasonForm,
)
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.extension_request import ExtensionRequestState

REFUSALS = (InvalidInput, InvalidTransition, Conflict, StaleVersion)


def find(engagement_id: int, milestone_id: int) -> Milestone:
    """The milestone, if the reader may know of it."""
    return queries.get_milestone(db_session(), actor(), engagement_id, milestone_id)


def draft_key(milestone: Milestone) -> str:
    """Under which unsaved typing is kept."""
    return f"milestone:{milestone.id}"


def page(engagement_id: int, milestone_id: int, **shown: Any) -> str:
    """The page; *shown* replaces forms that were refused."""
    row = find(engagement_id, milestone_id)
    side = side_of(actor(), row.engagement)
    requests = extensions_of(db_session(), [row.id])
    asked = _open(requests)
    is_own = side == "team"
    forms = {**_forms(row, asked), **shown}
    for name, form in forms.items():
        if isinstance(form, BaseForm):
            set_apart(form, name)
    return render_template(
        "milestone/show.html",
        milestone=row,
        engagement=row.engagement,
        side=side,
        files=[file for file in row.files if file.removed_at is None] if is_own else [],
        is_in=says_the_same(row),
        unsaved=drafts.restore(draft_key(row)) if is_own else None,
        opinion=queries.opinion_of(row),
        not_yet=why_not_yet(row, utcnow()),
        requests=requests,
        asked=asked,
        next_step=milestone_words.next_step(row, side),
        milestone_words=milestone_words,
        file_words=file_words,
        limits=context().settings,
        **forms,
    )


def _open(requests: Any) -> ExtensionRequest | None:
    return next((one for one in requests if one.state is ExtensionRequestState.ASKED), None)


def _forms(row: Milestone, asked: ExtensionRequest | None) -> dict[str, BaseForm]:
    version = {"version": row.version}
    answer = {"version": asked.version if asked else 0}
    return {
        "file_form": FileForm(formdata=None),
        "comment_form": CommentForm(formdata=None),
        "changes_form": ChangesForm(formdata=None, data=version),
        "opinion_form": OpinionForm(formdata=None),
        "decision_form": _decision_form(row),
        "reopen_form": ReasonForm(formdata=None, data=version),
        "drop_form": ReasonForm(formdata=None, data=version),
        "ask_form": AskForm(formdata=None),
        "answer_form": ExtensionAnswerForm(formdata=None, data=answer),
    }


def _decision_form(row: Milestone) -> DecisionForm:
    form = DecisionForm(formdata=None, data={"version": row.version})
    if not row.versions:
        form.offer_failure_alone()
    return form


def act(
    engagement_id: int,
    milestone_id: int,
    name: str,
    form: BaseForm,
    decide: Callable[[], Any],
    done: str,
) -> ResponseReturnValue:
    """Do what *form* asks for; refused, the page shows it again under *name*."""
    if not form.validate():
        return page(engagement_id, milestone_id, **{name: form}, opened=name), 422
    try:
        decide()
    except REFUSALS as error:
        return refused(engagement_id, milestone_id, name, form, error)
    flash(done, "success")
    return back(engagement_id, milestone_id)


def back(engagement_id: int, milestone_id: int, anchor: str = "") -> ResponseReturnValue:
    """To the page of the milestone."""
    url = url_for(
        "milestone.show",
        engagement_id=engagement_id,
        milestone_id=milestone_id,
        _anchor=anchor or None,
    )
    return redirect(url, 303)


def refused(
    engagement_id: int, milestone_id: int, name: str, form: BaseForm, error: MatchmakerError
) -> ResponseReturnValue:
    """The page again, with what was typed and why it was not done."""
    db_session().rollback()
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))
    if isinstance(error, StaleVersion) and "version" in form:
        form["version"].data = _present_version(engagement_id, milestone_id, name)
    return page(engagement_id, milestone_id, **{name: form}, opened=name), status_of(error)


def _present_version(engagement_id: int, milestone_id: int, name: str) -> int:
    """The version that a second try of the form *name* decides on."""
    row = find(engagement_id, milestone_id)
    asked = _open(extensions_of(db_session(), [row.id])) if name == "answer_form" else None
    return asked.version if asked else row.version


def not_done(engagement_id: int, milestone_id: int, error: MatchmakerError) -> ResponseReturnValue:
    """The page with a refusal that belongs to no form."""
    db_session().rollback()
    return page(engagement_id, milestone_id, refusal=in_words(error)), status_of(error)
