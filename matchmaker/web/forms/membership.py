"""Forms about members and invitations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from matchmaker.models import MEMBER_ROLE_LABELS, MemberRole
from matchmaker.web.forms.account import MAX_EMAIL
from matchmaker.web.forms.base import BaseForm, line
from matchmaker.web.i18n import say


def roles() -> list[SelectChoice]:
    """The roles of members, the usual one first."""
    return [
        SelectChoice(role.value, say(MEMBER_ROLE_LABELS[role]))
        for role in (MemberRole.MEMBER, MemberRole.LEAD)
    ]


class InviteForm(BaseForm):
    """Whom to invite, and as what."""

    email = line(
        _l("E-mail address"),
        DataRequired(_l("Please give the e-mail address of the person to invite.")),
        maximum=MAX_EMAIL,
        render_kw={"type": "email", "autocomplete": "off", "inputmode": "email"},
    )
    role = RadioField(
        _l("Joins as"),
        choices=roles,
        default=MemberRole.MEMBER.value,
        validators=[DataRequired(_l("Please choose a role."))],
    )


class RoleForm(BaseForm):
    """A member's role."""

    role = RadioField(
        _l("Role"), choices=roles, validators=[DataRequired(_l("Please choose a role."))]
    )


class AnswerForm(BaseForm):
    """Joining, having agreed to what it means."""

    consent = BooleanField(_l("I agree, and I want to join."))
