"""The money of a call: budget, what is due, and recording what was paid; as a file too."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput, NotFound, StaleVersion
from matchmaker.models import AwardPayment, PaymentSource
from matchmaker.policies.award import may_handle_payment, may_list_awards, may_nominate
from matchmaker.queries import award_payment as queries
from matchmaker.queries.award_scheme import get_call, scheme_of
from matchmaker.queries.engagement import get_engagement
from matchmaker.reports.award_payment import budget_table, payment_table
from matchmaker.services import award_money as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.figures import tables_as_file
from matchmaker.web.forms.award import ReasonForm
from matchmaker.web.forms.award_payment import PayForm, PrepareForm, contribution_form
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("award_payment", __name__)

BUDGET = "/office/awards/<int:call_id>/budget"
PAYMENT = "/office/awards/payments/<int:payment_id>"


@blueprint.get(BUDGET)
@guard(may_list_awards)
def budget(call_id: int) -> ResponseReturnValue:
    """What there is, what is promised, due and paid, and what is left."""
    session, reader = db_session(), actor()
    call = get_call(session, reader, call_id)
    return render_template(
        "award_payment/budget.html",
        call=call,
        scheme=scheme_of(session, call_id),
        budgets=_budgets(call_id),
        payments=queries.payments_of_call(session, reader, call_id),
        uncovered=queries.uncovered(session, call_id),
    )


def _budgets(call_id: int) -> dict[PaymentSource, queries.Budget]:
    return {one: queries.budget_of(db_session(), call_id, one) for one in PaymentSource}


@blueprint.get(BUDGET + ".<kind>")
@guard(may_list_awards)
def export(call_id: int, kind: str) -> ResponseReturnValue:
    """Budget and payments as CSV or as a workbook."""
    session, reader = db_session(), actor()
    call = get_call(session, reader, call_id)
    if kind not in ("csv", "xlsx"):
        raise NotFound
    payments = queries.payments_of_call(session, reader, call_id)
    tables = [budget_table(_budgets(call_id)), payment_table(payments)]
    return tables_as_file(tables, f"budget-{call.id}", kind)


@blueprint.get(PAYMENT)
@guard(may_handle_payment)
def show(payment_id: int) -> ResponseReturnValue:
    """One payment and the next step with it."""
    return _page(_find(payment_id))


def _find(payment_id: int) -> AwardPayment:
    row = queries.get_payment(db_session(), actor(), payment_id)
    context().require(may_handle_payment, row)
    return row


def _page(row: AwardPayment, refusal: str = "", **typed: BaseForm) -> str:
    begun = {"amount": row.due_amount, "reference": row.reference, "version": row.version}
    forms = {
        "prepare": PrepareForm(formdata=None, data=begun),
        "pay": PayForm(formdata=None, data={"version": row.version}),
        **typed,
    }
    return render_template(
        "award_payment/show.html",
        payment=row,
        needs_second=service.needs_second(context(), row),
        refusal=refusal,
        forms=forms,
    )


@blueprint.post(PAYMENT + "/prepare")
@guard(may_handle_payment)
def prepare(payment_id: int) -> ResponseReturnValue:
    """Put it before whoever signs."""
    form = PrepareForm()
    return _submitted(
        payment_id,
        "prepare",
        form,
        lambda: service.prepare(
            context(),
            payment_id,
            amount=form.amount.data,
            reference=form.reference.data or "",
            version=form.version.data,
        ),
    )


@blueprint.post(PAYMENT + "/pay")
@guard(may_handle_payment)
def pay(payment_id: int) -> ResponseReturnValue:
    """Sign and record it as paid."""
    form = PayForm()
    return _submitted(
        payment_id,
        "pay",
        form,
        lambda: service.pay(
            context(), payment_id, paid_on=form.paid_on.data, version=form.version.data
        ),
    )


def _submitted(
    payment_id: int, name: str, form: PrepareForm | PayForm, act: Callable[[], AwardPayment]
) -> ResponseReturnValue:
    row = _find(payment_id)
    if not form.validate():
        return _page(row, **{name: form}), 422
    try:
        act()
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(row, **{name: form}), 422
    except (StaleVersion, Conflict) as error:
        form.version.raw_data, form.version.data = None, row.version
        return _page(row, refusal=say(error.message), **{name: form}), 409
    return _done(row)


def _done(row: AwardPayment) -> ResponseReturnValue:
    flash(_("Saved."), "good")
    return redirect(url_for("award_payment.budget", call_id=row.call_id), 303)


@blueprint.post(PAYMENT + "/send-back")
@guard(may_handle_payment)
def send_back(payment_id: int) -> ResponseReturnValue:
    """Back to whoever prepared it."""
    return _with_reason(payment_id, service.send_back)


@blueprint.post(PAYMENT + "/cancel")
@guard(may_handle_payment)
def cancel(payment_id: int) -> ResponseReturnValue:
    """Nothing of it will be paid."""
    return _with_reason(payment_id, service.cancel)


@blueprint.post(PAYMENT + "/returned")
@guard(may_handle_payment)
def returned(payment_id: int) -> ResponseReturnValue:
    """The team has paid it back."""
    return _with_reason(payment_id, service.returned)


@blueprint.post(PAYMENT + "/keep")
@guard(may_handle_payment)
def keep(payment_id: int) -> ResponseReturnValue:
    """It need not be paid back after all."""
    return _with_reason(payment_id, service.keep)


def _with_reason(payment_id: int, act: Callable[..., AwardPayment]) -> ResponseReturnValue:
    form, row = ReasonForm(), _find(payment_id)
    try:
        act(context(), payment_id, reason=form.words, version=form.version.data)
    except InvalidInput as error:
        return _page(row, refusal=in_words(error)), 422
    except StaleVersion as error:
        return _page(row, refusal=say(error.message)), 409
    return _done(row)


@blueprint.route("/office/awards/work/<int:engagement_id>/contribution", methods=["GET", "POST"])
@guard(may_nominate)
def contribute(engagement_id: int) -> ResponseReturnValue:
    """Note what the owner adds."""
    engagement = get_engagement(db_session(), actor(), engagement_id)
    context().require(may_nominate, engagement)
    form = contribution_form(engagement)
    is_wrong = request.method == "POST" and not form.validate()
    if request.method == "POST" and not is_wrong:
        try:
            purpose, amount = form.purpose.data or "", form.amount.data
            row = service.add_contribution(context(), engagement_id, purpose=purpose, amount=amount)
            return _done(row)
        except InvalidInput as error:
            form.show_refusal(error)
            is_wrong = True
    page = render_template("award_payment/contribution.html", engagement=engagement, form=form)
    return page, 422 if is_wrong else 200
