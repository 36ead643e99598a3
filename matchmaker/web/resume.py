"""Nothing typed is lost when a session ends: the posted form waits while the person signs in.

The fields travel through the sign-in page itself, hidden, and come back as a form that the person
sends again by their own click. Nothing is stored, and nothing is sent on anybody's behalf.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.fields.core import UnboundField

from matchmaker.web.auth import PUBLIC, actor
from matchmaker.web.forms.account import LoginForm
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.security import is_same_origin

SECRETS = {
    "csrf_token",
    "password",
    "new_password",
    "confirm_password",
    "resume_path",
    "resume_fields",
}
Fields = list[tuple[str, str]]


def posted_fields() -> Fields:
    """What was posted, in order, without secrets and tokens."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name not in SECRETS
        for value in values
    ]


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a reader to the sign-in page; keep a posted form with them."""
    path = local_path(request.full_path.rstrip("?"))
    if request.method in ("GET", "HEAD") or not is_same_origin():
        return redirect(url_for("account.login", next=path))
    form = LoginForm(formdata=None)
    form.resume_path.data = path
    form.resume_fields.data = json.dumps(posted_fields())
    return login_page(form), 401


def login_page(form: LoginForm, **values: object) -> str:
    """The sign-in page, saying so if a form waits behind it."""
    waiting = [value for _name, value in parse_fields(form.resume_fields.data) if value.strip()]
    return render_template("account/login.html", form=form, waiting=waiting, **values)


def after_sign_in(form: LoginForm) -> ResponseReturnValue:
    """Go on to where the person wanted to be, or show the form that waited for them."""
    g.pop("csrf_token", None)  # It belonged to the session that signing in has replaced.
    if form.resume_path.data:
        return resume_page(form.resume_path.data, parse_fields(form.resume_fields.data))
    return redirect(go_on(form.next.data))


def offer_again() -> ResponseReturnValue:
    """After a missing or outdated token: show what was typed and let the person send it again."""
    if not is_same_origin():
        # Another site asked for this: the person gets no button that would do it after all.
        return render_template("account/foreign.html"), 400
    if request.endpoint == "account.login":
        form = LoginForm()
        form.form_errors.append(_("This page was open for too long. Please try again."))
        return login_page(form), 400
    if actor() is None and not _is_public():
        return ask_to_sign_in()
    return resume_page(request.full_path.rstrip("?"), posted_fields()), 400


def resume_page(path: str, fields: Fields) -> str:
    """What was typed, with a button that sends it."""
    return render_template(
        "account/resume.html",
        resume_path=local_path(path),
        fields=fields,
        typed=[(_label(name), value) for name, value in fields if value.strip() and _is_text(name)],
    )


def _is_text(name: str) -> bool:
    """Whether people type into the field, so that its value says something to them."""
    return name.rpartition("-")[2] in _text_labels()


def _label(name: str) -> Any:
    """The label of a field; of one in a list of rows, the label in its row."""
    return _text_labels()[name.rpartition("-")[2]]


@cache
def _text_labels() -> dict[str, Any]:
    """The labels of all text fields of all forms, by name."""
    return {
        name: field.kwargs.get("label") or next(iter(field.args), name)
        for form in _forms(BaseForm)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField)
        and issubclass(field.field_class, StringField)
        and not issubclass(field.field_class, HiddenField)
    }


def _forms(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _forms(kind)


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "permission", None) is PUBLIC


def parse_fields(text: str | None) -> Fields:
    """Read the hidden field back; anything but a list of pairs of texts counts as nothing."""
    try:
        pairs = json.loads(text or "")
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError, RecursionError):
        return []


def go_on(target: str | None) -> str:
    """Where a person who has just signed in goes: to *target* of this site, or to their desk."""
    path = local_path(target)
    return url_for("dashboard.home") if path == "/" else path


def local_path(target: str | None) -> str:
    """*target* if it is a path of this site, else the home page: nobody is sent elsewhere."""
    target = target or "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return target if is_local and not target.startswith("//") and "\\" not in target else "/"
