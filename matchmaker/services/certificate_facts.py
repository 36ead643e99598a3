"""What a certificate says of the work, kept as it was on the day of issue, and the hash over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from matchmaker.models import Award, Certificate, Engagement
from matchmaker.settings import Settings

FORMAT = "matchmaker-certificate-1"
_LANGUAGES = ("zh", "en")


def facts_of(engagement: Engagement, given: datetime, settings: Settings) -> dict[str, Any]:
    """Names of problem, owner, team and call, the stages and the day, in both languages."""
    facts: dict[str, Any] = {
        "problem": _both(engagement.problem.title),
        "owner": _both(engagement.problem.organization.name),
        "team": _both(engagement.team.name),
        "call": _both(engagement.call.name),
        "grade": engagement.problem.grade or "",
        "stages": list(engagement.stages),
        "given": given.astimezone(settings.timezone).date().isoformat(),
    }
    private = engagement.call.private_call
    if private is not None:
        facts["issuer"] = _both(private.organization.name)
    return facts


def tier_of(award: Award) -> dict[str, str]:
    """What the award's tier is called, by the scheme of its call."""
    tier: dict[str, str] = next(
        (one for one in award.scheme.tiers if one["code"] == award.tier), {}
    )
    return {language: str(tier.get(language) or award.tier) for language in _LANGUAGES}


def _both(name: Callable[[str], str]) -> dict[str, str]:
    return {language: name(language) for language in _LANGUAGES}


def hash_of(certificate: Certificate) -> str:
    """SHA-256 of everything it says, with the salt that keeps the name from being guessed."""
    content = {
        "format": FORMAT,
        "code": certificate.code,
        "kind": certificate.kind.value,
        "name": certificate.name,
        "role": certificate.role,
        "facts": certificate.facts,
        "salt": certificate.salt,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(certificate: Certificate) -> bool:
    """Whether nothing was altered since it was issued; nobody can tell once its holder left."""
    if not certificate.salt:
        return True
    return hash_of(certificate) == certificate.content_hash
