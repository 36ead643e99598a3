"""The `matchmaker` command."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from matchmaker import __version__
from matchmaker.errors import MatchmakerError

#: Command -> module, object and what it does; imported only when called, so that every command starts fast.
COMMANDS = {
    "allocate": ("matchmaker.cli.allocation", "allocate_command", "Place teams, on files."),
    "audit": ("matchmaker.cli.audit", "audit", "Check the audit trail."),
    "backup": ("matchmaker.cli.data", "backup", "Write the database and all files to FILE."),
    "bench": ("matchmaker.cli.bench", "bench_command", "Measure the matcher on judged sets."),
    "db": ("matchmaker.cli.db", "db", "Migrate the database."),
    "demo": ("matchmaker.cli.demo", "demo", "Make a sample programme and serve it."),
    "doctor": ("matchmaker.cli.doctor", "doctor", "Check the installation; say what to do."),
    "evaluate": ("matchmaker.cli.evaluation", "evaluate_command", "Measure the matcher on labels."),
    "export": ("matchmaker.cli.data", "export_command", "Write rows to a file."),
    "import": ("matchmaker.cli.data", "import_command", "Read rows from a file."),
    "learn": ("matchmaker.cli.learning", "learn_command", "Learn weights from past decisions."),
    "rank": ("matchmaker.cli.ranking", "rank_command", "Rank teams for problems, on files."),
    "restore": ("matchmaker.cli.data", "restore", "Bring back what a backup holds."),
    "serve": ("matchmaker.cli.serve", "serve", "Serve the site and run its jobs."),
    "user": ("matchmaker.cli.user", "user", "Manage people's accounts."),
    "worker": ("matchmaker.cli.serve", "worker", "Run jobs until told to stop."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="matchmaker")
def cli() -> None:
    """Industry sets the problem, talent solves it: run the programme, or use the matcher on files."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; a known error ends as one clear line and exit status 1."""
    try:
        return cli.main(args=arguments, prog_name="matchmaker", standalone_mode=True)
    except MatchmakerError as error:
        from matchmaker.cli.common import say  # Needed on this path alone.

        click.echo(f"matchmaker: {say(error.message)}", err=True)
        sys.exit(1)
