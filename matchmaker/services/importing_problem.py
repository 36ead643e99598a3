"""Bring problems in: through the rules of the pages, and along the workflow to their state."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from matchmaker.clock import utcnow
from matchmaker.competency import Requirement, detect_language
from matchmaker.i18n import N_
from matchmaker.models import GRADES, Call, Organization, OrganizationMember, Problem, User
from matchmaker.policies.scope import is_national
from matchmaker.record_values import language
from matchmaker.records import ProblemRecord, TeamRecord
from matchmaker.services import problem as problems
from matchmaker.services.context import Context
from matchmaker.services.importing import (
    Change,
    as_moment,
    find_person,
    limit_length,
    refer,
    refuse,
    sector_of,
)
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

DATA_KEYS = ("description_zh", "description_en", "formats", "volume", "personal_data")
#: What the pages note beside a problem's text; a record carries it under "extra".
NOTED = ("submitted_at", "published_at", "office_note")


def take_problem(ctx: Context, record: ProblemRecord) -> Change:
    """Bring in a problem and, if it is new, take it along the workflow to its state."""
    limit_length("id", record.id, 100)
    call, organization = _call_of(ctx, record), _organization_of(ctx, record)
    values, state = _values(ctx, record), _state(record)
    path = PROBLEM_WORKFLOW.path(state or PROBLEM_WORKFLOW.initial)
    _check_path(record, values, path)
    row = ctx.session.scalar(sa.select(Problem).where(Problem.external_id == record.id))
    if row is not None:
        return _compare(ctx, record, row, values, state or row.state, call, organization)
    row = problems.create(
        ctx,
        organization_id=organization.id,
        call_id=call.id,
        values=values,
        external_id=record.id,
    )
    row.author_id = _author(ctx, record, organization)
    _walk(ctx, record, row, path)
    ctx.session.flush()  # What the state demands of the other columns is checked row by row.
    return Change.CREATED


def _compare(
    ctx: Context,
    record: ProblemRecord,
    row: Problem,
    values: ProblemValues,
    state: ProblemState,
    call: Call,
    organization: Organization,
) -> Change:
    """Change a problem that is there already, as far as its owner could."""
    if row.state is not state:
        raise refuse(
            "state",
            N_("it is %(now)s here; only the pages lead from one state to another"),
            now=row.state.value,
        )
    if row.organization_id != organization.id:
        raise refuse("organization", N_("the problem belongs to another organization here"))
    values = replace(values, intake=row.intake)  # A record has no answers to the guide.
    if _in_order(values_of(row)) == _in_order(values) and row.call_id == call.id:
        return Change.UNCHANGED
    problems.update(ctx, row.id, values, call_id=call.id)
    return Change.UPDATED


def _in_order(values: ProblemValues) -> ProblemValues:
    """*values* with requirements in one order: theirs means nothing."""
    needs = sorted(values.requirements, key=lambda need: need.competency)
    return replace(values, requirements=tuple(needs))


def _call_of(ctx: Context, record: ProblemRecord) -> Call:
    if record.call is not None:
        return refer(ctx, Call, record.call, "call")
    now = utcnow()
    running = ctx.session.scalars(
        sa.select(Call).where(Call.opens_at <= now, Call.closes_at > now, is_national(Call.id))
    )
    found = running.all()
    if len(found) != 1:
        raise refuse("call", N_("say which call it belongs to: there is not just one running"))
    return found[0]


def _organization_of(ctx: Context, record: ProblemRecord) -> Organization:
    if record.organization is None:
        raise refuse("organization", N_("say whose problem it is"))
    return refer(ctx, Organization, record.organization, "organization")


def _values(ctx: Context, record: ProblemRecord) -> ProblemValues:
    given: dict[str, Any] = texts_of(record, ("title", "text")) | _data(record.data)
    return ProblemValues(
        sector=sector_of(record.sector),
        region=record.region,
        techniques=tuple(dict.fromkeys(record.techniques)),
        requirements=tuple(
            Requirement(need.competency, need.level, need.importance)
            for need in record.requirements
        ),
        teams_wanted=1 if record.capacity is None else record.capacity,
        deadline_at=as_moment(ctx, record.deadline) if record.deadline else None,
        contact_name=(record.contact.name or "") if record.contact else "",
        contact_email=(record.contact.email or "") if record.contact else "",
        **given,
    )


def texts_of(record: ProblemRecord | TeamRecord, names: tuple[str, ...]) -> dict[str, str]:
    """The texts *names* of a record by column: ``title_zh``, ``title_en`` and so on."""
    own = language(record.lang) or detect_language(
        "\n".join(getattr(record, name) or "" for name in names)
    )
    if own is None and any(getattr(record, name) for name in names):
        raise refuse("lang", N_("say in which language the record is: zh or en"))
    columns = {f"{name}_{lang}": "" for name in names for lang in ("zh", "en")}
    for name in names:
        if getattr(record, name):
            columns[f"{name}_{own}"] = getattr(record, name)
    for tag, texts in record.translations.items():
        lang = language(tag)
        if lang is None or lang == own:
            raise refuse("translations", N_("%(tag)s is not the other one of zh and en"), tag=tag)
        for name in names:
            columns[f"{name}_{lang}"] = getattr(texts, name)
    return columns


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """What a record says of the owner's data, as the pages keep it."""
    for key in data:
        if key not in DATA_KEYS:
            raise refuse("data", N_("unknown key %(key)s"), key=key)
    formats = data.get("formats") or []
    if not isinstance(formats, list) or not all(isinstance(item, str) for item in formats):
        raise refuse("data.formats", N_("it has to be a list of names"))
    if not isinstance(data.get("personal_data"), bool | None):
        raise refuse("data.personal_data", N_("it has to be true or false"))
    for key in ("description_zh", "description_en", "volume"):
        if not isinstance(data.get(key), str | None):
            raise refuse(f"data.{key}", N_("it has to be a text"))
    return {
        "data_zh": data.get("description_zh") or "",
        "data_en": data.get("description_en") or "",
        "data_formats": tuple(formats),
        "data_volume": data.get("volume") or "",
        "has_personal_data": data.get("personal_data"),
    }


def _state(record: ProblemRecord) -> ProblemState | None:
    if record.state is None:
        return None
    try:
        return ProblemState(record.state)
    except ValueError as error:
        known = ", ".join(ProblemState)
        raise refuse("state", N_("choose one of %(known)s"), known=known) from error


def _author(ctx: Context, record: ProblemRecord, organization: Organization) -> int | None:
    """The contact is taken for the author if they belong to the organization."""
    if record.contact is None or not record.contact.email:
        return None
    user: User | None = find_person(ctx, record.contact.email)
    if user is None:
        return None
    belongs = sa.exists().where(
        OrganizationMember.organization_id == organization.id,
        OrganizationMember.user_id == user.id,
    )
    return user.id if ctx.session.scalar(sa.select(belongs)) else None


def _check_path(record: ProblemRecord, values: ProblemValues, path: list[ProblemAction]) -> None:
    """Refuse a record that lacks what its state demands."""
    if record.grade is not None and record.grade not in GRADES:
        raise refuse("grade", N_("choose one of %(known)s"), known=", ".join(GRADES))
    if ProblemAction.GRADE in path and record.grade is None:
        raise refuse(
            "grade", N_("a problem in the state %(state)s needs a grade"), state=record.state
        )
    if ProblemAction.SUBMIT in path and not (values.title_zh or values.title_en):
        raise refuse(
            "title", N_("a problem in the state %(state)s needs a title"), state=record.state
        )


def _walk(ctx: Context, record: ProblemRecord, row: Problem, path: list[ProblemAction]) -> None:
    """Take every action of *path*, with the columns and the audit event it asks for."""
    noted, moment = _noted(ctx, record), _moment(row.call)
    submitted = moment if ProblemAction.SUBMIT in path else None
    published = moment if ProblemAction.PUBLISH in path else None
    row.grade, row.office_note = record.grade, noted.get("office_note", "")
    row.submitted_at = noted.get("submitted_at", submitted)
    row.published_at = noted.get("published_at", published)
    for action in path:
        before = row.apply(action)
        ctx.record(f"problem:{action}", row, before=before, after=row.state, reason="")


def _noted(ctx: Context, record: ProblemRecord) -> dict[str, Any]:
    """The moments and the office's note that a record carries under "extra"."""
    found: dict[str, Any] = {key: record.extra[key] for key in NOTED if key in record.extra}
    for key in ("submitted_at", "published_at"):
        if key in found:
            try:
                found[key] = as_moment(ctx, _MOMENT.validate_python(found[key]))
            except ValidationError as error:
                raise refuse(
                    f"extra.{key}", N_("it has to be a moment such as 2026-11-22T09:00:00+08:00")
                ) from error
    return found


_MOMENT: TypeAdapter[dt.datetime] = TypeAdapter(dt.datetime)


def _moment(call: Call) -> dt.datetime:
    """When it happened, if nobody knows: now, or in the call's days if they are over."""
    now = utcnow()
    return now if call.opens_at <= now <= call.closes_at else call.opens_at
