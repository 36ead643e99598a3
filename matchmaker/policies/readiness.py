"""Who may answer, read and confirm readiness checks."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Organization, ReadinessAssessment, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.site import may_enter_office

_NO_MEMBER = N_("Only members of the organization answer its readiness check.")


@permission("readiness:start")
def may_start(actor: User, organization: Organization) -> Reason:
    """Members of an enterprise or public body, for that organization."""
    if organization.id not in actor.organization_ids:
        return _NO_MEMBER
    if organization.kind not in OWNER_KINDS:
        return N_("The readiness check is for enterprises and public bodies, which set problems.")
    return None


@permission("readiness:answer")
def may_answer(actor: User, assessment: ReadinessAssessment) -> Reason:
    """Whoever began the check, while they are a member of the organization."""
    why = may_start.rule(actor, assessment.organization)
    if why is None and assessment.respondent_id != actor.id:
        return N_("Somebody else is answering this check. You can give a second opinion on it.")
    return why


@permission("readiness:take_over")
def may_take_over(actor: User, assessment: ReadinessAssessment) -> Reason:
    """Members of the organization, once the one who began the check is a member no more."""
    why = may_start.rule(actor, assessment.organization)
    if why is None and is_respondent_there(assessment):
        return N_("The person who began this check is still a member and can go on with it.")
    return why


def is_respondent_there(assessment: ReadinessAssessment) -> bool:
    """Whether the one who answers is still a member of the organization."""
    return assessment.organization_id in assessment.respondent.organization_ids


@permission("readiness:discard")
def may_discard(actor: User, assessment: ReadinessAssessment) -> Reason:
    """Whoever began the check while they are a member, and leads of the organization."""
    is_own = assessment.respondent_id == actor.id and is_respondent_there(assessment)
    if is_own or is_lead(actor, assessment.organization):
        return None
    return N_("Only the person who began this check or a lead throws it away.")


@permission("readiness:verify")
def may_verify(actor: User, assessment: ReadinessAssessment) -> Reason:
    """Programme officers who do not belong to the organization."""
    if not actor.has_role(Role.OFFICER):
        return N_("Only programme officers confirm a readiness check.")
    if assessment.organization_id in actor.organization_ids:
        return N_("You belong to this organization: another programme officer has to confirm it.")
    return None


def visible_assessments(actor: User | None) -> sa.ColumnElement[bool]:
    """The checks *actor* may know of: those of their own organizations; for the office, all."""
    if actor is None:
        return sa.false()
    if may_enter_office.allows(actor):
        return sa.true()
    return ReadinessAssessment.organization_id.in_(actor.organization_ids)
