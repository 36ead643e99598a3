"""Reading the money of a call: what is bound, due, paid and left, and what each team gets when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    AwardPayment,
    AwardScheme,
    Engagement,
    GradeDecision,
    Milestone,
    PaymentSource,
    Problem,
    User,
)
from matchmaker.policies.award import visible_payments
from matchmaker.workflows.award_payment import BOUND_STATES, AwardPaymentState
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.milestone import MilestoneState

#: What a payment is for that no stage pays.
AWARD = "award"
#: The order in which payments are shown.
PURPOSES = ("PoC", "PoS", "PoB", AWARD)
S = AwardPaymentState


@dataclass(frozen=True)
class Budget:
    """The money of one call from one source, in New Taiwan dollars."""

    budget: int
    committed: int
    due: int
    paid: int
    reclaim: int
    returned: int

    @property
    def bound(self) -> int:
        """Everything promised or paid that has not come back."""
        return self.committed + self.due + self.paid + self.reclaim

    @property
    def left(self) -> int:
        """What can still be promised; below zero if more was promised than there is."""
        return self.budget - self.bound


def weight(payment: AwardPayment) -> int:
    """What of a payment is bound now: the promise, what is due of it, or what was paid."""
    if payment.state is S.COMMITTED:
        return payment.amount
    if payment.state in (S.DUE, S.PREPARED):
        return payment.due_amount or 0
    return (payment.paid_amount or 0) if payment.state in (S.PAID, S.RECLAIM) else 0


def budget_of(
    session: Session, call_id: int, source: PaymentSource = PaymentSource.PUBLIC
) -> Budget:
    """The money of a call from *source*; an owner's contribution has no budget of its own."""
    due = sa.func.coalesce(AwardPayment.due_amount, 0)
    paid = sa.func.coalesce(AwardPayment.paid_amount, 0)

    def summed(amount: sa.ColumnElement[int], *states: AwardPaymentState) -> sa.Label[int]:
        picked = sa.case((AwardPayment.state.in_(states), amount), else_=0)
        return sa.func.coalesce(sa.func.sum(picked), 0).label(states[0].value)

    row = session.execute(
        sa.select(
            summed(sa.type_coerce(AwardPayment.amount, sa.BigInteger), S.COMMITTED),
            summed(due, S.DUE, S.PREPARED),
            summed(paid, S.PAID),
            summed(paid, S.RECLAIM),
            summed(paid, S.RETURNED),
        ).where(AwardPayment.call_id == call_id, AwardPayment.source == source)
    ).one()
    budget = 0
    if source is PaymentSource.PUBLIC:
        statement = sa.select(AwardScheme.budget).where(AwardScheme.call_id == call_id)
        budget = session.scalar(statement) or 0
    return Budget(budget, *(int(value) for value in row))


def payments_of_call(session: Session, actor: User | None, call_id: int) -> Sequence[AwardPayment]:
    """The payments of a call that *actor* handles: by engagement, in the order of the stages."""
    statement = sa.select(AwardPayment).where(
        AwardPayment.call_id == call_id, visible_payments(actor)
    )
    rows = session.scalars(statement.options(*_whole())).all()
    return sorted(rows, key=lambda row: (row.engagement_id, _order(row)))


def payments_of(
    session: Session, engagement_id: int, *, lock: bool = False
) -> Sequence[AwardPayment]:
    """The payments of one engagement, in the order of the stages; locked if asked."""
    statement = sa.select(AwardPayment).where(AwardPayment.engagement_id == engagement_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return sorted(session.scalars(statement).all(), key=_order)


def _order(row: AwardPayment) -> tuple[int, str, int]:
    return PURPOSES.index(row.purpose), row.source.value, row.id


def get_payment(
    session: Session, actor: User | None, payment_id: int, *, lock: bool = False
) -> AwardPayment:
    """A payment *actor*'s office handles, or `NotFound`; locked for a change if asked."""
    statement = sa.select(AwardPayment).where(
        AwardPayment.id == payment_id, visible_payments(actor)
    )
    statement = statement.options(*_whole())
    if lock:
        statement = statement.with_for_update(of=AwardPayment)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def uncovered(session: Session, call_id: int) -> Sequence[Engagement]:
    """Engagements at work for which no money is set aside."""
    known = sa.select(AwardPayment.engagement_id).where(
        AwardPayment.call_id == call_id, AwardPayment.source == PaymentSource.PUBLIC
    )
    statement = (
        sa.select(Engagement)
        .where(
            Engagement.call_id == call_id,
            Engagement.state.in_(LIVE_STATES),
            Engagement.id.not_in(known),
        )
        .options(joinedload(Engagement.problem), joinedload(Engagement.team))
        .order_by(Engagement.id)
    )
    return session.scalars(statement).all()


def grade_amounts(
    session: Session, engagements: Iterable[Engagement], *, highest: bool = False
) -> dict[int, int]:
    """What the grade of each engagement's problem pays, by engagement: as signed, or as shipped."""
    rows = list(engagements)
    latest = (
        sa.select(sa.func.max(GradeDecision.id))
        .where(GradeDecision.problem_id.in_([row.problem_id for row in rows]))
        .group_by(GradeDecision.problem_id)
    )
    signed = {
        row.problem_id: row.award_high if highest else row.award_low
        for row in session.scalars(sa.select(GradeDecision).where(GradeDecision.id.in_(latest)))
    }
    return {
        row.id: signed.get(row.problem_id, _shipped(row.problem.grade, highest)) for row in rows
    }


def _shipped(grade: str | None, highest: bool) -> int:
    step = shipped_rubric("grading").grades.get(grade or "")
    return step.amount[highest] if step else 0


def stage_outcome(session: Session, engagement_id: int, stage: str) -> MilestoneState | None:
    """How a stage went: the worst of its milestones; None while one is open, or without any."""
    ended = (MilestoneState.CANCELLED, MilestoneState.DROPPED)
    statement = sa.select(Milestone.state).where(
        Milestone.engagement_id == engagement_id,
        Milestone.stage == stage,
        Milestone.state.not_in(ended),
    )
    states = set(session.scalars(statement))
    for state in (MilestoneState.FAILED, MilestoneState.PARTLY, MilestoneState.PASSED):
        if state in states:
            return state if states <= _DECIDED else None
    return None


_DECIDED = {MilestoneState.PASSED, MilestoneState.PARTLY, MilestoneState.FAILED}


def bound_by_engagement(payments: Collection[AwardPayment]) -> dict[int, int]:
    """What is bound for each engagement."""
    found: dict[int, int] = defaultdict(int)
    for payment in payments:
        if payment.state in BOUND_STATES:
            found[payment.engagement_id] += weight(payment)
    return found


def _whole() -> tuple[ExecutableOption, ...]:
    engagement = joinedload(AwardPayment.engagement)
    return (
        joinedload(AwardPayment.preparer),
        joinedload(AwardPayment.approver),
        engagement.joinedload(Engagement.call),
        engagement.joinedload(Engagement.team),
        engagement.joinedload(Engagement.problem).joinedload(Problem.organization),
        engagement.joinedload(Engagement.application).selectinload(Application.people),
    )
