"""From an error to an answer: the only table of status codes."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from matchmaker import errors
from matchmaker.i18n import N_, Message
from matchmaker.web import resume
from matchmaker.web.i18n import say

log = structlog.get_logger("matchmaker.web")

STATUS: dict[type[errors.MatchmakerError], int] = {
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.PermissionDenied: 403,
    errors.InvalidTransition: 409,
    errors.StaleVersion: 409,
    errors.Conflict: 409,
    errors.DeadlinePassed: 422,
    errors.InvalidInput: 422,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
}
PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}

HTTP_MESSAGES = {
    400: N_("The request could not be understood."),
    404: N_("There is no such page. It may have been moved or withdrawn."),
    405: N_("This address does not take that kind of request."),
    413: N_("What you sent is too large."),
    429: errors.RateLimited.default,
}


def init_app(app: Flask) -> None:
    app.register_error_handler(errors.MatchmakerError, _on_our_own)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(StaleDataError, lambda _error: _on_our_own(errors.StaleVersion()))
    app.register_error_handler(IntegrityError, _on_integrity)
    app.register_error_handler(OperationalError, _on_operational)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_fault)


def status_of(error: errors.MatchmakerError) -> int:
    """The status code for *error*: its own, or that of the nearest class above it."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def in_words(error: errors.MatchmakerError) -> str:
    """Why something was not done: what is said of its fields, or of the whole."""
    if isinstance(error, errors.InvalidInput) and error.fields:
        return " ".join(say(one) for found in error.fields.values() for one in found)
    return say(error.message)


def answer(
    status: int, message: Message | str, *, code: str, fields: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    """An error as a page, or as an RFC 9457 problem document for programs."""
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "status": status,
            "code": code,
            "title": say(message),
            "request_id": g.get("request_id", ""),
        }
        if fields:
            body["fields"] = fields
        response = jsonify(body)
        response.mimetype = "application/problem+json"
        return response, status
    page = status if status in PAGES else 500 if status >= 500 else 400
    return render_template(
        f"errors/{page}.html", message=say(message), request_id=g.get("request_id", "")
    ), status


def _on_our_own(error: errors.MatchmakerError) -> ResponseReturnValue:
    status = status_of(error)
    log.info("refused", code=error.code, status=status, message=str(error))
    if isinstance(error, errors.NotSignedIn) and not request.path.startswith("/api/"):
        return resume.ask_to_sign_in()
    fields = None
    if isinstance(error, errors.InvalidInput):
        fields = {name: [say(item) for item in found] for name, found in error.fields.items()}
    return answer(status, error.message, code=error.code, fields=fields)


def _on_csrf(error: CSRFError) -> ResponseReturnValue:
    log.info("refused", code="csrf", message=error.description)
    return resume.offer_again()


def _on_integrity(error: IntegrityError) -> ResponseReturnValue:
    log.error("integrity", exc_info=error)
    return _on_our_own(errors.Conflict())


def _on_operational(error: OperationalError) -> ResponseReturnValue:
    log.error("database", exc_info=error)
    return _on_our_own(errors.Unavailable())


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    message = HTTP_MESSAGES.get(error.code, HTTP_MESSAGES[400])
    return answer(error.code, message, code=f"http_{error.code}")


def _on_fault(error: Exception) -> ResponseReturnValue:
    log.error("fault", exc_info=error)
    if current_app.testing and current_app.config["PROPAGATE_EXCEPTIONS"] is not False:
        raise error  # A test must see the fault itself, not the page that hides it.
    return answer(500, errors.MatchmakerError.default, code="fault")
