"""Which rubric is in force, what an earlier one said, and how a new version comes about."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal, overload

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.rubric import (
    BadRubric,
    GradingRubric,
    ReadinessRubric,
    Rubric,
    ScreeningRubric,
    parse_rubric,
)
from matchmaker.assessment.shipped import shipped_data, shipped_rubric, shipped_versions
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import RubricVersion
from matchmaker.policies.rubric import may_edit_rubrics
from matchmaker.services.context import Context

MAX_NOTE = 1000


@overload
def current(session: Session, kind: Literal["screening"]) -> ScreeningRubric: ...
@overload
def current(session: Session, kind: Literal["grading"]) -> GradingRubric: ...
@overload
def current(session: Session, kind: Literal["readiness"]) -> ReadinessRubric: ...
@overload
def current(session: Session, kind: str) -> Rubric: ...
def current(session: Session, kind: str) -> Rubric:
    """The rubric in force: the office's newest version, or the newest that ships."""
    row = _newest(session, kind)
    return shipped_rubric(kind) if row is None else parse_rubric(row.content)


@overload
def version(session: Session, kind: Literal["screening"], version: str) -> ScreeningRubric: ...
@overload
def version(session: Session, kind: Literal["grading"], version: str) -> GradingRubric: ...
@overload
def version(session: Session, kind: Literal["readiness"], version: str) -> ReadinessRubric: ...
@overload
def version(session: Session, kind: str, version: str) -> Rubric: ...
def version(session: Session, kind: str, version: str) -> Rubric:
    """The rubric that decisions of *version* were made under, or `NotFound`."""
    return parse_rubric(content(session, kind, version))


def content(session: Session, kind: str, version: str) -> Mapping[str, Any]:
    """The plain data of one version, or `NotFound`."""
    if (kind, version) in shipped_data():
        return shipped_data()[kind, version]
    row = session.scalar(
        sa.select(RubricVersion).where(RubricVersion.kind == kind, RubricVersion.version == version)
    )
    if row is None:
        raise NotFound
    return row.content


def current_version(session: Session, kind: str) -> str:
    """The name of the version in force."""
    row = _newest(session, kind)
    return shipped_versions(kind)[-1] if row is None else row.version


def make_version(
    ctx: Context, kind: str, base: str, changed: Mapping[str, Any], *, note: str, seen: str
) -> RubricVersion:
    """Put a changed rubric in force from now on.

    Decisions and scores that are under way keep the version they were begun with.

    Parameters
    ----------
    base : str
        The version that was edited.
    changed : Mapping
        The whole rubric as it is to be, in the form of the files that ship.
    note : str
        Why it changes; required.
    seen : str
        The version that was in force when editing began.

    Raises
    ------
    StaleVersion
        If somebody has put another version in force since.
    InvalidInput
        If the note is missing, nothing differs, or the rubric has faults; ``fields`` has each
        fault under its dotted path.
    """
    ctx.require(may_edit_rubrics)
    ctx.lock_actor()
    before = content(ctx.session, kind, base)
    newest = _newest(ctx.session, kind)
    if newest is not None and newest.version != seen and _same(newest.content, changed):
        return newest  # A second click.
    if current_version(ctx.session, kind) != seen:
        raise StaleVersion
    _check(changed, before, base == seen, note)
    name = _next_version(ctx.session, kind)
    row = RubricVersion(
        kind=kind,
        version=name,
        base=base,
        content={**copy.deepcopy(dict(changed)), "kind": kind, "version": name},
        note=note.strip(),
        author_id=ctx.actor.id if ctx.actor else None,
    )
    ctx.session.add(row)
    ctx.record("rubric:edit", row, kind=kind, version=name, base=base, reason=note.strip())
    return row


def _check(
    changed: Mapping[str, Any], before: Mapping[str, Any], in_force: bool, note: str
) -> None:
    faults: dict[str, list[Message]] = {}
    if not note.strip():
        faults["note"] = [Message(N_("Say why the rubric changes."))]
    if len(note) > MAX_NOTE:
        text = N_("Please use at most %(max)d characters.")
        faults["note"] = [Message(text, {"max": MAX_NOTE})]
    try:
        parse_rubric(changed)
    except BadRubric as error:
        for fault in error.faults:
            faults.setdefault(fault.path, []).append(fault.message)
    if faults:
        raise InvalidInput(fields=faults)
    if in_force and _same(changed, before):
        raise InvalidInput(N_("Nothing differs from the version in force."))


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rubrics say the same, whatever their versions are called."""
    return {**one, "version": ""} == {**other, "version": ""}


def _newest(session: Session, kind: str) -> RubricVersion | None:
    statement = sa.select(RubricVersion).where(RubricVersion.kind == kind)
    return session.scalar(statement.order_by(RubricVersion.id.desc()).limit(1))


def _next_version(session: Session, kind: str) -> str:
    """The office's versions count up behind the newest that ships: 1.1, 1.2, …"""
    count = sa.select(sa.func.count(RubricVersion.id)).where(RubricVersion.kind == kind)
    return f"{shipped_versions(kind)[-1]}.{(session.scalar(count) or 0) + 1}"
