"""`matchmaker user`: make accounts and manage them from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import open_database, say, tell, tell_json
from matchmaker.errors import InvalidInput
from matchmaker.i18n import LOCALES, N_
from matchmaker.models import ROLE_LABELS, AccountKind, Role, User
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from matchmaker.services.context import Context

ROLE = click.Choice([role.value for role in Role])


@contextmanager
def _operator() -> Iterator[Context]:
    """The operator's transaction; what a service finds wrong becomes one line that says what."""
    from matchmaker.db import unit_of_work
    from matchmaker.services.context import Context

    settings = Settings.from_environ()
    with open_database(settings) as sessions, unit_of_work(sessions) as session:
        try:
            yield Context(session, settings, trusted=True)
        except InvalidInput as error:
            found = [say(message) for messages in error.fields.values() for message in messages]
            if not found:
                raise
            raise InvalidInput(" ".join(found)) from error


@click.group()
def user() -> None:
    """Make accounts, give roles, block accounts, reset passwords."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", type=ROLE, multiple=True, help="A role; may be repeated.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in AccountKind]),
    default=AccountKind.STAFF.value,
    show_default=True,
    help="Which first page the person sees.",
)
@click.option(
    "--locale", type=click.Choice(LOCALES), default=LOCALES[-1], show_default=True, help="Language."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(
    email: str, name: str, roles: tuple[str, ...], kind: str, locale: str, password_stdin: bool
) -> None:
    """Make an account for EMAIL that can be used at once."""
    from matchmaker.services import account_administration as service

    password = _password(password_stdin)
    with _operator() as ctx:
        made = service.create(
            ctx,
            AccountKind(kind),
            email=email,
            name=name,
            password=password,
            roles=[Role(role) for role in roles],
            locale=locale,
        )
    tell(N_("The account %(email)s is ready."), email=made.email)


@user.command()
@click.argument("email")
@click.argument("role", type=ROLE)
@click.option("--remove", is_flag=True, help="Take the role back instead.")
def role(email: str, role: str, remove: bool) -> None:
    """Give the account EMAIL the ROLE."""
    from matchmaker.services import account_administration as service

    with _operator() as ctx:
        change = service.withdraw_role if remove else service.grant_role
        changed = change(ctx, email, Role(role))
    tell(N_("%(email)s has these roles: %(roles)s."), email=changed.email, roles=_roles(changed))


@user.command()
@click.argument("email")
@click.option("--enable", is_flag=True, help="Let the person sign in again.")
def disable(email: str, enable: bool) -> None:
    """Keep the account EMAIL from signing in, from now on."""
    from matchmaker.services import account_administration as service

    with _operator() as ctx:
        changed = (service.enable if enable else service.disable)(ctx, email)
    done = (
        N_("%(email)s can sign in again.") if enable else N_("%(email)s cannot sign in any more.")
    )
    tell(done, email=changed.email)


@user.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a link with which the owner of EMAIL can choose a new password once."""
    from matchmaker.services import account_administration as service

    with _operator() as ctx:
        click.echo(service.reset_link(ctx, email))


@user.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(email: str, yes: bool) -> None:
    """Forget the person behind EMAIL, who asked for it and cannot sign in."""
    from matchmaker.services import account_administration as service

    if not yes:
        click.confirm(say(N_("Forget who this is for good? It cannot be taken back.")), abort=True)
    with _operator() as ctx:
        erased = service.erase(ctx, email)
    tell(N_("The account %(number)s no longer says who it belonged to."), number=erased.id)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def list_users(as_json: bool) -> None:
    """List every account with its roles and state."""
    from matchmaker.queries import account as accounts

    with _operator() as ctx:
        users = accounts.everybody(ctx.session)
    if as_json:
        tell_json([_record(found) for found in users])
        return
    for found in users:
        click.echo(f"{found.email}\t{found.name}\t{found.kind}\t{_roles(found)}\t{_state(found)}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    entered: str = click.prompt(
        say(N_("Password")), hide_input=True, confirmation_prompt=True, err=True
    )
    return entered


def _roles(user: User) -> str:
    return ", ".join(say(ROLE_LABELS[role]) for role in sorted(user.roles)) or "–"


def _state(user: User) -> str:
    if user.disabled_at is not None:
        return say(N_("blocked"))
    return say(N_("active") if user.confirmed_at is not None else N_("not confirmed"))


def _record(user: User) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "kind": user.kind.value,
        "roles": sorted(user.roles),
        "locale": user.locale,
        "confirmed": user.confirmed_at is not None,
        "disabled": user.disabled_at is not None,
        "last_login_at": user.last_login_at,
    }
