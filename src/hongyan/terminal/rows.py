"""One line for a row of the journal as history and search show it; it reads no journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.events import CommandSettled, Gap, MessageReceived
from hongyan.model.ids import MsgId
from hongyan.model.messages import Recall
from hongyan.terminal.seen import seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.terminal.lines import Lines

__all__ = ["row_lines"]


def row_lines(account: Account, lines: Lines, rows: Sequence[Recorded]) -> Iterator[str]:
    """Yield the lines of messages, own sends and gaps, with their numbers; recalled messages are included, and marked."""
    recalled = account.archive.recalled(*map(_number, rows))
    for recorded in rows:
        if line := _line(account, lines, recorded, recalled):
            yield line


def _number(recorded: Recorded) -> MsgId:
    """Return the service's number of what a row holds, empty where it has none."""
    match recorded.event:
        case MessageReceived(message=message):
            return message.id
        case CommandSettled(row=row):
            return MsgId(row.result)
        case _:
            return MsgId("")


def _line(account: Account, lines: Lines, recorded: Recorded, recalled: set[str]) -> str:
    """Return the line of a row, empty for what is not shown."""
    found = seen(account, recorded)
    if found is not None:
        taken_back = found.message.id in recalled and not isinstance(found.message, Recall)
        return lines.message(found, numbered=True, recalled=taken_back)
    if isinstance(recorded.event, Gap):
        return lines.gap(recorded.event)
    if isinstance(recorded.event, CommandSettled) and recorded.event.row.command.is_message:
        chat, row = account.chat(recorded.chat), recorded.event.row
        return lines.sent(
            row, chat.name, group=chat.is_group, seq=recorded.seq, recalled=row.result in recalled
        )
    return ""
