"""The front page, the language switch, the style guide, and what operators' tools ask."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from matchmaker import schema
from matchmaker.i18n import LOCALES
from matchmaker.queries import site
from matchmaker.web import problem_words
from matchmaker.web.auth import PUBLIC, guard
from matchmaker.web.resume import local_path
from matchmaker.web.transaction import db_session

blueprint = Blueprint("site", __name__)


@blueprint.get("/")
@guard(PUBLIC)
def home() -> ResponseReturnValue:
    """What the programme is, and the doors into it."""
    return render_template(
        "site/home.html", front=site.front_page(db_session()), words=problem_words
    )


@blueprint.get("/privacy")
@guard(PUBLIC)
def privacy() -> ResponseReturnValue:
    """What the programme keeps of people, who sees it, and how to have it erased."""
    return render_template("site/privacy.html")


@blueprint.get("/accessibility")
@guard(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """How the site can be used by everybody, and whom to tell if it cannot."""
    return render_template("site/accessibility.html")


@blueprint.get("/language/<locale>")
@guard(PUBLIC)
def set_locale(locale: str) -> ResponseReturnValue:
    """Show the site in another language from now on."""
    if locale in LOCALES:
        session["locale"] = locale
    return redirect(local_path(request.args.get("next")))


@blueprint.get("/styleguide")
@guard(PUBLIC)
def styleguide() -> ResponseReturnValue:
    """Every part of the design system."""
    return render_template("styleguide.html")


@blueprint.get("/healthz")
@guard(PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@guard(PUBLIC)
def readyz() -> ResponseReturnValue:
    """The database answers and is at the version this program needs."""
    ready = schema.current(db_session().connection()) == schema.head()
    return jsonify(
        status="ready" if ready else "the database needs `matchmaker db upgrade`"
    ), 200 if ready else 503
