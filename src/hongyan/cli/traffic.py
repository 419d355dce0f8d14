"""Shows messages in and out at a terminal while a bot runs; it answers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.errors import HongyanError
from hongyan.model.commands import SendFile, SendText, chat_of
from hongyan.model.display_text import clean
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.summary import line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hongyan.client.account import Account
    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Recorded

__all__ = ["follow", "line_of"]


async def follow(account: Account, events: AsyncIterator[Recorded], tell: Callable[[str], None]) -> None:
    """Yield a line for each message that comes or goes, without end."""
    async for recorded in events:
        if (line := line_of(account, recorded)) is not None:
            tell(line)


def line_of(account: Account, recorded: Recorded) -> str | None:
    """Return the line of an event, or None for one that is not a message: ``< 老王: ping``, ``> 老王: pong``."""
    event = recorded.event
    if isinstance(event, CommandSettled):
        return _sent(account, event.row) if event.row.command.is_message else None
    if not isinstance(event, MessageReceived) or not event.message.shown:
        return None  # what the phone read or typed has no receiver
    incoming = account.incoming(recorded)
    if incoming is None:
        return None
    where = incoming.chat.name
    in_group = incoming.chat.is_group and incoming.sender.key != incoming.chat.key  # else the service itself
    who = f"{where} / {incoming.sender_name}" if in_group else where
    mark = ">" if event.message.outgoing else "<"
    return f"{mark} {clean(who)}: {clean(line(event.message, 'en'))}"


def _sent(account: Account, row: CommandRow) -> str:
    command = row.command
    what = (
        command.text
        if isinstance(command, SendText)
        else f"[{command.sent_as}] {command.name}"
        if isinstance(command, SendFile)
        else f"[{type(command).__name__}]"
    )
    try:
        name = account.chat(chat_of(command)).name
    except HongyanError:
        name = chat_of(command)
    fate = "" if row.outcome.happened else f"  ({row.outcome}: {row.said})"
    return f"> {clean(name)}: {clean(what)}{clean(fate)}"
