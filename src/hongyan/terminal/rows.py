"""One line for a row of the journal as history and search show it; it reads no journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.events import CommandSettled, Gap
from hongyan.terminal.seen import is_send, seen

if TYPE_CHECKING:
    from hongyan.client.api import Account
    from hongyan.model.events import Recorded
    from hongyan.terminal.lines import Lines

__all__ = ["row_line"]


def row_line(account: Account, lines: Lines, recorded: Recorded) -> str:
    """Return the line of a message, an own send or a gap, with its number; empty for what is not shown."""
    found = seen(account, recorded)
    if found is not None:
        return lines.message(found, numbered=True)
    if isinstance(recorded.event, Gap):
        return lines.gap(recorded.event)
    if isinstance(recorded.event, CommandSettled) and is_send(recorded.event.row.command):
        chat = account.chat(recorded.chat)
        return lines.sent(recorded.event.row, chat.name, group=chat.is_group, seq=recorded.seq)
    return ""
