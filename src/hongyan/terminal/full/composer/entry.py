"""Where a message is written: several lines, edited by what people call characters, with the keys of the key map.

It sends nothing: what is to happen is posted as a message. Pasted text never sends anything, and pasted paths of files
are distinguished from text.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import unquote, urlsplit

from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from hongyan.terminal.full.messages.wrap import graphemes
from hongyan.userdirs import expanded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual import events
    from textual.document._document import Location

    from hongyan.terminal.full.keys.keymap import KeyMap

__all__ = ["MessageEntry", "paths_in"]

_ROWS: Final = 6  # it grows up to so many
_REMEMBERED: Final = 100
_PATHS: Final = re.compile(r"""\s*(file://|/|~/|'|"|[A-Za-z]:\\)""")


class MessageEntry(TextArea, inherit_bindings=False):
    """The input of a chat. ``keys`` is the key map; ``intercept(key)`` may take a key before it does anything here."""

    DEFAULT_CSS = """
    MessageEntry { height: auto; min-height: 1; max-height: 6; border: none; padding: 0 1; background: $background;
            scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    MessageEntry:focus { border: none; }
    """
    BINDINGS: ClassVar = [
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("shift+left", "cursor_left(True)", show=False),
        Binding("shift+right", "cursor_right(True)", show=False),
        Binding("shift+up", "cursor_up(True)", show=False),
        Binding("shift+down", "cursor_down(True)", show=False),
        Binding("shift+home", "cursor_line_start(True)", show=False),
        Binding("shift+end", "cursor_line_end(True)", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete", "delete_right", show=False),
    ]

    class ActionRequested(Message):
        """Something was asked for that the entry itself does not do: the id of an action."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    class Submitted(Message):
        """A text is to be sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class FilesDropped(Message):
        """Paths of existing files were pasted, as terminals do where files are dragged onto them."""

        def __init__(self, paths: list[Path]) -> None:
            super().__init__()
            self.paths = paths

    def __init__(
        self,
        keys: KeyMap,
        *,
        intercept: Callable[[str], bool] = lambda _: False,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(
            "",
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
            placeholder=placeholder,
            id=id,
        )
        self.keys = keys
        self._intercept = intercept
        self._earlier: list[str] = []
        self._recalled: int | None = None

    # -- what is written

    def set_text(self, text: str) -> None:
        """Replace what is written; the caret goes to its end."""
        self.load_text(text)
        self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """Write a text at the caret."""
        self.insert(text)

    def before_caret(self) -> str:
        """Return the text before the caret on its line."""
        row, column = self.cursor_location
        return str(self.document.get_line(row))[:column]

    def is_first_line(self) -> bool:
        """Whether the caret is on the first line of the text."""
        return self.cursor_location[0] == 0

    def replace_before_caret(self, count: int, text: str) -> None:
        """Replace so many characters before the caret."""
        row, column = self.cursor_location
        self.replace(text, (row, column - count), (row, column))

    def undo(self) -> None:
        """Undo the last change."""
        self._settled(super().undo)

    def redo(self) -> None:
        """Redo the change that was undone."""
        self._settled(super().redo)

    def _settled(self, step: Callable[[], None]) -> None:
        """Take a step through the changes. The toolkit looks at the caret before it is back where there is a line."""
        with contextlib.suppress(ValueError, IndexError):
            step()
        self.wrapped_document.wrap(self.wrap_width, self.indent_width)
        self.selection = Selection(*map(self.clamp_visitable, self.selection))
        self._refresh_size()
        self.refresh(layout=True)
        self.post_message(self.Changed(self))

    def _recompute_cursor_offset(self) -> None:
        """Find the caret on the screen; between two steps of a change it may be on no line, and stays where it was."""
        with contextlib.suppress(ValueError, IndexError):
            super()._recompute_cursor_offset()  # type: ignore[no-untyped-call]  # the toolkit's own

    def remember(self, text: str) -> None:
        """Keep a text that was sent, for ``entry.earlier``."""
        self._earlier = [*[t for t in self._earlier if t != text], text][-_REMEMBERED:]
        self._recalled = None

    # -- keys

    async def _on_key(self, event: events.Key) -> None:
        if self._intercept(event.key):
            event.stop()
            event.prevent_default()
            return
        action = self.keys.action("entry", event.key)
        if action is None:
            if event.key == "enter":  # which otherwise writes a line end
                event.prevent_default()
            return
        if action == "entry.select-last" and not self.is_empty:
            return
        event.stop()
        event.prevent_default()
        self.do(action)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.text

    def do(self, action: str) -> None:
        """Carry out an action of the entry, or ask its owner to."""
        own = _OWN.get(action)
        if own is not None:
            own(self)
        else:
            self.post_message(self.ActionRequested(action))

    def submit(self) -> None:
        """Ask for what is written to be sent; a blank text is nothing, but files may go with it."""
        self.post_message(self.Submitted(self.text))

    def newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def recall_earlier(self, step: int) -> None:
        """Bring back an earlier input (-1), or a later one (1)."""
        if not self._earlier:
            return
        at = len(self._earlier) if self._recalled is None else self._recalled
        at = min(max(at + step, 0), len(self._earlier))
        self._recalled = at
        self.set_text(self._earlier[at] if at < len(self._earlier) else "")

    def kill_line_end(self) -> None:
        """Delete up to the end of the line, or the line's end itself."""
        row, column = self.cursor_location
        if column < len(str(self.document.get_line(row))):
            self.action_delete_to_end_of_line()
        else:
            self.action_delete_right()

    # -- what people call a character

    def get_cursor_left_location(self) -> Location:
        """Return where the caret goes by one character to the left."""
        row, column = self.cursor_location
        if column == 0:
            return self.navigator.get_location_left((row, column))
        return row, max(edge for edge in _edges(str(self.document.get_line(row))) if edge < column)

    def get_cursor_right_location(self) -> Location:
        """Return where the caret goes by one character to the right."""
        row, column = self.cursor_location
        line = str(self.document.get_line(row))
        if column >= len(line):
            return self.navigator.get_location_right((row, column))
        return row, min(edge for edge in _edges(line) if edge > column)

    # -- pasting

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take_paste(event.text)

    def take_paste(self, text: str) -> None:
        """Write what was pasted, or let the files go with it that it names."""
        if files := paths_in(text):
            self.post_message(self.FilesDropped(files))
        else:
            self.insert(text.replace("\r\n", "\n").replace("\r", "\n"))


def _edges(line: str) -> list[int]:
    """Return where characters begin and end in a line."""
    return [0, *accumulate(map(len, graphemes(line)))]


def paths_in(text: str) -> list[Path]:
    """Return the existing files that a pasted text names and nothing else, else an empty list.

    Terminals quote such paths, escape their blanks, or give ``file://`` addresses, one a line.
    """
    if len(text) > 8192 or _PATHS.match(text) is None:
        return []
    try:
        parts = shlex.split(text, posix=True) if "\\\\" not in text else [text.strip()]
    except ValueError:
        return []
    whole = expanded(_as_path(text.strip().strip("'\"")))
    if _is_file(whole):
        return [whole]
    files = [expanded(_as_path(part)) for part in parts]
    return files if files and all(map(_is_file, files)) else []


def _as_path(part: str) -> str:
    return unquote(urlsplit(part).path) if part.startswith("file://") else part


def _is_file(path: Path) -> bool:
    try:
        return path.is_absolute() and path.is_file()
    except (OSError, ValueError):
        return False


_OWN: Final[dict[str, Callable[[MessageEntry], None]]] = {
    "entry.send": MessageEntry.submit,
    "entry.newline": MessageEntry.newline,
    "entry.earlier": lambda entry: entry.recall_earlier(-1),
    "entry.later": lambda entry: entry.recall_earlier(1),
    "entry.undo": lambda entry: entry.undo(),
    "entry.redo": lambda entry: entry.redo(),
    "entry.line-start": lambda entry: entry.action_cursor_line_start(),
    "entry.line-end": lambda entry: entry.action_cursor_line_end(),
    "entry.kill-line-start": lambda entry: entry.action_delete_to_start_of_line(),
    "entry.kill-line-end": MessageEntry.kill_line_end,
    "entry.kill-word": lambda entry: entry.action_delete_word_left(),
    "entry.kill-word-right": lambda entry: entry.action_delete_word_right(),
    "entry.word-left": lambda entry: entry.action_cursor_word_left(),
    "entry.word-right": lambda entry: entry.action_cursor_word_right(),
}
