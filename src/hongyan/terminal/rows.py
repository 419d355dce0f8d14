"""One line for a row of the journal as history and search show it; it reads no journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.commands import Outcome
from hongyan.model.commands import Recall as TakeBack
from hongyan.model.events import CommandSettled, Gap, MessageReceived
from hongyan.model.messages import Recall
from hongyan.terminal.seen import is_send, seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hongyan.client.api import Account
    from hongyan.model.events import Recorded
    from hongyan.model.ids import MsgId
    from hongyan.terminal.lines import Lines

__all__ = ["row_lines"]

_LOOK_BACK: Final = 1_000  # commands among which own recalls are looked for


def row_lines(account: Account, lines: Lines, rows: Sequence[Recorded]) -> Iterator[str]:
    """Yield the lines of messages, own sends and gaps, with their numbers; what was taken back is there, and marked."""
    recalled = {message.recalled for message in _recalls(rows)} | {
        row.command.message
        for row in account.outbox(_LOOK_BACK)
        if isinstance(row.command, TakeBack) and row.outcome is Outcome.ACCEPTED
    }
    for recorded in rows:
        if line := _line(account, lines, recorded, recalled):
            yield line


def _recalls(rows: Sequence[Recorded]) -> Iterator[Recall]:
    for row in rows:
        if isinstance(row.event, MessageReceived) and isinstance(row.event.message, Recall):
            yield row.event.message


def _line(account: Account, lines: Lines, recorded: Recorded, recalled: set[MsgId]) -> str:
    """Return the line of a row, empty for what is not shown."""
    found = seen(account, recorded)
    if found is not None:
        taken_back = found.message.id in recalled and not isinstance(found.message, Recall)
        return lines.message(found, numbered=True, recalled=taken_back)
    if isinstance(recorded.event, Gap):
        return lines.gap(recorded.event)
    if isinstance(recorded.event, CommandSettled) and is_send(recorded.event.row.command):
        chat, row = account.chat(recorded.chat), recorded.event.row
        return lines.sent(
            row, chat.name, group=chat.is_group, seq=recorded.seq, recalled=row.result in recalled
        )
    return ""
