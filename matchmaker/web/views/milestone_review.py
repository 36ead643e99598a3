"""What others do with a milestone: comment, request changes, give an opinion, decide, reopen."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.policies.milestone import (
    may_comment,
    may_decide_milestone,
    may_give_opinion,
    may_request_changes,
)
from matchmaker.services import milestone_decision, milestone_feedback
from matchmaker.web.auth import guard
from matchmaker.web.forms.milestone import (
    ChangesForm,
    CommentForm,
    DecisionForm,
    OpinionForm,
    ReasonForm,
)
from matchmaker.web.milestone_page import act
from matchmaker.web.transaction import context
from matchmaker.web.views.milestone import MILESTONE

blueprint = Blueprint("milestone_review", __name__)


@blueprint.post(MILESTONE + "/comments")
@guard(may_comment)
def comment(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Say something about what was handed in."""
    form, where = CommentForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "comment_form",
        form,
        lambda: milestone_feedback.comment(context(), *where, body=form.body.data or ""),
        _("Said. Everybody in the work reads it."),
    )


@blueprint.post(MILESTONE + "/changes")
@guard(may_request_changes)
def request_changes(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Say what exactly is to be changed, and until when."""
    form, where = ChangesForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "changes_form",
        form,
        lambda: milestone_feedback.request_changes(
            context(),
            *where,
            body=form.body.data or "",
            until=form.until.data,
            version=form.version.data,
        ),
        _("Requested. The team has the next step."),
    )


@blueprint.post(MILESTONE + "/opinion")
@guard(may_give_opinion)
def give_opinion(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """The owner says what it thinks of the result."""
    form, where = OpinionForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "opinion_form",
        form,
        lambda: milestone_feedback.give_opinion(
            context(),
            *where,
            outcome=form.chosen_outcome,
            cause=form.chosen_cause,
            body=form.body.data or "",
        ),
        _("Your opinion is on record. The programme office decides."),
    )


@blueprint.post(MILESTONE + "/decision")
@guard(may_decide_milestone)
def decide(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """The office decides how it ended."""
    form, where = DecisionForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "decision_form",
        form,
        lambda: milestone_decision.decide(
            context(),
            *where,
            outcome=form.chosen_outcome,
            cause=form.chosen_cause,
            reason=form.reason.data or "",
            version=form.version.data,
        ),
        _("Decided. Both sides are told."),
    )


@blueprint.post(MILESTONE + "/reopen")
@guard(may_decide_milestone)
def reopen(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """A decision turned out to be false."""
    form, where = ReasonForm(), (engagement_id, milestone_id)
    return act(
        *where,
        "reopen_form",
        form,
        lambda: milestone_decision.reopen(
            context(), *where, reason=form.reason.data or "", version=form.version.data
        ),
        _("Reopened. What followed from the decision is taken back, and both sides are told."),
    )
