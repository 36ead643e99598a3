"""Who may change, close and administer accounts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, Organization, Role, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import Member, group_of, is_last_lead
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.problem import ProblemState

#: States in which somebody outside the organization waits for it or works for it.
UNDER_WAY = (
    ProblemState.SUBMITTED,
    ProblemState.SCREENING,
    ProblemState.RETURNED,
    ProblemState.GRADED,
    ProblemState.PUBLISHED,
    ProblemState.SOLVING,
    ProblemState.EVALUATING,
)


@permission("account:change")
def may_change(actor: User, user: User) -> Reason:
    """Everybody, their own account."""
    return None if actor.id == user.id else N_("You can change your own account only.")


@permission("account:delete")
def may_delete(actor: User, user: User) -> Reason:
    """Everybody, their own account, unless others would be left without a lead."""
    if actor.id != user.id:
        return N_("You can delete your own account only.")
    return why_not_erased(user)


def why_not_erased(user: User) -> Reason:
    """Why others cannot do without *user* yet, or None."""
    memberships: list[Member] = [*user.organization_memberships, *user.team_memberships]
    reasons = (reason_to_stay(member) for member in memberships)
    return next((reason for reason in reasons if reason is not None), None)


def reason_to_stay(member: Member) -> Reason:
    """Why the group cannot do without *member*, or None."""
    group = group_of(member)
    if not is_last_lead(member):
        return None
    name = {"name": group.name("zh" if member.user.locale.startswith("zh") else "en")}
    if len(group.members) > 1:
        return Message(
            N_("You are the only lead of %(name)s. Make another member a lead first."), name
        )
    if isinstance(group, Organization) and any(p.state in UNDER_WAY for p in group.problems):
        return Message(
            N_(
                "You are the only lead of %(name)s, which has problems under way. "
                "Invite another lead, or withdraw the problems first."
            ),
            name,
        )
    if isinstance(group, Team) and _has_work(group):
        return Message(
            N_(
                "You are the only member of %(name)s, which has work under way. "
                "Invite another lead, or ask the programme office to end the work first."
            ),
            name,
        )
    return None


def _has_work(team: Team) -> bool:
    """Whether an owner counts on *team* at this moment."""
    session = object_session(team)
    mine = Engagement.team_id == team.id, Engagement.state.in_(LIVE_STATES)
    return session is not None and bool(session.scalar(sa.select(sa.exists().where(*mine))))


@permission("account:administer")
def may_administer(actor: User) -> Reason:
    """Administrators."""
    if actor.has_role(Role.ADMINISTRATOR):
        return None
    return N_("Only administrators manage other people's accounts.")
