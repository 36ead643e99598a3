"""A badge as an Open Badges 3.0 credential: what is signed, and what stands beside it for checkers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from matchmaker.competency import load_taxonomy
from matchmaker.competency.succession import follow
from matchmaker.i18n import N_, translate
from matchmaker.models import Badge

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
_ISSUER_NAME = N_("Matchmaker programme office")
_CRITERIA = N_(
    "The level was confirmed by evidence that somebody other than its holder has looked at."
)


def title(competency: str, level: int, language: str) -> str:
    """What the badge is called in one language; under today's name if the framework changed."""
    step, today = load_taxonomy().levels[level], follow(competency)
    label = load_taxonomy().label(today[0].competency, language) if today else competency
    return f"{label} · L{level} {step.label(language)}"


def address(base_url: str, code: str) -> str:
    """Where a badge is shown to whoever was given the address."""
    return f"{base_url}/badges/{code}"


def credential(badge: Badge, base_url: str, *, email: str, salt: str) -> dict[str, Any]:
    """The credential; the holder's address is in it as a salted hash only."""
    return {
        "@context": CONTEXTS,
        "id": address(base_url, badge.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _both(badge.competency, badge.level),
        "issuer": issuer(base_url),
        "validFrom": moment(badge.issued_at),
        "validUntil": moment(badge.expires_at),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": identifiers(badge.holder, email, salt),
            "achievement": achievement(base_url, badge.competency, badge.level),
        },
        "credentialStatus": {
            "id": f"{base_url}/badges/revocations.json",
            "type": "1EdTechRevocationList",
        },
    }


def identifiers(name: str, email: str, salt: str) -> list[dict[str, Any]]:
    """Whom a credential is for: the name, and the address as a salted hash."""
    return [
        {
            "type": "IdentityObject",
            "identityType": "name",
            "hashed": False,
            "identityHash": name,
        },
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": True,
            "identityHash": hashed_email(email, salt),
            "salt": salt,
        },
    ]


def claims(body: dict[str, Any], badge: Badge) -> dict[str, Any]:
    """The credential with the registered claims of a token (Open Badges 3.0, section 8.2)."""
    return {
        **body,
        "iss": body["issuer"]["id"],
        "jti": body["id"],
        "nbf": int(badge.issued_at.timestamp()),
        "exp": int(badge.expires_at.timestamp()),
    }


def hashed_email(email: str, salt: str) -> str:
    """An address as checkers compare it who know it already."""
    return "sha256$" + hashlib.sha256((email + salt).encode()).hexdigest()


def issuer(base_url: str) -> dict[str, Any]:
    """Who stands behind the badges."""
    return {
        "id": f"{base_url}/badges/issuer.json",
        "type": ["Profile"],
        "name": translate(_ISSUER_NAME, "en"),
        "url": base_url,
    }


def achievement(base_url: str, competency: str, level: int) -> dict[str, Any]:
    """What a badge stands for: the competency, and what somebody on this level does."""
    return {
        "id": f"{base_url}/badges/achievements/{competency}/{level}.json",
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": _both(competency, level),
        "description": " / ".join(_description(competency, level, name) for name in ("en", "zh")),
        "criteria": {"narrative": " / ".join(translate(_CRITERIA, name) for name in _LOCALES)},
        "fieldOfStudy": load_taxonomy().label(competency, "en"),
        "humanCode": f"{competency}-{level}",
    }


_LOCALES = ("en", "zh_Hant_TW")


def _both(competency: str, level: int) -> str:
    return " / ".join(title(competency, level, language) for language in ("en", "zh"))


def _description(competency: str, level: int, language: str) -> str:
    concept, step = load_taxonomy().competency(competency), load_taxonomy().levels[level]
    return f"{concept.definition(language)} {step.definition(language)}"


def revocations(badges: Iterable[Badge], base_url: str) -> dict[str, Any]:
    """The list of badges that are no longer good; reasons are between the office and the holder."""
    entries = [{"id": address(base_url, badge.code), "revoked": True} for badge in badges]
    return {
        "id": f"{base_url}/badges/revocations.json",
        "issuer": issuer(base_url)["id"],
        "revokedCredentials": entries,
    }


def moment(at: datetime) -> str:
    """A moment as credentials have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
