"""Forms of the money: preparing, signing for a payment, what an owner adds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from matchmaker.models import Engagement
from matchmaker.queries.award_payment import AWARD
from matchmaker.services.award_money import MAX_REFERENCE
from matchmaker.web import award_words
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, choices_of, line


class PrepareForm(BaseForm):
    """How much is paid, and under which number the books have it."""

    version = Version()
    amount = WholeNumber(_l("Amount (NT$)"), [Optional()])
    reference = line(_l("Number in the books"), maximum=MAX_REFERENCE)


class PayForm(BaseForm):
    """When it was paid."""

    version = Version()
    paid_on = DateField(_l("Paid on"), [Optional()])


class ContributionForm(BaseForm):
    """What an owner adds."""

    purpose = SelectField(_l("For"), validate_choice=False, choices=[])
    amount = WholeNumber(_l("Amount (NT$)"), [Optional()])


def contribution_form(engagement: Engagement) -> ContributionForm:
    """The form with the stages of *engagement*."""
    form = ContributionForm()
    pairs = [(key, award_words.purpose_of(key)) for key in (*engagement.stages, AWARD)]
    form.purpose.choices = choices_of(pairs)
    return form
