"""Awards in words: amounts, tiers, states, and what stands in the way."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from matchmaker.models import PAYMENT_SOURCE_LABELS, Award, AwardPayment, AwardScheme, AwardVote
from matchmaker.queries.award_payment import AWARD
from matchmaker.queries.award_scheme import rules_of
from matchmaker.web.engagement_words import stage_name
from matchmaker.web.i18n import current_locale, say
from matchmaker.workflows.award import AWARD_WORKFLOW
from matchmaker.workflows.award_payment import AWARD_PAYMENT_WORKFLOW
from matchmaker.workflows.award_scheme import AWARD_SCHEME_WORKFLOW
from matchmaker.workflows.award_vote import AWARD_VOTE_WORKFLOW
from matchmaker.workflows.machine import Workflow

Labelled = Award | AwardPayment | AwardScheme | AwardVote
_WORKFLOWS: dict[type[Labelled], Workflow[Any, Any]] = {
    Award: AWARD_WORKFLOW,
    AwardPayment: AWARD_PAYMENT_WORKFLOW,
    AwardScheme: AWARD_SCHEME_WORKFLOW,
    AwardVote: AWARD_VOTE_WORKFLOW,
}


def money(amount: int | None) -> str:
    """An amount in New Taiwan dollars."""
    return "–" if amount is None else str(_("NT$%(amount)s", amount=f"{amount:,}"))


def tier(scheme: AwardScheme, code: str | None) -> str:
    """What a tier is called; no award for none."""
    found = rules_of(scheme).tier(code)
    return found.label(current_locale()) if found else str(_("No award"))


def state_chip(row: Labelled, *, staff: bool = True) -> tuple[str, str]:
    """What the state is called, and its tone."""
    label = _WORKFLOWS[type(row)].labels[row.state]
    return say(label.staff if staff else label.public), label.tone


def score(value: float | None) -> str:
    """A score of the panel to one decimal."""
    return "–" if value is None else f"{value:.1f}"


def purpose(payment: AwardPayment) -> str:
    """What a payment is for."""
    return purpose_of(payment.purpose)


def purpose_of(key: str) -> str:
    """What a stage or the award is called."""
    return str(_("The award")) if key == AWARD else stage_name(key)


def source(payment: AwardPayment) -> str:
    """Whose money it is."""
    return say(PAYMENT_SOURCE_LABELS[payment.source])
