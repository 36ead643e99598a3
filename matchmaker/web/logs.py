"""Give every request an id and one log line."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, cast

import structlog
from flask import Flask, g, request
from flask.wrappers import Response

from matchmaker.logs import configure

if TYPE_CHECKING:
    from matchmaker.web import Matchmaker

log = structlog.get_logger("matchmaker.web")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,36}")


def init_app(app: Flask) -> None:
    configure(cast("Matchmaker", app).settings)
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static" and "began" in g:
        # The rule, not the path: mailed links carry secrets that have no place in a log.
        rule = request.url_rule.rule if request.url_rule else "-"
        elapsed = round((time.perf_counter() - g.began) * 1000, 1)
        log.info(
            "request", method=request.method, rule=rule, status=response.status_code, ms=elapsed
        )
    return response
