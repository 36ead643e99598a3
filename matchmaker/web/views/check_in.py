"""How the work goes: check-ins with their blockers, and the hours of mentoring."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.policies.check_in import may_check_in, may_resolve
from matchmaker.policies.engagement import may_read_engagement
from matchmaker.policies.mentoring import (
    may_add_mentoring,
    may_confirm_mentoring,
    may_strike_mentoring,
)
from matchmaker.queries import check_in as queries
from matchmaker.queries import mentoring as meetings
from matchmaker.queries.engagement import get_engagement
from matchmaker.services import check_in, mentoring
from matchmaker.web.auth import actor, guard
from matchmaker.web.check_in_words import lights_of
from matchmaker.web.engagement_page import act_on
from matchmaker.web.forms.base import BaseForm, one_for_each, set_apart
from matchmaker.web.forms.check_in import CheckInForm, MentoringForm, ResolutionForm, StrikeForm
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.engagement import ENGAGEMENT

blueprint = Blueprint("check_in", __name__)


@blueprint.get(ENGAGEMENT + "/check-ins")
@guard(may_read_engagement)
def index(engagement_id: int) -> ResponseReturnValue:
    """How it went so far, and the form to say how it goes."""
    return _page(engagement_id)


@blueprint.post(ENGAGEMENT + "/check-ins")
@guard(may_check_in)
def add(engagement_id: int) -> ResponseReturnValue:
    """Say how it goes."""
    form = CheckInForm()
    return _act(
        engagement_id,
        {"form": form},
        lambda: check_in.check_in(
            context(),
            engagement_id,
            light=form.chosen_light,
            done=form.done.data or "",
            coming=form.coming.data or "",
            blocker=form.blocker.data or "",
            blocker_side=form.chosen_side,
        ),
        _("Thank you. Whoever has to act has a letter."),
    )


@blueprint.post(ENGAGEMENT + "/check-ins/<int:check_in_id>/resolve")
@guard(may_resolve)
def resolve(engagement_id: int, check_in_id: int) -> ResponseReturnValue:
    """Say that a blocker is cleared."""
    form = ResolutionForm()
    return _act(
        engagement_id,
        {"resolution_form": form, "opened": check_in_id},
        lambda: check_in.resolve(
            context(), engagement_id, check_in_id, resolution=form.resolution.data or ""
        ),
        _("Cleared. Whoever named it has a letter."),
    )


@blueprint.post(ENGAGEMENT + "/mentoring")
@guard(may_add_mentoring)
def add_meeting(engagement_id: int) -> ResponseReturnValue:
    """Write a meeting with the mentor down."""
    form = MentoringForm()
    return _act(
        engagement_id,
        {"meeting_form": form},
        lambda: mentoring.add(
            context(),
            engagement_id,
            held_on=form.held_on.data,
            minutes=form.minutes.data,
            topic=form.topic.data or "",
            note=form.note.data or "",
        ),
        _("Written down."),
    )


@blueprint.post(ENGAGEMENT + "/mentoring/<int:session_id>/confirm")
@guard(may_confirm_mentoring)
def confirm_meeting(engagement_id: int, session_id: int) -> ResponseReturnValue:
    """The mentor says that a meeting took place."""
    return _act(
        engagement_id,
        {"confirm_form": BaseForm()},
        lambda: mentoring.confirm(context(), engagement_id, session_id),
        _("Confirmed: it counts now."),
    )


@blueprint.post(ENGAGEMENT + "/mentoring/<int:session_id>/strike")
@guard(may_strike_mentoring)
def strike_meeting(engagement_id: int, session_id: int) -> ResponseReturnValue:
    """Take a meeting out of the sums."""
    form = StrikeForm()
    return _act(
        engagement_id,
        {"strike_form": form, "struck": session_id},
        lambda: mentoring.strike(
            context(), engagement_id, session_id, reason=form.reason.data or ""
        ),
        _("Struck out: it stays on record and counts no more."),
    )


def _act(
    engagement_id: int, shown: dict[str, Any], decide: Callable[[], Any], done: str
) -> ResponseReturnValue:
    """Take a decision; refused, the page shows what was typed again."""
    part = "mentoring" if "mentoring" in request.path else None
    back = url_for("check_in.index", engagement_id=engagement_id, _anchor=part)
    return act_on(partial(_page, engagement_id), shown, decide, done, back)


def _page(engagement_id: int, **shown: Any) -> str:
    engagement = get_engagement(db_session(), actor(), engagement_id)
    said = queries.check_ins_of(db_session(), engagement)
    given = {
        "form": CheckInForm(formdata=None),
        "meeting_form": MentoringForm(formdata=None),
        **shown,
    }
    set_apart(given["form"], "say")
    set_apart(given["meeting_form"], "meeting")
    typed = {name: given.pop(name, None) for name in ("resolution_form", "strike_form")}
    ids = {name: given.pop(name, None) for name in ("opened", "struck")}
    return render_template(
        "engagement/check_ins.html",
        engagement=engagement,
        check_ins=said,
        lights=lights_of(said),
        meetings=meetings.sessions_of(db_session(), engagement),
        resolution_form=one_for_each(
            ResolutionForm, "resolve", typed["resolution_form"], ids["opened"]
        ),
        strike_form=one_for_each(StrikeForm, "strike", typed["strike_form"], ids["struck"]),
        **ids,
        **given,
    )
