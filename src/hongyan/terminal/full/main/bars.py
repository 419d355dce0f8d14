"""The one-line bars of the screen and the lines between its panes; what they say is their owner's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hongyan.model.display_text import cells, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events

    from hongyan.terminal.full.settings.themes import Palette

__all__ = ["Divider", "TextBar"]

Piece = tuple[str, str]


class TextBar(Widget):
    """One line: pieces from the left, and pieces at the right edge, which give way if there is no room."""

    DEFAULT_CSS = "TextBar { height: 1; width: 1fr; }"

    class Pressed(Message):
        """The bar was clicked, so many cells from its left edge."""

        def __init__(self, bar: TextBar, x: int) -> None:
            super().__init__()
            self.bar = bar
            self.x = x

    def __init__(
        self,
        palette: Palette,
        left: Callable[[int], Sequence[Piece]],
        right: Callable[[int], Sequence[Piece]] = lambda _: (),
        *,
        fill: str = " ",
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.palette = palette
        self._left = left
        self._right = right
        self._fill = fill

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        plain = self.palette.style("")
        if y:
            return Strip([Segment(" " * width, plain)], width)
        right = [(text, style) for text, style in self._right(width) if text]
        left = list(self._left(width))
        room = width - sum(cells(text) for text, _ in left)
        while right and sum(cells(text) for text, _ in right) > room:
            right.pop(0)
        used = sum(cells(text) for text, _ in right)
        segments: list[Segment] = []
        free = width - used
        for text, style in left:
            shown = fit(text, free)
            segments.append(Segment(shown, self.palette.style(style)))
            free -= cells(shown)
        segments.append(Segment(self._fill * max(free, 0), self.palette.style("notice")))
        segments += [Segment(text, self.palette.style(style)) for text, style in right]
        return Strip(segments).adjust_cell_length(width, plain)

    def take(self, palette: Palette) -> None:
        """Take another theme's palette."""
        self.palette = palette
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Report where it was clicked."""
        self.post_message(self.Pressed(self, int(event.x)))


class Divider(Widget):
    """A line between two panes, which can be dragged."""

    DEFAULT_CSS = "Divider { width: 1; height: 1fr; } Divider.-across { width: 1fr; height: 1; }"

    class Dragged(Message):
        """The line is to be at this column of the screen."""

        def __init__(self, divider: Divider, x: int) -> None:
            super().__init__()
            self.divider = divider
            self.x = x

    def __init__(self, palette: Palette, *, across: bool = False, id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id, classes="-across" if across else "")
        self.palette = palette
        self._across = across
        self._held = False

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # one line is as the other
        """Return a piece of the line."""
        mark = self.palette.marks["rule" if self._across else "divider"]
        return Strip([Segment(mark * self.size.width, self.palette.style("notice"))], self.size.width)

    def take(self, palette: Palette) -> None:
        """Take another theme's palette."""
        self.palette = palette
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the line."""
        if not self._across:
            self._held = True
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._held:
            self.post_message(self.Dragged(self, int(event.screen_x)))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the line go."""
        if self._held:
            self._held = False
            self.release_mouse()
            event.stop()
