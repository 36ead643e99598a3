"""The panel member's pages: what they were asked to judge, and their points."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import AwardVote
from matchmaker.policies.award import may_judge_award, may_list_votes
from matchmaker.queries import award as awards
from matchmaker.queries import award_vote as queries
from matchmaker.queries.award_scheme import rules_of
from matchmaker.services import award_vote as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.forms.award import ReasonForm
from matchmaker.web.forms.award_vote import VoteForm, vote_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("award_vote", __name__)

VOTE = "/my-panel/<int:vote_id>"


@blueprint.get("/my-panel")
@guard(may_list_votes)
def index() -> ResponseReturnValue:
    """What the reader is asked to judge."""
    return render_template("award_vote/index.html", votes=queries.own_votes(db_session(), actor()))


@blueprint.route(VOTE, methods=["GET", "POST"])
@guard(may_judge_award)
def show(vote_id: int) -> ResponseReturnValue:
    """One case: what was achieved, and the reader's points."""
    vote = queries.get_vote(db_session(), actor(), vote_id)
    context().require(may_judge_award, vote)
    rubric = rules_of(vote.award.scheme).rubric
    if request.method == "GET":
        return _page(vote, vote_form(rubric, vote, formdata=None))
    form = vote_form(rubric, vote)
    if not form.validate():
        return _page(vote, form), 422
    return _submitted(vote, form)


def _submitted(vote: AwardVote, form: VoteForm) -> ResponseReturnValue:
    try:
        service.submit(
            context(),
            vote.id,
            scores=form.scores(),
            reasons=form.reasons(),
            version=form.version.data,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(vote, form), 422
    except StaleVersion as error:
        form.version.raw_data, form.version.data = None, vote.version
        return _page(vote, form, refusal=say(error.message)), 409
    flash(_("Handed in. Thank you. You can change it until the tiers are settled."), "good")
    return redirect(url_for("award_vote.index"), 303)


def _page(vote: AwardVote, form: VoteForm, refusal: str = "") -> str:
    engagement = vote.award.engagement
    return render_template(
        "award_vote/show.html",
        vote=vote,
        engagement=engagement,
        rubric=rules_of(vote.award.scheme).rubric,
        milestones=awards.milestones_of(db_session(), engagement.id),
        form=form,
        refusal=refusal,
    )


@blueprint.post(VOTE + "/step-aside")
@guard(may_list_votes)
def recuse(vote_id: int) -> ResponseReturnValue:
    """Step aside; the case is hidden at once."""
    try:
        service.recuse(context(), vote_id, reason=ReasonForm().words)
    except InvalidInput as error:
        vote = queries.get_vote(db_session(), actor(), vote_id)
        form = vote_form(rules_of(vote.award.scheme).rubric, vote, formdata=None)
        return _page(vote, form, refusal=in_words(error)), 422
    flash(_("You have stepped aside. The case is gone from your list."), "good")
    return redirect(url_for("award_vote.index"), 303)
