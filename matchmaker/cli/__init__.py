"""The `matchmaker` command."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from matchmaker import __version__
from matchmaker.errors import MatchmakerError

#: Command -> module and object; imported only when called, so that every command starts fast.
COMMANDS = {
    "audit": ("matchmaker.cli.audit", "audit"),
    "db": ("matchmaker.cli.db", "db"),
    "demo": ("matchmaker.cli.demo", "demo"),
    "doctor": ("matchmaker.cli.doctor", "doctor"),
    "evaluate": ("matchmaker.cli.ranking", "evaluate_command"),
    "export": ("matchmaker.cli.data", "export_command"),
    "import": ("matchmaker.cli.data", "import_command"),
    "rank": ("matchmaker.cli.ranking", "rank_command"),
    "serve": ("matchmaker.cli.serve", "serve"),
    "user": ("matchmaker.cli.user", "user"),
    "worker": ("matchmaker.cli.serve", "worker"),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="matchmaker")
def cli() -> None:
    """Industry sets the problem, talent solves it: run the programme, or use the matcher on files."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; a known error ends as one clear line and exit status 1."""
    try:
        return cli.main(args=arguments, prog_name="matchmaker", standalone_mode=True)
    except MatchmakerError as error:
        click.echo(f"matchmaker: {error}", err=True)
        sys.exit(1)
