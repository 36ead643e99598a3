"""Badges: one's own, what whoever has the address sees, the check, and the office's list."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.adapters.badge_signer import BadSignature, SigningMissing, is_available
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    StaleVersion,
    Unavailable,
)
from matchmaker.models import User
from matchmaker.policies.badge import (
    may_issue_badge,
    may_list_badges,
    may_revoke_badge,
    may_withdraw_badge,
)
from matchmaker.queries import badge as queries
from matchmaker.queries.badge import BadgeFilter
from matchmaker.services import badge as service
from matchmaker.services import badge_credential, certificate_code, certificate_credential
from matchmaker.web import badge_words as words
from matchmaker.web import listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.badge import CheckForm
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("badge", __name__)

#: Refusals that the page one was working on tells.
TOLD = (InvalidInput, InvalidTransition, StaleVersion, Unavailable)


def _me() -> User:
    return cast(User, actor())  # Every route that asks is for people who are signed in.


@blueprint.get("/me/badges")
@guard(may_issue_badge)
def mine() -> ResponseReturnValue:
    """Confirmed levels, and the badges made of them."""
    return _mine_page()


def _mine_page(error: MatchmakerError | None = None) -> ResponseReturnValue:
    badges = queries.own_badges(db_session(), _me())
    confirmed = queries.confirmed_levels(db_session(), _me().id)
    have = {(b.competency, b.level) for b in badges if service.verdict(b) == "valid"}
    return render_template(
        "badge/mine.html",
        badges=badges,
        open_levels=[pair for pair in confirmed.items() if pair not in have],
        is_available=is_available(),
        missing=say(SigningMissing.default),
        words=words,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


@blueprint.post("/me/badges")
@guard(may_issue_badge)
def issue() -> ResponseReturnValue:
    """Issue one confirmed level."""
    level = number_or_none(request.form.get("level")) or 0
    try:
        badge = service.issue(context(), request.form.get("competency", ""), level)
    except TOLD as error:
        return _mine_page(error)
    flash(_("Issued. Give its address to whoever should see it."), "success")
    return redirect(url_for("badge.show", code=badge.code), 303)


@blueprint.post("/me/badges/<int:badge_id>/withdraw")
@guard(may_withdraw_badge)
def withdraw(badge_id: int) -> ResponseReturnValue:
    """Take a badge back."""
    version = number_or_none(request.form.get("version")) or 0
    try:
        service.withdraw(context(), badge_id, version=version)
    except TOLD as error:
        return _mine_page(error)
    flash(_("Taken back. Whoever checks it is told so."), "success")
    return redirect(url_for("badge.mine"), 303)


@blueprint.get("/badges/<code>")
@guard(PUBLIC)
def show(code: str) -> ResponseReturnValue:
    """A badge, for whoever was given its address."""
    badge = queries.get_by_code(db_session(), code)
    return render_template(
        "badge/show.html",
        badge=badge,
        verdict=service.verdict(badge),
        is_own=actor() is not None and _me().id == badge.user_id,
        is_signature_checked=False,
        words=words,
    )


@blueprint.get("/badges/<code>.jwt")
@guard(PUBLIC)
def token(code: str) -> ResponseReturnValue:
    """The signed credential itself."""
    badge = queries.get_by_code(db_session(), code)
    response = Response(badge.token, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="badge-{code}.jwt"'
    return response


@blueprint.route("/badges/check", methods=["GET", "POST"])
@guard(PUBLIC)
def check() -> ResponseReturnValue:
    """Check what somebody shows: the signed text, or an address."""
    form = CheckForm()
    if not form.is_submitted():
        return _check_page(form)
    if not form.validate():
        return _check_page(form), 422
    try:
        code = certificate_credential.check(db_session(), form.shown.data or "")
        if code is not None:
            return redirect(url_for("certificate.show", code=certificate_code.shown(code)), 303)
        found = service.check(db_session(), form.shown.data or "")
    except (BadSignature, SigningMissing) as error:
        form.shown.errors = [say(error.message)]
        return _check_page(form), 422 if isinstance(error, BadSignature) else status_of(error)
    return render_template(
        "badge/show.html",
        badge=found.badge,
        verdict=service.verdict(found.badge),
        is_own=False,
        is_signature_checked=found.is_signature_checked,
        words=words,
    )


def _check_page(form: CheckForm) -> str:
    return render_template("badge/check.html", form=form, is_available=is_available())


@blueprint.get("/badges/issuer.json")
@guard(PUBLIC)
def issuer() -> ResponseReturnValue:
    """Who stands behind the badges, with the keys they are signed with."""
    found = badge_credential.issuer(context().settings.base_url)
    keys = [
        {"kid": name, "alg": "RS256", "use": "sig", **key}
        for name, key in queries.keys(db_session()).items()
    ]
    return {"@context": badge_credential.CONTEXTS, **found, "keys": keys}


@blueprint.get("/badges/revocations.json")
@guard(PUBLIC)
def revocations() -> ResponseReturnValue:
    """The badges that are no longer good."""
    return badge_credential.revocations(queries.ended(db_session()), context().settings.base_url)


@blueprint.get("/badges/achievements/<competency>/<int:level>.json")
@guard(PUBLIC)
def achievement(competency: str, level: int) -> ResponseReturnValue:
    """What a badge stands for."""
    words.require_achievement(competency, level)
    found = badge_credential.achievement(context().settings.base_url, competency, level)
    return {"@context": badge_credential.CONTEXTS, **found}


@blueprint.get("/office/badges")
@guard(may_list_badges)
def index() -> ResponseReturnValue:
    """All badges."""
    return _index_page()


def _index_page(error: MatchmakerError | None = None) -> ResponseReturnValue:
    filters = [
        listing.search("words", _("Name")),
        listing.select("state", _("State"), words.state_pairs(), every=_("All")),
    ]
    wanted = BadgeFilter(listing.chosen("words"), listing.chosen("state"))
    page = queries.list_badges(db_session(), _me(), wanted, number=listing.page_number())
    return render_template(
        "badge/index.html",
        page=page,
        filters=filters,
        active=listing.active(filters),
        verdict=service.verdict,
        is_available=is_available(),
        missing=say(SigningMissing.default),
        page_url=listing.page_url,
        words=words,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


@blueprint.post("/office/badges/<int:badge_id>/revoke")
@guard(may_revoke_badge)
def revoke(badge_id: int) -> ResponseReturnValue:
    """Revoke a badge, with a reason."""
    version = number_or_none(request.form.get("version")) or 0
    reason = request.form.get("reason", "")
    try:
        service.revoke(context(), badge_id, reason=reason, version=version)
    except TOLD as error:
        return _index_page(error)
    flash(_("Revoked. The holder gets a letter with your reason."), "success")
    return redirect(url_for("badge.index"), 303)
