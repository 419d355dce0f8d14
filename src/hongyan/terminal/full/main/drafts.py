"""Keeps what is written and not sent where every program on the profile sees it, and takes it up again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.model.ids import Seq
from hongyan.terminal.full.messages.window import HistoryWindow

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.composer import Composer
    from hongyan.terminal.full.main.state import MainState
    from hongyan.terminal.full.messages.items import Item

__all__ = ["Drafts"]


class Drafts:
    """The draft of the open chat, between the composer and the store."""

    def __init__(self, context: ScreenContext, state: MainState, composer: Composer) -> None:
        self._context = context
        self._state = state
        self._composer = composer

    def take_up(self, chat: Chat) -> None:
        """Put into the entry what was being written to a chat, with what it answers and what goes with it."""
        context, composer = self._context, self._composer
        state = context.account.local.state(chat)
        composer.entry.set_text(state.draft)
        composer.attached = [Path(path) for path in state.attached if Path(path).is_file()]
        window = HistoryWindow(context.account, context.items, chat) if state.quoting else None
        index = window.index_of(state.quoting) if window is not None else None
        composer.answer(window[index] if window is not None and index is not None else None)

    def begin_save(self) -> None:
        """Begin to save the open chat's draft, if it has changed."""
        self._context.later(self.save_now())

    def begin_save_of(self, chat: Chat) -> None:
        """Begin to save what is in the composer as the draft of a chat that is about to be left."""
        composer = self._composer
        attached = tuple(map(str, composer.attached))
        self._context.later(self._save(chat, composer.entry.text, composer.quoting, attached))

    async def save_now(self) -> None:
        """Save the open chat's draft, if it has changed."""
        composer = self._composer
        if self._state.chat is not None:
            attached = tuple(map(str, composer.attached))
            await self._save(self._state.chat, composer.entry.text, composer.quoting, attached)

    async def _save(self, chat: Chat, text: str, quoting: Item | None, attached: tuple[str, ...]) -> None:
        account = self._context.account
        seq = quoting.seq if quoting is not None else Seq(0)
        state = account.local.state(chat)
        if (state.draft, state.quoting, state.attached) != (text, seq, attached):
            await account.local.keep_draft(chat, text, quoting=seq, attached=attached)
