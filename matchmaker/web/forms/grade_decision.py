"""The form an officer signs, and the one with which an owner asks for a review."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from matchmaker.assessment.rubric import ValueClass
from matchmaker.models import AWARD_TIERS
from matchmaker.services.grade_decision import Basis, GradeValues
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, text
from matchmaker.web.forms.problem import grade_choices


def tier_label(tier: ValueClass) -> str:
    """A value class with what it does to the award."""
    names = {"A": _("A: large value"), "B": _("B: clear value"), "C": _("C: small value")}
    share = _("%(percent)s %% of the usual award", percent=f"{100 * tier.factor:g}")
    return f"{names.get(tier.id, tier.id)} · {share}"


class SignForm(BaseForm):
    """Grade, award tier, calendar and reasons."""

    grade = RadioField(_l("Grade"), choices=grade_choices, validate_choice=False)
    award_tier = RadioField(_l("Award tier"), validate_choice=False)
    weeks = WholeNumber(_l("Calendar in weeks"))
    data_first = BooleanField(_l("The first milestone is to get the data ready"))
    reason = text(_l("Reason for the owner"), maximum=MAX_REASON)
    difference_reason = text(_l("Why it differs from the panel or the rules"), maximum=MAX_REASON)
    override_reason = text(_l("Why it goes beyond what readiness advises"), maximum=MAX_REASON)
    version = Version()

    def values(self) -> GradeValues:
        """What was typed, as the service takes it."""
        return GradeValues(
            grade=self.grade.data or "",
            award_tier=self.award_tier.data or "",
            weeks=self.weeks.data,
            data_first=bool(self.data_first.data),
            reason=self.reason.data or "",
            difference_reason=self.difference_reason.data or "",
            override_reason=self.override_reason.data or "",
        )


def sign_form(basis: Basis, version: int, **options: Any) -> SignForm:
    """The form as it begins: the panel's grade, or the rules', with what follows from it."""
    plan = basis.plan(basis.proposed)
    form = SignForm(
        data={
            "grade": basis.proposed,
            "award_tier": basis.tier.id,
            "weeks": plan.weeks[1],
            "data_first": basis.suggestion.graded.first_milestone is not None,
            "version": version,
        },
        **options,
    )
    classes = {row.id: row for row in basis.rubric.value_classes}
    form.award_tier.choices = [(t, tier_label(classes[t])) for t in AWARD_TIERS if t in classes]
    return form


class AppealForm(BaseForm):
    """Why the owner asks for a review of the grade."""

    reason = text(_l("Why you ask for a review"), maximum=MAX_REASON)
