"""Forms about members and invitations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from matchmaker.models import MEMBER_ROLE_LABELS, MemberRole
from matchmaker.web.forms.account import MAX_EMAIL
from matchmaker.web.forms.base import BaseForm, line
from matchmaker.web.i18n import say


def roles() -> list[tuple[str, str]]:
    """The roles of members, the usual one first."""
    return [
        (role.value, say(MEMBER_ROLE_LABELS[role])) for role in (MemberRole.MEMBER, MemberRole.LEAD)
    ]


class InviteForm(BaseForm):
    """Whom to invite, and as what."""

    email = line(
        _l("E-mail address"),
        InputRequired(_l("Please give the e-mail address of the person to invite.")),
        maximum=MAX_EMAIL,
        render_kw={"type": "email", "autocomplete": "off", "inputmode": "email"},
    )
    role = RadioField(
        _l("Joins as"),
        choices=roles,
        default=MemberRole.MEMBER.value,
        validators=[InputRequired(_l("Please choose a role."))],
    )


class RoleForm(BaseForm):
    """A member's role."""

    role = RadioField(_l("Role"), choices=roles, validators=[InputRequired()])


class AnswerForm(BaseForm):
    """Joining, having agreed to what it means."""

    consent = BooleanField(_l("I agree, and I want to join."))
