"""``hongyan chat``: the terminal client in line mode, with auto-reply and a webhook beside it if requested."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.loading import loaded
from hongyan.cli.options import Options, account_options, opened, reporting, run
from hongyan.model.events import LoginChanged
from hongyan.terminal.lines import Format
from hongyan.terminal.media import SavePolicy, kinds_from

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hongyan.bot.app import App
    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq
    from hongyan.terminal.line.line_mode import LineSettings

__all__ = ["chat"]


@dataclass(frozen=True, slots=True)
class _Bots:
    """What runs beside the chat: ``mode`` is None if it was not given, so that a person may be asked."""

    mode: str | None
    rules: Path | None
    hook: str | None
    hook_secret_file: Path | None


@click.command()
@click.option("--plain", is_flag=True, help="Line mode instead of the full screen.")
@click.option("--open", "first", metavar="NAME", default="", help="Open this chat at the start.")
@click.option(
    "--format",
    "form",
    type=click.Choice([f.value for f in Format]),
    default="plain",
    help="Output format.",
)
@click.option(
    "--save",
    metavar="KINDS",
    default="picture,voice",
    show_default=True,
    help="Media kinds to save automatically.",
)
@click.option(
    "--save-to",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hongyan-files"),
    show_default=True,
)
@click.option("--escapes", is_flag=True, help=r"Treat \n as a line break.")
@click.option("--allow-mass", is_flag=True, help="Allow ->all: without confirmation.")
@click.option("--follow", is_flag=True, help="Keep running after end of input.")
@click.option("--hold", is_flag=True, help="Fail if another program is using the profile.")
@click.option("--speak", is_flag=True, help="Screen-reader output (same as --format speak).")
@click.option("--auto-reply", type=click.Choice(["off", "dry", "on"]), help="Reply automatically by rules.")
@click.option(
    "--rules", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The rules of --auto-reply."
)
@click.option("--hook", metavar="URL", help="Post each message to URL and send the answer.")
@click.option(
    "--hook-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret for signing requests.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log what the bots do, to stderr.")
@account_options
def chat(
    options: Options,
    *,
    plain: bool,
    first: str,
    form: str,
    save: str,
    save_to: Path,
    escapes: bool,
    allow_mass: bool,
    follow: bool,
    hold: bool,
    speak: bool,
    auto_reply: str | None,
    rules: Path | None,
    hook: str | None,
    hook_secret_file: Path | None,
    verbose: bool,
) -> int:
    """Chat in the terminal: full screen; press F1 for help.

    Line mode (--plain, or without a terminal to draw on): ->NAME:TEXT sends, /help lists commands, quit quits.
    """
    import sys

    if rules is not None and auto_reply is None and not sys.stdin.isatty():  # where no person can be asked
        raise click.UsageError("--rules does nothing without --auto-reply dry or on.")

    if hook_secret_file is not None and hook is None:
        raise click.UsageError("--hook-secret-file does nothing without --hook.")
    bots = _Bots(auto_reply, rules, hook, hook_secret_file)
    lines_only = plain or speak or escapes or follow or Format(form) is not Format.PLAIN
    if not lines_only and draws():
        level = logging.INFO if verbose else logging.WARNING
        work = functools.partial(_full, options, bots, first, hold=hold, folder=save_to, level=level)
        # On asyncio's own loop: under another one a resize of the terminal can be missed.
        return reporting(options, lambda: run(work(), own_loop=True))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(message)s")

    def chatting() -> int:
        from hongyan.terminal.line.line_mode import LineSettings

        settings = LineSettings(
            save=SavePolicy(save_to, kinds_from(save)),
            form=Format.SPEAK if speak else Format(form),
            language=options.language,
            escapes=escapes,
            allow_mass=allow_mass,
            follow=follow,
            open=first,
        )
        return run(_chat(options, settings, bots, must_hold=hold))

    return reporting(options, chatting)


def draws() -> bool:
    """Whether there is a terminal that a full screen can be drawn on."""
    import os
    import sys

    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}


async def _full(options: Options, bots: _Bots, first: str, *, hold: bool, folder: Path, level: int) -> int:
    """Run the full screen, on one profile after the other as the person switches."""
    from msgspec.structs import replace

    from hongyan.cli.full import full_screen
    from hongyan.cli.options import settings_of
    from hongyan.settings import with_own_server
    from hongyan.terminal.addressed import use_address

    settings = settings_of(options)
    if options.lang is not None:
        settings = replace(settings, terminal=replace(settings.terminal, language=options.lang))
    while True:
        apps = _apps(options, bots, lambda line: logging.getLogger("hongyan").info("%s", line))
        code, wanted = await full_screen(
            options, settings, first=first, must_hold=hold, apps=apps, folder=folder, level=level
        )
        if wanted is None:
            return code
        use_address({"--profile": wanted} | ({"--home": options.home} if options.home else {}))
        settings, first = with_own_server(replace(settings, profile=wanted)), ""


async def _chat(options: Options, settings: LineSettings, bots: _Bots, *, must_hold: bool) -> int:
    from hongyan.terminal.line.line_mode import run as talk

    apps = _apps(options, bots)
    async with opened(options, must_hold=must_hold) as account, _Beside(account) as beside:
        events = _since_opening(account, account.archive.latest)
        await loaded(account, people=False)
        for app in apps:
            await beside.start(app)

        async def start_answering() -> None:
            await beside.start(_auto_reply("on", bots.rules))

        asks = bots.mode is None
        return await talk(
            account,
            settings,
            auto_reply=start_answering if asks else None,
            events=events,
            loading=functools.partial(loaded, account),
        )


async def _since_opening(account: Account, standing: Seq) -> AsyncIterator[Recorded]:
    """Yield what a restored login brought, then what happens; the login's own ups and downs until ``standing`` are over."""
    async for recorded in account.events(after=account.opened_at):
        if recorded.seq > standing or not isinstance(recorded.event, LoginChanged):
            yield recorded


def _apps(options: Options, bots: _Bots, tell: Callable[[str], None] | None = None) -> list[App]:
    """Return the requested apps; rules and addresses are checked before the login."""
    apps = []
    if bots.mode in {"dry", "on"}:
        apps.append(_auto_reply(bots.mode, bots.rules, tell))
    if bots.hook is not None:
        from hongyan.assemble import tls_of
        from hongyan.bot.text_file import read_secret
        from hongyan.bot.webhook import Webhook, webhook
        from hongyan.cli.options import settings_of

        secret = read_secret(bots.hook_secret_file)
        apps.append(webhook(Webhook(bots.hook, secret=secret, tls=tls_of(settings_of(options)))))
    return apps


def _auto_reply(mode: str, rules: Path | None, tell: Callable[[str], None] | None = None) -> App:
    from hongyan.bot.auto_reply import auto_reply
    from hongyan.bot.rules_file import load_rules

    return auto_reply(
        load_rules(rules), "dry" if mode == "dry" else "on", tell or (lambda line: click.echo(line, err=True))
    )


class _Beside(contextlib.AsyncExitStack):
    """Apps that run beside the chat and end with it."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._account = account

    async def start(self, app: App) -> None:
        """Run ``app`` until the stack closes."""
        task = asyncio.create_task(app.run(self._account), name=app.name or "app")
        self.push_async_callback(_end, task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, Exception):
        click.echo(f"bot stopped: {outcome}", err=True)
