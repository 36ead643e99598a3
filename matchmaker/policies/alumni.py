"""Who is an alumnus, sees the others, and writes to them.

Alumni are people of a team or an owner with work that was completed, in the programme's own calls.
Nobody is in the list who did not put themselves there, and nobody else reads it: the office sees
how many there are, and who offered to help it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from matchmaker.i18n import N_
from matchmaker.models import (
    AlumniContact,
    AlumniProfile,
    Application,
    ApplicationPerson,
    Engagement,
    OrganizationMember,
    Problem,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import is_national
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.engagement import EngagementState

Condition = sa.ColumnElement[bool]

_ONLY_ALUMNI = N_(
    "The alumni zone is for people of teams and organizations that have completed work together."
)


def completed_engagements() -> Condition:
    """The work that makes alumni: completed, in a call of the programme."""
    return sa.and_(Engagement.state == EngagementState.COMPLETED, is_national(Engagement.call_id))


def alumni_ids() -> sa.Select[int]:
    """The ids of everybody who is an alumnus: named in a team's application, or of the owner."""
    named = (
        sa.select(ApplicationPerson.user_id)
        .join(Application, Application.id == ApplicationPerson.application_id)
        .join(Engagement, Engagement.application_id == Application.id)
        .where(completed_engagements())
    )
    owners = (
        sa.select(OrganizationMember.user_id)
        .join(Problem, Problem.organization_id == OrganizationMember.organization_id)
        .join(Engagement, Engagement.problem_id == Problem.id)
        .where(completed_engagements())
    )
    both = sa.union(named, owners).subquery()
    return sa.select(both.c[0])


def is_alumnus(actor: User) -> bool:
    """Whether *actor* is an alumnus."""
    session = object_session(actor)
    if session is None:
        return False
    found = session.scalar(sa.select(User.id).where(User.id == actor.id, User.id.in_(alumni_ids())))
    return found is not None


@permission("alumni:enter")
def may_enter_alumni(actor: User) -> Reason:
    """People of teams and organizations with completed work."""
    return None if is_alumnus(actor) else _ONLY_ALUMNI


@permission("alumni:messages")
def may_read_messages(actor: User) -> Reason:
    """Everybody who is signed in: whom the office invited once may still answer."""
    return None


@permission("alumni:answer")
def may_answer_message(actor: User, contact: AlumniContact) -> Reason:
    """Whom the message was written to."""
    return None if contact.receiver_id == actor.id else N_("This was written to somebody else.")


@permission("alumni:take_back")
def may_take_back_message(actor: User, contact: AlumniContact) -> Reason:
    """Who wrote it."""
    return None if contact.sender_id == actor.id else N_("This was written by somebody else.")


@permission("alumni:figures")
def may_read_alumni_figures(actor: User) -> Reason:
    """Programme officers and administrators: counts, and who offered to help the office."""
    if may_enter_office.allows(actor):
        return None
    return N_("These figures are for the programme office.")


@permission("alumni:invite")
def may_invite_alumni(actor: User) -> Reason:
    """Programme officers."""
    return None if actor.is_officer else N_("Only programme officers invite alumni to help.")


def visible_profiles(actor: User | None) -> Condition:
    """The profiles *actor* reads: those of alumni, for alumni."""
    if actor is None or not is_alumnus(actor):
        return sa.false()
    return _listed()


def helping_profiles(actor: User | None) -> Condition:
    """The profiles whose offer to help the office reads."""
    if actor is None or not may_read_alumni_figures.allows(actor):
        return sa.false()
    return sa.and_(_listed(), sa.or_(AlumniProfile.will_mentor, AlumniProfile.will_instruct))


def _listed() -> Condition:
    usable = sa.select(User.id).where(
        User.confirmed_at.is_not(None), User.disabled_at.is_(None), User.erased_at.is_(None)
    )
    return sa.and_(AlumniProfile.user_id.in_(usable), AlumniProfile.user_id.in_(alumni_ids()))


def visible_contacts(actor: User | None) -> Condition:
    """The messages *actor* wrote or was written."""
    if actor is None:
        return sa.false()
    return sa.or_(AlumniContact.sender_id == actor.id, AlumniContact.receiver_id == actor.id)
