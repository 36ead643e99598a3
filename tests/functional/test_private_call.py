"""In-house calls as people meet them: asked for, opened, run by their own officers, ended."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import (
    AuditEvent,
    Match,
    MatchRun,
    PrivateCall,
    PrivateCallTeam,
    Problem,
    Screening,
    Team,
)
from matchmaker.services import team as teams
from matchmaker.services.context import Context
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues, values_of
from matchmaker.web import Matchmaker
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState
from tests import private_world
from tests.factories import Factory
from tests.private_world import PrivateWorld

Ctx = Callable[..., Context]
Login = Callable[..., FlaskClient]
S = ProblemState
ASKED = {
    "name_zh": "內部 AI 提案",
    "name_en": "In-house AI challenge",
    "opens_at": "2026-01-01T09:00",
    "closes_at": "2099-01-01T17:00",
    "purpose": "Let units try things out.",
}
NASTY = "😀 שלום <script>alert(1)</script>"


@pytest.fixture
def around(make: Factory) -> PrivateWorld:
    return private_world.surroundings(make)


@pytest.fixture
def opened(around: PrivateWorld, session: Session, ctx: Ctx) -> PrivateWorld:
    around.private = private_world.ask_and_open(ctx, around)
    session.commit()
    return around


def only(session: Session, kind: type) -> object:
    session.commit()  # Begins to read anew.
    session.expire_all()
    return session.scalars(sa.select(kind).order_by(kind.id.desc())).first()


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


@pytest.mark.parametrize(
    ("locale", "title", "rule", "waits"),
    [
        (
            "en",
            "Ask for an in-house call",
            "Who sees what of an in-house call",
            "In-house call asked for",
        ),
        ("zh_Hant_TW", "申請內部徵題", "內部徵題：誰看得到什麼", "申請內部徵題：內部 AI 提案"),
    ],
)
def test_a_lead_asks_and_the_office_answers(
    around: PrivateWorld,
    session: Session,
    login: Login,
    locale: str,
    title: str,
    rule: str,
    waits: str,
) -> None:
    lead, officer = login(around.lead, locale), login(around.outsiders["officer"], locale)
    path = f"/organizations/{around.organization.id}/private-calls/new"
    assert path in read(lead, f"/organizations/{around.organization.id}")
    page = read(lead, path)
    assert title in page
    assert rule in page

    ids = [str(around.lead.id), str(around.second.id)]
    answer = lead.post(path, data={**ASKED, "officers": ids})
    private = only(session, PrivateCall)
    assert isinstance(private, PrivateCall)
    url = f"/private-calls/{private.id}"
    assert (answer.status_code, answer.location) == (303, url)
    assert lead.post(path, data={**ASKED, "officers": ids}).location == url  # A second click.
    assert waits in read(officer, "/desk")
    assert "Let units try things out." in read(officer, url)
    answer = officer.post(
        f"{url}/decisions/open", data={"version": private.version, "reason": NASTY}
    )
    assert (answer.status_code, answer.location) == (303, url)
    assert only(session, PrivateCall).state is PrivateCallState.OPEN
    page = read(lead, url)
    assert NASTY in page
    assert "<script>alert(1)" not in lead.get(url).text
    assert ASKED["name_zh" if locale != "en" else "name_en"] in read(officer, "/office/calls")


def test_what_was_typed_stays_when_it_is_refused(
    around: PrivateWorld, session: Session, login: Login
) -> None:
    lead = login(around.lead)
    path = f"/organizations/{around.organization.id}/private-calls/new"
    typed = {**ASKED, "closes_at": "2025-01-01T00:00", "name_en": NASTY, "officers": []}

    answer = lead.post(path, data=typed)

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "The call has to close after it opens." in page
    assert NASTY in page
    assert "<script>alert(1)" not in answer.text
    answer = lead.post(path, data={**ASKED, "officers": [str(around.member.id)]})
    assert answer.status_code == 422
    assert "Choose at least one lead of the organization." in answer.text
    assert lead.post(path, data={**ASKED, "name_zh": "題" * 1_000_000}).status_code in (413, 422)
    assert session.scalars(sa.select(PrivateCall)).all() == []


@pytest.mark.parametrize("role", ["officer", "administrator", "mentor", "other enterprise"])
def test_others_see_that_it_exists_or_nothing(
    opened: PrivateWorld, login: Login, role: str
) -> None:
    client = login(opened.outsiders[role])
    url = f"/private-calls/{opened.private.id if opened.private else 0}"

    if role in ("officer", "administrator"):
        page = read(client, url)
        assert "Seal" in page
        assert "In-house officers" not in page
        assert f"{opened.lead.name}<" not in page
    else:
        assert client.get(url).status_code == 404


def test_the_whole_main_job_is_done_inside(
    opened: PrivateWorld,
    make: Factory,
    session: Session,
    ctx: Ctx,
    login: Login,
    run_jobs: Callable[[], int],
) -> None:
    lead, solver = login(opened.lead), login(opened.solver)
    assert opened.private is not None
    url = f"/private-calls/{opened.private.id}"
    problem = make.problem(
        S.SUBMITTED,
        call=opened.call,
        organization=opened.organization,
        author_id=opened.member.id,
        grade=None,
        published_at=None,
        title_en="Inside problem",
    )
    found_team(solver, url, session, ctx, opened)

    assert "Inside problem" in read(lead, "/office/problems")
    assert "Screen: Inside problem" in read(lead, "/desk")
    screen_grade_and_publish(lead, problem.id, session)
    run = match_and_publish(lead, opened.call.id, session, run_jobs)

    page = read(solver, f"/teams/{only(session, Team).id}/recommendations")
    assert "Inside problem" in page
    session.expire_all()
    match = session.scalars(sa.select(Match).where(Match.run_id == run.id)).one()
    answer = {"answer": "yes", "version": match.version}
    assert solver.post(f"/matches/{match.id}/answer", data=answer).status_code == 302
    assert only(session, Match).state is MatchState.ACCEPTED
    assert "Inside team" in read(login(opened.member), f"/problems/{problem.id}/candidates")
    figures = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", read(lead, url)))
    assert "Collected 1 Published 1 Matchings 1 Teams told 1" in figures
    trail = read(lead, "/office/audit")
    assert "announced a matching" in trail
    assert "Inside problem" in lead.get(f"/office/runs/{run.id}/export.csv").text
    closing = {"version": only(session, PrivateCall).version, "reason": "Finished"}
    assert lead.post(f"{url}/decisions/close", data=closing).status_code == 303
    answer = lead.post(f"/office/problems/{problem.id}/close", data={"reason": "x"})
    assert answer.status_code == 403
    assert "has ended" in answer.text


def found_team(
    client: FlaskClient, url: str, session: Session, ctx: Ctx, world: PrivateWorld
) -> None:
    founded = client.post(f"{url}/teams/new", data={"name": "Inside team", "kind": "corporate"})
    team = only(session, Team)
    assert isinstance(team, Team)
    assert (founded.status_code, founded.location) == (303, f"/teams/{team.id}/edit")
    values = values_of(team)
    work = WorkValues("Camera", "Built a camera that finds scratches on metal parts. " * 6, 2025)
    claims = (CompetencyValues("PER-CV", 4), CompetencyValues("FND-DL", 3))
    facts = {f: getattr(values, f) for f in ("kind", "name_en", "organization_id")}
    new = TeamValues(**facts, works=(work,), competencies=claims, sectors=("IND-MFG",))
    teams.update(ctx(world.solver), team.id, new, version=None)
    session.commit()


def screen_grade_and_publish(client: FlaskClient, problem_id: int, session: Session) -> None:
    url, case = f"/office/problems/{problem_id}", f"/office/grading/{problem_id}"
    assert client.post(f"{url}/screen").location == url
    screening = only(session, Screening)
    assert isinstance(screening, Screening)
    path = f"/office/screenings/{screening.id}"
    points = dict.fromkeys(screening.points, "3")
    answer = client.post(f"{path}/points", data={**points, "version": "1"})
    assert answer.status_code == 303
    assert client.post(f"{path}/list", data={"version": "2"}).status_code == 303
    signed = {
        "grade": "G2",
        "award_tier": "B",
        "weeks": "12",
        "reason": "Fits.",
        "difference_reason": "We know the line.",
        "override_reason": "We help.",
        "version": only(session, Problem).version,
    }
    assert "Inside problem" in read(client, case)
    answer = client.post(f"{case}/sign", data=signed)
    assert (answer.status_code, answer.location) == (303, case)
    answer = client.post(f"{url}/publish")
    assert (answer.status_code, answer.location) == (303, url)
    problem = only(session, Problem)
    assert isinstance(problem, Problem)
    assert (problem.state, problem.grade) == (S.PUBLISHED, "G2")


def match_and_publish(
    client: FlaskClient, call_id: int, session: Session, run_jobs: Callable[[], int]
) -> MatchRun:
    assert "In-house" in read(client, "/office/runs") or "namequartz" in read(
        client, "/office/runs"
    )
    assert client.post("/office/runs", data={"call_id": call_id}).status_code == 302
    run_jobs()
    run = only(session, MatchRun)
    assert isinstance(run, MatchRun)
    assert (run.state, run.n_problems, run.n_teams) == (MatchRunState.DONE, 1, 1)
    match = session.scalars(sa.select(Match).where(Match.run_id == run.id)).one()
    chosen = {"action": "endorse", "pairs": f"{match.id}:{match.version}"}
    assert client.post(f"/office/runs/{run.id}/review", data=chosen).status_code == 302
    session.commit()
    assert "Inside team" in read(client, f"/office/runs/{run.id}/publish")
    answer = client.post(f"/office/runs/{run.id}/publish", data={"version": run.version})
    assert answer.status_code == 302
    assert only(session, MatchRun).state is MatchRunState.PUBLISHED
    return run


def test_in_house_officers_do_nothing_outside(
    opened: PrivateWorld,
    make: Factory,
    session: Session,
    ctx: Ctx,
    login: Login,
    app: Matchmaker,
    run_jobs: Callable[[], int],
) -> None:
    """Every route of the office, with the ids of the programme's own rows, changes nothing."""
    waiting = make.problem(S.SCREENING, call=opened.national)
    officer = login(opened.outsiders["officer"])
    officer.post("/office/runs", data={"call_id": opened.national.id})
    run_jobs()
    run = only(session, MatchRun)
    assert isinstance(run, MatchRun)
    match = session.scalars(sa.select(Match).where(Match.run_id == run.id)).first()
    team = session.scalars(sa.select(Team).where(Team.organization_id.is_(None))).first()
    assert match is not None
    assert team is not None
    known = {
        "problem_id": waiting.id,
        "run_id": run.id,
        "call_id": opened.national.id,
        "match_id": match.id,
        "team_id": team.id,
        "job_id": run.job_id,
        "action": "screen",
    }
    session.commit()
    events = session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    lead, refused = login(opened.lead), 0
    data = {"version": "1", "reason": "x", "action": "decline", "grade": "G1", "kind": "ban"}
    data |= {"pairs": f"{match.id}:{match.version}", "call_id": str(opened.national.id)}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/office") or "POST" not in (rule.methods or ()):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(?:[^<>]*:)?{name}>", str(known.get(name, 1)), path)
        answer = lead.post(path, data=data)
        assert answer.status_code in (400, 403, 404, 409, 422), path
        refused += answer.status_code in (403, 404)

    assert refused > 20
    session.commit()
    assert session.scalar(sa.select(sa.func.count(AuditEvent.id))) == events
    assert waiting.state is S.SCREENING
    for path in ("", "/review", "/export.csv", "/publish", "/exposure"):
        assert lead.get(f"/office/runs/{run.id}{path}").status_code == 404
    assert lead.get(f"/office/problems/{waiting.id}").status_code == 404
    assert lead.get("/office/calls").status_code == 403
    assert str(waiting.title_en) not in read(lead, "/office/problems?state=any")


def test_teams_come_and_go(
    opened: PrivateWorld, make: Factory, session: Session, login: Login
) -> None:
    assert opened.private is not None
    url, solver = f"/private-calls/{opened.private.id}", login(opened.solver)
    team = make.team(opened.solver, name_en="Known team", is_public=True)

    assert "Register a team you lead" in read(solver, url)
    answer = solver.post(f"{url}/teams", data={"team_id": team.id, "scope": "only"})
    assert answer.status_code == 422
    assert "Everybody can see this team." in answer.text
    answer = solver.post(f"{url}/teams", data={"team_id": team.id, "scope": "both"})
    assert answer.location == f"{url}#teams"
    assert "Here and in the programme" in read(solver, url)
    assert solver.post(f"{url}/teams/{team.id}/leave").status_code == 303
    session.commit()
    assert session.scalars(sa.select(PrivateCallTeam)).one().left_at is not None
    assert (
        solver.post(f"{url}/teams/new", data={"name": "", "kind": "corporate"}).status_code == 422
    )
    stranger = login(opened.outsiders["other solver"])
    assert stranger.post(f"{url}/teams", data={"team_id": team.id}).status_code == 404


def test_a_decision_that_comes_too_late_says_so(opened: PrivateWorld, login: Login) -> None:
    assert opened.private is not None
    url = f"/private-calls/{opened.private.id}/decisions"
    officer = login(opened.outsiders["officer"])

    answer = officer.post(f"{url}/open", data={"version": opened.private.version})
    assert answer.status_code == 409
    assert "is not possible in the state" in answer.text
    assert officer.post(f"{url}/explode").status_code == 404
    lead = login(opened.lead)
    answer = lead.post(f"{url}/close", data={"version": "99", "reason": "x"})
    assert answer.status_code == 409
    answer = lead.post(f"{url}/close", data={"version": opened.private.version, "reason": " "})
    assert answer.status_code == 422
    assert "Say why" in answer.text
