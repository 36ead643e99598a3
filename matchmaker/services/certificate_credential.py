"""A certificate of an award as an Open Badges 3.0 credential, signed like the badges of levels."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.adapters import badge_signer
from matchmaker.i18n import N_, translate
from matchmaker.models import Certificate
from matchmaker.policies.certificate import may_make_badge
from matchmaker.queries import badge as badges
from matchmaker.queries import certificate as queries
from matchmaker.services import badge, badge_credential, certificate_code
from matchmaker.services.certificate import require_good
from matchmaker.services.context import Context

_CRITERIA = {
    "award": N_("A panel of the programme judged the results, and the award was announced."),
    "completion": N_("Every stage of the work was passed and signed by the problem’s owner."),
}
#: What Open Badges call the two kinds.
_TYPES = {"award": "Award", "completion": "Certificate"}
_LOCALES = ("en", "zh_Hant_TW")
_ADDRESS = re.compile(r"/certificates/([A-Za-z0-9-]{12,20})(?:\.jwt)?/?$")


def make(ctx: Context, code: str) -> Certificate:
    """Have the credential signed; who has one already keeps it."""
    certificate = queries.get_by_code(ctx.session, code, lock=True)
    ctx.require(may_make_badge, certificate)
    require_good(certificate)
    if not certificate.token:
        signer = badge_signer.signer(ctx.settings)
        badge.keep_key(ctx.session, signer)
        email = (certificate.user.email or "") if certificate.user else ""
        body = credential(certificate, ctx.settings.base_url, email, secrets.token_hex(16))
        certificate.token = signer.sign(claims(body, certificate))
        ctx.record("certificate:make_badge", certificate)
    return certificate


def check(session: Session, shown: str) -> str | None:
    """The code of the certificate that *shown* is: its address, or the signed text; None if neither.

    Raises
    ------
    BadSignature
        If it is signed text that is not ours, or was altered.
    """
    found = _ADDRESS.search(shown.strip())
    if found is None and shown.count(".") == 2 and "/" not in shown:
        claims_ = badge_signer.read(shown.strip(), badges.keys(session))
        found = _ADDRESS.search(str(claims_.get("jti", "")))
    return certificate_code.normal(found[1]) if found else None


def address(base_url: str, certificate: Certificate) -> str:
    """Where anybody can check the certificate."""
    return f"{base_url}/certificates/{certificate_code.shown(certificate.code)}"


def credential(certificate: Certificate, base_url: str, email: str, salt: str) -> dict[str, Any]:
    """The credential; the holder's address is in it as a salted hash only."""
    return {
        "@context": badge_credential.CONTEXTS,
        "id": address(base_url, certificate),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title(certificate),
        "issuer": badge_credential.issuer(base_url),
        "validFrom": badge_credential.moment(certificate.issued_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": badge_credential.identifiers(certificate.name, email, salt),
            "achievement": achievement(certificate, base_url),
        },
        "credentialStatus": {
            "id": f"{base_url}/certificates/revocations.json",
            "type": "1EdTechRevocationList",
        },
    }


def claims(body: dict[str, Any], certificate: Certificate) -> dict[str, Any]:
    """The credential with the registered claims of a token; it does not expire."""
    begins = int(certificate.issued_at.timestamp())
    return {**body, "iss": body["issuer"]["id"], "jti": body["id"], "nbf": begins}


def title(certificate: Certificate) -> str:
    """What the credential is called, in both languages: the tier, or that the work was completed."""
    facts = certificate.facts
    if "tier" in facts:
        return " / ".join(facts["tier"][language] for language in ("en", "zh"))
    return " / ".join(translate(N_("Certificate of completion"), locale) for locale in _LOCALES)


def achievement(certificate: Certificate, base_url: str) -> dict[str, Any]:
    """What it was given for; nothing in it names a person."""
    facts, kind = certificate.facts, certificate.kind.value
    said = (f"{facts['problem'][name]} · {facts['call'][name]}" for name in ("en", "zh"))
    return {
        "id": f"{address(base_url, certificate)}/achievement.json",
        "type": ["Achievement"],
        "achievementType": _TYPES[kind],
        "name": title(certificate),
        "description": " / ".join(said),
        "criteria": {
            "narrative": " / ".join(translate(_CRITERIA[kind], locale) for locale in _LOCALES)
        },
    }


def revocations(certificates: Iterable[Certificate], base_url: str) -> dict[str, Any]:
    """The list of credentials that are no longer good."""
    return {
        "id": f"{base_url}/certificates/revocations.json",
        "issuer": badge_credential.issuer(base_url)["id"],
        "revokedCredentials": [
            {"id": address(base_url, one), "revoked": True} for one in certificates
        ],
    }
