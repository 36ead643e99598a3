"""The request owns the transaction: returning commits, raising or an error status rolls back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, g, request
from flask.wrappers import Response
from sqlalchemy.orm import Session

from matchmaker.db import mark_writing
from matchmaker.services.context import Context

if TYPE_CHECKING:
    from matchmaker.web import Matchmaker

READING = {"GET", "HEAD", "OPTIONS"}
#: The mark of a view that says itself when its writing begins.
WRITES_LATE = "writes_late"


def init_app(app: Flask) -> None:
    app.teardown_appcontext(_close)


def db_session() -> Session:
    """The request's session, opened when first needed."""
    if "db_session" not in g:
        g.db_session = cast("Matchmaker", current_app).sessions()
        if request.method not in READING and not _writes_late():
            mark_writing(g.db_session)
    return cast(Session, g.db_session)


def _writes_late() -> bool:
    """Whether the route reads for long before it writes: meanwhile others must be able to."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, WRITES_LATE, False))


def begin_writing() -> None:
    """Begin the writing part of a route that writes late: what was read is read anew."""
    session = db_session()
    session.rollback()
    mark_writing(session)


def context() -> Context:
    """What services take: the request's transaction and the person who makes the request."""
    from matchmaker.web.auth import actor  # auth loads people through this module's session.

    app = cast("Matchmaker", current_app)
    return Context(db_session(), app.settings, actor(), request_id=g.get("request_id", ""))


def run(app: Flask, dispatch: Callable[[], Any]) -> Response:
    """Answer the request and end its transaction accordingly."""
    try:
        response = app.make_response(dispatch())
    except BaseException:
        _end(commit=False)
        raise
    if app.testing and request.method in READING:
        _refuse_writing_reader()
    _end(commit=request.method not in READING and response.status_code < 400)
    return response


def _end(*, commit: bool) -> None:
    session: Session | None = g.get("db_session")
    if session is None:
        return
    if commit:
        session.commit()
    else:
        session.rollback()


def _refuse_writing_reader() -> None:
    session: Session | None = g.get("db_session")
    if session is not None and (session.new or session.dirty or session.deleted):
        raise AssertionError(f"{request.path} answers a GET but changed something")


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db_session", None)
    if session is not None:
        session.close()
