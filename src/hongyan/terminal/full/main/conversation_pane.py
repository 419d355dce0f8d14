"""The pane in the middle: the messages of the open chat under its title, with their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from hongyan.model.commands import RecallMessage
from hongyan.model.events import CommandSettled, LoginChanged, MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import Recall
from hongyan.terminal.full.keys.default_keys import MESSAGE_MENU
from hongyan.terminal.full.main.bars import TextBar
from hongyan.terminal.full.main.perform import Perform
from hongyan.terminal.full.messages.bubbles import BubbleLayout
from hongyan.terminal.full.messages.history import History
from hongyan.terminal.full.messages.window import HistoryWindow
from hongyan.terminal.full.pictures.draw import shape
from hongyan.terminal.full.pictures.gallery import Gallery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.status_bars import StatusBars

__all__ = ["ConversationPane"]


class ConversationPane(Vertical):
    """One chat as far as it is loaded, and the pictures in it."""

    DEFAULT_CSS = "ConversationPane { width: 1fr; }"

    def __init__(self, context: ScreenContext, bars: StatusBars) -> None:
        super().__init__(id="center")
        self.context = context
        self._bars = bars
        self.gallery = Gallery(
            context.painter,
            context.language,
            has_file=context.items.has_file,
            is_on=lambda: context.shows_pictures,
        )
        self.history = History(
            self.bubble_layout(),
            context.palette,
            empty=context.items.say("no-chat", key=context.keys.shown("chat.go-to")),
            below=lambda count: context.items.say("below", count=count),
            picture=self.gallery.drawn,
            id="history",
        )

    def bubble_layout(self) -> BubbleLayout:
        """Return how items become lines in the present language, theme and settings."""
        context = self.context
        return BubbleLayout(
            context.time_text,
            context.day_text,
            marks=dict(context.palette.marks),
            picture_size=context.settings.picture_size if context.shows_pictures else None,
            shape=shape,
        )

    def compose(self) -> ComposeResult:
        """Put title and messages together."""
        yield TextBar(self.context.palette, self._bars.title, self._bars.title_right, id="title")
        yield self.history

    def show(self, chat: Chat) -> None:
        """Show a chat at its end, or from where it is unread."""
        context = self.context
        state = context.account.local.state(chat)
        window = HistoryWindow(context.account, context.items, chat)
        items = (window[index] for index in range(len(window)))
        first = next((item for item in items if item.seq > state.read and item.side == "other"), None)
        if state.unread and first is not None:
            text = context.items.say("unread-line", count=state.unread, time=context.time_text(first.at))
            self.history.show(window, unread_from=first.seq, unread_label=text)
        else:
            self.history.show(window, unread_from=Seq(0), unread_label="")
        self.history.empty = context.items.say("empty")

    def take_in(self, rows: Sequence[Recorded], chat: Chat) -> bool:
        """Show new rows; ``chat`` is the current state of the shown one. Return whether any was of this chat."""
        window = self.history.window
        if window is None:
            return False
        window.chat = chat
        here = [row for row in rows if row.chat == chat.key and not isinstance(row.event, LoginChanged)]
        added = window.take_in(here) if here else 0
        if any(_recalls(row) for row in here):
            window.make_again()
            self.history.view.forget()
        pending = window.refresh_pending()
        if added or pending or here:
            self.history.news(added)
        return bool(here)

    def count_down(self) -> None:
        """Show what waits to be sent as it is by now."""
        window = self.history.window
        if window is not None and window.refresh_pending():
            self.history.news()

    def take_theme(self) -> None:
        """Draw everything in the present theme."""
        self.history.relayout(self.bubble_layout(), self.context.palette)
        self.gallery.again(self.history)

    def on_history_moved(self, _: History.Moved) -> None:
        """Fetch the pictures that are on the screen now."""
        self.gallery.wish(self.history)

    def on_history_opened(self, event: History.Opened) -> None:
        """Open the message that was clicked."""
        event.stop()
        self.post_message(Perform("messages.open"))

    def on_history_menu_requested(self, event: History.MenuRequested) -> None:
        """Show what can be done with a message."""
        event.stop()
        self.context.ask(self._show_menu(event.x, event.y), "show a menu")

    async def _show_menu(self, x: int, y: int) -> None:
        from hongyan.terminal.full.screens.dialogs import Menu

        chosen = await self.context.push(Menu(self.context, MESSAGE_MENU, x, y))
        if chosen is not None:
            self.post_message(Perform(chosen))

    def on_text_bar_pressed(self, event: TextBar.Pressed) -> None:
        """Show the card of the chat."""
        event.stop()
        self.post_message(Perform("app.card"))


def _recalls(row: Recorded) -> bool:
    """Whether a row changes how another one is shown: a message was recalled."""
    if isinstance(row.event, MessageReceived):
        return isinstance(row.event.message, Recall)
    return isinstance(row.event, CommandSettled) and isinstance(row.event.row.command, RecallMessage)
