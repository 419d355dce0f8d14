"""What people at one machine made of a chat (read, drafted, put away), as plain values."""

from __future__ import annotations

from msgspec import Struct

from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq

__all__ = ["ChatState", "raises_unread"]


class ChatState(Struct, frozen=True, kw_only=True):
    """The state of a chat, shared by all programs of the profile.

    ``unread`` counts the messages after the row ``read``; a person may also have marked a read chat as unread. ``draft``
    is a text that was not sent, ``quoting`` the row that it answers (0: none), ``attached`` the paths of files that go
    with it, ``drafted_at`` Unix seconds. ``muted`` is None where the service's own setting counts; ``archived`` holds
    until something new comes, and for muted chats even then.
    """

    unread: int = 0
    read: Seq = Seq(0)
    draft: str = ""
    quoting: Seq = Seq(0)
    attached: tuple[str, ...] = ()
    drafted_at: float = 0.0
    muted: bool | None = None
    archived: bool = False


def raises_unread(event: object) -> bool:
    """Whether an event raises the count of unread messages: what others wrote, without the service's own sentences.

    An unreadable event, or one without a known writer, counts: a person may have written it.
    """
    if not isinstance(event, MessageReceived):
        return False
    message = event.message
    return message.raises_unread and not message.outgoing
