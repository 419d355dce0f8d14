"""Keeps a fault in one handler from ending the screen: it costs that message, is written down and told in a line.

The toolkit ends the task of a widget whose handler raises, and the program with it.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual import events
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.message import Message
    from textual.screen import Screen

__all__ = ["Overtaken", "begun_on", "spread_net"]

begun_on: ContextVar[Screen[Any] | None] = ContextVar("begun_on", default=None)
"""The screen on which something was begun that may open another."""


class Overtaken(Exception):
    """What was begun on a screen is not wanted any more: another screen is on top by now."""


class _GoesOn(Protocol):
    def fault(self, problem: Exception, doing: str) -> None: ...


_dispatch = MessagePump._dispatch_message  # noqa: SLF001  # the one place through which every handler is called


async def _netted(pump: MessagePump, message: Message) -> None:
    try:
        await _dispatch(pump, message)
    except Exception as problem:
        if not _goes_on_without(pump, message):
            raise
        doing = f"{type(pump).__name__}.{message.handler_name}"
        cast("_GoesOn", pump.app).fault(problem, doing)


def _goes_on_without(pump: MessagePump, message: Message) -> bool:
    """Whether the screen can be without what a message was to do: what was never put together cannot be shown."""
    from hongyan.terminal.full.leaving import Leaves

    if not hasattr(pump.app, "fault"):
        return False
    if not isinstance(message, events.Compose | events.Mount | events.Load):
        return True
    if isinstance(pump, Leaves):
        pump.app.call_later(pump.dismiss, None)
        return True
    return False


def spread_net() -> None:
    """Put the net under every handler; a second time changes nothing."""
    MessagePump._dispatch_message = _netted  # type: ignore[assignment, method-assign]  # noqa: SLF001  # as above
