"""Further steps of the sample programme, in order; the demo and the tests take the same ones."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.sample import (
    staged_allocation,
    staged_application,
    staged_award,
    staged_case_study,
    staged_decision,
    staged_engagement,
    staged_evidence,
    staged_learning,
    staged_member_wish,
    staged_milestone,
    staged_outcome,
    staged_quiz,
    staged_reviewing,
    staged_talent,
    staged_waiting,
)
from matchmaker.services.context import Context

#: Each acts through the services as the people of the sample would.
STAGES: tuple[Callable[[Context], object], ...] = (
    staged_evidence.stage,
    staged_quiz.stage,
    staged_member_wish.stage,
    staged_learning.stage,
    staged_talent.stage,
    staged_application.stage,
    staged_reviewing.stage,
    staged_allocation.stage,
    staged_decision.stage,
    staged_award.begin,
    staged_engagement.stage,
    staged_milestone.stage,
    staged_outcome.stage,
    staged_award.stage,
    staged_waiting.stage,
    staged_case_study.stage,
)
