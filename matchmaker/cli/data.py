"""`matchmaker import`, `export`, `backup` and `restore`: rows and everything, in and out of files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import open_database, progress_bar, say, tell, tell_json
from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from matchmaker.records import BadRecords
    from matchmaker.services.importing import Outcome

NOUN = click.Choice(["calls", "organizations", "people", "problems", "teams"])
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("noun", type=NOUN)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def import_command(
    context: click.Context, noun: str, file: Path, dry_run: bool, as_json: bool
) -> None:
    """Read FILE (.jsonl, .csv or .xlsx): all of its rows, or none if one is wrong.

    Rows are known by their id: those that are there already are brought up to date. Import calls
    and organizations first, then people, then problems and teams.
    """
    from matchmaker.records import BadRecords

    try:
        outcome = _bring_in(noun, file, dry_run=dry_run)
    except BadRecords as error:
        _tell_faults(error, file, as_json=as_json)
        context.exit(1)
    _tell_outcome(noun, outcome, dry_run=dry_run, as_json=as_json)


def _bring_in(noun: str, file: Path, *, dry_run: bool) -> Outcome:
    from matchmaker.db import mark_writing
    from matchmaker.services.context import Context
    from matchmaker.services.importing import import_file
    from matchmaker.services.nouns import NOUNS

    settings = Settings.from_environ()
    wanted = NOUNS[noun]
    with open_database(settings) as sessions, sessions() as session, progress_bar(noun) as progress:
        mark_writing(session)
        context = Context(session, settings, trusted=True)
        outcome = import_file(context, file, wanted.record, wanted.take, progress)
        if not dry_run:
            session.commit()
    return outcome


def _tell_faults(error: BadRecords, file: Path, *, as_json: bool) -> None:
    if as_json:
        faults = [{"line": fault.line, "message": say(fault.message)} for fault in error.errors]
        tell_json({"file": str(file), "errors": faults})
        return
    click.echo(
        say(
            N_("matchmaker: nothing was imported from %(file)s. Faults: %(count)s."),
            file=str(file),
            count=len(error.errors),
        ),
        err=True,
    )
    for fault in error.errors:
        click.echo(f"  {say(fault.located)}", err=True)


def _tell_outcome(noun: str, outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
    counts = {change.value: count for change, count in outcome.counts.items()}
    if as_json:
        tell_json({"noun": noun, "dry_run": dry_run, **counts})
        return
    if outcome.nothing_new:
        tell(N_("Nothing to do: all %(count)s rows are there already."), count=outcome.total)
        return
    tell(N_("New: %(created)s. Changed: %(updated)s. As they were: %(unchanged)s."), **counts)
    if dry_run:
        tell(N_("This was a dry run: nothing was written."))


@click.command("export")
@click.argument("noun", type=NOUN)
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def export_command(noun: str, file: Path, force: bool, as_json: bool) -> None:
    """Write every row to FILE (.jsonl, .csv or .xlsx), in the form that import reads.

    The file may hold names and addresses of people: only you can read it, keep it so.
    """
    from matchmaker.db import unit_of_work
    from matchmaker.reports.export import records_of
    from matchmaker.services.nouns import NOUNS

    if file.exists() and not force:
        raise Conflict(N_("%(path)s exists already. To replace it, add --force."), path=str(file))
    with open_database(Settings.from_environ()) as sessions, unit_of_work(sessions) as session:
        records = records_of(session, noun)
    _write_privately(file, records, NOUNS[noun].record)
    if as_json:
        tell_json({"noun": noun, "file": str(file), "rows": len(records)})
    else:
        tell(N_("Rows written to %(file)s: %(count)s."), file=str(file), count=len(records))


def _write_privately(file: Path, records: list[Any], model: type[Any]) -> None:
    """Write beside *file* and put it in place when whole; nobody else may read it."""
    from matchmaker.records import write_records

    draft = file.with_name(f".{os.getpid()}-{file.name}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        write_records(draft, records, model)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


@click.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def backup(file: Path, as_json: bool) -> None:
    """Write the embedded database and all files to FILE, a zip; the site may go on running."""
    from matchmaker.backup import write_backup

    manifest = write_backup(Settings.from_environ(), file)
    if as_json:
        tell_json(manifest)
    else:
        count = len(manifest["sha256"])
        tell(N_("Files written to %(file)s: %(count)s."), file=str(file), count=count)


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace the database that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Bring back what the backup FILE holds. Stop the site first; migrate afterwards."""
    from matchmaker.backup import restore_backup

    manifest = restore_backup(Settings.from_environ(), file, force=force)
    if as_json:
        tell_json(manifest)
        return
    tell(N_("Brought back the backup of %(moment)s."), moment=manifest["made_at"])
    tell(N_("Now run: matchmaker db upgrade"))
