"""Keep every version of what a problem says, and what differs from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.competency import Requirement
from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemRevision, User
from matchmaker.policies.problem_comment import speaks_for_office
from matchmaker.services.context import Context
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.workflows.problem_revision import ProblemRevisionAction

#: What each value is called; the answers to the guide have their questions instead.
FIELD_LABELS = {
    "title_zh": N_("Title (Chinese)"),
    "title_en": N_("Title (English)"),
    "text_zh": N_("Description (Chinese)"),
    "text_en": N_("Description (English)"),
    "sector": N_("Sector"),
    "region": N_("Region"),
    "techniques": N_("Techniques"),
    "requirements": N_("Requirements"),
    "data_zh": N_("Data you offer (Chinese)"),
    "data_en": N_("Data you offer (English)"),
    "data_formats": N_("Formats"),
    "data_volume": N_("Volume"),
    "has_personal_data": N_("Do the data contain personal data?"),
    "teams_wanted": N_("Number of teams wanted"),
    "deadline_at": N_("Deadline for teams"),
    "contact_name": N_("Contact person"),
    "contact_email": N_("Contact's e-mail address"),
    "intake": N_("Answers to the guide"),
}
_NAMES = {item.name for item in fields(ProblemValues)}


def to_data(values: ProblemValues) -> dict[str, Any]:
    """*values* as plain data that a column can keep."""
    data: dict[str, Any] = asdict(values)
    data["requirements"] = [[n.competency, n.level, n.importance] for n in values.requirements]
    data["deadline_at"] = values.deadline_at.isoformat() if values.deadline_at else None
    return {name: list(v) if isinstance(v, tuple) else v for name, v in data.items()}


def values_from(data: Mapping[str, Any]) -> ProblemValues:
    """What `to_data` kept; values that came later have their defaults, those that went are left out."""
    known = {name: value for name, value in data.items() if name in _NAMES}
    known |= {name: tuple(known.get(name, ())) for name in ("techniques", "data_formats")}
    known["requirements"] = tuple(Requirement(*row) for row in known.get("requirements", ()))
    deadline = known.get("deadline_at")
    known["deadline_at"] = datetime.fromisoformat(deadline) if deadline else None
    return ProblemValues(**known)


def changed_names(old: ProblemValues, new: ProblemValues) -> list[str]:
    """The names of the values in which the two differ."""
    before, after = _comparable(old), _comparable(new)
    return [name for name in after if after[name] != before[name]]


def _comparable(values: ProblemValues) -> dict[str, Any]:
    """*values* with requirements in one order: theirs means nothing."""
    rows = sorted(values.requirements, key=lambda need: need.competency)
    return {
        **to_data(values),
        "requirements": [[n.competency, n.level, n.importance] for n in rows],
    }


def track(ctx: Context, problem: Problem, before: ProblemValues) -> ProblemRevision | None:
    """Number what *problem* says now, unless it says what it said; *before* if nothing is numbered yet."""
    ctx.session.flush()
    known = latest(ctx, problem)
    if known is None:
        known = record_published(ctx, problem, before)
    changed = changed_names(values_from(known.content), values_of(problem))
    if not changed:
        return None
    number = (known.number or 0) + 1
    return _record(ctx, problem, values_of(problem), number=number, changed=changed)


def record_published(ctx: Context, problem: Problem, before: ProblemValues) -> ProblemRevision:
    """Number what *problem* said before anybody kept its versions."""
    row = _record(ctx, problem, before, number=1, changed=[], author_id=problem.author_id)
    row.created_at = row.decided_at = problem.submitted_at or problem.created_at
    row.author_id, row.by_office = problem.author_id, False
    return row


def record_first(ctx: Context, problem: Problem) -> None:
    """Number what is submitted; what was numbered already stays."""
    ctx.session.flush()
    if latest(ctx, problem) is None:
        _record(ctx, problem, values_of(problem), number=1, changed=[])


def latest(ctx: Context, problem: Problem) -> ProblemRevision | None:
    """The revision with the highest number."""
    statement = (
        sa.select(ProblemRevision)
        .where(ProblemRevision.problem_id == problem.id, ProblemRevision.number.is_not(None))
        .order_by(ProblemRevision.number.desc())
        .limit(1)
    )
    return ctx.session.scalar(statement)


def _record(
    ctx: Context,
    problem: Problem,
    values: ProblemValues,
    *,
    number: int,
    changed: list[str],
    author_id: int | None = None,
) -> ProblemRevision:
    row = ProblemRevision(
        problem_id=problem.id,
        number=number,
        author_id=author_id or (ctx.actor.id if ctx.actor else None),
        by_office=by_office(ctx.actor, problem) if author_id is None else False,
        content=to_data(values),
        changed=changed,
        decided_at=utcnow(),
    )
    row.apply(ProblemRevisionAction.RECORD)
    ctx.session.add(row)
    ctx.session.flush()
    return row


def by_office(actor: User | None, problem: Problem) -> bool:
    """Whether a change by *actor* is the office's: trusted work of the program is nobody's."""
    return actor is not None and speaks_for_office(actor, problem)
