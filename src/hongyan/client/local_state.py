"""What people at this machine made of the chats: what is read, drafted, muted, put away and hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.client.arguments import key_of, seq_from, texts_from
from hongyan.errors import UsageError
from hongyan.model.ids import Seq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hongyan.client.chats import Chat
    from hongyan.model.chat_state import ChatState
    from hongyan.model.events import Recorded
    from hongyan.model.ids import ChatKey
    from hongyan.ports.chat_state import ChatStates

__all__ = ["AccountLocalState"]


class AccountLocalState:
    """``account.local``: the same for every program that uses the profile, and unknown to the service."""

    def __init__(self, states: ChatStates, clock: Callable[[], float]) -> None:
        self._states = states
        self._now = clock

    def states(self) -> dict[ChatKey, ChatState]:
        """Return unread counts, drafts and what is muted or put away, of all chats that have any of it."""
        return self._states.all()

    def state(self, chat: Chat) -> ChatState:
        """Return how far a chat was read here, what was being written, and what is muted or put away."""
        return self._states.of(key_of(chat))

    async def mark_seen(self, chat: Chat, up_to: Seq | None = None) -> None:
        """Note that a chat was read here, all of it or up to a row; ``Account.mark_read`` does so on the phone."""
        await self._states.mark_seen(key_of(chat), None if up_to is None else seq_from(up_to))

    async def mark_unread(self, chat: Chat) -> None:
        """Let a chat count as unread here, until it is read again."""
        await self._states.mark_unread(key_of(chat))

    async def keep_draft(
        self, chat: Chat, draft: str, *, quoting: Seq | None = None, attached: Sequence[str] = ()
    ) -> None:
        """Keep what was written and not sent, the row that it answers, and the paths of files that go with it."""
        if isinstance(attached, str):
            raise UsageError("attached is a list of paths, not one text", "Write: attached=[path].")
        texts_from(draft, *(attached or ()))
        quoted = Seq(0) if quoting is None else seq_from(quoting)
        await self._states.keep_draft(
            key_of(chat), draft, quoting=quoted, attached=attached or (), now=self._now()
        )

    async def change(self, chat: Chat, **values: bool | None) -> None:
        """Set ``muted`` (None: as the service says) or ``archived`` of a chat, for this machine alone."""
        if unknown := values.keys() - {"muted", "archived"}:
            raise UsageError(f"{min(unknown)!r} is nothing that a chat has at this machine")
        await self._states.set_local(key_of(chat), **values)

    async def hide(self, recorded: Recorded) -> None:
        """Leave a row out of what is shown at this machine; it stays in the archive."""
        await self._states.hide(recorded.seq)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that are not to be shown."""
        return self._states.hidden(seqs)
