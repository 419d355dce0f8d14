"""``hongyan outbox``: queued, failed and unconfirmed messages; retried or dropped by a person."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from hongyan.assemble import open_view
from hongyan.cli.loading import PATIENCE_S, Deadline, loaded
from hongyan.cli.options import (
    Options,
    account_options,
    opened,
    reporting,
    run,
    settings_of,
    tell_none,
    view_options,
)
from hongyan.cli.time_option import Seconds, shown
from hongyan.model.commands import (
    CANCELLED,
    DISMISSED,
    Effect,
    chat_of,
)
from hongyan.model.display_text import clean, fit, json_safe
from hongyan.model.error_codec import error_of
from hongyan.model.ids import CommandId
from hongyan.terminal.listing import columns
from hongyan.terminal.seen import about
from hongyan.terminal.strings.language import Language, say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.account import Account
    from hongyan.model.commands import CommandRow

__all__ = ["outbox"]

_TEXT_AT_MOST: Final = 32  # cells
_LOOK_BACK: Final = 100_000
_SETTLED_BY_A_PERSON: Final = frozenset({CANCELLED, DISMISSED})


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Include finished and canceled entries.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="Maximum number of rows.",
)
@view_options
@click.pass_context
def outbox(context: click.Context, options: Options, limit: int, *, everything: bool) -> int:
    """List queued, failed and unconfirmed messages, oldest first. Works offline."""
    if context.invoked_subcommand is not None:
        if options != Options():
            raise click.UsageError("Write the options after the word " + context.invoked_subcommand + ".")
        return 0

    async def listed() -> int:
        async with open_view(settings_of(options)) as account:
            rows = [row for row in account.outbox(_LOOK_BACK) if everything or _is_of_interest(row)][:limit]
            _print(options, account, rows[::-1])
            if not rows:
                tell_none(options)
        return 0

    return reporting(options, lambda: run(listed()))


def _is_of_interest(row: CommandRow) -> bool:
    over = row.outcome.happened or row.reason in _SETTLED_BY_A_PERSON
    fetched = row.command.silent and row.command.effect is Effect.FETCH  # programs ask for it, and again
    return not over and not fetched


@outbox.command(name="retry")
@click.argument("number", metavar="ID", type=int)
@click.option(
    "--timeout",
    "-t",
    "limit",
    type=Seconds(),
    default=60.0,
    show_default=True,
    help="Time limit for the whole command, in seconds.",
)
@account_options
def again(options: Options, number: int, limit: float) -> int:
    """Send a failed or unconfirmed message again. Check your phone first: it may have arrived."""

    async def once_more() -> int:
        until = Deadline(limit)
        async with opened(options, may_ask=sys.stderr.isatty(), until=until) as account:
            await loaded(account, until=until)
            receipt = await account.outbox.retry(CommandId(number))
            row = await receipt.accepted(until.left, patience=PATIENCE_S)
            _print(options, account, [row])
        return 0

    return reporting(options, lambda: run(once_more()))


@outbox.command()
@click.argument("numbers", metavar="ID...", nargs=-1, required=True, type=int)
@view_options
def drop(options: Options, numbers: tuple[int, ...]) -> int:
    """Cancel queued messages and hide failed ones. Works offline."""

    async def dropped() -> int:
        async with open_view(settings_of(options)) as account:
            for number in numbers:
                _print(options, account, [await account.outbox.drop(CommandId(number))])
        return 0

    return reporting(options, lambda: run(dropped()))


def _print(options: Options, account: Account, rows: Sequence[CommandRow]) -> None:
    if options.as_json:
        for row in rows:
            click.echo(json_safe(json.dumps(_values(account, row), ensure_ascii=False)))
        return
    for line in columns([_cells(account, row, options.language) for row in rows]):
        click.echo(line)


def _values(account: Account, row: CommandRow) -> dict[str, Any]:
    """Return a row as a program may read it; times are Unix seconds."""
    names = ("id", "outcome", "reason", "said", "created_at", "settled_at", "due_at", "retry_at", "attempts")
    key = chat_of(row.command)
    command = msgspec.to_builtins(row.command)
    return {
        "schema": 1,
        **{name: getattr(row, name) for name in names},
        "command": command.pop("command"),
        "what": command,
        "chat": {"key": key, "name": account.chat(key).name} if key else None,
        "message": row.result,
    }


def _cells(account: Account, row: CommandRow, language: Language) -> tuple[str, ...]:
    about_row = about(row)
    what = say(LINE_MODE, about_row.what, language, name=clean(about_row.name, newline=" ")).strip()
    if about_row.text:
        what = fit(clean(about_row.text, newline=" ", tab=" "), _TEXT_AT_MOST)
    name = clean(account.chat(about_row.to).name, newline=" ", tab=" ") if about_row.to else ""
    return f"{row.id}", str(row.outcome), name, what, _why(row)


def _why(row: CommandRow) -> str:
    """Report until when a row waits, or its outcome and what to do."""
    if row.open:
        until = max(row.due_at or 0.0, row.retry_at or 0.0)
        return " ".join(part for part in (f"until {shown(until)}" if until else "", row.reason) if part)
    if row.reason == DISMISSED:
        return DISMISSED
    error = error_of(row)
    return clean(f"{row.reason}: {error}", newline=" ") if error is not None else row.result
