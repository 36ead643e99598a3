"""The review of applications for the office: calls, phases, readers proposed, how applications stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, StaleVersion
from matchmaker.models import Call
from matchmaker.policies.application_review import is_blind
from matchmaker.policies.review_round import may_manage_round, may_read_rounds
from matchmaker.queries import application_review as reviews
from matchmaker.queries import review_round as queries
from matchmaker.queries.review_candidate import all_loads, profiles_of, reviewers
from matchmaker.services import review_assignment as assignments
from matchmaker.services import review_round as service
from matchmaker.web import review_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.grade_review import ReasonForm
from matchmaker.web.forms.review_round import RoundForm, RubricForm, rubric_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.job import JobState

blueprint = Blueprint("review_round", __name__)

CALL = "/office/reviewing/<int:call_id>"


@blueprint.get("/office/reviewing")
@guard(may_read_rounds)
def index() -> ResponseReturnValue:
    """The programme's calls with how far their review is."""
    rows = queries.list_rounds(db_session(), actor())
    return render_template("review_round/index.html", rows=rows, reviewing=review_words)


@blueprint.get(CALL)
@guard(may_read_rounds)
def show(call_id: int) -> ResponseReturnValue:
    """The review of one call."""
    return _page(_call(call_id))


@blueprint.post(CALL)
@guard(may_manage_round)
def prepare(call_id: int) -> ResponseReturnValue:
    """Set how many read each application, and by when."""
    form = RoundForm()
    try:
        if not form.validate():
            return _page(_call(call_id), form=form), 422
        service.prepare(context(), call_id, form.values(), version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_call(call_id), form=form), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.version.data = _version(call_id)
        return _page(_call(call_id), form=form), 409
    return _done(call_id, _("Saved."))


@blueprint.post(CALL + "/propose")
@guard(may_manage_round)
def propose(call_id: int) -> ResponseReturnValue:
    """Have the matcher propose readers."""
    return _act(
        call_id,
        lambda version: service.propose(context(), call_id),
        _("The matcher compares readers and applications. Reload the page in a minute."),
    )


@blueprint.post(CALL + "/accept")
@guard(may_manage_round)
def accept(call_id: int) -> ResponseReturnValue:
    """Name the readers the matcher proposes."""
    return _act(
        call_id,
        lambda version: assignments.accept_proposal(context(), call_id, version=version),
        _("The proposed readers have been named. Look through them before you ask them."),
    )


@blueprint.post(CALL + "/start")
@guard(may_manage_round)
def start(call_id: int) -> ResponseReturnValue:
    """Ask the readers."""
    return _act(
        call_id,
        lambda version: service.start(context(), call_id, version=version),
        _("The readers have been asked by mail."),
    )


@blueprint.post(CALL + "/discuss")
@guard(may_manage_round)
def discuss(call_id: int) -> ResponseReturnValue:
    """Open the discussion."""
    return _act(
        call_id,
        lambda version: service.discuss(context(), call_id, version=version),
        _("The discussion is open; readers have been told by mail."),
    )


@blueprint.post(CALL + "/score-again")
@guard(may_manage_round)
def score_again(call_id: int) -> ResponseReturnValue:
    """Close the discussion again."""
    said = ReasonForm().words
    return _act(
        call_id,
        lambda version: service.score_again(context(), call_id, reason=said, version=version),
        _("Readers see their own points alone again."),
    )


@blueprint.post(CALL + "/close")
@guard(may_manage_round)
def close(call_id: int) -> ResponseReturnValue:
    """End the review."""
    return _act(
        call_id,
        lambda version: service.close(context(), call_id, version=version),
        _("The review has ended. Points are fixed; now applications can be allocated."),
    )


@blueprint.post(CALL + "/reopen")
@guard(may_manage_round)
def reopen(call_id: int) -> ResponseReturnValue:
    """Take the end back."""
    said = ReasonForm().words
    return _act(
        call_id,
        lambda version: service.reopen(context(), call_id, reason=said, version=version),
        _("The review is open again, in the discussion."),
    )


@blueprint.get(CALL + "/rubric")
@guard(may_read_rounds)
def rubric(call_id: int) -> ResponseReturnValue:
    """What the call's applications are judged by."""
    return _rubric_page(_call(call_id))


@blueprint.post(CALL + "/rubric")
@guard(may_manage_round)
def change_rubric(call_id: int) -> ResponseReturnValue:
    """Make a new version of the rubric."""
    call = _call(call_id)
    form = rubric_form(queries.rubric_content(db_session(), call_id)[1])
    note, seen = form.note.data or "", form.seen.data
    try:
        if not form.validate():
            return _rubric_page(call, form), 422
        row = service.change_rubric(context(), call_id, form.content(), note=note, seen=seen)
    except InvalidInput as error:
        form.show_faults(error)
        return _rubric_page(call, form), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.seen.data = queries.rubric_content(db_session(), call_id)[0]
        return _rubric_page(call, form), 409
    flash(_("Version %(version)s is in force from now on.", version=row.number), "good")
    return redirect(url_for("review_round.rubric", call_id=call_id), 303)


def _call(call_id: int) -> Call:
    return queries.get_call(db_session(), actor(), call_id)


def _version(call_id: int) -> int:
    found = queries.round_of(db_session(), call_id)
    return found.version if found else 0


def _act(call_id: int, step: Callable[[int], object], done: str) -> ResponseReturnValue:
    """Take a step that has no form of its own on the page; a refusal is said above it."""
    _call(call_id)
    try:
        step(ReasonForm().version.data)
    except MatchmakerError as error:
        said = [say(m) for messages in getattr(error, "fields", {}).values() for m in messages]
        return _page(_call(call_id), refused=" ".join(said) or say(error.message)), status_of(error)
    return _done(call_id, done)


def _done(call_id: int, text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("review_round.show", call_id=call_id), 303)


def _page(call: Call, form: RoundForm | None = None, **values: Any) -> str:
    session = db_session()
    found = queries.round_of(session, call.id)
    rules = queries.rules_of(session, call.id)
    cases = reviews.cases(session, actor(), call.id)
    started = {"readers": 2, "totals_apart": 20, "version": 0}
    fresh = RoundForm(formdata=None, obj=found) if found else RoundForm(formdata=None, data=started)
    return render_template(
        "review_round/show.html",
        call=call,
        round=found,
        rules=rules,
        blind=is_blind(rules),
        cases=cases,
        chosen=_chosen(found.proposal if found else {}),
        people=_people(call.id, cases),
        rubric=queries.scoring_rubric(session, call.id),
        is_comparing=found is not None and _is_running(found),
        form=form or fresh,
        reviewing=review_words,
        **values,
    )


def _is_running(found: Any) -> bool:
    return found.job is not None and found.job.state in (JobState.QUEUED, JobState.RUNNING)


def _chosen(proposal: dict[str, Any]) -> dict[int, list[str]]:
    """The names of those the matcher proposes, by application."""
    names = {user.id: user.name for user in reviewers(db_session())}
    return {
        int(key): [names[user_id] for user_id in people if user_id in names]
        for key, people in proposal.get("chosen", {}).items()
    }


def _people(call_id: int, cases: list[reviews.Case]) -> list[dict[str, Any]]:
    """Every reader of the call: cases, what is handed in, load of all calls, how strict."""
    loads, profiles = all_loads(db_session()), profiles_of(db_session())
    strict = reviews.standings(db_session(), call_id)[1]
    found: dict[int, dict[str, Any]] = {}
    for seat in (seat for case in cases for seat in case.seated):
        profile = profiles.get(seat.reviewer_id)
        row = found.setdefault(
            seat.reviewer_id,
            {
                "user": seat.reviewer,
                "asked": 0,
                "done": 0,
                "late": 0,
                "load": loads[seat.reviewer_id],
                "capacity": profile.capacity if profile else 4,
                "strictness": strict.get(seat.reviewer_id),
            },
        )
        row["asked"] += 1
        row["done"] += seat.state == "submitted"
        row["late"] += seat.is_overdue
    return list(found.values())


def _rubric_page(call: Call, form: RubricForm | None = None) -> str:
    session = db_session()
    number, content = queries.rubric_content(session, call.id)
    found = queries.round_of(session, call.id)
    fresh = rubric_form(content, formdata=None)
    fresh.seen.data = number
    return render_template(
        "review_round/rubric.html",
        call=call,
        number=number,
        rubric=queries.rubric_of(session, call.id),
        versions=queries.rubric_versions(session, call.id),
        is_fixed=found is not None and found.started_at is not None,
        form=form or fresh,
        reviewing=review_words,
    )
