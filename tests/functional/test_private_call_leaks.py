"""Nothing of an in-house call shows to anybody outside: every page that can be read, as every role."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from matchmaker.models import Base
from matchmaker.services.context import Context
from matchmaker.web import Matchmaker
from tests import private_world
from tests.factories import Factory
from tests.private_world import MARK_EN, MARK_ZH, NAME_EN, NAME_ZH, WORDS, PrivateWorld

MARKS = (MARK_EN, MARK_ZH)
NAMES = (NAME_EN, NAME_ZH)
OFFICE = ("officer", "administrator")
#: Words, filters and pages that an address may ask for.
QUERIES = (
    "",
    f"?q={WORDS[0]}",
    f"?q={WORDS[1]}",
    "?state=any",
    "?state=waiting",
    "?call={call}",
    "?call={call}&state=any",
    "?problem={problem}&weak=1",
    "?team={team}&by=team",
    "?subject=Problem&number={problem}",
    "?actor={lead}",
    "?region=central",
    "?organization={organization}",
)
VOLATILE = re.compile(
    r'name="csrf_token" value="[^"]*"|nonce-[^"]*|"request_id": "[^"]*"|seed=\w+|<time[^>]*>[^<]*'
)


@pytest.fixture
def around(make: Factory) -> PrivateWorld:
    return private_world.surroundings(make)


@pytest.fixture
def fill(
    make: Factory,
    session: Session,
    ctx: Callable[..., Context],
    run_jobs: Callable[[], int],
    around: PrivateWorld,
) -> Callable[[], PrivateWorld]:
    return lambda: private_world.fill(make, session, ctx, run_jobs, around)


def reading_rules(app: Matchmaker) -> list[Rule]:
    """Every route that answers a GET, but assets."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]


def greatest_ids(session: Session) -> dict[str, int]:
    """How many rows each table has, by the name its ids have in addresses."""
    found = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        found[table.name] = session.scalar(sa.select(sa.func.max(table.c.id))) or 0
    return found


def addresses(rule: Rule, world: PrivateWorld, greatest: dict[str, int]) -> Iterator[str]:
    """The route's addresses with every id of the in-house call, and with all low numbers."""
    known = {
        "problem_id": [problem.id for problem in world.problems],
        "team_id": [world.team.id if world.team else 0],
        "run_id": [world.run.id if world.run else 0],
        "call_id": [world.call.id],
        "private_call_id": [world.private.id if world.private else 0],
        "organization_id": [world.organization.id],
        "user_id": [world.lead.id, world.member.id, world.solver.id],
        "match_id": [1],
        "job_id": list(range(1, greatest["jobs"] + 1)),
        "group_id": [world.organization.id, world.team.id if world.team else 0],
        "kind": ["organizations", "teams"],
        "locale": ["en"],
        "token": ["unknown"],
    }
    names = sorted(rule.arguments)
    values = [known.get(name, [1, 2, 3]) for name in names]
    for chosen in itertools.product(*values):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<(?:[^<>]*:)?{name}>", str(value), path)
        yield path


def asked(path: str, rule: Rule, world: PrivateWorld) -> Iterator[str]:
    """The address by itself, and with whatever a list can be asked for."""
    facts = {
        "call": world.call.id,
        "problem": world.problems[0].id,
        "team": world.team.id if world.team else 0,
        "lead": world.lead.id,
        "organization": world.organization.id,
    }
    for query in QUERIES if not rule.arguments else ("",):
        yield path + query.format(**facts)


def leaks(
    client: FlaskClient, app: Matchmaker, world: PrivateWorld, session: Session, marks: tuple[str, ...]
) -> list[str]:
    """Every address whose answer has one of *marks* in it."""
    found = []
    greatest = greatest_ids(session)
    for rule in reading_rules(app):
        if rule.endpoint in ("account.logout",):
            continue
        for path in addresses(rule, world, greatest):
            for address in asked(path, rule, world):
                answer = client.get(address)
                assert answer.status_code < 500, address
                said = answer.get_data(as_text=True) + str(answer.headers)
                found += [f"{address}: {mark}" for mark in marks if mark in said]
    return found


@pytest.mark.parametrize(
    "role",
    [
        "visitor",
        "officer",
        "administrator",
        "reviewer",
        "mentor",
        "association",
        "other enterprise",
        "solver",
    ],
)
def test_nobody_outside_reads_a_word_of_it(
    role: str,
    fill: Callable[[], PrivateWorld],
    app: Matchmaker,
    session: Session,
    login: Callable[..., FlaskClient],
) -> None:
    world = fill()
    client = app.test_client() if role == "visitor" else login(world.outsiders[role])
    marks = MARKS if role in OFFICE else (*MARKS, *NAMES)

    assert leaks(client, app, world, session, marks) == []


def test_the_walk_would_find_a_leak(
    fill: Callable[[], PrivateWorld],
    app: Matchmaker,
    session: Session,
    login: Callable[..., FlaskClient],
) -> None:
    world = fill()

    found = leaks(login(world.lead), app, world, session, MARKS)

    wanted = {
        f"/problems/{world.problems[0].id}",
        f"/teams/{world.team.id if world.team else 0}",
        f"/office/problems/{world.problems[0].id}",
        f"/office/runs/{world.run.id if world.run else 0}/review",
        f"/office/runs/{world.run.id if world.run else 0}/export.csv",
        f"/problems/{world.problems[0].id}/candidates",
        "/office/problems",
        "/desk",
    }
    assert wanted <= {line.split(": ")[0].split("?")[0] for line in found}


def test_pages_of_others_are_the_same_with_and_without_it(
    around: PrivateWorld,
    fill: Callable[[], PrivateWorld],
    app: Matchmaker,
    login: Callable[..., FlaskClient],
) -> None:
    """Counts, facets and orders too: a figure that moved would tell."""
    plain = [rule for rule in reading_rules(app) if not rule.arguments]
    people = {role: around.outsiders[role] for role in around.outsiders}

    def said() -> dict[tuple[str, str], str]:
        clients = {role: login(user) for role, user in people.items()}
        clients["visitor"] = app.test_client()
        return {
            (role, rule.rule): VOLATILE.sub("", client.get(rule.rule).get_data(as_text=True))
            for role, client in clients.items()
            for rule in plain
            # The office reads that a call was asked for and opened: there, and nowhere else.
            if not (role in OFFICE and rule.rule in ("/office/audit", "/office/calls"))
        }

    before = said()
    fill()
    after = said()

    assert len(before) > 100
    assert [key for key in before if before[key] != after[key]] == []
