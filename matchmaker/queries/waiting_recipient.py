"""Whom letters about what waits go to: whose turn it is, their leads, the office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from matchmaker.models import (
    MemberRole,
    OrganizationMember,
    PrivateCall,
    PrivateCallOfficer,
    Role,
    RoleGrant,
    TeamMember,
    User,
)
from matchmaker.policies.scope import STARTED
from matchmaker.queries.waiting import Item
from matchmaker.queries.waiting_kind import Holder


class Recipients:
    """The people around many things that wait, read with a few queries however many these are."""

    def __init__(self, session: Session, items: Collection[Item]) -> None:
        self._teams = _members(session, TeamMember, TeamMember.team_id, (i.team_id for i in items))
        self._organizations = _members(
            session,
            OrganizationMember,
            OrganizationMember.organization_id,
            (i.organization_id for i in items),
        )
        self._roles = _by_role(session)
        self._in_house = _in_house_officers(session)
        self._people = self._load(session, items)

    def _load(self, session: Session, items: Collection[Item]) -> dict[int, User]:
        ids = {item.user_id for item in items if item.user_id is not None}
        for places in (*self._teams.values(), *self._organizations.values()):
            ids |= {user_id for user_id, _is_lead in places}
        for known in (*self._roles.values(), *self._in_house.values()):
            ids |= known
        found = session.scalars(sa.select(User).where(User.id.in_(ids)))
        return {user.id: user for user in found if user.is_usable and user.email}

    def of(self, role: str, item: Item) -> list[User]:
        """The people of *item* in the part "holder", "leads" or "office"."""
        return {"holder": self.holders, "leads": self.leads, "office": self.office}[role](item)

    def holders(self, item: Item) -> list[User]:
        """Whose turn it is."""
        holder = item.kind.holder
        if holder is Holder.TEAM:
            return self._usable(user_id for user_id, _ in self._teams[item.team_id or 0])
        if holder is Holder.STAFF:
            return self._usable(self._roles[Role.OFFICER] | self._roles[Role.MENTOR])
        named = self._usable([item.user_id] if item.user_id else [])
        if named or holder is Holder.PERSON:
            return named
        return self.leads(item) if holder is Holder.OWNER else self.office(item)

    def leads(self, item: Item) -> list[User]:
        """The leads of the team or the organization that it is with."""
        places = [*self._teams[item.team_id or 0], *self._organizations[item.organization_id or 0]]
        return self._usable(user_id for user_id, is_lead in places if is_lead)

    def office(self, item: Item) -> list[User]:
        """The officers of the programme; those of the in-house call for what happens in it."""
        if item.kind.is_private:
            return []
        if item.call_id in self._in_house:
            return self._usable(self._in_house[item.call_id])
        return self._usable(self._roles[Role.OFFICER])

    def is_in_house(self, item: Item) -> bool:
        """Whether it happens in an in-house call."""
        return item.call_id in self._in_house

    def _usable(self, ids: Iterable[int]) -> list[User]:
        return [self._people[user_id] for user_id in sorted(set(ids)) if user_id in self._people]


def _members(
    session: Session,
    model: type[TeamMember] | type[OrganizationMember],
    column: InstrumentedAttribute[int],
    ids: Iterable[int | None],
) -> dict[int, list[tuple[int, bool]]]:
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    wanted = {number for number in ids if number is not None}
    for row in session.execute(
        sa.select(column, model.user_id, model.role).where(column.in_(wanted))
    ):
        found[row[0]].append((row[1], row[2] is MemberRole.LEAD))
    return found


def _by_role(session: Session) -> dict[Role, set[int]]:
    found: dict[Role, set[int]] = defaultdict(set)
    for row in session.execute(sa.select(RoleGrant.role, RoleGrant.user_id)):
        found[row[0]].add(row[1])
    return found


def _in_house_officers(session: Session) -> dict[int, set[int]]:
    """For each in-house call its officers who still lead the organization."""
    found: dict[int, set[int]] = {
        call_id: set() for call_id in session.scalars(sa.select(PrivateCall.call_id))
    }
    leading = sa.and_(
        OrganizationMember.user_id == PrivateCallOfficer.user_id,
        OrganizationMember.organization_id == PrivateCall.organization_id,
        OrganizationMember.role == MemberRole.LEAD,
    )
    statement = (
        sa.select(PrivateCall.call_id, PrivateCallOfficer.user_id)
        .join(PrivateCallOfficer, PrivateCallOfficer.private_call_id == PrivateCall.id)
        .join(OrganizationMember, leading)
        .where(PrivateCall.state.in_(STARTED))
    )
    for row in session.execute(statement):
        found[row[0]].add(row[1])
    return found
