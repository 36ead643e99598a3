"""The kick-off checklist: what was ticked, and what the system knows by itself."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message
from matchmaker.models import DataAcceptance, Engagement, KickoffItem, KickoffKey, User
from matchmaker.policies.engagement import why_not_mentor
from matchmaker.queries.data_terms import current_terms

#: What nobody ticks: it follows from what was done elsewhere.
KNOWN_BY_ITSELF = (KickoffKey.TERMS, KickoffKey.CONTACT, KickoffKey.MENTOR)


@dataclass(frozen=True)
class Line:
    """One line of the checklist as it stands now."""

    key: KickoffKey
    item: KickoffItem
    is_done: bool
    #: What is known of it, or what is still missing.
    says: Message | None = None


def checklist(session: Session, engagement: Engagement) -> list[Line]:
    """The lines of *engagement*, as they stand; after the kick-off as they were then."""
    items = {item.key: item for item in engagement.items}
    return [_line(session, engagement, items[key]) for key in KickoffKey]


def _line(session: Session, engagement: Engagement, item: KickoffItem) -> Line:
    if item.is_waived or engagement.started_at is not None or not engagement.is_live:
        return Line(item.key, item, item.done_at is not None)
    if item.key is KickoffKey.TERMS:
        missing = missing_words(session, engagement)
        return Line(item.key, item, not missing.people, missing.says)
    if item.key is KickoffKey.CONTACT:
        return Line(item.key, item, _is_owners(engagement.contact, engagement))
    if item.key is KickoffKey.MENTOR:
        mentor = engagement.mentor
        return Line(
            item.key, item, mentor is not None and why_not_mentor(mentor, engagement) is None
        )
    return Line(item.key, item, item.done_at is not None)


def _is_owners(person: User | None, engagement: Engagement) -> bool:
    return (
        person is not None
        and person.is_usable
        and engagement.problem.organization_id in person.organization_ids
    )


@dataclass(frozen=True)
class Missing:
    """Who of the team has not accepted the terms in force."""

    people: list[User]
    says: Message


def missing_words(session: Session, engagement: Engagement) -> Missing:
    """The members of the team who still have to accept the terms of the data room."""
    terms = current_terms(session, engagement.problem_id)
    if terms is None:
        return Missing([], Message(N_("The problem has no data room: there is nothing to accept.")))
    members = [place.user for place in engagement.team.members if place.user.is_usable]
    accepted = set(
        session.scalars(
            sa.select(DataAcceptance.user_id).where(
                DataAcceptance.terms_id == terms.id,
                DataAcceptance.revoked_at.is_(None),
                DataAcceptance.expires_at > utcnow(),
            )
        )
    )
    waiting = [user for user in members if user.id not in accepted]
    params = {"done": len(members) - len(waiting), "all": len(members)}
    return Missing(waiting, Message(N_("Accepted by %(done)s of %(all)s members."), params))
