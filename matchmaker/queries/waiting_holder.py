"""Whose turn it is, by name: for pages and files of the office."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.i18n import N_, Message
from matchmaker.models import Organization, Team, User
from matchmaker.queries.waiting import Item
from matchmaker.queries.waiting_kind import HOLDER_LABELS, Holder

#: Title in Chinese and in English; a message where nobody in particular is meant.
Name = tuple[str, str] | Message | str


def names(session: Session, items: Collection[Item]) -> list[Name]:
    """For each of *items* whose turn it is; three queries however many there are."""
    people = _people(session, (item.user_id for item in items))
    teams = _bilingual(session, Team, (item.team_id for item in items))
    owners = _bilingual(session, Organization, (item.organization_id for item in items))
    return [_name(item, people, teams, owners) for item in items]


def _name(
    item: Item,
    people: dict[int, str],
    teams: dict[int, tuple[str, str]],
    owners: dict[int, tuple[str, str]],
) -> Name:
    holder = item.kind.holder
    if holder is Holder.TEAM and item.team_id in teams:
        return teams[item.team_id]
    if holder is Holder.OWNER and item.organization_id in owners:
        return owners[item.organization_id]
    if item.user_id in people:
        name = people[item.user_id]
        return (name, name) if name else Message(N_("Erased account"))
    return HOLDER_LABELS[holder]


def _ids(ids: Iterable[int | None]) -> set[int]:
    return {number for number in ids if number is not None}


def _people(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    statement = sa.select(User.id, User.name).where(User.id.in_(_ids(ids)))
    return {row[0]: row[1] for row in session.execute(statement)}


def _bilingual(
    session: Session, model: Any, ids: Iterable[int | None]
) -> dict[int, tuple[str, str]]:
    statement = sa.select(model.id, model.name_zh, model.name_en).where(model.id.in_(_ids(ids)))
    return {row[0]: (row[1] or row[2], row[2] or row[1]) for row in session.execute(statement)}
