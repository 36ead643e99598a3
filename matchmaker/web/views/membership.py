"""Who belongs to an organization or a team: see, change, leave."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.models import MEMBER_ROLE_LABELS, MemberRole, Organization
from matchmaker.policies.membership import (
    Group,
    may_change_role,
    may_leave,
    may_read_members,
    may_remove_member,
    may_transfer_lead,
    membership_of,
)
from matchmaker.queries import invitation as invitations
from matchmaker.queries.membership import GroupKind, get_group, kind_of, members_of
from matchmaker.services import membership
from matchmaker.web import resume
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.membership import InviteForm, RoleForm
from matchmaker.web.i18n import current_language
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("membership", __name__)

GROUP = "/<any(organizations, teams):kind>/<int:group_id>"
MEMBER = GROUP + "/members/<int:user_id>"


@blueprint.get(f"{GROUP}/members")
@guard(may_read_members)
def members(kind: str, group_id: int) -> ResponseReturnValue:
    """The members and the invitations that wait for an answer."""
    group = get_group(db_session(), actor(), GroupKind(kind), group_id)
    may_read_members.require(actor(), group)
    return members_page(group, InviteForm(formdata=None))


@blueprint.post(f"{MEMBER}/role")
@guard(may_change_role)
def change_role(kind: str, group_id: int, user_id: int) -> ResponseReturnValue:
    """Make a member a lead, or a lead a plain member."""
    form = RoleForm()
    if not form.validate():
        raise InvalidInput
    role = MemberRole(form.role.data)
    membership.change_role(context(), GroupKind(kind), group_id, user_id, role)
    flash(_("The role was changed."), "success")
    return redirect(url_for("membership.members", kind=kind, group_id=group_id))


@blueprint.post(f"{MEMBER}/lead")
@guard(may_transfer_lead)
def transfer_lead(kind: str, group_id: int, user_id: int) -> ResponseReturnValue:
    """Hand one's own lead to another member."""
    membership.transfer_lead(context(), GroupKind(kind), group_id, user_id)
    flash(_("You have handed over the lead."), "success")
    return redirect(url_for("membership.members", kind=kind, group_id=group_id))


@blueprint.post(f"{MEMBER}/remove")
@guard(may_remove_member)
def remove(kind: str, group_id: int, user_id: int) -> ResponseReturnValue:
    """Take a member out."""
    membership.remove(context(), GroupKind(kind), group_id, user_id)
    flash(_("The member was removed."), "success")
    return redirect(url_for("membership.members", kind=kind, group_id=group_id))


@blueprint.post(f"{GROUP}/leave")
@guard(may_leave)
def leave(kind: str, group_id: int) -> ResponseReturnValue:
    """Leave the organization or team."""
    group = membership.leave(context(), GroupKind(kind), group_id)
    flash(_("You have left %(name)s.", name=group_name(group)), "success")
    return redirect(resume.go_on("/"))


def members_page(group: Group, form: InviteForm) -> str:
    """The page of members, with the form that invites as it stands."""
    user = actor()
    return render_template(
        "membership/members.html",
        group=group,
        kind=kind_of(group),
        group_url=group_url(group),
        members=members_of(db_session(), group),
        own=membership_of(user, group) if user is not None else None,
        invitations=invitations.sent_by(db_session(), user, group),
        role_labels=MEMBER_ROLE_LABELS,
        form=form,
    )


def group_name(group: Group) -> str:
    """The name in the reader's language."""
    return group.name(current_language())


def group_url(group: Group) -> str:
    """The page of the organization or team itself."""
    if isinstance(group, Organization):
        return url_for("organization.show", organization_id=group.id)
    return url_for("team.show", team_id=group.id)
