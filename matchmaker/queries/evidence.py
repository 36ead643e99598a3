"""Reading evidence: one's own, what waits for one, and what the diagnosis counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.competency import evidence as diagnosis
from matchmaker.competency.succession import follow
from matchmaker.errors import NotFound
from matchmaker.models import (
    ASKED_KINDS,
    SHOWN_KINDS,
    Evidence,
    EvidenceAttachment,
    EvidenceKind,
    Role,
    RoleGrant,
    TeamCompetency,
    TeamMember,
    User,
)
from matchmaker.models.evidence import CLAIM
from matchmaker.policies.evidence import visible_evidence
from matchmaker.queries.level_piece import Piece, months_since
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.evidence import EvidenceState

#: Colleagues agree with each other: no more than this many count for one competency.
MOST_PEERS = 2

#: What a piece that the person shows is worth, by how far it was looked at.
_SHOWN = {
    EvidenceState.CLAIMED: "artefact_e1",
    EvidenceState.ASKED: "artefact_e1",
    EvidenceState.CHECKED: "artefact_e2",
    EvidenceState.VERIFIED: "artefact_e3",
}


def pieces(session: Session, user_ids: Collection[int]) -> Iterator[Piece]:
    """What the stored evidence of some people says; see `services.level_estimate`."""
    statement = (
        sa.select(Evidence)
        .where(Evidence.user_id.in_(user_ids), Evidence.state.in_(tuple(_SHOWN)))
        .order_by(Evidence.obtained_on.desc(), Evidence.id.desc())
    )
    for row in _counting(session.scalars(statement)):
        age = months_since(row.obtained_on)
        for heir in follow(row.competency):
            said = _said(row, age, row.relevance * heir.share)
            yield Piece(row.user_id, heir.competency, row.kind.value, row.obtained_on, said, row)


def _counting(rows: Iterable[Evidence]) -> Iterator[Evidence]:
    """Of newest-first *rows* those that count: nobody's word twice, two colleagues at most."""
    words: set[tuple[int, str, EvidenceKind, int | None]] = set()
    peers: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.kind in (EvidenceKind.SELF_ANCHORED, EvidenceKind.PEER, EvidenceKind.MENTOR):
            speaker = None if row.kind is EvidenceKind.SELF_ANCHORED else row.reviewer_id
            word = (row.user_id, row.competency, row.kind, speaker)
            if row.level is None or word in words:
                continue
            words.add(word)
        if row.kind is EvidenceKind.PEER:
            about = row.user_id, row.competency
            peers[about] = peers.get(about, 0) + 1
            if peers[about] > MOST_PEERS:
                continue
        yield row


def _said(row: Evidence, age: float, relevance: float) -> diagnosis.Evidence:
    if row.kind is EvidenceKind.MILESTONE:
        return diagnosis.Outcome(
            stage=row.facts["stage"],
            level=int(row.facts["needed"]),
            result=diagnosis.Result(row.facts["result"]),
            share=row.facts["share"],
            importance=int(row.facts.get("importance", 3)),
            age_months=age,
        )
    assert row.level is not None  # noqa: S101 -- a check constraint and `_counting` see to it
    return diagnosis.Rating(_source(row), row.level, age, relevance)


def _source(row: Evidence) -> str:
    """Which kind of rating of the parameters a piece is."""
    if row.kind in (EvidenceKind.SELF_ANCHORED, EvidenceKind.PEER, EvidenceKind.MENTOR):
        return row.kind.value
    if row.kind is EvidenceKind.COURSE and row.state is EvidenceState.VERIFIED:
        return "mentor"  # The instructor's judgement.
    return _SHOWN[row.state]


# One's own


def get_evidence(
    session: Session, actor: User | None, evidence_id: int, *, lock: bool = False
) -> Evidence:
    """The piece, if *actor* may know of it."""
    statement = (
        sa.select(Evidence)
        .where(Evidence.id == evidence_id, visible_evidence(actor))
        .options(joinedload(Evidence.attachment), joinedload(Evidence.user))
    )
    if lock:
        statement = statement.with_for_update(of=Evidence)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def own_ratings(session: Session, user_id: int) -> dict[str, Evidence]:
    """What a person says of themselves now, by competency."""
    statement = sa.select(Evidence).where(
        Evidence.user_id == user_id,
        Evidence.kind == EvidenceKind.SELF_ANCHORED,
        Evidence.state == EvidenceState.CLAIMED,
    )
    return {row.competency: row for row in session.scalars(statement.order_by(Evidence.id))}


def team_claims(actor: User) -> dict[str, TeamCompetency]:
    """The highest level that the active teams of *actor* claim, by competency."""
    found: dict[str, TeamCompetency] = {}
    for place in actor.team_memberships:
        if place.team.archived_at is not None:
            continue
        for claim in place.team.competencies:
            if claim.competency not in found or claim.level > found[claim.competency].level:
                found[claim.competency] = claim
    return found


def shown_by(session: Session, user_id: int) -> Sequence[Evidence]:
    """What a person shows and has not taken back, newest first."""
    statement = _of(user_id).where(
        Evidence.kind.in_(SHOWN_KINDS), Evidence.state != EvidenceState.WITHDRAWN
    )
    return session.scalars(statement).all()


def words_about(session: Session, user_id: int) -> Sequence[Evidence]:
    """Whom a person has asked, and what was answered; newest first."""
    statement = _of(user_id).where(
        Evidence.kind.in_(ASKED_KINDS), Evidence.state != EvidenceState.WITHDRAWN
    )
    return session.scalars(statement).all()


def results_of(session: Session, user_id: int) -> Sequence[Evidence]:
    """What milestones say of a person, newest first."""
    statement = _of(user_id).where(
        Evidence.kind == EvidenceKind.MILESTONE, Evidence.state != EvidenceState.WITHDRAWN
    )
    return session.scalars(statement).all()


def _of(user_id: int) -> sa.Select[Evidence]:
    return (
        sa.select(Evidence)
        .where(Evidence.user_id == user_id)
        .options(joinedload(Evidence.attachment), joinedload(Evidence.reviewer))
        .order_by(Evidence.obtained_on.desc(), Evidence.id.desc())
    )


def find_twin(kept: Iterable[Evidence], columns: dict[str, Any], sha256: str) -> Evidence | None:
    """The piece that a first click on the same form has made."""
    for row in kept:
        own = row.attachment.sha256 if row.attachment else ""
        if own == sha256 and all(getattr(row, name) == value for name, value in columns.items()):
            return row
    return None


def find_course(session: Session, user_id: int, **columns: Any) -> Evidence | None:
    """A course of the programme that is on record already."""
    statement = sa.select(Evidence).filter_by(
        user_id=user_id, kind=EvidenceKind.COURSE, state=EvidenceState.VERIFIED, **columns
    )
    return session.scalar(statement.limit(1))


def find_result(session: Session, user_id: int, competency: str, milestone: str) -> Evidence | None:
    """What a milestone says of a member by now."""
    statement = sa.select(Evidence).filter_by(
        user_id=user_id,
        competency=competency,
        kind=EvidenceKind.MILESTONE,
        state=EvidenceState.VERIFIED,
    )
    rows = session.scalars(statement)
    return next((row for row in rows if row.facts.get("milestone") == milestone), None)


# Colleagues and mentors


def colleagues(session: Session, actor: User) -> Sequence[User]:
    """The people *actor* shares an active team with, by name."""
    teams = [place.team_id for place in actor.team_memberships if place.team.archived_at is None]
    statement = (
        sa.select(User)
        .where(
            User.id != actor.id,
            User.id.in_(sa.select(TeamMember.user_id).where(TeamMember.team_id.in_(teams))),
            _active(),
        )
        .order_by(User.name, User.id)
    )
    return session.scalars(statement).all()


def mentors(session: Session, actor: User) -> Sequence[User]:
    """The programme's mentors, but those *actor* shares a team with, by name."""
    shared = sa.select(TeamMember.user_id).where(TeamMember.team_id.in_(actor.team_ids))
    granted = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.MENTOR)
    statement = (
        sa.select(User)
        .where(User.id != actor.id, User.id.in_(granted), User.id.not_in(shared), _active())
        .order_by(User.name, User.id)
    )
    return session.scalars(statement).all()


def _active() -> sa.ColumnElement[bool]:
    return sa.and_(User.disabled_at.is_(None), User.erased_at.is_(None))


def get_askable(session: Session, actor: User, kind: EvidenceKind, person_id: int) -> User:
    """The person, if *actor* may know that they can be asked."""
    people = colleagues(session, actor) if kind is EvidenceKind.PEER else mentors(session, actor)
    for person in people:
        if person.id == person_id:
            return person
    raise NotFound


def asked_of(
    session: Session, person_id: int, *, asker_id: int | None = None, lock: bool = False
) -> Sequence[Evidence]:
    """What waits for a person's word, of one asker or of all, oldest first."""
    statement = (
        sa.select(Evidence)
        .where(
            Evidence.reviewer_id == person_id,
            Evidence.kind.in_(ASKED_KINDS),
            Evidence.state == EvidenceState.ASKED,
        )
        .options(joinedload(Evidence.user))
        .order_by(Evidence.created_at, Evidence.id)
    )
    if asker_id is not None:
        statement = statement.where(Evidence.user_id == asker_id)
    if lock:
        statement = statement.with_for_update(of=Evidence)
    return session.scalars(statement).all()


# The queue


def waiting(actor: User) -> sa.ColumnElement[bool]:
    """The condition that a piece waits for somebody like *actor* to look at it."""
    shared = sa.select(TeamMember.user_id).where(TeamMember.team_id.in_(actor.team_ids))
    return sa.and_(
        Evidence.kind.in_(SHOWN_KINDS),
        Evidence.state == EvidenceState.ASKED,
        Evidence.user_id != actor.id,
        Evidence.user_id.not_in(shared),
    )


def is_free(actor: User) -> sa.ColumnElement[bool]:
    """The condition that nobody else has a piece on the table."""
    return sa.or_(
        Evidence.taken_at.is_(None),
        Evidence.taken_at <= utcnow() - CLAIM,
        Evidence.reviewer_id == actor.id,
    )


def list_waiting(
    session: Session, actor: User, *, domain: str = "", kind: str = "", number: int = 1
) -> Page[Evidence]:
    """What waits for a look, longest waiting first."""
    conditions = [waiting(actor)]
    if domain:
        conditions.append(Evidence.competency.startswith(f"{domain}-", autoescape=True))
    if kind:
        conditions.append(Evidence.kind == kind)
    statement = (
        sa.select(Evidence)
        .where(*conditions)
        .options(joinedload(Evidence.user), joinedload(Evidence.reviewer))
        .order_by(Evidence.created_at, Evidence.id)
    )
    return paginate(session, statement, number=number)


def list_decided(session: Session, actor: User, *, number: int = 1) -> Page[Evidence]:
    """What the actor has decided, newest first."""
    statement = (
        sa.select(Evidence)
        .where(
            visible_evidence(actor),
            Evidence.reviewer_id == actor.id,
            Evidence.decided_at.is_not(None),
            Evidence.kind.in_(SHOWN_KINDS),
        )
        .options(joinedload(Evidence.user))
        .order_by(Evidence.decided_at.desc(), Evidence.id.desc())
    )
    return paginate(session, statement, number=number)


def next_waiting(session: Session, actor: User, *, after: int = 0) -> Evidence | None:
    """The next piece to look at that nobody else has on the table."""
    statement = sa.select(Evidence).where(waiting(actor), is_free(actor), Evidence.id != after)
    return session.scalar(statement.order_by(Evidence.created_at, Evidence.id).limit(1))


def count_waiting(session: Session, actor: User) -> int:
    """How many pieces wait for a look."""
    statement = sa.select(sa.func.count()).select_from(Evidence).where(waiting(actor))
    return session.scalar(statement) or 0


def count_same_file(session: Session, evidence: Evidence) -> int:
    """How many other people have handed in the very same file."""
    if evidence.attachment is None:
        return 0
    statement = (
        sa.select(sa.func.count(Evidence.user_id.distinct()))
        .join(EvidenceAttachment)
        .where(
            EvidenceAttachment.sha256 == evidence.attachment.sha256,
            Evidence.user_id != evidence.user_id,
        )
    )
    return session.scalar(statement) or 0
