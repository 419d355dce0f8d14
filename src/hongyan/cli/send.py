"""``hongyan send``: one text or file to one chat, and what became of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hongyan.cli.archive import Day
from hongyan.cli.options import Options, account_options, opened, reporting, run
from hongyan.errors import UsageError
from hongyan.terminal.clean import json_safe

if TYPE_CHECKING:
    from hongyan.model.commands import CommandRow

__all__ = ["send"]

_LOADING = 120.0  # seconds that a contact list may take


@click.command()
@click.argument("to")
@click.argument("text", required=False)
@click.option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Send this file."
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["auto", "picture", "sticker", "video", "file"]),
    default="auto",
    help="As what.",
)
@click.option("--at", type=Day(), help="Not before this time (2026-11-25T18:00); it waits in the outbox.")
@click.option(
    "--timeout", "limit", default=60.0, show_default=True, help="Seconds to wait for the server's word."
)
@account_options
def send(
    options: Options, to: str, text: str | None, file: Path | None, form: str, at: float | None, limit: float
) -> int:
    """Send TEXT (or standard input, or --file) to the chat called TO; "accepted" is what the server said, not delivery."""
    if file is not None and text is not None:
        raise UsageError("a text and a file are two messages", "Run the command twice.")
    content: str | Path = (
        file if file is not None else text if text is not None else sys.stdin.read().rstrip("\n")
    )
    return reporting(options, lambda: run(_send(options, to, content, form, at, limit)))


async def _send(
    options: Options, to: str, content: str | Path, form: str, at: float | None, limit: float
) -> int:
    async with opened(options, may_ask=sys.stderr.isatty()) as account:
        await account.ready(_LOADING)
        receipt = await account.send(account.find(to), content, form=form, at=at)
        waits = at is not None and at > time.time()
        row = receipt.row if waits else await receipt.accepted(limit)
        click.echo(_as_json(row) if options.as_json else f"{row.outcome} {row.result}".strip())
        return 0


def _as_json(row: CommandRow) -> str:
    values = {"schema": 1, "outcome": str(row.outcome), "id": row.result, "command": row.id}
    return json_safe(json.dumps(values, ensure_ascii=False))
