"""Looking for members, and for a team: wishes, people who were found, offers, the consent."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, PermissionDenied, RateLimited
from matchmaker.models import Team, User
from matchmaker.policies.member_wish import (
    may_be_found,
    may_keep,
    may_look,
    may_offer,
    may_read_wishes,
)
from matchmaker.queries import invitation as invitations
from matchmaker.queries import member_wish as queries
from matchmaker.queries import standing
from matchmaker.queries import team as teams
from matchmaker.services import find_consent
from matchmaker.services import member_wish as service
from matchmaker.web import evidence_words, listing, member_wish_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.member_wish import CloseForm, FindForm, OfferForm, WishForm
from matchmaker.web.i18n import say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("member_wish", __name__)

WISHES = "/teams/<int:team_id>/wishes"
WISH = "/wishes/<int:wish_id>"


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get(WISHES)
@guard(may_read_wishes)
def index(team_id: int) -> ResponseReturnValue:
    """Whom a team looks for, who could be it, and a place to say so."""
    team = _team(team_id)
    typed = {name: request.args.get(name, "") for name in ("competency", "level", "problem_id")}
    return _page(team, WishForm(formdata=None, data={k: v for k, v in typed.items() if v}))


def _team(team_id: int) -> Team:
    team = teams.get_team(db_session(), actor(), team_id)
    may_read_wishes.require(actor(), team)
    return team


def _page(team: Team, form: WishForm, status: int = 200) -> ResponseReturnValue:
    session, me = db_session(), _me()
    form.offer_problems(standing.team_problems(session, me, team))
    wishes = queries.wishes_of(session, me, team)
    return render_template(
        "member_wish/index.html",
        team=team,
        form=form,
        wishes=[(wish, member_wish_words.people(session, me, wish)) for wish in wishes],
        invited={row.email for row in invitations.sent_by(session, me, team)},
        words=evidence_words,
        people_words=member_wish_words,
    ), status


@blueprint.post(WISHES)
@guard(may_keep)
@limiter.limit("60 per hour")
def add(team_id: int) -> ResponseReturnValue:
    """Look for somebody."""
    team, form = _team(team_id), WishForm()
    form.offer_problems(standing.team_problems(db_session(), _me(), team))
    if not form.validate():
        return _page(team, form, 422)
    try:
        service.add(context(), team_id, **form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(team, form, 422)
    flash(_("Your team looks for somebody now. Whoever can is shown below."), "success")
    return redirect(url_for("member_wish.index", team_id=team_id), 303)


@blueprint.post(WISH + "/close")
@guard(may_keep)
def close(wish_id: int) -> ResponseReturnValue:
    """No longer look."""
    wish = service.close(context(), wish_id, CloseForm().version.data)
    flash(_("Closed. Nobody sees it any more."), "success")
    return redirect(url_for("member_wish.index", team_id=wish.team_id), 303)


@blueprint.post(WISH + "/invite/<int:user_id>")
@guard(may_keep)
@limiter.limit("60 per hour")
def invite(wish_id: int, user_id: int) -> ResponseReturnValue:
    """Invite somebody who was found or who offered."""
    team_id = queries.get_wish(db_session(), actor(), wish_id).team_id
    try:
        service.invite(context(), wish_id, user_id)
    except InvalidInput as error:
        form = WishForm(formdata=None)
        form.form_errors.extend(say(m) for texts in error.fields.values() for m in texts)
        return _page(_team(team_id), form, 422)
    flash(_("Invited. They join if they accept."), "success")
    return redirect(url_for("member_wish.index", team_id=team_id), 303)


@blueprint.get("/me/find-a-team")
@guard(may_look)
def looking() -> ResponseReturnValue:
    """Teams and problems that look for what one can, and whether teams find oneself."""
    return _looking_page(_find_form(), OfferForm(formdata=None))


def _find_form() -> FindForm:
    consent = queries.own_consent(db_session(), _me())
    data = {"text": consent.text, "agreed": True} if consent else {}
    return FindForm(formdata=None, data=data)


def _looking_page(
    find: FindForm, offer: OfferForm, offering: int = 0, error: MatchmakerError | None = None
) -> ResponseReturnValue:
    """The page; what was typed for one wish stands there again, with what is wrong."""
    session, me = db_session(), _me()
    filters = member_wish_words.filters()
    chosen = {name: listing.chosen(name) for name in ("competency", "sector")}
    failed = error is not None or any(form.errors or form.form_errors for form in (find, offer))
    return render_template(
        "member_wish/looking.html",
        chances=queries.chances(session, me, **chosen),
        total=queries.count_open(session, me),
        filters=filters,
        active=listing.active(filters),
        consent=queries.own_consent(session, me),
        form=find,
        offer=offer,
        offering=offering,
        words=member_wish_words,
    ), status_of(error) if error else 422 if failed else 200


@blueprint.post("/me/find-a-team")
@guard(may_be_found)
def agree() -> ResponseReturnValue:
    """Agree to be found, or change what teams read."""
    form = FindForm()
    if not form.validate():
        return _looking_page(form, OfferForm(formdata=None))
    try:
        find_consent.give(context(), agreed=bool(form.agreed.data), text=form.text.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _looking_page(form, OfferForm(formdata=None))
    flash(_("Teams that look for what you can find you now. You can take it back at any time."))
    return redirect(url_for("member_wish.looking"), 303)


@blueprint.post("/me/find-a-team/stop")
@guard(may_be_found)
def take_back() -> ResponseReturnValue:
    """Be found no more."""
    find_consent.take_back(context())
    flash(_("Teams no longer find you."), "success")
    return redirect(url_for("member_wish.looking"), 303)


@blueprint.post(WISH + "/offer")
@guard(may_offer)
@limiter.limit("60 per hour")
def offer(wish_id: int) -> ResponseReturnValue:
    """Offer to join."""
    form = OfferForm()
    if not form.validate():
        return _looking_page(_find_form(), form, wish_id)
    try:
        service.offer(context(), wish_id, form.text.data or "")
    except (PermissionDenied, RateLimited) as error:
        form.form_errors.append(say(error.message))
        return _looking_page(_find_form(), form, wish_id, error)
    flash(_("Offered. The leads of the team were told; they may invite you."), "success")
    return redirect(url_for("member_wish.looking"), 303)


@blueprint.post(WISH + "/offer/stop")
@guard(may_look)
def take_back_offer(wish_id: int) -> ResponseReturnValue:
    """No longer offer to join."""
    service.take_back_offer(context(), wish_id)
    flash(_("Your offer was taken back."), "success")
    return redirect(url_for("member_wish.looking"), 303)
