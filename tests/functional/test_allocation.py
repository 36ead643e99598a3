"""The office allocates a call over HTTP: choose, watch, look, lock, compare, deploy, take back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from matchmaker.models import Allocation, AllocationLock, User
from matchmaker.workflows.allocation import AllocationState
from matchmaker.workflows.application import ApplicationState
from tests.allocations import Round, add_application, make_round
from tests.factories import Factory

Login = Callable[..., FlaskClient]
CHOICES = {
    "basis": "both",
    "aim": "fair",
    "rounds": "1",
    "review_share": "0",
    "minimum": "",
    "at_least": "0",
    "capacity_at_most": "",
    "reserves": "3",
    "note": "",
}


@pytest.fixture
def call_round(make: Factory, session: Session) -> Round:
    return make_round(make, session)


@pytest.fixture
def office(login: Login, call_round: Round) -> FlaskClient:
    return login(call_round.office, "en")


def page(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.fixture
def allot(
    office: FlaskClient, call_round: Round, run_jobs: Callable[[], int]
) -> Callable[..., str]:
    """Ask for an allocation over HTTP, let the worker do it, and return its address."""

    def do(**choices: str) -> str:
        url = f"/office/calls/{call_round.call.id}/allocate"
        response = office.post(url, data={**CHOICES, **choices})
        assert response.status_code == 303, response.get_data(as_text=True)
        run_jobs()
        return response.location

    return do


def test_the_office_allocates_a_call(
    office: FlaskClient,
    call_round: Round,
    run_jobs: Callable[[], int],
    login: Login,
) -> None:
    url = f"/office/calls/{call_round.call.id}/allocate"
    assert url in page(office, "/office/allocations")
    form = page(office, url)
    assert "No review has been handed in for this call yet" in form
    assert 'name="region_central"' in form

    asked = office.post(url, data={**CHOICES, "note": "First <b>try</b> 🙂", "region_central": "2"})
    waiting = page(office, asked.location)
    assert "Waiting its turn" in waiting
    assert "First &lt;b&gt;try&lt;/b&gt; 🙂" in waiting
    again = office.post(url, data=CHOICES)
    assert again.status_code == 409
    assert "is under way already" in again.get_data(as_text=True)

    run_jobs()
    done = page(office, asked.location)
    assert "Proven: no other allocation within these limits is better." in done
    assert "The matcher’s score alone" in done
    assert "Central Taiwan ≥ 2" in done
    assert done.index("Problem P1") < done.index("Problem P2")
    assert "Weakest team placed" in done
    assert "50.0" in done

    candidates = page(office, f"{asked.location}/problems/{call_round.problems['P1'].id}")
    assert "The team has its place on another problem" in candidates
    assert "turn 1" in candidates

    chinese = login(call_round.office, "zh_Hant_TW")
    done = page(chinese, asked.location)
    for words in ("已證明：在這些條件下沒有更好的分配", "媒合分數", "相符程度最低的團隊", "中部"):
        assert words in done
    assert "備取" in page(chinese, f"{asked.location}/problems/{call_round.problems['P1'].id}")


SENSELESS = (
    ({"rounds": ""}, "Please enter a number."),
    ({"rounds": "9"}, "Between 1 and 5."),
    ({"rounds": "9" * 5000}, "Please enter a whole number."),
    ({"minimum": "nan"}, "Between 0 and 100."),
    ({"minimum": "high\x07"}, "Not a valid"),
    ({"review_share": "<script>"}, "Please enter a whole number."),
    ({"basis": "everybody"}, "Not a valid choice"),
    ({"region_central": "-1"}, "Between 0 and 1000."),
    ({"note": "🙂" * 600}, "Please use at most 500 characters."),
)


def test_what_makes_no_sense_is_told_beside_the_field(
    office: FlaskClient, call_round: Round, session: Session
) -> None:
    url = f"/office/calls/{call_round.call.id}/allocate"

    for choices, words in SENSELESS:
        response = office.post(url, data={**CHOICES, **choices})
        text = response.get_data(as_text=True)
        assert response.status_code == 422, choices
        assert words in text
        assert "<script>" not in text
    assert session.query(Allocation).count() == 0


def test_impossible_limits_are_told_in_both_languages(
    allot: Callable[..., str], office: FlaskClient, login: Login, call_round: Round
) -> None:
    address = allot(minimum="85", region_central="2")

    text = page(office, address)
    assert "These limits cannot all hold at once" in text
    assert "Lower the minimum fit from 85 to 50." in text
    assert "Ask that at least 1 instead of 2 problems of Central Taiwan get a team." in text
    chinese = page(login(call_round.office, "zh_Hant_TW"), address)
    assert "最低相符程度由 85 降為 50。" in chinese
    assert "「中部」至少要有團隊的命題數，由 2 改為 1。" in chinese
    assert office.get(address + "/deploy").status_code == 404
    assert office.get(address + "/compare").status_code == 404


def test_locks_count_in_the_next_allocation_and_both_are_compared(
    allot: Callable[..., str], office: FlaskClient, call_round: Round, session: Session
) -> None:
    first = allot(aim="total")
    problem, team = call_round.pair("P2", "B")
    lock = {"kind": "pin", "problem_id": problem, "team_id": team, "reason": "They know it"}

    refused = office.post(first + "/lock", data={**lock, "reason": " "})
    assert refused.status_code == 422
    assert "Please give a reason." in refused.get_data(as_text=True)
    assert office.post(first + "/lock", data=lock).status_code == 303
    assert office.post(first + "/lock", data={**lock, "reason": "Twice"}).status_code == 303
    (kept,) = session.query(AllocationLock).all()
    assert kept.reason == "Twice"
    lock_id = kept.id
    strangers = ({"team_id": 999}, {"problem_id": 999}, {"kind": "maybe"}, {"team_id": ""})
    for wrong in strangers:
        assert office.post(first + "/lock", data={**lock, **wrong}).status_code == 404
    assert "Nothing to compare with" in page(office, first + "/compare")

    second = allot(aim="total")

    text = page(office, second + "/compare")
    assert "the office has set it for “Problem P2”" in text
    assert "its place on “Problem P2” went to Team B (fit 10.0)" in text
    assert "Teams placed as before: 0." in text
    assert "Must be placed" in page(office, second)
    assert office.get(second + "/compare?with=999").status_code == 404

    lifted = office.post(f"{second}/unlock/{lock_id}")
    assert lifted.status_code == 303
    session.rollback()
    assert office.post(f"{second}/unlock/{lock_id}").status_code == 404
    assert session.query(AllocationLock).count() == 0


def test_deployed_and_taken_back(
    allot: Callable[..., str], office: FlaskClient, call_round: Round, session: Session
) -> None:
    add_application(session, call_round, "P1", "A", ApplicationState.UNDER_REVIEW)
    address = allot()
    (allocation,) = session.query(Allocation).all()
    version = allocation.version

    assert "Nobody is told anything yet" in page(office, address + "/deploy")
    stale = office.post(address + "/deploy", data={"version": version - 1})
    assert stale.status_code == 409
    assert "has changed since you opened this page" in stale.get_data(as_text=True)
    assert office.post(address + "/deploy", data={"version": version}).status_code == 303
    assert office.post(address + "/deploy", data={"version": version}).status_code == 409
    used = page(office, address)
    assert "In use for the decision" in used
    assert 'href="/office/decisions"' in used

    session.rollback()
    undo = {"version": allocation.version, "reason": ""}
    assert "Please give a reason." in office.post(address + "/undo", data=undo).get_data(
        as_text=True
    )
    taken_back = office.post(address + "/undo", data={**undo, "reason": "Too early"})
    assert taken_back.status_code == 303
    assert "Too early" in page(office, address)
    session.rollback()
    assert allocation.state is AllocationState.UNDONE


def test_exports_hold_every_candidate(
    allot: Callable[..., str], office: FlaskClient, call_round: Round, session: Session
) -> None:
    call_round.teams["C"].name_en = "=cmd|' /C calc'!A0"
    session.commit()
    address = allot(aim="total")

    text = office.get(address + "/export.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[2][:4] == ["Problem number", "Problem", "Team number", "Team"]
    assert len(rows) == 3 + 5
    assert rows[5][3] == "'=cmd|' /C calc'!A0"
    assert rows[3][5:8] == ["Reserve", "1", "90.0"]
    book = load_workbook(io.BytesIO(office.get(address + "/export.xlsx").data))
    assert book.worksheets[0].max_row == 3 + 5


def test_a_waiting_allocation_can_be_cancelled(
    office: FlaskClient, call_round: Round, session: Session
) -> None:
    asked = office.post(f"/office/calls/{call_round.call.id}/allocate", data=CHOICES)
    (allocation,) = session.query(Allocation).all()

    cancelled = office.post(f"/jobs/{allocation.job_id}/cancel")

    assert cancelled.location == asked.location
    assert "The allocation was cancelled" in page(office, asked.location)
    assert "Looking for" not in page(office, f"/jobs/{allocation.job_id}/progress")


def test_nobody_else_sees_or_does_anything(
    allot: Callable[..., str], login: Login, call_round: Round, make: Factory, session: Session
) -> None:
    address = allot()
    people: list[User] = [call_round.leads["A"], make.user()]

    for person in people:
        client = login(person, "en")
        for url in (
            "/office/allocations",
            address,
            address + "/compare",
            address + "/deploy",
            address + "/export.csv",
            f"{address}/problems/{call_round.problems['P1'].id}",
            f"/office/calls/{call_round.call.id}/allocate",
        ):
            assert client.get(url).status_code in (403, 404), url
        values: dict[str, Any] = {"version": 1, "reason": "x"}
        for action in ("/deploy", "/undo", "/lock"):
            assert client.post(address + action, data=values).status_code in (403, 404), action
    (allocation,) = session.query(Allocation).all()
    assert allocation.state is AllocationState.DONE
