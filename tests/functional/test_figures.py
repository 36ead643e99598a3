"""The office's figures over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    AuditEvent,
    BrokerAssignment,
    Call,
    CallTarget,
    OrganizationSize,
    PrivateCall,
    Problem,
    Role,
)
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

Login = Callable[..., FlaskClient]
PAGES = ("", "/ageing", "/load", "/readiness")
FILES = ("funnel", "ageing", "load", "readiness")
MARCH, MAY = datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 5, 31, 16, tzinfo=UTC)


@pytest.fixture
def call(make: Factory) -> Call:
    return make.call(name_en="Spring call")


@pytest.fixture
def filled(make: Factory, call: Call) -> Call:
    """Four problems: published, graded, submitted and still a draft."""
    small = make.organization(size=OrganizationSize.SMALL, region="south")
    make.problem(call=call, organization=small, region="east", submitted_at=MARCH, published_at=MAY)
    make.problem(
        ProblemState.GRADED,
        call=call,
        region=None,
        organization=small,
        submitted_at=MARCH,
        published_at=None,
        updated_at=MAY,
    )
    make.problem(
        ProblemState.SUBMITTED,
        call=call,
        sector="IND-AGR",
        submitted_at=utcnow() - timedelta(days=20),
        published_at=None,
        grade=None,
        title_en="<b>Late</b> one",
    )
    make.problem(ProblemState.DRAFT, call=call, submitted_at=None, published_at=None, grade=None)
    return call


def table(browser: FlaskClient, report: str, query: str = "") -> list[list[str]]:
    answer = browser.get(f"/office/figures/{report}.csv{query}")
    assert answer.status_code == 200
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text[1:])))


def part(lines: list[list[str]], title: str) -> list[list[str]]:
    """The rows of one table of an export, without title, rule and heading."""
    start = next(n for n, line in enumerate(lines) if line == [title]) + 3
    end = next((n for n in range(start, len(lines)) if not lines[n]), len(lines))
    return lines[start:end]


def test_only_the_office_sees_figures(make: Factory, login: Login, client: FlaskClient) -> None:
    addresses = [f"/office/figures{page}" for page in PAGES]
    addresses += [f"/office/figures/{name}.csv" for name in FILES]
    outsiders = [make.user(), make.user(Role.REVIEWER), make.user(Role.MENTOR)]
    for address in addresses:
        assert client.get(address).status_code == 302
        for person in outsiders:
            refused = login(person).get(address)
            assert refused.status_code == 403
            assert "The figures are the programme office" in refused.text
        for role in (Role.OFFICER, Role.ADMINISTRATOR):
            assert login(make.user(role)).get(address).status_code == 200


def test_the_funnel_counts_each_stage_by_its_rule(
    make: Factory, login: Login, filled: Call
) -> None:
    lines = table(login(make.officer()), "funnel", f"?call={filled.id}")
    assert part(lines, "Funnel against targets") == [
        ["Collected", "3", "–", "–"],
        ["Coached or accepted as it was", "2", "–", "–"],
        ["Graded", "2", "–", "–"],
        ["Published", "1", "–", "–"],
    ]
    months = part(lines, "By month")
    assert months[0] == ["2026-03", "2", "1", "1", "0"]
    assert months[1][0] == "2026-04"  # A month without anything is there all the same.
    assert ["2026-06", "0", "1", "1", "1"] in months  # 1 June begins in Taipei at 16:00 UTC.
    assert sum(int(month[1]) for month in months) == 3
    regions = part(lines, "By region")
    assert ["Southern Taiwan", "1", "1", "1", "0", "0 %"] in regions
    assert ["Eastern Taiwan", "1", "1", "1", "1", "100 %"] in regions
    sizes = part(lines, "By size of the organization")
    assert sizes[0] == ["10 to 49 people", "2", "2", "2", "1", "50 %"]
    assert sizes[1] == ["Not said", "1", "0", "0", "0", "0 %"]


def test_filters_limit_every_figure(make: Factory, login: Login, filled: Call) -> None:
    browser = login(make.officer())
    page = browser.get(f"/office/figures?call={filled.id}&sector=IND-AGR").text
    assert "Targets are set for a whole call" in page
    lines = table(browser, "funnel", f"?call={filled.id}&sector=IND-AGR")
    assert part(lines, "Funnel against targets")[0] == ["Collected", "1", "–", "–"]
    assert f"/office/figures/funnel.csv?call={filled.id}&amp;sector=IND-AGR" in page
    none = browser.get(f"/office/figures?call={filled.id}&size=<script>alert(1)").text
    assert "No problem has come in yet" in none
    assert "<script>alert" not in none
    for query in ("call=999", "call=x", "call=-1"):
        assert browser.get(f"/office/figures?{query}").status_code == 404
    assert browser.get("/office/figures").location.endswith(f"/office/figures?call={filled.id}")


def test_targets_stand_beside_the_funnel(
    make: Factory, login: Login, filled: Call, session: Session
) -> None:
    officer = login(make.officer())
    data = {"version": "0", "collected": "12", "published": "4"}
    address = f"/office/calls/{filled.id}/targets"
    done = officer.post(address, data=data, follow_redirects=True)
    assert "Saved." in done.text
    assert ">3 / 12</text>" in done.text
    lines = table(officer, "funnel", f"?call={filled.id}")
    assert part(lines, "Funnel against targets")[0] == ["Collected", "3", "12", "25 %"]
    assert part(table(officer, "funnel"), "Funnel against targets")[0] == [
        "Collected",
        "3",
        "–",
        "–",
    ]
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.data for event in events] == [
        {"call_id": filled.id, "indicator": "collected", "old": None, "new": 12},
        {"call_id": filled.id, "indicator": "published", "old": None, "new": 4},
    ]
    late = officer.post(address, data={**data, "collected": "13"})
    assert late.status_code == 409
    assert "Somebody else has changed the targets" in late.text
    gone = officer.post(address, data={"version": "2", "published": "4"})
    assert gone.status_code == 302
    session.rollback()
    assert {row.indicator: row.value for row in session.scalars(sa.select(CallTarget))} == {
        "collected": None,
        "published": 4,
    }


def test_bad_targets_are_named(make: Factory, login: Login, call: Call, session: Session) -> None:
    browser = login(make.officer())
    for typed in ("-1", "100001", "many", "<script>", "😀", "9" * 40):
        data = {"version": "0", "collected": typed, "graded": "5"}
        answer = browser.post(f"/office/calls/{call.id}/targets", data=data)
        assert answer.status_code == 422
        assert 'id="collected-error"' in answer.text
        assert "<script>" not in answer.text
    assert session.scalars(sa.select(CallTarget)).all() == []


def test_only_officers_set_targets(make: Factory, login: Login, call: Call) -> None:
    address = f"/office/calls/{call.id}/targets"
    refused = login(make.user(Role.ADMINISTRATOR)).get(address)
    assert refused.status_code == 403
    assert "Only programme officers set targets." in refused.text
    assert login(make.user()).post(address).status_code == 403
    assert login(make.officer()).get("/office/calls/999/targets").status_code == 404


def test_in_house_calls_count_nowhere(
    make: Factory, login: Login, call: Call, session: Session
) -> None:
    firm = make.organization()
    own = make.call(name_en="In-house")
    make.problem(call=own, organization=firm)
    make.save(PrivateCall(call=own, organization=firm))
    officer = login(make.officer())
    assert part(table(officer, "funnel"), "Funnel against targets")[0][1] == "0"
    assert "In-house" not in officer.get(f"/office/figures?call={call.id}").text
    assert officer.get(f"/office/figures?call={own.id}").status_code == 404


def filled_problem(session: Session, state: ProblemState) -> Problem:
    return session.scalars(sa.select(Problem).where(Problem.state == state)).one()


def test_ageing_says_what_is_late(
    make: Factory, login: Login, filled: Call, session: Session
) -> None:
    coached = filled_problem(session, ProblemState.GRADED)
    make.save(BrokerAssignment(problem_id=coached.id, assigned_at=MARCH + timedelta(days=9)))
    browser = login(make.officer())
    lines = table(browser, "ageing", f"?call={filled.id}")
    ages = {row[0]: row[1:] for row in part(lines, "What waits, and how long")}
    assert ages["Waiting for screening"] == ["Programme office", "0", "0", "1", "0", "1", "1"]
    assert ages["Graded, not yet published"][-2:] == ["1", "0"]
    steps = part(lines, "How long the steps took")
    assert steps[0] == ["Collected → Coached or accepted as it was", "1", "9", "9"]
    assert steps[2] == ["Graded → Published", "0", "–", "–"]  # An import has no day of grading.
    page = browser.get(f"/office/figures/ageing?call={filled.id}").text
    assert "&lt;b&gt;Late&lt;/b&gt; one" in page
    assert "Late: not screened within 14 days" in page


def test_load_names_brokers_by_what_they_have_in_hand(
    make: Factory, login: Login, call: Call
) -> None:
    busy, idle = make.user(Role.MENTOR, name="Busy"), make.user(Role.MENTOR, name="=Idle")
    since = utcnow() - timedelta(days=9)
    for state in (ProblemState.SUBMITTED, ProblemState.PUBLISHED, ProblemState.RETURNED):
        problem = make.problem(state, call=call)
        make.save(BrokerAssignment(problem=problem, broker=busy, assigned_at=since))
    done = make.problem(call=call)
    make.save(BrokerAssignment(problem=done, broker=idle, assigned_at=since))
    lines = table(login(make.officer()), "load", f"?call={call.id}")
    assert part(lines, "Load per broker") == [["Busy", "3", "2", "9"], ["'=Idle", "1", "0", "–"]]
    assert "Names are for the programme office" in str(lines)


def test_every_report_is_a_workbook_too(make: Factory, login: Login, filled: Call) -> None:
    browser = login(make.officer(), "zh_Hant_TW")
    for name in FILES:
        answer = browser.get(f"/office/figures/{name}.xlsx")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.xlsx"'
        book = load_workbook(io.BytesIO(answer.data))
        assert len(book.sheetnames) >= 3
        for sheet in book:
            assert not str(sheet["A1"].value).isascii()
            assert not str(sheet["A2"].value).isascii()
    for name in ("funnel.pdf", "secrets.csv", "..%2Fx.csv"):
        assert browser.get(f"/office/figures/{name}").status_code == 404


def test_pages_stand_empty_and_in_chinese(make: Factory, login: Login) -> None:
    browser = login(make.officer(), "zh_Hant_TW")
    for page in PAGES:
        answer = browser.get(f"/office/figures{page}")
        assert answer.status_code == 200
        assert 'lang="zh-Hant-TW"' in answer.text
        assert "規則：" in answer.text or "尚未收到命題" in answer.text
