"""What people are told, in the app, and how they want to hear of it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.policies.site import may_use
from matchmaker.queries import delivery as queries
from matchmaker.services import notification as service
from matchmaker.services.letter_topics import TOPICS, choosable
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.delivery import choices_form
from matchmaker.web.resume import local_path
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("notification", __name__)


@blueprint.get("/notifications")
@guard(may_use)
def index() -> ResponseReturnValue:
    """Everything the reader was told, newest first."""
    return render_template(
        "notification/index.html",
        page=queries.notifications(db_session(), actor(), number=listing.page_number()),
        n_unread=queries.count_unread(db_session(), actor()),
        topics=TOPICS,
        page_url=listing.page_url,
    )


@blueprint.post("/notifications/<int:delivery_id>/open")
@guard(may_use)
def open_one(delivery_id: int) -> ResponseReturnValue:
    """Mark one as read and go where it leads."""
    delivery = service.mark_read(context(), delivery_id)
    return redirect(local_path(delivery.path or url_for("notification.index")), 303)


@blueprint.post("/notifications/read")
@guard(may_use)
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    service.mark_all_read(context())
    return redirect(url_for("notification.index"), 303)


@blueprint.route("/account/notifications", methods=["GET", "POST"])
@guard(may_use)
def choose() -> ResponseReturnValue:
    """How the reader wants to hear of what."""
    form = choices_form(service.current(context()))
    if request.method == "GET":
        return _choices_page(form)
    if not form.validate():
        return _choices_page(form), 422
    try:
        service.choose(context(), {topic.key: form[topic.key].data for topic in choosable()})
    except InvalidInput as error:
        form.show_refusal(error)
        return _choices_page(form), 422
    flash(_("Saved. It holds from the next letter on."), "good")
    return redirect(url_for("notification.choose"), 303)


def _choices_page(form: object) -> str:
    return render_template("notification/choose.html", form=form, topics=choosable())
