"""How far a person is with the open chat: what was read, what is being written; both are kept where other programs see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.model.commands import MarkRead
from hongyan.model.ids import Seq
from hongyan.terminal.full.messages.window import HistoryWindow

if TYPE_CHECKING:
    from hongyan.client.account import Chat
    from hongyan.terminal.full.main.main_screen import Main
    from hongyan.terminal.full.messages.items import Item

__all__ = ["Progress"]


class Progress:
    """Drafts and reading of the main screen's open chat."""

    def __init__(self, main: Main) -> None:
        self._main = main

    # -- what is being written

    def take_up(self, chat: Chat) -> None:
        """Put into the entry what was being written to a chat, with what it answers and what goes with it."""
        main = self._main
        state = main.account.chat_state(chat)
        main.entry.set_text(state.draft)
        main.attached = [Path(path) for path in state.attached if Path(path).is_file()]
        window = HistoryWindow(main.account, main.maker, chat) if state.quoting else None
        index = window.index_of(state.quoting) if window is not None else None
        main.quoting = window[index] if window is not None and index is not None else None
        main.show_reply()

    def keep_draft(self) -> None:
        """Begin to keep what is written and not sent, if that has changed."""
        self._main.terminal.later(self.draft_kept())

    async def draft_kept(self) -> None:
        """Keep what is written and not sent, if that has changed."""
        main = self._main
        if main.chat is not None:
            await self.kept(main.chat, main.entry.text, main.quoting, tuple(map(str, main.attached)))

    async def kept(self, chat: Chat, text: str, quoting: Item | None, attached: tuple[str, ...]) -> None:
        """Keep a draft of a chat, if that has changed."""
        account = self._main.account
        seq = quoting.seq if quoting is not None else Seq(0)
        state = account.chat_state(chat)
        if (state.draft, state.quoting, state.attached) != (text, seq, attached):
            await account.keep_draft(chat, text, quoting=seq, attached=attached)

    # -- what was read

    def read_here(self) -> None:
        """Count the open chat as read, where the settings and what is on the screen say so."""
        main = self._main
        policy = main.terminal.settings.read
        if main.chat is None or not main.app.app_focus or policy in {"send", "never"}:
            return
        if policy == "bottom" and not main.history.view.follows:
            return
        self.count_as_read(main.chat)

    def count_as_read(self, chat: Chat) -> None:
        """Count a chat as read here, and tell the phone where that is wanted."""
        terminal = self._main.terminal
        if not terminal.account.chat_state(chat).unread:
            return
        terminal.later(terminal.account.mark_seen(chat))
        if terminal.settings.sync_read:
            terminal.later(terminal.account.do(MarkRead(chat=chat.key)))
