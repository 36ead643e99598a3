"""What people decide about invitations: send them, take them back, accept them, turn them down."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, DeadlinePassed, InvalidInput
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    Invitation,
    MemberRole,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.invitation import may_answer, may_invite, may_revoke, target_of
from matchmaker.policies.membership import Group, membership_of
from matchmaker.policies.scope import private_call_of_team
from matchmaker.queries import account as accounts
from matchmaker.queries import invitation as invitations
from matchmaker.queries.membership import GroupKind, get_group, kind_of, lock_group
from matchmaker.services.account import normalize_email
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words
from matchmaker.workflows.invitation import InvitationAction, InvitationState

OPEN_FOR = timedelta(days=14)
MAX_PENDING = 50
#: Names the text people agree to when they join, so that the trail says to what they agreed.
CONSENT = "membership-1"


def send(
    ctx: Context, kind: GroupKind, group_id: int, *, email: str, role: MemberRole
) -> Invitation:
    """Invite the person with the address *email*; they join only if they accept."""
    inviter = ctx.signed_in
    group = get_group(ctx.session, inviter, kind, group_id, lock=True)
    ctx.require(may_invite, group)
    email = normalize_email(email)
    user = accounts.find(ctx.session, email)
    _check_inside(group, user)
    _check_new(ctx, group, email, user)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organization=group if isinstance(group, Organization) else None,
        team=None if isinstance(group, Organization) else group,
        inviter=inviter,
        email=email,
        role=role,
        token_hash=invitations.digest(token),
        expires_at=utcnow() + OPEN_FOR,
    )
    ctx.session.add(invitation)
    ctx.record("invitation:send", invitation, role=role, **_group_facts(group))
    _send_letter(ctx, invitation, user, token)
    return invitation


def revoke(ctx: Context, invitation_id: int) -> Invitation:
    """Take an unanswered invitation back."""
    invitation = invitations.get(ctx.session, ctx.actor, invitation_id, lock=True)
    ctx.require(may_revoke, invitation)
    invitation.apply(InvitationAction.REVOKE)
    ctx.record("invitation:revoke", invitation)
    return invitation


def accept(ctx: Context, invitation_id: int, *, consent: bool) -> Group:
    """Join, having agreed to what joining means."""
    invitation = _answerable(ctx, invitation_id)
    if not consent:
        message = Message(N_("Please tick the box to agree, or turn the invitation down."))
        raise InvalidInput(fields={"consent": [message]})
    actor, group = ctx.signed_in, _locked_target(ctx, invitation)
    _check_inside(group, actor)
    invitation.apply(InvitationAction.ACCEPT)
    invitation.answered_at = utcnow()
    if membership_of(actor, group) is None:
        _join(ctx, actor, group, invitation.role)
    ctx.record("invitation:accept", invitation, consent=CONSENT, **_group_facts(group))
    return group


def decline(ctx: Context, invitation_id: int) -> Invitation:
    """Turn an invitation down."""
    invitation = _answerable(ctx, invitation_id)
    invitation.apply(InvitationAction.DECLINE)
    invitation.answered_at = utcnow()
    ctx.record("invitation:decline", invitation)
    return invitation


def _answerable(ctx: Context, invitation_id: int) -> Invitation:
    invitation = invitations.get(ctx.session, ctx.actor, invitation_id, lock=True)
    ctx.require(may_answer, invitation)
    if invitation.state is InvitationState.PENDING and invitation.expires_at <= utcnow():
        raise DeadlinePassed(N_("This invitation has expired. Ask for a new one."))
    return invitation


def _locked_target(ctx: Context, invitation: Invitation) -> Group:
    """The group, locked: two people who join at once, or a lead who leaves, come after one another."""
    group = lock_group(ctx.session, target_of(invitation))
    if isinstance(group, Team) and group.archived_at is not None:
        raise Conflict(N_("This team has disbanded; nobody can join it."))
    return group


def _join(ctx: Context, user: User, group: Group, role: MemberRole) -> None:
    if isinstance(group, Organization):
        group.members.append(OrganizationMember(user=user, role=role))
    else:
        group.members.append(TeamMember(user=user, role=role))
    ctx.session.flush()


def _check_new(ctx: Context, group: Group, email: str, user: User | None) -> None:
    """Refuse to invite a member, to invite somebody twice, or far too many people."""
    if user is not None and membership_of(user, group) is not None:
        raise _refusal(N_("This person is a member already."))
    waiting = ctx.session.scalars(
        sa.select(Invitation).where(
            Invitation.state == InvitationState.PENDING, invitations.is_for(group)
        )
    ).all()
    for invitation in waiting:
        if not invitations.is_open(invitation):
            invitation.apply(InvitationAction.EXPIRE)
            ctx.record("invitation:expire", invitation)
    still_open = [invitation for invitation in waiting if invitations.is_open(invitation)]
    if any(invitation.email == email for invitation in still_open):
        raise _refusal(N_("This address was invited already and has not answered yet."))
    if len(still_open) >= MAX_PENDING:
        raise _refusal(N_("Too many invitations wait for an answer. Take some back first."))


def _check_inside(group: Group, user: User | None) -> None:
    """Into the team of an in-house call come only people of its organization."""
    private = private_call_of_team(group) if isinstance(group, Team) else None
    if private is None or (user is not None and private.organization_id in user.organization_ids):
        return
    raise _refusal(
        N_("This team exists for an in-house call: only people of the organization can join it.")
    )


def _refusal(text: str) -> InvalidInput:
    return InvalidInput(fields={"email": [Message(text)]})


def _send_letter(ctx: Context, invitation: Invitation, user: User | None, token: str) -> None:
    locale = user.locale if user is not None else ctx.locale
    ctx.send_mail(
        "invitation.sent",
        user or invitation.email,
        locale=locale,
        inviter=invitation.inviter.name,
        target=target_of(invitation).name(language_of(locale)),
        url=f"{ctx.settings.base_url}/invitations/open/{token}",
        until=in_words(invitation.expires_at, locale, ctx.settings.timezone),
    )


def _group_facts(group: Group) -> dict[str, object]:
    return {"group": kind_of(group), "group_id": group.id}
