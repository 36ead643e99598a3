"""The money of a call's awards as a table: what was promised, is due and was paid, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.i18n import N_, Message
from matchmaker.models import PAYMENT_SOURCE_LABELS, AwardPayment, PaymentSource
from matchmaker.queries.award_payment import AWARD, Budget
from matchmaker.reports.table import Column, Table, Words
from matchmaker.workflows.award_payment import AWARD_PAYMENT_WORKFLOW

RULE = N_(
    "Whole New Taiwan dollars. Promised: set aside for a stage or an award. Due: the stage has "
    "passed, or the award is announced. Left: the budget less what is promised, due, paid or to "
    "be paid back."
)


def budget_table(budgets: dict[PaymentSource, Budget]) -> Table:
    """The sums by source."""
    names = (
        N_("Budget"),
        N_("Amount promised"),
        N_("Amount due"),
        N_("Paid"),
        N_("To be paid back"),
        N_("Left"),
    )
    rows = [
        (
            Message(PAYMENT_SOURCE_LABELS[source]),
            one.budget if source is PaymentSource.PUBLIC else None,
            one.committed,
            one.due,
            one.paid,
            one.reclaim,
            one.left if source is PaymentSource.PUBLIC else None,
        )
        for source, one in budgets.items()
    ]
    columns = (Column(Message(N_("Whose money"))), *(Column(Message(n), True) for n in names))
    return Table("budget", N_("Budget"), Message(RULE), columns, rows)


def payment_table(payments: Iterable[AwardPayment]) -> Table:
    """Every payment with its state, due and paid amounts, day and reference."""
    rows = [
        (
            payment.engagement.number,
            Words(payment.engagement.team.name("zh"), payment.engagement.team.name("en")),
            Message(N_("The award")) if payment.purpose == AWARD else payment.purpose,
            Message(PAYMENT_SOURCE_LABELS[payment.source]),
            Message(AWARD_PAYMENT_WORKFLOW.labels[payment.state].staff),
            payment.amount,
            payment.due_amount,
            payment.paid_amount,
            payment.paid_on.isoformat() if payment.paid_on else None,
            payment.reference,
        )
        for payment in payments
    ]
    heads = (
        Column(Message(N_("Number of the work"))),
        Column(Message(N_("Team"))),
        Column(Message(N_("For"))),
        Column(Message(N_("Whose money"))),
        Column(Message(N_("State"))),
        Column(Message(N_("Amount promised")), True),
        Column(Message(N_("Amount due")), True),
        Column(Message(N_("Paid")), True),
        Column(Message(N_("Paid on"))),
        Column(Message(N_("Number in the books"))),
    )
    return Table("payments", N_("Payments"), Message(RULE), heads, rows)
