"""``hongyan send``: one text or file to one chat, or to several where that is meant, and what became of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.bulk_send import followed
from hongyan.cli.loading import PATIENCE_S, Deadline, loaded
from hongyan.cli.options import Options, account_options, opened, reporting, run
from hongyan.cli.streams import tell_done, typed_text
from hongyan.cli.time_option import Seconds, TimeParam, shown
from hongyan.errors import NoAnswer, UsageError
from hongyan.model.display_text import json_safe
from hongyan.terminal.addressed import addressed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.client.account import Receipt
    from hongyan.model.commands import CommandRow

__all__ = ["send"]


@click.command()
@click.argument("to")
@click.argument("text", required=False)
@click.option(
    "--file",
    "-f",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this file.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["auto", "picture", "sticker", "video", "file"]),
    default="auto",
    help="Send the file as.",
)
@click.option("--at", type=TimeParam(), help="Send at this time, e.g. '2026-11-25 18:00' or +10m.")
@click.option("--to", "others", multiple=True, metavar="CHAT", help="Another recipient; repeatable.")
@click.option("--mass", is_flag=True, help="Confirm sending to several chats.")
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
def send(
    options: Options,
    to: str,
    text: str | None,
    file: Path | None,
    form: str,
    at: float | None,
    others: tuple[str, ...],
    limit: float,
    *,
    mass: bool,
) -> int:
    """Send TEXT (or standard input, also as -, or --file) to chat TO. "accepted" means that the server took it, not that it was delivered."""
    if file is not None and text is not None:
        raise UsageError("a text and a file are two messages", "Run the command twice.")
    content: str | Path = file if file is not None else text if text not in {None, "-"} else _piped_in()

    receipts: list[Receipt] = []

    async def sent() -> int:
        until = Deadline(limit)
        async with opened(options, may_ask=sys.stderr.isatty(), until=until) as account:
            await loaded(account, until=until)
            chats = list(dict.fromkeys(account.find(name) for name in (to, *others)))
            receipts.extend(await account.send_to_many(chats, content, mass=mass, form=form, at=at))
            if at is not None and at > time.time():
                return _put_off(options, [receipt.row for receipt in receipts], at)
            if len(receipts) > 1:
                return await followed(account, chats, receipts, limit, as_json=options.as_json)
            row = await receipts[0].accepted(until.left, patience=PATIENCE_S)
            tell_done(_as_json(row) if options.as_json else f"{row.outcome} {row.result}".strip())
            return 0

    def work() -> int:
        try:
            return run(sent())
        except NoAnswer as problem:
            if not receipts:
                problem.advice = f"{problem.advice} Nothing was sent, and nothing waits in the outbox."
            raise

    return reporting(options, work)


def _piped_in() -> str:
    try:
        return typed_text(sys.stdin.buffer.read()).replace("\r\n", "\n").rstrip("\n")
    except ValueError:
        raise UsageError(
            "standard input is not text, neither UTF-8 nor what the locale says",
            "Send it as a file: --file FILE.",
        ) from None


def _put_off(options: Options, rows: Sequence[CommandRow], at: float) -> int:
    """Print that sends wait, until when, and how to cancel them."""
    for row in rows:
        tell_done(_as_json(row) if options.as_json else f"{row.outcome}")
    numbers = " ".join(str(row.id) for row in rows)
    click.echo(
        addressed(f"goes at {shown(at)}, if a program holds the login then; hongyan outbox drop {numbers}"),
        err=True,
    )
    return 0


def _as_json(row: CommandRow) -> str:
    values = {"schema": 1, "outcome": str(row.outcome), "id": row.result, "command": row.id}
    return json_safe(json.dumps(values, ensure_ascii=False))
