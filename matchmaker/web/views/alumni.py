"""The alumni zone: who shows themselves, messages between them, and the office's invitations."""

from __future__ import annotations

from typing import TypeVar, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    RateLimited,
    StaleVersion,
)
from matchmaker.models import AlumniContact, AlumniProfile, AlumniPurpose, User
from matchmaker.policies.alumni import (
    may_answer_message,
    may_enter_alumni,
    may_invite_alumni,
    may_read_alumni_figures,
    may_read_messages,
    may_take_back_message,
)
from matchmaker.queries import alumni as queries
from matchmaker.queries.alumni import AlumniFilter
from matchmaker.services import alumni as service
from matchmaker.web import alumni_words as words
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.alumni import (
    AnswerForm,
    InviteForm,
    MessageForm,
    ProfileForm,
    profile_form,
)
from matchmaker.web.i18n import say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("alumni", __name__)

TypedForm = TypeVar("TypedForm", MessageForm, AnswerForm, InviteForm)

PROFILE = "/alumni/<int:profile_id>"
MESSAGE = "/alumni/messages/<int:contact_id>"


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get("/alumni")
@guard(may_enter_alumni)
def index() -> ResponseReturnValue:
    """Alumni who show themselves."""
    filters = words.filters()
    wanted = AlumniFilter(**{item["name"]: listing.chosen(item["name"]) for item in filters})
    session, me = db_session(), _me()
    return render_template(
        "alumni/index.html",
        page=queries.list_profiles(session, me, wanted, number=listing.page_number()),
        own=queries.own_profile(session, me),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        words=words,
    )


@blueprint.route("/alumni/me", methods=["GET", "POST"])
@guard(may_enter_alumni)
def edit() -> ResponseReturnValue:
    """What one shows to the others."""
    own = queries.own_profile(db_session(), _me())
    if request.method == "GET":
        return _profile_page(profile_form(own), own)
    form = ProfileForm()
    if not form.validate():
        return _profile_page(form, own), 422
    try:
        agreed, version = bool(form.agreed.data), form.version.data
        service.show(context(), form.shows(), agreed=agreed, version=version)
    except InvalidInput as error:
        form.show_refusal(error)
        return _profile_page(form, own), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.version.data = own.version if own else 0
        return _profile_page(form, own), 409
    flash(_("Saved. Other alumni see you now."), "success")
    return redirect(url_for("alumni.index"), 303)


def _profile_page(form: ProfileForm, own: AlumniProfile | None) -> str:
    return render_template("alumni/edit.html", form=form, own=own)


@blueprint.post("/alumni/me/leave")
@guard(may_read_messages)
def leave() -> ResponseReturnValue:
    """Leave the list at once."""
    service.leave(context())
    flash(_("You are no longer in the list. Nothing of what you showed is kept."), "success")
    return redirect(url_for("alumni.messages"), 303)


@blueprint.route(PROFILE + "/message", methods=["GET", "POST"])
@guard(may_enter_alumni)
@limiter.limit("60 per hour", methods=["POST"])
def write(profile_id: int) -> ResponseReturnValue:
    """Write to another alumnus."""
    profile = queries.get_profile(db_session(), _me(), profile_id)
    form = MessageForm()
    if not form.is_submitted():
        return _message_page(form, profile)
    if not form.validate():
        return _message_page(form, profile), 422
    try:
        shares = bool(form.shares_email.data)
        service.write(context(), profile_id, text=form.text.data or "", shares_email=shares)
    except (InvalidInput, RateLimited) as error:
        return _message_page(_refused(form, error), profile), status_of(error)
    flash(_("Sent. You are told when there is an answer."), "success")
    return redirect(url_for("alumni.messages"), 303)


def _message_page(form: MessageForm, profile: AlumniProfile) -> str:
    return render_template("alumni/message.html", form=form, profile=profile)


@blueprint.get("/alumni/messages")
@guard(may_read_messages)
def messages() -> ResponseReturnValue:
    """What one wrote and was written."""
    session, me = db_session(), _me()
    return render_template(
        "alumni/messages.html",
        messages=queries.messages(session, me),
        me=me,
        own=queries.own_profile(session, me),
        words=words,
    )


@blueprint.route(MESSAGE, methods=["GET", "POST"])
@guard(may_answer_message)
def answer(contact_id: int) -> ResponseReturnValue:
    """Read a message one was written; answer or decline it."""
    contact = queries.get_contact(db_session(), _me(), contact_id)
    context().require(may_answer_message, contact)
    if request.method == "GET":
        form = AnswerForm(formdata=None, data={"version": contact.version})
        return _answer_page(form, contact)
    form = AnswerForm()
    if not form.validate():
        return _answer_page(form, contact), 422
    try:
        _take_answer(contact_id, form)
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        return _answer_page(_refused(form, error), contact), status_of(error)
    flash(_("Your answer is on its way."), "success")
    return redirect(url_for("alumni.messages"), 303)


def _take_answer(contact_id: int, form: AnswerForm) -> None:
    service.answer(
        context(),
        contact_id,
        accepted=request.form.get("answer") == "1",
        text=form.text.data or "",
        shares_email=bool(form.shares_email.data),
        version=form.version.data,
    )


def _answer_page(form: AnswerForm, contact: AlumniContact) -> str:
    return render_template("alumni/answer.html", form=form, contact=contact, me=_me(), words=words)


def _refused(form: TypedForm, error: MatchmakerError) -> TypedForm:
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))
    return form


@blueprint.post(MESSAGE + "/take-back")
@guard(may_take_back_message)
def take_back(contact_id: int) -> ResponseReturnValue:
    """Take a message back that nobody answered."""
    service.take_back(context(), contact_id)
    flash(_("Taken back."), "success")
    return redirect(url_for("alumni.messages"), 303)


@blueprint.get("/office/alumni")
@guard(may_read_alumni_figures)
def figures() -> ResponseReturnValue:
    """How many alumni there are, and who offered to help the office."""
    session, me = db_session(), _me()
    helpers = queries.helpers(session, me)
    return render_template(
        "alumni/figures.html",
        figures=queries.figures(session, me),
        helpers=helpers,
        invitations=queries.invitations(session, [one.profile.user_id for one in helpers]),
        words=words,
    )


@blueprint.route("/office/alumni/<int:profile_id>/invite", methods=["GET", "POST"])
@guard(may_invite_alumni)
def invite(profile_id: int) -> ResponseReturnValue:
    """Ask somebody to be a mentor or a seed instructor."""
    profile = queries.get_helper(db_session(), _me(), profile_id)
    form = InviteForm()
    form.offer(profile)
    if not form.is_submitted():
        return _invite_page(form, profile)
    if not form.validate():
        return _invite_page(form, profile), 422
    purpose = AlumniPurpose(form.purpose.data)
    try:
        service.invite(context(), profile_id, purpose=purpose, text=form.text.data or "")
    except InvalidInput as error:
        return _invite_page(_refused(form, error), profile), 422
    flash(_("Invited. You are told what they answer."), "success")
    return redirect(url_for("alumni.figures"), 303)


def _invite_page(form: InviteForm, profile: AlumniProfile) -> str:
    return render_template("alumni/invite.html", form=form, profile=profile, words=words)
