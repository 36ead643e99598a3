"""Reading alumni: who shows themselves, what they did, and the messages between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    AlumniContact,
    AlumniProfile,
    Application,
    ApplicationPerson,
    Engagement,
    LevelEstimate,
    Organization,
    OrganizationMember,
    Problem,
    Team,
    User,
)
from matchmaker.policies.alumni import (
    alumni_ids,
    completed_engagements,
    helping_profiles,
    may_read_alumni_figures,
    visible_contacts,
    visible_profiles,
)
from matchmaker.queries.page import Page, paginate

#: What a profile may say, as the list filters by it.
OFFERS = ("is_hiring", "is_looking", "will_mentor", "will_instruct")
Row = TypeVar("Row")

#: Messages that are shown; older ones are of no use to anybody.
MOST_MESSAGES = 100


def own_profile(session: Session, actor: User, *, lock: bool = False) -> AlumniProfile | None:
    """What *actor* shows; None if they are not in the list."""
    statement = sa.select(AlumniProfile).where(AlumniProfile.user_id == actor.id)
    return session.scalar(statement.with_for_update() if lock else statement)


@dataclass(frozen=True)
class AlumniFilter:
    """Whom somebody looks for; what is empty limits nothing."""

    competency: str = ""
    sector: str = ""
    region: str = ""
    offer: str = ""


@dataclass
class Shown:
    """An alumnus as the others see them: what they worked on, and what they let be seen."""

    profile: AlumniProfile
    organizations: list[Organization] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)


def list_profiles(
    session: Session, actor: User, wanted: AlumniFilter, *, number: int = 1
) -> Page[Shown]:
    """The alumni who show themselves, the newest first; other people's only."""
    statement = (
        sa.select(AlumniProfile)
        .where(visible_profiles(actor), AlumniProfile.user_id != actor.id, *_wanted(wanted))
        .options(joinedload(AlumniProfile.user))
        .order_by(AlumniProfile.id.desc())
    )
    page = paginate(session, statement, number=number)
    return Page(_shown(session, page.items), page.number, page.size, page.total)


def _wanted(wanted: AlumniFilter) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter. Levels are searched only of people who let them be seen."""
    person = AlumniProfile.user_id
    found: list[sa.ColumnElement[bool]] = []
    if wanted.competency:
        able = sa.select(LevelEstimate.user_id).where(
            LevelEstimate.competency == wanted.competency, LevelEstimate.confirmed > 0
        )
        found += [AlumniProfile.shows_levels.is_(True), person.in_(able)]
    if wanted.sector:
        found.append(person.in_(_worked_on().where(Problem.sector == wanted.sector)))
    if wanted.region:
        found.append(person.in_(_of_region(wanted.region)))
    if wanted.offer in OFFERS:
        found.append(getattr(AlumniProfile, wanted.offer).is_(True))
    return found


def _worked_on() -> sa.Select[int]:
    """The ids of people beside the problems of their completed work."""
    named = (
        sa.select(ApplicationPerson.user_id)
        .join(Application, Application.id == ApplicationPerson.application_id)
        .join(Engagement, Engagement.application_id == Application.id)
        .join(Problem, Problem.id == Engagement.problem_id)
    )
    return named.where(completed_engagements())


def _of_region(region: str) -> sa.Select[int]:
    """People whose organization is in a region."""
    return (
        sa.select(OrganizationMember.user_id)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .where(Organization.region == region)
    )


def _shown(session: Session, profiles: Sequence[AlumniProfile]) -> list[Shown]:
    """What can be seen of each, read for all of them at once."""
    found = {row.user_id: Shown(row) for row in profiles}
    for user_id, organization, problem in session.execute(_owned(found)):
        _add(found[user_id].organizations, organization)
        _add(found[user_id].problems, problem)
    for user_id, team, problem in session.execute(_solved(found)):
        _add(found[user_id].teams, team)
        _add(found[user_id].problems, problem)
    open_ones = [row.user_id for row in profiles if row.shows_levels]
    for user_id, levels in _levels(session, open_ones).items():
        found[user_id].levels = levels
    return list(found.values())


def _add(rows: list[Row], row: Row) -> None:
    if row not in rows:
        rows.append(row)


def _owned(people: dict[int, Shown]) -> sa.Select[int, Organization, Problem]:
    return (
        sa.select(OrganizationMember.user_id, Organization, Problem)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .join(Problem, Problem.organization_id == Organization.id)
        .join(Engagement, Engagement.problem_id == Problem.id)
        .where(OrganizationMember.user_id.in_(people), completed_engagements())
        .order_by(Engagement.id)
    )


def _solved(people: dict[int, Shown]) -> sa.Select[int, Team, Problem]:
    return (
        sa.select(ApplicationPerson.user_id, Team, Problem)
        .join(Application, Application.id == ApplicationPerson.application_id)
        .join(Engagement, Engagement.application_id == Application.id)
        .join(Team, Team.id == Engagement.team_id)
        .join(Problem, Problem.id == Engagement.problem_id)
        .where(ApplicationPerson.user_id.in_(people), completed_engagements())
        .order_by(Engagement.id)
    )


def _levels(session: Session, user_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    statement = (
        sa.select(LevelEstimate.user_id, LevelEstimate.competency, LevelEstimate.confirmed)
        .where(LevelEstimate.user_id.in_(user_ids), LevelEstimate.confirmed > 0)
        .order_by(LevelEstimate.confirmed.desc(), LevelEstimate.competency)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for user_id, competency, level in session.execute(statement):
        found[user_id][competency] = level
    return found


def get_profile(session: Session, actor: User, profile_id: int) -> AlumniProfile:
    """The profile, if *actor* reads it as an alumnus."""
    return _profile(session, profile_id, visible_profiles(actor))


def get_helper(session: Session, actor: User, profile_id: int) -> AlumniProfile:
    """The profile of somebody who offered to help, for the office."""
    return _profile(session, profile_id, helping_profiles(actor))


def _profile(session: Session, profile_id: int, visible: sa.ColumnElement[bool]) -> AlumniProfile:
    statement = sa.select(AlumniProfile).where(AlumniProfile.id == profile_id, visible)
    found = session.scalar(statement.options(joinedload(AlumniProfile.user)))
    if found is None:
        raise NotFound
    return found


def get_contact(
    session: Session, actor: User | None, contact_id: int, *, lock: bool = False
) -> AlumniContact:
    """The message, if *actor* wrote it or was written it."""
    statement = sa.select(AlumniContact).where(
        AlumniContact.id == contact_id, visible_contacts(actor)
    )
    if lock:
        statement = statement.with_for_update()
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def messages(session: Session, actor: User) -> Sequence[AlumniContact]:
    """What *actor* wrote and was written, the latest first."""
    statement = (
        sa.select(AlumniContact)
        .where(visible_contacts(actor))
        .options(joinedload(AlumniContact.sender), joinedload(AlumniContact.receiver))
        .order_by(AlumniContact.id.desc())
        .limit(MOST_MESSAGES)
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class AlumniFigures:
    """How many alumni there are, how many show themselves, and what they offer."""

    alumni: int
    listed: int
    offers: dict[str, int]


def figures(session: Session, actor: User) -> AlumniFigures:
    """The office's counts; no names."""
    may_read_alumni_figures.require(actor)
    usable = sa.and_(User.confirmed_at.is_not(None), User.erased_at.is_(None))
    alumni = sa.select(sa.func.count(User.id)).where(usable, User.id.in_(alumni_ids()))
    listed = sa.and_(AlumniProfile.user_id.in_(alumni_ids()))
    counts = [sa.func.sum(sa.cast(getattr(AlumniProfile, name), sa.Integer)) for name in OFFERS]
    row = session.execute(sa.select(sa.func.count(AlumniProfile.id), *counts).where(listed)).one()
    offers = {name: int(count or 0) for name, count in zip(OFFERS, row[1:], strict=True)}
    return AlumniFigures(session.scalar(alumni) or 0, row[0], offers)


def helpers(session: Session, actor: User) -> list[Shown]:
    """Who offered the office to help: as a mentor or as a seed instructor."""
    statement = (
        sa.select(AlumniProfile)
        .where(helping_profiles(actor))
        .options(joinedload(AlumniProfile.user))
        .order_by(AlumniProfile.id.desc())
    )
    return _shown(session, session.scalars(statement).all())


def invitations(session: Session, receiver_ids: Sequence[int]) -> dict[int, list[AlumniContact]]:
    """The office's invitations to people who offered to help, by person."""
    statement = (
        sa.select(AlumniContact)
        .where(AlumniContact.receiver_id.in_(receiver_ids), AlumniContact.purpose != "talk")
        .order_by(AlumniContact.id)
    )
    found: dict[int, list[AlumniContact]] = defaultdict(list)
    for row in session.scalars(statement):
        found[row.receiver_id].append(row)
    return found
