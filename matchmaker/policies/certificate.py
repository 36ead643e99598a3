"""Who holds certificates, reads them whole, corrects and revokes them.

Whoever has the code of one checks it without being anybody: see `queries.certificate.get_by_code`.
"""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Application,
    ApplicationPerson,
    Certificate,
    Engagement,
    User,
)
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import (
    may_decide_engagement,
    may_open_board,
    office_engagements,
)
from matchmaker.policies.membership import is_lead
from matchmaker.policies.scope import may_read_as_office

Condition = sa.ColumnElement[bool]


@permission("certificate:own")
def may_list_own(actor: User) -> Reason:
    """Everybody who is signed in, for their own."""
    return None


@permission("certificate:read")
def may_read_certificate(actor: User, certificate: Certificate) -> Reason:
    """Its holder, the team and whoever worked in it, the owner of the problem and the office."""
    engagement = certificate.engagement
    if is_holder(actor, certificate) or engagement.team_id in actor.team_ids:
        return None
    if any(person.user_id == actor.id for person in engagement.application.people):
        return None
    if is_keeper(actor, engagement.problem) or may_read_as_office(actor, engagement.call):
        return None
    return N_("The whole certificate is for its team, the owner of the problem and the office.")


@permission("certificate:show_name")
def may_show_name(actor: User, certificate: Certificate) -> Reason:
    """Its holder; a team's own certificate names the team anyway."""
    if is_holder(actor, certificate):
        return None
    return N_("Only its holder decides whether the name shows.")


@permission("certificate:make_badge")
def may_make_badge(actor: User, certificate: Certificate) -> Reason:
    """Its holder."""
    return None if is_holder(actor, certificate) else N_("Only its holder has a badge made of it.")


@permission("certificate:correct")
def may_correct(actor: User, certificate: Certificate) -> Reason:
    """Its holder; of a team's own, a lead of the team; and officers who decide on the work."""
    if is_holder(actor, certificate):
        return None
    if certificate.user_id is None and is_lead(actor, certificate.engagement.team):
        return None
    if may_decide_engagement.allows(actor, certificate.engagement):
        return None
    return N_("Its holder or the programme office has a certificate corrected.")


@permission("certificate:revoke")
def may_revoke_certificate(actor: User, certificate: Certificate) -> Reason:
    """Officers who decide on the work, but not their own."""
    return may_decide_engagement(actor, certificate.engagement)


@permission("certificate:list")
def may_list_certificates(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their call."""
    return may_open_board(actor)


def is_holder(actor: User, certificate: Certificate) -> bool:
    """Whether *actor* is the person a certificate is for."""
    return certificate.user_id is not None and certificate.user_id == actor.id


def own_certificates(actor: User) -> Condition:
    """Those of *actor* in person, and the team's own of work they took part in."""
    named = (
        sa.select(Engagement.id)
        .join(Application, Application.id == Engagement.application_id)
        .join(ApplicationPerson, ApplicationPerson.application_id == Application.id)
        .where(ApplicationPerson.user_id == actor.id)
    )
    teams = sa.select(Engagement.id).where(Engagement.team_id.in_(actor.team_ids))
    of_team = sa.or_(Certificate.engagement_id.in_(named), Certificate.engagement_id.in_(teams))
    return sa.or_(Certificate.user_id == actor.id, sa.and_(Certificate.user_id.is_(None), of_team))


def office_certificates(actor: User | None) -> Condition:
    """Those of the work that *actor*'s office handles."""
    known = sa.select(Engagement.id).where(office_engagements(actor))
    return Certificate.engagement_id.in_(known)
