"""``hongyan bot``: runs one bot on a profile."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.assemble import tls_of
from hongyan.cli.options import Options, account_options, opened, reporting, run, settings_of
from hongyan.cli.signals import at_once
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hongyan.bot.app import App
    from hongyan.client.account import Account

__all__ = ["bot"]


@click.command()
@click.argument("where", metavar="[MODULE:APP]", required=False)
@click.option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Reply automatically by the rules in this file.",
)
@click.option("--hook", "url", metavar="URL", help="Post each message to URL and send the answer.")
@click.option(
    "--hook-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret for signing requests.",
)
@click.option("--hold", is_flag=True, help="Fail if another program is using the profile.")
@click.option("--show/--no-show", default=None, help="Print what arrives and leaves [on a terminal: yes].")
@click.option("-v", "--verbose", is_flag=True, help="Log what the bot does.")
@account_options
def bot(
    options: Options,
    where: str | None,
    rules: Path | None,
    url: str | None,
    hook_secret_file: Path | None,
    *,
    hold: bool,
    show: bool | None,
    verbose: bool,
) -> int:
    """Run a bot until it is stopped: your own MODULE:APP, or --rules FILE, or --hook URL."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(message)s")

    async def running(ready: App | None) -> int:
        from hongyan.bot.run import BotSettings, run_bot

        app = ready or _app(where, rules, url, hook_secret_file, options)
        async with opened(options, must_hold=hold) as account, _shown(account, app, show=show):
            return await run_bot(account, app, BotSettings(tell=_tell))

    def to_the_end() -> int:
        # A file may be a pipe without a writer: a signal ends that before the loop, not within it.
        ready = None if where else _app(where, rules, url, hook_secret_file, options)
        try:
            return run(running(ready))
        except asyncio.CancelledError as error:  # a signal would be Stopped: this was raised inside
            raise UsageError(
                "the bot canceled tasks of the program itself",
                "A handler may cancel only tasks that it created.",
            ) from error

    return reporting(options, to_the_end)


@contextlib.asynccontextmanager
async def _shown(account: Account, app: App, *, show: bool | None) -> AsyncIterator[None]:
    """Show messages in and out, if requested, or if a person is at the terminal."""
    if not (sys.stderr.isatty() if show is None else show):
        yield
        return
    from hongyan.cli.traffic import follow

    events = account.events(after=account.reached(app.name or "bot"))  # what it takes up again is shown too
    following = asyncio.create_task(follow(account, events, _tell))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _app(
    where: str | None, rules: Path | None, url: str | None, secret_file: Path | None, options: Options
) -> App:
    if sum(given is not None for given in (where, rules, url)) != 1:
        raise click.UsageError("Give one of MODULE:APP, --rules FILE, --hook URL.")
    if where is not None:
        from hongyan.bot.loading import load

        with at_once():  # a module may do anything while it is imported, also wait
            return load(where)
    if rules is not None:
        from hongyan.bot.auto_reply import auto_reply
        from hongyan.bot.rules_file import load_rules

        return auto_reply(load_rules(rules), "on")
    from hongyan.bot.text_file import read_secret
    from hongyan.bot.webhook import Webhook, webhook

    assert url is not None
    return webhook(Webhook(url, secret=read_secret(secret_file), tls=tls_of(settings_of(options))))
