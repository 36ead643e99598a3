"""Announced decisions in words, for the team they are about."""

from __future__ import annotations

from flask import request

from matchmaker.models import DECLINE_CAUSE_LABELS, NEXT_STEP_LABELS, Decision
from matchmaker.services.decision_announcement import step_path
from matchmaker.web.i18n import say


def cause(decision: Decision) -> str:
    """Why the team is not selected; empty if only in the office's own words."""
    return say(DECLINE_CAUSE_LABELS[decision.cause]) if decision.cause else ""


def step(decision: Decision) -> str:
    """The recommended next step."""
    return say(NEXT_STEP_LABELS[decision.next_step])


def step_url(decision: Decision) -> str:
    """Where the recommended next step leads."""
    return f"{request.script_root}{step_path(decision)}"
