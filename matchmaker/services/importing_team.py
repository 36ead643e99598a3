"""Bring teams in, with their works, competencies and members."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import MemberRole, Organization, Team, TeamKind, TeamMember, User
from matchmaker.record_values import CompetencyRecord, DocumentRecord
from matchmaker.records import TeamRecord
from matchmaker.services import team as teams
from matchmaker.services.account import normalize_email
from matchmaker.services.context import Context
from matchmaker.services.importing import (
    Change,
    find_person,
    limit_length,
    refer,
    refuse,
    sector_of,
)
from matchmaker.services.importing_problem import texts_of
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues

STATES = ("active", "archived")


def take_team(ctx: Context, record: TeamRecord) -> Change:
    """Bring in a team."""
    limit_length("id", record.id, 100)
    values, members = _values(ctx, record), _members(ctx, record)
    if record.state not in (None, *STATES):
        raise refuse("state", N_("choose one of %(known)s"), known=", ".join(STATES))
    team = ctx.session.scalar(sa.select(Team).where(Team.external_id == record.id))
    is_new, changed = team is None, False
    if team is None:
        team = teams.create(ctx, values, external_id=record.id)
    elif not _says_the_same(team, values):
        teams.update(ctx, team.id, values, version=None)
        changed = True
    changed = _enrol(ctx, team, members) or changed
    changed = _show(ctx, team, record) or changed
    ctx.session.flush()  # Later rows and the constraints see it.
    if is_new:
        return Change.CREATED
    return Change.UPDATED if changed else Change.UNCHANGED


def _values(ctx: Context, record: TeamRecord) -> TeamValues:
    sectors = [record.sector, *record.sectors] if record.sector else record.sectors
    found = [sector_of(word, "sectors") for word in sectors]
    organization = record.organization and refer(
        ctx, Organization, record.organization, "organization"
    )
    return TeamValues(
        kind=_kind(record),
        **_texts(record),
        region=record.region,
        sectors=tuple(dict.fromkeys(sector for sector in found if sector)),
        techniques=tuple(dict.fromkeys(record.techniques)),
        capacity=1 if record.capacity is None else record.capacity,
        organization_id=organization.id if organization else None,
        works=tuple(_work(document) for document in record.documents),
        competencies=tuple(_competency(claim) for claim in record.competencies),
    )


def _texts(record: TeamRecord) -> dict[str, str]:
    return texts_of(record, ("name", "title", "text"))


def _kind(record: TeamRecord) -> TeamKind:
    try:
        return TeamKind(record.team_kind or "")
    except ValueError as error:
        raise refuse("kind", N_("choose one of %(known)s"), known=", ".join(TeamKind)) from error


def _work(document: DocumentRecord) -> WorkValues:
    title = document.title or document.text.split("\n", 1)[0][:80]
    return WorkValues(title, document.text, document.year)


def _competency(claim: CompetencyRecord) -> CompetencyValues:
    if claim.level != int(claim.level):
        raise refuse(
            "competencies",
            N_("%(id)s: a level is a whole number from 1 to 5"),
            id=claim.competency,
        )
    return CompetencyValues(claim.competency, int(claim.level), claim.source or "self")


def _says_the_same(team: Team, values: TeamValues) -> bool:
    """Whether the team already says what *values* say, whatever the order of its competencies."""
    columns: dict[str, Any] = {name: getattr(values, name) for name in teams.COLUMNS}
    columns |= {"sectors": list(values.sectors), "techniques": list(values.techniques)}
    levels = {claim.competency: claim.level for claim in values.competencies}
    return (
        all(getattr(team, name) == value for name, value in columns.items())
        and tuple(WorkValues(w.title, w.text, w.year) for w in team.works) == values.works
        and {row.competency: row.level for row in team.competencies} == levels
    )


def _members(ctx: Context, record: TeamRecord) -> dict[User, MemberRole]:
    """The people a record names, each with their role; every one of them has to have an account."""
    members: dict[User, MemberRole] = {}
    for item in record.members:
        user = find_person(ctx, item.email)
        if user is None:
            raise refuse(
                "members", N_("nobody with the address %(email)s is known here"), email=item.email
            )
        if user in members:
            raise refuse(
                "members", N_("%(email)s is named twice"), email=normalize_email(item.email)
            )
        try:
            members[user] = MemberRole(item.role or MemberRole.MEMBER)
        except ValueError as error:
            known = ", ".join(MemberRole)
            raise refuse("members", N_("choose one of %(known)s"), known=known) from error
    if members and MemberRole.LEAD not in members.values():
        raise refuse("members", N_("one of the members has to be the lead"))
    return members


def _enrol(ctx: Context, team: Team, members: dict[User, MemberRole]) -> bool:
    known = {member.user_id: member for member in team.members}
    changed = False
    for user, role in members.items():
        member = known.get(user.id)
        if member is None:
            team.members.append(TeamMember(user=user, role=role))
            ctx.record("membership:import", team, user_id=user.id, role=role)
        elif member.role is not role:
            member.role = role
            ctx.record("membership:import", team, user_id=user.id, role=role)
        else:
            continue
        changed = True
    return changed


def _show(ctx: Context, team: Team, record: TeamRecord) -> bool:
    """Show, hide, archive or bring back the team as the record says; True if that changed it."""
    before = team.is_public, team.archived_at
    if record.public is not None:
        (teams.publicise if record.public else teams.hide)(ctx, team.id)
    if record.state is not None:
        (teams.archive if record.state == "archived" else teams.restore)(ctx, team.id)
    return (team.is_public, team.archived_at) != before
