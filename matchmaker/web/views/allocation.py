"""The office's allocations: start, watch, look at, compare, deploy, take back, lock pairs."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput, MatchmakerError, NotFound, StaleVersion
from matchmaker.i18n import Message
from matchmaker.models import LOCK_KIND_LABELS, PLACE_OUTCOME_LABELS, Allocation, LockKind
from matchmaker.policies.allocation import (
    may_deploy_allocation,
    may_export_allocation,
    may_read_allocations,
    may_start_allocation,
)
from matchmaker.queries import allocation as queries
from matchmaker.queries import allocation_place as places
from matchmaker.queries import call as calls
from matchmaker.queries.allocation_comparison import compare as compare_allocations
from matchmaker.reports.allocation import places_table
from matchmaker.reports.table import as_csv, as_xlsx
from matchmaker.services import allocation as service
from matchmaker.services.allocation_config import AllocationConfig, GroupKind
from matchmaker.web import allocation_words as words
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.allocation import (
    DeployForm,
    LockForm,
    UndoForm,
    allocation_form,
)
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_locale, say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("allocation", __name__)

ONE = "/office/allocations/<int:allocation_id>"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/office/allocations")
@guard(may_read_allocations)
def index() -> ResponseReturnValue:
    """All allocations, and the calls a new one can be made for."""
    page = queries.list_allocations(db_session(), actor(), number=listing.page_number())
    return render_template(
        "allocation/index.html",
        page=page,
        calls=queries.call_lines(db_session(), actor()),
        label_of=words.state_label,
        page_url=listing.page_url,
    )


@blueprint.route("/office/calls/<int:call_id>/allocate", methods=["GET", "POST"])
@guard(may_read_allocations)
def start(call_id: int) -> ResponseReturnValue:
    """Choose aims and limits, and ask for an allocation."""
    session = db_session()
    call = calls.get_call(session, actor(), call_id)
    context().require(may_start_allocation, call)
    groups = [(GroupKind(kind), value) for kind, value in queries.groups(session, call_id)]
    form = allocation_form(groups, _suggested(call_id))
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        try:
            if form.validate():
                found = service.start_allocation(
                    context(), call_id, form.config(), note=form.note.data or ""
                )
                flash(
                    _("The allocation waits for its turn. This page shows how far it is."), "good"
                )
                return redirect(url_for("allocation.show", allocation_id=found.id), 303)
        except InvalidInput as error:
            form.show_refusal(error)
        except Conflict as error:
            status, problem = status_of(error), say(error.message)
    return render_template(
        "allocation/start.html",
        call=call,
        form=form,
        error=problem,
        has_reviews=queries.has_reviews(session, call_id),
        locks=queries.locks(session, actor(), call_id),
        kind_labels=LOCK_KIND_LABELS,
    ), status


def _suggested(call_id: int) -> AllocationConfig:
    """What the form begins with: the latest allocation's choices, else what usually fits."""
    before = queries.latest_of_call(db_session(), call_id)
    if before is not None:
        return AllocationConfig.from_dict(before.config)
    return AllocationConfig(review_share=100 if queries.has_reviews(db_session(), call_id) else 0)


@blueprint.get(ONE)
@guard(may_read_allocations)
def show(allocation_id: int) -> ResponseReturnValue:
    """One allocation: how far it is, why there is none, or what it proposes."""
    return _page(allocation_id)


def _page(allocation_id: int, error: MatchmakerError | None = None) -> ResponseReturnValue:
    session = db_session()
    allocation = queries.get_allocation(session, actor(), allocation_id)
    failure = service.load_failure(allocation)
    is_finished = allocation.state in queries.FINISHED_STATES
    number = listing.page_number()
    return render_template(
        "allocation/show.html",
        allocation=allocation,
        config=AllocationConfig.from_dict(allocation.config),
        words=words,
        failure=say(failure) if failure else "",
        is_active=allocation.state in queries.ACTIVE_STATES and failure is None,
        is_finished=is_finished,
        stage=say(words.step_at(allocation.job.done_steps)) if allocation.job else "",
        remedies=words.remedy_lines(session, allocation),
        lines=places.problem_lines(session, allocation, number=number) if is_finished else None,
        worst=places.worst_place(session, allocation) if is_finished else None,
        beside=queries.finished_beside(session, allocation) if is_finished else [],
        changed=queries.changed_since(session, allocation) if is_finished else None,
        idle=queries.idle_locks(session, actor(), allocation),
        locks=queries.locks(session, actor(), allocation.call_id),
        kind_labels=LOCK_KIND_LABELS,
        page_url=listing.page_url,
        error=say(_reason(error)) if error else "",
    ), status_of(error) if error else 200


def _reason(error: MatchmakerError) -> Message | str:
    """What a refusal says of its first field, else of itself."""
    if isinstance(error, InvalidInput) and error.fields:
        return next(iter(error.fields.values()))[0]
    return error.message


@blueprint.get(ONE + "/problems/<int:problem_id>")
@guard(may_read_allocations)
def problem(allocation_id: int, problem_id: int) -> ResponseReturnValue:
    """All candidates of one problem, with what is proposed for each and why."""
    return _problem_page(allocation_id, problem_id)


def _problem_page(
    allocation_id: int, problem_id: int, error: MatchmakerError | None = None
) -> ResponseReturnValue:
    session = db_session()
    allocation = queries.get_allocation(session, actor(), allocation_id)
    rows = places.problem_places(session, allocation, problem_id)
    locks = queries.locks(session, actor(), allocation.call_id)
    return render_template(
        "allocation/problem.html",
        allocation=allocation,
        problem=queries.problems_by_id(session, {problem_id})[problem_id],
        n_wanted=allocation.result["wanted"][str(problem_id)],
        places=rows,
        words=words,
        outcome_labels=PLACE_OUTCOME_LABELS,
        kind_labels=LOCK_KIND_LABELS,
        locks={lock.team_id: lock for lock in locks if lock.problem_id == problem_id},
        error=say(_reason(error)) if error else "",
    ), status_of(error) if error else 200


@blueprint.post(ONE + "/lock")
@guard(may_read_allocations)
def lock(allocation_id: int) -> ResponseReturnValue:
    """Set a pair, or rule it out, for every later allocation of the call."""
    form = LockForm()
    allocation = queries.get_allocation(db_session(), actor(), allocation_id)
    problem_id, team_id = form.problem_id.data or 0, form.team_id.data or 0
    # A pair that the allocation does not know cannot be locked from its page.
    rows = places.problem_places(db_session(), allocation, problem_id)
    if form.kind.data not in list(LockKind) or team_id not in {p.team_id for p in rows}:
        raise NotFound
    try:
        service.lock_place(
            context(), problem_id, team_id, LockKind(form.kind.data), reason=form.reason.data or ""
        )
    except InvalidInput as error:
        return _problem_page(allocation_id, problem_id, error)
    flash(_("Noted. It counts from the next allocation of this call on."), "good")
    return _to_problem(allocation_id, problem_id)


@blueprint.post(ONE + "/unlock/<int:lock_id>")
@guard(may_read_allocations)
def unlock(allocation_id: int, lock_id: int) -> ResponseReturnValue:
    """Lift a lock."""
    queries.get_allocation(db_session(), actor(), allocation_id)
    service.unlock_place(context(), lock_id)
    flash(_("Lifted. The next allocation of this call is free again."), "good")
    return redirect(url_for("allocation.show", allocation_id=allocation_id) + "#locks", 303)


def _to_problem(allocation_id: int, problem_id: int) -> ResponseReturnValue:
    target = url_for("allocation.problem", allocation_id=allocation_id, problem_id=problem_id)
    return redirect(target, 303)


@blueprint.get(ONE + "/compare")
@guard(may_read_allocations)
def compare(allocation_id: int) -> ResponseReturnValue:
    """This allocation beside another one of the same call: who moved, and why."""
    session = db_session()
    after = queries.get_allocation(session, actor(), allocation_id)
    beside = queries.finished_beside(session, after)
    chosen = number_or_none(request.args.get("with"))
    before = next((one for one in beside if chosen in (None, one.id)), None)
    if after.state not in queries.FINISHED_STATES or (before is None and chosen is not None):
        raise NotFound
    return render_template(
        "allocation/compare.html",
        after=after,
        before=before,
        beside=beside,
        comparison=compare_allocations(session, before, after) if before else None,
        worst={one.id: places.worst_place(session, one) for one in (before, after) if one},
        words=words,
    )


@blueprint.get(ONE + "/deploy")
@guard(may_read_allocations)
def confirm(allocation_id: int) -> ResponseReturnValue:
    """What using the allocation would mean, before it is done."""
    return _confirm_page(allocation_id)


@blueprint.post(ONE + "/deploy")
@guard(may_read_allocations)
def deploy(allocation_id: int) -> ResponseReturnValue:
    """Let the decision be prepared from the allocation."""
    try:
        service.deploy_allocation(context(), allocation_id, version=DeployForm().version.data)
    except (Conflict, StaleVersion) as error:
        return _confirm_page(allocation_id, error)
    flash(_("In use. Nobody has been told anything; you can still take it back."), "good")
    return redirect(url_for("allocation.show", allocation_id=allocation_id), 303)


def _confirm_page(allocation_id: int, error: MatchmakerError | None = None) -> ResponseReturnValue:
    session = db_session()
    allocation: Allocation = queries.get_allocation(session, actor(), allocation_id)
    context().require(may_deploy_allocation, allocation)
    if allocation.state not in queries.FINISHED_STATES:
        raise NotFound
    return render_template(
        "allocation/deploy.html",
        allocation=allocation,
        changed=queries.changed_since(session, allocation),
        before=queries.deployed_allocation(session, allocation.call_id),
        words=words,
        error=say(error.message) if error else "",
    ), status_of(error) if error else 200


@blueprint.post(ONE + "/undo")
@guard(may_read_allocations)
def undo(allocation_id: int) -> ResponseReturnValue:
    """Take a deployed allocation back."""
    form = UndoForm()
    try:
        service.undo_allocation(
            context(), allocation_id, version=form.version.data, reason=form.reason.data or ""
        )
    except (Conflict, StaleVersion, InvalidInput) as error:
        return _page(allocation_id, error)
    flash(_("Taken back. Use another one, or this one again."), "good")
    return redirect(url_for("allocation.show", allocation_id=allocation_id), 303)


@blueprint.get(ONE + "/export.csv")
@guard(may_export_allocation)
def export(allocation_id: int) -> ResponseReturnValue:
    """Every candidate as a table for a spreadsheet."""
    table = places_table(db_session(), queries.get_allocation(db_session(), actor(), allocation_id))
    content = as_csv([table], current_locale())
    return _file(content, "text/csv", f"allocation-{allocation_id}.csv")


@blueprint.get(ONE + "/export.xlsx")
@guard(may_export_allocation)
def export_workbook(allocation_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    table = places_table(db_session(), queries.get_allocation(db_session(), actor(), allocation_id))
    content = as_xlsx([table], current_locale())
    return _file(content, WORKBOOK, f"allocation-{allocation_id}.xlsx")


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
