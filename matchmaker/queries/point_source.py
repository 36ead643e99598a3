"""Reading the deeds that earn points from where they are on record anyway.

Each reads one table in one go. Nothing of in-house calls earns points.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import (
    ASKED_KINDS,
    LEAST_ANSWER,
    AnswerSide,
    CaseStudyConsent,
    CaseStudySide,
    CaseStudyVersion,
    Enrolment,
    Evidence,
    EvidenceKind,
    PointKind,
    Problem,
    Question,
    QuestionAnswer,
    TeamMember,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.queries.level_piece import TAIPEI
from matchmaker.workflows.enrolment import EnrolmentState
from matchmaker.workflows.evidence import REVIEWED_STATES
from matchmaker.workflows.question import QuestionState


@dataclass(frozen=True, order=True)
class Deed:
    """One thing somebody did that earns points."""

    at: dt.datetime
    kind: PointKind
    #: What makes it this deed and no other.
    source: str
    user_id: int

    @property
    def on(self) -> dt.date:
        """The day it was done, in Taipei."""
        return day_of(self.at)


def day_of(moment: dt.datetime) -> dt.date:
    """The day *moment* falls on in Taipei."""
    return moment.astimezone(TAIPEI).date()


def deeds(session: Session, since: dt.datetime) -> list[Deed]:
    """All deeds from *since* on, in the order in which they were done; each source once.

    Those of people who left are nobody's.
    """
    gone = set(session.scalars(sa.select(User.id).where(User.erased_at.is_not(None))))
    found: dict[tuple[PointKind, str], Deed] = {}
    for read in _SOURCES:
        for deed in sorted(read(session, since)):
            if deed.user_id not in gone:
                found.setdefault((deed.kind, deed.source), deed)
    return sorted(found.values())


def _shared(session: Session, since: dt.datetime) -> Iterator[Deed]:
    """Works at an address that somebody of the programme has looked at."""
    statement = sa.select(Evidence.user_id, Evidence.url, Evidence.decided_at).where(
        Evidence.kind == EvidenceKind.ARTEFACT,
        Evidence.url != "",
        Evidence.state.in_(REVIEWED_STATES),
        Evidence.decided_at >= since,
    )
    rows: Iterable[Any] = session.execute(statement)
    for user_id, url, at in rows:
        place = url.partition("#")[0].partition("?")[0].rstrip("/").casefold()
        digest = hashlib.sha256(place.encode()).hexdigest()[:24]
        yield Deed(at, PointKind.SHARING, f"work:{user_id}:{digest}", user_id)


def _answered(session: Session, since: dt.datetime) -> Iterator[Deed]:
    """First answers of owners that say something, but not to a team of one's own."""
    first = sa.select(sa.func.min(QuestionAnswer.id)).group_by(QuestionAnswer.question_id)
    own_team = sa.exists().where(
        TeamMember.team_id == Question.team_id, TeamMember.user_id == QuestionAnswer.author_id
    )
    statement = (
        sa.select(QuestionAnswer.author_id, Question.id, QuestionAnswer.created_at)
        .join(Question, Question.id == QuestionAnswer.question_id)
        .join(Problem, Problem.id == Question.problem_id)
        .where(
            QuestionAnswer.id.in_(first),
            QuestionAnswer.side == AnswerSide.OWNER,
            QuestionAnswer.author_id.is_not(None),
            QuestionAnswer.created_at >= since,
            sa.func.length(QuestionAnswer.text) >= LEAST_ANSWER,
            Question.state != QuestionState.HIDDEN,
            is_national(Problem.call_id),
            ~own_team,
        )
    )
    rows: Iterable[Any] = session.execute(statement)
    for user_id, question_id, at in rows:
        yield Deed(at, PointKind.ANSWERING, f"question:{question_id}", user_id)


def _finished(session: Session, since: dt.datetime) -> Iterator[Deed]:
    """Courses that were assessed and passed."""
    statement = sa.select(Enrolment.user_id, Enrolment.id, Enrolment.assessed_at).where(
        Enrolment.state == EnrolmentState.PASSED, Enrolment.assessed_at >= since
    )
    rows: Iterable[Any] = session.execute(statement)
    for user_id, enrolment_id, at in rows:
        yield Deed(at, PointKind.FINISHING, f"enrolment:{enrolment_id}", user_id)


def _mentored(session: Session, since: dt.datetime) -> Iterator[Deed]:
    """Words on somebody's level, given when asked; the same two people once in a year."""
    statement = sa.select(Evidence.reviewer_id, Evidence.user_id, Evidence.decided_at).where(
        Evidence.kind.in_(ASKED_KINDS),
        Evidence.level.is_not(None),
        Evidence.state.in_(REVIEWED_STATES),
        Evidence.reviewer_id.is_not(None),
        Evidence.decided_at >= since,
    )
    rows: Iterable[Any] = session.execute(statement)
    for user_id, asker_id, at in rows:
        source = f"word:{user_id}:{asker_id}:{day_of(at).year}"
        yield Deed(at, PointKind.MENTORING, source, user_id)


def _told(session: Session, since: dt.datetime) -> Iterator[Deed]:
    """Case studies that were published, for the people who agreed to them for the team."""
    statement = (
        sa.select(
            CaseStudyConsent.user_id, CaseStudyVersion.case_study_id, CaseStudyVersion.published_at
        )
        .join(CaseStudyVersion, CaseStudyVersion.id == CaseStudyConsent.version_id)
        .where(
            CaseStudyConsent.side == CaseStudySide.TEAM,
            CaseStudyConsent.user_id.is_not(None),
            CaseStudyVersion.published_at >= since,
        )
    )
    rows: Iterable[Any] = session.execute(statement)
    for user_id, study_id, at in rows:
        yield Deed(at, PointKind.SHARING, f"case_study:{study_id}:{user_id}", user_id)


_SOURCES: tuple[Callable[[Session, dt.datetime], Iterator[Deed]], ...] = (
    _shared,
    _told,
    _answered,
    _finished,
    _mentored,
)
