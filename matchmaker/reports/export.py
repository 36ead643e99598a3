"""Rows as records, in the form in which `import` reads them back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.models import (
    Call,
    MemberRole,
    Organization,
    OrganizationMember,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.scope import is_national, is_national_team
from matchmaker.record_values import Record
from matchmaker.records import ProblemRecord, TeamRecord
from matchmaker.records_programme import CallRecord, OrganizationRecord, PersonRecord


def records_of(session: Session, noun: str) -> list[Record]:
    """Every row of *noun* as a record, for the operator: people's addresses are among them.

    What belongs to an in-house call stays where it is; only a backup holds it.

    Rows made on the pages have no external id yet; they get one, so that a later import knows them.
    A draft or a team of which nothing was written yet is no record and is left out.
    """
    for model in (Organization, Problem, Team):
        _name_rows(session, model)
    return list(_WRITERS[noun](session))


def _name_rows(session: Session, model: type[Organization] | type[Problem] | type[Team]) -> None:
    for row_id in session.scalars(sa.select(model.id).where(model.external_id.is_(None))).all():
        # Not through the mapped object: its version stays, so nobody's open form turns stale.
        session.execute(
            sa.update(model).where(model.id == row_id).values(external_id=uuid.uuid4().hex)
        )


def _calls(session: Session) -> Iterator[Record]:
    for row in session.scalars(sa.select(Call).where(is_national(Call.id)).order_by(Call.id)):
        yield CallRecord(
            id=row.external_id,
            name_zh=row.name_zh,
            name_en=row.name_en,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )


def _organizations(session: Session) -> Iterator[Record]:
    names = [name for name in OrganizationRecord.model_fields if name != "id"]
    for row in session.scalars(sa.select(Organization).order_by(Organization.id)):
        yield OrganizationRecord(
            id=row.external_id or "", **{name: getattr(row, name) for name in names}
        )


def _people(session: Session) -> Iterator[Record]:
    """Everybody who ever confirmed their address and has not been forgotten."""
    places = selectinload(User.organization_memberships)
    statement = (
        sa.select(User)
        .where(User.email.is_not(None), User.confirmed_at.is_not(None))
        .options(places.selectinload(OrganizationMember.organization))
        .order_by(User.id)
    )
    for user in session.scalars(statement):
        members = sorted(user.organization_memberships, key=lambda member: member.id)
        yield PersonRecord(
            email=user.email or "",
            name=user.name,
            locale=user.locale,
            kind=user.kind,
            roles=sorted(user.roles),
            disabled=user.disabled_at is not None,
            **_places(members),
        )


def _places(members: list[OrganizationMember]) -> dict[str, Any]:
    if len(members) == 1:
        (only,) = members
        return {
            "organization": only.organization.external_id,
            "lead": only.role is MemberRole.LEAD,
        }
    return {
        "memberships": [
            {"organization": member.organization.external_id, "role": member.role}
            for member in members
        ]
    }


def _problems(session: Session) -> Iterator[Record]:
    statement = (
        sa.select(Problem)
        .where(is_national(Problem.call_id))
        .options(
            selectinload(Problem.requirements),
            selectinload(Problem.call),
            selectinload(Problem.organization),
        )
        .order_by(Problem.id)
    )
    for row in session.scalars(statement):
        if not (row.title("zh") or row.text_zh or row.text_en):
            continue
        yield ProblemRecord.model_validate(
            {
                "id": row.external_id,
                **_texts(row, ("title", "text")),
                "call": row.call.external_id,
                "organization": row.organization.external_id,
                "state": row.state.value,
                "sector": row.sector,
                "region": row.region,
                "techniques": row.techniques,
                "grade": row.grade,
                "requirements": [
                    {
                        "competency": need.competency,
                        "level": need.level,
                        "importance": need.importance,
                    }
                    for need in row.requirements
                ],
                "capacity": row.teams_wanted,
                "deadline": row.deadline_at,
                "data": _data(row),
                "contact": {"name": row.contact_name, "email": row.contact_email},
                "extra": _noted(row),
            }
        )


def _data(row: Problem) -> dict[str, Any]:
    details = row.data_details
    return {
        "description_zh": row.data_zh,
        "description_en": row.data_en,
        "formats": details.get("formats", []),
        "volume": details.get("volume", ""),
        "personal_data": details.get("personal"),
    }


def _noted(row: Problem) -> dict[str, Any]:
    moments = {"submitted_at": row.submitted_at, "published_at": row.published_at}
    noted = {key: at.isoformat() for key, at in moments.items() if at}
    return noted | ({"office_note": row.office_note} if row.office_note else {})


def _texts(row: Problem | Team, names: tuple[str, ...]) -> dict[str, Any]:
    """The texts of a row: in one language as its own, in the other as a translation."""
    given = {
        lang: {name: getattr(row, f"{name}_{lang}") for name in names} for lang in ("zh", "en")
    }
    own, other = ("zh", "en") if given["zh"]["title"] or given["zh"]["text"] else ("en", "zh")
    translations = {other: given[other]} if any(given[other].values()) else {}
    return {"lang": own, **given[own], "translations": translations}


def _teams(session: Session) -> Iterator[Record]:
    statement = (
        sa.select(Team)
        .where(is_national_team())
        .options(
            selectinload(Team.works),
            selectinload(Team.competencies),
            selectinload(Team.organization),
            selectinload(Team.members).selectinload(TeamMember.user),
        )
        .order_by(Team.id)
    )
    for row in session.scalars(statement):
        said = row.title("zh"), row.text_zh, row.text_en, row.works, row.competencies
        if not any(said):
            continue
        yield TeamRecord.model_validate(
            {
                "id": row.external_id,
                **_texts(row, ("name", "title", "text")),
                "kind": row.kind.value,
                "organization": row.organization.external_id if row.organization else None,
                "state": "archived" if row.archived_at else "active",
                "sectors": row.sectors,
                "region": row.region,
                "techniques": row.techniques,
                "capacity": row.capacity,
                "public": row.is_public,
                **_shown(row),
            }
        )


def _shown(row: Team) -> dict[str, Any]:
    """What a team has to show, and who is in it."""
    return {
        "documents": [
            {"title": work.title, "text": work.text, "year": work.year} for work in row.works
        ],
        "competencies": [
            {"competency": claim.competency, "level": claim.level, "source": claim.source}
            for claim in row.competencies
        ],
        "members": [
            {"email": member.user.email, "role": member.role.value}
            for member in sorted(row.members, key=lambda member: member.id)
            if member.user.email
        ],
    }


_WRITERS: dict[str, Callable[[Session], Iterator[Record]]] = {
    "calls": _calls,
    "organizations": _organizations,
    "people": _people,
    "problems": _problems,
    "teams": _teams,
}
