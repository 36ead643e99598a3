"""The life of a payment: committed, due when its stage passes, prepared, signed for and paid."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from matchmaker.i18n import N_
from matchmaker.workflows.machine import Label, Workflow


class AwardPaymentState(StrEnum):
    COMMITTED = "committed"
    DUE = "due"
    PREPARED = "prepared"
    PAID = "paid"
    CANCELLED = "cancelled"
    RECLAIM = "reclaim"
    RETURNED = "returned"


class AwardPaymentAction(StrEnum):
    FALL_DUE = "fall_due"
    TAKE_BACK = "take_back"
    PREPARE = "prepare"
    SEND_BACK = "send_back"
    PAY = "pay"
    CANCEL = "cancel"
    RECLAIM = "reclaim"
    KEEP = "keep"
    RETURN = "return"
    RESTORE = "restore"


S, A = AwardPaymentState, AwardPaymentAction

AWARD_PAYMENT_WORKFLOW = Workflow[AwardPaymentState, AwardPaymentAction](
    name="award_payment",
    initial=S.COMMITTED,
    table=MappingProxyType(
        {
            (S.COMMITTED, A.FALL_DUE): S.DUE,
            (S.COMMITTED, A.CANCEL): S.CANCELLED,
            # A milestone found false after all, or decided by mistake.
            (S.DUE, A.TAKE_BACK): S.COMMITTED,
            (S.DUE, A.PREPARE): S.PREPARED,
            (S.DUE, A.CANCEL): S.CANCELLED,
            (S.PREPARED, A.TAKE_BACK): S.COMMITTED,
            (S.PREPARED, A.SEND_BACK): S.DUE,
            (S.PREPARED, A.PAY): S.PAID,
            (S.PREPARED, A.CANCEL): S.CANCELLED,
            (S.PAID, A.RECLAIM): S.RECLAIM,
            (S.RECLAIM, A.KEEP): S.PAID,
            (S.RECLAIM, A.RETURN): S.RETURNED,
            # What was stopped goes on after all.
            (S.CANCELLED, A.RESTORE): S.COMMITTED,
        }
    ),
    labels=MappingProxyType(
        {
            S.COMMITTED: Label(N_("Committed"), N_("Later: after this stage"), "neutral"),
            S.DUE: Label(N_("Due for payment"), N_("Due: the office pays"), "waiting"),
            S.PREPARED: Label(
                N_("Waits for the second officer"), N_("Due: the office pays"), "waiting"
            ),
            S.PAID: Label(N_("Paid"), N_("Paid"), "good"),
            S.CANCELLED: Label(N_("Cancelled"), N_("Not paid"), "stop"),
            S.RECLAIM: Label(N_("To be reclaimed"), N_("To be paid back"), "stop"),
            S.RETURNED: Label(N_("Paid back"), N_("Paid back"), "neutral"),
        }
    ),
    actions=MappingProxyType(
        {
            A.FALL_DUE: N_("Make due"),
            A.TAKE_BACK: N_("Not due after all"),
            A.PREPARE: N_("Prepare the payment"),
            A.SEND_BACK: N_("Send back to whoever prepared it"),
            A.PAY: N_("Record as paid"),
            A.CANCEL: N_("Cancel the payment"),
            A.RECLAIM: N_("Reclaim"),
            A.KEEP: N_("Leave it with the team"),
            A.RETURN: N_("Record as paid back"),
            A.RESTORE: N_("Plan it again"),
        }
    ),
)

#: Money that is bound, paid or not.
BOUND_STATES = (S.COMMITTED, S.DUE, S.PREPARED, S.PAID, S.RECLAIM)
#: Money that has not left.
UNPAID_STATES = (S.COMMITTED, S.DUE, S.PREPARED)
