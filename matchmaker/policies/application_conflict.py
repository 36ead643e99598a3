"""Who stands too near to an application to judge it: to the problem it is for, or to the team.

What `policies.conflict` finds about the problem holds here too. Around the team it is belonging to
it or to its organization, an e-mail address of the same house, another team or organization shared
with somebody of it, a tie that was declared, and having stepped aside from it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.assessment.independence import same_house
from matchmaker.i18n import N_
from matchmaker.models import (
    FREE_CAUSES,
    Application,
    ApplicationPerson,
    DeclaredConflict,
    OrganizationMember,
    ReviewAssignment,
    ReviewRelation,
    Role,
    RoleGrant,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.base import Reason
from matchmaker.policies.conflict import Surroundings, surroundings

IN_TEAM = N_("Belongs to the team, or to its organization")
TEAM_HOUSE = N_("Has an e-mail address of the same house as the team")
CO_MEMBER = N_("Shares another team or organization with somebody of the team")
RELATED = N_("Has declared a tie with the team or somebody in it")
STEPPED_ASIDE = N_("Stepped aside from an application of this team because of a conflict")


@dataclass
class Nearness:
    """What is around one application: the problem's side, and the team's."""

    problem: Surroundings
    people: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    co_members: set[int] = field(default_factory=set)
    related: set[int] = field(default_factory=set)
    stepped_aside: set[int] = field(default_factory=set)

    def why_not(self, person: User) -> Reason:
        """Why *person* cannot judge the application, or None."""
        near = (
            (IN_TEAM, person.id in self.people),
            (TEAM_HOUSE, same_house(person.email, self.addresses)),
            (CO_MEMBER, person.id in self.co_members),
            (RELATED, person.id in self.related),
            (STEPPED_ASIDE, person.id in self.stepped_aside),
        )
        return self.problem.why_not(person) or next((why for why, holds in near if holds), None)


def nearness(session: Session, applications: Iterable[Application]) -> dict[int, Nearness]:
    """What is around each of *applications*, by its id; the number of queries does not grow."""
    rows = list({row.id: row for row in applications}.values())
    problems = surroundings(session, {row.problem_id: row.problem for row in rows}.values())
    found = {row.id: Nearness(problems[row.problem_id]) for row in rows}
    people = _people(session, rows)
    everybody = {user for ids in people.values() for user in ids}
    together, addresses = _together(session, everybody), _addresses(session, everybody)
    organizations = _organizations(session, rows, people)
    declared = _declared(session, {o for ids in organizations.values() for o in ids})
    for row in rows:
        near = found[row.id]
        near.people = set(people[row.id])
        near.addresses = {addresses[user] for user in near.people if user in addresses}
        if row.team.organization is not None:
            near.addresses.add(row.team.organization.website)
        near.co_members = {other for user in near.people for other in together[user]} - near.people
        near.related = {user for o in organizations[row.id] for user in declared[o]}
    _add_relations(session, rows, found)
    _add_stepped_aside(session, rows, found)
    return found


def why_not_judge(session: Session, person: User, application: Application) -> Reason:
    """Why *person* cannot judge *application*, or None."""
    return nearness(session, [application])[application.id].why_not(person)


def _people(session: Session, rows: Collection[Application]) -> dict[int, set[int]]:
    """Everybody of the team and of its organization, and whom the application names."""
    found: dict[int, set[int]] = {row.id: {row.lead_id} - {None} for row in rows}  # type: ignore[misc]
    ids = [row.id for row in rows]
    members = sa.select(Application.id, TeamMember.user_id).join(
        TeamMember, TeamMember.team_id == Application.team_id
    )
    houses = (
        sa.select(Application.id, OrganizationMember.user_id)
        .join(Team, Team.id == Application.team_id)
        .join(OrganizationMember, OrganizationMember.organization_id == Team.organization_id)
    )
    named = sa.select(ApplicationPerson.application_id, ApplicationPerson.user_id)
    statement = sa.union(
        members.where(Application.id.in_(ids)),
        houses.where(Application.id.in_(ids)),
        named.where(ApplicationPerson.application_id.in_(ids)),
    )
    for application_id, user_id in session.execute(statement):
        found[application_id].add(user_id)
    return found


def _together(session: Session, people: Collection[int]) -> dict[int, set[int]]:
    """For each of *people* the reviewers in some team or organization of theirs."""
    reviewers = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.REVIEWER)
    one, other = aliased(TeamMember), aliased(TeamMember)
    in_teams = sa.select(one.user_id, other.user_id).join(other, other.team_id == one.team_id)
    mine, theirs = aliased(OrganizationMember), aliased(OrganizationMember)
    in_houses = sa.select(mine.user_id, theirs.user_id).join(
        theirs, theirs.organization_id == mine.organization_id
    )
    found: dict[int, set[int]] = defaultdict(set)
    for statement in (
        in_teams.where(one.user_id.in_(people), other.user_id.in_(reviewers)),
        in_houses.where(mine.user_id.in_(people), theirs.user_id.in_(reviewers)),
    ):
        for user_id, reviewer_id in session.execute(statement):
            found[user_id].add(reviewer_id)
    return found


def _addresses(session: Session, people: Collection[int]) -> dict[int, str]:
    statement = sa.select(User.id, User.email).where(User.id.in_(people), User.email.is_not(None))
    return {row[0]: row[1] or "" for row in session.execute(statement)}


def _organizations(
    session: Session, rows: Collection[Application], people: dict[int, set[int]]
) -> dict[int, set[int]]:
    """The organizations of each application's team and people."""
    everybody = {user for ids in people.values() for user in ids}
    statement = sa.select(OrganizationMember.user_id, OrganizationMember.organization_id)
    of_person: dict[int, set[int]] = defaultdict(set)
    for user_id, organization_id in session.execute(
        statement.where(OrganizationMember.user_id.in_(everybody))
    ):
        of_person[user_id].add(organization_id)
    found = {row.id: {o for user in people[row.id] for o in of_person[user]} for row in rows}
    for row in rows:
        if row.team.organization_id is not None:
            found[row.id].add(row.team.organization_id)
    return found


def _declared(session: Session, organization_ids: Collection[int]) -> dict[int, set[int]]:
    statement = sa.select(DeclaredConflict.organization_id, DeclaredConflict.user_id)
    found: dict[int, set[int]] = defaultdict(set)
    for organization_id, user_id in session.execute(
        statement.where(DeclaredConflict.organization_id.in_(organization_ids))
    ):
        found[organization_id].add(user_id)
    return found


def _add_relations(
    session: Session, rows: Collection[Application], found: dict[int, Nearness]
) -> None:
    emails = {address for near in found.values() for address in near.addresses}
    statement = sa.select(ReviewRelation.user_id, ReviewRelation.team_id, ReviewRelation.email)
    named = sa.or_(
        ReviewRelation.team_id.in_({row.team_id for row in rows}), ReviewRelation.email.in_(emails)
    )
    for user_id, team_id, email in session.execute(statement.where(named)):
        for row in rows:
            if row.team_id == team_id or email in found[row.id].addresses:
                found[row.id].related.add(user_id)


def _add_stepped_aside(
    session: Session, rows: Collection[Application], found: dict[int, Nearness]
) -> None:
    statement = (
        sa.select(Application.team_id, ReviewAssignment.reviewer_id)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(
            Application.team_id.in_({row.team_id for row in rows}),
            ReviewAssignment.recusal_cause.is_not(None),
            ReviewAssignment.recusal_cause.not_in(FREE_CAUSES),
        )
    )
    of_team: dict[int, set[int]] = defaultdict(set)
    for team_id, reviewer_id in session.execute(statement):
        of_team[team_id].add(reviewer_id)
    for row in rows:
        found[row.id].stepped_aside = of_team[row.team_id]
