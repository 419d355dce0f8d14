"""Counts chats as read, here and on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["count_as_read", "is_read_here"]


def is_read_here(context: ScreenContext, *, has_focus: bool, at_end: bool) -> bool:
    """Whether the settings count the open chat as read: by whether the program has the focus and its end is on the screen."""
    policy = context.settings.read
    if not has_focus or policy in {"send", "never"}:
        return False
    return at_end or policy != "bottom"


def count_as_read(context: ScreenContext, chat: Chat) -> None:
    """Begin to count a chat as read here, and on the phone where that is wanted."""
    if not context.account.local.state(chat).unread:
        return
    context.later(context.account.local.mark_seen(chat))
    if context.settings.sync_read:
        context.later(context.account.mark_read(chat))
