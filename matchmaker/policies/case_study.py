"""Who writes a case study, agrees to it, publishes it, and reads it before it is public."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import CaseStudy, CaseStudySide, CaseStudyVersion, Engagement, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import may_decide_engagement, office_engagements, side_of
from matchmaker.policies.membership import is_lead
from matchmaker.policies.scope import is_national
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.case_study_version import CaseStudyVersionState

Condition = sa.ColumnElement[bool]

_IN_HOUSE = N_("Work in an in-house call stays in the house: it has no case study.")


@permission("case_study:read")
def may_read_case_study(actor: User, engagement: Engagement) -> Reason:
    """Team, owner and the office; nobody for work in an in-house call, which has none."""
    if engagement.call.private_call is not None:
        return _IN_HOUSE
    if side_of(actor, engagement) in ("team", "owner", "office"):
        return None
    return N_("Only the team, the owner and the programme office see a case study being written.")


@permission("case_study:write")
def may_write_case_study(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people and the office."""
    if engagement.call.private_call is not None:
        return _IN_HOUSE
    if side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("The owner of the problem or the programme office writes the case study.")


@permission("case_study:agree")
def may_agree_case_study(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people for the owner; leads of the team for the team."""
    if engagement.call.private_call is not None:
        return _IN_HOUSE
    if consenting_side(actor, engagement) is not None:
        return None
    return N_("The owner of the problem and a lead of the team agree to the case study.")


@permission("case_study:publish")
def may_publish_case_study(actor: User, engagement: Engagement) -> Reason:
    """Programme officers who stand on no side of the work."""
    if engagement.call.private_call is not None:
        return _IN_HOUSE
    return may_decide_engagement(actor, engagement)


@permission("case_study:list")
def may_list_case_studies(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("The list of case studies being written is for the programme office.")


def consenting_side(actor: User, engagement: Engagement) -> CaseStudySide | None:
    """The side for which *actor* may agree, or take the consent back."""
    if is_lead(actor, engagement.team):
        return CaseStudySide.TEAM
    return CaseStudySide.OWNER if side_of(actor, engagement) == "owner" else None


def public_case_studies() -> Condition:
    """The versions that everybody reads; nothing of in-house calls."""
    national = sa.select(CaseStudy.id).join(CaseStudy.engagement)
    return sa.and_(
        CaseStudyVersion.state == CaseStudyVersionState.PUBLISHED,
        CaseStudyVersion.case_study_id.in_(national.where(is_national(Engagement.call_id))),
    )


def office_case_studies(actor: User | None) -> Condition:
    """The engagements of whose case studies *actor* sees the state with the office's eyes."""
    return sa.and_(office_engagements(actor), is_national(Engagement.call_id))
