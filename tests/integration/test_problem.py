"""Problems: who may do what in which state, what can be kept, submitted and decided, what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.competency import Requirement
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotSignedIn,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    AuditEvent,
    OrganizationKind,
    OutboxMessage,
    Problem,
    Role,
)
from matchmaker.policies.problem import (
    may_create,
    may_read_contact,
    may_read_decisions,
    possible_actions,
)
from matchmaker.queries import problem as problems
from matchmaker.services import problem as service
from matchmaker.services.context import Context
from matchmaker.services.problem import DeclineReason
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

S, A = ProblemState, ProblemAction

TEXT_ZH = "產線目前以目視檢查金屬零件，容易漏看細小刮痕，希望以相機與模型即時找出瑕疵。" * 3
TEXT_EN = "Workers look for scratches on metal parts by eye and miss some of them. " * 4

VALUES = ProblemValues(
    title_zh="金屬零件刮痕檢測",
    title_en="Scratches on metal parts",
    text_zh=TEXT_ZH,
    text_en=TEXT_EN,
    sector="IND-MET",
    region="south",
    techniques=("computer vision", "深度學習"),
    requirements=(Requirement("PER-CV", 3, 3), Requirement("FND-DL", 2, 2)),
    data_formats=("PNG",),
    data_volume="12,000",
    has_personal_data=False,
    teams_wanted=2,
    deadline_at=datetime(2099, 1, 1, 9, tzinfo=UTC),
    contact_name="Lin",
    contact_email="lin@example.com",
)

NOT_OWNER = "Only members of the organization that sets this problem may do this."
NOT_OFFICER = "Only programme officers decide on problems."
CONFLICT = (
    "You belong to the organization that sets this problem: "
    "another programme officer has to decide."
)

CALLS = {
    A.SUBMIT: lambda ctx, key: service.submit(ctx, key),
    A.WITHDRAW: lambda ctx, key: service.withdraw(ctx, key, reason="no data"),
    A.SCREEN: lambda ctx, key: service.screen(ctx, key),
    A.GRADE: lambda ctx, key: service.grade(ctx, key, "G2", reason="fits"),
    A.RETURN: lambda ctx, key: service.return_to_owner(ctx, key, note="measure it"),
    A.DECLINE: lambda ctx, key: service.decline(ctx, key, reasons=[DeclineReason.SOLVED]),
    A.PUBLISH: lambda ctx, key: service.publish(ctx, key),
    A.START_SOLVING: lambda ctx, key: service.start_solving(ctx, key),
    A.EVALUATE: lambda ctx, key: service.evaluate(ctx, key),
    A.CLOSE: lambda ctx, key: service.close(ctx, key, reason="done"),
    A.ARCHIVE: lambda ctx, key: service.archive(ctx, key),
}
OWNERS_ACTIONS = {A.SUBMIT, A.WITHDRAW}
PUBLIC = {S.PUBLISHED, S.SOLVING, S.EVALUATING, S.CLOSED}

#: Role -> the reason against the owner's actions, the reason against the office's.
REFUSALS = {
    "owner": (None, NOT_OFFICER),
    "other enterprise": (NOT_OWNER, NOT_OFFICER),
    "team member": (NOT_OWNER, NOT_OFFICER),
    "officer": (NOT_OWNER, None),
    "officer of the owner": (None, CONFLICT),
    "reviewer": (NOT_OWNER, NOT_OFFICER),
    "mentor": (NOT_OWNER, NOT_OFFICER),
    "broker": (NOT_OWNER, NOT_OFFICER),
    "association": (NOT_OWNER, NOT_OFFICER),
    "administrator": (NOT_OWNER, NOT_OFFICER),
}
#: Those who know of what was received; the broker of the one problem they coach.
OFFICE = {"officer", "administrator", "broker"}
#: In coaching the office writes with the owner, but not an officer who belongs to the owner.
WRITABLE = {
    "owner": (S.DRAFT, S.RETURNED),
    "officer of the owner": (S.DRAFT, S.RETURNED),
    "officer": (S.SCREENING, S.RETURNED),
    "broker": (S.SCREENING, S.RETURNED),
}
INSIDE = {"owner", "officer of the owner"}


@pytest.fixture
def world(make):
    """An owner with a lead, and somebody in every role."""
    lead, dual = make.user(name="Lead"), make.officer()
    people = {
        "owner": lead,
        "other enterprise": make.user(),
        "team member": make.user(),
        "officer": make.officer(),
        "officer of the owner": dual,
        "reviewer": make.user(Role.REVIEWER),
        "mentor": make.user(Role.MENTOR),
        "broker": make.user(Role.MENTOR),
        "association": make.user(Role.ASSOCIATION),
        "administrator": make.user(Role.ADMINISTRATOR),
    }
    make.organization(people["other enterprise"])
    make.team(people["team member"])
    return people, make.organization(lead, dual)


def visible(role: str, state: ProblemState) -> bool:
    return role in INSIDE or state in PUBLIC or (role in OFFICE and state is not S.DRAFT)


def a_problem(make, organization, state, **values):
    """A problem in *state*; one that is being screened is listed, so that it can be graded."""
    given = {"text_zh": TEXT_ZH, "author_id": None, "organization": organization, **values}
    problem = make.problem(state, **given)
    if state is S.SCREENING:
        make.listed(problem)
    return problem


def a_coached_problem(make, people, organization, state):
    problem = a_problem(make, organization, state)
    make.broker(problem, people["broker"])
    return problem


@pytest.mark.parametrize("state", S)
def test_every_action_of_every_role_in_a_state(world, make, ctx, session, state):
    people, organization = world
    key = a_coached_problem(make, people, organization, state).id
    for role, action in product(REFUSALS, A):
        refusal = REFUSALS[role][0 if action in OWNERS_ACTIONS else 1]
        context = ctx(people[role])
        if not visible(role, state):
            with pytest.raises(NotFound):
                CALLS[action](context, key)
        elif refusal is not None:
            with pytest.raises(PermissionDenied) as denied:
                CALLS[action](context, key)
            assert str(denied.value) == refusal, (role, action)
        elif (state, action) not in PROBLEM_WORKFLOW.table:
            with pytest.raises(InvalidTransition) as wrong:
                CALLS[action](context, key)
            assert wrong.value.message.params["state"] == PROBLEM_WORKFLOW.labels[state].staff
        else:
            problem = CALLS[action](context, key)
            assert problem.state is PROBLEM_WORKFLOW.table[state, action]
        session.rollback()
        assert session.get(Problem, key).state is state


@pytest.mark.parametrize("state", S)
def test_visitors_may_only_look(make, session, settings, state):
    key = a_problem(make, make.organization(), state).id
    for action in A:
        with pytest.raises(NotSignedIn if state in PUBLIC else NotFound):
            CALLS[action](Context(session, settings, None), key)


@pytest.mark.parametrize("state", S)
def test_who_may_edit_in_a_state(world, make, ctx, session, state):
    people, organization = world
    key = a_coached_problem(make, people, organization, state).id
    for role in REFUSALS:
        context = ctx(people[role])
        if not visible(role, state):
            with pytest.raises(NotFound):
                service.update(context, key, VALUES)
        elif role not in WRITABLE:
            with pytest.raises(PermissionDenied, match=NOT_OWNER):
                service.update(context, key, VALUES)
        elif state not in WRITABLE[role]:
            with pytest.raises(InvalidTransition, match="can no longer be changed"):
                service.update(context, key, VALUES)
        else:
            assert service.update(context, key, VALUES).title_en == "Scratches on metal parts"
        session.rollback()


@pytest.mark.parametrize("state", S)
def test_what_is_offered_is_what_succeeds(world, make, state):
    people, organization = world
    problem = a_problem(make, organization, state)
    possible = {action for (source, action) in PROBLEM_WORKFLOW.table if source is state}
    assert set(possible_actions(people["owner"], problem)) == possible & OWNERS_ACTIONS
    assert set(possible_actions(people["officer"], problem)) == possible - OWNERS_ACTIONS
    assert set(possible_actions(people["officer of the owner"], problem)) == (
        possible & OWNERS_ACTIONS
    )
    for role in ("team member", "reviewer", "mentor", "association", "administrator"):
        assert possible_actions(people[role], problem) == []
    assert possible_actions(None, problem) == []


def test_who_sees_contact_and_decisions(world, make):
    people, organization = world
    problem = a_problem(make, organization, S.PUBLISHED)
    knows = {role for role, user in people.items() if may_read_contact(user, problem) is None}
    assert knows == {"owner", "officer", "officer of the owner", "administrator"}
    reads = {role for role, user in people.items() if may_read_decisions(user, problem) is None}
    assert reads == {"officer", "officer of the owner", "administrator"}
    assert may_read_contact(people["mentor"], problem) == (
        "The contact is known to the owner and the programme office only."
    )
    assert may_read_decisions(people["owner"], problem) == (
        "The record of decisions is the programme office's."
    )


def test_who_may_set_problems(world, make):
    people, organization = world
    assert may_create(people["owner"], organization) is None
    assert may_create(people["officer"], organization) == (
        "You set problems only for an organization you belong to."
    )
    university = make.organization(people["owner"], kind=OrganizationKind.UNIVERSITY)
    assert may_create(people["owner"], university) == (
        "Problems are set by enterprises and public bodies."
    )


def test_a_withdrawn_draft_stays_unknown_to_the_office(world, make, session):
    people, organization = world
    problem = a_problem(make, organization, S.WITHDRAWN, submitted_at=None, published_at=None)
    with pytest.raises(NotFound):
        problems.get_problem(session, people["officer"], problem.id)
    assert problems.get_problem(session, people["owner"], problem.id) is problem


def begin(ctx, make, user, values=VALUES, **more):
    organization = make.organization(user)
    call = more.pop("call", None) or make.call()
    return service.create(
        ctx(user), organization_id=organization.id, call_id=call.id, values=values, **more
    )


def test_creating_keeps_every_value_and_leaves_word(ctx, make, session):
    user = make.user()
    problem = begin(ctx, make, user)
    session.commit()
    session.expire_all()
    assert values_of(problem) == VALUES
    assert (problem.state, problem.author_id, problem.version) == (S.DRAFT, user.id, 1)
    assert "金屬零件刮痕檢測" in problem.search_text
    assert "deep" not in problem.search_text
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.subject_id, event.actor_id) == (
        "problem:create",
        problem.id,
        user.id,
    )
    assert event.data == {"organization": problem.organization_id, "call": problem.call_id}


def test_an_empty_draft_can_be_kept(ctx, make, session):
    problem = begin(ctx, make, make.user(), ProblemValues())
    session.commit()
    assert values_of(problem) == ProblemValues()


def test_an_external_id_is_taken_once(ctx, make):
    user = make.user()
    begin(ctx, make, user, external_id="P-1")
    with pytest.raises(Conflict, match="already a problem with the id P-1"):
        begin(ctx, make, user, external_id="P-1")


def test_unknown_organizations_and_calls_are_not_found(ctx, make):
    user = make.user()
    organization = make.organization(user)
    with pytest.raises(NotFound):
        service.create(
            ctx(user), organization_id=organization.id, call_id=99, values=ProblemValues()
        )
    with pytest.raises(NotFound):
        service.create(
            ctx(user), organization_id=99, call_id=make.call().id, values=ProblemValues()
        )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"title_en": "x" * 201}, "title_en", "Please use at most 200 characters."),
        ({"text_zh": "長" * 20_001}, "text_zh", "Please use at most 20000 characters."),
        ({"contact_email": "x" * 255}, "contact_email", "Please use at most 254 characters."),
        ({"sector": "IND-XXX"}, "sector", "Choose a sector from the list."),
        ({"region": "moon"}, "region", "Choose a region from the list."),
        ({"teams_wanted": 0}, "teams_wanted", "Choose a number from 1 to 20."),
        ({"teams_wanted": 21}, "teams_wanted", "Choose a number from 1 to 20."),
        (
            {"techniques": tuple(f"t{n}" for n in range(21))},
            "techniques",
            "Name at most 20.",
        ),
        (
            {"techniques": ("x" * 61,)},
            "techniques",
            "“xxxxxxxxxxxxxxxxxxxx…” is too long: at most 60 characters each.",
        ),
        (
            {"requirements": (Requirement("PER-CV", 3), Requirement("PER-CV", 4))},
            "requirements",
            "“電腦視覺 / Computer vision” is listed more than once: keep one line.",
        ),
        (
            {"requirements": (Requirement("NO-SUCH", 3),)},
            "requirements",
            "There is no competency “NO-SUCH”.",
        ),
        (
            {"requirements": (Requirement("PER-CV", 6),)},
            "requirements",
            "A level is a number from 1 to 5.",
        ),
        (
            {"requirements": (Requirement("PER-CV", 3, 0),)},
            "requirements",
            "An importance is a number from 1 to 3.",
        ),
    ],
)
def test_what_cannot_be_kept_even_as_a_draft(ctx, make, session, change, field, message):
    with pytest.raises(InvalidInput) as caught:
        begin(ctx, make, make.user(), replace(ProblemValues(), **change))
    assert {name: [str(m) for m in found] for name, found in caught.value.fields.items()} == {
        field: [message]
    }
    assert session.scalar(sa.select(sa.func.count(Problem.id))) == 0


def test_updating_names_what_changed_and_keeps_requirement_rows(ctx, make, session):
    user = make.user()
    problem = begin(ctx, make, user)
    session.commit()
    kept = {row.competency: row.id for row in problem.requirements}
    needs = (Requirement("PER-CV", 5, 3), Requirement("SYS-EDG", 2, 1))
    service.update(
        ctx(user), problem.id, replace(VALUES, title_en="New", requirements=needs), version=1
    )
    session.commit()
    session.expire_all()
    assert problem.version == 2
    assert values_of(problem).requirements == needs
    assert {r.competency: r.id for r in problem.requirements}["PER-CV"] == kept["PER-CV"]
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.data) == (
        "problem:update",
        {"changed": ["title_en", "requirements"]},
    )


def test_a_stale_version_changes_nothing(ctx, make, session):
    user = make.user()
    problem = begin(ctx, make, user)
    session.commit()
    service.update(ctx(user), problem.id, replace(VALUES, title_en="First"), version=1)
    session.commit()
    with pytest.raises(StaleVersion):
        service.update(ctx(user), problem.id, replace(VALUES, title_en="Second"), version=1)
    assert problem.title_en == "First"


def test_a_draft_moves_to_another_call_a_returned_problem_does_not(ctx, make, session):
    user = make.user()
    problem, other = begin(ctx, make, user), make.call()
    service.update(ctx(user), problem.id, VALUES, call_id=other.id)
    assert problem.call is other
    returned = a_problem(make, make.organization(user), S.RETURNED)
    with pytest.raises(InvalidInput) as caught:
        service.update(ctx(user), returned.id, VALUES, call_id=other.id)
    assert [str(m) for m in caught.value.fields["call_id"]] == [
        "A problem that was submitted stays in its call."
    ]


MISSING = [
    ({"sector": None}, "sector", "Choose the sector the problem comes from."),
    ({"region": None}, "region", "Choose the region where the work takes place."),
    ({"requirements": ()}, "requirements", "Name at least one competency a team needs."),
    ({"deadline_at": None}, "deadline_at", "Say until when teams can apply."),
    (
        {"deadline_at": datetime(2020, 1, 1, tzinfo=UTC)},
        "deadline_at",
        "This moment has passed. Choose a deadline in the future.",
    ),
    ({"contact_name": ""}, "contact_name", "Name one person teams can turn to."),
    ({"contact_email": ""}, "contact_email", "Give this person's e-mail address."),
    (
        {"contact_email": "lin at example"},
        "contact_email",
        "This is not an e-mail address. Example: name@company.com.tw",
    ),
    (
        {"title_en": "", "text_en": "", "title_zh": ""},
        "title_zh",
        "Give the problem a title.",
    ),
    (
        {"title_en": "", "text_en": "", "text_zh": "字" * 79},
        "text_zh",
        "Describe the problem in at least 80 characters; there are 79.",
    ),
    (
        {"title_zh": "", "text_zh": "", "text_en": "x" * 199},
        "text_en",
        "Describe the problem in at least 200 characters; there are 199.",
    ),
]


@pytest.mark.parametrize(("change", "field", "message"), MISSING)
def test_what_submitting_asks_for(ctx, make, session, change, field, message):
    user = make.user()
    problem = begin(ctx, make, user, replace(VALUES, **change))
    with pytest.raises(InvalidInput) as caught:
        service.submit(ctx(user), problem.id)
    assert {name: [str(m) for m in found] for name, found in caught.value.fields.items()} == {
        field: [message]
    }
    assert problem.state is S.DRAFT


def test_without_any_language_both_titles_say_so(ctx, make):
    user = make.user()
    empty = replace(VALUES, title_zh="", title_en="", text_zh="", text_en="")
    problem = begin(ctx, make, user, empty)
    with pytest.raises(InvalidInput) as caught:
        service.submit(ctx(user), problem.id)
    assert sorted(caught.value.fields) == ["title_en", "title_zh"]
    assert {str(m) for found in caught.value.fields.values() for m in found} == {
        "Write a title and a description in Chinese or in English, or in both."
    }


@pytest.mark.parametrize(
    "change",
    [
        {"title_en": "", "text_en": ""},
        {"title_zh": "", "text_zh": ""},
        {"text_en": "short", "text_zh": "字" * 80},
        {"text_zh": "短", "text_en": "x" * 200},
    ],
)
def test_one_full_language_is_enough(ctx, make, change):
    user = make.user()
    problem = begin(ctx, make, user, replace(VALUES, **change))
    assert service.submit(ctx(user), problem.id).state is S.SUBMITTED
    assert problem.submitted_at is not None


def test_submitting_needs_an_open_call(ctx, make, session):
    user, now = make.user(), utcnow()
    past = make.call(opens_at=now - timedelta(days=9), closes_at=now - timedelta(seconds=1))
    future = make.call(opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=9))
    late, early = begin(ctx, make, user, call=past), begin(ctx, make, user, call=future)
    with pytest.raises(DeadlinePassed, match=r"closed on .* \(Taipei\)"):
        service.submit(ctx(user), late.id)
    with pytest.raises(DeadlinePassed, match=r"opens on .* \(Taipei\)"):
        service.submit(ctx(user), early.id)
    assert {late.state, early.state} == {S.DRAFT}


def test_a_returned_problem_comes_back_after_the_call_closed(ctx, make):
    user, now = make.user(), utcnow()
    past = make.call(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    problem = a_problem(make, make.organization(user), S.RETURNED, call=past)
    assert service.submit(ctx(user), problem.id).state is S.SUBMITTED


def test_records_of_earlier_years_pass_with_a_trusted_context(ctx, make):
    past = datetime(2020, 1, 1, tzinfo=UTC)
    call = make.call(opens_at=past - timedelta(days=90), closes_at=past)
    values = replace(VALUES, deadline_at=past)
    problem = begin(ctx, make, make.user(), values, call=call)
    system = ctx(None)
    service.submit(system, problem.id)
    service.screen(system, problem.id)
    service.grade(system, problem.id, "G3", reason="as recorded")
    service.publish(system, problem.id)
    assert problem.state is S.PUBLISHED


@pytest.mark.parametrize(
    ("state", "decide", "field"),
    [
        (S.SCREENING, lambda c, k: service.grade(c, k, "G2", reason=" "), "reason"),
        (S.SCREENING, lambda c, k: service.grade(c, k, "G9", reason="x"), "grade"),
        (S.SCREENING, lambda c, k: service.return_to_owner(c, k, note=""), "note"),
        (S.SCREENING, lambda c, k: service.decline(c, k, reasons=[], note="x"), "reasons"),
        (
            S.SCREENING,
            lambda c, k: service.decline(c, k, reasons=[DeclineReason.OTHER]),
            "note",
        ),
        (S.PUBLISHED, lambda c, k: service.close(c, k, reason=""), "reason"),
        (S.SCREENING, lambda c, k: service.return_to_owner(c, k, note="x" * 20_001), "note"),
    ],
)
def test_decisions_need_their_reasons(ctx, make, session, state, decide, field):
    problem = a_problem(make, make.organization(), state)
    with pytest.raises(InvalidInput) as caught:
        decide(ctx(make.officer()), problem.id)
    assert list(caught.value.fields) == [field]
    assert problem.state is state
    assert session.scalars(sa.select(AuditEvent)).all() == []


def test_grading_waits_for_the_screening(ctx, make):
    officer = make.officer()
    problem = make.problem(S.SCREENING, grade=None)
    refusal = "Finish the screening first: only a problem that was listed can be graded."
    with pytest.raises(Conflict) as caught:
        service.grade(ctx(officer), problem.id, "G2", reason="fits")
    assert str(caught.value) == refusal
    make.screening(problem)
    with pytest.raises(Conflict):
        service.grade(ctx(officer), problem.id, "G2", reason="fits")
    make.listed(problem, round=2)
    assert service.grade(ctx(officer), problem.id, "G2", reason="fits").state is S.GRADED


def test_withdrawing_needs_a_reason(ctx, make):
    user = make.user()
    problem = a_problem(make, make.organization(user), S.SUBMITTED)
    with pytest.raises(InvalidInput) as caught:
        service.withdraw(ctx(user), problem.id, reason="")
    assert [str(m) for m in caught.value.fields["reason"]] == [
        "Say why: the reason is kept on record."
    ]


def test_grading_keeps_grade_note_and_reason(ctx, make, session):
    officer = make.officer()
    problem = a_problem(make, make.organization(), S.SCREENING, grade=None)
    service.grade(ctx(officer), problem.id, "G3", reason=" Needs a test site. ")
    session.commit()
    assert (problem.grade, problem.office_note) == ("G3", "Needs a test site.")
    event = session.scalars(sa.select(AuditEvent)).one()
    assert (event.action, event.actor_id) == ("problem:grade", officer.id)
    assert event.data == {
        "before": "screening",
        "after": "graded",
        "reason": "Needs a test site.",
        "grade": "G3",
    }


def test_publishing_after_the_teams_deadline_is_refused(ctx, make):
    problem = a_problem(
        make, make.organization(), S.GRADED, deadline_at=utcnow() - timedelta(minutes=1)
    )
    with pytest.raises(DeadlinePassed, match="The deadline for teams has passed"):
        service.publish(ctx(make.officer()), problem.id)
    assert problem.state is S.GRADED


def letters(session):
    return [
        (m.recipient, m.kind, m.subject)
        for m in session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.recipient))
    ]


def test_letters_go_to_leads_and_the_author_in_their_language(ctx, make, session):
    lead = make.user(email="a-lead@example.com", locale="zh_Hant_TW")
    author, member = make.user(email="b-author@example.com"), make.user(email="c@example.com")
    organization = make.organization(lead, author, member)
    problem = a_problem(
        make, organization, S.GRADED, author_id=author.id, title_en="Parts", title_zh="零件"
    )
    service.publish(ctx(make.officer()), problem.id)
    session.commit()
    assert problem.published_at is not None
    assert letters(session) == [
        ("a-lead@example.com", "problem.published", "您的命題已上架：零件"),
        ("b-author@example.com", "problem.published", "Your problem is published: Parts"),
    ]
    body = session.scalars(sa.select(OutboxMessage.body)).first()
    assert f"http://localhost/problems/{problem.id}" in body


def test_an_author_who_left_gets_no_letter(ctx, make, session):
    author, lead = make.user(), make.user(email="lead@example.com")
    problem = a_problem(make, make.organization(lead), S.SCREENING, author_id=author.id)
    service.return_to_owner(ctx(make.officer()), problem.id, note="Say how you measure it.")
    assert [recipient for recipient, *_rest in letters(session)] == ["lead@example.com"]
    assert "Say how you measure it." in session.scalars(sa.select(OutboxMessage.body)).one()


def test_an_owner_without_accounts_is_written_to_at_the_contact(ctx, make, session):
    problem = a_problem(make, make.organization(), S.SCREENING, contact_email="desk@example.com")
    service.return_to_owner(ctx(make.officer()), problem.id, note="x")
    assert [recipient for recipient, *_rest in letters(session)] == ["desk@example.com"]


def test_declining_tells_the_reasons_in_both_languages(ctx, make, session):
    problem = a_problem(make, make.organization(make.user()), S.SCREENING)
    reasons = [DeclineReason.NO_DATA, DeclineReason.OTHER]
    service.decline(ctx(make.officer()), problem.id, reasons=reasons, note="Ask us in May.")
    assert problem.office_note == (
        "缺少資料，或資料不夠完整 / The data are missing or not complete enough\n\nAsk us in May."
    )
    assert "Ask us in May." in session.scalars(sa.select(OutboxMessage.body)).one()


def titles(listing):
    return [problem.title_en for problem in listing.page.items]


def find(session, **filters):
    return problems.gallery(session, problems.Filters(**filters))


def test_the_gallery_has_public_problems_only(make, session):
    for state in S:
        make.problem(state, title_en=state.value)
    assert set(titles(find(session))) == {state.value for state in PUBLIC}
    assert find(session).total == 4


def test_search_finds_substrings_in_chinese_and_folds_width_and_case(make, session):
    make.problem(title_en="A", title_zh="養殖池溶氧預測", text_en="", text_zh="", techniques=[])
    make.problem(title_en="B", title_zh="", text_en="A ＹＯＬＯ camera", text_zh="")
    assert titles(find(session, q="溶氧")) == ["A"]
    assert titles(find(session, q="yolo")) == ["B"]
    assert titles(find(session, q="ＹＯＬＯ")) == ["B"]
    assert titles(find(session, q="養殖　預測")) == ["A"]
    assert titles(find(session, q="養殖 camera")) == []


def test_search_takes_signs_of_the_pattern_language_literally(make, session):
    make.problem(title_en="100% sure", text_en="", text_zh="")
    make.problem(title_en="100 sure", text_en="", text_zh="")
    assert titles(find(session, q="100%")) == ["100% sure"]
    assert titles(find(session, q="_")) == []


def test_search_finds_the_other_language(make, session):
    make.problem(title_en="", title_zh="刮痕", text_en="", text_zh="", techniques=[])
    make.problem(title_en="Scratch finder", title_zh="", text_en="", text_zh="", techniques=[])
    assert find(session, q="scratch").page.total == 2
    assert find(session, q="刮痕").page.total == 2
    assert find(session, q="電腦視覺").page.total == 0


def test_search_knows_both_ways_to_write_taiwan(make, session):
    make.problem(title_en="A", title_zh="臺北捷運")
    assert titles(find(session, q="台北")) == ["A"]


def test_filters_and_their_counts(make, session):
    common = {"text_en": "x", "text_zh": "", "title_zh": ""}
    make.problem(title_en="A", sector="IND-MFG", grade="G1", region="east", **common)
    make.problem(title_en="B", sector="IND-MFG", grade="G2", techniques=["深度學習"], **common)
    make.problem(title_en="C", sector="IND-FOD", grade="G2", region="south", **common)
    listing = find(session, sector="IND-MFG")
    assert sorted(titles(listing)) == ["A", "B"]
    assert listing.counts["sector"] == {"IND-MFG": 2, "IND-FOD": 1}
    assert listing.counts["grade"] == {"G1": 1, "G2": 1}
    assert listing.counts["region"] == {"east": 1, "central": 1}
    assert listing.counts["technique"] == {"computer vision": 1, "深度學習": 1}
    assert listing.counts["language"] == {"zh": 0, "en": 2, "both": 0}
    assert listing.counts["state"] == {"published": 2}
    assert titles(find(session, technique="深度學習")) == ["B"]
    assert titles(find(session, technique="深度")) == []
    assert titles(find(session, grade="G2", region="south")) == ["C"]
    assert titles(find(session, language="zh")) == []
    assert len(titles(find(session, language="en"))) == 3
    assert titles(find(session, state="draft")) == []
    assert titles(find(session, state="nonsense")) == []


def test_orders(make, session):
    now = utcnow()
    for title, published, deadline, grade in (
        ("past", 1, -1, "G1"),
        ("soon", 2, 1, "G3"),
        ("later", 3, 9, "G2"),
    ):
        make.problem(
            title_en=title,
            published_at=now - timedelta(days=published),
            deadline_at=now + timedelta(days=deadline),
            grade=grade,
        )
    assert titles(find(session)) == ["past", "soon", "later"]
    assert titles(find(session, sort="deadline")) == ["soon", "later", "past"]
    assert titles(find(session, sort="grade")) == ["past", "later", "soon"]
    assert titles(find(session, sort="nonsense")) == ["past", "soon", "later"]


def count_statements(session, run):
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    sa.event.listen(session.get_bind(), "before_cursor_execute", listener)
    session.expire_all()
    run()
    sa.event.remove(session.get_bind(), "before_cursor_execute", listener)
    return len(seen)


def test_the_number_of_queries_does_not_grow_with_the_rows(make, session):
    officer = make.officer()

    def look():
        for listing in (
            find(session),
            problems.queue(session, officer, problems.Filters(state=problems.ANY_STATE)),
        ):
            for problem in listing.page.items:
                assert problem.organization.name_en
                assert problem.call.name_en
                assert len(problem.requirements) == 2

    make.problem()
    few = count_statements(session, look)
    for _number in range(6):
        make.problem()
    assert count_statements(session, look) == few


def test_the_queue_shows_what_waits_first_and_filters(make, session):
    officer, now = make.officer(), utcnow()
    call = make.call()
    for title, state, days in (
        ("new", S.SUBMITTED, 1),
        ("old", S.SCREENING, 9),
        ("graded", S.GRADED, 3),
        ("returned", S.RETURNED, 20),
        ("draft", S.DRAFT, 30),
    ):
        make.problem(state, title_en=title, submitted_at=now - timedelta(days=days), call=call)
    make.problem(S.SUBMITTED, title_en="elsewhere", region="east")

    def queue(**filters):
        return problems.queue(session, officer, problems.Filters(**filters))

    assert titles(queue(state=problems.WAITING)) == ["old", "graded", "new", "elsewhere"]
    assert titles(queue(state="returned")) == ["returned"]
    assert titles(queue(state=problems.ANY_STATE, call=str(call.id))) == [
        "returned",
        "old",
        "graded",
        "new",
    ]
    assert titles(queue(state=problems.WAITING, region="east")) == ["elsewhere"]
    assert titles(queue(call="²")) == titles(queue(call="9" * 30)) == []
    assert queue().counts["state"] == {
        "submitted": 2,
        "screening": 1,
        "graded": 1,
        "returned": 1,
    }


def test_decisions_are_listed_newest_first_with_names(ctx, make, session):
    officer = make.officer(name="Officer Wu")
    problem = a_problem(make, make.organization(), S.SUBMITTED)
    service.screen(ctx(officer), problem.id)
    make.listed(problem)
    service.grade(ctx(officer), problem.id, "G1", reason="easy")
    session.commit()
    found = problems.decisions(session, officer, problem)
    assert [(event.action, name) for event, name in found] == [
        ("problem:grade", "Officer Wu"),
        ("problem:screen", "Officer Wu"),
    ]
    with pytest.raises(PermissionDenied):
        problems.decisions(session, make.user(), problem)


def test_own_problems_are_those_of_ones_organizations(make, session):
    user = make.user()
    mine = make.problem(S.DRAFT, organization=make.organization(user))
    make.problem(S.DRAFT)
    assert list(problems.own_problems(session, user)) == [mine]
    assert [o.id for o in problems.owning_organizations(session, user)] == [mine.organization_id]


def test_problems_are_found_by_external_id_within_what_one_may_know(make, session):
    user = make.user()
    mine = make.problem(S.DRAFT, organization=make.organization(user), external_id="web-1")
    assert problems.find_external(session, user, "web-1") is mine
    assert problems.find_external(session, make.user(), "web-1") is None


def test_gallery_shows_open_problems_before_those_being_solved(session, make):
    call = make.call()
    opened = make.problem(call=call)
    solving = make.problem(ProblemState.SOLVING, call=call)

    for sort in ("newest", "deadline", "grade"):
        found = problems.gallery(session, problems.Filters(sort=sort)).page.items
        assert [problem.id for problem in found] == [opened.id, solving.id]
