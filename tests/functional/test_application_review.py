"""Reviewing over HTTP: the journey in both languages, bad input, and blind readers on every route."""

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
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from matchmaker.db import make_engine, make_sessions
from matchmaker.models import (
    Application,
    ApplicationFile,
    Base,
    OutboxMessage,
    ReviewAssignment,
    ReviewRelation,
    ReviewRound,
    User,
)
from matchmaker.services import review_round
from matchmaker.services.context import Context
from matchmaker.web import Matchmaker, create_app
from matchmaker.workflows.attachment import AttachmentAction
from tests import reviewing, world
from tests.factories import Factory
from tests.reviewing import CRITERIA, FILE, MARKS, SAID, ReviewWorld

CASES = "/my-applications-to-review"
#: What a list may be asked for; asking for a mark must not find it either.
QUERIES = (
    "",
    f"?q={reviewing.TEAM_EN}&find={reviewing.TEAM_EN}&sort=name&state=any",
    f"?q={reviewing.TEAM_ZH}&sort=-score&page=1&call={{call}}&problem={{problem}}&team={{team}}",
)
#: The word that was sought stands in the search field again; nothing else may say it.
ECHO = re.compile(r'value="[^"]*"|href="[^"]*"|filter-chip[^<]*<|Nothing[^<]*<')


@dataclass
class Place:
    """A site with a call under blind review."""

    app: Matchmaker
    session: Session
    world: ReviewWorld

    def context(self, user: User | None = None) -> Context:
        return Context(self.session, self.app.settings, user, trusted=user is None)

    def client(self, user: User | None, locale: str = "en") -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as browser:
            browser["locale"] = locale
            if user is not None:
                browser["_user_id"] = f"{user.id}:{user.session_epoch}"
        return client

    def fresh(self) -> ReviewWorld:
        self.session.rollback()
        self.session.expire_all()
        return self.world


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, template_database: Path) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("reviewing")
    shutil.copy(template_database, folder / "matchmaker.db")
    settings = world.make_settings(folder)
    engine = make_engine(settings.url)
    app = create_app(settings, WTF_CSRF_ENABLED=False)
    with make_sessions(engine)() as session:
        built = Place(app, session, reviewing.build(Factory(session)))
        _attach(built)
        reviewing.start(built.world, built.context)
        yield built
    app.engine.dispose()
    engine.dispose()


def _attach(place: Place) -> None:
    """A file whose name gives the team away."""
    application = place.world.application
    file = ApplicationFile(
        application=application, name=FILE, note=reviewing.TEAM_EN, kind="pdf", size=9, sha256="a1"
    )
    file.apply(AttachmentAction.PASS)
    place.world.make.save(file)
    revision = application.standing
    assert revision is not None
    revision.files = [{"id": file.id, "name": FILE, "size": 9, "sha256": "a1"}]
    place.session.commit()


def reading_rules(app: Matchmaker) -> list[Rule]:
    """Every route that answers a GET, but assets."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]


def rows_by_noun(place: Place) -> dict[str, list[int]]:
    """The ids of every row, by the noun an argument of a route calls it."""
    nouns = {mapper.class_.__name__.lower(): mapper.class_ for mapper in Base.registry.mappers}
    return {name: list(place.session.scalars(sa.select(kind.id))) for name, kind in nouns.items()}


def addresses(rule: Rule, rows: dict[str, list[int]]) -> list[str]:
    """The rule with the numbers of the rows its arguments name."""
    arguments = sorted(rule.arguments)
    if not arguments:
        return [rule.rule]
    known = {**rows, "assignment": rows["reviewassignment"], "file": rows["applicationfile"]}
    choices = [known.get(name.removesuffix("_id")) or [1, 2] for name in arguments]
    found = []
    for values in itertools.islice(itertools.product(*choices), 12):
        given = dict(zip(arguments, values, strict=True))
        found.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda m, g=given: str(g[m[1]]), rule.rule))
    return found


def marks_in(answer: str) -> list[str]:
    return [mark for mark in (*MARKS, FILE) if mark in answer]


def walk(place: Place, rules: list[Rule], queries: tuple[str, ...]) -> tuple[int, list[object]]:
    """Every address of *rules* as a blind reader: how many answered, and what gave the team away."""
    around = place.fresh()
    client, rows = place.client(around.reviewers[0]), rows_by_noun(place)
    numbers = {
        "call": around.call.id,
        "problem": around.problem.id,
        "team": around.team.id,
    }
    answered, leaks = 0, []
    for rule in rules:
        for address in addresses(rule, rows):
            for query in queries if not rule.arguments else queries[:1]:
                answer = client.get(address + query.format(**numbers))
                said = answer.get_data(as_text=True)
                said = ECHO.sub("", said) if query else said + str(answer.headers)
                answered += answer.status_code == 200
                leaks += [(address + query, mark) for mark in marks_in(said)]
    return answered, leaks


def test_a_blind_reader_learns_on_no_route_who_applies(place: Place) -> None:
    """While scoring the pages about reviews and the desk; in the discussion every route there is."""
    rules = reading_rules(place.app)
    nearby = [rule for rule in rules if re.match(r"/(my-|desk|reviews|problems|teams)", rule.rule)]
    answered, leaks = walk(place, nearby, QUERIES[:1])
    assert leaks == []
    assert answered > 10

    _to_discussion(place)
    answered, leaks = walk(place, rules, QUERIES)

    assert leaks == []
    assert answered > 40
    around = place.fresh()
    reader = place.client(around.reviewers[0])
    case = reader.get(f"{CASES}/{around.seat(around.reviewers[0]).id}").get_data(as_text=True)
    assert SAID in case
    assert "［已遮蔽］" in case
    assert "Reader 2" in case


def test_no_letter_and_no_file_tells_a_blind_reader_who_applies(place: Place) -> None:
    around = place.fresh()
    ids = {person.id for person in around.reviewers}
    letters = place.session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.user_id.in_(ids))
    ).all()
    file = place.session.scalars(sa.select(ApplicationFile)).one()
    reader = place.client(around.reviewers[0])

    assert letters
    assert [mark for m in letters for mark in marks_in(m.subject + m.body)] == []
    seat = around.seat(around.reviewers[0])
    assert reader.get(f"{CASES}/{seat.id}/files/{file.id}").status_code == 404
    address = f"/applications/{around.application.id}"
    assert reader.get(address).status_code in (403, 404)
    assert reader.get(f"{address}/files/{file.id}").status_code in (403, 404)


def test_the_walk_would_notice(place: Place) -> None:
    """The office reads what the reader must not: the marks are there to be found."""
    around = place.fresh()
    page = f"/office/reviewing/{around.call.id}/{around.application.id}"

    answer = place.client(around.officer).get(page).get_data(as_text=True)

    assert reviewing.TEAM_EN in answer
    assert around.reviewers[0].name in answer


def _to_discussion(place: Place) -> None:
    """Two hand in what agrees, and the office opens the discussion."""
    around = place.fresh()
    for person in around.reviewers[:2]:
        if around.seat(person).state == "assigned":
            reviewing.hand_in(around, place.context, person)
    if around.round.state == "scoring":
        office = place.context(around.officer)
        review_round.discuss(office, around.call.id, version=around.round.version)
    place.session.commit()


# --- The journey -------------------------------------------------------------------------------


@pytest.fixture
def fresh(make, ctx):
    """A call of its own, under review without names."""
    return reviewing.build(make)


def form(points: str = "3", **changes: str) -> dict[str, str]:
    data = dict.fromkeys(CRITERIA, points)
    words = "Clear and sound; say when you would stop, and what data you need."
    return {**data, "recommendation": "take", "to_team": words, "version": "1", **changes}


def test_from_naming_readers_to_the_end(fresh, session, login):
    office, call = login(fresh.officer), fresh.call.id
    one, two, _three = fresh.reviewers
    page = f"/office/reviewing/{call}"
    case = f"{page}/{fresh.application.id}"
    assert fresh.call.name_en in office.get("/office/reviewing").text
    due = {"readers": "２", "totals_apart": "20", "due_at": "2099-01-01T12:00", "version": "0"}
    assert office.post(page, data=due).status_code == 303
    for person in (one, two):
        assert office.post(f"{case}/readers", data={"user_id": str(person.id)}).status_code == 303
    assert "Readers missing: 2" in office.get(page).text
    assert office.post(f"{page}/start", data={"version": "1"}).status_code == 303

    for person, points in ((one, "4"), (two, "3")):
        reader = login(person)
        seat = fresh.seat(person)
        address = f"{CASES}/{seat.id}"
        assert f"R-{seat.id:05d}" in reader.get(CASES).text
        assert f"R-{seat.id:05d}" in reader.get("/desk").text
        assert reader.post(f"{address}/accept").status_code == 303
        saved = reader.post(f"{address}/save", data=form(to_team=""))
        assert saved.get_json()["saved_at"]
        missing = reader.post(address, data=form(points, to_team="short"))
        assert missing.status_code == 422
        assert "write at least 20 characters" in missing.text
        assert reader.post(address, data=form(points)).status_code == 303
        assert reader.post(address, data=form(points)).status_code == 303  # A second click.
    assert "Open the discussion" in office.get(page).text
    session.rollback()
    version = str(fresh.round.version)
    assert office.post(f"{page}/discuss", data={"version": version}).status_code == 303

    address = f"{CASES}/{fresh.seat(one).id}"
    reader = login(one)
    shown = reader.get(address).text
    assert "Reader 2" in shown
    assert two.name not in shown
    assert reader.post(f"{address}/remarks", data={"body": "Why <b>3</b>?"}).status_code == 303
    stale = reader.post(f"{address}/revise", data=form("2", reason="moved", version="1"))
    assert stale.status_code == 409
    assert "moved" in stale.text
    session.rollback()
    seen = str(fresh.seat(one).version)
    revised = form("3", reason="Convinced", version=seen)
    assert reader.post(f"{address}/revise", data=revised).status_code == 303
    office_view = office.get(case).text
    assert "Why &lt;b&gt;3&lt;/b&gt;?" in office_view
    assert "Reason: Convinced" in office_view

    session.rollback()
    close = {"version": str(fresh.round.version)}
    assert office.post(f"{page}/close", data=close).status_code == 303
    assert office.post(f"{page}/close", data=close).status_code == 409
    session.rollback()
    assert "75.0" in office.get(page).text
    assert "The review of this call has ended" in reader.get(address).text
    assert reader.post(f"{address}/remarks", data={"body": "late"}).status_code == 409


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_pages_speak_the_readers_language(fresh, ctx, login, locale):
    reviewing.start(fresh, ctx)
    seat = fresh.seat(fresh.reviewers[0])
    pages = {
        fresh.officer: (
            "/office/reviewing",
            f"/office/reviewing/{fresh.call.id}",
            f"/office/reviewing/{fresh.call.id}/rubric",
            f"/office/reviewing/{fresh.call.id}/{fresh.application.id}",
        ),
        fresh.reviewers[0]: (CASES, f"{CASES}/{seat.id}", "/reviews/ties", "/reviews/profile"),
        fresh.owner: (f"/problems/{fresh.problem.id}/preferences", "/desk"),
    }
    headings = {
        "en": ("Reviewing", "Applications to judge", "Which team would you like?"),
        "zh_Hant_TW": ("審查作業", "待審的申請", "您想與哪一隊合作？"),
    }[locale]
    for person, addresses_ in pages.items():
        client = login(person, locale)
        shown = [client.get(address) for address in addresses_]
        assert [answer.status_code for answer in shown] == [200] * len(shown)
        assert any(heading in shown[0].text for heading in headings)


def test_stepping_aside_hides_the_case_and_says_what_is_missing(fresh, ctx, login, session):
    reviewing.start(fresh, ctx)
    reader = login(fresh.reviewers[0])
    address = f"{CASES}/{fresh.seat(fresh.reviewers[0]).id}"
    assert "Readers are missing" not in login(fresh.officer).get("/desk").text

    refused = reader.post(f"{address}/recuse", data={"reason": "🙈"})
    assert refused.status_code == 422
    assert "🙈" in refused.text
    gone = {"cause": "supervisor", "reason": "<script>alert(1)</script>\u202e"}
    assert reader.post(f"{address}/recuse", data=gone).status_code == 303

    assert reader.get(address).status_code == 404
    assert reader.post(address, data=form()).status_code == 404
    shown = login(fresh.officer).get(f"/office/reviewing/{fresh.call.id}/{fresh.application.id}")
    assert "I teach, supervise or employ somebody" in shown.text
    assert "Readers are missing" in login(fresh.officer).get("/desk").text
    assert "<script>alert(1)" not in shown.text


def test_bad_settings_are_said_beside_their_field(fresh, login, session):
    office, page = login(fresh.officer), f"/office/reviewing/{fresh.call.id}"
    due = "2099-01-01T00:00"
    for data, told in (
        ({}, "Say by when"),
        ({"readers": "99", "totals_apart": "x", "due_at": due}, "whole number"),
        ({"readers": "2", "totals_apart": "20", "due_at": "2001-01-01T00:00"}, "passed already"),
        ({"readers": "2", "totals_apart": "9" * 1000, "due_at": "nonsense \x00"}, "whole number"),
        ({"readers": "<script>", "totals_apart": "\u202e２０", "due_at": "🙈"}, "whole number"),
    ):
        answer = office.post(page, data=data)
        assert answer.status_code == 422
        assert told in answer.text
        assert "<script>" not in answer.text.split("<main")[1]
    assert session.scalars(sa.select(ReviewRound)).all() == []


def test_the_rubric_form_adds_leaves_out_and_says_what_is_wrong(fresh, login, session):
    office = login(fresh.officer)
    page = f"/office/reviewing/{fresh.call.id}/rubric"
    content = review_round.queries.rubric_content(session, fresh.call.id)[1]
    data = {"note": "Reach matters less", "seen": "0"}
    for row in content["criteria"]:
        name = row["id"]
        data |= {
            f"{name}-weight": str(row["weight"]),
            f"{name}-zh": row["zh"],
            f"{name}-en": row["en"],
        }
        for points, words in row["anchors"].items():
            data |= {f"{name}-{points}-{lang}": words[lang] for lang in ("zh", "en")}
    wrong = office.post(page, data={**data, "RV1-weight": "19", "RV6-zh": "新準則"})
    assert wrong.status_code == 422
    assert "The weights must add up to 100; now they make 99." in wrong.text
    assert "新準則" in wrong.text
    left_out = {k: "" if k.startswith("RV5") else v for k, v in data.items()}
    assert office.post(page, data={**left_out, "RV4-weight": "30"}).status_code == 303
    assert office.post(page, data=data).status_code == 409
    shown = office.get(page).text
    assert "Reach matters less" in shown
    assert "Benefit and reach" not in shown.split("Change it")[0]


def test_an_owner_reads_proposals_without_names_and_says_whom_it_likes(fresh, ctx, login):
    reviewing.start(fresh, ctx)
    owner = login(fresh.owner)
    page = f"/problems/{fresh.problem.id}/preferences"

    shown = owner.get(page).text
    assert SAID in shown
    assert marks_in(shown) == []
    post = f"{page}/{fresh.application.id}"
    assert owner.post(post, data={"preference": "x", "words": "<i>"}).status_code == 422
    first = {"preference": "first", "words": "Fits us", "version": "0"}
    assert owner.post(post, data=first).status_code == 303
    assert owner.post(post, data={**first, "preference": "gladly"}).status_code == 409
    case = login(fresh.officer).get(f"/office/reviewing/{fresh.call.id}/{fresh.application.id}")
    assert "Our first choice" in case.text
    assert login(fresh.reviewers[0]).get(page).status_code == 403


def test_ties_are_declared_and_end(fresh, login, session):
    reader = login(fresh.reviewers[2])
    bad = reader.post("/reviews/ties", data={"subject": "x" * 300, "kind": "zz", "reason": ""})
    assert bad.status_code == 422
    tie = {"subject": "Prof@Uni.example", "kind": "family", "reason": "My sister"}
    assert reader.post("/reviews/ties", data=tie).status_code == 303
    row = session.scalars(sa.select(ReviewRelation)).one()
    assert row.email == "prof@uni.example"
    assert "prof@uni.example" in reader.get("/reviews/ties").text
    assert login(fresh.officer).get("/reviews/ties").status_code == 403
    assert reader.post(f"/reviews/ties/{row.id}/end").status_code == 303
    assert reader.post(f"/reviews/ties/{row.id}/end").status_code == 404


def test_nobody_else_gets_in(fresh, ctx, login, client, session):
    reviewing.start(fresh, ctx)
    case = f"{CASES}/{fresh.seat(fresh.reviewers[0]).id}"
    call = f"/office/reviewing/{fresh.call.id}"
    assert client.get(case).status_code == 302
    for person, expected in (
        (fresh.officer, 403),
        (fresh.owner, 403),
        (fresh.reviewers[2], 404),
        (fresh.team.members[0].user, 403),
    ):
        assert login(person).get(case).status_code == expected
    for person in (*fresh.reviewers, fresh.owner, fresh.team.members[0].user):
        assert login(person).get(call).status_code == 403
        assert login(person).post(f"{call}/close", data={"version": "2"}).status_code in (403, 404)
    assert session.scalars(sa.select(ReviewAssignment.state)).all() == ["assigned", "assigned"]
    assert session.scalars(sa.select(Application.id)).all()
