"""The office's sums of the hours of mentoring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Engagement, MentoringSession, Role
from matchmaker.queries.mentoring import loads
from matchmaker.workflows.engagement import EngagementState
from tests.backends import on_both
from tests.factories import Factory

Login = Callable[..., FlaskClient]


@pytest.fixture
def work(make: Factory, session: Session) -> Engagement:
    """Two meetings that count, one that waits for the mentor and one that was struck out."""
    work = make.engagement(EngagementState.POC)
    work.mentor = make.user(Role.MENTOR)
    for minutes, is_confirmed, reason in ((90, 1, ""), (45, 1, ""), (60, 0, ""), (30, 1, "A slip")):
        session.add(
            MentoringSession(
                engagement=work,
                mentor=work.mentor,
                user=work.mentor,
                held_on=dt.date(2026, 3, 1),
                minutes=minutes,
                topic="Labels",
                confirmed_at=utcnow() if is_confirmed else None,
                struck_at=utcnow() if reason else None,
                strike_reason=reason,
            )
        )
    session.commit()
    return work


@on_both
def test_only_what_counts_is_summed(make: Factory, session: Session, work: Engagement) -> None:
    (load,) = loads(session, make.officer())
    assert (load.mentor, load.engagement) == (work.mentor, work)
    assert (load.meetings, load.minutes) == (2, 135)
    assert loads(session, make.officer(), make.call().id) == []


def test_the_page_and_its_files_say_the_same(make: Factory, login: Login, work: Engagement) -> None:
    officer = login(make.officer(), "zh_Hant_TW")
    page = officer.get("/office/mentoring").text
    assert "輔導時數" in page
    assert ">2.2<" in page  # 135 minutes; 2.25 is rounded to the even tenth.
    lines = officer.get(f"/office/mentoring.csv?call={work.call_id}").text
    assert f"{work.mentor.name},1,2,2.2" in lines
    assert f"{work.number}," in lines
    assert officer.get("/office/mentoring.xlsx").data[:2] == b"PK"
    assert officer.get("/office/mentoring.pdf").status_code == 404


def test_without_a_meeting_the_next_step_is_said(make: Factory, login: Login) -> None:
    page = login(make.officer()).get("/office/mentoring").text
    assert "it counts once the mentor has confirmed it" in page


def test_others_are_refused(make: Factory, login: Login, work: Engagement) -> None:
    for address in ("/office/mentoring", "/office/mentoring.csv"):
        assert login(work.mentor).get(address).status_code == 403
