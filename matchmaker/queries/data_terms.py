"""Reading data rooms: terms in force, who accepted them, who opened what."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import (
    Attachment,
    AttachmentDownload,
    DataAcceptance,
    DataAdmission,
    DataTerms,
    Match,
    Problem,
    Team,
    User,
)
from matchmaker.policies.data_terms import (
    entitling_matches,
    may_admit,
    may_read_log,
    visible_acceptances,
)
from matchmaker.queries.page import Page, paginate

LOG_PAGE = 100


def current_terms(session: Session, problem_id: int) -> DataTerms | None:
    """The terms in force, if any were written."""
    statement = (
        sa.select(DataTerms)
        .where(DataTerms.problem_id == problem_id)
        .order_by(DataTerms.number.desc())
        .limit(1)
    )
    return session.scalar(statement)


def versions(session: Session, problem_id: int) -> Sequence[DataTerms]:
    """Every version of the terms, newest first."""
    statement = (
        sa.select(DataTerms)
        .where(DataTerms.problem_id == problem_id)
        .options(joinedload(DataTerms.author))
        .order_by(DataTerms.number.desc())
    )
    return session.scalars(statement).all()


def valid_acceptance(session: Session, user: User, terms: DataTerms) -> DataAcceptance | None:
    """The word of *user* that opens the room under *terms* at this moment."""
    statement = (
        sa.select(DataAcceptance)
        .where(
            DataAcceptance.terms_id == terms.id,
            DataAcceptance.user_id == user.id,
            DataAcceptance.revoked_at.is_(None),
            DataAcceptance.expires_at > utcnow(),
        )
        .order_by(DataAcceptance.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def _with_everything(
    statement: sa.Select[DataAcceptance],
) -> sa.Select[DataAcceptance]:
    return statement.options(
        joinedload(DataAcceptance.terms).joinedload(DataTerms.problem),
        joinedload(DataAcceptance.team),
        joinedload(DataAcceptance.revoker),
    ).order_by(DataAcceptance.id.desc())


def own_acceptances(session: Session, user: User, problem_id: int) -> Sequence[DataAcceptance]:
    """What *user* has accepted for a problem, newest first, ended ones too."""
    statement = (
        sa.select(DataAcceptance)
        .join(DataTerms)
        .where(DataTerms.problem_id == problem_id, DataAcceptance.user_id == user.id)
    )
    return session.scalars(_with_everything(statement)).all()


def acceptances(session: Session, actor: User, problem: Problem) -> Sequence[DataAcceptance]:
    """Everybody's acceptances for *problem*, for its owner and the office."""
    may_read_log.require(actor, problem)
    statement = sa.select(DataAcceptance).join(DataTerms).where(DataTerms.problem_id == problem.id)
    return session.scalars(_with_everything(statement)).all()


def get_acceptance(
    session: Session, actor: User | None, acceptance_id: int, *, lock: bool = False
) -> DataAcceptance:
    """The acceptance, or `NotFound`."""
    statement = sa.select(DataAcceptance).where(
        DataAcceptance.id == acceptance_id, visible_acceptances(actor)
    )
    if lock:
        statement = statement.with_for_update(of=DataAcceptance).execution_options(
            populate_existing=True
        )
    else:
        statement = _with_everything(statement)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def still_valid(session: Session, terms_ids: Sequence[int]) -> Sequence[DataAcceptance]:
    """The acceptances of these versions that have neither ended nor lapsed."""
    statement = (
        sa.select(DataAcceptance)
        .where(
            DataAcceptance.terms_id.in_(terms_ids),
            DataAcceptance.revoked_at.is_(None),
            DataAcceptance.expires_at > utcnow(),
        )
        .options(joinedload(DataAcceptance.user))
    )
    return session.scalars(statement.order_by(DataAcceptance.id)).all()


def entitling_team(session: Session, user: User, problem: Problem) -> Team | None:
    """The team through which *user* may enter; none for somebody admitted by name."""
    found = sa.select(Match.team_id).where(
        entitling_matches(), Match.problem_id == problem.id, Match.team_id.in_(user.team_ids)
    )
    return session.scalar(sa.select(Team).where(Team.id.in_(found)).order_by(Team.id).limit(1))


def admissions(session: Session, actor: User, problem: Problem) -> Sequence[DataAdmission]:
    """Whom the owner admits, for the owner and the office."""
    may_read_log.require(actor, problem)
    statement = (
        sa.select(DataAdmission)
        .where(DataAdmission.problem_id == problem.id)
        .options(joinedload(DataAdmission.admitter))
        .order_by(DataAdmission.id)
    )
    return session.scalars(statement).all()


def get_admission(
    session: Session, actor: User, problem: Problem, admission_id: int
) -> DataAdmission:
    """One admission of the problem, or `NotFound`."""
    may_admit.require(actor, problem)
    found = session.get(DataAdmission, admission_id)
    if found is None or found.problem_id != problem.id:
        raise NotFound
    return found


def _downloads(problem: Problem) -> sa.Select[AttachmentDownload]:
    return (
        sa.select(AttachmentDownload)
        .join(Attachment)
        .where(Attachment.problem_id == problem.id)
        .options(joinedload(AttachmentDownload.attachment), joinedload(AttachmentDownload.user))
        .order_by(AttachmentDownload.id.desc())
    )


def downloads(
    session: Session, actor: User, problem: Problem, *, number: int = 1
) -> Page[AttachmentDownload]:
    """Who opened which file of the problem when, newest first."""
    may_read_log.require(actor, problem)
    return paginate(session, _downloads(problem), number=number, size=LOG_PAGE)


def all_downloads(session: Session, actor: User, problem: Problem) -> Sequence[AttachmentDownload]:
    """The whole log, for its export."""
    may_read_log.require(actor, problem)
    return session.scalars(_downloads(problem)).all()
