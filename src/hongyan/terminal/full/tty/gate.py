"""Hands on what is typed, one after the other: a key waits until the one before it has had its effect.

Whole sentences arrive at once from a slow line, a paste or a program. Without this the letters behind Ctrl+K would go to
the entry while the dialog is on its way, and Enter after them would send them to the open chat.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message

__all__ = ["Gate"]

_PATIENCE_S: Final = 1.0  # for an effect that does not come, or that waits for the network
_LOOK_S: Final = 0.002


class Gate:
    """``is_calm`` is whether everything has had its effect, ``gives_up`` is called when the wait for it ends."""

    def __init__(
        self, app: App[Any], is_calm: Callable[[], bool], gives_up: Callable[[], None] = lambda: None
    ) -> None:
        self._app = app
        self._is_calm = is_calm
        self._gives_up = gives_up
        self._waiting: asyncio.Queue[tuple[Message, Callable[[], None]]] = asyncio.Queue()

    def put(self, message: Message, taken: Callable[[], None]) -> None:
        """Take a message; ``taken`` is called when it is passed on."""
        self._waiting.put_nowait((message, taken))

    async def run(self) -> None:
        """Hand on what comes."""
        while True:
            message, taken = await self._waiting.get()
            taken()
            writes = self._writes(message)
            self._app.post_message(message)
            if not writes:
                await self._calm()

    def _writes(self, message: Message) -> bool:
        """Whether a message only writes a character, or reports where the mouse is."""
        if isinstance(message, events.Key):
            return message.is_printable and isinstance(self._app.focused, Input | TextArea)
        return not isinstance(message, events.Paste | events.MouseDown | events.MouseUp)

    async def _calm(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE_S
        await asyncio.sleep(0)
        while not (self._is_calm() and self._queues_are_empty()):
            if loop.time() > end:
                self._gives_up()
                return
            await asyncio.sleep(_LOOK_S)

    def _queues_are_empty(self) -> bool:
        app = self._app
        if not app.screen.is_mounted:
            return False
        pumps = (app, app.screen, *app.screen.walk_children())
        return all(pump._message_queue.empty() for pump in pumps)  # noqa: SLF001  # the toolkit has no public way to this
