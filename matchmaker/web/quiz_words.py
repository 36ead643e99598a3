"""How pages put the check into words: what is known, when it may be taken, what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.competency.diagnosis import Estimate
from matchmaker.competency.parameters import parameters
from matchmaker.i18n import N_
from matchmaker.models import QuizCheck, User
from matchmaker.policies.quiz import may_take_checks
from matchmaker.queries import level_estimate as estimates
from matchmaker.queries import quiz as queries
from matchmaker.queries import quiz_item as items
from matchmaker.web import evidence_words
from matchmaker.web.auth import actor
from matchmaker.web.i18n import show_left, show_moment
from matchmaker.web.transaction import db_session

#: What is wrong with a question, as officers read it.
FLAGS = {
    "misfit": N_("Far more or fewer answer it right than their levels let expect."),
    "reversed": N_("The less able answer it right more often than the able."),
    "flat": N_("It hardly tells the able from the less able."),
    "unused_options": N_("A wrong answer is chosen by almost nobody."),
    "language": N_("People of the same level do better in one language than in the other."),
}


@dataclass(frozen=True)
class Offer:
    """One competency on the list of checks."""

    competency: str
    name: str
    known: Estimate | None
    #: The check that is under way.
    running: QuizCheck | None
    #: The last check, whatever became of it.
    last: QuizCheck | None
    again_from: datetime | None
    #: How many questions a check would have.
    questions: int

    @property
    def is_unknown(self) -> bool:
        """Whether nothing but the person's own word is known."""
        return self.known is None or self.known.is_unknown

    @property
    def can_start(self) -> bool:
        """Whether a check can be begun now."""
        return bool(self.questions) and self.again_from is None and self.running is None


@dataclass(frozen=True)
class Part:
    """The checks of one domain."""

    id: str
    label: str
    offers: list[Offer]


def parts(me: User, domain: str = "") -> list[Part]:
    """Every check there is, by domain."""
    session = db_session()
    known = estimates.estimates(session, [me.id]).get(me.id, {})
    last, live = queries.latest_checks(session, me), items.count_live(session)
    seen = queries.count_seen(session, me.id)

    def offer(name: str) -> Offer:
        left = max(0, live[name] - seen.get(name, 0))
        return _offer(name, known.get(name), last.get(name), left)

    return [
        Part(part.id, part.label, [offer(name) for name in part.names])
        for part in evidence_words.parts()
        if part.id in load_taxonomy().domains and domain in ("", part.id)
    ]


def offer_of(me: User, competency: str) -> Offer | None:
    """The check of one competency."""
    found = (offer for part in parts(me) for offer in part.offers)
    return next((offer for offer in found if offer.competency == competency), None)


def _offer(name: str, known: Estimate | None, last: QuizCheck | None, left: int) -> Offer:
    return Offer(
        competency=name,
        name=evidence_words.name_of(name),
        known=known,
        running=last if last is not None and last.is_running else None,
        last=last,
        again_from=queries.again_from(last),
        questions=min(left, parameters().quiz.length),
    )


def retest_days() -> int:
    """How long to wait before the same check again."""
    return parameters().quiz.retest_days


def range_text(known: Estimate | Mapping[str, Any] | None) -> str:
    """What is known of a level, in words."""
    if not known:
        return str(_("Nothing known yet"))
    found = known if isinstance(known, Mapping) else vars_of(known)
    words = {"low": f"{found['low']:.1f}", "high": f"{found['high']:.1f}"}
    if found["is_unknown"]:
        return str(_("Only what you say yourself: between %(low)s and %(high)s", **words))
    level = evidence_words.level_name(found["level"])
    return str(_("%(level)s, likely between %(low)s and %(high)s", level=level, **words))


def vars_of(known: Estimate) -> dict[str, Any]:
    """An estimate as it is kept beside a check."""
    names = ("mean", "low", "high", "level", "confirmed", "is_unknown")
    return {name: getattr(known, name) for name in names}


def step(check: QuizCheck) -> float | None:
    """By how many levels a check has moved the estimate; None where nothing was known before."""
    if not check.before or not check.after:
        return None
    return float(check.after["mean"] - check.before["mean"])


def width(known: Mapping[str, Any]) -> float:
    """How wide the likely range is, in levels."""
    return float(known["high"] - known["low"])


def tasks(user: User) -> Iterator[dict[str, Any]]:
    """What the desk says of checks: one to go on with, questions that wait for a second officer."""
    for check in queries.running(db_session(), user.id):
        yield {
            "title": str(_("Check: %(name)s", name=evidence_words.name_of(check.competency))),
            "url": url_for("quiz.show", check_id=check.id),
            "context": str(_("What you have answered counts when it ends.")),
            "owner": str(_("You")),
            "due_text": show_moment(check.ends_at),
            "left_text": show_left(check.ends_at),
            "tone": "waiting",
            "action_label": str(_("Go on answering")),
            "key": f"quiz_check.finish:{check.id}",
        }
    if count := items.count_waiting(db_session(), user):
        yield {
            "title": str(_("Questions that wait for a second officer: %(count)s", count=count)),
            "url": url_for("quiz_item.index", state="proposed"),
            "owner": str(_("Programme office")),
            "tone": "waiting",
            "action_label": str(_("Look")),
            "key": "quiz_item.approve",
        }


def offers_check(competency: str) -> bool:
    """Whether the reader can take a check of *competency*: industries have none, keepers of keys take none."""
    return competency in load_taxonomy().competencies and may_take_checks.allows(actor())
