"""The pane of a chat's messages: draws the lines that the viewport says are on the screen, and takes mouse and wheel.

No widget is made for a message, and nothing is drawn that is not on the screen, however long the chat is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hongyan.model.display_text import cells, fit
from hongyan.model.ids import Seq
from hongyan.terminal.full.messages.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from hongyan.terminal.full.messages.bubbles import BubbleLayout, Line
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.messages.window import HistoryWindow
    from hongyan.terminal.full.settings.themes import Palette

__all__ = ["History"]

_WHEEL: Final = 3  # lines
_NOTHING_UNREAD: Final = Seq(0)

Drawn = list[list[Segment]]
"""The rows of a picture."""


class History(Widget, can_focus=True):
    """Messages of one chat. ``picture(item, columns, rows)`` gives an item's picture, None while it is not there.

    ``empty`` is shown if there is no chat, ``below(count)`` if new messages are below the screen.
    """

    DEFAULT_CSS = "History { width: 1fr; height: 1fr; }"

    class Opened(Message):
        """An item was asked to be opened by the mouse."""

        def __init__(self, item: Item) -> None:
            super().__init__()
            self.item = item

    class MenuRequested(Message):
        """A menu was asked for at an item, at a place of the screen."""

        def __init__(self, item: Item, x: int, y: int) -> None:
            super().__init__()
            self.item = item
            self.x = x
            self.y = y

    class Moved(Message):
        """Another part of the chat is on the screen."""

    def __init__(
        self,
        typeset: BubbleLayout,
        palette: Palette,
        *,
        empty: str = "",
        below: Callable[[int], str] = str,
        picture: Callable[[Item, int, int], Drawn | None] = lambda _item, _columns, _rows: None,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.view = Viewport(typeset)
        self.palette = palette
        self.empty = empty
        self.marked: set[tuple[int, int]] = set()
        self._below = below
        self._picture = picture
        self._dragging = False

    # -- what is shown

    @property
    def window(self) -> HistoryWindow | None:
        """The chat that is shown, as far as it is loaded."""
        return self.view.window

    def show(
        self, window: HistoryWindow | None, *, unread_from: Seq = _NOTHING_UNREAD, unread_label: str = ""
    ) -> None:
        """Show a chat at its end, or from where it is unread if that is more than a screen."""
        self.view.show(window, unread_from, unread_label)
        self.marked.clear()
        self.call_after_refresh(self._show_unread)
        self.moved()

    def _show_unread(self) -> None:
        self.view.to_unread()
        self.moved()

    def relayout(self, typeset: BubbleLayout | None = None, palette: Palette | None = None) -> None:
        """Lay everything out anew: the words, the theme or what an item says has changed."""
        self.view.typeset = typeset or self.view.typeset
        self.palette = palette or self.palette
        self.view.forget()
        self.refresh()

    def news(self, came: int = 0) -> None:
        """Redraw after the window changed; ``came`` items are new at its end."""
        self.view.changed(came)
        self.moved()

    def moved(self) -> None:
        """Draw anew, and post that another part is on the screen."""
        self.refresh()
        self.post_message(self.Moved())

    @property
    def selected(self) -> Item | None:
        """The selected item."""
        return self.view.selected

    def chosen(self) -> list[Item]:
        """Return the marked items in their order, or the selected one."""
        window = self.view.window
        if window is None:
            return []
        marked = [window[i] for i in range(len(window)) if window[i].key in self.marked]
        return marked or [item for item in (self.selected,) if item is not None]

    def on_screen(self) -> list[Item]:
        """Return the items of which a line is on the screen."""
        window = self.view.window
        if window is None:
            return []
        return [window[i] for i in dict.fromkeys(index for index, _ in self.view.places())]

    def toggle_mark(self) -> None:
        """Mark the selected item, or no longer."""
        if (item := self.selected) is not None:
            self.marked ^= {item.key}
            self.refresh()

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the pane."""
        width = self.size.width
        places = self.view.places()
        at = y - max(self.size.height - len(places), 0)
        if not places:
            return self._told_in_the_middle(self.empty if y == self.size.height // 2 else "", "notice")
        if at < 0:
            return Strip([Segment(" " * width, self.palette.style(""))], width)
        if self.view.below and at == len(places) - 1:
            return self._told_in_the_middle(f" {self._below(self.view.below)} ", "badge")
        return self._strip(*places[at], y)

    def _told_in_the_middle(self, text: str, style: str) -> Strip:
        width = self.size.width
        text = fit(text, width)
        plain = self.palette.style("")
        left = Segment(" " * (max(width - cells(text), 0) // 2), plain)
        return Strip([left, Segment(text, self.palette.style(style))]).adjust_cell_length(width, plain)

    def _strip(self, index: int, line: int, y: int) -> Strip:
        assert self.window is not None
        item = self.window[index]
        laid = self.view.lay(index)
        is_selected = self.selected is item and line >= laid.before
        style, marks = self.palette.style, self.palette.marks
        back = Style.null() if not is_selected else style("selected" if self.has_focus else "selected-blur")
        is_marked = item.key in self.marked and line == laid.before
        gutter = marks["selected"] if is_selected else marks["marked"] if is_marked else " "
        segments = [Segment(gutter, style("me") + back), *self._segments(item, laid.lines[line], back)]
        strip = Strip(segments).adjust_cell_length(max(self.size.width - 1, 1), style("") + back)
        track = Segment(self._track(y), style("notice"))
        return Strip([*strip, track]).adjust_cell_length(self.size.width)

    def _segments(self, item: Item, line: Line, back: Style) -> list[Segment]:
        segments = [Segment(text, self.palette.style(style) + back) for text, style in line.pieces]
        if line.picture_row >= 0:
            drawn = self._picture(item, *self.view.typeset.picture_cells(item, self.view.width))
            if drawn is not None and line.picture_row < len(drawn):
                segments += drawn[line.picture_row]
        return segments

    def _track(self, y: int) -> str:
        """Return the sign at the right edge: where in the whole chat the screen is."""
        if self.view.is_whole():
            return " "
        here = round(self.view.fraction() * (self.size.height - 1))
        return self.palette.marks["thumb" if y == here else "track"]

    # -- mouse and size

    def on_resize(self, event: events.Resize) -> None:
        """Redo the layout for another size: a column on the left marks the selection, one on the right shows the position."""
        self.view.resize(max(event.size.width - 2, 2), max(event.size.height, 1))
        self.moved()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go on with the chat."""
        self.view.scroll_lines(_WHEEL)
        self.moved()
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go back in the chat."""
        self.view.scroll_lines(-_WHEEL)
        self.moved()
        event.stop()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select what is pointed at; take hold of the track at the right edge."""
        if event.x >= self.size.width - 1:
            self._dragging = True
            self.capture_mouse()
            self._drag(event.y)
        elif self.view.below and event.y == self.size.height - 1:
            self.view.to_end()
            self.moved()
        elif (item := self.view.item_at(event.y)) is not None:
            self.view.select(item)
            self.refresh()
            if event.button == 3:
                self.post_message(self.MenuRequested(item, int(event.screen_x), int(event.screen_y)))

    def _drag(self, y: float) -> None:
        self.view.to_fraction(y / max(self.size.height - 1, 1))
        self.moved()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse along the track."""
        if self._dragging:
            self._drag(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the track go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Open what is clicked twice."""
        if event.chain == 2 and (item := self.view.item_at(int(event.y))) is not None:
            self.post_message(self.Opened(item))

    def on_focus(self) -> None:
        """Show the selection as the one that keys go to."""
        self.refresh()

    def on_blur(self) -> None:
        """Show the selection as one that waits."""
        self.refresh()
