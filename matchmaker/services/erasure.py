"""A person is forgotten: their name and address go wherever they are kept, and the record stays whole.

Decisions and figures keep the number of the account, which no longer leads to a name. What is kept
under the person's name all the same, and why, stands in docs/faults.md.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, translate
from matchmaker.models import (
    DataAdmission,
    Engagement,
    FormDraft,
    Invitation,
    OutboxMessage,
    Problem,
    ProblemRevision,
    QuestionFollow,
    Referral,
    Team,
    User,
    WithdrawalCause,
)
from matchmaker.policies.membership import Group, Member, group_of
from matchmaker.queries import invitation as invitations
from matchmaker.services import (
    alumni,
    badge,
    calendar_link,
    certificate,
    delivery,
    enrolment,
    evidence,
    find_consent,
    gender_declaration,
    point_entry,
    quiz,
    reviewer_leaving,
)
from matchmaker.services.application_withdrawal import withdraw_all
from matchmaker.services.context import Context
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.invitation import InvitationAction, InvitationState

SOMEBODY = N_("a former member")


def erase(ctx: Context, user: User) -> None:
    """Leave every group and forget who *user* was; that it may be done was checked before."""
    ctx.record("account:delete", user)
    memberships: list[Member] = [*user.organization_memberships, *user.team_memberships]
    for member in memberships:
        _leave(ctx, member)
    _leave_work(ctx, user)
    _forget_traces(ctx, user)
    _forget_contact(ctx.session, user)
    _forget_letters(ctx.session, user)
    user.role_grants.clear()
    user.erase(utcnow())


# What the person takes part in


def _leave(ctx: Context, member: Member) -> None:
    group = group_of(member)
    if len(group.members) == 1:
        _disband(ctx, group)
    ctx.record("membership:leave", group, user_id=member.user_id)
    ctx.session.delete(member)


def _disband(ctx: Context, group: Group) -> None:
    """Nobody is left to answer for *group*: nobody joins it any more, and a team is not matched."""
    for invitation in invitations.sent_by(ctx.session, ctx.actor, group):
        invitation.apply(InvitationAction.REVOKE)
        ctx.record("invitation:revoke", invitation)
    if isinstance(group, Team) and group.archived_at is None:
        group.archived_at = utcnow()
        ctx.record("team:archive", group)
        withdraw_all(ctx, group, WithdrawalCause.DISSOLVED)


def _leave_work(ctx: Context, user: User) -> None:
    """Nobody is the contact or the mentor any more: the board asks for somebody else."""
    mine = sa.or_(Engagement.contact_id == user.id, Engagement.mentor_id == user.id)
    statement = sa.select(Engagement).where(mine, Engagement.state.in_(LIVE_STATES))
    for row in ctx.session.scalars(statement):
        if row.contact_id == user.id:
            row.contact = None
            ctx.record("engagement:name_contact", row, contact=None)
        if row.mentor_id == user.id:
            row.mentor = None
            ctx.record("engagement:name_mentor", row, before=user.id, mentor=None)


# What is kept of the person


def _forget_traces(ctx: Context, user: User) -> None:
    """Delete drafts and what the person said of themselves; take their address out of the rest."""
    session = ctx.session
    session.execute(sa.delete(FormDraft).where(FormDraft.user_id == user.id))
    evidence.forget(session, user.id)
    quiz.forget(session, user.id)
    enrolment.forget(session, user.id)
    badge.forget(ctx, user.id)
    certificate.forget(ctx, user.id)
    reviewer_leaving.forget(ctx, user)
    for part in (alumni, find_consent, point_entry, gender_declaration, calendar_link):
        part.forget(session, user.id)
    session.execute(sa.delete(QuestionFollow).where(QuestionFollow.user_id == user.id))
    session.execute(sa.delete(DataAdmission).where(DataAdmission.email == user.email))
    for invitation in session.scalars(sa.select(Invitation).where(Invitation.email == user.email)):
        if invitation.state is InvitationState.PENDING:
            invitation.apply(InvitationAction.EXPIRE)
        invitation.email = ""
    for referral in session.scalars(sa.select(Referral).where(Referral.email == user.email)):
        referral.email = ""


def _forget_contact(session: Session, user: User) -> None:
    """No problem names the person as the one teams turn to, in no version of it."""
    mine = sa.or_(
        Problem.contact_email == user.email,
        sa.and_(Problem.contact_name == user.name, Problem.author_id == user.id),
    )
    for problem in session.scalars(sa.select(Problem).where(mine)):
        problem.contact_name = problem.contact_email = ""
    named = sa.cast(ProblemRevision.content, sa.Text).contains(user.email, autoescape=True)
    for revision in session.scalars(sa.select(ProblemRevision).where(named)):
        kept: dict[str, Any] = revision.content
        if kept.get("contact_email") == user.email:
            revision.content = {**kept, "contact_name": "", "contact_email": ""}


def _forget_letters(session: Session, user: User) -> None:
    """Empty the letters to the person, and take their name out of those to others."""
    mine = sa.or_(OutboxMessage.user_id == user.id, OutboxMessage.recipient == user.email)
    for message in session.scalars(sa.select(OutboxMessage).where(mine)):
        message.recipient = message.subject = message.body = message.failure = ""
        message.sent_at = message.sent_at or utcnow()  # Not to be sent any more.
        delivery.forget(session, message)
    words = [word for word in (user.name, user.email or "") if len(word) > 1]
    for column in (OutboxMessage.subject, OutboxMessage.body):
        for word in words:
            found = session.execute(
                sa.select(OutboxMessage, User.locale)
                .outerjoin(User, User.id == OutboxMessage.user_id)
                .where(column.contains(word, autoescape=True))
            )
            for message, locale in found.all():
                said = getattr(message, column.key)
                somebody = translate(SOMEBODY, locale or "zh_Hant_TW")
                setattr(message, column.key, without(said, word, somebody))


def without(text: str, name: str, instead: str) -> str:
    """*text* with *instead* of every *name* that stands for itself, not within another word."""
    edge = r"(?![A-Za-z0-9])" if name[-1:].isascii() else ""
    begin = r"(?<![A-Za-z0-9])" if name[:1].isascii() else ""
    return re.sub(f"{begin}{re.escape(name)}{edge}", lambda _found: instead, text)
