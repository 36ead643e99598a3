"""Applying: who may, what is checked, the deadline second, versions and receipts, leaving, decisions."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from matchmaker.assessment.application_eligibility import Rule, write_rules
from matchmaker.assessment.application_parts import DEFAULT_PARTS, parts_for, stages_of
from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    Application,
    ApplicationOrigin,
    ApplicationTwin,
    AuditEvent,
    MemberRole,
    OutboxMessage,
    PrivateCall,
    Role,
    WithdrawalCause,
)
from matchmaker.policies.application import (
    may_decide_application,
    may_read_application,
    may_start,
    visible_applications,
)
from matchmaker.queries import application as queries
from matchmaker.queries import application_twin as twins
from matchmaker.services import application as service
from matchmaker.services import application_decision as decisions
from matchmaker.services import application_receipt as receipts
from matchmaker.services import application_reminder, application_twin, team
from matchmaker.services import application_withdrawal as withdrawals
from matchmaker.services.application import ApplicationValues, PersonValues
from matchmaker.services.application_check import check
from matchmaker.workflows.application import (
    APPLICATION_WORKFLOW,
    WITHDRAWABLE_STATES,
    ApplicationAction,
    ApplicationState,
)
from tests.backends import on_both
from tests.desk import PEOPLE, around

S, A = ApplicationState, ApplicationAction
SENTENCE = "We film every part on the line and train a small model on the pictures. "


def texts(**changed):
    return {part.id: SENTENCE * 3 for part in DEFAULT_PARTS if part.kind == "text"} | changed


def write(ctx, application, user, *, parts=None, people=None, version=None):
    """*user* writes everything that is asked for."""
    people = people or [PersonValues(user_id=user.id, role="All of it", share=100)]
    values = ApplicationValues(parts=parts or texts(), people=tuple(people))
    version = application.version if version is None else version
    return service.save(ctx(user), application.id, values, version=version)


def code(refusal):
    """What a refusal says, field by field."""
    return {
        name: [message.text for message in found] for name, found in refusal.value.fields.items()
    }


@pytest.fixture
def people(make):
    """A problem with everybody around it, in a call that takes applications."""
    found = around(make)
    found.rules = make.call_rules(found.problem.call)
    return found


@pytest.fixture
def begun(people, ctx, session):
    """An application of the recommended team, written and ready to be handed in."""
    people.application = service.start(ctx(people.member), people.problem.id, people.team.id)
    write(ctx, people.application, people.member)
    session.commit()
    return people


def submit(ctx, people, version=None):
    application = people.application
    version = application.version if version is None else version
    return service.submit(ctx(people.member), application.id, version=version)


def test_who_may_begin(people, make):
    said = {name: may_start(people.person(name), people.problem) for name in PEOPLE[1:]}

    own = "This is your own problem: teams apply, and you hear who is chosen."
    assert said == {
        "stranger": "Teams apply. Join one or found one first.",
        "reviewer": "Teams apply. Join one or found one first.",
        "other": None,
        "member": None,
        "officer": "Teams apply; the programme office decides.",
        "administrator": "Teams apply. Join one or found one first.",
        "colleague": own,
        "owner": own,
    }


def test_beginning_is_refused_with_its_reason(people, ctx, make, session):
    problem, now = people.problem, utcnow()
    with pytest.raises(PermissionDenied, match="Choose one of your own teams"):
        service.start(ctx(people.member), problem.id, people.other_team.id)
    people.other_team.organization_id = people.organization.id
    with pytest.raises(PermissionDenied, match="belongs to the organization that sets"):
        service.start(ctx(people.other), problem.id, people.other_team.id)
    people.rules.applications_open_at = now + timedelta(hours=1)
    with pytest.raises(InvalidTransition, match="do not open yet"):
        service.start(ctx(people.member), problem.id, people.team.id)
    people.rules.applications_open_at = now - timedelta(days=2)
    people.rules.applications_close_at = now - timedelta(days=1)
    with pytest.raises(DeadlinePassed, match="deadline has passed"):
        service.start(ctx(people.member), problem.id, people.team.id)
    without = make.problem()
    with pytest.raises(InvalidTransition, match="takes no applications"):
        service.start(ctx(people.member), without.id, people.team.id)
    with pytest.raises(NotFound):
        service.start(ctx(people.member), 999, people.team.id)


def test_beginning_twice_is_once_and_knows_how_the_team_came(people, ctx, session):
    first = service.start(ctx(people.member), people.problem.id, people.team.id)
    again = service.start(ctx(people.member), people.problem.id, people.team.id)
    own = service.start(ctx(people.other), people.problem.id, people.other_team.id)

    assert again is first
    assert (first.origin, own.origin) == (ApplicationOrigin.RECOMMENDED, ApplicationOrigin.OWN)
    assert [(person.user_id, person.share) for person in first.people] == [(people.member.id, 100)]


def test_a_colleagues_text_is_told_of_and_never_overwritten(begun, ctx, make, session):
    application, seen = begun.application, begun.application.version
    write(ctx, application, begun.member, parts=texts(risks="Rain. " * 10))

    with pytest.raises(StaleVersion):
        write(ctx, application, begun.member, parts=texts(risks="Snow. " * 10), version=seen)
    assert application.parts["risks"].startswith("Rain.")
    again = write(ctx, application, begun.member, parts=dict(application.parts), version=seen)
    assert again is application  # The same text again is no conflict.


def test_what_cannot_be_kept_says_so(begun, ctx):
    stranger = PersonValues(user_id=begun.stranger.id, role="x", share=900, country="XX")
    with pytest.raises(InvalidInput) as refused:
        write(
            ctx, begun.application, begun.member, parts=texts(risks="x" * 5000), people=[stranger]
        )
    assert code(refused) == {
        "risks": ["This is far too long: at most %(most)s characters can be kept here."],
        "people": [
            "Only members of the team can work in it.",
            "A share is a number from 0 to 100.",
            "Choose the country from the list.",
        ],
    }
    with pytest.raises(NotFound):
        write(ctx, begun.application, begun.other)


def test_an_unready_application_is_not_handed_in(begun, ctx, session, make):
    begun.rules.eligibility = write_rules([Rule(kind="team_size", least=2)])
    person = PersonValues(user_id=begun.member.id, role="", share=50)
    write(
        ctx, begun.application, begun.member, parts=texts(risks="No", approach=""), people=[person]
    )

    with pytest.raises(InvalidInput) as refused:
        submit(ctx, begun)
    assert code(refused) == {
        "risks": ["Write at least %(least)s characters; there are %(count)s."],
        "approach": ["This part is asked for."],
        "people": ["The shares have to add up to 100.", "Say of everybody what they do in it."],
        "eligibility": ["At least %(least)s people work in it; you name %(count)s."],
    }
    assert begun.application.state is S.DRAFT


@on_both
def test_handing_in_makes_a_version_with_a_receipt_that_can_be_checked(begun, ctx, session):
    application = submit(ctx, begun)
    session.commit()
    revision = application.standing

    file = receipts.content_bytes(application, revision)
    assert revision.content_hash == hashlib.sha256(file).hexdigest() == application.content_hash
    assert application.state is S.SUBMITTED
    assert revision.people == [
        {
            "user_id": begun.member.id,
            "role": "All of it",
            "share": 100,
            "country": "TW",
            "is_student": False,
        }
    ]
    letter = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "application.received")
    ).one()
    assert letter.recipient == begun.member.email
    assert revision.content_hash in letter.body
    assert "UTC+08:00" in letter.body

    assert submit(ctx, begun, version=1) is application  # A second click.
    assert len(application.revisions) == 1
    write(ctx, application, begun.member, parts=texts(risks="Rain. " * 10))
    assert application.standing.parts["risks"].startswith("We film")  # Saved is not handed in.
    submit(ctx, begun)
    assert [row.number for row in application.revisions] == [1, 2]
    assert application.revisions[1].content_hash != revision.content_hash
    facts = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "application:submit")
    ).all()
    assert [event.data["number"] for event in facts] == [1, 2]


@pytest.mark.parametrize(("late", "taken"), [(0.0, True), (0.9, True), (1.0, False)])
def test_the_second_of_the_deadline_is_in_time(begun, ctx, session, monkeypatch, late, taken):
    close = begun.rules.applications_close_at
    at = close + timedelta(seconds=late)
    monkeypatch.setattr(service, "utcnow", lambda: at)
    monkeypatch.setattr("matchmaker.services.application_check.utcnow", lambda: at)

    if taken:
        assert submit(ctx, begun).submitted_at == close
    else:
        with pytest.raises(DeadlinePassed, match="counts as it stands"):
            submit(ctx, begun)
        with pytest.raises(DeadlinePassed):
            write(ctx, begun.application, begun.member, parts=texts(risks="Rain. " * 10))


def test_a_problem_that_closes_earlier_has_the_earlier_deadline(begun, ctx):
    begun.problem.deadline_at = utcnow() - timedelta(seconds=5)
    with pytest.raises(DeadlinePassed):
        submit(ctx, begun)


def test_only_a_lead_hands_in_what_they_have_looked_at(begun, ctx, make, session):
    from matchmaker.models import TeamMember

    junior = make.user()
    session.add(TeamMember(team=begun.team, user=junior, role=MemberRole.MEMBER))
    session.commit()
    session.expire_all()
    with pytest.raises(PermissionDenied, match="Only a lead of the team hands"):
        service.submit(ctx(junior), begun.application.id, version=begun.application.version)
    with pytest.raises(PermissionDenied, match="Only a lead of the team withdraws"):
        withdrawals.withdraw(ctx(junior), begun.application.id, cause=None, version=1)
    with pytest.raises(StaleVersion):
        submit(ctx, begun, version=begun.application.version - 1)


def test_one_team_per_person_and_so_many_applications_per_team(begun, ctx, make, session):
    submit(ctx, begun)
    begun.rules.max_applications_per_team = 1
    second = make.problem(call=begun.problem.call)
    more = service.start(ctx(begun.member), second.id, begun.team.id)
    write(ctx, more, begun.member)
    both = make.team(begun.member)
    session.expire_all()
    elsewhere = service.start(ctx(begun.member), second.id, both.id)
    write(ctx, elsewhere, begun.member)
    session.commit()

    unmet = {
        row: [v.kind for v in check(ctx(begun.member), row).verdicts if not v.met]
        for row in (more, elsewhere)
    }
    assert unmet == {more: ["per_team"], elsewhere: ["one_team"]}


def test_who_reads_an_application_before_and_after(begun, ctx, session):
    def readers():
        found = {}
        for name in PEOPLE:
            user = begun.person(name)
            seen = session.scalars(
                sa.select(Application.id).where(visible_applications(user))
            ).all()
            assert bool(seen) == (
                user is not None and may_read_application.allows(user, begun.application)
            )
            found[name] = bool(seen)
        return {name for name, sees in found.items() if sees}

    assert readers() == {"member"}
    submit(ctx, begun)
    assert readers() == {"member", "officer", "administrator"}


def test_an_officer_with_an_interest_neither_reads_nor_decides(begun, ctx, make, session):
    submit(ctx, begun)
    session.commit()
    inside = make.officer()
    make.organization(inside)
    session.commit()
    session.expire_all()
    begun.team.organization_id = next(iter(inside.organization_ids))
    session.flush()

    assert may_decide_application(inside, begun.application).startswith("You have an interest")
    with pytest.raises(NotFound):
        queries.get_application(session, inside, begun.application.id)
    assert may_decide_application(begun.officer, begun.application) is None
    assert may_decide_application(begun.administrator, begun.application) == (
        "Only programme officers decide on applications."
    )


def test_an_application_of_an_in_house_call_stays_in_the_house(begun, ctx, make, session):
    submit(ctx, begun)
    call = begun.problem.call
    session.add(PrivateCall(call=call, organization=begun.organization, state="open"))
    session.commit()
    session.expire_all()

    for user in (begun.officer, begun.administrator):
        assert not session.scalars(
            sa.select(Application.id).where(visible_applications(user))
        ).all()
        assert may_read_application(user, begun.application) == (
            "Only the team and the programme office read this application."
        )


def test_withdrawing_from_every_state(people, ctx, make, session):
    actor, cause = ctx(people.member), WithdrawalCause.NO_TIME
    for state in (*WITHDRAWABLE_STATES, S.DECLINED, S.EXPIRED):
        problem = make.problem(call=people.problem.call, organization=people.organization)
        application = make.application(problem, people.team, state)
        leave = {"cause": cause, "version": application.version}
        if state not in WITHDRAWABLE_STATES:
            with pytest.raises(InvalidTransition):
                withdrawals.withdraw(actor, application.id, **leave)
            continue
        before = session.scalar(sa.select(sa.func.count(OutboxMessage.id)))
        withdrawals.withdraw(actor, application.id, **leave)

        assert (application.state, application.withdrawal_cause) == (S.WITHDRAWN, cause)
        assert withdrawals.withdraw(actor, application.id, **leave) is application
        letters = session.scalar(sa.select(sa.func.count(OutboxMessage.id))) - before
        assert letters == (0 if state is S.DRAFT else 1)
        assert service.start(actor, problem.id, people.team.id) is not application


def test_withdrawing_says_why(people, ctx, make):
    application = make.application(people.problem, people.team)
    for cause, reason, field in ((None, "", "cause"), (WithdrawalCause.OTHER, " ", "reason")):
        with pytest.raises(InvalidInput) as refused:
            withdrawals.withdraw(
                ctx(people.member), application.id, cause=cause, reason=reason, version=1
            )
        assert list(refused.value.fields) == [field]


def test_a_team_that_breaks_up_takes_its_applications_with_it(people, ctx, make, session):
    offered = make.application(people.problem, people.team, S.OFFERED)
    declined = make.application(make.problem(call=people.problem.call), people.team, S.DECLINED)
    draft = make.application(make.problem(call=people.problem.call), people.team, S.DRAFT)

    team.archive(ctx(people.member), people.team.id)
    session.commit()

    assert [row.state for row in (offered, declined, draft)] == [
        S.WITHDRAWN,
        S.DECLINED,
        S.WITHDRAWN,
    ]
    assert offered.withdrawal_cause is WithdrawalCause.DISSOLVED
    with pytest.raises(PermissionDenied):
        service.start(ctx(people.member), people.problem.id, people.team.id)


def test_two_offers_to_a_team_with_room_for_one(people, ctx, make, session):
    one = make.application(people.problem, people.team, S.OFFERED)
    two = make.application(make.problem(call=people.problem.call), people.team, S.OFFERED)
    people.team.capacity = 1

    decisions.confirm(ctx(people.member), one.id, version=one.version)
    session.commit()
    with pytest.raises(Conflict, match="has 1 places"):
        decisions.confirm(ctx(people.member), two.id, version=two.version)
    withdrawals.withdraw(
        ctx(people.member), one.id, cause=WithdrawalCause.OTHER_PROBLEM, version=one.version
    )
    assert decisions.confirm(ctx(people.member), two.id, version=two.version).state is S.CONFIRMED


def test_every_action_of_the_office_in_every_state(people, ctx, make, session):
    people.rules.applications_open_at = utcnow() - timedelta(days=9)
    people.rules.applications_close_at = utcnow() - timedelta(days=1)
    officer = ctx(people.officer)
    for state in S:
        problem = make.problem(call=people.problem.call, organization=people.organization)
        application = make.application(problem, people.team, state)
        for action in decisions.OFFICE_ACTIONS:
            step, seen = session.begin_nested(), application.version
            act = partial(
                decisions.decide, officer, application.id, action, reason="Because.", version=seen
            )
            if state in (S.DRAFT, S.WITHDRAWN):  # Never handed in: nobody but the team knows of it.
                with pytest.raises(NotFound):
                    act()
            elif APPLICATION_WORKFLOW.can(state, action):
                assert act().state is APPLICATION_WORKFLOW.table[state, action]
            else:
                with pytest.raises(InvalidTransition):
                    act()
            step.rollback()


def test_a_decision_needs_its_reason_and_the_version_one_has_seen(people, ctx, make):
    application = make.application(people.problem, people.team, S.UNDER_REVIEW)
    officer = ctx(people.officer)
    with pytest.raises(InvalidInput) as refused:
        decisions.decide(officer, application.id, A.DECLINE, version=application.version)
    assert list(refused.value.fields) == ["reason"]
    with pytest.raises(StaleVersion):
        decisions.decide(officer, application.id, A.SHORTLIST, version=99)
    with pytest.raises(PermissionDenied):
        decisions.decide(ctx(people.member), application.id, A.SHORTLIST, version=1)


@on_both
def test_the_review_begins_after_the_deadline_only(people, ctx, make, session):
    early = make.application(people.problem, people.team)
    officer = ctx(people.officer)
    with pytest.raises(InvalidTransition, match="begins after the deadline"):
        decisions.decide(officer, early.id, A.BEGIN_REVIEW, version=early.version)
    assert (decisions.begin_review(officer, people.rules.call_id), early.state) == (0, S.SUBMITTED)
    assert decisions.ready_for_review(officer) == []
    people.rules.applications_close_at = utcnow() - timedelta(days=1)

    assert decisions.ready_for_review(officer) == [(people.problem.call, 1)]
    assert (decisions.begin_review(officer, people.rules.call_id), early.state) == (
        1,
        S.UNDER_REVIEW,
    )


def test_what_breaks_the_rules_is_turned_down_with_a_letter_and_can_be_taken_back(
    people, ctx, make, session
):
    application = make.application(people.problem, people.team)
    officer = ctx(people.officer)
    decisions.refuse_ineligible(
        officer, application.id, reason="Two people are needed.", version=application.version
    )
    session.commit()
    decisions.refuse_ineligible(officer, application.id, reason="Two people are needed.", version=1)
    decisions.take_back(
        officer, application.id, reason="They are two.", version=application.version
    )

    assert application.state is S.UNDER_REVIEW
    letters = session.execute(sa.select(OutboxMessage.kind, OutboxMessage.body)).all()
    assert [kind for kind, _ in letters] == ["application.refused", "application.reversed"]
    assert "Two people are needed." in letters[0][1]


@on_both
def test_near_copies_are_found_and_judged(people, ctx, make, session, run_jobs):
    text = (
        "The camera looks at each screw for a third of a second, and a small network marks what is odd. "
        * 3
    )
    parts = {part.id: text + part.en for part in DEFAULT_PARTS if part.kind == "text"}
    one = make.application(people.problem, people.team, parts=parts)
    two = make.application(
        people.problem, people.other_team, parts=parts | {"risks": "Rain. " * 20}
    )
    third = make.team(make.user())
    make.application(
        people.problem, third, parts={"approach": "Vibration sensors on every spindle " * 9}
    )
    assert application_twin.compare_new(ctx()) == 1
    assert application_twin.compare_new(ctx()) == 0
    session.commit()

    pair = session.scalars(sa.select(ApplicationTwin)).one()
    assert (pair.application_id, pair.other_id) == (two.id, one.id)
    assert pair.likeness > 0.8
    assert "risks" not in pair.parts
    assert pair.parts["approach"] == 1.0
    officer = ctx(people.officer)
    assert twins.to_judge(session, people.officer) == [pair]
    assert twins.to_judge(session, people.member) == []
    with pytest.raises(NotFound):
        application_twin.judge(ctx(people.member), pair.id, is_harmless=True, note="x", version=1)
    with pytest.raises(InvalidInput):
        application_twin.judge(officer, pair.id, is_harmless=True, note=" ", version=1)
    application_twin.judge(
        officer, pair.id, is_harmless=False, note="Copied.", version=pair.version
    )
    session.commit()
    assert twins.to_judge(session, people.officer) == []
    assert queries.flagged_ids(session, [one.id, two.id]) == {one.id, two.id}


@on_both
def test_drafts_are_reminded_of_twice(begun, ctx, session, monkeypatch):
    close = begun.rules.applications_close_at
    told = []
    for days in (4, 2.9, 2.5, 0.9, 0.5, -1):
        now = close - timedelta(days=days)
        monkeypatch.setattr(application_reminder, "utcnow", lambda now=now: now)
        told.append(application_reminder.remind(ctx()))
    assert told == [0, 1, 0, 1, 0, 0]


def test_which_parts_a_grade_asks_for():
    asked = {
        grade: [part.id for part in parts_for(DEFAULT_PARTS, stages_of(grade)) if part.stage]
        for grade in ("G1", "G4", None)
    }
    assert asked == {
        "G1": ["plan_poc"],
        "G4": ["plan_poc", "plan_pos", "plan_pob"],
        None: ["plan_poc", "plan_pos", "plan_pob"],
    }


def test_the_office_lists_by_what_it_looks_for(people, ctx, make, session):
    one = make.application(people.problem, people.team)
    make.application(people.problem, people.other_team, S.DRAFT)
    wanted = queries.Filter

    def found(actor, **values):
        return [row.id for row in queries.list_received(session, actor, wanted(**values)).items]

    assert found(people.officer) == [one.id]
    assert found(people.officer, state="declined") == []
    assert found(people.officer, call_id=one.call_id, problem_id=one.problem_id) == [one.id]
    assert found(people.officer, flagged=True) == []
    assert found(people.member) == []
    assert queries.count_by_state(session, people.officer, None) == {"submitted": 1}
    assert Role.OFFICER in people.officer.roles
