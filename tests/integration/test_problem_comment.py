"""Comments beside fields: who writes and reads, threads, second clicks, and the letters about them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from matchmaker.models import AuditEvent, OutboxMessage, ProblemComment, Role
from matchmaker.queries import problem_comment as queries
from matchmaker.services import coaching_digest
from matchmaker.services import problem as problem_service
from matchmaker.services import problem_comment as service
from matchmaker.services.problem_values import values_of
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

S = ProblemState
ENDED = (S.CLOSED, S.DECLINED, S.WITHDRAWN, S.ARCHIVED)
PUBLIC = (S.PUBLISHED, S.SOLVING, S.EVALUATING, S.CLOSED)
NOT_YOURS = "What owner and office work out together is for the two of them."


@pytest.fixture
def owner(make):
    return make.user(name="Owner", email="owner@example.com")


@pytest.fixture
def mentor(make):
    return make.user(Role.MENTOR, name="Broker", email="broker@example.com")


@pytest.fixture
def problem(make, owner, mentor):
    problem = make.problem(S.RETURNED, organization=make.organization(owner), title_en="Bolts")
    make.broker(problem, mentor)
    return problem


def write(ctx, person, problem, body="How many?", field="text_en", **more):
    return service.write(ctx(person), problem.id, field=field, body=body, **more)


def test_who_writes_and_reads_in_every_state(make, owner, mentor, ctx, session):
    organization, call = make.organization(owner), make.call()
    dual = make.officer()
    make.organization(dual)
    people = {
        "owner": owner,
        "officer": make.officer(),
        "broker": mentor,
        "administrator": make.user(Role.ADMINISTRATOR),
        "other": make.user(),
        "mentor": make.user(Role.MENTOR),
        "reviewer": make.user(Role.REVIEWER),
    }
    for state in S:
        problem = make.problem(state, organization=organization, call=call)
        make.broker(problem, mentor)
        if state is S.DRAFT:
            problem.submitted_at = None
            session.commit()
        for role, person in people.items():
            expected = _expected(role, state)
            if expected is None:
                row = write(ctx, person, problem)
                assert row.by_office is (role != "owner")
                assert queries.threads(session, person, problem)["text_en"] == [row]
            else:
                error, message = expected
                with pytest.raises(error) as caught:
                    write(ctx, person, problem)
                assert message in str(caught.value), (role, state)
            session.rollback()


def _expected(role, state):
    """The error and its message, or None if *role* may comment on a problem in *state*."""
    outsider = role in ("other", "mentor", "reviewer")
    if state is S.DRAFT and role != "owner":
        return NotFound, ""
    if outsider:
        return (PermissionDenied, NOT_YOURS) if state in PUBLIC else (NotFound, "")
    if role == "administrator":
        return PermissionDenied, "Only the owner, the broker and programme officers write"
    if state is S.DRAFT:
        return Conflict, "Nobody else sees this draft yet"
    if state in ENDED:
        return Conflict, "The work on this problem has ended"
    return None


@on_both
def test_a_thread_is_answered_settled_and_opened_again(make, owner, mentor, problem, ctx, session):
    thread = write(ctx, mentor, problem)
    session.commit()
    answer = write(ctx, owner, problem, "About 400.", field="sector", thread_id=thread.id)
    session.commit()
    assert (answer.field, answer.thread_id) == ("text_en", thread.id)
    service.resolve(ctx(owner), thread.id)
    service.resolve(ctx(mentor), thread.id)
    session.commit()
    assert thread.resolved_by_id == owner.id
    write(ctx, mentor, problem, "Still?", thread_id=thread.id)
    assert thread.resolved_at is None
    service.resolve(ctx(owner), thread.id)
    service.reopen(ctx(mentor), thread.id)
    session.commit()
    assert [reply.body for reply in thread.replies] == ["About 400.", "Still?"]
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == [
        "problem_comment:write",
        "problem_comment:write",
        "problem_comment:resolve",
        "problem_comment:write",
        "problem_comment:resolve",
        "problem_comment:reopen",
    ]
    assert queries.count_open(session, owner, [problem.id]) == {problem.id: 1}


def test_threads_of_others_and_of_other_problems_do_not_exist(make, owner, problem, ctx, session):
    thread = write(ctx, owner, problem)
    session.commit()
    for act in (service.resolve, service.reopen):
        with pytest.raises(NotFound):
            act(ctx(make.user()), thread.id)
        with pytest.raises(NotFound):
            act(ctx(owner), 999)
    other = make.problem(S.RETURNED, organization=problem.organization, call=problem.call)
    for wrong in (999, thread.id):
        with pytest.raises(NotFound):
            write(ctx, owner, other, thread_id=wrong)
    administrator = make.user(Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        service.resolve(ctx(administrator), thread.id)


@pytest.mark.parametrize(
    ("field", "body", "wrong", "message"),
    [
        ("text_en", "  ", "body", "Write a comment."),
        ("text_en", "x" * 4_001, "body", "Please use at most 4000 characters."),
        ("password", "Hello", "field", "Choose a field of the problem."),
        ("intake", "Hello", "field", "Choose a field of the problem."),
    ],
)
def test_what_is_no_comment(owner, problem, ctx, field, body, wrong, message):
    with pytest.raises(InvalidInput) as caught:
        write(ctx, owner, problem, body, field)
    assert [str(m) for m in caught.value.fields[wrong]] == [message]


def test_a_second_click_writes_nothing(owner, mentor, problem, ctx, session):
    first = write(ctx, owner, problem, "Same")
    session.commit()
    assert write(ctx, owner, problem, "Same").id == first.id
    assert write(ctx, owner, problem, "Same", field="general").id != first.id
    assert write(ctx, mentor, problem, "Same").id != first.id


@on_both
def test_a_digest_tells_each_side_once_what_the_other_wrote(
    make, owner, mentor, problem, ctx, session
):
    make.officer(email="officer@example.com")
    write(ctx, mentor, problem, "How many a day?")
    write(ctx, mentor, problem, "Who labels?", field="data_en")
    write(ctx, owner, problem, "Ask my colleague.", field="general")
    changed = values_of(problem)
    problem_service.update(ctx(mentor), problem.id, _retitled(changed, "Bolts, sorted"))
    session.commit()
    assert coaching_digest.send(ctx(None)) == 2
    session.commit()
    found = {
        m.recipient: m
        for m in session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.kind == "problem_comment.digest")
        )
    }
    assert set(found) == {"owner@example.com", "broker@example.com"}
    body = found["owner@example.com"].body
    assert "Description (English)\nHow many a day?" in body
    assert "Text changed by the office: Title (English) (version 2)" in body
    assert "Ask my colleague." not in body
    assert "Ask my colleague." in found["broker@example.com"].body
    assert coaching_digest.send(ctx(None)) == 0


def _retitled(values, title):
    from dataclasses import replace

    return replace(values, title_en=title)


def test_without_a_broker_officers_are_told_and_without_members_the_contact(make, ctx, session):
    officer = make.officer(email="officer@example.com")
    member = make.user()
    organization = make.organization(member)
    problem = make.problem(S.RETURNED, organization=organization, contact_email="desk@example.com")
    write(ctx, member, problem, "Hello")
    session.commit()
    member.disabled_at = utcnow()
    session.commit()
    write(ctx, officer, problem, "Hello back")
    session.commit()
    assert coaching_digest.send(ctx(None)) == 2
    session.commit()
    recipients = session.scalars(sa.select(OutboxMessage.recipient)).all()
    assert set(recipients) == {"officer@example.com", "desk@example.com"}


def test_an_erased_author_leaves_the_words(owner, mentor, problem, ctx, session):
    write(ctx, mentor, problem, "Stays")
    session.commit()
    mentor.erase(utcnow())
    session.commit()
    threads = queries.threads(session, owner, problem)
    assert [(row.body, row.author.name) for row in threads["text_en"]] == [("Stays", "")]
    assert session.scalar(sa.select(sa.func.count(ProblemComment.id))) == 1
