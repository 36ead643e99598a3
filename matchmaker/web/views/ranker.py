"""The office's page on learned weights: the model card in words, and switching on and back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidTransition, MatchmakerError, StaleVersion
from matchmaker.policies.ranker import may_learn, may_read_rankers, may_switch_rankers
from matchmaker.queries import call as calls
from matchmaker.queries import job as jobs
from matchmaker.queries import ranker as queries
from matchmaker.services import ranker as service
from matchmaker.web import listing, ranker_card, ranker_effects
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.ranker import SwitchForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("ranker", __name__)


@blueprint.get("/office/rankers")
@guard(may_read_rankers)
def index() -> ResponseReturnValue:
    """What counts now, and the attempts at learning with their cards."""
    return _page(None)


@blueprint.post("/office/rankers")
@guard(may_learn)
def learn() -> ResponseReturnValue:
    """Have weights learned."""
    service.ask_learn(context())
    flash(_("Learning waits for its turn. Reload the page in a minute."), "good")
    return redirect(url_for("ranker.index"))


@blueprint.post("/office/rankers/<int:ranker_id>/use")
@guard(may_switch_rankers)
def switch_on(ranker_id: int) -> ResponseReturnValue:
    """Rank with learned weights."""
    try:
        service.switch_on(context(), ranker_id, version=SwitchForm().version.data)
    except (InvalidTransition, StaleVersion) as error:
        return _page(error)
    flash(_("Switched on. The next run ranks with the learned weights."), "good")
    return redirect(url_for("ranker.index"))


@blueprint.post("/office/rankers/back")
@guard(may_switch_rankers)
def switch_off() -> ResponseReturnValue:
    """Go back to the office's weights."""
    service.switch_off(context())
    flash(_("Switched back. The next run ranks with the office's own weights."), "good")
    return redirect(url_for("ranker.index"))


def _page(error: MatchmakerError | None) -> ResponseReturnValue:
    names = {str(call.id): call for call in calls.all_calls(db_session(), actor())}
    page = queries.list_rankers(db_session(), actor(), number=listing.page_number())
    problems, teams = queries.named_in(db_session(), page.items)
    return render_template(
        "ranker/index.html",
        page=page,
        effects=ranker_effects,
        problems=problems,
        teams=teams,
        in_use=queries.in_use(db_session()),
        waiting=jobs.waiting(db_session(), queries.LEARN),
        card=ranker_card,
        calls=names,
        page_url=listing.page_url,
        error=say(error.message) if error else "",
    ), status_of(error) if error else 200
