"""Nothing of an in-house call shows to anybody outside: every page that can be read, as every role."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from matchmaker.db import make_engine, make_sessions
from matchmaker.models import Base, User
from matchmaker.services import match_run
from matchmaker.services.context import Context
from matchmaker.web import Matchmaker, create_app
from matchmaker.worker import Worker
from tests import private_world, world
from tests.factories import Factory
from tests.private_world import MARK_EN, MARK_ZH, NAME_EN, NAME_ZH, WORDS, PrivateWorld

MARKS = (MARK_EN, MARK_ZH)
NAMES = (NAME_EN, NAME_ZH)
OFFICE = ("officer", "administrator")
OUTSIDERS = (
    *OFFICE,
    "reviewer",
    "mentor",
    "association",
    "other enterprise",
    "other solver",
    "visitor",
)
#: What a list may be asked for: words, filters, and whatever else an address can name.
QUERIES = (
    "",
    f"?q={WORDS[0]}&find={WORDS[0]}",
    f"?q={WORDS[1]}&state=any&region=central",
    "?call={call}&state=any&subject=Problem&number={problem}&organization={organization}",
)
#: What differs from one answer to the next without saying anything.
VOLATILE = re.compile(
    r'name="(csrf_token|token)"[^>]*>|nonce-[^"]*|<time[^>]*>[^<]*|clock-left">[^<]*'
)
#: The office reads that a call was asked for and opened: there, and nowhere else.
TOLD = ("/office/audit", "/office/calls")


@dataclass
class Place:
    """A site with an in-house call in it, and what its pages said before it was there."""

    app: Matchmaker
    world: PrivateWorld
    before: dict[tuple[str, str], str]

    def client(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        user = None if role == "visitor" else self.world.outsiders.get(role)
        return client if user is None else self.signed_in(user)

    def signed_in(self, user: User) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as browser:
            browser["_user_id"] = f"{user.id}:{user.session_epoch}"
            browser["locale"] = "en"
        return client


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, template_database: Path) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("private")
    shutil.copy(template_database, folder / "matchmaker.db")
    settings = world.make_settings(folder)
    engine = make_engine(settings.url)
    app = create_app(settings, WTF_CSRF_ENABLED=False)
    sessions = make_sessions(engine)
    with sessions() as session:
        make = Factory(session)
        around = private_world.surroundings(make)
        built = Place(app, around, {})

        def context(user: User | None = None) -> Context:
            return Context(session, settings, user, trusted=user is None)

        run_jobs = Worker(settings, sessions).run_all
        match_run.start_run(context(around.outsiders["officer"]), around.national.id)
        session.commit()
        run_jobs()
        built.before = said(built)
        private_world.fill(make, session, context, run_jobs, around)
        yield built
    app.engine.dispose()
    engine.dispose()


def reading_rules(app: Matchmaker) -> list[Rule]:
    """Every route that answers a GET, but assets."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]


def said(place: Place) -> dict[tuple[str, str], str]:
    """What every page without a number in its address says to everybody outside."""
    return {
        (role, rule.rule): VOLATILE.sub("", client.get(rule.rule).get_data(as_text=True))
        for role in OUTSIDERS
        for client in [place.client(role)]
        for rule in reading_rules(place.app)
        if not rule.arguments and not (role in OFFICE and rule.rule.startswith(TOLD))
    }


def greatest(app: Matchmaker) -> dict[str, int]:
    """The greatest id of each table, by the name its ids have in addresses."""
    with app.sessions() as session:
        return {
            mapper.local_table.name: session.scalar(sa.select(sa.func.max(mapper.local_table.c.id)))
            or 0
            for mapper in Base.registry.mappers
        }


def addresses(rule: Rule, place: Place, last: dict[str, int]) -> Iterator[str]:
    """The route's addresses with every id of the in-house call; for other things all low numbers."""
    world = place.world
    team = world.team.id if world.team else 0
    known = {
        "problem_id": [problem.id for problem in world.problems],
        "team_id": [team],
        "run_id": [world.run.id if world.run else 0],
        "call_id": [world.call.id],
        "allocation_id": [world.allocation.id if world.allocation else 0],
        "private_call_id": [world.private.id if world.private else 0],
        "organization_id": [world.organization.id],
        "user_id": [world.member.id],
        "group_id": [world.organization.id, team],
        "job_id": range(1, last["jobs"] + 1),
        "kind": ["organizations", "teams"],
        "locale": ["en"],
        "token": ["unknown"],
    }
    names = sorted(rule.arguments)
    for chosen in itertools.product(*(known.get(name, [1, 2]) for name in names)):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<(?:[^<>]*:)?{name}>", str(value), path)
        yield path


def leaks(place: Place, client: FlaskClient, marks: tuple[str, ...]) -> list[str]:
    """Every address whose answer has one of *marks* in it."""
    world, last, found = place.world, greatest(place.app), []
    facts = {
        "call": world.call.id,
        "problem": world.problems[0].id,
        "organization": world.organization.id,
    }
    for rule in reading_rules(place.app):
        for path in addresses(rule, place, last):
            for query in ("",) if rule.arguments else QUERIES:
                answer = client.get(path + query.format(**facts))
                assert answer.status_code < 500, path
                text = answer.get_data().decode(errors="replace") + str(answer.headers)
                found += [f"{path}{query}: {mark}" for mark in marks if mark in text]
    return found


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_outside_reads_a_word_of_it(role: str, place: Place) -> None:
    marks = MARKS if role in OFFICE else (*MARKS, *NAMES)

    assert leaks(place, place.client(role), marks) == []


def test_the_walk_would_find_a_leak(place: Place) -> None:
    world = place.world
    problem, team = world.problems[0].id, world.team.id if world.team else 0
    run = world.run.id if world.run else 0

    found = leaks(place, place.signed_in(world.lead), MARKS)

    wanted = {
        f"/problems/{problem}",
        f"/teams/{team}",
        f"/office/problems/{problem}",
        f"/office/runs/{run}/review",
        f"/office/runs/{run}/export.csv",
        f"/problems/{problem}/candidates",
        "/office/problems",
        "/desk",
    }
    assert wanted <= {line.split(": ")[0].split("?")[0] for line in found}


def test_pages_of_others_are_the_same_with_and_without_it(place: Place) -> None:
    """Counts, facets and orders too: a figure that moved would tell."""
    after = said(place)

    assert len(place.before) > 100
    assert [key for key in after if place.before[key] != after[key]] == []
