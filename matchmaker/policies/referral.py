"""Who refers enterprises to the programme, who answers, and who sees where their problems stand."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Organization,
    OrganizationKind,
    OrganizationMember,
    Problem,
    Referral,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.scope import is_national, led_organizations
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.referral import ReferralState


@permission("referral:send")
def may_refer(actor: User, association: Organization) -> Reason:
    """Members of an industry association, in its name."""
    if association.id not in actor.organization_ids:
        return N_("You refer enterprises only for an association you belong to.")
    if association.kind is not OrganizationKind.ASSOCIATION:
        return N_("Only industry associations refer their members.")
    return None


@permission("referral:revoke")
def may_revoke(actor: User, referral: Referral) -> Reason:
    """Members of the association that sent the referral."""
    return may_refer(actor, referral.association)


def answering_organizations(actor: User, referral: Referral) -> list[Organization]:
    """The enterprises for which *actor* can answer: those they lead and the referral is meant for."""
    led = [
        place.organization
        for place in actor.organization_memberships
        if place.organization_id in led_organizations(actor)
        and place.organization.kind in OWNER_KINDS
    ]
    if referral.organization_id is not None:
        return [one for one in led if one.id == referral.organization_id]
    if referral.email is not None:
        return led if referral.email == actor.email else []
    number = referral.registration_number
    return [one for one in led if number is not None and one.registration_number == number]


@permission("referral:answer")
def may_answer(actor: User, referral: Referral) -> Reason:
    """Leads of the enterprise or public body that is referred."""
    if answering_organizations(actor, referral):
        return None
    if referral.email is not None and referral.email == actor.email:
        return N_("Register your organization first; its lead answers the referral.")
    return N_("Only a lead of the organization that is referred answers.")


@permission("referral:consent")
def may_consent(actor: User, referral: Referral) -> Reason:
    """Leads of the enterprise: they give and withdraw consent, and end the referral."""
    if referral.organization_id in led_organizations(actor):
        return None
    return N_("Only a lead of the organization decides what the association sees.")


@permission("referral:figures")
def may_read_figures(actor: User) -> Reason:
    """Programme officers and administrators."""
    return may_enter_office(actor)


def visible_referrals(actor: User | None) -> sa.ColumnElement[bool]:
    """The referrals *actor* may know of: their association's own, and those meant for them."""
    if actor is None:
        return Referral.id.in_(())
    led = led_organizations(actor)
    numbers = sa.select(Organization.registration_number).where(
        Organization.id.in_(led), Organization.registration_number.is_not(None)
    )
    unclaimed = Referral.organization_id.is_(None)
    return sa.or_(
        Referral.association_id.in_(actor.organization_ids),
        Referral.organization_id.in_(led),
        sa.and_(unclaimed, Referral.email.is_not(None), Referral.email == actor.email),
        sa.and_(unclaimed, Referral.email.is_(None), Referral.registration_number.in_(numbers)),
    )


def followed_problems(actor: User | None) -> sa.ColumnElement[bool]:
    """The problems of which *actor*'s association may know the state, by the owner's consent.

    Only what was handed in, and nothing of in-house calls. It is no leave to read the problem.
    """
    if actor is None:
        return Problem.id.in_(())
    associations = sa.select(OrganizationMember.organization_id).where(
        OrganizationMember.user_id == actor.id
    )
    consenting = sa.select(Referral.organization_id).where(
        Referral.association_id.in_(associations),
        Referral.state == ReferralState.ACCEPTED,
        Referral.consented_at.is_not(None),
    )
    return sa.and_(
        Problem.organization_id.in_(consenting),
        Problem.submitted_at.is_not(None),
        Problem.state != ProblemState.DRAFT,
        is_national(Problem.call_id),
    )
