"""The report on own ratings and reviewers: what is compared with what, and what is kept back."""

from __future__ import annotations

import datetime as dt

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import Evidence, EvidenceKind, Role
from matchmaker.reports import ratings
from matchmaker.workflows.evidence import EvidenceAction

DAY = dt.date(2026, 1, 10)


def piece(session, user, kind, level, reviewer=None, competency="PER-CV"):
    """Evidence of one person; of others it has been agreed to."""
    row = Evidence(
        user_id=user.id, competency=competency, kind=kind, level=level, obtained_on=DAY, title="x"
    )
    if kind in (EvidenceKind.ARTEFACT, EvidenceKind.MENTOR):
        row.apply(EvidenceAction.ASK)
        row.apply(EvidenceAction.CHECK)
        row.reviewer_id, row.decided_at, row.reason = reviewer.id, utcnow(), "Looked at it well."
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def office(make):
    return (
        make.officer(),
        make.user(Role.MENTOR, name="Strict"),
        make.user(Role.MENTOR, name="Kind"),
    )


def tables(session, officer):
    return {table.name: table for table in ratings.rating_tables(session, officer)}


def test_nothing_is_said_of_few_people_and_figures_of_many(make, session, office):
    officer, strict, kind = office
    assert tables(session, officer)["self"].rows[-1][1:3] == (0, 0)
    for number in range(12):
        person = make.user()
        piece(session, person, EvidenceKind.SELF_ANCHORED, min(5, 2 + number % 4))
        piece(session, person, EvidenceKind.ARTEFACT, number % 4, strict)
        piece(session, person, EvidenceKind.MENTOR, min(5, number % 4 + 2), kind)
        if number == 8:
            assert set(tables(session, officer)["self"].rows[-1][1:]) == {None}
    found = tables(session, officer)

    _name, people, count, apart, spread, together = found["self"].rows[-1]
    assert (people, count) == (12, 12)
    assert apart > 0.5
    assert spread > 0
    assert together > 0.8
    assert found["quiz"].rows[-1][1:] == (0, 0, None, None, None)
    by_name = {row[0]: row[1:] for row in found["reviewers"].rows}
    assert by_name["Strict"][0] == by_name["Kind"][0] == 12
    assert by_name["Strict"][1] < -0.5 < 0.5 < by_name["Kind"][1]
    assert abs(by_name["Kind"][2]) < abs(by_name["Kind"][1])


def test_a_reviewer_with_few_decisions_is_not_judged(make, session, office):
    officer, strict, _kind = office
    person = make.user()
    piece(session, person, EvidenceKind.SELF_ANCHORED, 4)
    piece(session, person, EvidenceKind.ARTEFACT, 1, strict)

    assert tables(session, officer)["reviewers"].rows == [("Strict", 1, None, None)]


def test_chance_draws_a_figure_towards_nothing():
    assert ratings.shrunk([1.0, 1.1, 0.9]) < 0.7
    assert ratings.shrunk([1.0, 1.1, 0.9] * 20) > 0.8
