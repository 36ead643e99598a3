"""Invitations: send, take back, read, accept, turn down."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.models import MEMBER_ROLE_LABELS, Invitation, MemberRole
from matchmaker.policies.invitation import may_answer, may_invite, may_revoke, target_of
from matchmaker.queries import invitation as invitations
from matchmaker.queries.membership import GroupKind, get_group, kind_of
from matchmaker.services import invitation as service
from matchmaker.web import resume
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.membership import AnswerForm, InviteForm
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.membership import GROUP, group_name, members_page
from matchmaker.workflows.invitation import INVITATION_WORKFLOW

blueprint = Blueprint("invitation", __name__)

INVITATION = "/invitations/<int:invitation_id>"


@blueprint.post(f"{GROUP}/invitations")
@guard(may_invite)
@limiter.limit("60 per hour")
def send(kind: str, group_id: int) -> ResponseReturnValue:
    """Invite somebody by mail."""
    form = InviteForm()
    group = get_group(db_session(), actor(), GroupKind(kind), group_id)
    may_invite.require(actor(), group)
    if not form.validate():
        return members_page(group, form), 422
    role = MemberRole(form.role.data)
    try:
        sent = service.send(context(), GroupKind(kind), group_id, email=form.email.data, role=role)
    except InvalidInput as error:
        form.show_refusal(error)
        return members_page(group, form), 422
    flash(_("An invitation is on its way to %(email)s.", email=sent.email), "success")
    return redirect(url_for("membership.members", kind=kind, group_id=group_id))


@blueprint.post(f"{INVITATION}/revoke")
@guard(may_revoke)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = service.revoke(context(), invitation_id)
    group = target_of(invitation)
    flash(_("The invitation to %(email)s was taken back.", email=invitation.email), "success")
    return redirect(url_for("membership.members", kind=kind_of(group), group_id=group.id))


@blueprint.get("/invitations/open/<token>")
@guard(PUBLIC)
def open_link(token: str) -> ResponseReturnValue:
    """Where the mailed link leads: to the invitation, or to signing in with the right address."""
    invitation = invitations.by_token(db_session(), token)
    user = actor()
    if user is not None and may_answer.allows(user, invitation):
        return redirect(url_for("invitation.show", invitation_id=invitation.id))
    page = _page(
        "invitation/open.html",
        invitation,
        reason=may_answer(user, invitation) if user is not None else None,
    )
    return page, 403 if user is not None else 200


@blueprint.get(INVITATION)
@guard(may_answer)
def show(invitation_id: int) -> ResponseReturnValue:
    """What the person is invited to, and what joining means."""
    invitation = invitations.get(db_session(), actor(), invitation_id)
    may_answer.require(actor(), invitation)
    return _page("invitation/show.html", invitation, form=AnswerForm())


@blueprint.post(f"{INVITATION}/accept")
@guard(may_answer)
def accept(invitation_id: int) -> ResponseReturnValue:
    """Join."""
    form = AnswerForm()
    try:
        group = service.accept(context(), invitation_id, consent=form.consent.data)
    except InvalidInput as error:
        form.show_refusal(error)
        invitation = invitations.get(db_session(), actor(), invitation_id)
        return _page("invitation/show.html", invitation, form=form), 422
    flash(_("Welcome to %(name)s.", name=group_name(group)), "success")
    return redirect(url_for("membership.members", kind=kind_of(group), group_id=group.id))


@blueprint.post(f"{INVITATION}/decline")
@guard(may_answer)
def decline(invitation_id: int) -> ResponseReturnValue:
    """Turn the invitation down."""
    service.decline(context(), invitation_id)
    flash(_("You have turned the invitation down."), "success")
    return redirect(resume.go_on("/"))


def _page(template: str, invitation: Invitation, **values: object) -> str:
    return render_template(
        template,
        invitation=invitation,
        group=target_of(invitation),
        kind=kind_of(target_of(invitation)),
        is_open=invitations.is_open(invitation),
        role_labels=MEMBER_ROLE_LABELS,
        state_labels=INVITATION_WORKFLOW.labels,
        **values,
    )
