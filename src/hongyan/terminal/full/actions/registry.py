"""Finds the action of an id and runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from hongyan.terminal.full.main.main_screen import Main

    Handler = Callable[[Main, int], Awaitable[None]]

__all__ = ["handlers", "perform_action"]


def handlers() -> Mapping[str, Handler]:
    """Return what each action does, by its id."""
    from hongyan.terminal.full.actions.app import APP
    from hongyan.terminal.full.actions.chats import CHATS
    from hongyan.terminal.full.actions.entry import ENTRY
    from hongyan.terminal.full.actions.files import FILES
    from hongyan.terminal.full.actions.messages import MESSAGES
    from hongyan.terminal.full.actions.viewing import VIEWING

    return {**APP, **CHATS, **ENTRY, **MESSAGES, **FILES, **VIEWING}


async def perform_action(main: Main, action: str, count: int) -> None:
    """Run an action, ``count`` times if it repeats."""
    handler = handlers().get(action)
    assert handler is not None, action
    await handler(main, count)
