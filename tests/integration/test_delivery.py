"""Letters on their way: by topic and choice, held, changed, let go, discarded, repeated, gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion
from matchmaker.models import (
    AuditEvent,
    Channel,
    Delivery,
    Job,
    OutboxMessage,
    Role,
)
from matchmaker.queries import delivery as queries
from matchmaker.services import delivery as service
from matchmaker.services import notification, notification_digest
from matchmaker.services.erasure import erase
from matchmaker.services.letter_topics import TOPICS, topic_of
from matchmaker.services.mail import LETTERS
from matchmaker.workflows.delivery import DeliveryState as S
from matchmaker.workflows.job import JobState


@pytest.fixture
def tell(session, ctx, make):
    """Write a letter about a problem of the programme to somebody."""
    problem = make.problem()

    def write(user, kind="match.candidates", about=problem):
        ctx(None).send_mail(
            kind, user, about=about, title="A problem", url="http://localhost/problems/1?a=2"
        )
        session.commit()
        return session.scalars(sa.select(Delivery).order_by(Delivery.id.desc())).first()

    return write


def mails(settings):
    folder = settings.data_dir / "mail"
    return len(list(folder.glob("*.eml"))) if folder.exists() else 0


def test_every_kind_of_letter_belongs_to_a_topic():
    assert {topic_of(kind).key for kind in LETTERS} <= set(TOPICS)


def test_by_default_a_letter_leaves_at_once_and_stands_in_the_app(
    tell, make, session, settings, run_jobs
):
    user = make.user()
    delivery = tell(user)
    assert (delivery.state, delivery.topic, delivery.path) == (
        S.WAITING,
        "match",
        "/problems/1?a=2",
    )
    assert run_jobs() == 1
    session.commit()
    session.refresh(delivery)
    assert (delivery.state, mails(settings)) == (S.SENT, 1)
    assert queries.count_unread(session, user) == 1
    assert queries.count_unread(session, make.user()) == 0


@pytest.mark.parametrize(
    ("channel", "state"), [(Channel.DIGEST, S.GATHERED), (Channel.OFF, S.SHOWN)]
)
def test_whoever_wants_no_letter_at_once_gets_none(
    tell, make, ctx, session, settings, run_jobs, channel, state
):
    user = make.user()
    notification.choose(ctx(user), {"match": channel.value})
    delivery = tell(user)
    assert delivery.state is state
    assert (run_jobs(), mails(settings)) == (0, 0)
    assert queries.count_unread(session, user) == 1


def test_secret_links_are_mailed_whatever_was_chosen_and_stand_nowhere_else(
    make, ctx, session, run_jobs, settings
):
    user, officer = make.user(), make.officer()
    ctx(None).send_mail("account.reset", user, url="http://localhost/secret", until="now")
    session.commit()
    delivery = session.scalars(sa.select(Delivery)).one()
    assert (delivery.state, delivery.is_open) == (S.WAITING, False)
    assert queries.notifications(session, user).items == []
    assert queries.list_deliveries(session, officer).items == []
    with pytest.raises(NotFound):
        queries.get(session, officer, delivery.id)
    with pytest.raises(InvalidInput):
        service.hold_topic(ctx(officer), "account", reason="no")
    with pytest.raises(InvalidInput):
        notification.choose(ctx(user), {"account": "off"})


def test_what_nobody_said_belongs_to_the_programme_is_not_shown_to_the_office(tell, make, session):
    officer = make.officer()
    closed, opened = tell(make.user(), about=None), tell(make.user())
    assert [d.id for d in queries.list_deliveries(session, officer).items] == [opened.id]
    assert closed.is_open is False


def test_what_waits_for_an_answer_cannot_be_switched_off(make, ctx):
    with pytest.raises(InvalidInput) as caught:
        notification.choose(ctx(make.user()), {"application": "off"})
    assert list(caught.value.fields) == ["application"]


def test_office_holds_a_topic_changes_a_letter_and_lets_it_go(
    tell, make, ctx, session, settings, run_jobs
):
    officer, user = make.officer(), make.user()
    service.hold_topic(ctx(officer), "match", reason="The list is checked first.")
    service.hold_topic(ctx(officer), "match", reason="again")
    delivery = tell(user)
    assert (delivery.state, run_jobs(), queries.count_unread(session, user)) == (S.HELD, 0, 0)

    service.edit(
        ctx(officer), delivery.id, version=delivery.version, subject=" New\tsubject ", body="Text"
    )
    session.commit()
    with pytest.raises(StaleVersion):
        service.release(ctx(officer), delivery.id, version=delivery.version - 1)
    assert service.release_topic(ctx(officer), "match") == 1
    session.commit()
    run_jobs()
    session.refresh(delivery)
    assert (delivery.state, delivery.message.subject, mails(settings)) == (S.SENT, "New subject", 1)
    assert delivery.edited_at is not None
    assert queries.holds(session) == []
    events = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.subject_type != "User"))
    assert [e for e in events if e.startswith("delivery:")] == [
        "delivery:hold_topic",
        "delivery:edit",
        "delivery:release_topic",
    ]


def test_letter_that_was_held_or_discarded_before_the_worker_came_stays(
    tell, make, ctx, session, settings, run_jobs
):
    officer = make.officer()
    held, discarded = tell(make.user()), tell(make.user())
    service.hold(ctx(officer), held.id, version=held.version, reason="Wait.")
    with pytest.raises(InvalidInput):
        service.discard(ctx(officer), discarded.id, version=discarded.version, reason=" ")
    service.discard(ctx(officer), discarded.id, version=discarded.version, reason="Wrong list.")
    session.commit()
    assert (run_jobs(), mails(settings)) == (2, 0)
    assert queries.count_unread(session, discarded.user) == 0


@pytest.mark.parametrize("role", [None, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_officers_change_letters(tell, make, ctx, role):
    delivery, actor = tell(make.user()), make.user(*([role] if role else []))
    expected = PermissionDenied if role is Role.ADMINISTRATOR else NotFound
    with pytest.raises(expected):
        service.discard(ctx(actor), delivery.id, version=1, reason="x")
    with pytest.raises(PermissionDenied):
        service.hold_topic(ctx(actor), "match", reason="x")


def test_letter_that_fails_three_times_waits_for_somebody_to_try_again(
    tell, make, ctx, session, settings, engine
):
    from matchmaker.db import make_sessions
    from matchmaker.worker import Worker

    delivery = tell(make.user())
    broken = replace(settings, mail="smtp", smtp_host="127.0.0.1", smtp_port=1)
    worker = Worker(broken, make_sessions(engine))
    for _ in range(3):
        session.execute(sa.update(Job).values(not_before=None))
        session.commit()
        worker.run_one()
    session.refresh(delivery)
    assert (delivery.state, delivery.attempts) == (S.FAILED, 3)
    assert "ConnectionRefusedError" in delivery.message.failure
    service.retry(ctx(make.officer()), delivery.id, version=delivery.version)
    session.commit()
    Worker(settings, make_sessions(engine)).run_all()
    session.refresh(delivery)
    assert (delivery.state, delivery.message.failure, mails(settings)) == (S.SENT, "", 1)
    assert session.scalars(sa.select(Job.state).order_by(Job.id)).all() == [
        JobState.FAILED,
        JobState.DONE,
    ]


def test_digest_gathers_a_day_in_one_letter_and_comes_once(
    tell, make, ctx, session, settings, run_jobs, monkeypatch
):
    user = make.user()
    notification.choose(ctx(user), {"match": "digest"})
    for _ in range(3):
        tell(user)
    early, late = (datetime(2026, 11, 22, hour, 30, tzinfo=UTC) for hour in (22, 23))  # 6:30, 7:30
    for moment, letters in ((early, 0), (late, 0), (late.replace(day=23, hour=1), 1)):
        monkeypatch.setattr(notification_digest, "utcnow", lambda moment=moment: moment)
        assert notification_digest.send(ctx(None)) == letters
        session.commit()
    assert notification_digest.send(ctx(None)) == 0
    assert (run_jobs(), mails(settings)) == (1, 1)
    session.commit()
    (digest,) = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == queries.DIGEST)
    )
    assert digest.subject == "Your news of the day: 3"
    assert digest.body.count("http://localhost/problems/1?a=2") == 3
    assert {d.state for d in session.scalars(sa.select(Delivery))} == {S.SENT}
    assert queries.count_unread(session, user) == 3


def test_reading_marks_ones_own_only(tell, make, ctx, session):
    user, other = make.user(), make.user()
    delivery, _ = tell(user), tell(other)
    with pytest.raises(NotFound):
        notification.mark_read(ctx(other), delivery.id)
    version = delivery.version
    notification.mark_all_read(ctx(user))
    session.expire_all()
    assert (queries.count_unread(session, user), queries.count_unread(session, other)) == (0, 1)
    assert delivery.version == version


def test_erased_person_is_not_written_to_and_leaves_no_trace_in_the_outbox(
    tell, make, ctx, session, settings, run_jobs
):
    user = make.user(password_hash="x")
    delivery = tell(user)
    erase(ctx(user), user)
    session.commit()
    run_jobs()
    session.refresh(delivery)
    assert (delivery.state, delivery.path, mails(settings)) == (S.DISCARDED, "", 0)
    assert (delivery.message.subject, delivery.message.recipient) == ("", "")
