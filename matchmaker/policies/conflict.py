"""Who stands too near to a problem to judge it.

A person is near who belongs to the organization that sets the problem, or to a team of it, wrote
the problem, has an e-mail address of the same house, or has declared a conflict. Whoever works
in the programme office does not review either: the office sees both reviewers' points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.independence import same_house
from matchmaker.i18n import N_
from matchmaker.models import (
    DeclaredConflict,
    OrganizationMember,
    Problem,
    Role,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.base import Reason

SAME_ORGANIZATION = N_("Belongs to the organization that sets the problem")
SAME_HOUSE = N_("Has an e-mail address of the same house")
DECLARED = N_("Has declared a conflict")
IN_OFFICE = N_("Works in the programme office")
NOT_REVIEWER = N_("Is not a reviewer any more, or cannot sign in")


@dataclass
class Surroundings:
    """The people and addresses around a problem."""

    members: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    declared: set[int] = field(default_factory=set)

    def why_not(self, person: User) -> Reason:
        """Why *person* cannot review, or None."""
        if not person.is_usable or not person.has_role(Role.REVIEWER):
            return NOT_REVIEWER
        if person.has_role(Role.OFFICER, Role.ADMINISTRATOR):
            return IN_OFFICE
        if person.id in self.members:
            return SAME_ORGANIZATION
        if person.id in self.declared:
            return DECLARED
        return SAME_HOUSE if same_house(person.email, self.addresses) else None


def surroundings(session: Session, problems: Iterable[Problem]) -> dict[int, Surroundings]:
    """The surroundings of each of *problems*, by its id; three queries for all of them."""
    problems = list(problems)
    around: dict[int, Surroundings] = {}
    for problem in problems:
        around.setdefault(problem.organization_id, Surroundings())
    for organization_id, user_id, email in session.execute(_people(list(around))):
        around[organization_id].members.add(user_id)
        around[organization_id].addresses.add(email or "")
    declared = sa.select(DeclaredConflict.organization_id, DeclaredConflict.user_id)
    for organization_id, user_id in session.execute(
        declared.where(DeclaredConflict.organization_id.in_(around))
    ):
        around[organization_id].declared.add(user_id)
    return {
        problem.id: _of_problem(around[problem.organization_id], problem) for problem in problems
    }


def _people(organization_ids: Sequence[int]) -> sa.CompoundSelect[Any]:
    members = (
        sa.select(OrganizationMember.organization_id, User.id, User.email)
        .join(User, User.id == OrganizationMember.user_id)
        .where(OrganizationMember.organization_id.in_(organization_ids))
    )
    of_teams = (
        sa.select(Team.organization_id, User.id, User.email)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .join(User, User.id == TeamMember.user_id)
        .where(Team.organization_id.in_(organization_ids))
    )
    return sa.union(members, of_teams)


def _of_problem(around: Surroundings, problem: Problem) -> Surroundings:
    """The surroundings of its organization, with the author, the contact and the website."""
    authors = {problem.author_id} if problem.author_id is not None else set()
    addresses = {problem.contact_email, problem.organization.website}
    return Surroundings(around.members | authors, around.addresses | addresses, around.declared)


def why_not_review(session: Session, person: User, problem: Problem) -> Reason:
    """Why *person* cannot review *problem*, or None."""
    return surroundings(session, [problem])[problem.id].why_not(person)
