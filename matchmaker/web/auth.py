"""Who makes the request, and the check that every route names who may use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from matchmaker.errors import NotSignedIn
from matchmaker.models import User
from matchmaker.policies.base import Permission
from matchmaker.web.transaction import db_session

View = TypeVar("View", bound=Callable[..., Any])

#: A person's id and the epoch their session belongs to.
SESSION_ID = re.compile("([0-9]{1,9}):([0-9]{1,9})")

login_manager = LoginManager()


class Public:
    """Stands where a permission would: the route is open to everybody."""

    name = "public"


PUBLIC = Public()


def init_app(app: Flask) -> None:
    login_manager.session_protection = None  # Sessions end by epoch; addresses change on phones.
    login_manager.init_app(app)
    app.before_request(_check_access)


def guard(permission: Permission | Public) -> Callable[[View], View]:
    """Name who may use a route. A permission about a particular thing is asked again by the service."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def _check_access() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    permission = getattr(current_app.view_functions[request.endpoint], "permission", None)
    if permission is None:
        raise RuntimeError(f"the route {request.endpoint} names no permission")
    if isinstance(permission, Public):
        return
    if actor() is None:
        raise NotSignedIn
    if not permission.needs_subject:
        permission.require(actor())


def actor() -> User | None:
    """The signed-in person, or None."""
    user = current_user._get_current_object()
    return user if isinstance(user, User) else None


# Flask-Login asks these of the object it keeps; the mapped class itself knows nothing of the web.
User.is_authenticated = True
User.is_active = property(lambda self: self.is_usable)
User.is_anonymous = False
User.get_id = lambda self: f"{self.id}:{self.session_epoch}"


@login_manager.user_loader
def load_user(session_id: str) -> User | None:
    """The person a session belongs to, unless the session has been ended since."""
    found = SESSION_ID.fullmatch(session_id)
    if found is None:
        return None
    user = db_session().get(User, int(found[1]))
    if user is None or user.session_epoch != int(found[2]) or not user.is_usable:
        return None
    return user


def sign_in(user: User) -> None:
    """Begin a fresh session for *user*: nothing of the visitor's session stays but the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    login_user(user)


def sign_out() -> None:
    """End the session in this browser."""
    logout_user()
    session.clear()
