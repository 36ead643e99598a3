"""What the desk reads: own things, what waits, the call's funnel, in a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import Band, Invitation, Job, Match, MatchRun, Role
from matchmaker.queries import dashboard
from matchmaker.queries.site import front_page
from matchmaker.workflows.job import JobAction
from matchmaker.workflows.match import MatchAction
from matchmaker.workflows.match_run import MatchRunAction, MatchRunState
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

A = MatchRunAction
TOLD = (MatchAction.ENDORSE, MatchAction.INVITE)


@pytest.fixture
def make_run(make):
    """Makes a run of a call: ``make_run(call, state)``."""

    def run(call, state=MatchRunState.PUBLISHED):
        row = MatchRun(
            call=call, starter=make.officer(), finished_at=utcnow(), published_at=utcnow()
        )
        steps = {
            MatchRunState.DONE: [A.START, A.FINISH],
            MatchRunState.PUBLISHED: [A.START, A.FINISH, A.PUBLISH],
        }
        for action in steps[state]:
            row.apply(action)
        return make.save(row)

    return run


@pytest.fixture
def make_match(make):
    """Makes a match along the workflow: ``make_match(run, problem, team, actions)``."""

    def match(run, problem, team, actions=TOLD):
        row = Match(
            run=run,
            problem=problem,
            team=team,
            score=1.0,
            band=Band.GOOD,
            confidence="thin",
            problem_rank=1,
            team_rank=1,
        )
        for action in actions:
            row.apply(action)
        return make.save(row)

    return match


@on_both
def test_a_desk_holds_ones_own_things_only(make, session, make_run, make_match):
    owner, lead = make.user(), make.user()
    problem = make.problem(ProblemState.PUBLISHED, organization=make.organization(owner))
    team, run = make.team(lead), make_run(problem.call)
    match = make_match(run, problem, team)
    make.problem()
    make.team(make.user())
    invitation = make.save(
        Invitation(
            email=lead.email,
            inviter=owner,
            team=make.team(),
            token_hash="a",
            expires_at=utcnow() + timedelta(days=2),
        )
    )
    of_owner, of_lead = dashboard.desk(session, owner), dashboard.desk(session, lead)
    assert (of_owner.problems, of_owner.n_candidates) == ([problem], {problem.id: 1})
    assert (of_owner.teams, of_owner.recommended, of_owner.invitations) == ([], [], [])
    assert (of_lead.teams, of_lead.recommended, of_lead.invitations) == (
        [team],
        [match],
        [invitation],
    )
    assert (of_lead.problems, of_lead.n_candidates, of_lead.office) == ([], {}, None)


@on_both
def test_only_what_waits_for_an_answer_is_recommended(make, session, make_run, make_match):
    lead = make.user()
    team, call = make.team(lead), make.call()
    published, done = make_run(call), make_run(call, MatchRunState.DONE)
    make_match(published, make.problem(call=call), team, (*TOLD, MatchAction.REFUSE))
    make_match(published, make.problem(call=call), team, (MatchAction.ENDORSE,))
    make_match(published, make.problem(ProblemState.CLOSED, call=call), team)
    make_match(published, make.problem(call=call, deadline_at=utcnow() - timedelta(days=1)), team)
    make_match(done, make.problem(call=call), team)
    make_match(published, make.problem(call=call), make.team(make.user()))
    later = make_match(
        published, make.problem(call=call, deadline_at=utcnow() + timedelta(days=9)), team
    )
    sooner = make_match(
        published, make.problem(call=call, deadline_at=utcnow() + timedelta(days=2)), team
    )
    open_ended = make_match(published, make.problem(call=call, deadline_at=None), team)
    assert dashboard.recommended(session, lead) == [sooner, later, open_ended]


@pytest.mark.parametrize("role", [None, *Role])
def test_only_the_office_has_the_office_part(make, session, role):
    user = make.user(*([role] if role else []))
    has_it = dashboard.desk(session, user).office is not None
    assert has_it is (role in (Role.OFFICER, Role.ADMINISTRATOR))


@on_both
def test_the_office_sees_the_longest_waiting_first(make, session, make_run):
    officer, call = make.officer(), make.call()
    newer = make.problem(ProblemState.SUBMITTED, call=call, submitted_at=utcnow())
    older = make.problem(
        ProblemState.SUBMITTED, call=call, submitted_at=utcnow() - timedelta(days=30)
    )
    screened, graded = (
        make.problem(state, call=call, submitted_at=utcnow() - timedelta(days=days))
        for state, days in ((ProblemState.SCREENING, 20), (ProblemState.GRADED, 10))
    )
    for state in (ProblemState.DRAFT, ProblemState.RETURNED, ProblemState.PUBLISHED):
        make.problem(state, call=call)
    run = make_run(call, MatchRunState.DONE)
    make_run(call)
    office = dashboard.office(session, officer)
    assert (office.waiting, office.n_waiting) == ([older, screened, graded, newer], 4)
    assert office.runs == [run]


def test_failed_work_shows_for_two_weeks(make, session):
    def failed(days, kind="question.remind"):
        job = Job(kind=kind, error="no route", finished_at=utcnow() - timedelta(days=days))
        job.apply(JobAction.FAIL)
        return make.save(job)

    recent, old = failed(1), failed(15)
    particular = failed(1, "mail.deliver")
    make.save(Job(kind="question.remind"))
    assert len({old.id, recent.id, particular.id}) == 3
    assert dashboard.failed_jobs(session, make.officer()) == [recent]
    assert dashboard.failed_jobs(session, make.user()) == []


@on_both
def test_the_funnel_counts_how_far_the_problems_of_the_call_got(
    make, session, make_run, make_match
):
    officer, call = make.officer(), make.call()
    S = ProblemState
    unseen = {"call": call, "grade": None, "published_at": None}
    make.problem(S.DRAFT, **{**unseen, "submitted_at": None})
    make.problem(S.SUBMITTED, **unseen)
    make.problem(S.SCREENING, **unseen)
    make.problem(S.RETURNED, **unseen)
    make.problem(S.SUBMITTED, **unseen, office_note="Returned once before.")
    make.problem(S.WITHDRAWN, **unseen)
    make.problem(S.GRADED, call=call, published_at=None)
    make.problem(S.CLOSED, call=call)
    matched = make.problem(S.PUBLISHED, call=call)
    other = make.problem(S.PUBLISHED, call=call)
    make.problem()  # Of another call.
    run = make_run(call)
    make_match(run, matched, make.team())
    make_match(run, matched, make.team())
    make_match(run, other, make.team(), (MatchAction.DECLINE,))
    counts = {stage.name: stage.count for stage in dashboard.funnel(session, officer, call)}
    assert counts == {"collected": 9, "screened": 6, "graded": 4, "published": 3, "matched": 1}


@on_both
def test_the_current_call_is_the_one_opened_last(make, session):
    officer = make.officer()
    assert dashboard.current_call(session, officer) is None
    far = make.call(opens_at=datetime(2098, 1, 1, tzinfo=UTC))
    next_one = make.call(opens_at=datetime(2097, 1, 1, tzinfo=UTC))
    assert dashboard.current_call(session, officer) is next_one
    make.call(opens_at=datetime(2020, 1, 1, tzinfo=UTC))
    latest = make.call(opens_at=datetime(2021, 1, 1, tzinfo=UTC))
    assert dashboard.current_call(session, officer) is latest
    assert far.opens_at > next_one.opens_at


@on_both
def test_the_front_page_counts_what_is_open_to_everybody(make, session, make_run, make_match):
    organization, call = make.organization(), make.call()
    same = {"organization": organization, "call": call}
    older = make.problem(**same, published_at=utcnow() - timedelta(days=3))
    newer = make.problem(**same)
    make.problem(**same, deadline_at=utcnow() - timedelta(days=1))
    make.problem(ProblemState.SUBMITTED)
    team = make.team()
    make.team(is_public=False)
    make_match(make_run(call), newer, team, (*TOLD, MatchAction.ACCEPT))
    front = front_page(session)
    assert front.problems == [newer, older]
    counts = (front.n_open, front.n_organizations, front.n_teams, front.n_interested)
    assert counts == (2, 1, 1, 1)


def test_a_desk_takes_the_same_queries_however_much_is_on_it(
    make, session, engine, make_run, make_match
):
    user = make.user(Role.OFFICER)
    organization, call = make.organization(user), make.call()
    run = make_run(call)

    def fill():
        problem = make.problem(organization=organization, call=call)
        make.problem(ProblemState.SUBMITTED, call=call)
        make_match(run, problem, make.team())
        make_match(run, make.problem(call=call), make.team(user))
        make_run(call, MatchRunState.DONE)
        make.save(
            Invitation(
                email=user.email,
                inviter=user,
                team=make.team(),
                token_hash=str(problem.id),
                expires_at=utcnow() + timedelta(days=2),
            )
        )

    def count():
        session.commit()
        session.expire_all()
        _touch(user)
        seen = []
        note = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", note)
        desk = dashboard.desk(session, user)
        for match in desk.recommended:
            assert "" not in (match.problem.title("en"), match.team.name("en"))
        for problem in (*desk.problems, *desk.office.waiting):
            assert problem.organization.name("en")
        for invitation in desk.invitations:
            assert "" not in (invitation.team.name("en"), invitation.inviter.name)
        for one in desk.office.runs:
            assert one.call.name("en")
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    fill()
    once = count()
    for _number in range(3):
        fill()
    assert count() == once


def _touch(user):
    """Load what every request has loaded of the person."""
    assert len(user.roles) == len(user.organization_ids) == 1
    assert user.team_ids
