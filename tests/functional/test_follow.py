"""Check-ins, mentoring, measures and outcomes over HTTP, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    CheckIn,
    Engagement,
    MentoringSession,
    Metric,
    MetricReading,
    OutcomeSurvey,
    Role,
    User,
)
from matchmaker.services import outcome
from matchmaker.services.context import Context
from matchmaker.workflows.engagement import EngagementState
from tests.factories import Factory

Login = Callable[..., FlaskClient]


@pytest.fixture
def work(make: Factory, session: Session) -> Engagement:
    engagement = make.engagement(EngagementState.POC)
    engagement.mentor = make.user(Role.MENTOR)
    session.commit()
    return engagement


def member(work: Engagement) -> User:
    return work.team.members[0].user


def owner(work: Engagement) -> User:
    return work.problem.organization.members[0].user


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", ("Blocked", "It is cleared")), ("zh_Hant_TW", ("卡關", "已排除"))],
)
def test_a_blocker_is_named_and_cleared(
    locale: str, words: tuple[str, str], work: Engagement, login: Login, session: Session
) -> None:
    address = f"/engagements/{work.id}/check-ins"
    team = login(member(work), locale)
    sent = {"light": "red", "done": "<script>", "blocker": "沒有資料 😀", "blocker_side": "owner"}
    assert team.post(address, data=sent).status_code == 303
    row = session.scalars(sa.select(CheckIn)).one()
    page = login(owner(work), locale).get(address).text
    assert words[0] in page
    assert words[1] in page
    assert "&lt;script&gt;" in page
    assert "<script>&lt;" not in page
    cleared = {"resolution": "Sent"}
    client = login(owner(work), locale)
    assert client.post(f"{address}/{row.id}/resolve", data=cleared).status_code == 303
    session.rollback()
    assert row.resolution == "Sent"


def test_what_is_refused_is_shown_beside_its_field_with_what_was_typed(
    work: Engagement, login: Login, session: Session
) -> None:
    address = f"/engagements/{work.id}/check-ins"
    client = login(member(work))
    answer = client.post(address, data={"light": "amber", "done": "Half of it"})
    assert answer.status_code == 422
    assert "Say what is in the way" in answer.text
    assert "Half of it" in answer.text
    assert client.post(address, data={"light": "blue"}).status_code == 422
    assert session.scalars(sa.select(CheckIn)).all() == []


def test_the_mentor_confirms_a_meeting_and_strikes_it_out(
    work: Engagement, login: Login, session: Session
) -> None:
    base = f"/engagements/{work.id}"
    today = utcnow().date().isoformat()
    meeting = {"held_on": today, "minutes": "90", "topic": "Labels"}
    assert login(member(work)).post(f"{base}/mentoring", data=meeting).status_code == 303
    row = session.scalars(sa.select(MentoringSession)).one()
    mentor = login(work.mentor)
    assert "Waits for the mentor" in mentor.get(f"{base}/check-ins").text
    assert mentor.post(f"{base}/mentoring/{row.id}/confirm").status_code == 303
    assert "1.5 h" in mentor.get(f"{base}/check-ins").text
    assert mentor.post(f"{base}/mentoring/{row.id}/strike", data={}).status_code == 422
    assert mentor.post(f"{base}/mentoring/{row.id}/strike", data={"reason": "x"}).status_code == 303
    assert "0.0 h" in mentor.get(f"{base}/check-ins").text
    too_long = {**meeting, "minutes": "9" * 30}
    assert mentor.post(f"{base}/mentoring", data=too_long).status_code == 422


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_measure_from_proposal_to_readings(
    locale: str, work: Engagement, login: Login, session: Session
) -> None:
    address = f"/engagements/{work.id}/metrics"
    team = login(member(work), locale)
    proposed = {"name": "漏檢率", "unit": "%", "baseline": "8", "target": "2"}
    assert team.post(address, data=proposed).status_code == 303
    assert team.post(address, data=proposed).status_code == 303  # A second click.
    row = session.scalars(sa.select(Metric)).one()
    side = login(owner(work), locale)
    assert side.post(f"{address}/{row.id}/agree", data={"version": "9"}).status_code == 409
    assert side.post(f"{address}/{row.id}/agree", data={"version": "1"}).status_code == 303
    session.rollback()
    reading = {"value": "5", "measured_on": utcnow().date().isoformat()}
    assert side.post(f"{address}/{row.id}/readings", data=reading).status_code == 303
    page = side.get(address).text
    assert "50 %" in page
    assert 'class="trend"' in page
    session.rollback()
    taken = session.scalars(sa.select(MetricReading)).one()
    strike = f"/engagements/{work.id}/readings/{taken.id}/strike"
    assert side.post(strike, data={"reason": "A slip"}).status_code == 303
    assert "50 %" not in side.get(address).text
    for bad in ("nan", "inf", "1e400", "x", "9" * 400):
        assert team.post(address, data={**proposed, "target": bad}).status_code == 422
    changed = {**proposed, "target": "1", "version": "2"}
    assert team.post(f"{address}/{row.id}", data=changed).status_code == 303
    page = side.get(address).text
    assert page.index("<strong>8 → 2 %</strong>") < page.index("<strong>8 → 1 %</strong></li>")
    changed = {**proposed, "target": "1.5", "version": "0"}
    answer = side.post(f"{address}/{row.id}", data=changed)
    assert answer.status_code == 409
    assert 'value="1.5' in answer.text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", ("The sides differ", "No answer")), ("zh_Hant_TW", ("雙方說法不同", "未回覆"))],
)
def test_both_sides_say_what_became_of_it_and_the_office_reads_the_sums(
    locale: str,
    words: tuple[str, str],
    make: Factory,
    login: Login,
    session: Session,
    ctx: Callable[..., Context],
) -> None:
    work, officer = make.engagement(EngagementState.COMPLETED), make.officer()
    work.ended_at = utcnow() - timedelta(days=1)
    session.commit()
    system = ctx(None)
    system.trusted = True
    outcome.follow(system)
    session.commit()
    rows = {row.side: row.id for row in session.scalars(sa.select(OutcomeSurvey))}
    side, team = f"/outcomes/{rows['owner']}", f"/outcomes/{rows['team']}"
    client = login(owner(work), locale)
    assert client.get(side).status_code == 200
    assert client.get(team).status_code == 403
    bad = client.post(side, data={"version": "1", "jobs": "-3", "saved": "1" * 40})
    assert bad.status_code == 422
    assert 'value="-3"' in bad.text
    said = {"version": "1", "jobs": "２", "in_use": "yes", "investment": "250000000000"}
    assert client.post(side, data=said).status_code == 303
    assert (
        login(member(work), locale).post(team, data={"version": "1", "jobs": "7"}).status_code
        == 303
    )
    page = client.get(f"/engagements/{work.id}/outcomes").text
    assert all(word in page for word in words)
    assert "250,000,000,000" in page
    office = login(officer, locale)
    assert "2 – 7" in office.get("/office/outcomes").text
    assert office.get("/office/outcomes.csv").text.startswith("\ufeff")
    assert office.get("/office/outcomes.xlsx").status_code == 200
    assert office.get("/office/outcomes.exe").status_code == 404
    assert client.get("/office/outcomes").status_code == 403
