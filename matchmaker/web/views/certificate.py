"""Certificates: the public check, one's own, the file and the printed page, and the office's list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.adapters.badge_signer import is_available
from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    StaleVersion,
    Unavailable,
)
from matchmaker.models import Certificate, CertificateStanding, User
from matchmaker.policies.certificate import (
    may_correct,
    may_list_certificates,
    may_list_own,
    may_make_badge,
    may_read_certificate,
    may_revoke_certificate,
    may_show_name,
)
from matchmaker.queries import certificate as queries
from matchmaker.queries import hall
from matchmaker.queries.certificate import CertificateFilter
from matchmaker.reports.certificate_pdf import certificate_pdf
from matchmaker.services import badge_credential, certificate_code, certificate_credential
from matchmaker.services import certificate as service
from matchmaker.web import certificate_words as words
from matchmaker.web import listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("certificate", __name__)

CERTIFICATE = "/certificates/<code>"
#: Enough for whoever checks a pile of them, too little for whoever guesses.
CHECKS = "60 per minute; 600 per hour"
#: Refusals that the page one was working on tells.
TOLD = (Conflict, InvalidInput, InvalidTransition, StaleVersion, Unavailable)


def _me() -> User:
    return cast(User, actor())  # Every route that asks is for people who are signed in.


# The public check


@blueprint.get("/certificates")
@guard(PUBLIC)
@limiter.limit(CHECKS)
def check() -> ResponseReturnValue:
    """Type a code."""
    typed = listing.chosen("code")
    if not typed:
        return _check_page("")
    code = certificate_code.normal(typed.rpartition("/")[2])
    if not certificate_code.is_well_formed(code):
        return _check_page(typed, is_typo=True), 422
    return redirect(url_for("certificate.show", code=certificate_code.shown(code)))


def _check_page(typed: str, *, is_typo: bool = False, is_unknown: bool = False) -> str:
    return render_template(
        "certificate/check.html", typed=typed, is_typo=is_typo, is_unknown=is_unknown
    )


@blueprint.get(CERTIFICATE)
@guard(PUBLIC)
@limiter.limit(CHECKS)
def show(code: str) -> ResponseReturnValue:
    """Whether a certificate is good, and what of it may be public."""
    normal = certificate_code.normal(code)
    if not certificate_code.is_well_formed(normal):
        return _check_page(code[:100], is_typo=True), 404
    try:
        certificate = queries.get_by_code(db_session(), normal)
    except NotFound:
        return _check_page(code, is_unknown=True), 404
    return _certificate_page(certificate)


def _certificate_page(
    certificate: Certificate, error: MatchmakerError | None = None
) -> ResponseReturnValue:
    return render_template(
        "certificate/show.html",
        certificate=certificate,
        standing=certificate.standing,
        is_entitled=may_read_certificate.allows(actor(), certificate),
        is_holder=may_show_name.allows(actor(), certificate),
        signs=is_available(),
        words=words,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


# For those it is for


@blueprint.get("/me/certificates")
@guard(may_list_own)
def mine() -> ResponseReturnValue:
    """One's own certificates, and those of one's teams."""
    found = queries.list_own(db_session(), _me())
    return render_template(
        "certificate/mine.html", certificates=found, named=_named(found), words=words
    )


def _named(certificates: Iterable[Certificate]) -> dict[int, bool]:
    """Whether the team is named in the hall, by award."""
    return hall.named(db_session(), [one.award_id for one in certificates if one.award_id])


def _entitled(code: str) -> Certificate:
    certificate = queries.get_by_code(db_session(), certificate_code.normal(code))
    may_read_certificate.require(actor(), certificate)
    return certificate


@blueprint.get(CERTIFICATE + ".pdf")
@guard(may_read_certificate)
def pdf(code: str) -> ResponseReturnValue:
    """The file, in both languages; without a font for it, the page says what to do."""
    certificate = _entitled(code)
    try:
        content = certificate_pdf(certificate, context().settings)
    except Unavailable as error:
        return _certificate_page(certificate, error)
    response = Response(content, mimetype="application/pdf")
    name = f"certificate-{certificate_code.shown(certificate.code)}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get(CERTIFICATE + "/print")
@guard(may_read_certificate)
def printed(code: str) -> ResponseReturnValue:
    """The certificate as a page to print."""
    certificate = _entitled(code)
    settings = context().settings
    return render_template(
        "certificate/print.html",
        certificate=certificate,
        sides=words.sides(certificate),
        qr=words.qr(certificate, settings),
        address=words.verify_address(certificate, settings),
        words=words,
    )


@blueprint.post(CERTIFICATE + "/name")
@guard(may_show_name)
def show_name(code: str) -> ResponseReturnValue:
    """Let everybody who has the code read the name, or not."""
    is_public = request.form.get("is_public") == "1"
    found = service.show_name(context(), certificate_code.normal(code), is_public=is_public)
    flash(
        _("Whoever has the code now reads your name.")
        if is_public
        else _("Whoever has the code now reads only that a member of the team holds it."),
        "success",
    )
    return redirect(_address(found), 303)


def _address(certificate: Certificate) -> str:
    return url_for("certificate.show", code=certificate_code.shown(certificate.code))


@blueprint.post(CERTIFICATE + "/correct")
@guard(may_correct)
def correct(code: str) -> ResponseReturnValue:
    """Issue it anew with today's names."""
    normal = certificate_code.normal(code)
    try:
        new = service.correct(context(), normal)
    except TOLD as error:
        return _certificate_page(queries.get_by_code(db_session(), normal), error)
    flash(_("Issued anew. It has a new code; the old one says that it was replaced."), "success")
    return redirect(_address(new), 303)


@blueprint.post(CERTIFICATE + "/badge")
@guard(may_make_badge)
def make_badge(code: str) -> ResponseReturnValue:
    """Have the credential signed."""
    normal = certificate_code.normal(code)
    try:
        found = certificate_credential.make(context(), normal)
    except TOLD as error:
        return _certificate_page(queries.get_by_code(db_session(), normal), error)
    flash(_("Signed. Download it and give it to whoever should check it."), "success")
    return redirect(_address(found), 303)


@blueprint.get(CERTIFICATE + ".jwt")
@guard(may_make_badge)
def token(code: str) -> ResponseReturnValue:
    """The signed credential itself, for its holder: it has the name in it."""
    certificate = queries.get_by_code(db_session(), certificate_code.normal(code))
    context().require(may_make_badge, certificate)
    if not certificate.token:
        raise NotFound
    response = Response(certificate.token, mimetype="text/plain")
    name = f"certificate-{certificate_code.shown(certificate.code)}.jwt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# For programs that check credentials


@blueprint.get("/certificates/revocations.json")
@guard(PUBLIC)
def revocations() -> ResponseReturnValue:
    """The credentials that are no longer good."""
    ended = queries.ended_credentials(db_session())
    return certificate_credential.revocations(ended, context().settings.base_url)


@blueprint.get(CERTIFICATE + "/achievement.json")
@guard(PUBLIC)
@limiter.limit(CHECKS)
def achievement(code: str) -> ResponseReturnValue:
    """What a credential was given for; only of those that were handed out."""
    certificate = queries.get_by_code(db_session(), certificate_code.normal(code))
    if not certificate.token or words.is_in_house(certificate):
        raise NotFound
    found = certificate_credential.achievement(certificate, context().settings.base_url)
    return {"@context": badge_credential.CONTEXTS, **found}


# The office


@blueprint.get("/office/certificates")
@guard(may_list_certificates)
def index() -> ResponseReturnValue:
    """All certificates that the office has issued."""
    return _index_page()


def _index_page(error: MatchmakerError | None = None) -> ResponseReturnValue:
    filters = [
        listing.search("code", _("Code")),
        listing.select("kind", _("Kind"), words.kind_pairs(), every=_("All")),
        listing.select("standing", _("State"), words.standing_pairs(), every=_("All")),
    ]
    code = certificate_code.normal(listing.chosen("code"))
    wanted = CertificateFilter(listing.chosen("kind"), listing.chosen("standing"), code)
    return render_template(
        "certificate/index.html",
        page=queries.list_certificates(db_session(), _me(), wanted, number=listing.page_number()),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        valid=CertificateStanding.VALID,
        words=words,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


@blueprint.post("/office/certificates/<int:certificate_id>/revoke")
@guard(may_revoke_certificate)
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Revoke a certificate, with a reason."""
    certificate = queries.get_listed(db_session(), _me(), certificate_id)
    version = number_or_none(request.form.get("version")) or 0
    reason = request.form.get("reason", "")
    try:
        service.revoke_one(context(), certificate, reason=reason, version=version)
    except TOLD as error:
        return _index_page(error)
    flash(_("Revoked. The holder gets a letter with your reason."), "success")
    return redirect(url_for("certificate.index"), 303)
