"""Dialogs that show lines to be read: scrolled, scrolled and copied whole; subclasses say which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import Vertical

from hongyan.model.display_text import clean
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.messages.wrap import wrap
from hongyan.terminal.full.screens.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Page", "Shown", "wrapped"]

R = TypeVar("R")

Piece = tuple[str, str]
Line = tuple[Piece, ...]


class Page(Dialog[R], Generic[R]):
    """Lines under a title. A subclass says which lines there are for a width, and what the keys do."""

    DEFAULT_CSS = """
    Page > Vertical { width: 96%; max-width: 110; height: 90%; }
    Page RowList { height: 1fr; max-height: 100%; }
    """
    HINT: ClassVar[str] = "close-hint"

    def __init__(self, context: ScreenContext, title: str) -> None:
        super().__init__(context)
        self._title = title
        self._lines: list[Line] = []
        self.rows = RowList(lambda index, _: [self._lines[index]], context.palette, opens_at_once=False)

    def compose(self) -> ComposeResult:
        """Put title, lines and hint together."""
        with Vertical():
            yield self.title_line(self._title)
            yield self.rows
            yield self.hint_line(self.hint())

    def begin(self) -> None:
        """Fill in the lines."""
        self.rows.focus()
        self.call_after_refresh(self.fill)

    def on_resize(self) -> None:
        """Lay the lines out for another width."""
        self.call_after_refresh(self.fill)

    def fill(self) -> None:
        """Lay the lines out anew, where they are still looked at."""
        if not self.is_here:
            return
        self._lines = list(self.lines(max(self.rows.size.width - 1, 10)))
        self.rows.reset(len(self._lines), self.rows.selected)

    def hint(self) -> str:
        """Return the name of the sentence at the bottom."""
        return self.HINT

    def lines(self, width: int) -> Sequence[Line]:
        """Return the lines for a width."""
        raise NotImplementedError

    def text(self) -> str:
        """Return all lines as one text."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def pressed(self, key: str) -> bool:
        """Move, copy, close."""
        if key in {"up", "k", "down", "j"}:
            self.rows.move(1 if key in {"down", "j"} else -1)
        elif key in {"pageup", "pagedown", "space"}:
            self.rows.page(-1 if key == "pageup" else 1)
        elif key in {"home", "g", "end", "G"}:
            self.rows.select(0 if key in {"home", "g"} else self.rows.count - 1)
        elif key == "y":
            self.app.copy_to_clipboard(self.text())
        elif key in {"q", "enter"}:
            self.dismiss(None)
        else:
            return False
        return True


def wrapped(text: str, width: int, style: str = "") -> list[Line]:
    """Return the lines of any text, harmless and within a width."""
    return [((line.rstrip(" "), style),) for line in wrap(clean(text, newline="\n"), width)]


class Shown(Page[None]):
    """A text."""

    def __init__(self, context: ScreenContext, title: str, text: str) -> None:
        super().__init__(context, clean(title, newline=" "))
        self._text = text

    def lines(self, width: int) -> Sequence[Line]:
        """Return the text's lines."""
        return wrapped(self._text, width)
