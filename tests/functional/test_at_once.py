"""Two people at the same moment, and one person who clicks twice: one outcome, and both are told."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from matchmaker.db import mark_writing
from matchmaker.models import (
    AuditEvent,
    Base,
    Invitation,
    LexiconTerm,
    Match,
    MatchReview,
    MatchRun,
    OfficeSetting,
    Organization,
    OutboxMessage,
    Problem,
    Team,
    User,
)
from matchmaker.web import Matchmaker
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.factories import Factory
from tests.site import Site

Login = Callable[..., FlaskClient]
Sessions = sessionmaker[Session]
#: How long the second person's request is left waiting for the first one's.
HEAD_START = 0.4


def while_saving(sessions: Sessions, change: Callable[[Session], None], post: Any) -> TestResponse:
    """What *post* answers when it arrives between another person's change and its commit."""
    with sessions() as session, ThreadPoolExecutor(1) as pool:
        mark_writing(session)
        change(session)
        session.flush()
        late = pool.submit(post)
        threading.Event().wait(HEAD_START)
        assert not late.done(), "the second did not wait for the first"
        session.commit()
        return late.result(timeout=30)


def at_once(posts: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """The answers to *posts*, all sent at the same moment."""
    start = threading.Barrier(len(posts))

    def send(post: Callable[[], TestResponse]) -> TestResponse:
        start.wait(10)
        return post()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


def count(session: Session, kind: type[Base], *conditions: Any) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(kind).where(*conditions)) or 0


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    tags = re.findall('<input[^>]*type="hidden"[^>]*>', page)
    found = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return {tag["name"]: tag.get("value", "") for tag in found}


@on_both
class TestTwoPeopleSave:
    """The second one's text is still there, beside what the first one has saved."""

    @pytest.fixture
    def lead(self, make: Factory) -> User:
        return make.user()

    def test_an_organization(
        self, make: Factory, login: Login, app: Matchmaker, lead: User
    ) -> None:
        row = make.organization(lead)
        data = {"kind": "enterprise", "name_en": "Typed late", "version": row.version}
        client = login(lead)
        answer = while_saving(
            app.sessions,
            lambda session: setattr(session.get(Organization, row.id), "name_en", "Saved first"),
            lambda: client.post(f"/organizations/{row.id}/edit", data=data),
        )
        self.check(answer)

    def test_a_team(self, make: Factory, login: Login, app: Matchmaker, lead: User) -> None:
        row = make.team(lead)
        data = {"kind": "startup", "name_en": "Typed late", "capacity": 1, "version": row.version}
        client = login(lead)
        answer = while_saving(
            app.sessions,
            lambda session: setattr(session.get(Team, row.id), "name_en", "Saved first"),
            lambda: client.post(f"/teams/{row.id}/edit", data=data),
        )
        self.check(answer)

    def test_a_problem(self, make: Factory, login: Login, app: Matchmaker, lead: User) -> None:
        row = make.problem(ProblemState.DRAFT, organization=make.organization(lead))
        data = {"title_en": "Typed late", "call_id": row.call_id, "teams_wanted": 1}
        data |= {"version": row.version, "save": "1"}
        client = login(lead)
        answer = while_saving(
            app.sessions,
            lambda session: setattr(session.get(Problem, row.id), "title_en", "Saved first"),
            lambda: client.post(f"/problems/{row.id}/edit", data=data),
        )
        self.check(answer)

    def test_a_term(self, make: Factory, login: Login, app: Matchmaker) -> None:
        row = make.save(LexiconTerm(chinese="嘓咘噗", folded="嘓咘噗", english="x"))
        data = {"chinese": "嘓咘噗", "english": "Typed late", "version": row.version}
        client = login(make.officer())
        answer = while_saving(
            app.sessions,
            lambda session: setattr(session.get(LexiconTerm, row.id), "english", "Saved first"),
            lambda: client.post(f"/office/lexicon/{row.id}", data=data),
        )
        self.check(answer)

    def check(self, answer: TestResponse) -> None:
        assert answer.status_code == 409
        assert "Typed late" in answer.text
        assert "Saved first" in answer.text


@on_both
def test_two_officers_decide_a_problem_differently(
    make: Factory, login: Login, app: Matchmaker, session: Session
) -> None:
    problem = make.problem(ProblemState.SCREENING)
    make.listed(problem)
    client = login(make.officer())

    def return_it(other: Session) -> None:
        row = other.get_one(Problem, problem.id)
        row.apply("return")
        row.office_note = "First"

    answer = while_saving(
        app.sessions,
        return_it,
        lambda: client.post(
            f"/office/problems/{problem.id}/decline", data={"reasons": "other", "note": "Second"}
        ),
    )
    assert answer.status_code == 409
    assert "is not possible in the state “Returned to owner”" in answer.text
    assert "Second</textarea>" in answer.text
    session.expire_all()
    row = session.get_one(Problem, problem.id)
    assert (row.state, row.office_note) == (ProblemState.RETURNED, "First")


@on_both
def test_two_officers_grade_at_once(make: Factory, login: Login, session: Session) -> None:
    problem = make.problem(ProblemState.SCREENING, author=None)
    make.listed(problem)
    make.save(OfficeSetting(key="grading_needs_panel", value=0))
    path, data = f"/office/grading/{problem.id}/sign", {"grade": "G2", "reason": "Clear goal"}
    data |= {"award_tier": "B", "weeks": "12", "difference_reason": "Clear goal"}
    data["version"] = str(problem.version)
    clients = [login(make.officer()) for _n in range(2)]
    answers = at_once([lambda c=c: c.post(path, data=data) for c in clients])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(session, AuditEvent, AuditEvent.action == "problem:grade") == 1


# One person, two clicks


@on_both
@pytest.mark.parametrize("times", [2, 4])
def test_a_new_team_is_founded_once(
    make: Factory, login: Login, session: Session, times: int
) -> None:
    user = make.user()
    data = {"kind": "student", "name_en": "Once", "capacity": 1, "competencies-PER-CV": "3"}
    clients = [login(user) for _n in range(times)]
    answers = at_once([lambda c=c: c.post("/teams/new", data=data) for c in clients])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert count(session, Team) == count(session, AuditEvent) == 1


@on_both
def test_a_new_organization_is_registered_once(
    make: Factory, login: Login, session: Session
) -> None:
    user = make.user()
    data = {"kind": "enterprise", "name_en": "Once", "sector": "", "region": "", "size": ""}
    clients = [login(user) for _n in range(2)]
    answers = at_once([lambda c=c: c.post("/organizations/new", data=data) for c in clients])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert count(session, Organization) == count(session, AuditEvent) == 1


@on_both
def test_a_new_problem_is_written_once(make: Factory, login: Login, session: Session) -> None:
    lead = make.user()
    organization, call = make.organization(lead), make.call()
    token = fields(login(lead).get("/problems/new").text)["token"]
    data = {"token": token, "organization_id": organization.id, "call_id": call.id}
    data |= {"title_en": "Once", "teams_wanted": 1, "save": "1"}
    clients = [login(lead) for _n in range(2)]
    answers = at_once([lambda c=c: c.post("/problems/new", data=data) for c in clients])
    assert sorted(answer.status_code for answer in answers) in ([303, 303], [303, 409])
    assert count(session, Problem) == count(session, AuditEvent) == 1


@on_both
def test_an_invitation_goes_out_once(make: Factory, login: Login, session: Session) -> None:
    lead = make.user()
    team = make.team(lead)
    data = {"email": "once@example.com", "role": "member"}
    clients = [login(lead) for _n in range(2)]
    path = f"/teams/{team.id}/invitations"
    answers = at_once([lambda c=c: c.post(path, data=data) for c in clients])
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert count(session, Invitation) == count(session, OutboxMessage) == 1


@on_both
def test_a_run_starts_once(make: Factory, login: Login, session: Session) -> None:
    make.team(make.user())
    call_id = make.problem().call_id
    clients = [login(make.officer()) for _n in range(2)]
    answers = at_once(
        [lambda c=c: c.post("/office/runs", data={"call_id": call_id}) for c in clients]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert count(session, MatchRun) == count(session, AuditEvent) == 1


@on_both
class TestPairs:
    """A finished run, and people of both sides."""

    @pytest.fixture
    def pair(
        self, make: Factory, run_jobs: Callable[[], int], login: Login, session: Session
    ) -> Match:
        lead = make.user(email="lead@team.example")
        make.team(lead)
        problem = make.problem(organization=make.organization(make.user()))
        officer = make.officer(email="officer@office.example")
        login(officer).post("/office/runs", data={"call_id": problem.call_id})
        assert run_jobs() == 1
        return session.scalars(sa.select(Match)).one()

    def officers(self, make: Factory, login: Login) -> list[FlaskClient]:
        return [login(make.officer()) for _n in range(2)]

    def test_two_officers_decide_differently(
        self, make: Factory, login: Login, session: Session, pair: Match
    ) -> None:
        path, key = f"/office/runs/{pair.run_id}/review", f"{pair.id}:{pair.version}"
        endorse = {"pairs": key, "action": "endorse", "reason": "Typed by one"}
        decline = {"pairs": key, "action": "decline", "reason": "Typed by two"}
        one, two = self.officers(make, login)
        answers = at_once(
            [lambda: one.post(path, data=endorse), lambda: two.post(path, data=decline)]
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        late = next(answer for answer in answers if answer.status_code == 409)
        typed = "Typed by one" if late is answers[0] else "Typed by two"
        assert typed in late.text
        assert "Somebody else decided on this pair after you opened the page." in late.text
        assert count(session, MatchReview) == 1

    def test_two_officers_decide_the_same(
        self, make: Factory, login: Login, session: Session, pair: Match
    ) -> None:
        path = f"/office/runs/{pair.run_id}/review"
        data = {"pairs": f"{pair.id}:{pair.version}", "action": "endorse"}
        answers = at_once([lambda c=c: c.post(path, data=data) for c in self.officers(make, login)])
        assert [answer.status_code for answer in answers] == [302, 302]
        assert count(session, MatchReview) == 1

    def test_publishing_and_answering_twice(
        self, make: Factory, login: Login, session: Session, pair: Match
    ) -> None:
        path = f"/office/runs/{pair.run_id}"
        one, two = self.officers(make, login)
        endorse = {"pairs": f"{pair.id}:{pair.version}", "action": "endorse"}
        assert one.post(f"{path}/review", data=endorse).status_code == 302
        version = fields(one.get(f"{path}/publish").text)["version"]
        answers = at_once(
            [lambda c=c: c.post(f"{path}/publish", data={"version": version}) for c in (one, two)]
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert count(session, AuditEvent, AuditEvent.action == "match_run:publish") == 1
        assert count(session, OutboxMessage) == 2  # One to each side.

        session.refresh(pair)
        lead = session.scalars(sa.select(User).where(User.email == "lead@team.example")).one()
        yes = {"answer": "yes", "version": pair.version}
        clients = [login(lead) for _n in range(2)]
        answers = at_once(
            [lambda c=c: c.post(f"/matches/{pair.id}/answer", data=yes) for c in clients]
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        assert count(session, AuditEvent, AuditEvent.action == "match:accept") == 1


# Every form


ROWS = sa.union_all(
    *(
        sa.select(sa.literal(table.name), sa.func.count()).select_from(table)
        for table in Base.metadata.sorted_tables
    )
)


def counts(site: Site) -> dict[str, int]:
    """How many rows every table has."""
    with site.app.sessions() as session:
        return {row[0]: row[1] for row in session.execute(ROWS)}


@pytest.mark.xdist_group("sample")
def test_a_second_click_on_any_form_makes_nothing_twice(sample_site: Site) -> None:
    faults, changed, before = [], 0, counts(sample_site)
    for role, form in sample_site.forms:
        for action, pressed in form.ways():
            with sample_site.undone():
                client = sample_site.client(role)
                data = MultiDict([*form.filled("Typed words"), *pressed])
                client.post(action.partition("#")[0], data=data)
                once = counts(sample_site)
                again = client.post(action.partition("#")[0], data=data)
                changed += once != before
                if again.status_code >= 500 or "<h1" not in client_page(client, again):
                    faults.append(f"{role} {action}: {again.status_code}")
                if counts(sample_site) != once:
                    faults.append(f"{role} {action} {pressed}: counted twice")
    assert faults == []
    assert changed > 35


def client_page(client: FlaskClient, answer: TestResponse) -> str:
    """The page a person sees in the end."""
    return client.get(answer.location).text if answer.location else answer.text
