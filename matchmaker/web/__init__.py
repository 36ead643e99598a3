"""The web application: pages and the HTTP interface."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask.wrappers import Response
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.db import make_engine, make_sessions
from matchmaker.settings import Settings
from matchmaker.web import (
    auth,
    errors,
    i18n,
    logs,
    security,
    templating,
    transaction,
    uploads,
    views,
)


class Matchmaker(Flask):
    """A Flask application whose requests own their transaction."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]

    def dispatch_request(self) -> Response:
        return transaction.run(self, super().dispatch_request)

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        # Only addresses that carry the content's hash may be kept; scripts import each other without.
        return super().get_send_file_max_age(filename) if "v" in request.args else None


def create_app(settings: Settings | None = None, **config: Any) -> Matchmaker:
    """Make the application; *config* sets Flask's own options, for tests."""
    settings = settings or Settings.from_environ()
    app = Matchmaker(__name__)
    app.settings = settings
    app.engine = make_engine(settings.url)
    app.sessions = make_sessions(app.engine)
    app.config.update(flask_config(settings), **config)
    for part in (logs, transaction, i18n, uploads, auth, security, templating, errors, views):
        part.init_app(app)
    return app


def flask_config(settings: Settings) -> dict[str, Any]:
    """Flask's own options, from ours."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "test",
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_upload_bytes,
        "MAX_FORM_PARTS": 3000,
        "SESSION_COOKIE_NAME": "matchmaker",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # The token lives as long as the session it belongs to.
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.rate_limit_store,
        "RATELIMIT_HEADERS_ENABLED": True,
    }
