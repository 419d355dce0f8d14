"""``hongyan recall``: recalls one of your messages; the service allows that for two minutes."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hongyan.cli.loading import PATIENCE_S, Deadline, loaded
from hongyan.cli.options import Options, account_options, opened, reporting, run
from hongyan.cli.streams import tell_done
from hongyan.cli.time_option import Seconds
from hongyan.model.commands import RecallMessage
from hongyan.model.ids import MsgId

if TYPE_CHECKING:
    from hongyan.model.commands import CommandRow

__all__ = ["recall"]

_AT_ONCE_S: Final = 1.0  # so far apart are programs that were started at once


@click.command()
@click.argument("chat")
@click.argument("message", default="last")
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
def recall(options: Options, chat: str, message: str, limit: float) -> int:
    """Recall MESSAGE (the number printed by send) or your last message in CHAT. A queued message is canceled."""
    number = None if message == "last" else MsgId(message)

    since = time.time() - _age() - _AT_ONCE_S

    async def taken_back() -> int:
        until = Deadline(limit)
        async with opened(options, may_ask=sys.stderr.isatty(), until=until) as account:
            await loaded(account, until=until)
            row = await account.recall_last(
                account.find(chat), number, until.left, patience=PATIENCE_S, since=since
            )
            _tell(row, as_json=options.as_json)
            return 0

    return reporting(options, lambda: run(taken_back()))


def _age() -> float:
    """Return how many seconds ago this process was started, if the system knows; Linux does."""
    try:
        fields = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
    except (OSError, AttributeError, ValueError, IndexError):
        return 0.0


def _tell(row: CommandRow, *, as_json: bool) -> None:
    number = row.command.message if isinstance(row.command, RecallMessage) else None
    if as_json:
        what = (
            {"outcome": "recalled", "id": number}
            if number is not None
            else {"outcome": "dropped", "id": None}
        )
        tell_done(json.dumps({"schema": 1, **what, "command": row.id}))
    elif number is not None:
        tell_done(f"recalled {number}")
    else:
        tell_done(f"dropped {row.id}: it had not been sent")
