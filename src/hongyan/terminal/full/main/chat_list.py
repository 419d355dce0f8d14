"""The pane on the left: the chats of the roster, and the tabs that choose among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from hongyan.model.display_text import cells
from hongyan.terminal.full.chats.roster import TABS
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.keys.default_keys import CHAT_MENU
from hongyan.terminal.full.main.bars import TextBar
from hongyan.terminal.full.main.perform import Perform

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.ids import ChatKey
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.main.state import MainState
    from hongyan.terminal.full.main.status_bars import StatusBars

__all__ = ["ChatList"]

Piece = tuple[str, str]


class ChatList(Vertical):
    """The list of chats; the open one has a mark."""

    DEFAULT_CSS = "ChatList { width: 24; } ChatList RowList { height: 1fr; }"

    def __init__(self, context: ScreenContext, state: MainState, bars: StatusBars) -> None:
        super().__init__(id="left")
        self.context = context
        self._state = state
        self._bars = bars
        self.rows = RowList(self._draw, context.palette, lines=2, empty=context.say("no-chats"), id="list")
        self.tabs = TextBar(context.palette, bars.tabs, id="tabs")

    def compose(self) -> ComposeResult:
        """Put list and tabs together."""
        yield self.rows
        yield self.tabs

    def begin(self) -> None:
        """Show the first screenful at once."""
        self.context.roster.begin()
        self.rows.reset(len(self.context.roster.chats))
        self.call_after_refresh(self.show_again)

    def show_again(self, touched: set[ChatKey] | None = None, *, keep: bool = True) -> None:
        """Look at the store again; ``touched`` are the chats that have something new, None for any."""
        roster = self.context.roster
        selected = self.selected() if keep else None
        roster.refresh(touched)
        index = roster.index_of(selected.key) if selected is not None else None
        self.rows.reset(len(roster.chats), index if index is not None else 0)

    def selected(self) -> Chat | None:
        """Return the chat that is selected."""
        index, chats = self.rows.selected, self.context.roster.chats
        return chats[index] if 0 <= index < len(chats) else None

    def select(self, key: ChatKey) -> None:
        """Select a chat where the list has it, and draw the mark of the open one."""
        if (index := self.context.roster.index_of(key)) is not None:
            self.rows.select(index)
        self.rows.redraw()

    def show_tab(self, tab: int) -> None:
        """Show another tab."""
        self.context.roster.tab = TABS[tab]
        self.show_again(keep=False)
        self.tabs.refresh()

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        roster, chat = self.context.roster, self._state.chat
        rows = roster.row(index, max(width - 1, 1), self.rows.row_lines)
        is_open = chat is not None and roster.chats[index].key == chat.key
        gutter = self.context.palette.marks["selected"] if is_open else " "
        return [[(gutter, "me"), *row] for row in rows]

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open what was chosen."""
        event.stop()
        self.post_message(Perform("list.open"))

    def on_row_list_menu_requested(self, event: RowList.MenuRequested) -> None:
        """Show what can be done with a chat."""
        event.stop()
        self.context.ask(self._show_menu(event.x, event.y), "show a menu")

    async def _show_menu(self, x: int, y: int) -> None:
        from hongyan.terminal.full.screens.dialogs import Menu

        chosen = await self.context.push(Menu(self.context, CHAT_MENU, x, y))
        if chosen is not None:
            self.post_message(Perform(chosen))

    def on_text_bar_pressed(self, event: TextBar.Pressed) -> None:
        """Show the tab that was clicked."""
        event.stop()
        at = 1
        for index, name in enumerate(self._bars.tab_names(self.tabs.size.width)):
            at += cells(name) + 1
            if event.x < at:
                self.show_tab(index)
                return
