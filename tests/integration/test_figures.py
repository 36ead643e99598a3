"""What the figures are read from, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import PermissionDenied, StaleVersion
from matchmaker.models import (
    SETTINGS,
    BrokerAssignment,
    GradeDecision,
    OrganizationSize,
    Role,
    Screening,
    ScreeningOutcome,
)
from matchmaker.queries import call_target as targets
from matchmaker.queries import workload
from matchmaker.queries.problem_path import PathFilter, paths
from matchmaker.reports.ageing import days_waiting, is_late
from matchmaker.reports.funnel import counts
from matchmaker.services import call_target, office_setting
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def decision(problem, officer, **values):
    facts = {
        "rubric_version": "1",
        "grade": "G2",
        "rules_grade": "G2",
        "rules_score": 40,
        "award_tier": "B",
        "award_low": 1,
        "award_high": 2,
        "weeks": 12,
        "reason": "As the rules say.",
    }
    return GradeDecision(problem=problem, officer=officer, **facts, **values)


@on_both
def test_each_stage_counts_from_its_first_day(make, session):
    officer = make.officer()
    firm = make.organization(size=OrganizationSize.MICRO, region="south", sector="IND-FOD")
    problem = make.problem(
        ProblemState.GRADED,
        organization=firm,
        region=None,
        sector=None,
        submitted_at=MARCH,
        published_at=None,
    )
    for days in (9, 4):
        make.save(decision(problem, officer, created_at=MARCH + timedelta(days=days)))
    make.save(
        Screening(
            problem=problem,
            opened_at=MARCH,
            due_at=MARCH,
            rubric_version="1",
            outcome=ScreeningOutcome.COACH,
            decided_by=officer,
            decided_at=MARCH + timedelta(days=2),
        )
    )
    (path,) = paths(session, officer, PathFilter(size="micro", region="south", sector="IND-FOD"))
    assert (path.collected_at, path.published_at) == (MARCH, None)
    assert path.coached_at == MARCH + timedelta(days=2)
    assert path.graded_at == MARCH + timedelta(days=4)
    assert counts([path]) == {"collected": 1, "coached": 1, "graded": 1, "published": 0}
    assert paths(session, officer, PathFilter(size="large")) == []
    assert [(u.id, a, b) for u, a, b in workload.decisions(session, officer)] == [
        (officer.id, 1, 2)
    ]


@on_both
def test_declined_problems_were_collected_but_not_coached(make, session):
    problem = make.problem(ProblemState.DECLINED, submitted_at=MARCH, published_at=None, grade=None)
    make.save(
        Screening(
            problem=problem,
            opened_at=MARCH,
            due_at=MARCH,
            rubric_version="1",
            outcome=ScreeningOutcome.DECLINE,
            decided_at=MARCH,
        )
    )
    (path,) = paths(session, make.officer(), PathFilter())
    assert counts([path]) == {"collected": 1, "coached": 0, "graded": 0, "published": 0}


def test_the_clock_starts_with_the_state(make, session):
    make.problem(
        ProblemState.SUBMITTED,
        submitted_at=utcnow() - timedelta(days=15, hours=1),
        published_at=None,
        grade=None,
    )
    (path,) = paths(session, make.officer(), PathFilter())
    assert days_waiting(path, utcnow()) == 15
    assert is_late(path, utcnow(), 14)
    assert not is_late(path, utcnow(), 15)


def test_outsiders_read_no_workload(make, session):
    problem = make.problem(ProblemState.SUBMITTED, published_at=None, grade=None)
    broker = make.user(Role.MENTOR)
    make.save(BrokerAssignment(problem=problem, broker=broker, assigned_at=MARCH))
    assert len(workload.assignments(session, make.officer())) == 1
    assert workload.assignments(session, make.user()) == []


@pytest.mark.parametrize("rows", [3, 12])
def test_the_number_of_queries_does_not_grow(make, session, rows):
    officer, call = make.officer(), make.call()
    for _number in range(rows):
        make.problem(call=call)
    assert officer.role_grants
    statements: list[str] = []
    sa.event.listen(session.bind, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert len(paths(session, officer, PathFilter(call_id=call.id))) == rows
    assert len(statements) <= 12


@on_both
def test_settings_are_made_once_and_kept(make, ctx, session):
    officer = make.officer()
    values = {key: setting.default for key, setting in SETTINGS.items()}
    assert office_setting.update(ctx(officer), 0, values) == []
    assert office_setting.update(ctx(officer), 0, {**values, "coaching_rounds": 3}) == [
        "coaching_rounds"
    ]
    session.commit()
    assert office_setting.value(session, "coaching_rounds") == 3
    with pytest.raises(StaleVersion):
        office_setting.update(ctx(officer), 0, {**values, "coaching_rounds": 1})
    with pytest.raises(PermissionDenied) as error:
        office_setting.update(ctx(make.user(Role.REVIEWER)), 1, values)
    assert str(error.value) == "The settings are the programme office's."
    with pytest.raises(KeyError):
        office_setting.value(session, "no_such_setting")


@on_both
def test_targets_are_taken_back_without_being_forgotten(make, ctx, session):
    officer, call = make.officer(), make.call()
    assert call_target.update(ctx(officer), call.id, 0, {"collected": 40}) == ["collected"]
    with pytest.raises(StaleVersion):
        call_target.update(ctx(officer), call.id, 0, {"collected": 50})
    assert targets.target_values(session, call.id) == {"collected": 40}
    call_target.update(ctx(officer), call.id, 1, {"collected": None})
    session.commit()
    assert targets.target_values(session, call.id) == {}
    assert targets.changes_so_far(targets.targets(session, call.id).values()) == 2
