"""The form in which an owner says what a published problem should say instead."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from matchmaker.services.problem_values import ProblemValues
from matchmaker.web.forms.base import text
from matchmaker.web.forms.problem import ProblemForm, values_data


class AmendmentForm(ProblemForm):
    """Everything the owner says about the problem, and why it should change."""

    call_id = None  # A published problem stays in its call.
    reason = text(_l("Why the change is needed"))


def amendment_data(values: ProblemValues, reason: str, version: int) -> dict[str, Any]:
    """What the form shows first: the change as far as it is written, or what is published."""
    return {**values_data(values), "reason": reason, "version": version}
