"""Points: what earns them, the caps, what undoes them, the board, taking back; and what never reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    POINT_RULES,
    AnswerSide,
    AuditEvent,
    Enrolment,
    Evidence,
    EvidenceKind,
    LearningResource,
    OutboxMessage,
    PointEntry,
    PointKind,
    Problem,
    Question,
    QuestionAnswer,
    ResourceFormat,
    ResourcePhase,
    Role,
    Team,
    User,
)
from matchmaker.policies.point_entry import visible_point_entries
from matchmaker.queries import point_entry as queries
from matchmaker.queries.level_piece import today
from matchmaker.queries.point_entry import EntryFilter
from matchmaker.services import point_entry as service
from matchmaker.services.context import Context
from matchmaker.workflows.enrolment import ENROLMENT_WORKFLOW, EnrolmentAction, EnrolmentState
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceState
from matchmaker.workflows.question import QUESTION_WORKFLOW, QuestionAction, QuestionState
from tests.factories import Factory

Ctx = Callable[..., Context]
LONG = "Three hundred pictures a day, labelled by two people."


def evidence(session: Session, user: User, kind: EvidenceKind, **values: Any) -> Evidence:
    row = Evidence(
        user_id=user.id,
        competency=values.pop("competency", "PER-CV"),
        kind=kind,
        level=3,
        obtained_on=today(),
        decided_at=values.pop("decided_at", utcnow()),
        **values,
    )
    for action in EVIDENCE_WORKFLOW.path(EvidenceState.CHECKED):
        row.apply(action)
    session.add(row)
    session.flush()
    return row


def answered(
    session: Session, problem: Problem, team: Team, asker: User, author: User, text: str = LONG
) -> Question:
    question = Question(
        problem=problem, team=team, asker=asker, text="How many?", language="en", due_at=utcnow()
    )
    for action in QUESTION_WORKFLOW.path(QuestionState.ANSWERED):
        question.apply(action)
    question.answers.append(
        QuestionAnswer(author_id=author.id, side=AnswerSide.OWNER, text=text, language="en")
    )
    session.add(question)
    session.flush()
    return question


def passed(session: Session, user: User, code: str) -> Enrolment:
    resource = LearningResource(
        code=code,
        theme="T1",
        title_zh="課程",
        title_en="Course",
        teaches=[{"competency": "PER-CV", "from": 1, "to": 3}],
        hours=6,
        format=ResourceFormat.CASE,
        phase=ResourcePhase.BEFORE,
        languages=["en"],
    )
    row = Enrolment(user_id=user.id, resource=resource, assessed_at=utcnow())
    for action in ENROLMENT_WORKFLOW.path(EnrolmentState.PASSED):
        row.apply(action)
    session.add(row)
    session.flush()
    return row


def earned(session: Session, user: User) -> dict[str, int]:
    rows = session.scalars(sa.select(PointEntry).where(PointEntry.user_id == user.id))
    return {row.source: row.points if row.counts else -row.points for row in rows}


class TestCounting:
    def test_each_kind_earns_what_the_rule_says_and_a_second_count_adds_nothing(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        solver, mentor, owner = make.user(), make.user(Role.MENTOR), make.user()
        team = make.team(solver)
        problem = make.problem(organization=make.organization(owner))
        work = evidence(session, solver, EvidenceKind.ARTEFACT, url="https://a.example/x?utm=1#top")
        evidence(
            session, solver, EvidenceKind.ARTEFACT, url="https://A.example/x/", competency="FND-DL"
        )
        evidence(session, solver, EvidenceKind.ARTEFACT, title="Told, with no address")
        for competency in ("PER-CV", "FND-DL"):
            evidence(
                session, solver, EvidenceKind.MENTOR, reviewer_id=mentor.id, competency=competency
            )
        question = answered(session, problem, team, solver, owner)
        course = passed(session, solver, "C1")

        assert service.collect(ctx()) == {"counted": 4, "undone": 0, "redone": 0}
        assert service.collect(ctx()) == {"counted": 0, "undone": 0, "redone": 0}
        shared = next(key for key in earned(session, solver) if key.startswith("work:"))
        assert work.is_reviewed
        assert earned(session, solver) == {
            shared: POINT_RULES[PointKind.SHARING].points,
            f"enrolment:{course.id}": POINT_RULES[PointKind.FINISHING].points,
        }
        word = f"word:{mentor.id}:{solver.id}:{today().year}"
        assert earned(session, mentor) == {word: POINT_RULES[PointKind.MENTORING].points}
        assert earned(session, owner) == {
            f"question:{question.id}": POINT_RULES[PointKind.ANSWERING].points
        }
        assert queries.totals(session, solver.id) == {
            PointKind.SHARING: 8,
            PointKind.ANSWERING: 0,
            PointKind.FINISHING: 10,
            PointKind.MENTORING: 0,
        }

    def test_what_is_short_one_s_own_hidden_or_in_house_earns_nothing(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        solver, owner = make.user(), make.user()
        own = make.team(owner)
        problem = make.problem(organization=make.organization(owner))
        answered(session, problem, make.team(solver), solver, owner, text="Yes.")
        answered(session, problem, own, owner, owner)
        hidden = answered(session, problem, make.team(solver), solver, owner)
        hidden.hide_reason = "Names somebody"
        hidden.apply(QuestionAction.HIDE)
        attended = passed(session, solver, "C2")
        attended.apply(EnrolmentAction.REVOKE)
        session.flush()

        assert service.collect(ctx())["counted"] == 0

    def test_caps_hold_by_kind_by_day_and_together(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        owner, asker = make.user(), make.user()
        team = make.team(asker)
        problem = make.problem(organization=make.organization(owner))
        for _ in range(5):
            answered(session, problem, team, asker, owner)
        for number in range(3):
            passed(session, owner, f"D{number}")
        service.collect(ctx())

        rows = earned(session, owner)
        answers = [points for key, points in rows.items() if key.startswith("question:")]
        courses = [points for key, points in rows.items() if key.startswith("enrolment:")]
        assert sorted(answers) == [0, 0, 5, 5, 5]
        assert sorted(courses) == [0, 0, 10]  # 15 + 10 + 10 would be more than 30 a day.
        assert service.collect(ctx())["counted"] == 0  # Over a cap stays over it.

    def test_what_is_undone_counts_no_more_and_comes_back_with_the_deed(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        solver = make.user()
        course = passed(session, solver, "E1")
        service.collect(ctx())
        course.apply(EnrolmentAction.REVOKE)
        session.flush()
        assert service.collect(ctx()) == {"counted": 0, "undone": 1, "redone": 0}
        assert earned(session, solver) == {f"enrolment:{course.id}": -10}
        course.apply(EnrolmentAction.ACCEPT)
        session.flush()
        assert service.collect(ctx()) == {"counted": 0, "undone": 0, "redone": 1}
        assert earned(session, solver) == {f"enrolment:{course.id}": 10}

    def test_old_deeds_are_left_alone_and_those_of_people_who_left_are_nobody_s(
        self, make: Factory, session: Session, ctx: Ctx
    ) -> None:
        solver, mentor = make.user(), make.user(Role.MENTOR)
        long_ago = utcnow() - dt.timedelta(days=800)
        evidence(session, solver, EvidenceKind.PEER, reviewer_id=mentor.id, decided_at=long_ago)
        evidence(session, solver, EvidenceKind.MENTOR, reviewer_id=mentor.id)
        mentor.erase(utcnow())
        session.flush()
        assert service.collect(ctx())["counted"] == 0


@pytest.fixture
def entry(make: Factory, session: Session, ctx: Ctx) -> PointEntry:
    passed(session, make.user(name="Ada"), "F1")
    service.collect(ctx())
    session.commit()
    return session.scalars(sa.select(PointEntry)).one()


class TestTakingBack:
    def test_an_officer_takes_back_with_a_reason_and_may_undo_it(
        self, make: Factory, session: Session, ctx: Ctx, entry: PointEntry
    ) -> None:
        officer = make.officer()
        with pytest.raises(InvalidInput) as refused:
            service.take_back(ctx(officer), entry.id, reason="  ", version=entry.version)
        assert list(refused.value.fields) == ["reason"]
        seen = entry.version
        service.take_back(ctx(officer), entry.id, reason="Copied work", version=seen)
        service.take_back(ctx(officer), entry.id, reason="Copied work", version=seen)
        session.commit()
        assert queries.totals(session, entry.user_id)[PointKind.FINISHING] == 0
        assert service.collect(ctx()) == {"counted": 0, "undone": 0, "redone": 0}
        letter = session.scalars(sa.select(OutboxMessage)).one()
        assert letter.kind == "point.taken_back"
        assert "Copied work" in letter.body
        with pytest.raises(StaleVersion):
            service.give_back(ctx(officer), entry.id, version=seen)
        service.give_back(ctx(officer), entry.id, version=entry.version)
        assert entry.counts
        assert entry.reason == ""
        actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["point_entry:take_back", "point_entry:give_back"]

    def test_who_may_not(
        self, make: Factory, session: Session, ctx: Ctx, entry: PointEntry
    ) -> None:
        owner = session.get_one(User, entry.user_id)
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.take_back(ctx(owner), entry.id, reason="x", version=entry.version)
        admin = make.user(Role.ADMINISTRATOR)
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.take_back(ctx(admin), entry.id, reason="x", version=entry.version)
        for role in (Role.MENTOR, Role.REVIEWER, Role.ASSOCIATION):
            with pytest.raises(NotFound):
                service.take_back(ctx(make.user(role)), entry.id, reason="x", version=1)
        officer = make.officer()
        entry.user_id = officer.id
        session.flush()
        with pytest.raises(PermissionDenied, match="own points"):
            service.take_back(ctx(officer), entry.id, reason="x", version=entry.version)
        assert session.scalars(sa.select(PointEntry).where(visible_point_entries(None))).all() == []

    def test_what_was_undone_by_itself_is_not_given_back_by_hand(
        self, make: Factory, session: Session, ctx: Ctx, entry: PointEntry
    ) -> None:
        entry.taken_back_at = utcnow()
        session.flush()
        officer = make.officer()
        with pytest.raises(InvalidTransition, match="come back by themselves"):
            service.give_back(ctx(officer), entry.id, version=entry.version)
        with pytest.raises(InvalidTransition, match="do not count any more"):
            service.take_back(ctx(officer), entry.id, reason="x", version=entry.version)


class TestBoard:
    def test_only_those_who_chose_it_stand_there(
        self, make: Factory, session: Session, ctx: Ctx, entry: PointEntry
    ) -> None:
        ada, reader = session.get_one(User, entry.user_id), make.user()
        assert queries.board(session, reader) == []
        service.join_board(ctx(ada))
        service.join_board(ctx(ada))
        assert [
            (line.place, line.name, line.points) for line in queries.board(session, reader)
        ] == [(1, "Ada", 10)]
        service.leave_board(ctx(ada))
        session.flush()
        assert queries.board(session, reader) == []

    def test_the_office_finds_entries_by_name_kind_and_state(
        self, make: Factory, session: Session, entry: PointEntry
    ) -> None:
        officer = make.officer()

        def found(**wanted: str) -> list[int]:
            page = queries.list_entries(session, officer, EntryFilter(**wanted))
            return [row.id for row in page.items]

        assert found(words="ad", kind="finishing", state="counted") == [entry.id]
        assert found(words="nobody") == found(kind="sharing") == found(state="taken_back") == []
        with pytest.raises(PermissionDenied):
            queries.list_entries(session, make.user(Role.MENTOR), EntryFilter())
