"""Who may do what with evidence, and what is refused with which reason."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from matchmaker.adapters.scanner import Scan, Verdict
from matchmaker.competency.evidence import Result
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Unavailable,
)
from matchmaker.models import (
    AuditEvent,
    Evidence,
    EvidenceAttachment,
    EvidenceKind,
    LevelChange,
    LevelEstimate,
    OutboxMessage,
    Role,
)
from matchmaker.passwords import hash_password
from matchmaker.policies.evidence import may_ask_person
from matchmaker.queries import attachment as attachments
from matchmaker.queries import evidence as queries
from matchmaker.queries.level_piece import today
from matchmaker.services import (
    account,
    evidence_file,
    evidence_record,
    evidence_review,
    evidence_word,
)
from matchmaker.services import evidence as service
from matchmaker.services.evidence import Shown
from matchmaker.services.evidence_word import Word
from matchmaker.services.level_estimate import estimates_of
from matchmaker.workflows.attachment import AttachmentState
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceAction, EvidenceState
from tests.backends import on_both

Kind, State, Action = EvidenceKind, EvidenceState, EvidenceAction
REASON = "Ran on data of its own; methods were compared."


@pytest.fixture
def world(make):
    """A person with a teammate, a stranger and everybody who may look."""
    person, mate = make.user(), make.user()
    make.team(person, mate)
    return SimpleNamespace(
        person=person,
        mate=mate,
        stranger=make.user(),
        mentor=make.user(Role.MENTOR),
        officer=make.officer(),
        reviewer=make.user(Role.REVIEWER),
        admin=make.user(Role.ADMINISTRATOR),
        association=make.user(Role.ASSOCIATION),
        enterprise=make.user(kind="enterprise"),
    )


def work(**values):
    values = {"kind": Kind.ARTEFACT, "levels": {"PER-CV": 3}, "title": "Work", **values}
    return Shown(**{"obtained_on": today(), "url": "https://code.example/x", **values})


def handed_in(ctx, person, **values):
    row = service.add(ctx(person), work(**values))[0]
    return service.hand_in(ctx(person), row.id)


def decide(ctx, who, row, action=Action.CHECK, level=3, reason=REASON, version=None):
    return evidence_review.decide(
        ctx(who), row.id, action, level=level, reason=reason, version=version or row.version
    )


def outcome(act):
    """What happened, in a word, with the reason if it was refused."""
    try:
        act()
    except MatchmakerError as error:
        return f"{type(error).__name__}: {error}"
    return "done"


PEOPLE = ("person", "mate", "stranger", "mentor", "officer", "reviewer", "admin", "enterprise")
HIDDEN = "NotFound: There is nothing here that you can see. It may have been moved or withdrawn."


def test_who_may_decide(ctx, world, session):
    row = handed_in(ctx, world.person)
    found = {}
    for name in PEOPLE:
        who = getattr(world, name)
        found[name] = outcome(lambda who=who: decide(ctx, who, row))
    assert found == {
        **dict.fromkeys(PEOPLE, HIDDEN),
        "person": "PermissionDenied: Nobody decides on their own evidence.",
        "mentor": "done",
        "officer": (
            "InvalidTransition: “Check” is not possible in the state “Checked”. "
            "Reload the page to see what is."
        ),
    }


def test_nobody_decides_on_a_teammate(ctx, make, world, session):
    make.team(world.person, world.mentor)
    session.refresh(world.person)
    session.refresh(world.mentor)
    row = handed_in(ctx, world.person)
    assert outcome(lambda: decide(ctx, world.mentor, row)) == (
        "PermissionDenied: You share a team with this person: somebody else has to look."
    )
    assert queries.count_waiting(session, world.mentor) == 0
    assert queries.count_waiting(session, world.officer) == 1


def test_what_is_possible_in_which_state(ctx, world, session):
    """Every state and action, through the services that take them."""
    found = {}
    for state in State:
        for action in (Action.ASK, Action.CHECK, Action.VERIFY, Action.REJECT, Action.WITHDRAW):
            row = service.add(ctx(world.person), work(title=f"{state} {action}"))[0]
            for step in EVIDENCE_WORKFLOW.path(state):
                row.apply(step)
            row.reason, row.decided_at = "An earlier reason, long enough.", row.created_at
            session.flush()
            found[state, action] = _try(ctx, world, row, action)
    allowed = {pair for pair, done in found.items() if done == "done"}
    # Asking again and taking back again are second clicks; a withdrawn piece is nobody's business.
    clicks = {(State.ASKED, Action.ASK), (State.WITHDRAWN, Action.WITHDRAW)}
    assert allowed == set(EVIDENCE_WORKFLOW.table) | clicks
    assert found[State.CLAIMED, Action.CHECK].startswith("InvalidTransition")
    assert found[State.WITHDRAWN, Action.CHECK] == HIDDEN


def _try(ctx, world, row, action):
    if action is Action.ASK:
        return outcome(lambda: service.hand_in(ctx(world.person), row.id))
    if action is Action.WITHDRAW:
        return outcome(lambda: service.withdraw(ctx(world.person), row.id))
    return outcome(lambda: decide(ctx, world.officer, row, action, reason=f"{REASON} {action}"))


@on_both
def test_a_decision_is_told_recorded_and_moves_the_level(ctx, world, session):
    row = handed_in(ctx, world.person, levels={"PER-CV": 4})
    claimed = estimates_of(session, world.person.id)["PER-CV"]
    assert claimed.is_unknown

    decide(ctx, world.mentor, row, level=2)

    known = estimates_of(session, world.person.id)["PER-CV"]
    assert known.mean < claimed.mean
    assert not known.is_unknown
    assert (row.level, row.facts, row.reviewer_id) == (2, {"claimed_level": 4}, world.mentor.id)
    change = session.scalars(sa.select(LevelChange).order_by(LevelChange.id.desc())).first()
    assert (change.cause, change.cause_id) == ("evidence:check", row.id)
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.subject_id) == ("evidence:check", row.id)
    assert event.data == {"before": "asked", "after": "checked", "level": 2}
    assert session.scalars(sa.select(OutboxMessage)).one().recipient == world.person.email
    decide(ctx, world.mentor, row, level=2, version=1)  # A second click tells nobody twice.
    assert session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 1
    decide(ctx, world.officer, row, Action.REJECT, None)  # It turned out to be false.
    assert estimates_of(session, world.person.id) == {}


def test_what_each_reads(ctx, world, session):
    own = service.rate(ctx(world.person), {"PER-CV": 3})[0]
    claimed = service.add(ctx(world.person), work())[0]
    waiting = handed_in(ctx, world.person, title="Second")
    said = evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["PER-CV"])[0]
    found = {}
    for name in (*PEOPLE, "association"):
        rows = [own, claimed, waiting, said]
        who = getattr(world, name)
        found[name] = [n for n, row in enumerate(rows) if _reads(session, who, row)]
    nothing = {name: [] for name in found}
    assert found == {**nothing, "person": [0, 1, 2, 3], "mate": [3], "mentor": [2], "officer": [2]}


def _reads(session, who, row):
    try:
        return queries.get_evidence(session, who, row.id) is row
    except NotFound:
        return False


def test_whom_one_may_ask(ctx, world):
    def ask(kind, who):
        return outcome(lambda: evidence_word.ask(ctx(world.person), kind, who.id, ["PER-CV"]))

    assert ask(Kind.PEER, world.mate) == "done"
    assert ask(Kind.MENTOR, world.mentor) == "done"
    assert ask(Kind.PEER, world.stranger) == HIDDEN
    assert ask(Kind.MENTOR, world.mate) == HIDDEN
    assert ask(Kind.PEER, world.person) == HIDDEN


def test_the_rules_say_why_one_may_not_be_asked(make, world, session):
    assert may_ask_person(world.person, Kind.PEER, world.person) == (
        "Ask somebody else: your own view is your own rating."
    )
    assert may_ask_person(world.person, Kind.PEER, world.stranger) == (
        "Colleagues are the people you share a team with."
    )
    assert may_ask_person(world.person, Kind.MENTOR, world.stranger) == (
        "This person is not a mentor of the programme."
    )
    make.team(world.person, world.mentor)
    session.refresh(world.person)
    session.refresh(world.mentor)
    assert may_ask_person(world.person, Kind.MENTOR, world.mentor) == (
        "This mentor is in your team: ask them as a colleague."
    )


def test_asking_twice_asks_once_and_not_without_end(ctx, world, session, monkeypatch):
    first = evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["PER-CV"])
    assert evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["PER-CV"]) == []
    assert len(first) == 1
    assert session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 1
    monkeypatch.setattr(evidence_word, "MAX_WAITING", 1)
    with pytest.raises(RateLimited, match="1 of your requests wait for an answer"):
        evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["FND-ML"])


@on_both
def test_a_word_is_given_once_and_only_by_whom_it_was_asked_of(ctx, world, session):
    row = evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["PER-CV"])[0]
    word = {row.id: Word(3, "Built the camera rig alone.")}
    for who in (world.stranger, world.person, world.officer):
        with pytest.raises(NotFound):
            evidence_word.answer(ctx(who), world.person.id, word)
    with pytest.raises(InvalidInput):
        evidence_word.answer(ctx(world.mate), world.person.id, {row.id: Word(9, "x" * 20)})
    evidence_word.answer(ctx(world.mate), world.person.id, word)
    with pytest.raises(NotFound):  # Nothing waits any more.
        evidence_word.answer(ctx(world.mate), world.person.id, word)
    with pytest.raises(PermissionDenied, match="only they can take it back"):
        service.withdraw(ctx(world.person), row.id)
    service.withdraw(ctx(world.mate), row.id)
    assert estimates_of(session, world.person.id) == {}


def test_a_request_taken_back_meanwhile(ctx, world):
    one, two = evidence_word.ask(ctx(world.person), Kind.PEER, world.mate.id, ["PER-CV", "FND-ML"])
    service.withdraw(ctx(world.person), one.id)
    with pytest.raises(InvalidTransition, match="answered or taken back meanwhile"):
        evidence_word.answer(ctx(world.mate), world.person.id, {one.id: Word(None)})
    assert two.state is State.ASKED


def test_a_course_of_the_programme_counts_as_its_instructors_word(ctx, world, session):
    values = {"competency": "FND-ML", "level": 2, "obtained_on": today(), "title": "LR-05"}
    row = service.record_course(ctx(None), world.person.id, **values)
    assert service.record_course(ctx(None), world.person.id, **values) is row
    assert (row.state, row.kind) == (State.VERIFIED, Kind.COURSE)
    assert estimates_of(session, world.person.id)["FND-ML"].confirmed >= 1
    with pytest.raises(InvalidInput):
        service.record_course(ctx(None), world.person.id, **{**values, "competency": "X"})


def test_a_milestone_counts_once_and_not_when_it_was_false(ctx, world, session):
    def record(result):
        found = evidence_record.MilestoneResult(
            milestone="engagement:7:2", stage="PoS", needed=3, result=result, share="led"
        )
        return evidence_record.record_result(
            ctx(None), world.person.id, "PER-CV", found, obtained_on=today(), title="Scratches"
        )

    partly, again = record(Result.PARTLY), record(Result.PARTLY)
    half = estimates_of(session, world.person.id)["PER-CV"].mean
    passed = record(Result.PASSED)
    assert (again, partly.state) == (partly, State.WITHDRAWN)
    assert estimates_of(session, world.person.id)["PER-CV"].mean > half
    evidence_record.revoke(ctx(None), passed.id, reason="The figures were made up.")
    assert estimates_of(session, world.person.id) == {}
    with pytest.raises(PermissionDenied):
        service.withdraw(ctx(world.person), passed.id)
    with pytest.raises(ValueError, match="a stage is one of"):
        evidence_record.MilestoneResult(
            milestone="m", stage="X", needed=3, result=Result.PASSED, share="led"
        )


def test_too_many_pieces_are_refused(ctx, world, monkeypatch):
    monkeypatch.setattr(service, "MAX_PIECES", 1)
    service.add(ctx(world.person), work())
    with pytest.raises(InvalidInput) as refused:
        service.add(ctx(world.person), work(title="Another"))
    assert str(refused.value.fields["title"][0]) == (
        "You keep 1 pieces already. Take old ones back first."
    )


def test_a_file_is_scanned_before_anybody_opens_it(ctx, world, session, settings):
    row = service.add(ctx(world.person), work())[0]
    kept = EvidenceAttachment(evidence=row, name="x.pdf", kind="pdf", size=3, sha256="a" * 64)
    session.add(kept)
    session.flush()
    with pytest.raises(Unavailable, match="until the virus scanner has passed it"):
        evidence_file.open_content(settings, row)
    found = Scan(Verdict.INFECTED, "Eicar")
    assert evidence_file.take_verdict(ctx(None), kept.id, found) is AttachmentState.INFECTED
    assert evidence_file.take_verdict(ctx(None), 999, found) is None
    assert "a" * 64 in attachments.keys_in_use(session)
    service.withdraw(ctx(world.person), row.id)
    session.flush()
    assert "a" * 64 not in attachments.keys_in_use(session)


def test_who_leaves_the_programme_leaves_nothing_behind(ctx, world, session):
    leaving = world.mate
    leaving.password_hash = hash_password("a password of some length")
    decide(ctx, world.mentor, handed_in(ctx, leaving))
    evidence_word.ask(ctx(leaving), Kind.PEER, world.person.id, ["PER-CV"])
    assert evidence_word.ask(ctx(world.person), Kind.PEER, leaving.id, ["PER-CV"])
    session.commit()
    account.delete(ctx(leaving), "a password of some length")
    session.flush()
    for table in (Evidence, EvidenceAttachment, LevelEstimate, LevelChange):
        assert session.scalar(sa.select(sa.func.count(table.id))) == 0


def test_ages_are_never_negative_and_old_days_are_refused(ctx, world):
    with pytest.raises(InvalidInput):
        service.add(ctx(world.person), work(obtained_on=today() + dt.timedelta(days=2)))
    with pytest.raises(InvalidInput):
        service.add(ctx(world.person), work(obtained_on=dt.date(1949, 12, 31)))
    assert service.add(ctx(world.person), work(obtained_on=today() + dt.timedelta(days=1)))
