"""What people at one machine made of a chat (read, drafted, put away), as plain values, and what a keeper of it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from hongyan.model.events import MessageReceived
from hongyan.model.ids import Seq

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey

__all__ = ["ChatState", "ChatStates", "raises_unread"]


class ChatState(Struct, frozen=True, kw_only=True):
    """The state of a chat for everybody who uses the profile.

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


class ChatStates(Protocol):
    """Keeps what people at this machine made of the chats of one account, and tells what they see first of each."""

    def last(self, chat: ChatKey) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden."""

    def history_around(self, chat: ChatKey, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return a row of a chat with so many before and after it, oldest first, and the gaps between them."""

    def pending(self, chat: ChatKey) -> list[CommandRow]:
        """Return the messages to a chat whose outcome is still to come, oldest first."""

    def chat_states(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one."""

    def chat_state(self, chat: ChatKey) -> ChatState:
        """Return the state of one chat."""

    async def mark_seen(self, chat: ChatKey, up_to: Seq | None) -> None:
        """Note that a chat was read, all of it or up to a row."""

    async def mark_unread(self, chat: ChatKey) -> None:
        """Let a chat count as unread."""

    async def keep_draft(
        self, chat: ChatKey, draft: str, *, quoting: Seq, attached: Sequence[str], now: float
    ) -> None:
        """Keep a text that is not sent yet."""

    async def set_local(self, chat: ChatKey, **values: bool | None) -> None:
        """Set ``muted`` or ``archived`` of a chat, for this machine alone."""

    async def hide(self, seq: Seq) -> None:
        """Note that a person does not want to see a row any more."""

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that a person does not want to see."""


def raises_unread(event: object) -> bool:
    """Whether an event raises the count of unread messages: what others wrote, without the service's own sentences.

    What cannot be read, or does not say who wrote it, counts: somebody may have.
    """
    if not isinstance(event, MessageReceived):
        return False
    message = event.message
    return message.raises_unread and not message.outgoing
