"""``hongyan bot``: runs one bot on a profile."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.options import Options, account_options, opened, reporting, run

if TYPE_CHECKING:
    from hongyan.bot.app import App

__all__ = ["bot"]


@click.command()
@click.argument("where", metavar="[MODULE:APP]", required=False)
@click.option(
    "--rules",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Run auto-reply by this file.",
)
@click.option("--hook", "url", metavar="URL", help="POST each message to URL and send what it answers.")
@click.option(
    "--hook-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Sign posts with it.",
)
@click.option("--hold", is_flag=True, help="Fail where another program holds the profile.")
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
    verbose: bool,
) -> int:
    """Run a bot until it is stopped: your own MODULE:APP, or --rules FILE, or --hook URL."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(message)s")

    async def running() -> int:
        from hongyan.bot.run import BotSettings, run_bot

        app = _app(where, rules, url, hook_secret_file)
        async with opened(options, must_hold=hold) as account:
            return await run_bot(account, app, BotSettings(tell=lambda line: click.echo(line, err=True)))

    return reporting(options, lambda: run(running()))


def _app(where: str | None, rules: Path | None, url: str | None, secret_file: Path | None) -> App:
    if sum(given is not None for given in (where, rules, url)) != 1:
        raise click.UsageError("Give one of MODULE:APP, --rules FILE, --hook URL.")
    if where is not None:
        from hongyan.bot.loading import load

        return load(where)
    if rules is not None:
        from hongyan.bot.auto_reply import auto_reply
        from hongyan.bot.rules_file import load_rules

        return auto_reply(load_rules(rules), "on")
    from hongyan.bot.hook import Hook, hook

    assert url is not None
    secret = secret_file.read_text("utf-8").strip() if secret_file else ""
    return hook(Hook(url, secret=secret))
