"""Who may start, read, publish and export match runs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import MatchRun, Role, User
from matchmaker.policies.base import Reason, permission

_OFFICERS_ONLY = N_("Only programme officers run and publish matchings.")


def _office(actor: User, *roles: Role) -> Reason:
    return None if actor.has_role(*roles) else _OFFICERS_ONLY


@permission("match_run:read")
def may_read_runs(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("Match runs are the programme office's.")


@permission("match_run:start")
def may_start_run(actor: User) -> Reason:
    """Programme officers."""
    return _office(actor, Role.OFFICER)


@permission("match_run:cancel")
def may_cancel_run(actor: User) -> Reason:
    """Programme officers."""
    return _office(actor, Role.OFFICER)


@permission("match_run:publish")
def may_publish_run(actor: User) -> Reason:
    """Programme officers."""
    return _office(actor, Role.OFFICER)


@permission("match_run:export")
def may_export_run(actor: User) -> Reason:
    """Programme officers and administrators."""
    return may_read_runs(actor)


def visible_match_runs(actor: User | None) -> sa.ColumnElement[bool]:
    """The runs *actor* may know of: all for the office, none for anybody else."""
    if actor is not None and may_read_runs.allows(actor):
        return sa.true()
    return MatchRun.id.in_(())
