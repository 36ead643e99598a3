"""Forms of applications: beginning one, the proposal as its call asks for it, handing in, withdrawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FileField, FormField, RadioField, SelectField
from wtforms.validators import Optional

from matchmaker.assessment.application_parts import Part, amount_of
from matchmaker.models import WITHDRAWAL_CAUSE_LABELS, Application, Team, WithdrawalCause
from matchmaker.services.application import MAX_ROLE, ApplicationValues, PersonValues
from matchmaker.services.application_withdrawal import MAX_REASON
from matchmaker.services.attachment import MAX_NOTE
from matchmaker.services.call_rules import countries
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    WholeNumber,
    choice,
    choices_of,
    line,
    row_id,
    text,
)
from matchmaker.web.i18n import current_language, say

PREFIX = "part_"
#: The place most people work in stands first.
HOME = "TW"
MAX_PEOPLE = 60


def country_names() -> dict[str, str]:
    """Codes of countries with their names in the reader's language, the home country first."""
    return _names_in(str(get_locale() or "en"))


@cache
def _names_in(locale: str) -> dict[str, str]:
    names = Locale.parse(locale).territories
    known = sorted(countries(), key=lambda code: (code != HOME, names.get(code, code)))
    return {code: names.get(code, code) for code in known}


class StartForm(BaseForm):
    """For which team one applies."""

    #: Whether the team is one's own is for the service to say.
    team_id = SelectField(_l("Apply for the team"), coerce=row_id, validate_choice=False)

    def offer_teams(self, teams: Iterable[Team]) -> None:
        """Let the reader choose among *teams*."""
        language = current_language()
        self.team_id.choices = choices_of((team.id, team.name(language)) for team in teams)


class PersonForm(BaseForm):
    """One member of the team, and their part in it."""

    class Meta(BaseForm.Meta):
        csrf = False

    user_id = Version()
    takes_part = BooleanField(_l("Works in it"))
    role = line(_l("What this person does"), maximum=MAX_ROLE)
    share = WholeNumber(_l("Share of the work, in per cent"), [Optional()])
    country = choice(_l("Works in"), lambda: country_names().items(), validate_choice=False)
    is_student = BooleanField(_l("Is a student"))

    def values(self) -> PersonValues:
        """What was typed, as the service takes it; a share that makes no sense is none."""
        share = self.share.data
        return PersonValues(
            user_id=self.user_id.data,
            role=self.role.data or "",
            share=share if share is not None and 0 <= share <= 1000 else 0,
            country=self.country.data or "",
            is_student=bool(self.is_student.data),
        )


class ProposalForm(BaseForm):
    """What every proposal has; `proposal_form` adds the parts of the call."""

    people = FieldList(FormField(PersonForm), label=_l("Who works in it"), max_entries=MAX_PEOPLE)
    version = Version()

    def part(self, part: Part) -> Any:
        """The field of *part*."""
        return self[PREFIX + part.id]

    def values(self) -> ApplicationValues:
        """What was typed, as the service takes it."""
        parts = {
            name.removeprefix(PREFIX): field.data or ""
            for name, field in self._fields.items()
            if name.startswith(PREFIX)
        }
        people = (row.form.values() for row in self.people if row.form.takes_part.data)
        return ApplicationValues(parts=parts, people=tuple(people))


def proposal_form(parts: Sequence[Part]) -> type[ProposalForm]:
    """The form of a call's proposal, in the reader's language."""
    fields = {PREFIX + part.id: _field(part) for part in parts}
    return type("CallProposalForm", (ProposalForm,), fields)


def _field(part: Part) -> Any:
    label = part.name(current_language())
    if part.kind == "amount":
        return line(label, maximum=40)
    return text(label, maximum=max(2 * part.most, 1_000))


def saved(application: Application, parts: Sequence[Part]) -> dict[str, Any]:
    """An application as the form's starting data: everybody in the team, whoever takes part first."""
    texts = {PREFIX + part.id: application.parts.get(part.id, "") for part in parts}
    named = {person.user_id: person for person in application.people}
    members = sorted(application.team.members, key=lambda place: place.id)
    others = [place.user_id for place in members if place.user_id not in named]
    rows: list[dict[str, Any]] = [
        {
            "user_id": person.user_id,
            "takes_part": True,
            "role": person.role,
            "share": person.share,
            "country": person.country,
            "is_student": person.is_student,
        }
        for person in application.people
    ]
    rows += [{"user_id": user_id, "takes_part": False, "country": HOME} for user_id in others]
    return {**texts, "people": rows, "version": application.version}


def shown_amount(typed: str) -> str:
    """A sum of money as it is read; what is no sum as it was typed."""
    amount = amount_of(typed)
    return typed if amount is None else f"NT$ {amount:,}"


class SubmitForm(BaseForm):
    """The version one has looked at, when one hands it in or confirms."""

    version = Version()


class FileForm(BaseForm):
    """One file: what it shows comes before it, so that the words survive a file that is too large."""

    note = line(_l("What it shows"), maximum=MAX_NOTE)
    file = FileField(_l("File"))


def _causes() -> list[Any]:
    return choices_of((cause.value, say(label)) for cause, label in WITHDRAWAL_CAUSE_LABELS.items())


class WithdrawForm(BaseForm):
    """Why a team withdraws."""

    version = Version()
    cause = RadioField(_l("Why do you withdraw?"), choices=_causes, validate_choice=False)
    reason = text(_l("In your own words"), maximum=MAX_REASON)

    @property
    def chosen(self) -> WithdrawalCause | None:
        value = self.cause.data
        return WithdrawalCause(value) if value in set(WithdrawalCause) else None


class DecisionForm(BaseForm):
    """A decision of the office with its reason."""

    version = Version()
    reason = text(_l("Reason"), maximum=2_000)


class TwinForm(BaseForm):
    """What the office found of two applications that say nearly the same."""

    version = Version()
    verdict = RadioField(
        _l("What is it?"),
        choices=lambda: choices_of(
            [
                ("harmless", _l("Nothing to it: two honest applications")),
                ("copy", _l("The same work twice: to be settled before the review")),
            ]
        ),
        validate_choice=False,
    )
    note = text(_l("What you found"), maximum=1_000)
