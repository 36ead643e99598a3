"""What one kind of waiting is: who holds it, which rows wait, when letters go, what lapses.

A kind is a row of the registry in queries/waiting.py. All kinds give the same columns, so that
everything that waits for somebody is one query, however many kinds there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from matchmaker.i18n import N_
from matchmaker.models import Problem
from matchmaker.models.base import UTCDateTime

NO_LAPSE = N_("Nothing lapses: it stays open, and the office is told.")
Rows = Callable[[int], "sa.Select[Any]"]


class Holder(StrEnum):
    """Whose turn it is."""

    PERSON = "person"
    TEAM = "team"
    OWNER = "owner"
    OFFICE = "office"
    STAFF = "staff"


HOLDER_LABELS = {
    Holder.PERSON: N_("One person"),
    Holder.TEAM: N_("The team"),
    Holder.OWNER: N_("The problem’s owner"),
    Holder.OFFICE: N_("Programme office"),
    Holder.STAFF: N_("Officers and mentors"),
}


@dataclass(frozen=True)
class Ladder:
    """On which days before and after the due day whom a letter reaches."""

    before: tuple[int, ...] = ()
    #: 0 is the moment it is due.
    after: tuple[int, ...] = ()
    #: The leads of the team or organization, and the office, so many days after it was due.
    leads: tuple[int, ...] = ()
    office: tuple[int, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of thing that waits for somebody."""

    key: str
    #: The task in words, with %(title)s, and the words of the way to it.
    task: str
    action: str
    holder: Holder
    rows: Rows
    #: Where it is done; {subject} is the row, {place} its place_id, {call} its call.
    path: str
    ladder: Ladder = field(default_factory=Ladder)
    #: What happens when nobody does it, in words.
    lapse: str = ""
    #: Days it may take where it has no date of its own; None where it has.
    within: int | None = None
    #: The office setting that has these days instead.
    setting: str = ""
    #: Letters of its own that go out besides, in words.
    letters: str = ""
    #: Where the office sees it, if it is for somebody else to do.
    office_path: str = ""
    #: Between people, or unseen by the office until handed in: on no board, and no officer is told.
    is_private: bool = False
    #: Whether the title is a competency's code, which the reader sees by name.
    is_competency: bool = False


class days_after(FunctionElement[Any]):  # noqa: N801 -- reads as the function of SQL it is
    """A moment so many days after another."""

    type = UTCDateTime()
    inherit_cache = True
    name = "days_after"


@compiles(days_after)
def _days_after(element: Any, compiler: Any, **kw: Any) -> str:
    moment, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({moment} + make_interval(days => {days}))"


@compiles(days_after, "sqlite")
def _days_after_on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    """SQLite keeps moments as text with six digits after the second, and computes three of them."""
    moment, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(strftime('%Y-%m-%d %H:%M:%f000', {moment}, {days} || ' days'))"


def later(moment: Any, days: int) -> Any:
    """*moment* and *days* more."""
    return days_after(moment, sa.literal(days, sa.Integer))


def earliest(first: Any, *others: Any) -> Any:
    """The earliest of moments; *first* is known, the others may not be."""
    found = first
    for other in others:
        found = sa.case((other < found, other), else_=found)
    return found


_NUMBER, _WORDS = sa.Integer(), sa.String()


def _or_null(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    return sa.cast(sa.null(), kind) if value is None else value


def select(
    subject: Any,
    *,
    since: Any,
    due: Any,
    title: tuple[Any, Any] | None = None,
    context: tuple[Any, Any] | None = None,
    user: Any = None,
    team: Any = None,
    organization: Any = None,
    call: Any = None,
    place: Any = None,
) -> sa.Select[Any]:
    """The columns every kind has; joins and conditions are the kind's own."""
    titles, contexts = title or (None, None), context or (None, None)
    return sa.select(
        subject.label("subject_id"),
        (subject if place is None else place).label("place_id"),
        sa.type_coerce(since, UTCDateTime()).label("since"),
        sa.type_coerce(due, UTCDateTime()).label("due_at"),
        *(
            _or_null(words, _WORDS).label(name)
            for name, words in zip(
                ("title_zh", "title_en", "context_zh", "context_en"),
                (*titles, *contexts),
                strict=True,
            )
        ),
        *(
            _or_null(number, _NUMBER).label(name)
            for name, number in (
                ("user_id", user),
                ("team_id", team),
                ("organization_id", organization),
                ("call_id", call),
            )
        ),
    )


def titles_of(problem: type[Problem] = Problem) -> tuple[Any, Any]:
    """The columns of a problem's title."""
    return problem.title_zh, problem.title_en


def names_of(model: Any) -> tuple[Any, Any]:
    """The columns of the name of a team, an organization or a call."""
    return model.name_zh, model.name_en
