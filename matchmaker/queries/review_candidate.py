"""Who could read an application: everybody who reviews, with fit, load, language and what speaks against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import detect_language
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    ReviewAssignment,
    ReviewerProfile,
    Role,
    RoleGrant,
    User,
)
from matchmaker.policies.application_conflict import nearness
from matchmaker.policies.conflict import NOT_REVIEWER
from matchmaker.queries.application import latest_revisions
from matchmaker.queries.application_review import open_loads
from matchmaker.queries.grading_panel import load_of_reviewers
from matchmaker.queries.review_round import round_of

ALREADY_ASKED = N_("Has already been asked for this application")
OTHER_LANGUAGE = N_("Does not judge texts in this language")
#: How many cases a reviewer takes who has not said.
CAPACITY = 4


@dataclass(frozen=True)
class ReaderCandidate:
    """A reviewer with how well they fit an application and how much they have before them."""

    user: User
    profile: ReviewerProfile | None
    #: What the matcher found, 0 to 1; None before it was asked, or if the profile says nothing.
    fit: float | None
    #: Cases still to be handed in, of this and of grading, and how many the reviewer takes.
    load: int
    #: Why the person is not offered; None if they are.
    why_not: Message | str | None = None

    @property
    def capacity(self) -> int:
        """How many cases the reviewer takes at a time."""
        return self.profile.capacity if self.profile else CAPACITY

    @property
    def is_full(self) -> bool:
        """Whether the reviewer has as many cases as they said they take."""
        return self.load >= self.capacity


def candidates(session: Session, application: Application) -> list[ReaderCandidate]:
    """Every reviewer: those on offer by fit and load, then the others with the reason."""
    return candidates_for(session, [application])[application.id]


def candidates_for(
    session: Session, applications: Sequence[Application]
) -> dict[int, list[ReaderCandidate]]:
    """The same for many; the number of queries does not grow with them."""
    around, asked = nearness(session, applications), _asked(session, applications)
    loads, profiles, people = all_loads(session), profiles_of(session), reviewers(session)
    languages = languages_of(session, applications)
    found = {}
    for row in applications:
        fits = _fits(session, row)
        offered = [
            ReaderCandidate(
                user=user,
                profile=profiles.get(user.id),
                fit=fits.get(user.id),
                load=loads[user.id],
                why_not=_asked_before(user, asked[row.id])
                or around[row.id].why_not(user)
                or _language(profiles.get(user.id), languages.get(row.id)),
            )
            for user in people
        ]
        found[row.id] = sorted(
            (one for one in offered if one.why_not != NOT_REVIEWER), key=_best_first
        )
    return found


def _best_first(one: ReaderCandidate) -> tuple[bool, bool, float, int, int]:
    fit = one.fit if one.fit is not None else -1.0
    return (one.why_not is not None, one.is_full, -fit, one.load, one.user.id)


def _asked_before(user: User, asked: Collection[int]) -> str | None:
    return ALREADY_ASKED if user.id in asked else None


def _language(profile: ReviewerProfile | None, language: str | None) -> str | None:
    spoken = profile.languages if profile else []
    return OTHER_LANGUAGE if spoken and language is not None and language not in spoken else None


def _asked(session: Session, applications: Iterable[Application]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {row.id: set() for row in applications}
    statement = sa.select(ReviewAssignment.application_id, ReviewAssignment.reviewer_id)
    for application_id, user_id in session.execute(
        statement.where(ReviewAssignment.application_id.in_(found))
    ):
        found[application_id].add(user_id)
    return found


def _fits(session: Session, application: Application) -> dict[int, float]:
    """What the matcher last found for the application."""
    found = round_of(session, application.call_id)
    kept = found.proposal.get("fits", {}).get(str(application.id), {}) if found else {}
    return {int(user_id): fit for user_id, fit in kept.items()}


def languages_of(session: Session, applications: Iterable[Application]) -> dict[int, str | None]:
    """The language of what each application says."""
    revisions = latest_revisions(session, [row.id for row in applications])
    return {
        key: detect_language("\n".join(str(text) for text in row.parts.values()))
        for key, row in revisions.items()
    }


def all_loads(session: Session) -> Counter[int]:
    """For each reviewer how many cases they still have to hand in, applications and grades."""
    return Counter(open_loads(session)) + Counter(load_of_reviewers(session))


def reviewers(session: Session) -> Sequence[User]:
    """Everybody who reviews."""
    statement = sa.select(User).join(RoleGrant).where(RoleGrant.role == Role.REVIEWER)
    return session.scalars(statement.order_by(User.id)).all()


def profiles_of(session: Session) -> dict[int, ReviewerProfile]:
    """What reviewers say of themselves, by user."""
    return {row.user_id: row for row in session.scalars(sa.select(ReviewerProfile))}
