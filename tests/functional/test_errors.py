"""Error pages say what happened and what to do next, in the reader's language; nothing half-done stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import request

from matchmaker import errors
from matchmaker.models import Call, User
from matchmaker.web import create_app
from matchmaker.web.auth import PUBLIC, guard
from matchmaker.web.errors import STATUS, status_of
from matchmaker.web.transaction import db_session

RAISED = [
    (errors.NotFound(), 404),
    (errors.PermissionDenied("Only programme officers may do this."), 403),
    (errors.InvalidTransition(), 409),
    (errors.StaleVersion(), 409),
    (errors.Conflict(), 409),
    (errors.DeadlinePassed(), 422),
    (errors.InvalidInput(), 422),
    (errors.RateLimited(), 429),
    (errors.Unavailable(), 503),
    (ZeroDivisionError("a secret in a message"), 500),
]


@pytest.fixture
def app(settings):
    """An application of its own: tests add routes to it."""
    app = create_app(settings, WTF_CSRF_ENABLED=False)
    yield app
    app.engine.dispose()


def add_route(app, view, rule="/raise", methods=("GET", "POST")):
    app.add_url_rule(rule, "raiser", guard(PUBLIC)(view), methods=list(methods))


@pytest.mark.parametrize(("error", "status"), RAISED, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(("locale", "lang"), [("en", "en"), ("zh_Hant_TW", "zh-Hant-TW")])
def test_error_becomes_a_page_that_helps(app, error, status, locale, lang):
    def view():
        raise error

    add_route(app, view)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    client.get(f"/language/{locale}")

    answer = client.get("/raise")

    assert answer.status_code == status
    assert f'<html lang="{lang}"' in answer.text
    assert answer.text.count("<h1") == 1
    assert 'href="/"' in answer.text
    assert "a secret in a message" not in answer.text
    assert answer.headers["X-Request-ID"]
    if status == 500:
        assert answer.headers["X-Request-ID"] in answer.text
    if status == 403:
        assert "Only programme officers may do this." in answer.text


@pytest.mark.parametrize(("error", "status"), RAISED[:-1], ids=lambda value: type(value).__name__)
def test_programs_get_a_problem_document(app, error, status):
    def view():
        raise error

    add_route(app, view, rule="/api/raise")

    answer = app.test_client().get("/api/raise")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == error.code
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def below(kind):
    """Every class below *kind*."""
    return {kind}.union(*(below(child) for child in kind.__subclasses__()))


def test_every_error_class_has_a_status():
    statuses = {
        kind.__name__: status_of(kind.__new__(kind)) for kind in below(errors.MatchmakerError)
    }

    without = {name for name, status in statuses.items() if status == 500}
    assert without >= {"MatchmakerError", "BadSettings", "JobCancelled"}
    assert {errors.NotFound.__name__, errors.Conflict.__name__}.isdisjoint(without)
    assert {kind.__name__ for kind in STATUS} <= statuses.keys()


def test_too_large_a_body_gets_its_page(settings):
    app = create_app(settings, MAX_CONTENT_LENGTH=1000)
    add_route(app, lambda: str(len(request.form)))

    answer = app.test_client().post("/raise", data={"text": "x" * 5000})

    assert answer.status_code == 413
    assert answer.text.count("<h1") == 1


def test_unknown_address_and_wrong_method(client):
    assert client.get("/no-such-page").status_code == 404
    assert client.post("/healthz").status_code == 405


def test_a_refused_request_leaves_nothing_behind(app, session):
    def view():
        db_session().add(
            Call(
                external_id="X", name_zh="徵", name_en="X", opens_at=moment(1), closes_at=moment(2)
            )
        )
        db_session().flush()
        raise errors.Conflict

    add_route(app, view)

    assert app.test_client().post("/raise").status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(Call)) == 0


def test_an_error_status_rolls_back_as_an_exception_does(app, session, make):
    person = make.user(name="Before")

    def view():
        db_session().get_one(User, person.id).name = "After"
        return "no", 422

    add_route(app, view)

    assert app.test_client().post("/raise").status_code == 422
    session.refresh(person)
    assert person.name == "Before"


def test_a_reading_request_that_writes_is_caught_in_tests(app, make):
    person = make.user(name="Before")

    def view():
        db_session().get_one(User, person.id).name = "After"
        return "done"

    add_route(app, view)

    with pytest.raises(AssertionError, match="answers a GET but changed something"):
        app.test_client().get("/raise")


def test_a_route_without_permission_cannot_be_used(app):
    app.add_url_rule("/open", "open", lambda: "secret")

    with pytest.raises(RuntimeError, match="names no permission"):
        app.test_client().get("/open")


def moment(day: int):
    return datetime(2026, 1, day, tzinfo=UTC)


def test_only_hashed_addresses_of_assets_are_kept_for_long(client):
    with client.get("/static/js/main.js?v=1") as hashed, client.get("/static/js/main.js") as plain:
        assert hashed.cache_control.max_age == 365 * 24 * 3600
        assert plain.cache_control.no_cache
