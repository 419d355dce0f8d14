"""Who keeps what people at one machine made of the chats: what is read, drafted, muted, put away or hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.chat_state import ChatState
    from hongyan.model.ids import ChatKey, Seq

__all__ = ["ChatStates"]


class ChatStates(Protocol):
    """The states of one account's chats, the same for every program that uses the profile."""

    def all(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one."""

    def of(self, chat: ChatKey) -> ChatState:
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
