"""Learn from an entry of the catalogue: enrol, attend, hand in, be assessed.

Attendance is noted and is no evidence. Only what was handed in and passed becomes evidence, at the
level that the assessor saw in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import Enrolment, EnrolmentEvent, Evidence, EvidenceKind
from matchmaker.policies.enrolment import may_assess, may_change, may_enrol
from matchmaker.queries import enrolment as queries
from matchmaker.queries import learning_resource as resources
from matchmaker.queries.level_piece import today
from matchmaker.services import evidence
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.enrolment import EnrolmentAction, EnrolmentState
from matchmaker.workflows.evidence import REVIEWED_STATES, EvidenceAction

MAX_URL = 500
MAX_NOTE = 4_000
MAX_REASON = 600
#: What is handed in is shown by an address, or told in at least this many characters.
LEAST_NOTE = 40
LEAST_REASON = 15
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z")


def enrol(ctx: Context, resource_id: int) -> Enrolment:
    """The actor takes an entry up; who is at it already, or has done it, stays as they are."""
    actor = ctx.signed_in
    ctx.lock_actor()
    resource = resources.get_resource(ctx.session, actor, resource_id)
    found = queries.find_own(ctx.session, actor.id, resource.id)
    if found is not None and found.state is not EnrolmentState.WITHDRAWN:
        return found
    ctx.require(may_enrol, resource)
    if found is None:
        found = Enrolment(user_id=actor.id, resource=resource)
        ctx.session.add(found)
        ctx.record("enrolment:create", found, resource=resource.code)
        _note(ctx, found, EnrolmentAction.ENROL)
    else:
        _take(ctx, found, EnrolmentAction.ENROL)
    return found


def attend(ctx: Context, enrolment_id: int, version: int) -> Enrolment:
    """The actor was there: noted, and no evidence of anything."""
    row = _own(ctx, enrolment_id)
    if row.state is EnrolmentState.ATTENDED:
        return row  # A second click.
    _check_version(row, version)
    return _take(ctx, row, EnrolmentAction.ATTEND)


def withdraw(ctx: Context, enrolment_id: int, version: int) -> Enrolment:
    """The actor gives it up; they may come back."""
    row = _own(ctx, enrolment_id)
    if row.state is EnrolmentState.WITHDRAWN:
        return row
    _check_version(row, version)
    return _take(ctx, row, EnrolmentAction.WITHDRAW)


def hand_in(
    ctx: Context, enrolment_id: int, version: int, *, url: str = "", note: str = ""
) -> Enrolment:
    """The actor hands in what is to be assessed."""
    row, url, note = _own(ctx, enrolment_id), url.strip(), note.strip()
    if row.state is EnrolmentState.HANDED_IN and (row.url, row.note) == (url, note):
        return row
    if not row.resource.is_assessed:
        raise InvalidTransition(
            N_(
                "Nothing is handed in here: who attended has attended. It is no evidence of a level."
            )
        )
    _check_version(row, version)
    _check_handed_in(url, note)
    row.url, row.note, row.handed_in_at = url, note, utcnow()
    return _take(ctx, row, EnrolmentAction.HAND_IN)


def _check_handed_in(url: str, note: str) -> None:
    faults: dict[str, list[Message]] = {}
    if len(url) > MAX_URL or (url and not _ADDRESS.match(url)):
        text = N_("Write the whole address, beginning with https://.")
        faults["url"] = [Message(text)]
    if not url and len(note) < LEAST_NOTE:
        text = N_("Give an address, or tell in at least %(least)s characters what you made.")
        faults["note"] = [Message(text, {"least": LEAST_NOTE})]
    if len(note) > MAX_NOTE:
        text = N_("Please use at most %(max)d characters.")
        faults["note"] = [Message(text, {"max": MAX_NOTE})]
    if faults:
        raise InvalidInput(fields=faults)


def assess(
    ctx: Context,
    enrolment_id: int,
    version: int,
    *,
    is_passed: bool,
    reason: str,
    levels: Mapping[str, int],
    score: int | None = None,
) -> Enrolment:
    """Say whether what was handed in passes, and which levels it shows."""
    row = _to_assess(ctx, enrolment_id)
    goal = EnrolmentState.PASSED if is_passed else EnrolmentState.NOT_PASSED
    reason = reason.strip()
    if row.state is goal and row.reason == reason:
        return row  # A second click.
    _check_version(row, version)
    shown = dict(levels) if is_passed else {}
    _check_result(row, reason, shown, score, is_passed=is_passed)
    row.reason, row.score, row.levels = reason, score, shown
    row.assessor_id, row.assessed_at = ctx.actor.id if ctx.actor else None, utcnow()
    action = EnrolmentAction.ACCEPT if is_passed else EnrolmentAction.RETURN
    _take(ctx, row, action, levels=shown, score=score, reason=reason)
    _count(ctx, row)
    _tell(ctx, row, "enrolment.passed" if is_passed else "enrolment.not_passed", reason)
    return row


def _check_result(
    row: Enrolment, reason: str, levels: Mapping[str, int], score: int | None, *, is_passed: bool
) -> None:
    faults: dict[str, list[Message]] = {}
    if not LEAST_REASON <= len(reason) <= MAX_REASON:
        text = N_("Say why in %(least)s to %(most)s characters: the person reads it.")
        faults["reason"] = [Message(text, {"least": LEAST_REASON, "most": MAX_REASON})]
    if score is not None and not 0 <= score <= 100:
        faults["score"] = [Message(N_("Give points from 0 to 100, or none."))]
    if is_passed and (wrong := _wrong_levels(row, levels)):
        faults["levels"] = wrong
    if faults:
        raise InvalidInput(fields=faults)


def _wrong_levels(row: Enrolment, levels: Mapping[str, int]) -> list[Message]:
    """A course shows no more than it prepares for, in what it teaches."""
    most = {part["competency"]: int(part["to"]) for part in row.resource.teaches}
    if not levels:
        return [Message(N_("Say for at least one competency which level the work shows."))]
    text = N_("%(name)s: choose a level from 1 to %(most)s, which is what the course prepares for.")
    return [
        Message(text, {"name": name, "most": most.get(name, 0)})
        for name, level in levels.items()
        if not 1 <= level <= most.get(name, 0)
    ]


def revoke(ctx: Context, enrolment_id: int, version: int, *, reason: str) -> Enrolment:
    """Take a result back that was given by mistake; what came of it counts no more."""
    row = _to_assess(ctx, enrolment_id)
    if row.state is EnrolmentState.HANDED_IN:
        return row
    _check_version(row, version)
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= MAX_REASON:
        text = N_("Say why in %(least)s to %(most)s characters: the person reads it.")
        params = {"least": LEAST_REASON, "most": MAX_REASON}
        raise InvalidInput(fields={"reason": [Message(text, params)]})
    _uncount(ctx, row, reason)
    row.levels, row.score, row.reason = {}, None, ""
    _take(ctx, row, EnrolmentAction.REVOKE, reason=reason)
    _tell(ctx, row, "enrolment.revoked", reason)
    return row


def _count(ctx: Context, row: Enrolment) -> None:
    """What was passed becomes evidence of each level that was seen in it."""
    for competency, level in row.levels.items():
        evidence.record_course(
            ctx,
            row.user_id,
            competency=competency,
            level=level,
            obtained_on=today(),
            title=row.resource.title(language_of(row.user.locale)),
            url=row.url,
            facts=_source(row),
        )


def _source(row: Enrolment) -> dict[str, Any]:
    """Which result a piece of evidence comes from: an enrolment, and how often it had been assessed."""
    steps = [event.action for event in row.events]
    return {"enrolment": row.id, "round": steps.count(EnrolmentAction.ACCEPT)}


def _uncount(ctx: Context, row: Enrolment, reason: str) -> None:
    statement = sa.select(Evidence).where(
        Evidence.user_id == row.user_id,
        Evidence.kind == EvidenceKind.COURSE,
        Evidence.state.in_(REVIEWED_STATES),
    )
    for piece in ctx.session.scalars(statement):
        if piece.facts.get("enrolment") != row.id:
            continue
        piece.reason = reason
        before = piece.apply(EvidenceAction.REJECT)
        ctx.record("evidence:reject", piece, before=before, after=piece.state)
        refresh(ctx.session, [row.user_id], cause="evidence:reject", cause_id=piece.id)


def _take(ctx: Context, row: Enrolment, action: EnrolmentAction, **facts: Any) -> Enrolment:
    before = row.apply(action)
    about = {"resource": row.resource.code, **facts}
    ctx.record(f"enrolment:{action.value}", row, before=before, after=row.state, **about)
    _note(ctx, row, action)
    return row


def _note(ctx: Context, row: Enrolment, action: EnrolmentAction) -> None:
    actor_id = ctx.actor.id if ctx.actor else None
    row.events.append(EnrolmentEvent(action=action, user_id=actor_id, score=row.score))
    ctx.session.flush()  # The version a page shows next counts this step.


def _own(ctx: Context, enrolment_id: int) -> Enrolment:
    row = queries.get_enrolment(ctx.session, ctx.actor, enrolment_id, lock=True)
    ctx.require(may_change, row)
    return row


def _to_assess(ctx: Context, enrolment_id: int) -> Enrolment:
    row = queries.get_enrolment(ctx.session, ctx.actor, enrolment_id, lock=True)
    ctx.require(may_assess, row)
    return row


def _check_version(row: Enrolment, version: int) -> None:
    if row.version != version:
        raise StaleVersion


def _tell(ctx: Context, row: Enrolment, kind: str, note: str) -> None:
    title = row.resource.title(language_of(row.user.locale))
    url = f"{ctx.settings.base_url}/learning/mine"
    ctx.send_mail(kind, row.user, about=row, title=title, note=note, url=url)


def forget(session: Session, user_id: int) -> None:
    """Take what a person wrote and showed out of their enrolments; the figures stay."""
    told = {"url": "", "note": "", "reason": ""}
    statement = sa.update(Enrolment).where(Enrolment.user_id == user_id)
    session.execute(statement.values(**told, version=Enrolment.version + 1))
