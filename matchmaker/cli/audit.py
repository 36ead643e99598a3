"""`matchmaker audit`: is the audit trail whole?"""

from __future__ import annotations

import click

from matchmaker.cli.common import open_database, tell, tell_json
from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.settings import Settings


@click.group()
def audit() -> None:
    """Check the audit trail."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(as_json: bool) -> None:
    """Walk the whole chain; exit status 1 if an event was changed, removed or slipped in."""
    from matchmaker.services.audit import verify as walk

    with open_database(Settings.from_environ()) as sessions, sessions() as session:
        report = walk(session)
    if as_json:
        tell_json(
            {
                "whole": report.broken_id is None,
                "events": report.n_events,
                "broken_id": report.broken_id,
            }
        )
    elif report.broken_id is None:
        tell(N_("The audit trail is whole. Events: %(count)s."), count=report.n_events)
    if report.broken_id is not None:
        raise Conflict(
            N_(
                "The audit trail was tampered with at event %(id)s; the %(count)s before it are in order. "
                "Compare with a backup."
            ),
            id=report.broken_id,
            count=report.n_events,
        )
