"""Reading the learning catalogue: for everybody, and for whoever keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.competency.learning import Resource, Teaches
from matchmaker.errors import NotFound
from matchmaker.models import (
    LearningResource,
    LearningResourceRevision,
    ResourceFormat,
    User,
)
from matchmaker.models.problem import searchable
from matchmaker.policies.learning_resource import visible_learning_resources
from matchmaker.queries.page import Page, paginate

#: What one can ask for by time: hours up to, above the step before.
HOURS = {"short": (0, 8), "medium": (8, 15), "long": (15, 1000)}


@dataclass(frozen=True, kw_only=True)
class ResourceFilter:
    """What a reader looks for; nothing of it set finds everything."""

    query: str = ""
    theme: str = ""
    competency: str = ""
    format: str = ""
    hours: str = ""
    language: str = ""
    #: "online", or the code of a region.
    place: str = ""
    is_free: bool = False
    #: "held", "retired" or all.
    state: str = ""


def list_resources(
    session: Session, actor: User | None, wanted: ResourceFilter, *, number: int = 1
) -> Page[LearningResource]:
    """The entries *actor* may know of that match *wanted*, by theme and code."""
    statement = (
        sa.select(LearningResource)
        .where(visible_learning_resources(actor), *_conditions(session, wanted))
        .order_by(LearningResource.theme, LearningResource.code)
    )
    return paginate(session, statement, number=number)


def count_by_theme(session: Session, actor: User | None, wanted: ResourceFilter) -> Counter[str]:
    """How many entries each theme has, of those that match *wanted* but for the theme."""
    statement = (
        sa.select(LearningResource.theme, sa.func.count())
        .where(visible_learning_resources(actor), *_conditions(session, replace(wanted, theme="")))
        .group_by(LearningResource.theme)
    )
    return Counter({row[0]: row[1] for row in session.execute(statement)})


def _conditions(session: Session, wanted: ResourceFilter) -> list[sa.ColumnElement[bool]]:
    row = LearningResource
    found: list[sa.ColumnElement[bool]] = []
    for word in searchable(wanted.query).split():
        found.append(row.search_text.contains(word, autoescape=True))
    if wanted.theme:
        found.append(row.theme == wanted.theme)
    if wanted.format in set(ResourceFormat):
        found.append(row.format == ResourceFormat(wanted.format))
    if wanted.hours in HOURS:
        above, most = HOURS[wanted.hours]
        found += [row.hours > above, row.hours <= most] if above else [row.hours <= most]
    if wanted.place:
        found.append(
            row.is_online.is_(True) if wanted.place == "online" else row.region == wanted.place
        )
    if wanted.is_free:
        found.append(row.cost == 0)
    if wanted.state in ("held", "retired"):
        is_held = row.retired_at.is_(None)
        found.append(is_held if wanted.state == "held" else sa.not_(is_held))
    if wanted.competency or wanted.language:
        found.append(row.id.in_(_having(session, wanted)))
    return found


def _having(session: Session, wanted: ResourceFilter) -> list[int]:
    """The ids of entries by what is kept as lists, which databases read in ways of their own."""
    rows = session.execute(
        sa.select(LearningResource.id, LearningResource.teaches, LearningResource.languages)
    )
    return [
        row.id
        for row in rows
        if (not wanted.competency or wanted.competency in _taught(row.teaches))
        and (not wanted.language or wanted.language in row.languages)
    ]


def _taught(teaches: Sequence[dict[str, object]]) -> set[object]:
    return {part["competency"] for part in teaches}


def get_resource(
    session: Session, actor: User | None, resource_id: int, *, lock: bool = False
) -> LearningResource:
    """The entry, or `NotFound`; locked for a change if asked."""
    statement = sa.select(LearningResource).where(
        LearningResource.id == resource_id, visible_learning_resources(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def find_by_code(session: Session, code: str) -> LearningResource | None:
    """The entry with this code, whoever asks."""
    return session.scalar(sa.select(LearningResource).where(LearningResource.code == code))


def count_all(session: Session) -> int:
    """How many entries there are."""
    return session.scalar(sa.select(sa.func.count(LearningResource.id))) or 0


def count_held(session: Session) -> int:
    """How many entries can be taken up now."""
    held = sa.select(sa.func.count(LearningResource.id)).where(
        LearningResource.retired_at.is_(None)
    )
    return session.scalar(held) or 0


def codes(session: Session) -> set[str]:
    """The codes that are taken."""
    return set(session.scalars(sa.select(LearningResource.code)))


def all_resources(session: Session) -> Sequence[LearningResource]:
    """Every entry in the order of its code: for a file."""
    return session.scalars(sa.select(LearningResource).order_by(LearningResource.code)).all()


def held_resources(
    session: Session, *, without: Collection[int] = ()
) -> Sequence[LearningResource]:
    """What can be taken up now, but for those of these ids."""
    statement = sa.select(LearningResource).where(
        LearningResource.retired_at.is_(None), LearningResource.id.not_in(without)
    )
    return session.scalars(statement.order_by(LearningResource.code)).all()


def as_resource(row: LearningResource) -> Resource:
    """*row* as far as recommending it goes."""
    return Resource(
        id=row.code,
        theme=row.theme,
        hours=row.hours,
        phase=str(row.phase),
        teaches=tuple(
            Teaches(part["competency"], float(part["from"]), float(part["to"]))
            for part in row.teaches
        ),
        is_assessed=row.is_assessed,
    )


def list_revisions(
    session: Session, resource: LearningResource
) -> Sequence[LearningResourceRevision]:
    """What the entry said, the latest version first."""
    statement = (
        sa.select(LearningResourceRevision)
        .where(LearningResourceRevision.resource_id == resource.id)
        .options(selectinload(LearningResourceRevision.author))
        .order_by(LearningResourceRevision.number.desc())
    )
    return session.scalars(statement).all()


def count_revisions(session: Session, resource: LearningResource) -> int:
    """How many versions of the entry are kept."""
    counted = sa.select(sa.func.count(LearningResourceRevision.id))
    of_entry = LearningResourceRevision.resource_id == resource.id
    return session.scalar(counted.where(of_entry)) or 0


def coverage(session: Session) -> Counter[str]:
    """How many entries that are held teach each competency."""
    rows = session.scalars(
        sa.select(LearningResource.teaches).where(LearningResource.retired_at.is_(None))
    )
    return Counter(str(name) for teaches in rows for name in _taught(teaches))
