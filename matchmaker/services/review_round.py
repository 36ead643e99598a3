"""How the office runs the review of a call: prepare, ask, discuss, end; and what it is judged by."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matchmaker.assessment.review_rubric import review_rubric_faults
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    Call,
    Job,
    ReviewAssignment,
    ReviewRound,
    ReviewRubricVersion,
)
from matchmaker.policies.review_round import may_manage_round
from matchmaker.queries import review_round as queries
from matchmaker.queries.call_rules import is_open
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited, needed
from matchmaker.services.review_record import seats_by_reviewer, write_to_reader
from matchmaker.workflows.application import ApplicationAction, ApplicationState
from matchmaker.workflows.job import JobState
from matchmaker.workflows.review_assignment import DUE_STATES, ReviewAssignmentState
from matchmaker.workflows.review_round import ReviewRoundAction, ReviewRoundState

READERS = (1, 5)
APART = (5, 100)
MAX_NOTE = 1000


@dataclass(frozen=True, kw_only=True)
class RoundValues:
    """What the office sets: readers for each application, what counts as apart, the deadline."""

    readers: int | None = 2
    totals_apart: int | None = 20
    due_at: datetime | None = None


def find_call(ctx: Context, call_id: int) -> Call:
    """The call, if the actor runs its review."""
    call = (
        ctx.session.get(Call, call_id)
        if ctx.trusted
        else queries.get_call(ctx.session, ctx.actor, call_id)
    )
    if call is None:
        raise NotFound
    ctx.require(may_manage_round, call)
    return call


def find_round(ctx: Context, call_id: int, version: int | None = None) -> ReviewRound:
    """The review of a call, locked for this transaction; of the *version* the actor has seen."""
    find_call(ctx, call_id)
    found = queries.round_of(ctx.session, call_id, lock=True)
    if found is None:
        raise Conflict(N_("Set first how many read each application, and by when."))
    if version is not None and found.version != version:
        raise StaleVersion
    return found


def prepare(ctx: Context, call_id: int, values: RoundValues, *, version: int) -> ReviewRound:
    """Set how many read each application and by when; *version* is 0 before the first time."""
    call = find_call(ctx, call_id)
    ctx.lock_actor()
    found = queries.round_of(ctx.session, call_id, lock=True)
    readers, apart, due_at = _checked(values, found)
    if found is None:
        found = ReviewRound(call=call)
        ctx.session.add(found)
    elif (found.readers, found.totals_apart, found.due_at) == (readers, apart, due_at):
        return found  # A second click.
    elif found.version != version:
        raise StaleVersion
    if found.state is ReviewRoundState.CLOSED:
        raise InvalidTransition
    found.readers, found.totals_apart, found.due_at = readers, apart, due_at
    for row in _still_due(ctx, call_id):
        row.due_at, row.reminded_at = due_at, None
    ctx.record("review_round:prepare", found, readers=readers, apart=apart, due=due_at.isoformat())
    return found


def _checked(values: RoundValues, found: ReviewRound | None) -> tuple[int, int, datetime]:
    faults = {}
    for name, given, (low, high) in (
        ("readers", values.readers, READERS),
        ("totals_apart", values.totals_apart, APART),
    ):
        if given is None or not low <= given <= high:
            text = N_("Choose a number from %(low)s to %(high)s.")
            faults[name] = [Message(text, {"low": low, "high": high})]
    is_kept = found is not None and found.due_at == values.due_at
    if values.due_at is None:
        faults["due_at"] = [Message(N_("Say by when reviews are to be handed in."))]
    elif values.due_at <= utcnow() and not is_kept:
        faults["due_at"] = [Message(N_("This time has passed already."))]
    if faults or values.readers is None or values.totals_apart is None or values.due_at is None:
        raise InvalidInput(fields=faults)
    return values.readers, values.totals_apart, values.due_at


def _still_due(ctx: Context, call_id: int) -> list[ReviewAssignment]:
    statement = (
        sa.select(ReviewAssignment)
        .join(Application, Application.id == ReviewAssignment.application_id)
        .where(Application.call_id == call_id, ReviewAssignment.state.in_(DUE_STATES))
    )
    return list(ctx.session.scalars(statement))


def propose(ctx: Context, call_id: int) -> Job:
    """Have the matcher compare every reviewer's expertise with every application."""
    found = find_round(ctx, call_id)
    if found.state is ReviewRoundState.CLOSED:
        raise InvalidTransition
    if found.job is not None and found.job.state in (JobState.QUEUED, JobState.RUNNING):
        return found.job  # A second click.
    job = ctx.enqueue("review_round.propose", call_id=call_id)
    found.job_id = job.id
    ctx.record("review_round:propose", found)
    return job


def start(ctx: Context, call_id: int, *, version: int) -> ReviewRound:
    """Ask the reviewers: from now on they read, and teams change nothing any more."""
    found = find_round(ctx, call_id)
    if found.state is ReviewRoundState.SCORING:
        return found  # A second click.
    if found.version != version:
        raise StaleVersion
    _check_start(ctx, found)
    before = found.apply(ReviewRoundAction.START)
    found.started_at = utcnow()
    found.rubric_number = queries.rubric_content(ctx.session, call_id)[0]
    seats = seats_by_reviewer(ctx, call_id, (ReviewAssignmentState.ASSIGNED,))
    for row in {seat.application for held in seats.values() for seat in held}:
        begin_review(ctx, row)
    for held in seats.values():
        write_to_reader(ctx, held[0], "application_review.asked", count=len(held))
    ctx.record("review_round:start", found, before=before, after=found.state, people=len(seats))
    return found


def _check_start(ctx: Context, found: ReviewRound) -> None:
    if found.due_at is None or found.due_at <= utcnow():
        raise Conflict(N_("The time by which reviews are due has passed: set a later one."))
    held = seats_by_reviewer(ctx, found.call_id, (ReviewAssignmentState.ASSIGNED,))
    if not held:
        raise Conflict(N_("Name at least one reader first."))
    for application in {seat.application for seats in held.values() for seat in seats}:
        check_final(ctx, application)


def is_final(ctx: Context, application: Application) -> bool:
    """Whether the team can no longer change what it handed in."""
    rules = queries.rules_of(ctx.session, application.call_id)
    is_in = application.state is not ApplicationState.SUBMITTED
    return is_in or not is_open(rules, application.problem)


def check_final(ctx: Context, application: Application) -> None:
    """Refuse to have something read that the team may still change."""
    if not is_final(ctx, application):
        raise Conflict(
            N_("The team can still change the application %(number)s: wait for the deadline."),
            number=application.number,
        )


def begin_review(ctx: Context, application: Application) -> None:
    """The application is read from now on."""
    if application.state is ApplicationState.SUBMITTED:
        before = application.apply(ApplicationAction.BEGIN_REVIEW)
        ctx.record("application:begin_review", application, before=before, after=application.state)


def discuss(ctx: Context, call_id: int, *, version: int) -> ReviewRound:
    """Let readers who have handed in see the others' points, and talk."""
    found = _move(ctx, call_id, ReviewRoundAction.DISCUSS, version)
    held = seats_by_reviewer(ctx, call_id, (ReviewAssignmentState.SUBMITTED,))
    for seats in held.values():
        write_to_reader(ctx, seats[0], "application_review.discuss", count=len(seats))
    return found


def score_again(ctx: Context, call_id: int, *, reason: str, version: int) -> ReviewRound:
    """Close the discussion again: readers see their own points alone."""
    return _move(ctx, call_id, ReviewRoundAction.SCORE_AGAIN, version, needed(reason))


def close(ctx: Context, call_id: int, *, version: int) -> ReviewRound:
    """End the review: points are fixed, and what was not handed in lapses."""
    found = _move(ctx, call_id, ReviewRoundAction.CLOSE, version)
    found.closed_at = utcnow()
    return found


def reopen(ctx: Context, call_id: int, *, reason: str, version: int) -> ReviewRound:
    """Take the end back, with a reason on record."""
    found = _move(ctx, call_id, ReviewRoundAction.REOPEN, version, needed(reason))
    found.closed_at = None
    return found


def _move(
    ctx: Context, call_id: int, action: ReviewRoundAction, version: int, reason: str = ""
) -> ReviewRound:
    found = find_round(ctx, call_id, version)
    before = found.apply(action)
    facts = {"reason": reason} if reason else {}
    ctx.record(f"review_round:{action}", found, before=before, after=found.state, **facts)
    return found


def change_rubric(
    ctx: Context, call_id: int, content: Mapping[str, Any], *, note: str, seen: int
) -> ReviewRubricVersion:
    """Make a new version of what a call's applications are judged by; before reviewers are asked."""
    call = find_call(ctx, call_id)
    ctx.lock_actor()
    found = queries.round_of(ctx.session, call_id, lock=True)
    if found is not None and found.started_at is not None:
        raise Conflict(N_("Reviewers are scoring by this rubric already: it stays as it is."))
    number, now = queries.rubric_content(ctx.session, call_id)
    changed = {"criteria": copy.deepcopy(list(content["criteria"]))}
    if number == seen + 1 and changed == dict(now):
        return queries.rubric_versions(ctx.session, call_id)[0]  # A second click.
    if number != seen:
        raise StaleVersion
    note = _check_rubric(changed, dict(now), note)
    row = ReviewRubricVersion(
        call_id=call.id,
        number=number + 1,
        content=changed,
        note=note,
        author_id=ctx.actor.id if ctx.actor else None,
    )
    ctx.session.add(row)
    ctx.record("review_round:edit_rubric", row, number=row.number, reason=note)
    return row


def _check_rubric(changed: dict[str, Any], now: dict[str, Any], note: str) -> str:
    faults: dict[str, list[Message]] = {}
    for fault in review_rubric_faults(changed):
        faults.setdefault(fault.path, []).append(fault.message)
    kept = limited(note, "note", maximum=MAX_NOTE)
    if not kept:
        faults["note"] = [Message(N_("Say why the rubric changes."))]
    if faults:
        raise InvalidInput(fields=faults)
    if changed == now:
        raise InvalidInput(N_("Nothing differs from the version in force."))
    return kept
