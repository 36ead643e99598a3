"""The check of a competency: who may, what it puts, what counts, and what goes wrong midway."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker import clock
from matchmaker.competency.quiz import ItemHealth, quiz_bank
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, RateLimited
from matchmaker.models import LevelChange, LevelEstimate, QuizAnswer, QuizCheck, QuizItem, Role
from matchmaker.queries import quiz as queries
from matchmaker.queries import quiz_item as items
from matchmaker.services import evidence, quiz, quiz_item
from matchmaker.services.level_estimate import pieces_of
from matchmaker.workflows.quiz_check import QuizCheckState
from matchmaker.workflows.quiz_item import QuizItemState

COMPETENCY = "FND-ML"
NAN = float("nan")


def take(ctx, check, *, right=True, places=20):
    """Answer what is put, until the check ends or *places* are answered."""
    for _ in range(places):
        row = check.waiting
        if row is None:
            return
        wanted = row.item.key if right else (row.item.key + 1) % len(row.order)
        assert quiz.answer(ctx, check.id, row.place, row.order.index(wanted), language="en")


@pytest.fixture
def person(make):
    return make.user()


@pytest.fixture
def acting(ctx, person):
    return ctx(person)


def test_a_check_runs_to_its_end_and_counts(acting, session, person):
    check = quiz.start(acting, COMPETENCY, language="en")
    n_items = sum(item.competency == COMPETENCY for item in quiz_bank().values())

    assert pieces_of(session, person.id) == {}  # Nothing counts before it ends.
    take(acting, check)

    assert check.state is QuizCheckState.DONE
    assert len(check.answers) == min(n_items, 5) or 5 < len(check.answers) <= 8
    assert check.before == {}
    assert check.after["mean"] > 2
    row = session.scalars(sa.select(LevelEstimate).filter_by(user_id=person.id)).one()
    assert (row.competency, row.mean) == (COMPETENCY, pytest.approx(check.after["mean"]))
    assert not row.is_unknown
    change = session.scalars(sa.select(LevelChange).filter_by(user_id=person.id)).one()
    assert (change.cause, change.cause_id) == ("quiz:check", check.id)


def test_wrong_answers_lower_what_people_say_of_themselves(acting, session, person):
    evidence.rate(acting, {COMPETENCY: 5})
    check = quiz.start(acting, COMPETENCY)
    take(acting, check, right=False)

    assert check.after["mean"] < check.before["mean"] - 0.5
    assert check.before["is_unknown"]
    assert not check.after["is_unknown"]


def test_a_second_start_goes_on_with_the_same_check(acting):
    first = quiz.start(acting, COMPETENCY)

    assert quiz.start(acting, COMPETENCY) is first
    assert len(first.answers) == 1


def test_an_answer_from_another_tab_changes_nothing(acting):
    check = quiz.start(acting, COMPETENCY)
    row = check.waiting
    right = row.order.index(row.item.key)

    assert quiz.answer(acting, check.id, 1, right, language="en")
    assert not quiz.answer(acting, check.id, 1, (right + 1) % 4, language="en")
    assert row.is_correct is True
    assert len(check.answers) == 2


@pytest.mark.parametrize("chosen", [None, -1, 4, 99])
def test_no_answer_or_one_that_is_not_there_is_refused(acting, chosen):
    check = quiz.start(acting, COMPETENCY)

    with pytest.raises(InvalidInput) as caught:
        quiz.answer(acting, check.id, 1, chosen, language="en")

    assert [str(m) for m in caught.value.fields["chosen"]] == ["Choose one of the answers."]
    with pytest.raises(NotFound):
        quiz.answer(acting, check.id, 2, 0, language="en")


def test_a_check_left_midway_ends_with_what_was_answered(acting, ctx, session, person, monkeypatch):
    check = quiz.start(acting, COMPETENCY)
    take(acting, check, right=False, places=2)
    later(monkeypatch, timedelta(days=2))

    assert not quiz.answer(acting, check.id, 3, 0, language="en")
    assert check.state is QuizCheckState.LAPSED
    assert len(pieces_of(session, person.id)[COMPETENCY]) == 2
    assert quiz.lapse_overdue(ctx(None)) == 0


def test_the_worker_ends_what_nobody_came_back_to(acting, ctx, session, run_jobs, monkeypatch):
    check = quiz.start(acting, COMPETENCY)
    take(acting, check, places=1)
    session.commit()
    later(monkeypatch, timedelta(days=2))
    ctx(None).enqueue("quiz.lapse")
    session.commit()
    run_jobs()

    session.refresh(check)
    assert check.state is QuizCheckState.LAPSED
    assert check.after["mean"] > 1


def later(monkeypatch, delay):
    """Let the program's clock stand *delay* later."""
    now = clock.utcnow() + delay
    for module in ("services.quiz", "queries.quiz", "models.quiz", "queries.level_piece"):
        monkeypatch.setattr(f"matchmaker.{module}.utcnow", lambda: now)


def test_the_same_check_again_waits_a_month_and_asks_other_questions(acting, monkeypatch):
    check = quiz.start(acting, COMPETENCY)
    take(acting, check, places=1)
    asked = {row.item_id for row in check.answers}
    later(monkeypatch, timedelta(days=3))
    quiz.answer(acting, check.id, 2, 0, language="en")

    with pytest.raises(RateLimited, match=r"You can take it again from 20\d\d-\d\d-\d\d on"):
        quiz.start(acting, COMPETENCY)
    later(monkeypatch, timedelta(days=31))
    again = quiz.start(acting, COMPETENCY)
    take(acting, again)

    assert asked.isdisjoint(row.item_id for row in again.answers)
    for months in range(2, 4):
        later(monkeypatch, timedelta(days=31 * months))
        if queries.seen_items(acting.session, acting.actor.id) >= all_of(acting.session):
            break
        take(acting, quiz.start(acting, COMPETENCY))
    later(monkeypatch, timedelta(days=31 * 4))
    with pytest.raises(InvalidInput, match="no question left"):
        quiz.start(acting, COMPETENCY)


def all_of(session):
    """The numbers of all questions of the competency."""
    return set(session.scalars(sa.select(QuizItem.id).filter_by(competency=COMPETENCY)))


def test_a_clock_that_goes_back_dates_nothing_back(acting, monkeypatch):
    check = quiz.start(acting, COMPETENCY)
    later(monkeypatch, -timedelta(hours=3))
    take(acting, check, places=1)

    assert check.answers[0].answered_at == check.answers[0].asked_at


def test_a_question_on_trial_is_asked_once_and_does_not_count(acting, ctx, make, session, person):
    quiz_item.ensure_bank(session)
    session.flush()
    rows = session.scalars(sa.select(QuizItem).filter_by(competency=COMPETENCY)).all()
    for row in rows[:2]:
        row.state = QuizItemState.TRIAL
    check = quiz.start(acting, COMPETENCY)
    take(acting, check)

    tried = [row for row in check.answers if not row.is_counted]
    assert len(tried) == 1
    assert tried[0].item in rows[:2]
    assert len(pieces_of(session, person.id)[COMPETENCY]) == len(check.answers) - 1


def test_a_struck_question_counts_no_more(acting, ctx, make, session, person, run_jobs):
    check = quiz.start(acting, COMPETENCY)
    take(acting, check)
    row, before = check.answers[0], check.after["mean"]
    acting_officer = ctx(make.officer())
    quiz_item.retire(
        acting_officer, row.item_id, reason="Two right.", version=row.item.version, is_wrong=True
    )
    session.commit()
    run_jobs()

    assert len(pieces_of(session, person.id)[COMPETENCY]) == len(check.answers) - 1
    found = session.scalars(sa.select(LevelEstimate).filter_by(user_id=person.id)).one()
    assert found.mean < before
    causes = session.scalars(sa.select(LevelChange.cause).order_by(LevelChange.id)).all()
    assert causes == ["quiz:check", "quiz:strike"]


def test_questions_asked_of_many_are_put_less_often(ctx, make, session):
    """Two people never see the same order by heart, and nobody the same question twice."""
    put = []
    for _ in range(6):
        check = quiz.start(ctx(make.user()), COMPETENCY)
        put.append(check.answers[0].item_id)
    counts = items.exposures(session, put)

    assert len(counts) >= 2
    assert sum(counts.values()) == 6


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_who_can_read_the_keys_takes_no_check(ctx, make, role):
    with pytest.raises(PermissionDenied, match="with their answers"):
        quiz.start(ctx(make.user(role)), COMPETENCY)


def test_nobody_sees_another_ones_check(acting, ctx, make, session):
    check = quiz.start(acting, COMPETENCY)
    session.commit()

    for other in (make.user(), make.officer(), make.user(Role.MENTOR)):
        with pytest.raises(NotFound):
            queries.get_check(session, other, check.id)
    with pytest.raises(NotFound):
        quiz.answer(ctx(make.user()), check.id, 1, 0, language="en")
    with pytest.raises(NotFound):
        quiz.start(acting, "NO-SUCH")


def test_a_closed_account_takes_its_answers_along(acting, session, person):
    check = quiz.start(acting, COMPETENCY)
    take(acting, check)
    quiz.forget(session, person.id)

    assert session.scalar(sa.select(sa.func.count()).select_from(QuizCheck)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(QuizAnswer)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(QuizItem)) == len(quiz_bank())


@pytest.mark.parametrize(("difference", "flags"), [(1.4, ()), (-1.6, ("language",)), (NAN, ())])
def test_a_difference_between_languages_is_noticed_once_it_is_large(difference, flags):
    found = ItemHealth(60, 0.5, 0.5, 0.4, 1.75, ())

    assert items.Behaviour(found, difference).flags == flags
