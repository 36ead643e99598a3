"""Who may start, read, publish and export match runs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Call, MatchRun, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import read_by_office, runs_a_call, why_not_office

_OFFICERS_ONLY = N_("Only programme officers run and publish matchings.")


@permission("match_run:read")
def may_read_runs(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their own call."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or runs_a_call(actor):
        return None
    return N_("Match runs are the programme office's.")


@permission("match_run:start")
def may_start_run(actor: User, call: Call) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, call, _OFFICERS_ONLY)


@permission("match_run:cancel")
def may_cancel_run(actor: User, run: MatchRun) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, run.call, _OFFICERS_ONLY)


@permission("match_run:publish")
def may_publish_run(actor: User, run: MatchRun) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, run.call, _OFFICERS_ONLY)


@permission("match_run:export")
def may_export_run(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their own call."""
    return may_read_runs(actor)


def visible_match_runs(actor: User | None) -> sa.ColumnElement[bool]:
    """The runs *actor* may know of: those of calls they see with the office's eyes."""
    return read_by_office(actor, MatchRun.call_id)
