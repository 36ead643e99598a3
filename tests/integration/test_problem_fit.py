"""How a team stands to a problem: who carries what, and whether gaps can be closed in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency.gaps import Cover
from matchmaker.competency.reach import Reach
from matchmaker.models import Problem, Team, User
from matchmaker.queries.level_piece import today
from matchmaker.services import enrolment, evidence
from matchmaker.services import learning_resource as catalogue
from matchmaker.services.context import Context
from matchmaker.services.learning_plan import nearest_aim, plan_for, problem_aim, role_aim
from matchmaker.services.problem_fit import HOURS_A_WEEK, TeamFits
from tests.factories import Factory

Ctx = Callable[[User | None], Context]


def show(ctx: Context, user: User, **levels: int) -> None:
    """Instructors saw these levels, in two courses each."""
    for competency, level in levels.items():
        for title in ("One course", "Another course", "A third course"):
            evidence.record_course(
                ctx,
                user.id,
                competency=competency.replace("_", "-"),
                level=level,
                obtained_on=today(),
                title=title,
            )


@pytest.fixture
def office(make: Factory, ctx: Ctx) -> Context:
    context = ctx(make.officer())
    for code in ("LR-09", "LR-17", "LR-31", "LR-60", "LR-44"):
        catalogue.create(context, code, catalogue.shipped_values(code))
    return context


@pytest.fixture
def seer(make: Factory) -> User:
    return make.user(name="Seer")


@pytest.fixture
def coder(make: Factory) -> User:
    return make.user(name="Coder")


@pytest.fixture
def team(make: Factory, seer: User, coder: User) -> Team:
    return make.team(seer, coder)


def fit(session: Session, team: Team, problem: Problem, weeks: float = 8):
    problem.deadline_at = utcnow() + timedelta(weeks=weeks, hours=1)
    return TeamFits(session, team, utcnow()).of(problem)


def test_who_carries_what_and_the_shortest_way_for_the_rest(
    office: Context, make: Factory, session: Session, team: Team, seer: User, coder: User
) -> None:
    problem = make.problem(requirements=[("PER-CV", 3, 3), ("FND-ML", 2, 2), ("DEL-COM", 3, 1)])
    show(office, seer, PER_CV=2, FND_DL=2)
    show(office, coder, FND_ML=4, PER_CV=1)

    found = fit(session, team, problem)

    vision, learning, talk = found.lines
    assert [line.need.competency for line in found.lines] == ["PER-CV", "FND-ML", "DEL-COM"]
    assert (learning.carriers, learning.found.cover) == ((coder,), Cover.COVERED)
    assert learning.found.rests_on_one
    assert (talk.found.cover, talk.way) == (Cover.OPEN, None)
    assert (vision.found.cover, vision.carriers) == (Cover.GAP, ())
    assert vision.way is not None
    assert vision.way.member is seer
    assert vision.way.closes
    codes = [resource.code for _step, resource in vision.way.steps]
    assert vision.way.hours == sum(step.hours for step, _resource in vision.way.steps)
    assert codes
    assert set(codes) <= {"LR-09", "LR-17", "LR-31"}
    assert (found.musts_met, len(found.musts), found.reach) == (0, 1, Reach.STRETCH)
    assert found.weeks_left == 8


def test_no_way_leads_there_before_a_near_deadline_or_through_what_was_done(
    office: Context,
    ctx: Ctx,
    make: Factory,
    session: Session,
    team: Team,
    seer: User,
    coder: User,
) -> None:
    problem = make.problem(requirements=[("PER-CV", 3, 3)])
    show(office, seer, PER_CV=2, FND_DL=2)
    show(office, coder, PER_CV=1)
    soon = fit(session, team, problem, weeks=0).lines[0]
    assert (soon.found.cover, soon.way) == (Cover.GAP, None)

    near = fit(session, team, problem, weeks=1).lines[0].way
    assert near is not None
    assert near.hours <= HOURS_A_WEEK
    assert [resource.code for _step, resource in near.steps] == ["LR-17"]

    for code in ("LR-09", "LR-17", "LR-31"):
        row = catalogue.queries.find_by_code(session, code)
        assert row is not None
        enrolment.enrol(ctx(seer), row.id)
    left = fit(session, team, problem).lines[0].way
    assert left is None or left.member is not seer


def test_a_problem_that_asks_for_nothing_and_a_team_nobody_knows(
    make: Factory, session: Session, team: Team
) -> None:
    nothing = fit(session, team, make.problem(requirements=[]))
    assert (nothing.lines, nothing.reach, nothing.fit != nothing.fit) == ((), Reach.UNKNOWN, True)
    unknown = fit(session, team, make.problem())
    assert {line.found.cover for line in unknown.lines} == {Cover.OPEN}
    assert (unknown.reach, unknown.musts_met) == (Reach.UNKNOWN, 0)


def test_a_member_who_leaves_takes_what_they_carry_along(
    office: Context, make: Factory, session: Session, team: Team, seer: User
) -> None:
    problem = make.problem(requirements=[("PER-CV", 2, 3)])
    show(office, seer, PER_CV=4)
    assert fit(session, team, problem).lines[0].carriers == (seer,)
    session.delete(next(place for place in team.members if place.user_id == seer.id))
    session.flush()
    assert fit(session, team, problem).lines[0].carriers == ()


def test_a_plan_leaves_out_what_is_done_and_says_what_each_step_changes(
    office: Context, ctx: Ctx, make: Factory, session: Session, seer: User
) -> None:
    problem = make.problem(requirements=[("PER-CV", 3, 3), ("DEL-COM", 3, 2)])
    show(office, seer, PER_CV=2, FND_DL=2)
    plan = plan_for(session, seer.id, problem_aim(problem))

    assert [check.competency for check in plan.plan.checks] == ["DEL-COM"]
    first = plan.steps[0]
    likely = [plan.fit, *(step.fit_after for step in plan.steps)]
    assert likely == sorted(set(likely))  # Each step leads further.
    assert plan.fit_after > plan.fit
    enrolment.enrol(ctx(seer), first.resource.id)
    again = plan_for(session, seer.id, problem_aim(problem))
    assert first.resource not in [step.resource for step in again.steps]
    assert plan_for(session, seer.id, problem_aim(problem), hours=4).hours <= 4


def test_the_nearest_role_is_the_aim_of_whoever_names_none(
    office: Context, session: Session, seer: User
) -> None:
    show(office, seer, PER_CV=4, FND_DL=4, FND_ML=4, SYS_EDG=3)
    aim = nearest_aim(session, seer.id)
    assert aim == role_aim(aim.role)
    assert "FND-DL" in {need.competency for need in aim.needs}
