"""Allocations: started, carried out, impossible, cancelled, compared, deployed, undone; every refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    JobCancelled,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    Allocation,
    AllocationPlace,
    ApplicationReview,
    AuditEvent,
    LockKind,
    OrganizationSize,
    PairRule,
    PairRuleKind,
    PlaceOutcome,
    ReviewAssignment,
    Role,
    User,
)
from matchmaker.policies.allocation import may_read_allocations, visible_allocations
from matchmaker.queries import allocation as queries
from matchmaker.queries import allocation_place as place_queries
from matchmaker.queries.allocation_comparison import compare
from matchmaker.services import allocation as service
from matchmaker.services.allocation_candidates import combined
from matchmaker.services.allocation_config import (
    Aim,
    AllocationConfig,
    Basis,
    GroupFloor,
    GroupKind,
)
from matchmaker.services.allocation_solving import carry_out
from matchmaker.services.context import Context
from matchmaker.workflows.allocation import AllocationState
from matchmaker.workflows.application import ApplicationAction, ApplicationState
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.review_assignment import (
    REVIEW_ASSIGNMENT_WORKFLOW,
    ReviewAssignmentState,
)
from tests.allocations import Round, add_application, add_match, make_round
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
TOTAL = AllocationConfig(aim=Aim.TOTAL)


@pytest.fixture
def call_round(make: Factory, session: Session) -> Round:
    return make_round(make, session)


@pytest.fixture
def allot(
    ctx: Ctx, session: Session, run_jobs: Callable[[], int], call_round: Round
) -> Callable[..., Allocation]:
    """Start an allocation with some configuration and let the worker do it."""

    def do(config: AllocationConfig = TOTAL) -> Allocation:
        found = service.start_allocation(ctx(call_round.office), call_round.call.id, config)
        session.commit()
        run_jobs()
        session.expire_all()
        return found

    return do


def places(session: Session, allocation: Allocation) -> dict[tuple[int, int], AllocationPlace]:
    rows = place_queries.all_places(session, allocation)
    return {(row.problem_id, row.team_id): row for row in rows}


def placed(session: Session, allocation: Allocation) -> list[tuple[int, int]]:
    found = places(session, allocation)
    return [pair for pair, row in found.items() if row.outcome is PlaceOutcome.PLACED]


def test_places_teams_and_says_why_the_others_were_not(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    found = allot()

    assert found.state is AllocationState.DONE
    assert call_round.names(placed(session, found)) == ["P1-B", "P2-A"]
    rows = places(session, found)
    left = rows[call_round.pair("P1", "A")]
    assert (left.outcome, left.because, left.turn) == (PlaceOutcome.RESERVE, "team_elsewhere", 1)
    assert rows[call_round.pair("P1", "C")].because == "problem_full"
    assert (left.rank, left.team_rank, left.score, left.match_score) == (1, 1, 90.0, 90.0)
    figures = found.result
    assert figures["total"] == 130.0
    assert (figures["n_problems"], figures["n_wanted"], figures["n_placed"]) == (2, 2, 2)
    assert figures["worst"] == [*call_round.pair("P1", "B"), 50.0]
    assert (figures["top_three"], figures["is_optimal"], figures["gap"]) == (2, True, 0.0)
    assert figures["made_of"] == {"both": 0, "match_only": 5, "review_only": 0}
    assert [stage["name"] for stage in figures["stages"]] == ["total"]


def test_same_input_gives_same_fingerprint_and_places(
    allot: Callable[..., Allocation], session: Session
) -> None:
    first, second, other = allot(), allot(), allot(replace(TOTAL, minimum=20))

    assert first.fingerprint == second.fingerprint != other.fingerprint
    assert placed(session, first) == placed(session, second)


def test_a_minimum_leaves_weak_pairs_out(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    found = allot(replace(TOTAL, minimum=60, reserves=0))

    rows = places(session, found)
    assert call_round.names(placed(session, found)) == ["P1-A"]
    assert rows[call_round.pair("P1", "B")].because == "below_minimum"
    assert rows[call_round.pair("P2", "A")].because == "team_elsewhere"
    assert {row.outcome for row in rows.values()} == {PlaceOutcome.PLACED, PlaceOutcome.LEFT_OUT}


def test_impossible_limits_are_told_with_numbers(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    call_round.problems["P1"].organization.size = OrganizationSize.SMALL
    floors = (
        GroupFloor(GroupKind.REGION, "central", 2),
        GroupFloor(GroupKind.SIZE, "small", 1),
    )
    session.commit()

    found = allot(replace(TOTAL, minimum=85, floors=floors))

    assert found.state is AllocationState.FAILED
    assert service.load_failure(found) is None
    changes = [remedy["changes"] for remedy in found.result["remedies"]]
    assert [len(change) for change in changes] == [1, 1]
    by_limit = {change[0]["limit"]: change[0] for change in changes}
    floor, minimum = by_limit["floor"], by_limit["minimum"]
    assert (floor["group"], floor["now"], floor["needed"]) == ("region:central", 2, 1)
    assert (minimum["now"], minimum["needed"]) == (85, 50.0)


def test_who_cannot_be_placed_is_named_with_the_reason(
    allot: Callable[..., Allocation], session: Session, call_round: Round, make: Factory
) -> None:
    call_round.teams["C"].archived_at = utcnow()
    call_round.teams["B"].capacity = 0
    call_round.teams["A"].organization = call_round.problems["P2"].organization
    rule = PairRule(kind=PairRuleKind.BAN, reason="x", user_id=call_round.office.id)
    rule.problem_id, rule.team_id = call_round.pair("P1", "A")
    session.add(rule)
    session.commit()

    rows = places(session, allot())

    codes = {call_round.names([pair])[0]: row.because for pair, row in rows.items()}
    assert codes == {
        "P1-A": "banned",
        "P1-B": "no_capacity",
        "P1-C": "archived",
        "P2-A": "conflict",
        "P2-B": "no_capacity",
    }


def test_locks_are_kept_when_the_allocation_is_made_again(
    allot: Callable[..., Allocation], ctx: Ctx, session: Session, call_round: Round
) -> None:
    before = allot()
    office = ctx(call_round.office)
    pin = service.lock_place(
        office, *call_round.pair("P2", "B"), LockKind.PIN, reason="They know the plant"
    )
    service.lock_place(office, *call_round.pair("P1", "A"), LockKind.BAN, reason="No time")
    session.commit()

    after = allot()

    assert call_round.names(placed(session, after)) == ["P1-C", "P2-B"]
    rows = places(session, after)
    assert rows[call_round.pair("P2", "B")].is_locked
    assert rows[call_round.pair("P1", "A")].because == "banned"

    comparison = compare(session, before, after)
    told = {
        move.team.name("en"): [
            reason.text % {**reason.params, "problem": reason.params["problem"].title("en")}
            for reason in move.reasons
        ]
        for move in comparison.moves
    }
    assert told["Team A"] == [
        f"its place on “Problem P2” went to {call_round.teams['B']} (fit 10.0)"
    ]
    assert told["Team B"][1] == "the office has set it for “Problem P2”"
    assert told["Team C"] == ["follows from what moved elsewhere, for “Problem P1”"]
    assert comparison.n_same == 0

    service.unlock_place(office, pin.id)
    session.commit()
    assert call_round.names(placed(session, allot())) == ["P1-B", "P2-A"]


def test_comparison_tells_changed_fits_new_and_lost_candidates(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    before = allot()
    matches = {
        (match.problem_id, match.team_id): match
        for match in session.scalars(sa.select(type(add_match(session, call_round, "P2", "C", 99))))
    }
    matches[call_round.pair("P1", "B")].score = 2.0
    session.delete(matches[call_round.pair("P2", "A")])
    session.commit()

    comparison = compare(session, before, allot())

    told = {move.team.name("en"): [r.text for r in move.reasons] for move in comparison.moves}
    assert told == {
        "Team A": [
            "no longer a candidate for “%(problem)s”",
            "follows from what moved elsewhere, for “%(problem)s”",
        ],
        "Team B": ["its fit to “%(problem)s” went from %(before)s to %(after)s"],
        "Team C": ["a new candidate for “%(problem)s”"],
    }


def test_reviewers_scores_make_up_their_share(
    allot: Callable[..., Allocation], session: Session, call_round: Round, make: Factory
) -> None:
    for team, total in (("A", 60.0), ("B", 90.0)):
        application = add_application(
            session, call_round, "P1", team, ApplicationState.UNDER_REVIEW
        )
        seat = ReviewAssignment(
            application=application, reviewer=make.user(), place=1, due_at=utcnow()
        )
        for action in REVIEW_ASSIGNMENT_WORKFLOW.path(ReviewAssignmentState.SUBMITTED):
            seat.apply(action)
        seat.submitted_at = utcnow()
        seat.review = ApplicationReview(total=total, submitted_at=utcnow(), points={"goal": 3})
        session.add(seat)
    session.commit()

    found = allot(AllocationConfig(basis=Basis.APPLICATIONS, review_share=100, aim=Aim.TOTAL))

    rows = places(session, found)
    assert {call_round.names([pair])[0]: row.score for pair, row in rows.items()} == {
        "P1-A": 60.0,
        "P1-B": 90.0,
    }
    assert call_round.names(placed(session, found)) == ["P1-B"]
    half = places(session, allot(AllocationConfig(review_share=50)))
    assert half[call_round.pair("P1", "A")].score == 75.0
    assert half[call_round.pair("P1", "C")].score == 30.0


@pytest.mark.parametrize(
    ("match", "review", "share", "fit"),
    [
        (40.0, 80.0, 25, 50.0),
        (40.0, None, 25, 40.0),
        (None, 80.0, 25, 80.0),
        (None, 80.0, 0, None),
        (40.0, None, 100, None),
        (None, None, 50, None),
    ],
)
def test_fit_is_made_of_what_there_is(
    match: float | None, review: float | None, share: int, fit: float | None
) -> None:
    assert combined(match, review, share) == fit


def test_a_place_that_was_offered_is_kept(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    add_application(session, call_round, "P2", "B", ApplicationState.OFFERED)

    found = allot(replace(TOTAL, minimum=60))

    row = places(session, found)[call_round.pair("P2", "B")]
    assert (row.outcome, row.is_locked) == (PlaceOutcome.PLACED, True)
    assert call_round.names(placed(session, found)) == ["P1-A", "P2-B"]


def test_deployed_allocation_proposes_an_outcome_for_every_application(
    allot: Callable[..., Allocation], ctx: Ctx, session: Session, call_round: Round
) -> None:
    applications = {
        name: add_application(session, call_round, *name.split("-"), ApplicationState.UNDER_REVIEW)
        for name in ("P1-A", "P1-B", "P2-A")
    }
    found = allot(replace(TOTAL, reserves=1))
    assert queries.deployed(session, call_round.call.id) == []

    service.deploy_allocation(ctx(call_round.office), found.id, version=found.version)
    applications["P1-B"].apply(ApplicationAction.WITHDRAW)
    applications["P1-B"].withdrawn_at = utcnow()
    add_application(session, call_round, "P2", "C")
    session.commit()

    told = {
        call_round.names([(one.place.problem_id, one.place.team_id)])[0]: one
        for one in queries.deployed(session, call_round.call.id)
    }
    assert {name: one.proposal for name, one in told.items()} == {
        "P1-A": "waitlist",
        "P1-B": "offer",
        "P1-C": "decline",
        "P2-A": "offer",
        "P2-B": "waitlist",
    }
    assert told["P1-A"].application_id == applications["P1-A"].id
    assert [name for name, one in told.items() if not one.is_live] == ["P1-B"]
    changed = queries.changed_since(session, found)
    assert [row.team.name("en") for row in changed.withdrawn] == ["Team B"]
    assert changed.n_new == 1


def test_deploying_another_takes_the_first_back_until_teams_were_told(
    allot: Callable[..., Allocation], ctx: Ctx, session: Session, call_round: Round
) -> None:
    application = add_application(session, call_round, "P2", "A", ApplicationState.SHORTLISTED)
    office = ctx(call_round.office)
    first, second = allot(), allot(replace(TOTAL, minimum=20))

    service.deploy_allocation(office, first.id, version=first.version)
    session.commit()
    service.deploy_allocation(office, second.id, version=second.version)
    session.commit()
    assert (first.state, second.state) == (AllocationState.UNDONE, AllocationState.DEPLOYED)

    service.undo_allocation(office, second.id, version=second.version, reason=" Too early ")
    session.commit()
    assert (second.state, second.undo_reason) == (AllocationState.UNDONE, "Too early")
    service.deploy_allocation(office, second.id, version=second.version)
    application.apply(ApplicationAction.OFFER)
    application.decided_at = utcnow()
    session.commit()

    with pytest.raises(Conflict, match="Teams have heard"):
        service.undo_allocation(office, second.id, version=second.version, reason="x")
    with pytest.raises(Conflict, match="Teams have heard"):
        service.deploy_allocation(office, first.id, version=first.version)
    events = session.scalars(
        sa.select(AuditEvent.action)
        .where(AuditEvent.subject_type == "Allocation")
        .order_by(AuditEvent.id)
    ).all()
    assert events == [
        "allocation:start",
        "allocation:start",
        "allocation:deploy",
        "allocation:undo",
        "allocation:deploy",
        "allocation:undo",
        "allocation:deploy",
    ]


def test_refusals_of_the_wrong_moment(
    allot: Callable[..., Allocation], ctx: Ctx, session: Session, call_round: Round, make: Factory
) -> None:
    office = ctx(call_round.office)
    waiting = service.start_allocation(office, call_round.call.id, TOTAL)
    session.commit()

    with pytest.raises(Conflict, match="under way already"):
        service.start_allocation(office, call_round.call.id, TOTAL)
    with pytest.raises(InvalidTransition):
        service.deploy_allocation(office, waiting.id, version=waiting.version)
    service.cancel_allocation(office, waiting.id)
    session.commit()
    assert waiting.state is AllocationState.CANCELLED
    assert waiting.job is not None
    assert waiting.job.state is JobState.CANCELLED
    with pytest.raises(InvalidTransition):
        service.cancel_allocation(office, waiting.id)
    with pytest.raises(Conflict, match="nothing to allocate"):
        service.start_allocation(office, make.call().id, TOTAL)

    done = allot()
    with pytest.raises(StaleVersion, match="Look at it again"):
        service.deploy_allocation(office, done.id, version=done.version - 1)
    with pytest.raises(InvalidTransition):
        service.undo_allocation(office, done.id, version=done.version, reason="x")
    with pytest.raises(InvalidInput) as raised:
        service.undo_allocation(office, done.id, version=done.version, reason="  ")
    assert str(raised.value.fields["reason"][0]) == "Please give a reason."


def test_refuses_numbers_out_of_range(ctx: Ctx, call_round: Round) -> None:
    south = GroupFloor(GroupKind.REGION, "south", -1)
    for values, fields in (
        ({"rounds": 6}, ["rounds"]),
        ({"review_share": 101, "minimum": -1}, ["minimum", "review_share"]),
        ({"at_least": 21, "capacity_at_most": 0, "reserves": -1}, None),
        ({"floors": (south,)}, ["region_south"]),
    ):
        given: dict[str, Any] = dict(values)
        with pytest.raises(InvalidInput) as raised:
            service.start_allocation(
                ctx(call_round.office), call_round.call.id, AllocationConfig(**given)
            )
        assert sorted(raised.value.fields) == (fields or sorted(given))


def test_a_cancelled_or_lost_allocation_leaves_nothing(
    ctx: Ctx,
    session: Session,
    call_round: Round,
    engine: sa.Engine,
) -> None:
    sessions: sessionmaker[Session] = make_sessions(engine)
    office = ctx(call_round.office)
    found = service.start_allocation(office, call_round.call.id, AllocationConfig())
    session.commit()

    def stop(done: int, total: int) -> None:
        if done > 50:
            raise AssertionError("never reached")
        with sessions() as other:
            row = other.get_one(Allocation, found.id)
            if row.state is AllocationState.RUNNING:
                service.cancel_allocation(
                    Context(other, office.settings, other.get(User, call_round.office.id)),
                    found.id,
                )
                other.commit()
        raise JobCancelled

    with pytest.raises(JobCancelled):
        carry_out(sessions, found.id, progress=stop)
    with pytest.raises(JobCancelled):
        carry_out(sessions, found.id, progress=lambda done, total: None)
    session.expire_all()
    assert found.state is AllocationState.CANCELLED
    assert place_queries.all_places(session, found) == []

    dead = service.start_allocation(office, call_round.call.id, TOTAL)
    session.commit()
    dead.job = None
    session.commit()
    assert "fault of the program" in str(service.load_failure(dead))
    service.start_allocation(office, call_round.call.id, TOTAL)
    assert dead.state is AllocationState.FAILED


@pytest.mark.parametrize("role", [None, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_officers_decide(
    allot: Callable[..., Allocation],
    ctx: Ctx,
    session: Session,
    call_round: Round,
    make: Factory,
    role: Role | None,
) -> None:
    done = allot()
    actor = make.user(*([role] if role else []))
    other = ctx(actor)
    reads = role is Role.ADMINISTRATOR

    assert (may_read_allocations(actor) is None) is reads
    seen = session.scalars(sa.select(Allocation.id).where(visible_allocations(actor))).all()
    assert seen == ([done.id] if reads else [])
    with pytest.raises(PermissionDenied, match="Only programme officers allocate"):
        service.start_allocation(other, call_round.call.id, TOTAL)
    with pytest.raises(PermissionDenied, match="Only programme officers allocate"):
        service.lock_place(other, *call_round.pair("P1", "A"), LockKind.PIN, reason="x")
    refused: type[Exception] = PermissionDenied if reads else NotFound
    for attempt in (
        lambda: service.cancel_allocation(other, done.id),
        lambda: service.deploy_allocation(other, done.id, version=done.version),
        lambda: service.undo_allocation(other, done.id, version=done.version, reason="x"),
    ):
        with pytest.raises(refused):
            attempt()


def test_pages_of_problems_begin_with_those_without_a_team(
    allot: Callable[..., Allocation], session: Session, call_round: Round, make: Factory
) -> None:
    lonely = make.problem(call=call_round.call, title_en="Lonely")

    found = allot()
    page = place_queries.problem_lines(session, found, number=9)

    assert [line.problem.title("en") for line in page.items] == [
        "Lonely",
        "Problem P1",
        "Problem P2",
    ]
    assert [(line.n_wanted, line.n_open, line.n_candidates) for line in page.items] == [
        (1, 1, 0),
        (1, 0, 3),
        (1, 0, 2),
    ]
    assert (page.number, page.total) == (1, 3)
    assert place_queries.problem_places(session, found, lonely.id) == []
    with pytest.raises(NotFound):
        place_queries.problem_places(session, found, 999_999)


def test_matches_the_office_declined_are_no_candidates(
    allot: Callable[..., Allocation], session: Session, call_round: Round
) -> None:
    add_match(session, call_round, "P2", "C", 99.0, MatchState.DECLINED)
    session.commit()

    assert call_round.pair("P2", "C") not in places(session, allot())
    only = allot(AllocationConfig(basis=Basis.APPLICATIONS))
    assert places(session, only) == {}
    assert only.state is AllocationState.DONE
