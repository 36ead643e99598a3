"""Reviewing applications: who may read what in which phase, readers, points, third reader, faults."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    ApplicationPreference,
    DeclaredConflict,
    MemberRole,
    OrganizationMember,
    OutboxMessage,
    RecusalCause,
    ReviewAssignment,
    ReviewerProfile,
    ReviewRelation,
    ReviewRound,
    Role,
    TeamMember,
    WithdrawalCause,
)
from matchmaker.policies import application_conflict as conflict
from matchmaker.policies import conflict as problem_conflict
from matchmaker.queries import application_preference as preferences
from matchmaker.queries import application_review as queries
from matchmaker.queries import review_candidate
from matchmaker.queries.application_reading import read_application
from matchmaker.services import (
    application_preference,
    application_review,
    application_withdrawal,
    review_assignment,
    review_relation,
    review_round,
    review_sweep,
    reviewer_leaving,
)
from matchmaker.services.review_relation import RelationValues
from matchmaker.services.review_round import RoundValues
from matchmaker.workflows.application import ApplicationAction, ApplicationState
from matchmaker.workflows.review_assignment import ReviewAssignmentState as S
from matchmaker.workflows.review_round import ReviewRoundState
from tests import reviewing
from tests.backends import on_both
from tests.reviewing import hand_in, reviewer, values


@pytest.fixture
def world(make, ctx):
    return reviewing.build(make)


@pytest.fixture
def started(world, ctx):
    return reviewing.start(world, ctx)


def why_not(session, person, application):
    session.expire_all()
    return conflict.why_not_judge(session, person, application)


def letters(session, kind, person=None):
    statement = sa.select(OutboxMessage).where(OutboxMessage.kind == f"application_review.{kind}")
    return [m for m in session.scalars(statement) if person is None or m.user_id == person.id]


# --- Who stands too near -----------------------------------------------------------------------


def test_every_tie_is_found_with_its_reason(world, session, make, ctx):
    person, application, team = world.reviewers[0], world.application, world.team
    assert why_not(session, person, application) is None

    def with_row(row):
        make.save(row)
        found = why_not(session, person, application)
        session.delete(row)
        session.commit()
        return found

    lead = MemberRole.LEAD
    assert with_row(TeamMember(team=team, user=person, role=lead)) == conflict.IN_TEAM
    house = team.organization
    assert with_row(OrganizationMember(organization=house, user=person)) == conflict.IN_TEAM
    declared = DeclaredConflict(organization=house, user=person, reason="shares")
    assert with_row(declared) == conflict.RELATED
    member = world.team.members[1].user
    elsewhere = make.organization(member)
    shared = OrganizationMember(organization=elsewhere, user=person)
    assert with_row(shared) == conflict.CO_MEMBER
    club = make.team(member)
    assert with_row(TeamMember(team=club, user=person)) == conflict.CO_MEMBER
    setting = OrganizationMember(organization=world.problem.organization, user=person)
    assert with_row(setting) == problem_conflict.SAME_ORGANIZATION


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("a@lab.harriershade.example", conflict.TEAM_HOUSE),
        ("a@owner.example", problem_conflict.SAME_HOUSE),
        ("a@gmail.com", None),
    ],
)
def test_a_shared_house_counts_and_free_mail_does_not(world, session, make, email, reason):
    person = world.reviewers[0]
    person.email = email
    session.commit()

    assert why_not(session, person, world.application) == reason


@pytest.mark.parametrize("subject", [reviewing.TEAM_ZH, reviewing.MAIL.upper()])
def test_a_declared_tie_hides_the_case_at_once_and_cannot_be_offered(
    started, session, ctx, subject
):
    person = started.reviewers[0]
    seat = started.seat(person)
    tie = RelationValues(subject=subject, kind="supervisor", reason="I taught them.")

    row = review_relation.declare(ctx(person), tie)
    again = review_relation.declare(ctx(person), tie)

    assert row.id == again.id
    assert (seat.state, seat.recusal_cause) == (S.RECUSED, RecusalCause.SUPERVISOR)
    with pytest.raises(NotFound):
        queries.get_assignment(session, person, seat.id)
    assert queries.own_assignments(session, person) == []
    assert why_not(session, person, started.application) == conflict.RELATED
    assert why_not(session, person, started.other) is None
    assert len(letters(session, "vacant", started.officer)) == 1

    review_relation.take_back(ctx(person), row.id)
    assert why_not(session, person, started.application) == conflict.STEPPED_ASIDE


def test_a_tie_needs_a_known_team_or_an_address_a_kind_and_a_reason(world, ctx):
    with pytest.raises(InvalidInput) as caught:
        review_relation.declare(ctx(world.reviewers[0]), RelationValues(subject="No such team"))

    assert set(caught.value.fields) == {"subject", "kind", "reason"}
    with pytest.raises(PermissionDenied):
        review_relation.declare(ctx(world.officer), RelationValues())
    with pytest.raises(NotFound):
        review_relation.take_back(ctx(world.reviewers[0]), 99)


# --- Who can be asked --------------------------------------------------------------------------


def test_candidates_come_by_fit_and_load_with_reasons_for_the_others(world, session, make, ctx):
    tied, foreign, full, free = (
        reviewer(make),
        reviewer(make, languages=["en"]),
        reviewer(make, capacity=0),
        world.reviewers[0],
    )
    make.save(TeamMember(team=world.team, user=tied))
    found_round = make.save(ReviewRound(call=world.call))
    fits = {str(free.id): 0.9, str(full.id): 0.99, str(world.reviewers[1].id): 0.4}
    found_round.proposal = {"fits": {str(world.application.id): fits}}
    session.commit()

    found = review_candidate.candidates(session, world.application)

    assert [one.user.id for one in found[:2]] == [free.id, world.reviewers[1].id]
    by_id = {one.user.id: one for one in found}
    assert by_id[full.id].is_full
    assert by_id[full.id].why_not is None
    assert by_id[foreign.id].why_not == review_candidate.OTHER_LANGUAGE
    assert by_id[tied.id].why_not == conflict.IN_TEAM
    assert world.officer.id not in by_id
    prepare(world, ctx)
    with pytest.raises(InvalidInput):
        review_assignment.assign(ctx(world.officer), world.application.id, tied.id)


def prepare(world, ctx, **changes):
    due = utcnow() + timedelta(days=7)
    wanted = RoundValues(**{"readers": 2, "totals_apart": 20, "due_at": due, **changes})
    found = world.make.session.scalar(sa.select(ReviewRound))
    version = found.version if found else 0
    return review_round.prepare(ctx(world.officer), world.call.id, wanted, version=version)


def test_the_matcher_proposes_readers_by_what_they_know(world, session, make, ctx, run_jobs):
    """The vision reader gets the camera problem; nobody gets more than they take."""
    vision = reviewer(make, expertise="Cameras that find scratches on metal parts", capacity=2)
    law = reviewer(make, competencies=[], sectors=["IND-FIN"], expertise="Contract law", capacity=2)
    for person in world.reviewers:
        person.role_grants.clear()
    prepare(world, ctx, readers=1)
    review_round.propose(ctx(world.officer), world.call.id)
    session.commit()
    run_jobs()
    session.expire_all()

    proposal = world.round.proposal
    for application in (world.application, world.other):
        fits = proposal["fits"][str(application.id)]
        assert fits[str(vision.id)] > fits.get(str(law.id), 0)
        assert proposal["chosen"][str(application.id)] == [vision.id]
    named = review_assignment.accept_proposal(
        ctx(world.officer), world.call.id, version=world.round.version
    )
    assert named == 2
    assert world.seat(vision).fit == proposal["fits"][str(world.application.id)][str(vision.id)]


# --- Phases ------------------------------------------------------------------------------------


def test_nobody_is_asked_before_the_start_and_everybody_once(world, session, ctx):
    office, person = ctx(world.officer), world.reviewers[0]
    with pytest.raises(Conflict):
        review_assignment.assign(office, world.application.id, person.id)
    prepare(world, ctx)
    seat = review_assignment.assign(office, world.application.id, person.id)
    assert review_assignment.assign(office, world.application.id, person.id) is seat
    assert queries.own_assignments(session, person) == []
    assert letters(session, "asked") == []

    review_round.start(office, world.call.id, version=world.round.version)
    review_round.start(office, world.call.id, version=world.round.version)

    assert [letter.user_id for letter in letters(session, "asked")] == [person.id]
    assert [row.id for row in queries.own_assignments(session, person)] == [seat.id]
    assert world.application.state is ApplicationState.UNDER_REVIEW
    assert world.other.state is ApplicationState.SUBMITTED


def test_the_start_waits_for_the_deadline_a_date_and_a_reader(world, session, ctx):
    office = ctx(world.officer)
    prepare(world, ctx)
    with pytest.raises(Conflict, match="at least one reader"):
        review_round.start(office, world.call.id, version=world.round.version)
    rules = review_round.queries.rules_of(session, world.call.id)
    review_assignment.assign(office, world.application.id, world.reviewers[0].id)
    rules.applications_close_at = utcnow() + timedelta(days=1)
    with pytest.raises(Conflict, match="can still change"):
        review_round.start(office, world.call.id, version=world.round.version)
    with pytest.raises(StaleVersion):
        review_round.start(office, world.call.id, version=99)
    for bad, where in (
        ({"readers": 0}, "readers"),
        ({"readers": 6}, "readers"),
        ({"totals_apart": 4}, "totals_apart"),
        ({"due_at": None}, "due_at"),
        ({"due_at": utcnow() - timedelta(hours=1)}, "due_at"),
    ):
        with pytest.raises(InvalidInput) as caught:
            prepare(world, ctx, **bad)
        assert set(caught.value.fields) == {where}


def test_only_officers_run_the_review_and_not_of_what_concerns_them(started, session, make, ctx):
    admin = make.user(Role.ADMINISTRATOR)
    for person in (admin, started.reviewers[0], started.owner, make.user()):
        with pytest.raises((PermissionDenied, NotFound)):
            review_round.discuss(ctx(person), started.call.id, version=started.round.version)
        with pytest.raises((PermissionDenied, NotFound)):
            review_assignment.assign(ctx(person), started.other.id, started.reviewers[2].id)
    own = make.officer()
    make.save(TeamMember(team=started.team, user=own))
    session.expire_all()
    assert [case.application.id for case in queries.cases(session, own, started.call.id)] == [
        started.other.id
    ]
    with pytest.raises(NotFound):
        queries.get_case(session, own, started.application.id)


def test_readers_see_the_others_points_in_the_discussion_alone(started, session, ctx):
    one, two, _three = started.reviewers
    first = hand_in(started, ctx, one, 4)
    hand_in(started, ctx, two, 3)
    with pytest.raises(InvalidTransition):
        application_review.remark(ctx(one), first.id, "Why 3?")
    with pytest.raises(InvalidTransition):
        application_review.revise(
            ctx(one), first.id, values(3), reason="moved", version=first.version
        )

    review_round.discuss(ctx(started.officer), started.call.id, version=started.round.version)
    said = application_review.remark(ctx(one), first.id, "Why 3?")
    assert application_review.remark(ctx(one), first.id, "Why 3?").id == said.id
    application_review.revise(ctx(one), first.id, values(3), reason="moved", version=first.version)
    with pytest.raises(InvalidInput):
        application_review.revise(ctx(one), first.id, values(3), reason="x", version=first.version)
    assert [(v.number, v.total, v.reason) for v in first.review.versions] == [
        (1, 100, ""),
        (2, 75, "moved"),
    ]
    assert len(letters(session, "discuss")) == 2

    review_round.close(ctx(started.officer), started.call.id, version=started.round.version)
    with pytest.raises(InvalidTransition, match="has ended"):
        application_review.remark(ctx(one), first.id, "Too late")
    review_round.reopen(
        ctx(started.officer), started.call.id, reason="a mistake", version=started.round.version
    )
    assert started.round.state is ReviewRoundState.DISCUSSION


def test_a_review_is_complete_or_says_what_is_missing(started, session, ctx):
    person = started.reviewers[0]
    seat = started.seat(person)
    with pytest.raises(InvalidTransition):
        application_review.save(ctx(person), seat.id, values())
    application_review.accept(ctx(person), seat.id)
    application_review.accept(ctx(person), seat.id)
    half = values(points={"RV1": 2}, recommendation="", to_team="")

    application_review.save(ctx(person), seat.id, half)

    assert (seat.review.points, seat.review.total) == ({"RV1": 2}, None)
    with pytest.raises(InvalidInput) as caught:
        application_review.submit(ctx(person), seat.id, half)
    assert set(caught.value.fields) == {"RV2", "RV3", "RV4", "RV5", "recommendation", "to_team"}
    with pytest.raises(InvalidInput) as caught:
        application_review.save(ctx(person), seat.id, values(9, to_office="x" * 4001))
    assert set(caught.value.fields) == {"RV1", "RV2", "RV3", "RV4", "RV5", "to_office"}
    with pytest.raises(NotFound):
        application_review.save(ctx(started.reviewers[1]), seat.id, values())


# --- Scores and the third reader ---------------------------------------------------------------


@on_both
def test_contradicting_readers_call_the_best_free_third_one(started, session, ctx):
    one, two, three = started.reviewers
    hand_in(started, ctx, one, 4)
    hand_in(started, ctx, two, 2)

    third = started.seat(three)

    assert (third.round, third.place, third.state) == (2, 3, S.ASSIGNED)
    assert [m.user_id for m in letters(session, "asked")].count(three.id) == 1
    hand_in(started, ctx, three, 3, recommendation="leave")
    stand = queries.standing(session, started.call.id)[started.application.id]
    assert (stand.raw, stand.n, stand.disagreement.spread) == (75, 3, 50)
    assert session.scalar(sa.select(sa.func.count(ReviewAssignment.id))) == 3


def test_without_anybody_free_the_office_is_told(started, session, ctx):
    one, two, three = started.reviewers
    three.role_grants.clear()
    hand_in(started, ctx, one, 4)
    hand_in(started, ctx, two, 4, recommendation="leave")

    assert [m.user_id for m in letters(session, "third_needed")] == [started.officer.id]


def test_standings_take_strictness_out_and_forget_who_stepped_aside(started, session, ctx):
    one, two, _three = started.reviewers
    hand_in(started, ctx, one, 4)
    hand_in(started, ctx, two, 3)
    office = ctx(started.officer)
    review_assignment.assign(office, started.other.id, one.id)
    seat = started.seat(one, started.other)
    application_review.accept(ctx(one), seat.id)
    application_review.submit(ctx(one), seat.id, values(4))

    stand, strict = queries.standings(session, started.call.id)

    assert strict[one.id] == -strict[two.id] > 0
    alone = stand[started.other.id]
    assert (alone.raw, alone.n) == (100, 1)
    assert alone.adjusted == pytest.approx(100 - strict[one.id])
    application_review.recuse(ctx(one), seat.id, RecusalCause.NO_TIME, reason="ill")
    assert started.other.id not in queries.standing(session, started.call.id)


# --- Faults ------------------------------------------------------------------------------------


def tally(**counts):
    return {**dict.fromkeys(("freed", "ended", "lapsed", "reminded"), 0), **counts}


def test_a_decision_ends_what_was_not_handed_in(started, session, ctx):
    one, two, _three = started.reviewers
    hand_in(started, ctx, one)
    for action in (ApplicationAction.SHORTLIST, ApplicationAction.OFFER):
        started.application.apply(action)
    session.commit()

    assert queries.own_assignments(session, two) == []
    assert [seat.reviewer_id for seat in queries.own_assignments(session, one)] == [one.id]
    assert queries.get_case(session, started.officer, started.application.id).lacks(5) == 0
    assert review_sweep.sweep(ctx(None)) == tally(ended=1)
    assert started.seat(two).state is S.RELEASED
    assert queries.standing(session, started.call.id)[started.application.id].n == 1


def test_a_conflict_found_halfway_hides_the_case_and_the_sweep_frees_the_seat(
    started, session, make, ctx
):
    person = started.reviewers[0]
    seat = started.seat(person)
    application_review.accept(ctx(person), seat.id)
    make.save(TeamMember(team=started.team, user=person))
    session.expire_all()

    with pytest.raises(NotFound):
        application_review.save(ctx(person), seat.id, values())
    assert queries.own_assignments(session, person) == []
    case = queries.get_case(session, started.officer, started.application.id)
    assert case.found == {seat.id: conflict.IN_TEAM}

    assert review_sweep.sweep(ctx(None)) == tally(freed=1)
    assert (seat.state, seat.end_reason) == (S.RELEASED, conflict.IN_TEAM)
    assert review_sweep.sweep(ctx(None))["freed"] == 0


def test_stepping_aside_needs_a_cause_and_holds_for_the_whole_team(started, session, make, ctx):
    person = started.reviewers[0]
    seat = started.seat(person)
    with pytest.raises(InvalidInput) as caught:
        application_review.recuse(ctx(person), seat.id, None, reason="")
    assert set(caught.value.fields) == {"cause"}

    application_review.recuse(ctx(person), seat.id, RecusalCause.RECOGNISED, reason="I know them")
    application_review.recuse(ctx(person), seat.id, RecusalCause.RECOGNISED, reason="I know them")

    assert len(letters(session, "vacant", started.officer)) == 1
    second = make.application(make.problem(call=started.call), started.team)
    assert why_not(session, person, second) == conflict.STEPPED_ASIDE
    assert why_not(session, person, started.other) is None


def test_a_withdrawn_application_leaves_every_list_and_readers_are_told(started, session, ctx):
    one, two, _three = started.reviewers
    hand_in(started, ctx, one, 4)
    lead = started.team.members[0].user

    application_withdrawal.withdraw(
        ctx(lead),
        started.application.id,
        cause=WithdrawalCause.NO_TIME,
        reason="No people left.",
        version=started.application.version,
    )

    states = {started.seat(one).state, started.seat(two).state}
    assert states == {S.RELEASED}
    assert [m.user_id for m in letters(session, "withdrawn")] == [two.id]
    for person in (one, two):
        assert queries.own_assignments(session, person) == []
    assert queries.standing(session, started.call.id) == {}
    cases = queries.cases(session, started.officer, started.call.id)
    assert [case.application.id for case in cases] == [started.other.id]


@pytest.mark.parametrize("how", ["disabled", "erased", "role"])
def test_a_closed_account_frees_its_cases(started, session, ctx, how):
    person = started.reviewers[0]
    if how == "disabled":
        person.disabled_at = utcnow()
    elif how == "erased":
        person.erase(utcnow())
    else:
        person.role_grants.clear()
    session.commit()

    case = queries.get_case(session, started.officer, started.application.id)
    assert case.found == {started.seat(person).id: problem_conflict.NOT_REVIEWER}
    assert review_sweep.sweep(ctx(None))["freed"] == 1
    assert started.seat(person).state is S.RELEASED


def test_deleting_an_account_frees_cases_and_forgets_what_was_said_of_the_person(
    started, session, make, ctx
):
    person, other = started.reviewers[:2]
    hand_in(started, ctx, other)
    about = RelationValues(subject=person.email, kind="family", reason="My brother")
    review_relation.declare(ctx(other), about)
    tie = RelationValues(subject="x@y.example", kind="family", reason="My sister")
    review_relation.declare(ctx(person), tie)

    reviewer_leaving.forget(ctx(person), person)
    reviewer_leaving.forget(ctx(other), other)

    assert started.seat(person).state is S.RELEASED
    assert started.seat(other).state is S.SUBMITTED
    assert session.scalars(sa.select(ReviewRelation)).all() == []
    left = sa.select(ReviewerProfile.user_id)
    assert session.scalars(left).all() == [started.reviewers[2].id]
    assert len(letters(session, "vacant", started.officer)) == 1


@on_both
def test_late_reviews_are_reminded_of_twice_and_then_lapse(started, session, ctx):
    def sweep(days_left):
        for seat in session.scalars(sa.select(ReviewAssignment)):
            seat.due_at = utcnow() + timedelta(days=days_left)
        session.commit()
        return review_sweep.sweep(ctx(None))

    assert sweep(5) == tally()
    assert sweep(1)["reminded"] == 2
    assert review_sweep.sweep(ctx(None))["reminded"] == 0
    for seat in session.scalars(sa.select(ReviewAssignment)):
        seat.reminded_at = utcnow() - timedelta(days=3)
    assert sweep(-1)["reminded"] == 2
    assert sweep(-8) == tally(lapsed=2)
    assert len(letters(session, "vacant", started.officer)) == 2
    person = started.reviewers[0]
    with pytest.raises(NotFound):
        application_review.accept(ctx(person), started.seat(person).id)


# --- What is read, rubric, preference ----------------------------------------------------------


def test_a_blind_text_hides_who_wrote_it_and_an_open_one_does_not(world, session):
    blind = read_application(session, world.application, "zh")
    shown = repr(blind)
    assert [mark for mark in reviewing.MARKS if mark in shown] == []
    assert reviewing.SAID in shown
    assert (blind.team, blind.organization, str(blind.people[0].name)) == ("", "", "Person 1")

    plain = read_application(session, world.application, "zh", blind=False)
    assert plain.team == reviewing.TEAM_ZH
    assert reviewing.LINK in repr(plain)


def test_the_rubric_changes_until_readers_are_asked(world, session, ctx):
    office = ctx(world.officer)
    content = review_round.queries.rubric_content(session, world.call.id)[1]
    rows = [dict(row) for row in content["criteria"]]
    rows[0]["weight"], rows[1]["weight"] = 30, 20
    with pytest.raises(InvalidInput) as caught:
        review_round.change_rubric(office, world.call.id, {"criteria": rows[:2]}, note="", seen=0)
    assert set(caught.value.fields) == {"criteria", "note"}

    made = review_round.change_rubric(
        office, world.call.id, {"criteria": rows}, note="More on understanding", seen=0
    )
    again = review_round.change_rubric(office, world.call.id, {"criteria": rows}, note="x", seen=0)
    assert (made.number, again.id) == (1, made.id)
    with pytest.raises(StaleVersion):
        review_round.change_rubric(office, world.call.id, content, note="back", seen=0)
    reviewing.start(world, ctx)
    assert world.round.rubric_number == 1
    with pytest.raises(Conflict):
        review_round.change_rubric(office, world.call.id, content, note="back", seen=1)


@on_both
def test_the_owner_says_whom_it_would_like_and_it_never_enters_a_score(started, session, make, ctx):
    owner = started.owner
    hand_in(started, ctx, started.reviewers[0], 2)
    before = queries.standing(session, started.call.id)

    row = application_preference.prefer(ctx(owner), started.application.id, "first", "", version=0)

    assert queries.standing(session, started.call.id) == before
    with pytest.raises(StaleVersion):
        application_preference.prefer(ctx(owner), started.application.id, "gladly", "", version=0)
    application_preference.prefer(
        ctx(owner), started.application.id, "rather_not", "met them", version=row.version
    )
    with pytest.raises(InvalidInput):
        application_preference.prefer(ctx(owner), started.application.id, "!", "", version=2)
    with pytest.raises(NotFound):  # Nobody has begun to review it.
        application_preference.prefer(ctx(owner), started.other.id, "first", "", version=0)
    for person in (started.officer, started.reviewers[0], make.user()):
        with pytest.raises(NotFound):
            application_preference.prefer(
                ctx(person), started.application.id, "first", "", version=0
            )
    assert session.scalar(sa.select(ApplicationPreference.words)) == "met them"
    assert [row[1] for row in preferences.problems_asked(session, owner)] == []


def test_queries_do_not_grow_with_applications(started, session, make, engine, ctx):
    def count():
        session.expire_all()
        seen = []
        sa.event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        queries.cases(session, started.officer, started.call.id)
        queries.own_assignments(session, started.reviewers[0])
        return len(seen)

    few = count()
    for _n in range(4):
        row = make.application(started.problem, make.team(make.user()))
        review_assignment.assign(ctx(started.officer), row.id, started.reviewers[0].id)
    session.commit()

    assert count() - few <= few + 4
