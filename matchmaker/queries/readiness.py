"""Reading readiness checks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import Organization, ReadinessAssessment, User
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.readiness import visible_assessments
from matchmaker.queries.office_setting import value

A = ReadinessAssessment
#: An assessment that stands for its organization: complete, and not an opinion on another one.
COUNTS = sa.and_(A.completed_at.is_not(None), A.beside_id.is_(None))


def get(
    session: Session, actor: User | None, assessment_id: int, *, lock: bool = False
) -> ReadinessAssessment:
    """The assessment, if *actor* may know of it; locked for a change if asked."""
    statement = sa.select(A).where(A.id == assessment_id, visible_assessments(actor))
    if lock:
        # The second of two people who save at once must see the version the first one left.
        statement = statement.with_for_update(of=A).execution_options(populate_existing=True)
    assessment = session.scalar(statement)
    if assessment is None:
        raise NotFound
    return assessment


def latest(session: Session, organization_id: int) -> ReadinessAssessment | None:
    """The assessment that stands for the organization now, if it ever completed one."""
    statement = sa.select(A).where(A.organization_id == organization_id, COUNTS)
    return session.scalar(statement.order_by(A.completed_at.desc(), A.id.desc()).limit(1))


def grade_cap(session: Session, organization_id: int) -> str | None:
    """The highest grade the organization's problems may have without an officer's reason.

    None, so no limit, while the office lets readiness only advise, and for an organization that
    never completed a check: nobody is shut out for want of one.
    """
    if not value(session, "readiness_caps_grade"):
        return None
    found = latest(session, organization_id)
    return found.grade_cap if found else None


def completed(
    session: Session, actor: User | None, organization: Organization
) -> Sequence[ReadinessAssessment]:
    """The assessments that stood for the organization one after another, the oldest first."""
    statement = sa.select(A).where(
        A.organization_id == organization.id, COUNTS, visible_assessments(actor)
    )
    statement = statement.options(joinedload(A.respondent))
    return session.scalars(statement.order_by(A.completed_at, A.id)).all()


def opinions(
    session: Session, actor: User | None, assessment: ReadinessAssessment
) -> Sequence[ReadinessAssessment]:
    """The second opinions on an assessment, complete or not, the newest first."""
    statement = sa.select(A).where(A.beside_id == assessment.id, visible_assessments(actor))
    statement = statement.options(joinedload(A.respondent))
    return session.scalars(statement.order_by(A.id.desc())).all()


def unfinished(
    session: Session, actor: User | None, organization: Organization
) -> Sequence[ReadinessAssessment]:
    """The half-filled assessments of the organization, the one touched last first."""
    statement = sa.select(A).where(
        A.organization_id == organization.id, A.completed_at.is_(None), visible_assessments(actor)
    )
    people = joinedload(A.respondent).selectinload(User.organization_memberships)
    statement = statement.options(people, joinedload(A.beside))
    return session.scalars(statement.order_by(A.updated_at.desc(), A.id.desc())).all()


def own_unfinished(session: Session, actor: User) -> Sequence[ReadinessAssessment]:
    """What *actor* began for organizations they still belong to and has not completed."""
    statement = sa.select(A).where(
        A.respondent_id == actor.id,
        A.completed_at.is_(None),
        A.organization_id.in_(actor.organization_ids),
    )
    statement = statement.options(joinedload(A.organization))
    return session.scalars(statement.order_by(A.updated_at, A.id)).all()


def never_checked(session: Session, actor: User) -> Sequence[Organization]:
    """*actor*'s organizations that could take the check and have not begun one."""
    begun = sa.select(A.organization_id).where(A.organization_id.in_(actor.organization_ids))
    statement = sa.select(Organization).where(
        Organization.id.in_(actor.organization_ids),
        Organization.kind.in_(OWNER_KINDS),
        Organization.id.not_in(begun),
    )
    return session.scalars(statement.order_by(Organization.id)).all()


def standing(session: Session, actor: User | None) -> Sequence[ReadinessAssessment]:
    """The assessment that stands for each organization now, with the organization."""
    newer = aliased(A)
    is_superseded = sa.exists().where(
        newer.organization_id == A.organization_id,
        newer.completed_at.is_not(None),
        newer.beside_id.is_(None),
        sa.or_(
            newer.completed_at > A.completed_at,
            sa.and_(newer.completed_at == A.completed_at, newer.id > A.id),
        ),
    )
    statement = (
        sa.select(A)
        .where(COUNTS, ~is_superseded, visible_assessments(actor))
        .options(selectinload(A.organization))
        .order_by(A.id)
    )
    return session.scalars(statement).all()


def score_histories(session: Session, actor: User | None) -> dict[int, list[float]]:
    """The overall scores of each organization, the oldest check first."""
    statement = (
        sa.select(A.organization_id, A.overall)
        .where(COUNTS, visible_assessments(actor))
        .order_by(A.completed_at, A.id)
    )
    found: dict[int, list[float]] = {}
    for organization_id, overall in session.execute(statement):
        found.setdefault(organization_id, []).append(overall or 0.0)
    return found
