"""Reads an account's events and prints each as it comes; it carries out nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.events import (
    CommandSettled,
    Gap,
    LoginChanged,
    LoginState,
    MessageReceived,
    Recorded,
    UnknownEvent,
)
from hongyan.terminal.lines import Format
from hongyan.terminal.media import carries_file
from hongyan.terminal.seen import about, seen, shown_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hongyan.client.account import Account
    from hongyan.model.commands import CommandRow
    from hongyan.model.ids import CommandId
    from hongyan.terminal.line.memory import Memory
    from hongyan.terminal.lines import Lines
    from hongyan.terminal.media import Saver
    from hongyan.terminal.screen import Screen

__all__ = ["Printer"]


@dataclass(slots=True)
class Printer:
    """Prints events. ``ended`` is set when a person has to log in again; ``outcomes`` are the commands that were printed."""

    account: Account
    lines: Lines
    screen: Screen
    saver: Saver
    memory: Memory
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    outcomes: dict[CommandId, CommandRow] = field(default_factory=dict)
    _printed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self, events: AsyncIterator[Recorded]) -> None:
        """Print events until there are no more."""
        async for recorded in events:
            printed = _PRINTERS.get(type(recorded.event))
            if printed is not None:
                printed(self, recorded, recorded.event)
            if isinstance(recorded.event, CommandSettled):
                async with self._printed:
                    self._printed.notify_all()

    async def printed(self, commands: set[CommandId], limit: float) -> bool:
        """Wait until the outcomes of ``commands`` were printed, ``limit`` seconds at most; return whether they were."""
        try:
            async with asyncio.timeout(limit), self._printed:
                await self._printed.wait_for(lambda: commands <= self.outcomes.keys())
        except TimeoutError:
            return False
        return True

    def _message(self, recorded: Recorded, event: MessageReceived) -> None:
        request = self.memory.keep(recorded)
        found = seen(self.account, recorded, request=request)
        if found is None or not self.lines.shows(found.message):
            return
        self.screen.out(self.lines.message(found, numbered=carries_file(event.message)))
        self.saver.arrived(recorded)

    def _settled(self, recorded: Recorded, event: CommandSettled) -> None:
        row = event.row
        self.memory.keep(recorded)
        self.outcomes[row.id] = row
        if row.outcome.happened and row.command.is_message:
            chat = self.account.chat(about(row).to)
            self.screen.out(self.lines.sent(row, chat.name, group=chat.is_group, seq=recorded.seq))
        elif self.lines.form is Format.JSON or not (row.outcome.happened and row.command.silent):
            self.screen.status(self.lines.settled(row, shown_name(self.account, about(row).to)))

    def _login(self, _: Recorded, event: LoginChanged) -> None:
        self.screen.status(self.lines.login(event))
        if event.state is LoginState.ENDED and self.account.status().state is not LoginState.LOGGING_IN:
            self.ended.set()

    def _gap(self, _: Recorded, event: Gap) -> None:
        self.screen.status(self.lines.gap(event))

    def _unknown(self, recorded: Recorded, event: UnknownEvent) -> None:
        self.screen.status(self.lines.unknown(event, recorded.seq))


_PRINTERS: Final[dict[type[Any], Callable[[Printer, Recorded, Any], None]]] = {
    MessageReceived: Printer._message,  # noqa: SLF001  # the table of the class's own methods
    CommandSettled: Printer._settled,  # noqa: SLF001  # as above
    LoginChanged: Printer._login,  # noqa: SLF001  # as above
    Gap: Printer._gap,  # noqa: SLF001  # as above
    UnknownEvent: Printer._unknown,  # noqa: SLF001  # as above
}
