"""What is said of badges."""

from __future__ import annotations

from flask_babel import gettext as _

from matchmaker.competency import MAX_LEVEL, load_taxonomy
from matchmaker.errors import NotFound
from matchmaker.models import Badge
from matchmaker.queries.badge import STATES
from matchmaker.services import badge as service
from matchmaker.services import badge_credential
from matchmaker.services.badge import Verdict
from matchmaker.web.i18n import current_language

TONES = {
    Verdict.VALID: "good",
    Verdict.EXPIRED: "waiting",
    Verdict.WITHDRAWN: "stop",
    Verdict.REVOKED: "stop",
}


def title(competency: str, level: int) -> str:
    """What a badge is called in the reader's language."""
    return badge_credential.title(competency, level, current_language())


def meaning(badge: Badge) -> str:
    """What somebody on the level does."""
    return load_taxonomy().levels[badge.level].definition(current_language())


def definition(badge: Badge) -> str:
    """What the competency means; nothing if the framework knows it no more."""
    found = load_taxonomy().competencies.get(badge.competency)
    return found.definition(current_language()) if found else ""


def verdict_of(badge: Badge) -> Verdict:
    """What is to be said of a badge right now."""
    return service.verdict(badge)


def verdict_label(verdict: Verdict) -> str:
    """A verdict in a word."""
    labels: dict[Verdict, str] = {
        Verdict.VALID: _("Valid"),
        Verdict.EXPIRED: _("Expired"),
        Verdict.WITHDRAWN: _("Taken back by its holder"),
        Verdict.REVOKED: _("Revoked by the office"),
    }
    return labels[verdict]


def verdict_text(verdict: Verdict) -> str:
    """What a verdict means for whoever checks."""
    texts: dict[Verdict, str] = {
        Verdict.VALID: _("The programme issued this badge, and it is good."),
        Verdict.EXPIRED: _(
            "The programme issued this badge, but its time is over. Ask for a newer one."
        ),
        Verdict.WITHDRAWN: _("Its holder took this badge back. Do not rely on it."),
        Verdict.REVOKED: _("The programme office revoked this badge. Do not rely on it."),
    }
    return texts[verdict]


def state_pairs() -> list[tuple[str, str]]:
    """The states the office looks for."""
    labels = (
        _("Valid"),
        _("Valid, but less is confirmed now"),
        _("Expired"),
        _("Taken back by its holder"),
        _("Revoked by the office"),
    )
    return list(zip(STATES, labels, strict=True))


def require_achievement(competency: str, level: int) -> None:
    """`NotFound` unless there are badges of that kind."""
    if competency not in load_taxonomy().competencies or not 1 <= level <= MAX_LEVEL:
        raise NotFound
