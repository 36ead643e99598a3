"""Engagements: a person's own, the page of each, and what the kick-off takes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, NotSignedIn, StaleVersion
from matchmaker.models import Engagement, KickoffKey
from matchmaker.policies.engagement import (
    may_agree_calendar,
    may_begin_work,
    may_decide_engagement,
    may_give_data,
    may_list_engagements,
    may_name_contact,
    may_read_engagement,
)
from matchmaker.queries import engagement as queries
from matchmaker.reports.engagement_calendar import calendar_file, entries
from matchmaker.services import engagement as service
from matchmaker.web import engagement_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.engagement_page import act, contact_form, mentor_form, page
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.engagement import DataForm, ReasonForm, VersionForm
from matchmaker.web.i18n import current_locale, zone
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("engagement", __name__)

ENGAGEMENT = "/engagements/<int:engagement_id>"


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    """What the frame of every page about an engagement needs."""
    return {"engagement_words": engagement_words}


@blueprint.get("/engagements")
@guard(may_list_engagements)
def index() -> ResponseReturnValue:
    """What the reader takes part in."""
    reader = actor()
    if reader is None:
        raise NotSignedIn
    rows = queries.own_engagements(db_session(), reader)
    return render_template("engagement/index.html", engagements=rows)


@blueprint.get(ENGAGEMENT)
@guard(may_read_engagement)
def show(engagement_id: int) -> ResponseReturnValue:
    """One engagement: how it stands, and what the reader does next."""
    return page(engagement_id)


@blueprint.get(ENGAGEMENT + "/calendar.ics")
@guard(may_read_engagement)
def calendar(engagement_id: int) -> ResponseReturnValue:
    """The dates as a file for one's own calendar."""
    row = _find(engagement_id)
    milestones = queries.open_milestones(db_session(), row)
    titles = {one.id: engagement_words.milestone_title(one) for one in milestones}
    dates = entries(row, milestones, titles, zone())
    url = url_for("engagement.show", engagement_id=row.id, _external=True)
    content = calendar_file(row, dates, locale=current_locale(), zone=zone(), url=url)
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}.ics"'
    return response


def _find(engagement_id: int) -> Engagement:
    return queries.get_engagement(db_session(), actor(), engagement_id)


@blueprint.post(ENGAGEMENT + "/contact")
@guard(may_name_contact)
def name_contact(engagement_id: int) -> ResponseReturnValue:
    """Name who answers for the owner."""
    form = contact_form(_find(engagement_id), typed=True)
    return act(
        engagement_id,
        "contact_form",
        form,
        lambda: service.name_contact(
            context(), engagement_id, form.chosen, version=form.version.data
        ),
        _("The contact is named and has a letter."),
    )


@blueprint.post(ENGAGEMENT + "/mentor")
@guard(may_decide_engagement)
def name_mentor(engagement_id: int) -> ResponseReturnValue:
    """Name the mentor."""
    form = mentor_form(_find(engagement_id), typed=True)
    return act(
        engagement_id,
        "mentor_form",
        form,
        lambda: service.name_mentor(
            context(), engagement_id, form.chosen, version=form.version.data
        ),
        _("Saved."),
    )


@blueprint.post(ENGAGEMENT + "/data")
@guard(may_give_data)
def give_data(engagement_id: int) -> ResponseReturnValue:
    """Say that the team has access to the data."""
    form = DataForm()
    return act(
        engagement_id,
        "data_form",
        form,
        lambda: service.give_data(context(), engagement_id, note=form.note.data or ""),
        _("Ticked: the team has access to the data."),
    )


@blueprint.post(ENGAGEMENT + "/calendar")
@guard(may_agree_calendar)
def agree_calendar(engagement_id: int) -> ResponseReturnValue:
    """Agree to the dates for one's side."""
    return _plain(
        engagement_id,
        lambda: service.agree_calendar(context(), engagement_id),
        _("You agree to the calendar."),
    )


@blueprint.post(ENGAGEMENT + "/waive/<key>")
@guard(may_decide_engagement)
def waive(engagement_id: int, key: str) -> ResponseReturnValue:
    """Let the work begin without one line of the checklist."""
    if key not in set(KickoffKey):
        raise NotFound
    reason = ReasonForm().reason.data or ""
    return _plain(
        engagement_id,
        lambda: service.waive(context(), engagement_id, KickoffKey(key), reason=reason),
        _("Waived; the reason is on record."),
    )


@blueprint.post(ENGAGEMENT + "/begin")
@guard(may_begin_work)
def begin(engagement_id: int) -> ResponseReturnValue:
    """End the kick-off."""
    version = VersionForm().version.data
    return _plain(
        engagement_id,
        lambda: service.begin(context(), engagement_id, version=version),
        _("The first stage has begun."),
    )


def _plain(engagement_id: int, decide: Any, done: str) -> ResponseReturnValue:
    """Take a decision that takes no more than a button, or a button and a reason."""
    try:
        decide()
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        return page(engagement_id, refusal=in_words(error)), status_of(error)
    flash(done, "good")
    return redirect(url_for("engagement.show", engagement_id=engagement_id), 303)
