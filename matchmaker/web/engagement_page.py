"""The overview of an engagement as a page: everything on it, with the forms the reader may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    StaleVersion,
)
from matchmaker.models import Cause, Engagement
from matchmaker.policies.engagement import may_decide_engagement, may_name_contact, side_of
from matchmaker.queries import engagement as queries
from matchmaker.queries.engagement_history import history
from matchmaker.queries.engagement_kickoff import checklist
from matchmaker.queries.engagement_life import lives, silent
from matchmaker.queries.engagement_people import owners_people, possible_mentors
from matchmaker.services.engagement_stop import open_request
from matchmaker.services.stage_decision import is_signed_by, open_proposal
from matchmaker.web.auth import actor
from matchmaker.web.engagement_next import next_step
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.engagement import (
    AnswerForm,
    DataForm,
    ExtendForm,
    PersonForm,
    ProposeForm,
    ReasonForm,
    StopForm,
)
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

REFUSALS = (InvalidInput, InvalidTransition, Conflict, StaleVersion)


def page(engagement_id: int, **shown: Any) -> str:
    """The page; *shown* replaces forms that were refused."""
    session, reader = db_session(), actor()
    row = queries.get_engagement(session, reader, engagement_id)
    silences = {one.engagement.id: one for one in silent(session, utcnow())} if row.is_live else {}
    lines, request = checklist(session, row), open_request(row)
    proposal, silence = open_proposal(row), silences.get(row.id)
    side = side_of(reader, row)
    return render_template(
        "engagement/show.html",
        engagement=row,
        side=side,
        lines=lines,
        proposal=proposal,
        has_signed=proposal is not None and side is not None and is_signed_by(proposal, side),
        stop_request=request,
        silence=silence,
        life=lives(session, [row])[0],
        undecided=queries.undecided_milestones(session, row),
        next_step=next_step(row, side, lines, proposal, request, silence),
        happenings=history(session, row),
        now=utcnow(),
        **{**_forms(row, silence), **shown},
    )


def _forms(row: Engagement, silence: Any) -> dict[str, BaseForm]:
    version = {"version": row.version}
    late = {"days": silence.days, "cause": Cause.OWNER_SILENT.value} if silence else {}
    return {
        "contact_form": contact_form(row),
        "mentor_form": mentor_form(row),
        "data_form": DataForm(formdata=None),
        "propose_form": ProposeForm(formdata=None, data=version),
        "drop_form": ReasonForm(formdata=None),
        "extend_form": ExtendForm(formdata=None, data={**version, **late}),
        "stop_form": StopForm(formdata=None, data=version),
        "ask_form": StopForm(formdata=None, data=version),
        "answer_form": AnswerForm(formdata=None),
        "resume_form": ReasonForm(formdata=None, data=version),
    }


def contact_form(row: Engagement, *, typed: bool = False) -> PersonForm:
    """The choice of the owner's contact."""
    options: dict[str, Any] = {} if typed else {"formdata": None}
    chosen = {"version": row.version, "person_id": str(row.contact_id or "")}
    form = PersonForm(data=chosen, **options)
    allowed = may_name_contact.allows(actor(), row)
    form.offer(owners_people(db_session(), row) if allowed else [], _("– choose –"))
    return form


def mentor_form(row: Engagement, *, typed: bool = False) -> PersonForm:
    """The choice of the mentor."""
    options: dict[str, Any] = {} if typed else {"formdata": None}
    chosen = {"version": row.version, "person_id": str(row.mentor_id or "")}
    form = PersonForm(data=chosen, **options)
    allowed = may_decide_engagement.allows(actor(), row)
    form.offer(possible_mentors(db_session(), row) if allowed else [], _("Nobody yet"))
    return form


def act(
    engagement_id: int,
    name: str,
    form: BaseForm,
    decide: Callable[[], Any],
    done: str,
) -> ResponseReturnValue:
    """Take a decision that *form* holds; refused, the page shows it again under *name*."""
    if not form.validate():
        return page(engagement_id, **{name: form}, opened=name), 422
    try:
        decide()
    except REFUSALS as error:
        return refused(engagement_id, name, form, error)
    flash(done, "good")
    return redirect(url_for("engagement.show", engagement_id=engagement_id), 303)


def act_on(
    page_of: Callable[..., str],
    shown: dict[str, Any],
    decide: Callable[[], Any],
    done: str,
    back: str,
) -> ResponseReturnValue:
    """Take a decision on a tab; refused, ``page_of(**shown)`` shows what was typed again."""
    form = next(value for value in shown.values() if isinstance(value, BaseForm))
    if not form.validate():
        return page_of(**shown), 422
    try:
        decide()
    except REFUSALS as error:
        db_session().rollback()
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(in_words(error))
        return page_of(**shown), status_of(error)
    flash(done, "good")
    return redirect(back, 303)


def refused(
    engagement_id: int, name: str, form: BaseForm, error: MatchmakerError
) -> ResponseReturnValue:
    """The page again, with what was typed and why it was not done."""
    db_session().rollback()
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))
    if isinstance(error, StaleVersion) and "version" in form:
        row = queries.get_engagement(db_session(), actor(), engagement_id)
        form["version"].data = form_version(row, name)
    return page(engagement_id, **{name: form}, opened=name), status_of(error)


def form_version(row: Engagement, name: str) -> int:
    """The version that the form *name* decides on."""
    proposal, request = open_proposal(row), open_request(row)
    if name == "drop_form" and proposal is not None:
        return proposal.version
    if name == "answer_form" and request is not None:
        return request.version
    return row.version


__all__ = ["act", "contact_form", "context", "mentor_form", "page"]
