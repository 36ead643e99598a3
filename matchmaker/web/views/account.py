"""Registering, signing in, and one's own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_babel import gettext as _
from flask_babel import refresh

from matchmaker.errors import InvalidInput, PermissionDenied
from matchmaker.models import MEMBER_ROLE_LABELS, AccountKind, User
from matchmaker.policies.account import may_delete
from matchmaker.policies.site import may_use
from matchmaker.services import account
from matchmaker.web import auth, resume
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.account import (
    DeleteForm,
    EmailForm,
    EmptyForm,
    LoginForm,
    PasswordForm,
    ProfileForm,
    RegisterForm,
    ResetForm,
)
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.i18n import current_locale, say
from matchmaker.web.resume import local_path
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context

blueprint = Blueprint("account", __name__)

#: A school or company behind one address registers many people; a guesser tries one account often.
PER_ADDRESS = "10 per minute; 60 per hour"
PER_ACCOUNT = "10 per 15 minutes"
LETTERS_PER_ACCOUNT = "5 per hour"


def _account_key() -> str:
    return "account:" + request.form.get("email", "").strip().lower()[:254]


def _own_key() -> str:
    user = actor()
    return f"user:{user.id if user else 0}"


def _was_refused(response: Response) -> bool:
    return response.status_code >= 400


limit_tries = limiter.shared_limit(
    PER_ADDRESS, scope="account", methods=["POST"], deduct_when=_was_refused
)
limit_openings = limiter.shared_limit(PER_ADDRESS, scope="letters", methods=["POST"])
limit_letters = limiter.shared_limit(
    LETTERS_PER_ACCOUNT, scope="letters", key_func=_account_key, methods=["POST"]
)
limit_own_tries = limiter.shared_limit(
    PER_ACCOUNT, scope="own", key_func=_own_key, methods=["POST"], deduct_when=_was_refused
)


# Registering


@blueprint.get("/account/register")
@guard(PUBLIC)
def register() -> ResponseReturnValue:
    """Two doors: I have a problem, I can solve."""
    return render_template("account/register.html", next=_next_of_query())


@blueprint.route("/account/register/<any(enterprise, solver):kind>", methods=["GET", "POST"])
@guard(PUBLIC)
@limit_openings
@limit_letters
def register_as(kind: str) -> ResponseReturnValue:
    """Open an account."""
    form = RegisterForm(locale=current_locale(), next=_next_of_query())
    if form.validate_on_submit():
        values = {name: form[name].data for name in ("email", "name", "password", "locale")}
        next_path = _without_home(form.next.data)
        try:
            account.register(context(), AccountKind(kind), **values, next_path=next_path)
            return redirect(url_for("account.letter_sent", about="confirm"))
        except InvalidInput as error:
            form.show_refusal(error)
    return render_template("account/register_as.html", form=form, kind=kind), _status(form)


@blueprint.get("/account/letter-sent/<any(confirm, reset):about>")
@guard(PUBLIC)
def letter_sent(about: str) -> ResponseReturnValue:
    """The same answer to everybody, whether the address is known or not."""
    return render_template("account/letter_sent.html", about=about)


@blueprint.route("/account/resend", methods=["GET", "POST"])
@guard(PUBLIC)
@limit_openings
@limit_letters
def resend() -> ResponseReturnValue:
    """Mail the link that confirms an address once more."""
    form = EmailForm()
    if form.validate_on_submit():
        try:
            account.resend_confirmation(context(), form.email.data)
            return redirect(url_for("account.letter_sent", about="confirm"))
        except InvalidInput as error:
            form.show_refusal(error)
    return render_template("account/resend.html", form=form), _status(form)


@blueprint.route("/account/confirm/<token>", methods=["GET", "POST"])
@guard(PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """Confirm an address. Opening the link only shows a button: mail scanners open links too."""
    form = EmptyForm()
    try:
        if form.validate_on_submit():
            _user, next_path = account.confirm(context(), token)
            flash(_("Your e-mail address is confirmed. You can sign in now."), "success")
            return redirect(url_for("account.login", next=next_path or None))
        user, _next = account.read_confirmation(context(), token)
    except account.BadLink as error:
        return _bad_link(error, "account.resend")
    return render_template("account/confirm.html", form=form, user=user)


# Signing in and out


@blueprint.route("/account/login", methods=["GET", "POST"])
@guard(PUBLIC)
@limit_tries
@limiter.limit(PER_ACCOUNT, key_func=_account_key, methods=["POST"], deduct_when=_was_refused)
def login() -> ResponseReturnValue:
    """Sign in, and go on to where one was."""
    if request.method == "GET" and actor() is not None:
        return redirect(resume.go_on(request.args.get("next")))
    form = LoginForm(next=_next_of_query())
    is_unconfirmed = False
    if form.validate_on_submit():
        try:
            user = account.authenticate(context(), form.email.data, form.password.data)
            auth.sign_in(user)
            return resume.after_sign_in(form)
        except InvalidInput as error:
            form.show_refusal(error)
            is_unconfirmed = isinstance(error, account.NotConfirmed)
    return resume.login_page(form, is_unconfirmed=is_unconfirmed), _status(form)


@blueprint.post("/account/logout")
@guard(PUBLIC)
def logout() -> ResponseReturnValue:
    """End the session in this browser; what it kept of pages goes too."""
    locale = session.get("locale")
    auth.sign_out()
    if locale:
        session["locale"] = locale
    response = make_response(redirect("/"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# Passwords


@blueprint.route("/account/forgot", methods=["GET", "POST"])
@guard(PUBLIC)
@limit_openings
@limit_letters
def forgot() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    form = EmailForm()
    if form.validate_on_submit():
        try:
            account.ask_reset(context(), form.email.data)
            return redirect(url_for("account.letter_sent", about="reset"))
        except InvalidInput as error:
            form.show_refusal(error)
    return render_template("account/forgot.html", form=form), _status(form)


@blueprint.route("/account/reset/<token>", methods=["GET", "POST"])
@guard(PUBLIC)
@limit_tries
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password by a mailed link."""
    form = ResetForm()
    try:
        user = account.read_reset(context(), token)
        if form.validate_on_submit():
            account.reset_password(context(), token, form.new_password.data)
            flash(_("Your new password is set. Sign in with it now."), "success")
            return redirect(url_for("account.login"))
    except account.BadLink as error:
        return _bad_link(error, "account.forgot")
    except InvalidInput as error:
        form.show_refusal(error)
    return render_template("account/reset.html", form=form, user=user), _status(form)


# One's own account


@blueprint.route("/account", methods=["GET", "POST"])
@guard(may_use)
def settings() -> ResponseReturnValue:
    """Name and language, and the ways to everything else about the account."""
    user = _actor()
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        try:
            account.change_profile(context(), name=form.name.data, locale=form.locale.data)
            session["locale"] = g.locale = form.locale.data
            refresh()  # The answer to this request is in the new language already.
            flash(_("Saved."), "success")
            return redirect(url_for("account.settings"))
        except InvalidInput as error:
            form.show_refusal(error)
    page = render_template(
        "account/settings.html", form=form, user=user, role_labels=MEMBER_ROLE_LABELS
    )
    return page, _status(form)


@blueprint.route("/account/password", methods=["GET", "POST"])
@guard(may_use)
@limit_own_tries
def password() -> ResponseReturnValue:
    """Replace the password; this browser stays signed in, all others do not."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            user = account.change_password(context(), form.password.data, form.new_password.data)
            auth.sign_in(user)
            flash(_("Your new password is set. You were signed out everywhere else."), "success")
            return redirect(url_for("account.settings"))
        except InvalidInput as error:
            form.show_refusal(error)
    return render_template("account/password.html", form=form, user=_actor()), _status(form)


@blueprint.post("/account/sign-out-everywhere")
@guard(may_use)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session, this one too."""
    account.sign_out_everywhere(context())
    auth.sign_out()
    flash(_("You are signed out on every device."), "success")
    return redirect(url_for("account.login"))


@blueprint.route("/account/delete", methods=["GET", "POST"])
@guard(may_use)
@limit_own_tries
def delete() -> ResponseReturnValue:
    """Show what deleting the account means, and do it if the password is right."""
    form, user = DeleteForm(), _actor()
    if form.validate_on_submit():
        try:
            account.delete(context(), form.password.data)
            auth.sign_out()
            flash(_("Your account is deleted."), "success")
            return redirect("/")
        except InvalidInput as error:
            form.show_refusal(error)
    reason = may_delete(user, user)
    page = render_template("account/delete.html", form=form, user=user, reason=reason)
    return page, _status(form)


# What several of these share


def _actor() -> User:
    user = actor()
    if user is None:
        raise PermissionDenied
    return user


def _status(form: BaseForm) -> int:
    return 422 if form.errors or form.form_errors else 200


def _next_of_query() -> str:
    return _without_home(request.args.get("next"))


def _without_home(target: str | None) -> str:
    path = local_path(target)
    return "" if path == "/" else path[:500]


def _bad_link(error: account.BadLink, again: str) -> ResponseReturnValue:
    page = render_template(
        "account/bad_link.html", message=say(error.message), again_url=url_for(again)
    )
    return page, 404
