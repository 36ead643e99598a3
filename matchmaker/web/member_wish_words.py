"""What the pages of looking for members and teams say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matchmaker.competency import load_taxonomy
from matchmaker.competency.gaps import LIKELY, UNLIKELY
from matchmaker.models import MemberWish, User
from matchmaker.policies.member_wish import may_keep
from matchmaker.queries import member_wish as queries
from matchmaker.queries.member_wish import Chance
from matchmaker.web import listing
from matchmaker.web.evidence_words import level_name, level_sentence, name_of
from matchmaker.web.i18n import current_language

__all__ = ["level_name", "level_sentence", "name_of"]


@dataclass(frozen=True)
class Person:
    """Somebody a team may invite: found, or one who offered."""

    user: User
    #: The confirmed level; 0 if none is.
    confirmed: int
    text: str
    has_offered: bool


def people(session: Session, reader: User, wish: MemberWish) -> Sequence[Person]:
    """Who could be the one a team looks for, those who offered first; for the team's leads only."""
    if not wish.is_open or not may_keep.allows(reader, wish.team):
        return []
    found = {item.user.id: item for item in queries.found_for(session, reader, wish)}
    confirmed = queries.confirmed_in(session, wish, [offer.user_id for offer in wish.offers])
    inside = {place.user_id for place in wish.team.members}
    offered = [
        Person(offer.user, confirmed.get(offer.user_id, 0), offer.text, has_offered=True)
        for offer in wish.offers
        if offer.user_id not in inside
    ]
    names = {offer.user_id for offer in wish.offers}
    others = [
        Person(item.user, item.confirmed, item.text, has_offered=False)
        for item in found.values()
        if item.user.id not in names
    ]
    return [*offered, *others]


def level_text(person: Person) -> str:
    """What is confirmed of somebody."""
    if not person.confirmed:
        return str(_("Nothing confirmed yet"))
    return str(_("Confirmed: %(level)s", level=level_name(person.confirmed)))


def filters() -> list[dict[str, Any]]:
    """The controls of the page of teams that look."""
    language, every = current_language(), _("All")
    known = load_taxonomy()
    names = [(item.id, item.label(language)) for item in known.competencies.values()]
    sectors = [(item.id, item.label(language)) for item in known.sectors.values()]
    return [
        listing.select("competency", _("Competency"), names, every=every),
        listing.select("sector", _("Sector of the team"), sectors, every=every),
    ]


def chance_label(chance: Chance) -> str:
    """How likely one can what is looked for."""
    if chance.known is None or chance.known.is_unknown:
        return str(_("Your level is not known yet"))
    if chance.likely >= LIKELY:
        return str(_("You likely can"))
    return str(_("Not quite yet") if chance.likely >= UNLIKELY else _("Not yet"))


def chance_tone(chance: Chance) -> str:
    """The tone it is shown in."""
    if chance.known is None or chance.known.is_unknown:
        return "waiting"
    return "good" if chance.likely >= LIKELY else "neutral"
