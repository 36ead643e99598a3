"""More time for a milestone: ask, answer, take back."""

from __future__ import annotations

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.policies.milestone import (
    may_ask_extension,
    may_decide_extension,
    may_withdraw_extension,
)
from matchmaker.services import extension_request as service
from matchmaker.web.auth import guard
from matchmaker.web.forms.milestone import AskForm, ExtensionAnswerForm
from matchmaker.web.milestone_page import REFUSALS, act, back, not_done
from matchmaker.web.transaction import context
from matchmaker.web.views.milestone import MILESTONE

blueprint = Blueprint("extension_request", __name__)

REQUEST = MILESTONE + "/extensions/<int:request_id>"


@blueprint.post(MILESTONE + "/extensions")
@guard(may_ask_extension)
def ask(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Ask for more time."""
    form, where = AskForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "ask_form",
        form,
        lambda: service.ask(
            context(),
            *where,
            until=form.until.data,
            cause=form.chosen_cause,
            reason=form.reason.data or "",
        ),
        _("Asked. The programme office answers; until then the time stays as it is."),
    )


@blueprint.post(REQUEST)
@guard(may_decide_extension)
def answer(engagement_id: int, milestone_id: int, request_id: int) -> ResponseReturnValue:
    """Give more time, or say why not."""
    form, where = ExtensionAnswerForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "answer_form",
        form,
        lambda: service.answer(
            context(),
            engagement_id,
            request_id,
            grant=form.answer.data == "grant",
            until=form.until.data,
            moves_rest=form.moves_rest.data,
            note=form.note.data or "",
            version=form.version.data,
        ),
        _("Answered. Both sides are told, and the calendar follows."),
    )


@blueprint.post(REQUEST + "/withdraw")
@guard(may_withdraw_extension)
def withdraw(engagement_id: int, milestone_id: int, request_id: int) -> ResponseReturnValue:
    """The side that asked no longer needs it."""
    try:
        service.withdraw(context(), engagement_id, request_id)
    except REFUSALS as error:
        return not_done(engagement_id, milestone_id, error)
    flash(_("Taken back."), "success")
    return back(engagement_id, milestone_id)
