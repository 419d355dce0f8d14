"""``hongyan login`` and ``hongyan logout``: start and end the login of a profile."""

from __future__ import annotations

import sys

import click

from hongyan.assemble import join_account
from hongyan.cli.limits import TO_CONNECT, require_room
from hongyan.cli.loading import loaded
from hongyan.cli.login_view import LoginPrinter
from hongyan.cli.options import (
    NewPath,
    Options,
    account_options,
    acknowledgement,
    opened,
    reporting,
    run,
    settings_of,
)
from hongyan.errors import HongyanError, NotLoggedIn
from hongyan.terminal.login import LoginScreen

__all__ = ["login", "logout"]


@click.command()
@account_options
@click.option(
    "--picture",
    type=NewPath(),
    metavar="FILE",
    help="Where to put the QR code as a PNG [in the profile's folder].",
)
def login(options: Options, picture: str | None) -> int:
    """Log in by scanning a QR code with the phone.

    A profile that is logged in already needs no scan. The credentials stay in the profile's folder, readable
    by you alone.
    """
    return run(_login(options, picture))


async def _login(options: Options, picture: str | None) -> int:
    from pathlib import Path

    settings = settings_of(options)
    file = Path(picture) if picture else settings.folder / "qr.png"
    with LoginScreen(
        sys.stdout, sys.stderr, language=options.language, picture=file, as_json=options.as_json
    ) as screen:
        try:
            require_room(TO_CONNECT)
            async with join_account(
                settings,
                on_login=LoginPrinter(screen).show,
                acknowledgement=acknowledgement(options, settings),
            ) as account:
                await loaded(account, screen.loading)
                screen.ready(account.me.name, len(account.contacts()), len(account.groups()))
        except HongyanError as problem:
            screen.refused(problem)
            return problem.exit_code
    return 0


@click.command()
@account_options
def logout(options: Options) -> int:
    """Log out of a profile. What a later login without a QR code needs is kept."""
    return reporting(options, lambda: run(_logout(options)))


async def _logout(options: Options) -> int:
    settings = settings_of(options)
    try:
        async with opened(options, may_ask=False, show_login=False) as account:
            receipt = await account.log_out()
            await receipt.accepted(30.0)
    except NotLoggedIn:
        click.echo(f"profile {settings.profile!r} was not logged in", err=True)
    return 0
