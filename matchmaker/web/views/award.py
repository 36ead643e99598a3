"""The awards of calls: nominations, the panel, tiers, asking the teams, announcing, revoking."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, StaleVersion
from matchmaker.models import Award
from matchmaker.policies.award import (
    may_decide_award,
    may_list_awards,
    may_nominate,
    may_run_awards,
    reasons_against,
)
from matchmaker.queries import award as queries
from matchmaker.queries import award_scheme as schemes
from matchmaker.queries import award_vote as votes
from matchmaker.queries.award_payment import budget_of
from matchmaker.services import award as nominations
from matchmaker.services import award_announcement as announcement
from matchmaker.services import award_revocation, award_vote
from matchmaker.services import award_scheme as phases
from matchmaker.services import award_settlement as settlement
from matchmaker.web import award_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.forms.award import (
    ReasonForm,
    SettleForm,
    nominate_form,
    person_form,
    settle_form,
)
from matchmaker.web.i18n import say, show_moment
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.award_scheme import AwardSchemeState

blueprint = Blueprint("award", __name__)

CALL = "/office/awards/<int:call_id>"
AWARD = "/office/awards/one/<int:award_id>"


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    """What pages say of awards."""
    return {"award_words": award_words}


@blueprint.get("/office/awards")
@guard(may_list_awards)
def index() -> ResponseReturnValue:
    """The calls with work that can be awarded."""
    lines = schemes.list_calls(db_session(), actor())
    return render_template("award/index.html", lines=lines)


@blueprint.get(CALL)
@guard(may_list_awards)
def show(call_id: int) -> ResponseReturnValue:
    """One call: who is nominated, how far the panel is, what is next."""
    return _page(call_id)


def _page(call_id: int, refusal: str = "", **typed: object) -> str:
    session, reader = db_session(), actor()
    call = schemes.get_call(session, reader, call_id)
    scheme = schemes.scheme_of(session, call_id)
    if scheme is None:
        return render_template("award/begin.html", call=call)
    work = list(queries.to_nominate(session, reader, call_id))
    rows = queries.awards_of(session, reader, call_id)
    seen = {row.id for row in rows}
    places = settlement.standing(context(), scheme)
    is_judging = scheme.state is AwardSchemeState.JUDGING
    check = settlement.obstacles if is_judging else announcement.obstacles
    shown = {
        "nominate": nominate_form(work, formdata=None),
        "person": person_form(list(votes.candidates(session, scheme)), formdata=None),
        **typed,
    }
    return render_template(
        "award/show.html",
        call=call,
        scheme=scheme,
        rows=rows,
        places=[place for place in places if place.award.id in seen],
        budget=budget_of(session, call_id),
        obstacles=check(context(), scheme),
        refusal=refusal,
        **shown,
    )


@blueprint.post(CALL + "/set-up")
@guard(may_run_awards)
def set_up(call_id: int) -> ResponseReturnValue:
    """Begin with the scheme that ships."""
    phases.set_up(context(), call_id)
    return redirect(url_for("award_scheme.edit", call_id=call_id), 303)


@blueprint.post(CALL + "/nominate")
@guard(may_nominate)
def nominate(call_id: int) -> ResponseReturnValue:
    """Nominate one piece of work."""
    session, reader = db_session(), actor()
    schemes.get_call(session, reader, call_id)
    form = nominate_form(list(queries.to_nominate(session, reader, call_id)))
    if not form.validate():
        return _page(call_id, nominate=form), 422
    try:
        nominations.nominate(context(), form.row, citation=form.citation.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(call_id, nominate=form), 422
    return _done(call_id, _("Nominated. Team and owner get a letter."))


@blueprint.post(CALL + "/panel")
@guard(may_run_awards)
def seat(call_id: int) -> ResponseReturnValue:
    """Ask somebody to judge everything that nothing ties them to."""
    number = award_vote.seat(context(), call_id, person_form([]).row)
    return _done(call_id, _("Asked to judge: %(number)s", number=number))


@blueprint.post(CALL + "/begin")
@guard(may_run_awards)
def begin(call_id: int) -> ResponseReturnValue:
    """Close the nominations and begin the panel."""
    phases.begin_panel(context(), call_id, version=ReasonForm().version.data)
    return _done(call_id, _("The panel has begun. The scheme is frozen."))


@blueprint.post(CALL + "/reopen")
@guard(may_run_awards)
def reopen(call_id: int) -> ResponseReturnValue:
    """Let more work be nominated."""
    form = ReasonForm()
    return _try(
        call_id,
        lambda: phases.reopen_nominations(
            context(), call_id, reason=form.words, version=form.version.data
        ),
        _("Nominations are open again."),
    )


@blueprint.post(CALL + "/settle-rest")
@guard(may_run_awards)
def settle_rest(call_id: int) -> ResponseReturnValue:
    """Settle the rest as the rule proposes."""
    number = settlement.settle_rest(context(), call_id)
    return _done(call_id, _("Settled: %(number)s", number=number))


@blueprint.post(CALL + "/ask")
@guard(may_run_awards)
def ask(call_id: int) -> ResponseReturnValue:
    """Ask the teams whether they take their awards."""
    version = ReasonForm().version.data
    return _try(
        call_id,
        lambda: settlement.ask_teams(context(), call_id, version=version),
        _("The teams are asked. You see here what they answer."),
    )


@blueprint.get(CALL + "/letters")
@guard(may_list_awards)
def letters(call_id: int) -> ResponseReturnValue:
    """Every letter of the announcement as it would go out now."""
    call = schemes.get_call(db_session(), actor(), call_id)
    scheme = schemes.scheme_of(db_session(), call_id)
    written = announcement.preview(context(), scheme) if scheme else []
    return render_template("award/letters.html", call=call, letters=written)


@blueprint.post(CALL + "/announce")
@guard(may_run_awards)
def announce(call_id: int) -> ResponseReturnValue:
    """Tell everybody at once; who comes second is told so."""
    version = ReasonForm().version.data
    before = schemes.scheme_of(db_session(), call_id)
    was_out = before is not None and before.announced_at is not None
    try:
        scheme = announcement.announce(context(), call_id, version=version)
    except InvalidInput:
        return _page(call_id), 422  # What stands in the way is on the page.
    if was_out and scheme.announced_at:
        when = show_moment(scheme.announced_at)
        return _done(call_id, _("Announced already on %(when)s. Nobody was told twice.", when=when))
    return _done(call_id, _("Announced. Letters and certificates are on their way."))


def _try(call_id: int, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        act()
    except InvalidInput as error:
        return _page(call_id, refusal=in_words(error)), 422
    return _done(call_id, done)


def _done(call_id: int, text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("award.show", call_id=call_id), 303)


# One award


@blueprint.get(AWARD)
@guard(may_list_awards)
def case(award_id: int) -> ResponseReturnValue:
    """One award: what was achieved, what the panel says, and what the office decides."""
    return _case(queries.get_award(db_session(), actor(), award_id))


def _case(award: Award, refusal: str = "", **typed: object) -> str:
    session = db_session()
    scheme = award.scheme
    place = next(
        (one for one in settlement.standing(context(), scheme) if one.award.id == award.id), None
    )
    people = [
        person
        for person in votes.candidates(session, scheme)
        if person.id not in {v.reviewer_id for v in award.votes if v.state != "released"}
    ]
    against = reasons_against(session, people, [award.engagement])
    free = [p for p in people if against[p.id, award.engagement_id] is None]
    shown = {
        "settle": settle_form(award, place.tier if place else None, formdata=None),
        "person": person_form(free, formdata=None),
        **typed,
    }
    return render_template(
        "award/case.html",
        award=award,
        scheme=scheme,
        place=place,
        rubric=schemes.rules_of(scheme).rubric,
        milestones=queries.milestones_of(session, award.engagement_id),
        conditions=queries.conditions(session, award.engagement),
        tied=[(p, against[p.id, award.engagement_id]) for p in people if p not in free],
        refusal=refusal,
        **shown,
    )


@blueprint.post(AWARD + "/settle")
@guard(may_decide_award)
def settle(award_id: int) -> ResponseReturnValue:
    """Decide the tier."""
    award = queries.get_award(db_session(), actor(), award_id)
    form = settle_form(award, None)
    if not form.validate():
        return _case(award, settle=form), 422
    try:
        _settle(award, form)
    except InvalidInput as error:
        form.show_refusal(error)
        return _case(award, settle=form), 422
    except StaleVersion as error:
        form.version.data = award.version
        return _case(award, refusal=say(error.message), settle=form), 409
    flash(_("Kept. The team hears nothing until the teams are asked."), "good")
    return redirect(url_for("award.show", call_id=award.call_id), 303)


def _settle(award: Award, form: SettleForm) -> None:
    settlement.settle(
        context(),
        award.id,
        tier=form.code,
        reason=form.reason.data or "",
        note=form.note.data or "",
        version=form.version.data,
    )


@blueprint.post(AWARD + "/accept")
@guard(may_decide_award)
def accept(award_id: int) -> ResponseReturnValue:
    """Take a proposal on."""
    row = nominations.accept(context(), award_id, version=ReasonForm().version.data)
    return _done(row.call_id, _("Nominated. Team and owner get a letter."))


@blueprint.post(AWARD + "/turn-down")
@guard(may_decide_award)
def turn_down(award_id: int) -> ResponseReturnValue:
    """Do not take a proposal on."""
    return _with_reason(award_id, nominations.turn_down, _("Turned down. Who proposed it is told."))


@blueprint.post(AWARD + "/take-back")
@guard(may_decide_award)
def take_back(award_id: int) -> ResponseReturnValue:
    """Take a nomination back."""
    return _with_reason(award_id, nominations.take_back, _("Taken back. The team is told."))


@blueprint.post(AWARD + "/revoke")
@guard(may_decide_award)
def revoke(award_id: int) -> ResponseReturnValue:
    """Take an award away."""
    done = _("Revoked. Certificates are no longer valid; see the budget for what was paid.")
    return _with_reason(award_id, award_revocation.revoke, done)


def _with_reason(award_id: int, act: Callable[..., Award], done: str) -> ResponseReturnValue:
    form = ReasonForm()
    try:
        act(context(), award_id, reason=form.words, version=form.version.data)
    except InvalidInput as error:
        award = queries.get_award(db_session(), actor(), award_id)
        return _case(award, refusal=in_words(error)), 422
    flash(done, "good")
    return redirect(url_for("award.case", award_id=award_id), 303)


@blueprint.post(AWARD + "/panel")
@guard(may_decide_award)
def assign(award_id: int) -> ResponseReturnValue:
    """Ask somebody to judge this award."""
    award_vote.assign(context(), award_id, person_form([]).row)
    flash(_("Asked. They get a letter."), "good")
    return redirect(url_for("award.case", award_id=award_id), 303)


@blueprint.post("/office/awards/votes/<int:vote_id>/release")
@guard(may_decide_award)
def release(vote_id: int) -> ResponseReturnValue:
    """Take somebody off the panel of one award."""
    form = ReasonForm()
    try:
        vote = award_vote.release(context(), vote_id, reason=form.words, version=form.version.data)
    except (InvalidInput, StaleVersion) as error:
        return _refused_release(vote_id, error)
    flash(_("Taken off the panel."), "good")
    return redirect(url_for("award.case", award_id=vote.award_id), 303)


def _refused_release(vote_id: int, error: MatchmakerError) -> ResponseReturnValue:
    award = queries.award_of_vote(db_session(), actor(), vote_id)
    return _case(award, refusal=in_words(error)), 409 if isinstance(error, StaleVersion) else 422
