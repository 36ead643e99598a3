"""Who assigns brokers to problems, and who lets them go."""

from __future__ import annotations

from matchmaker.models import Problem, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import is_broker, may_decide


@permission("broker_assignment:assign")
def may_assign(actor: User, problem: Problem) -> Reason:
    """Whoever may decide on the problem."""
    return may_decide(actor, problem)


@permission("broker_assignment:release")
def may_release(actor: User, problem: Problem) -> Reason:
    """Whoever may decide on the problem, and the broker themselves."""
    return None if is_broker(actor, problem) else may_decide(actor, problem)
