"""Learning from the catalogue: every state and action, who assesses, what becomes evidence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import (
    Enrolment,
    Evidence,
    EvidenceKind,
    LearningResource,
    OutboxMessage,
    Role,
    User,
)
from matchmaker.policies.enrolment import may_assess
from matchmaker.queries import enrolment as queries
from matchmaker.queries import learning_resource as resources
from matchmaker.services import enrolment as service
from matchmaker.services import learning_resource as catalogue
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import estimates_of
from matchmaker.workflows.enrolment import EnrolmentAction as A
from matchmaker.workflows.enrolment import EnrolmentState as S
from matchmaker.workflows.evidence import EvidenceState
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
WORK = "https://example.org/work"
WHY = "The split is clean and the errors are explained."


@pytest.fixture
def course(make: Factory, ctx: Ctx, session: Session) -> LearningResource:
    """Teaches computer vision from 1 to 3 and deep learning from 1 to 2."""
    return _entry(ctx(make.officer()), "LR-09", session)


def _entry(office: Context, code: str, session: Session) -> LearningResource:
    row = catalogue.create(office, code, catalogue.shipped_values(code))
    session.commit()
    return row


@pytest.fixture
def learner(make: Factory, ctx: Ctx) -> Context:
    return ctx(make.user())


@pytest.fixture
def mentor(make: Factory, ctx: Ctx) -> Context:
    return ctx(make.user(Role.MENTOR))


def handed_in(learner: Context, course: LearningResource) -> Enrolment:
    row = service.enrol(learner, course.id)
    return service.hand_in(learner, row.id, row.version, url=WORK)


def passed(learner: Context, mentor: Context, course: LearningResource, **levels: int) -> Enrolment:
    row = handed_in(learner, course)
    return assess(mentor, row, levels={k.replace("_", "-"): v for k, v in levels.items()})


def assess(who: Context, row: Enrolment, **facts: object) -> Enrolment:
    facts = {"is_passed": True, "reason": WHY, "levels": {"PER-CV": 2}} | facts
    return service.assess(who, row.id, row.version, **facts)  # type: ignore[arg-type]


def courses(session: Session, user: User | None) -> list[Evidence]:
    assert user is not None
    mine = Evidence.user_id == user.id, Evidence.kind == EvidenceKind.COURSE
    return list(session.scalars(sa.select(Evidence).where(*mine).order_by(Evidence.id)))


def test_what_passes_becomes_evidence_at_the_level_that_was_seen(
    learner: Context, mentor: Context, course: LearningResource, session: Session
) -> None:
    assert learner.actor is not None
    row = passed(learner, mentor, course, PER_CV=3, FND_DL=1)

    found = courses(session, learner.actor)
    assert {(e.competency, e.level, e.state) for e in found} == {
        ("PER-CV", 3, EvidenceState.VERIFIED),
        ("FND-DL", 1, EvidenceState.VERIFIED),
    }
    assert {e.url for e in found} == {WORK}
    known = estimates_of(session, learner.actor.id)
    assert known["PER-CV"].mean > known["FND-DL"].mean
    assert not known["PER-CV"].is_unknown
    assert [event.action for event in row.events] == [A.ENROL, A.HAND_IN, A.ACCEPT]
    letter = session.scalars(sa.select(OutboxMessage)).one()
    assert (letter.kind, WHY in letter.body) == ("enrolment.passed", True)


def test_attendance_is_noted_and_is_no_evidence(
    learner: Context, make: Factory, ctx: Ctx, session: Session, course: LearningResource
) -> None:
    meeting = _entry(ctx(make.officer()), "LR-22", session)
    for entry in (meeting, course):
        row = service.enrol(learner, entry.id)
        service.attend(learner, row.id, row.version)
        assert row.state is S.ATTENDED
    row = queries.find_own(session, learner.actor.id, meeting.id)  # type: ignore[union-attr, assignment]
    with pytest.raises(InvalidTransition, match="no evidence of a level"):
        service.hand_in(learner, row.id, row.version, url=WORK)
    assert courses(session, learner.actor) == []
    assert estimates_of(session, learner.actor.id) == {}  # type: ignore[union-attr]


def test_not_yet_passed_can_be_handed_in_again(
    learner: Context, mentor: Context, course: LearningResource, session: Session
) -> None:
    row = assess(mentor, handed_in(learner, course), is_passed=False, levels={"PER-CV": 2})
    assert (row.state, row.levels, courses(session, learner.actor)) == (S.NOT_PASSED, {}, [])
    service.hand_in(learner, row.id, row.version, note="I added the data nobody had seen. " * 2)
    assess(mentor, row, score=90)
    assert (row.state, row.score, row.levels) == (S.PASSED, 90, {"PER-CV": 2})


def test_a_result_taken_back_counts_no_more_and_may_be_given_again(
    learner: Context, mentor: Context, course: LearningResource, session: Session
) -> None:
    row = passed(learner, mentor, course, PER_CV=3)
    before = estimates_of(session, learner.actor.id)  # type: ignore[union-attr]
    service.revoke(mentor, row.id, row.version, reason="This was somebody else's work.")

    assert (row.state, row.levels, row.score, row.reason) == (S.HANDED_IN, {}, None, "")
    piece = courses(session, learner.actor)[0]
    assert (piece.state, piece.reason) == (EvidenceState.REJECTED, "This was somebody else's work.")
    assert before.keys() == {"PER-CV"}
    assert estimates_of(session, learner.actor.id) == {}  # type: ignore[union-attr]

    assess(mentor, row, levels={"PER-CV": 1})
    states = [e.state for e in courses(session, learner.actor)]
    assert states == [EvidenceState.REJECTED, EvidenceState.VERIFIED]
    kinds = session.scalars(sa.select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds == ["enrolment.passed", "enrolment.revoked", "enrolment.passed"]


def test_enrolling_twice_is_one_enrolment_and_giving_up_is_not_for_ever(
    learner: Context, course: LearningResource, session: Session
) -> None:
    row = service.enrol(learner, course.id)
    assert service.enrol(learner, course.id) is row
    service.withdraw(learner, row.id, row.version)
    assert queries.taken_resources(session, row.user_id) == set()
    assert service.enrol(learner, course.id) is row
    assert [e.action for e in row.events] == [A.ENROL, A.WITHDRAW, A.ENROL]
    assert queries.taken_resources(session, row.user_id) == {course.id}


def test_what_is_no_longer_offered_takes_nobody_new(
    learner: Context, make: Factory, ctx: Ctx, course: LearningResource, session: Session
) -> None:
    row = service.enrol(learner, course.id)
    office = ctx(make.officer())
    catalogue.retire(office, course.id, course.version, reason="Over")
    assert resources.get_resource(session, learner.actor, course.id) is course
    service.hand_in(learner, row.id, row.version, url=WORK)
    with pytest.raises(NotFound):
        service.enrol(ctx(make.user()), course.id)
    with pytest.raises(PermissionDenied, match="no longer offered"):
        service.enrol(ctx(make.officer()), course.id)


NO_RESULT: list[tuple[dict[str, object], str, str]] = [
    ({"reason": "Fine."}, "reason", "Say why in"),
    ({"reason": "x" * 601}, "reason", "Say why in"),
    ({"levels": {}}, "levels", "at least one competency"),
    ({"levels": {"PER-CV": 4}}, "levels", "prepares for"),
    ({"levels": {"PER-CV": 0}}, "levels", "prepares for"),
    ({"levels": {"DEL-COM": 1}}, "levels", "prepares for"),
    ({"score": 101}, "score", "0 to 100"),
]


def test_a_result_that_cannot_be_is_refused(
    learner: Context, mentor: Context, course: LearningResource, session: Session
) -> None:
    row = handed_in(learner, course)
    for facts, field, told in NO_RESULT:
        with pytest.raises(InvalidInput) as refused:
            assess(mentor, row, **facts)
        assert told in refused.value.fields[field][0].text
    assert (row.state, courses(session, learner.actor)) == (S.HANDED_IN, [])


NO_WORK: list[tuple[dict[str, str], str]] = [
    ({}, "note"),
    ({"note": "Too short"}, "note"),
    ({"note": "長" * 4_001}, "note"),
    ({"url": "ftp://example.org/x"}, "url"),
    ({"url": "https://example.org/" + "x" * 500}, "url"),
]


def test_something_has_to_be_shown_or_told(learner: Context, course: LearningResource) -> None:
    row = service.enrol(learner, course.id)
    for work, field in NO_WORK:
        with pytest.raises(InvalidInput) as refused:
            service.hand_in(learner, row.id, row.version, **work)
        assert list(refused.value.fields) == [field]
    assert row.state is S.ENROLLED


def test_who_assesses_and_who_sees_what(
    make: Factory, ctx: Ctx, learner: Context, course: LearningResource, session: Session
) -> None:
    row = handed_in(learner, course)
    mate, other = make.user(Role.MENTOR), make.user(Role.MENTOR)
    make.team(learner.actor, mate)
    session.expire_all()
    told = {
        "own": str(may_assess(learner.actor, row)),
        "mate": str(may_assess(mate, row)),
        "reviewer": str(may_assess(make.user(Role.REVIEWER), row)),
    }
    assert "assessed by mentors and the programme office" in told["own"]
    assert "same team" in told["mate"]
    assert "assessed by mentors and the programme office" in told["reviewer"]
    assert may_assess(other, row) is None
    assert may_assess(make.officer(), row) is None
    as_mentor = make.user(Role.MENTOR)
    mine = handed_in(ctx(as_mentor), course)
    assert "Somebody else assesses" in str(may_assess(as_mentor, mine))
    assert [r.id for r in queries.list_to_assess(session, as_mentor).items] == [row.id]
    with pytest.raises(PermissionDenied, match="same team"):
        assess(ctx(mate), row)
    with pytest.raises(NotFound):
        assess(ctx(make.user()), row)
    with pytest.raises(PermissionDenied, match="Only the person who enrolled"):
        service.withdraw(ctx(other), row.id, row.version)
    assert queries.list_to_assess(session, make.user(Role.REVIEWER)).items == []
    assert queries.events(session, make.user()) == []
    assert len(queries.events(session, make.officer())) == 4


def test_a_mentor_keeps_what_they_assessed_and_loses_sight_of_the_rest(
    learner: Context, mentor: Context, make: Factory, course: LearningResource, session: Session
) -> None:
    row = passed(learner, mentor, course, PER_CV=2)
    assert queries.get_enrolment(session, mentor.actor, row.id) is row
    with pytest.raises(NotFound):
        queries.get_enrolment(session, make.user(Role.MENTOR), row.id)


def test_stale_pages_second_clicks_and_impossible_steps(
    learner: Context, mentor: Context, course: LearningResource
) -> None:
    row = service.enrol(learner, course.id)
    seen = row.version
    service.hand_in(learner, row.id, seen, url=WORK)
    service.hand_in(learner, row.id, seen, url=WORK)
    with pytest.raises(StaleVersion):
        service.hand_in(learner, row.id, seen, url=f"{WORK}/2")
    with pytest.raises(StaleVersion):
        service.withdraw(learner, row.id, seen)
    with pytest.raises(InvalidTransition):
        service.attend(learner, row.id, row.version)
    seen = row.version
    assess(mentor, row)
    service.assess(mentor, row.id, seen, is_passed=True, reason=WHY, levels={"PER-CV": 2})
    with pytest.raises(StaleVersion):
        service.assess(mentor, row.id, seen, is_passed=False, reason=WHY, levels={})
    with pytest.raises(InvalidTransition):
        service.withdraw(learner, row.id, row.version)


def test_an_erased_account_leaves_figures_and_no_words(
    learner: Context, mentor: Context, course: LearningResource, session: Session
) -> None:
    row = passed(learner, mentor, course, PER_CV=2)
    service.forget(session, row.user_id)
    session.expire_all()
    assert (row.url, row.note, row.reason, row.state) == ("", "", "", S.PASSED)
