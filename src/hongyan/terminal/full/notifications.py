"""Decides for what comes in whether and how a person is notified: who wrote where, and where the person looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.full.desktop.notify import Notification

if TYPE_CHECKING:
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.desktop.notify import What, Where

__all__ = ["notification_of"]


def notification_of(
    context: ScreenContext, row: Recorded, *, open_chat: ChatKey | None, has_focus: bool
) -> tuple[Where, Notification]:
    """Return the notification of a message that raises unread; ``open_chat`` is the chat that is looked at."""
    incoming = context.account.incoming(row)
    assert incoming is not None  # what raises unread is a message
    chat = incoming.chat
    mention = str(incoming.mentions_me) == "yes"
    muted = context.roster.muted(chat) and not mention
    what: What = "muted" if muted else "mention" if mention else "group" if chat.is_group else "private"
    where: Where = "away" if not has_focus else "current" if chat.key == open_chat else "other"
    items = context.items.items([row])
    text = " ".join(part.text for part in items[0].body) if items else ""
    unread = context.roster.state(chat).unread
    return where, Notification(what, chat.key, chat.name, incoming.sender_name, text, unread)
