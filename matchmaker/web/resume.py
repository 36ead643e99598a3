"""Nothing typed is lost when a session ends: the posted form waits while the person signs in.

The fields travel through the sign-in page itself, hidden, and come back as a form that the person
sends again by their own click. Nothing is stored, and nothing is sent on anybody's behalf.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.web.auth import actor
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
    if request.method == "GET" or not is_same_origin():
        return redirect(url_for("account.login", next=local_path(request.full_path.rstrip("?"))))
    return render_template(
        "account/resume_login.html",
        resume_path=request.path,
        resume_fields=json.dumps(posted_fields()),
    ), 401


def offer_again() -> ResponseReturnValue:
    """After a missing or outdated token: show what was typed and let the person send it again."""
    if actor() is None and is_same_origin() and posted_fields():
        return ask_to_sign_in()
    fields = posted_fields() if is_same_origin() else []
    return render_template("account/resume.html", resume_path=request.path, fields=fields), 400


def parse_fields(text: str) -> Fields:
    """Read the hidden field back; anything but a list of pairs of texts counts as nothing."""
    try:
        pairs = json.loads(text)
        return [(str(name), str(value)) for name, value in pairs]
    except (ValueError, TypeError):
        return []


def local_path(target: str | None) -> str:
    """*target* if it is a path of this site, else the home page: nobody is sent elsewhere."""
    parts = urlsplit(target or "")
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "\\" in (target or ""):
        return "/"
    if (target or "").startswith("//"):
        return "/"
    return target or "/"
