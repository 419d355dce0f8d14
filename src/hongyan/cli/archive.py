"""``hongyan history`` and ``hongyan search``: what a profile has stored; neither contacts the server."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from hongyan.assemble import open_view
from hongyan.cli.options import Options, reporting, run, settings_of, tell_none, view_options
from hongyan.model.display_text import clean
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.search import Query, require_kinds
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.rows import row_lines
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded

__all__ = ["history", "search"]


class Day(click.ParamType[float]):
    """A day or an instant by the local clock, as Unix seconds."""

    name = "date"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read ``2026-11-25`` or ``2026-11-25 18:00``."""
        if isinstance(value, float):
            return value
        try:
            return datetime.fromisoformat(value).astimezone().timestamp()
        except ValueError:
            self.fail(f"{value!r} is not a date; write 2026-11-25 or 2026-11-25T18:00", param, ctx)


_limit = click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="Maximum number of rows.",
)
_before = click.option(
    "--before", metavar="NUMBER", type=int, help="Continue before this message (its #number)."
)


@click.command()
@click.argument("chat")
@_limit
@_before
@view_options
def history(options: Options, chat: str, limit: int, before: int | None) -> int:
    """Print the latest messages of CHAT, oldest first, with what was sent, recalled, and missed."""

    async def read() -> int:
        async with open_view(settings_of(options)) as account:
            place = Seq(before) if before is not None else None
            rows = account.history(account.find(chat), limit, before=place)
            _print(options, account, rows)
            if not rows:
                tell_none(options)
            return 0

    return reporting(options, lambda: run(read()))


@click.command()
@click.argument("words", nargs=-1)
@click.option("--chat", default="", help="Only in this chat.")
@click.option("--from", "sender", default="", help="Only what this person wrote.")
@click.option(
    "--kind", "kinds", multiple=True, help="Only this kind: text, picture, link, file …; repeatable."
)
@click.option("--since", type=Day(), help="Only from this day or time on.")
@click.option("--until", type=Day(), help="Only before this day or time.")
@click.option("--link", is_flag=True, help="Only messages with a link.")
@_limit
@_before
@view_options
def search(
    options: Options,
    words: tuple[str, ...],
    chat: str,
    sender: str,
    kinds: tuple[str, ...],
    since: float | None,
    until: float | None,
    *,
    link: bool,
    limit: int,
    before: int | None,
) -> int:
    """Find messages that contain all WORDS, newest first. Two Chinese characters are enough."""

    async def find() -> int:
        require_kinds(kinds)
        async with open_view(settings_of(options)) as account:
            query = Query(
                words=" ".join(words),
                chat=account.find(chat).key if chat else ChatKey(""),
                sender=account.find(sender).key if sender else ChatKey(""),
                kinds=kinds,
                since=since,
                until=until,
                link=link,
                before=Seq(before) if before is not None else None,
                limit=limit,
            )
            found = await account.search(query, progress=_Progress())
            _print(options, account, found)
            if not found and not options.as_json:
                click.echo(_found_none(words, options), err=True)
            return 0

    return reporting(options, lambda: run(find()))


class _Progress:
    """Shows the progress of the index: on one line of a terminal, else now and then."""

    def __init__(self) -> None:
        self._shown_at = time.monotonic()

    def __call__(self, behind: int) -> None:
        """Report how many rows are still to be read."""
        pause = 0.2 if sys.stderr.isatty() else 5.0
        if time.monotonic() - self._shown_at < pause:
            return
        self._shown_at = time.monotonic()
        text = f"indexing: {behind} rows to go"
        click.echo(f"\r{text}\x1b[K" if sys.stderr.isatty() else text, err=True, nl=not sys.stderr.isatty())


def _print(options: Options, account: Account, rows: Iterable[Recorded]) -> None:
    form = Format.JSON if options.as_json else Format.PLAIN
    lines = Lines(form, options.language, account.me.name, time.time)
    for line in row_lines(account, lines, list(rows)):
        click.echo(line)


def _found_none(words: tuple[str, ...], options: Options) -> str:
    key = "found-none" if words else "found-none-of-those"
    return say(LINE_MODE, key, options.language, words=clean(" ".join(words), newline=" "))
