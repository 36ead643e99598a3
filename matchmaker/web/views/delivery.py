"""The office's outbox: letters on their way, held back, sent, failed and discarded."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import Delivery
from matchmaker.policies.delivery import (
    may_change_delivery,
    may_hold_topics,
    may_list_deliveries,
)
from matchmaker.queries import delivery as queries
from matchmaker.services import delivery as service
from matchmaker.services.letter_topics import TOPICS, choosable
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.forms.delivery import LetterForm, LetterReasonForm, VersionForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.delivery import DELIVERY_WORKFLOW, DeliveryState

blueprint = Blueprint("delivery", __name__, url_prefix="/office/letters")

LETTER = "/<int:delivery_id>"


@blueprint.get("")
@guard(may_list_deliveries)
def index() -> ResponseReturnValue:
    """The letters, newest first, with the topics that are held back."""
    return _index_page()


def _index_page(refusal: str = "") -> str:
    session, reader = db_session(), actor()
    counts = queries.count_by_state(session, reader)
    filters = _filters({state.value: count for state, count in counts.items()})
    state, topic = listing.chosen("state"), listing.chosen("topic")
    page = queries.list_deliveries(
        session,
        reader,
        state=DeliveryState(state) if state in set(DeliveryState) else None,
        topic=topic,
        text=listing.chosen("q").replace("\x00", ""),
        number=listing.page_number(),
    )
    return render_template(
        "delivery/index.html",
        page=page,
        total=sum(counts.values()),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        workflow=DELIVERY_WORKFLOW,
        topics=TOPICS,
        choosable=choosable(),
        holds={hold.topic: hold for hold in queries.holds(session)},
        n_closed_failures=queries.count_closed_failures(session),
        refusal=refusal,
    )


def _filters(counts: dict[str, int]) -> list[dict[str, object]]:
    states = [(s.value, say(label.staff)) for s, label in DELIVERY_WORKFLOW.labels.items()]
    topics = [(topic.key, say(topic.label)) for topic in choosable()]
    return [
        listing.select("state", _("State"), states, every=_("Every state"), counts=counts),
        listing.select("topic", _("Topic"), topics, every=_("Every topic")),
        listing.search("q", _("Subject or address")),
    ]


@blueprint.get(LETTER)
@guard(may_list_deliveries)
def show(delivery_id: int) -> ResponseReturnValue:
    """One letter as its reader gets it, with what can be done with it."""
    return _page(delivery_id)


def _page(delivery_id: int, form: LetterForm | None = None, refusal: str = "") -> str:
    delivery = queries.get(db_session(), actor(), delivery_id)
    return render_template(
        "delivery/show.html",
        delivery=delivery,
        form=form or _filled(delivery),
        topic=TOPICS[delivery.topic],
        workflow=DELIVERY_WORKFLOW,
        refusal=refusal,
    )


def _filled(delivery: Delivery) -> LetterForm:
    message = delivery.message
    values = {"subject": message.subject, "body": message.body, "version": delivery.version}
    return LetterForm(formdata=None, data=values)


@blueprint.post(LETTER)
@guard(may_change_delivery)
def edit(delivery_id: int) -> ResponseReturnValue:
    """Change what a letter says that was held back."""
    form = LetterForm()
    if not form.validate():
        return _page(delivery_id, form), 422
    texts = {"subject": form.subject.data or "", "body": form.body.data or ""}
    try:
        service.edit(context(), delivery_id, version=form.version.data, **texts)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(delivery_id, form), 422
    except StaleVersion as error:
        saved = queries.get(db_session(), actor(), delivery_id)
        form.version.data = saved.version
        return _page(delivery_id, form, refusal=say(error.message)), 409
    return _done(delivery_id, _("Saved. It leaves when you let it go."))


@blueprint.post(LETTER + "/hold")
@guard(may_change_delivery)
def hold(delivery_id: int) -> ResponseReturnValue:
    """Keep one letter back."""
    done = _("Held back. Nobody gets it until you let it go.")
    return _with_reason(service.hold, delivery_id, done)


@blueprint.post(LETTER + "/discard")
@guard(may_change_delivery)
def discard(delivery_id: int) -> ResponseReturnValue:
    """See that one letter never leaves."""
    done = _("Discarded. It stays in this log with your reason.")
    return _with_reason(service.discard, delivery_id, done)


def _with_reason(act: Callable[..., Delivery], delivery_id: int, done: str) -> ResponseReturnValue:
    form = LetterReasonForm()
    try:
        act(context(), delivery_id, version=form.version.data, reason=form.reason.data or "")
    except InvalidInput as error:
        return _page(delivery_id, refusal=in_words(error)), 422
    return _done(delivery_id, done)


@blueprint.post(LETTER + "/release")
@guard(may_change_delivery)
def release(delivery_id: int) -> ResponseReturnValue:
    """Let one letter go."""
    service.release(context(), delivery_id, version=VersionForm().version.data)
    return _done(delivery_id, _("On its way."))


@blueprint.post(LETTER + "/retry")
@guard(may_change_delivery)
def retry(delivery_id: int) -> ResponseReturnValue:
    """Send one letter again that failed."""
    service.retry(context(), delivery_id, version=VersionForm().version.data)
    return _done(delivery_id, _("It is tried again."))


@blueprint.post("/topics/<topic>/hold")
@guard(may_hold_topics)
def hold_topic(topic: str) -> ResponseReturnValue:
    """From now on letters of a topic wait."""
    form = LetterReasonForm()
    try:
        service.hold_topic(context(), topic, reason=form.reason.data or "")
    except InvalidInput as error:
        return _index_page(in_words(error)), 422
    flash(_("From now on these letters wait here until you let them go."), "good")
    return redirect(url_for("delivery.index") + "#topics", 303)


@blueprint.post("/topics/<topic>/release")
@guard(may_hold_topics)
def release_topic(topic: str) -> ResponseReturnValue:
    """Let the letters of a topic leave again."""
    count = service.release_topic(context(), topic)
    flash(_("They leave at once again. Letters let go: %(count)s", count=count), "good")
    return redirect(url_for("delivery.index") + "#topics", 303)


def _done(delivery_id: int, text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("delivery.show", delivery_id=delivery_id), 303)
