"""Who enrols, who assesses what is handed in, and who sees it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Enrolment, LearningResource, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.workflows.enrolment import EnrolmentState

ASSESSORS = (Role.OFFICER, Role.MENTOR)


@permission("enrolment:create")
def may_enrol(actor: User, resource: LearningResource) -> Reason:
    """Everybody with an account, in what is still held."""
    if resource.retired_at is not None:
        return N_("This is no longer offered. Look for something else in the catalogue.")
    return None


@permission("enrolment:change")
def may_change(actor: User, enrolment: Enrolment) -> Reason:
    """The person themselves."""
    if enrolment.user_id == actor.id:
        return None
    return N_("Only the person who enrolled changes an enrolment.")


@permission("enrolment:list")
def may_list_enrolments(actor: User) -> Reason:
    """Programme officers and mentors, who assess; administrators."""
    if actor.has_role(*ASSESSORS, Role.ADMINISTRATOR):
        return None
    return N_("What people hand in is assessed by mentors and the programme office.")


@permission("enrolment:assess")
def may_assess(actor: User, enrolment: Enrolment) -> Reason:
    """Programme officers and mentors, but not of their own work or a team-mate's."""
    if not actor.has_role(*ASSESSORS):
        return N_("What people hand in is assessed by mentors and the programme office.")
    if enrolment.user_id == actor.id:
        return N_("Somebody else assesses what you handed in yourself.")
    if not actor.team_ids.isdisjoint(enrolment.user.team_ids):
        return N_("You belong to the same team, so somebody else assesses this.")
    return None


@permission("enrolment:export")
def may_export_enrolments(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("Only the programme office exports everybody's learning records.")


def visible_enrolments(actor: User | None) -> sa.ColumnElement[bool]:
    """The enrolments *actor* may know of.

    One's own; for the office all; for mentors what waits to be assessed and what they assessed.
    """
    if actor is None:
        return Enrolment.id.in_(())
    if may_export_enrolments.allows(actor):
        return sa.true()
    own = Enrolment.user_id == actor.id
    if not actor.has_role(Role.MENTOR):
        return own
    waiting = Enrolment.state == EnrolmentState.HANDED_IN
    return sa.or_(own, waiting, Enrolment.assessor_id == actor.id)
