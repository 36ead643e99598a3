"""Forms of awards: nominating, settling a tier, naming panel members."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice

from matchmaker.models import Award, AwardScheme, Engagement, User
from matchmaker.queries.award_scheme import rules_of
from matchmaker.services.award import MAX_CITATION
from matchmaker.services.award_settlement import MAX_NOTE
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, choices_of, row_id, text
from matchmaker.web.i18n import current_language, current_locale

#: The choice of no tier; codes of tiers are never so.
NO_TIER = "-"


class ProposeForm(BaseForm):
    """Why work deserves an award."""

    citation = text(_l("What it deserves an award for"), maximum=MAX_CITATION)


class NominateForm(ProposeForm):
    """Work of a call that is nominated."""

    engagement_id = SelectField(_l("Which work"), validate_choice=False, choices=[])

    @property
    def row(self) -> int:
        """The engagement chosen."""
        return row_id(self.engagement_id.data)


def nominate_form(engagements: list[Engagement], **options: Any) -> NominateForm:
    """The form with the work that can be nominated."""
    form = NominateForm(**options)
    form.engagement_id.choices = choices_of(
        [("", _("– choose –")), *((str(row.id), _work(row)) for row in engagements)]
    )
    return form


def _work(row: Engagement) -> str:
    language = current_language()
    return f"{row.number} {row.team.name(language)}: {row.problem.title(language)}"


class PersonForm(BaseForm):
    """Somebody for the panel."""

    user_id = SelectField(_l("Panel member"), validate_choice=False, choices=[])

    @property
    def row(self) -> int:
        """The person chosen."""
        return row_id(self.user_id.data)


def person_form(people: list[User], **options: Any) -> PersonForm:
    """The form with those who can be asked."""
    form = PersonForm(**options)
    pairs = [(str(person.id), person.name) for person in people]
    form.user_id.choices = choices_of([("", _("– choose –")), *pairs])
    return form


class SettleForm(BaseForm):
    """The tier of one award."""

    version = Version()
    tier = RadioField(_l("Tier"), validate_choice=False, choices=[])
    reason = text(_l("Why not as the rule proposes"), maximum=MAX_REASON)
    note = text(_l("For the team, with the announcement"), maximum=MAX_NOTE)

    @property
    def code(self) -> str | None:
        """The tier chosen; none is a choice as well, and nothing chosen is no tier of any scheme."""
        return None if self.tier.data == NO_TIER else (self.tier.data or "")


def settle_form(award: Award, proposed: str | None, **options: Any) -> SettleForm:
    """The form as the award stands; as the rule proposes where nothing is settled yet."""
    chosen = award.tier if award.is_settled else proposed
    begun = {
        "version": award.version,
        "tier": chosen or NO_TIER,
        "reason": award.deviation_reason,
        "note": award.note,
    }
    form = SettleForm(data=begun, **options)
    form.tier.choices = tier_choices(award.scheme)
    return form


def tier_choices(scheme: AwardScheme) -> list[SelectChoice]:
    """The tiers of a scheme, and none."""
    locale = current_locale()
    pairs = [(tier.code, tier.label(locale)) for tier in rules_of(scheme).tiers]
    return choices_of([*pairs, (NO_TIER, _("No award"))])


class ReasonForm(BaseForm):
    """A reason, with the version that was before whoever gives it."""

    version = Version()
    reason = text(_l("Reason"), maximum=MAX_REASON)

    @property
    def words(self) -> str:
        """What was typed."""
        return self.reason.data or ""
