"""What work is measured by: proposed, agreed, changed, read off, struck out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import Engagement, Metric, User
from matchmaker.queries.metric import agreed_metrics
from matchmaker.services import metric as service
from matchmaker.services.context import Context
from matchmaker.services.metric import Figures
from matchmaker.web.metric_words import drawing, progress_of
from matchmaker.workflows.engagement import EngagementState
from tests.factories import Factory

Ctx = Callable[..., Context]
FIGURES = Figures(name="Missed defects", unit="%", baseline=8, target=2)
TODAY = dt.date(2026, 1, 2)


@pytest.fixture
def work(make: Factory) -> Engagement:
    return make.engagement(EngagementState.POC)


def member(work: Engagement) -> User:
    return work.team.members[0].user


def owner(work: Engagement) -> User:
    return work.problem.organization.members[0].user


@pytest.fixture
def metric(work: Engagement, ctx: Ctx) -> Metric:
    return service.propose(ctx(member(work)), work.id, FIGURES)


def test_a_measure_counts_once_both_sides_have_agreed(
    work: Engagement, metric: Metric, ctx: Ctx, session: Session
) -> None:
    assert not metric.is_agreed
    assert agreed_metrics(session, [work.id]) == {}
    service.agree(ctx(owner(work)), work.id, metric.id, version=metric.version)
    assert metric.is_agreed
    assert agreed_metrics(session, [work.id]) == {work.id: [metric]}


def test_whoever_proposed_cannot_agree_for_the_other(
    work: Engagement, metric: Metric, ctx: Ctx
) -> None:
    service.agree(ctx(member(work)), work.id, metric.id, version=metric.version)
    assert not metric.is_agreed


def test_other_figures_have_to_be_agreed_on_anew(
    work: Engagement, metric: Metric, ctx: Ctx
) -> None:
    service.agree(ctx(owner(work)), work.id, metric.id, version=metric.version)
    lower = replace(FIGURES, target=1)
    service.change(ctx(owner(work)), work.id, metric.id, lower, version=metric.version)
    assert (metric.target, metric.is_agreed, metric.team_agreed_at) == (1, False, None)


def test_a_second_click_changes_nothing_and_a_stale_page_is_told(
    work: Engagement, metric: Metric, ctx: Ctx
) -> None:
    assert service.propose(ctx(member(work)), work.id, FIGURES) is metric
    service.change(ctx(member(work)), work.id, metric.id, FIGURES, version=0)
    with pytest.raises(StaleVersion):
        service.change(ctx(owner(work)), work.id, metric.id, replace(FIGURES, target=1), version=0)
    with pytest.raises(StaleVersion):
        service.agree(ctx(owner(work)), work.id, metric.id, version=0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"unit": "x" * 41}, "unit"),
        ({"baseline": None}, "baseline"),
        ({"target": math.inf}, "target"),
        ({"target": 1e13}, "target"),
        ({"target": 8}, "target"),
    ],
)
def test_figures_that_make_no_sense_are_refused(
    work: Engagement, ctx: Ctx, given: dict, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.propose(ctx(member(work)), work.id, replace(FIGURES, **given))
    assert set(caught.value.fields) == {field}


def test_there_are_not_more_than_people_can_follow(work: Engagement, ctx: Ctx) -> None:
    for number in range(service.MOST):
        service.propose(ctx(member(work)), work.id, replace(FIGURES, name=f"M{number}"))
    with pytest.raises(Conflict, match="enough"):
        service.propose(ctx(member(work)), work.id, FIGURES)


def test_who_may_what(work: Engagement, metric: Metric, ctx: Ctx, make: Factory) -> None:
    officer, stranger = make.officer(), make.user()
    with pytest.raises(PermissionDenied, match="Team and owner agree"):
        service.propose(ctx(officer), work.id, FIGURES)
    with pytest.raises(PermissionDenied, match="enter what was measured"):
        service.read_off(ctx(officer), work.id, metric.id, value=1, measured_on=TODAY)
    with pytest.raises(NotFound):
        service.propose(ctx(stranger), work.id, FIGURES)
    with pytest.raises(NotFound):
        service.read_off(ctx(member(work)), work.id + 1, metric.id, value=1, measured_on=TODAY)


def test_the_trail_shows_a_change_of_figures(
    work: Engagement, metric: Metric, ctx: Ctx, make: Factory, login: Callable[..., FlaskClient]
) -> None:
    context = ctx(owner(work))
    service.change(context, work.id, metric.id, replace(FIGURES, target=1), version=metric.version)
    context.session.commit()
    page = login(make.officer()).get("/office/audit?action=metric:change").text
    assert "name Missed defects" in page
    assert "target 1" in page


class TestReadings:
    def read(self, ctx: Context, metric: Metric, value: float, day: int = 2):
        day = dt.date(2026, 1, day)
        return service.read_off(ctx, metric.engagement_id, metric.id, value=value, measured_on=day)

    def test_the_latest_day_tells_how_far_it_has_come(
        self, work: Engagement, metric: Metric, ctx: Ctx
    ) -> None:
        assert progress_of(metric) is None
        self.read(ctx(member(work)), metric, 5, day=20)
        self.read(ctx(owner(work)), metric, 8, day=2)
        ctx(None).session.refresh(metric)
        assert progress_of(metric) == 0.5
        drawn = drawing(metric)
        assert [point["x"] for point in drawn["points"]] == [2.0, 98.0]
        assert drawn["baseline"]["y"] < drawn["points"][1]["y"] < drawn["target"]["y"]

    def test_a_wrong_one_is_struck_out_and_stays_on_record(
        self, work: Engagement, metric: Metric, ctx: Ctx
    ) -> None:
        row = self.read(ctx(member(work)), metric, 500)
        assert self.read(ctx(member(work)), metric, 500) is row
        with pytest.raises(PermissionDenied):
            service.strike(ctx(owner(work)), work.id, row.id, reason="x")
        with pytest.raises(InvalidInput):
            service.strike(ctx(member(work)), work.id, row.id, reason=" ")
        service.strike(ctx(member(work)), work.id, row.id, reason="A slip")
        assert (metric.counted, metric.readings) == ([], [row])

    def test_days_to_come_are_refused(self, work: Engagement, metric: Metric, ctx: Ctx) -> None:
        tomorrow = utcnow().date() + dt.timedelta(days=2)
        with pytest.raises(InvalidInput) as caught:
            service.read_off(
                ctx(member(work)), work.id, metric.id, value=math.nan, measured_on=tomorrow
            )
        assert set(caught.value.fields) == {"value", "measured_on"}

    def test_what_was_given_up_takes_no_more(
        self, work: Engagement, metric: Metric, ctx: Ctx
    ) -> None:
        service.retire(ctx(member(work)), work.id, metric.id, version=metric.version)
        with pytest.raises(InvalidTransition):
            self.read(ctx(member(work)), metric, 5)
