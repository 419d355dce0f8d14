"""A list of any length that draws only the rows on the screen; what a row looks like is its owner's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events

    from hongyan.terminal.full.settings.themes import Palette

__all__ = ["RowList"]

_WHEEL: Final = 3  # lines

Piece = tuple[str, str]


class RowList(ScrollView, can_focus=True):
    """``count`` rows of ``lines`` lines each, one of them selected; none is drawn before it is looked at.

    ``draw(index, width)`` gives for each line of a row its pieces: clean text and the name of a style.
    """

    DEFAULT_CSS = """
    RowList { scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto; scrollbar-color: $panel;
              scrollbar-background: $background; scrollbar-color-hover: $primary; scrollbar-background-hover: $background;
              scrollbar-color-active: $primary; scrollbar-background-active: $background; }
    """

    class Highlighted(Message):
        """Another row is selected."""

        def __init__(self, rows: RowList, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

    class Chosen(Message):
        """A row was asked to be opened."""

        def __init__(self, rows: RowList, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

    class MenuRequested(Message):
        """A menu was asked for at a row, at a place of the screen."""

        def __init__(self, rows: RowList, index: int, x: int, y: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index
            self.x = x
            self.y = y

    def __init__(
        self,
        draw: Callable[[int, int], Sequence[Sequence[Piece]]],
        palette: Palette,
        *,
        lines: int = 1,
        empty: str = "",
        opens_at_once: bool = True,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.palette = palette
        self.empty = empty
        self.row_lines = lines
        self._draw = draw
        self._count = 0
        self._selected = 0
        self._opens_at_once = opens_at_once
        self._drawn: dict[tuple[int, int], Sequence[Sequence[Piece]]] = {}
        self._own_styles: dict[str, Style] = {}

    def named(self, style: Style | None) -> str:
        """Return a name under which a style of no palette can stand in a piece: the colours of a picture's cells."""
        if style is None:
            return ""
        name = f"cell:{style}"
        self._own_styles[name] = style
        return name

    def _style(self, name: str) -> Style:
        return self._own_styles.get(name) or self.palette.style(name)

    # -- what is shown

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def selected(self) -> int:
        """The selected row, -1 in an empty list."""
        return self._selected if self._count else -1

    def reset(self, count: int, selected: int = 0, *, lines: int | None = None) -> None:
        """Take other rows; ``selected`` is where the selection is among them."""
        self._count = count
        self._selected = min(max(selected, 0), max(count - 1, 0))
        self.row_lines = lines or self.row_lines
        self._drawn.clear()
        self._resize()
        self.reveal()
        self.refresh()

    def _resize(self) -> None:
        self.virtual_size = Size(max(self.size.width, 1), self._count * self.row_lines)

    def redraw(self, index: int | None = None) -> None:
        """Draw a row anew, or all of them."""
        if index is None:
            self._drawn.clear()
        else:
            self._drawn = {key: rows for key, rows in self._drawn.items() if key[0] != index}
        self.refresh()

    def take(self, palette: Palette) -> None:
        """Take another theme's palette."""
        self.palette = palette
        self.redraw()

    # -- moving

    def select(self, index: int) -> None:
        """Select a row and bring it onto the screen."""
        if not self._count:
            return
        index = min(max(index, 0), self._count - 1)
        changed = index != self._selected
        self._selected = index
        self.reveal()
        self.refresh()
        if changed:
            self.post_message(self.Highlighted(self, index))

    def move(self, count: int) -> None:
        """Select so many rows further down, or up if negative."""
        self.select(self._selected + count)

    def page(self, pages: int) -> None:
        """Move by screens."""
        self.move(pages * max(self.size.height // self.row_lines - 1, 1))

    def moved_by(self, key: str) -> bool:
        """Move as the keys of a list do; return whether a key is one of them."""
        if key in {"up", "down"}:
            self.move(-1 if key == "up" else 1)
        elif key in {"pageup", "pagedown"}:
            self.page(-1 if key == "pageup" else 1)
        else:
            return False
        return True

    def reveal(self) -> None:
        """Scroll until the selected row is on the screen."""
        height = self.size.height
        if not height or not self._count:
            return
        first = self._selected * self.row_lines
        top = round(self.scroll_offset.y)
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif first + self.row_lines > top + height:
            self.scroll_to(y=first + self.row_lines - height, animate=False, immediate=True)

    def choose(self) -> None:
        """Open the selected row."""
        if self._count:
            self.post_message(self.Chosen(self, self._selected))

    def on_screen(self) -> range:
        """Return the rows of which a line is on the screen."""
        first = round(self.scroll_offset.y) // self.row_lines
        last = (round(self.scroll_offset.y) + max(self.size.height, 1) - 1) // self.row_lines
        return range(min(first, self._count), min(last + 1, self._count))

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the pane."""
        width = self.scrollable_content_region.width
        plain = self.palette.style("")
        if not self._count and y == 0 and self.empty:
            return Strip([Segment(self.empty, self.palette.style("notice"))]).adjust_cell_length(width, plain)
        index, line = divmod(round(self.scroll_offset.y) + y, self.row_lines)
        if index >= self._count:
            return Strip([Segment(" " * width, plain)], width)
        key = (index, width)
        rows = self._drawn.get(key)
        if rows is None:
            if len(self._drawn) > 500:
                self._drawn.clear()
            rows = self._drawn[key] = self._draw(index, width)
        back = Style.null()
        if index == self._selected:
            back = self.palette.style("selected" if self.has_focus else "selected-blur")
        pieces = rows[line] if line < len(rows) else ()
        segments = [Segment(text, self._style(style) + back) for text, style in pieces]
        return Strip(segments).adjust_cell_length(width, plain + back)

    # -- mouse and size

    def on_resize(self) -> None:
        """Draw for another width."""
        self._drawn.clear()
        self._resize()
        self.reveal()

    def _index_at(self, y: float) -> int | None:
        index = (round(self.scroll_offset.y) + int(y)) // self.row_lines
        return index if index < self._count else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select what is pointed at."""
        index = self._index_at(event.y)
        if index is None or event.x >= self.scrollable_content_region.width:
            return
        self.select(index)
        if event.button == 3:
            self.post_message(self.MenuRequested(self, index, int(event.screen_x), int(event.screen_y)))

    def on_click(self, event: events.Click) -> None:
        """Open what is clicked, once or twice as the owner has it."""
        if event.button == 3 or event.x >= self.scrollable_content_region.width:
            return
        if self._index_at(event.y) is not None and (self._opens_at_once or event.chain == 2):
            self.choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down without selecting."""
        self.scroll_to(y=self.scroll_offset.y + _WHEEL, animate=False, immediate=True)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up without selecting."""
        self.scroll_to(y=self.scroll_offset.y - _WHEEL, animate=False, immediate=True)
        event.stop()

    def on_focus(self) -> None:
        """Show the selection as the one that keys go to."""
        self.refresh()

    def on_blur(self) -> None:
        """Show the selection as one that waits."""
        self.refresh()
