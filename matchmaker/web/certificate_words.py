"""What is said of certificates, and what of each shows to whom."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno
from flask_babel import gettext as _
from markupsafe import Markup

from matchmaker.models import (
    CERTIFICATE_KIND_LABELS,
    Certificate,
    CertificateKind,
    CertificateStanding,
)
from matchmaker.reports.certificate import LOCALES, Wording, said, wording
from matchmaker.reports.certificate_pdf import verify_address
from matchmaker.services import certificate_code
from matchmaker.settings import Settings
from matchmaker.web.i18n import current_language, say

TONES = {
    CertificateStanding.VALID: "good",
    CertificateStanding.REVOKED: "stop",
    CertificateStanding.REPLACED: "waiting",
}


def kind(certificate: Certificate) -> str:
    """What kind of certificate it is."""
    return say(CERTIFICATE_KIND_LABELS[certificate.kind])


def kind_pairs() -> list[tuple[str, str]]:
    """The kinds, for the filter."""
    return [(one.value, say(label)) for one, label in CERTIFICATE_KIND_LABELS.items()]


def standing_label(standing: CertificateStanding) -> str:
    """How it stands, in a word."""
    labels: dict[CertificateStanding, str] = {
        CertificateStanding.VALID: _("Valid"),
        CertificateStanding.REVOKED: _("Revoked"),
        CertificateStanding.REPLACED: _("Replaced by a corrected one"),
    }
    return labels[standing]


def standing_pairs() -> list[tuple[str, str]]:
    """The standings, for the filter."""
    return [(one.value, standing_label(one)) for one in CertificateStanding]


def standing_text(standing: CertificateStanding) -> str:
    """What it means for whoever checks."""
    texts: dict[CertificateStanding, str] = {
        CertificateStanding.VALID: _("The programme issued this certificate, and it is good."),
        CertificateStanding.REVOKED: _(
            "The programme office revoked this certificate. Do not rely on it."
        ),
        CertificateStanding.REPLACED: _(
            "This certificate was issued anew with a correction. Ask for the new one."
        ),
    }
    return texts[standing]


def shown_code(certificate: Certificate) -> str:
    """The code in groups."""
    return certificate_code.shown(certificate.code)


def fact(certificate: Certificate, name: str) -> str:
    """One of its facts in the reader's language."""
    return said(certificate.facts, name, current_language())


def title(certificate: Certificate) -> str:
    """What it is called in lists: the tier, or that the work was completed."""
    return fact(certificate, "tier") or kind(certificate)


def public_holder(certificate: Certificate) -> str:
    """Whose it is, as everybody who has the code reads it."""
    team = fact(certificate, "team")
    if certificate.user_id is None:
        return team
    if certificate.is_name_public and certificate.name:
        return str(_("%(name)s, a member of %(team)s", name=certificate.name, team=team))
    return str(_("A member of %(team)s", team=team))


def holder(certificate: Certificate) -> str:
    """Whose it is, for those who read it whole."""
    if certificate.user_id is None:
        return fact(certificate, "team")
    return certificate.name or _("A former member")


def is_in_house(certificate: Certificate) -> bool:
    """Whether it is of an in-house call, of which nothing shows outside."""
    return certificate.engagement.call.private_call is not None


@dataclass(frozen=True)
class Side:
    """A certificate in one language, for the printed page."""

    lang: str
    words: Wording


def sides(certificate: Certificate) -> list[Side]:
    """Both languages of a certificate."""
    tags = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}
    return [Side(tags[locale], wording(certificate, locale)) for locale in LOCALES]


def qr(certificate: Certificate, settings: Settings) -> Markup:
    """The QR code of the address where it is checked, as a drawing."""
    drawn = io.BytesIO()
    segno.make(verify_address(certificate, settings), error="m", micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=4,
        border=2,
        light="#fff",
        nl=False,
        svgclass=None,
        lineclass=None,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 -- drawn by us, of an address of ours


def is_award(certificate: Certificate) -> bool:
    """Whether it is of an award."""
    return certificate.kind is CertificateKind.AWARD
