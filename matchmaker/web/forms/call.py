"""Forms about calls: of the programme, and in-house ones."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired

from matchmaker.models import TEAM_KIND_LABELS, Organization, TeamKind, User
from matchmaker.services.call import MAX_NAME, MAX_NOTE, CallValues
from matchmaker.services.private_call import MAX_TEXT
from matchmaker.services.team import TeamValues
from matchmaker.web.forms.base import (
    BaseForm,
    LocalMoment,
    Version,
    WholeNumber,
    choice,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.forms.team import Checkboxes
from matchmaker.web.i18n import say

_NAME = _l("Give the call a name in both languages.")
_MOMENT = _l("Say the day and the hour.")


class CallForm(BaseForm):
    """What a call is called and when it takes problems."""

    name_zh = line(_l("Name in Chinese"), DataRequired(_NAME), maximum=MAX_NAME)
    name_en = line(_l("Name in English"), DataRequired(_NAME), maximum=MAX_NAME)
    opens_at = LocalMoment(_l("Opens"), [InputRequired(_MOMENT)])
    closes_at = LocalMoment(_l("Closes"), [InputRequired(_MOMENT)])
    note = text(_l("Remarks"), maximum=MAX_NOTE)
    version = Version()

    def values(self) -> CallValues:
        """What was typed, as the service takes it."""
        return CallValues(
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            note=self.note.data or "",
        )


class PrivateCallForm(CallForm):
    """An in-house call: what for, and who is its office."""

    purpose = text(_l("What the call is for"), maximum=MAX_TEXT)
    officers = Checkboxes(_l("In-house officers"), choices=[], validate_choice=False)

    def offer_officers(self, leads: Iterable[User]) -> None:
        """Let the organization's leads be chosen."""
        pairs = [(str(user.id), user.name or _("Erased account")) for user in leads]
        self.officers.choices = choices_of(pairs)

    @property
    def officer_ids(self) -> list[int]:
        return [number_or_none(value) or 0 for value in self.officers.data or ()]


class DecisionForm(BaseForm):
    """A decision on an in-house call, with what is said with it."""

    reason = text(_l("What you say with it"), maximum=MAX_TEXT)
    version = Version()


class OfficerForm(BaseForm):
    """Who becomes an in-house officer."""

    user_id = WholeNumber(_l("In-house officer"))


class RegisterTeamForm(BaseForm):
    """Which team takes part, and whether in this call only."""

    team_id = WholeNumber(_l("Team"))
    scope = choice(_l("Where the team takes part"), lambda: _scopes(), validate_choice=False)

    @property
    def is_exclusive(self) -> bool:
        return bool(self.scope.data != "both")


def _scopes() -> list[tuple[str, str]]:
    return [
        ("only", _("In this call only: nobody outside learns of the team")),
        ("both", _("Here and in the programme’s own calls")),
    ]


class NewTeamForm(BaseForm):
    """A team founded for the call."""

    name = line(_l("Name of the team"), DataRequired(_l("Give the team a name.")), maximum=120)
    kind = choice(_l("Kind of team"), lambda: _kinds(), default=TeamKind.CORPORATE.value)

    def values(self, organization: Organization, language: str) -> TeamValues:
        """What was typed, as the service takes it."""
        name = self.name.data or ""
        return TeamValues(
            kind=TeamKind(self.kind.data),
            name_zh=name if language == "zh" else "",
            name_en="" if language == "zh" else name,
            organization_id=organization.id,
        )


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, say(label)) for kind, label in TEAM_KIND_LABELS.items()]
