"""The officers' match review, the owner's candidates and the team's recommendations."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.i18n import N_, Message
from matchmaker.models import PairRuleKind, Team, User
from matchmaker.policies.match import (
    may_answer,
    may_read_matches,
    may_review,
    may_rule,
    may_see_candidates,
    may_see_recommendations,
)
from matchmaker.policies.preview import may_see_preview
from matchmaker.queries import match as queries
from matchmaker.queries import preview as previews
from matchmaker.queries import ranking_change as ranking_changes
from matchmaker.queries.match_run import REVIEWED_STATES, get_run, is_open
from matchmaker.queries.preview import TeamPreview
from matchmaker.services import match as service
from matchmaker.services.problem_fit import TeamFits
from matchmaker.web import explanations, fit_words, match_review
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.explanations import Reader
from matchmaker.web.forms.match import AnswerForm, DecisionForm, RuleForm, read_choices
from matchmaker.web.i18n import say
from matchmaker.web.match_review import load_page, read_view
from matchmaker.web.resume import local_path
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.match_run import state_label
from matchmaker.workflows.match import MATCH_WORKFLOW, MatchAction

blueprint = Blueprint("match", __name__)

#: Refusals that the page one was working on tells, with everything typed still there.
TOLD = (Conflict, InvalidInput, InvalidTransition, PermissionDenied, StaleVersion, DeadlinePassed)


def person() -> User:
    """The signed-in person; the guard has made sure there is one."""
    return cast(User, actor())


@blueprint.get("/office/runs/<int:run_id>/review")
@guard(may_read_matches)
def review(run_id: int) -> ResponseReturnValue:
    """The review of a run, by problem or by team."""
    return _review_page(run_id, None)


def _review_page(run_id: int, error: MatchmakerError | None) -> ResponseReturnValue:
    run = get_run(db_session(), actor(), run_id)
    if run.state not in REVIEWED_STATES:
        raise NotFound
    page = load_page(db_session(), actor(), run, read_view())
    page.all_ticked = request.args.get("tick") == "all"
    if error is not None:
        page.error, page.typed = say(error.message), request.form.get("reason", "")
        page.ticked = {value.partition(":")[0] for value in request.form.getlist("pairs")}
    return render_template(
        "match/review.html",
        page=page,
        bands=match_review.bands(page, person()),
        opened=match_review.row(page, page.opened, person()) if page.opened else None,
        others=match_review.others(page, page.opened) if page.opened else [],
        explain=explanations,
        label_of=state_label,
        workflow=MATCH_WORKFLOW,
    ), status_of(error) if error else 200


@blueprint.post("/office/runs/<int:run_id>/review")
@guard(may_review)
def decide(run_id: int) -> ResponseReturnValue:
    """Endorse, decline, hold or undo, for one pair or for all that are ticked."""
    form = DecisionForm()
    try:
        if not form.validate():
            raise _refused(form)
        chosen = read_choices(request.form.getlist("pairs"))
        found = service.review(context(), chosen, form.decision, reason=form.reason.data or "")
    except TOLD as error:
        return _review_page(run_id, error)
    flash(_told(form.decision, len(found)), "good")
    return _back(run_id, found[0].id if len(found) == 1 else read_view().pair_id)


def _back(run_id: int, pair_id: int | None) -> ResponseReturnValue:
    """Back to the same list, with the pair that was decided on open."""
    kept: dict[str, Any] = {**read_view().kept, "pair": pair_id}
    anchor = f"pair-{pair_id}" if pair_id else None
    return redirect(url_for("match.review", run_id=run_id, _anchor=anchor, **kept))


def _refused(form: DecisionForm | RuleForm | AnswerForm) -> InvalidInput:
    first = next((error for errors in form.errors.values() for error in errors), "")
    return InvalidInput("%(text)s", text=str(first))


def _told(action: MatchAction, count: int) -> str:
    text = {
        MatchAction.ENDORSE: N_("Endorsed. Pairs: %(count)s"),
        MatchAction.DECLINE: N_("Declined. Pairs: %(count)s"),
        MatchAction.HOLD: N_("Put on hold. Pairs: %(count)s"),
        MatchAction.RESET: N_("The review was taken back. Pairs: %(count)s"),
    }[action]
    return say(Message(text, {"count": count}))


@blueprint.post("/office/matches/<int:match_id>/rule")
@guard(may_rule)
def rule(match_id: int) -> ResponseReturnValue:
    """Pin or ban the pair from now on."""
    match = queries.get_match(db_session(), actor(), match_id)
    form = RuleForm()
    try:
        if not form.validate():
            raise _refused(form)
        kind = PairRuleKind(form.kind.data)
        service.rule_pair(context(), match_id, kind, reason=form.reason.data or "")
    except TOLD as error:
        return _review_page(match.run_id, error)
    pinned = kind is PairRuleKind.PIN
    flash(_("Pinned.") if pinned else _("Banned: later runs leave the pair out."), "good")
    return _back(match.run_id, match_id)


@blueprint.post("/office/pair-rules/<int:rule_id>/lift")
@guard(may_rule)
def lift(rule_id: int) -> ResponseReturnValue:
    """Take a pin or a ban back."""
    service.lift_rule(context(), rule_id)
    flash(_("Lifted."), "good")
    return redirect(local_path(request.form.get("next") or url_for("match_run.runs")))


@blueprint.get("/problems/<int:problem_id>/candidates")
@guard(may_see_candidates)
def candidates(problem_id: int) -> ResponseReturnValue:
    """The teams that the office matched to a problem, for its owner."""
    problem = queries.get_owned_problem(db_session(), person(), problem_id)
    return render_template(
        "match/candidates.html",
        problem=problem,
        matches=queries.candidates(db_session(), problem),
        explain=explanations,
        reader=Reader.OWNER,
        workflow=MATCH_WORKFLOW,
    )


@blueprint.get("/teams/<int:team_id>/recommendations")
@guard(may_see_recommendations)
def recommendations(team_id: int) -> ResponseReturnValue:
    """The problems that the office recommends to a team."""
    return _recommendations_page(team_id, None)


def _recommendations_page(
    team_id: int, error: MatchmakerError | None, match_id: int | None = None
) -> ResponseReturnValue:
    team = queries.get_own_team(db_session(), person(), team_id)
    return render_template(
        "match/recommendations.html",
        team=team,
        matches=queries.recommendations(db_session(), team),
        explain=explanations,
        reader=Reader.TEAM,
        workflow=MATCH_WORKFLOW,
        refusals=[(code, say(label)) for code, label in service.REFUSALS.items()],
        may_answer=may_answer.allows(person(), team),
        is_open=lambda problem: is_open(problem, utcnow()),
        error=say(error.message) if error else "",
        wrong_id=match_id,
        preview=preview_of(team),
        moved=ranking_changes.latest(db_session(), person(), team),
        fits=TeamFits(db_session(), team, utcnow()),
        fit_words=fit_words,
        typed=request.form.get("reason", "") if error else "",
    ), status_of(error) if error else 200


def preview_of(team: Team) -> TeamPreview | None:
    """What would fit the team now, for those who may see it."""
    if not may_see_preview.allows(person(), team):
        return None
    return previews.of_team(db_session(), person(), team, utcnow())


@blueprint.post("/matches/<int:match_id>/answer")
@guard(may_answer)
def answer(match_id: int) -> ResponseReturnValue:
    """The team says whether it is interested."""
    form = AnswerForm()
    try:
        if not form.validate():
            raise _refused(form)
        match = service.answer(
            context(),
            match_id,
            interested=form.answer.data == "yes",
            version=form.version.data,
            reason_code=form.reason_code.data or "",
            reason=form.reason.data or "",
        )
    except TOLD as error:
        return _answer_again(match_id, error)
    flash(_("Your answer is noted. Thank you."), "good")
    return redirect(
        url_for("match.recommendations", team_id=match.team_id, _anchor=f"match-{match.id}")
    )


def _answer_again(match_id: int, error: MatchmakerError) -> ResponseReturnValue:
    """Show the recommendations as they stand now, with what was typed and why it was refused."""
    team_id = queries.team_of(db_session(), person(), match_id)
    return _recommendations_page(team_id, error, match_id)
