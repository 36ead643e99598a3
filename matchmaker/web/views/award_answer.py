"""An award in the engagement's frame: proposed, answered, paid; each side sees its part."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.policies.award import may_answer_award, may_propose_award, may_read_award
from matchmaker.policies.engagement import side_of
from matchmaker.queries import award as queries
from matchmaker.queries.award_payment import payments_of
from matchmaker.queries.award_scheme import scheme_of
from matchmaker.queries.engagement import get_engagement
from matchmaker.services import award as nominations
from matchmaker.services import award_answer as service
from matchmaker.services import hall
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.forms.award import ProposeForm, ReasonForm
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.award import AwardState

blueprint = Blueprint("award_answer", __name__)

ENGAGEMENT = "/engagements/<int:engagement_id>/award"
AWARD = "/awards/<int:award_id>/answer"
#: What only team and office hear of before all of it is announced.
_HIDDEN = (AwardState.OFFERED, AwardState.CONFIRMED, AwardState.REFUSED, AwardState.LAPSED)


@blueprint.get(ENGAGEMENT)
@guard(may_read_award)
def show(engagement_id: int) -> ResponseReturnValue:
    """What is due when, what was paid, and how far the award is."""
    return _page(engagement_id)


def _page(engagement_id: int, form: ProposeForm | None = None) -> str:
    session, reader = db_session(), actor()
    engagement = get_engagement(session, reader, engagement_id)
    side = side_of(reader, engagement) or "office"
    award = queries.award_of(session, engagement.id)
    scheme = scheme_of(session, engagement.call_id)
    # Only team and office hear of what is offered before all of it is announced.
    is_hidden = award is not None and award.state in _HIDDEN and side not in ("team", "office")
    sees_money = side in ("team", "office", "owner")
    return render_template(
        "award_answer/show.html",
        engagement=engagement,
        side=side,
        award=award,
        is_hidden=is_hidden,
        scheme=scheme,
        payments=[
            payment
            for payment in (payments_of(session, engagement.id) if sees_money else [])
            if not (is_hidden and payment.purpose == "award")
        ],
        form=form or ProposeForm(formdata=None),
        may_propose=award is None
        and scheme is not None
        and scheme.state == "nominating"
        and may_propose_award.allows(reader, engagement),
        conditions=queries.conditions(session, engagement),
    )


@blueprint.post(ENGAGEMENT + "/propose")
@guard(may_propose_award)
def propose(engagement_id: int) -> ResponseReturnValue:
    """Propose the work for an award."""
    form = ProposeForm()
    if not form.validate():
        return _page(engagement_id, form), 422
    try:
        nominations.propose(context(), engagement_id, citation=form.citation.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(engagement_id, form), 422
    flash(_("Proposed. The office looks at it."), "good")
    return redirect(url_for("award_answer.show", engagement_id=engagement_id), 303)


@blueprint.get(AWARD)
@guard(may_answer_award)
def answer(award_id: int) -> ResponseReturnValue:
    """Accept or refuse the award."""
    return _answer_page(award_id)


def _answer_page(award_id: int, refusal: str = "") -> str:
    award = queries.award_to_answer(db_session(), actor(), award_id, lock=False)
    context().require(may_answer_award, award)
    return render_template("award_answer/answer.html", award=award, refusal=refusal)


@blueprint.post(AWARD + "/accept")
@guard(may_answer_award)
def accept(award_id: int) -> ResponseReturnValue:
    """Accept it, and say whether the team is named in the hall of awards."""
    award = service.confirm(context(), award_id)
    hall.say_named(context(), award, is_named=request.form.get("is_named") == "1")
    flash(_("Accepted. Keep it to yourselves until the announcement."), "good")
    return redirect(url_for("award_answer.show", engagement_id=award.engagement_id), 303)


@blueprint.post(AWARD + "/refuse")
@guard(may_answer_award)
def refuse(award_id: int) -> ResponseReturnValue:
    """Refuse it, with a reason."""
    try:
        award = service.refuse(context(), award_id, reason=ReasonForm().words)
    except InvalidInput as error:
        return _answer_page(award_id, in_words(error)), 422
    flash(_("Refused. The office knows why."), "good")
    return redirect(url_for("award_answer.show", engagement_id=award.engagement_id), 303)
