"""Pick a face or an emoji, or a file of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Input

from hongyan.model.display_text import clean, fit, pad
from hongyan.model.summary import size_text
from hongyan.terminal.full.chats.rowlist import RowList
from hongyan.terminal.full.composer.emoji import EmojiChoice, find_emoji
from hongyan.terminal.full.composer.favourites import kept
from hongyan.terminal.full.screens.dialogs import Dialog
from hongyan.userdirs import expanded

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["STICKER", "EmojiPicker", "FilePicker"]

_CELL: Final = 4  # cells of a face in the grid
_FOUND: Final = 2000

Piece = tuple[str, str]


STICKER: Final = "sticker:"
"""What the picker gives back for a favourite sticker begins with this; its digest follows."""


class EmojiPicker(Dialog["str | None"]):
    """A grid of the favorite stickers, WeChat's emoticons and the emoji, those used last first; found by name or pinyin."""

    DEFAULT_CSS = "EmojiPicker RowList { height: 10; }"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self._found: list[EmojiChoice] = []
        self._at = 0
        self._list = RowList(self._draw, context.palette, opens_at_once=False)

    def compose(self) -> ComposeResult:
        """Put field, grid and the name of the chosen one together."""
        with Vertical():
            yield self.title_line(self.say("faces"))
            yield Input(select_on_focus=False)
            yield self._list
            yield self.title_line("")
            yield self.hint_line("choose-hint")

    def begin(self) -> None:
        """Show all of them."""
        self.query_one(Input).focus()
        self.call_after_refresh(self._look, "")

    def _look(self, wanted: str) -> None:
        found = find_emoji(wanted, _FOUND)
        recent = (
            [face for text in self.context.recent_emoji for face in found if face.text == text]
            if not wanted
            else []
        )
        self._found = [*self._stickers(wanted), *recent, *(face for face in found if face not in recent)]
        self._at = 0
        self._show()

    def _stickers(self, wanted: str) -> list[EmojiChoice]:
        """Return the favourite stickers, which are sent by themselves."""
        return [
            EmojiChoice(f"{STICKER}{one.md5}", "★", f"★ {one.caption or one.md5[:8]}")
            for one in kept(self.context.account.archive.folder)
            if wanted in one.caption
        ]

    def _columns(self) -> int:
        return max((self._list.scrollable_content_region.width) // _CELL, 1)

    def _show(self) -> None:
        columns = self._columns()
        self._list.reset((len(self._found) + columns - 1) // columns, self._at // columns)
        name = self._found[self._at].name if self._found else self.say("nothing")
        self.query(".title").last().update(name)  # type: ignore[attr-defined]  # a Static, as it was made

    def _draw(self, index: int, _: int) -> list[list[Piece]]:
        columns = self._columns()
        row = self._found[index * columns : (index + 1) * columns]
        chosen = self._at - index * columns
        return [
            [
                (
                    pad(f"[{face.look}]" if at == chosen else f" {face.look}", _CELL),
                    "unread" if at == chosen else "",
                )
                for at, face in enumerate(row)
            ]
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for a name."""
        self._look(event.value)

    def on_input_submitted(self) -> None:
        """Take the chosen one."""
        self._take()

    def _take(self) -> None:
        if not self._found:
            self.dismiss(None)
            return
        text = self._found[self._at].text
        if text.startswith(STICKER):
            self.dismiss(text)
            return
        self.context.recent_emoji = [text, *(t for t in self.context.recent_emoji if t != text)][:24]
        self.dismiss(text)

    def clicked(self, event: events.Click) -> bool:
        """Take what is clicked."""
        if event.widget is self._list:
            at = (int(event.y) + round(self._list.scroll_offset.y)) * self._columns() + int(event.x) // _CELL
            if at < len(self._found):
                self._at = at
                self._take()
            return True
        return False

    def pressed(self, key: str) -> bool:
        """Move in the grid."""
        steps = {"left": -1, "right": 1, "up": -self._columns(), "down": self._columns()}
        if key not in steps or not self._found:
            return False
        self._at = min(max(self._at + steps[key], 0), len(self._found) - 1)
        self._show()
        return True


class FilePicker(Dialog["Path | None"]):
    """The files of a folder; folders first. A typed path leads there, other letters narrow the list."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self._folder = Path.cwd()
        self._all: list[Path] = []
        self._found: list[Path] = []
        self._list = RowList(self._draw, context.palette, empty=self.say("nothing"))

    def compose(self) -> ComposeResult:
        """Put the folder's name, the field and the list together."""
        with Vertical():
            yield self.title_line("")
            yield Input(select_on_focus=False)
            yield self._list
            yield self.hint_line("choose-hint")

    def begin(self) -> None:
        """Show the folder one is in."""
        self.query_one(Input).focus()
        self._enter(self._folder)

    def _enter(self, folder: Path) -> None:
        try:
            entries = [p for p in folder.iterdir() if not p.name.startswith(".")]
        except OSError as error:
            self.notify(f"{clean(str(folder))}: {error.strerror}", severity="error", markup=False)
            return
        self._folder = folder
        self._all = [folder.parent, *sorted(entries, key=lambda p: (not p.is_dir(), p.name.casefold()))]
        self.query(".title").first().update(clean(str(folder)))  # type: ignore[attr-defined]  # a Static, as it was made
        field = self.query_one(Input)
        if field.value:
            field.value = ""
        self._narrow("")

    def _narrow(self, text: str) -> None:
        wanted = text.casefold()
        self._found = [p for p in self._all if wanted in p.name.casefold() or p == self._folder.parent]
        self._list.reset(len(self._found), 1 if wanted and len(self._found) > 1 else 0)
        self._list.styles.height = min(max(len(self._found), 1), 16)

    def _draw(self, index: int, width: int) -> list[list[Piece]]:
        path = self._found[index]
        gutter = self.context.palette.marks["selected"] if index == self._list.selected else " "
        if path == self._folder.parent and index == 0:
            return [[(f"{gutter} ../", "link")]]
        name = clean(path.name, newline=" ", tab=" ")
        if path.is_dir():
            return [[(f"{gutter} {fit(name, width - 4)}/", "link")]]
        try:
            size = size_text(path.stat().st_size)
        except OSError:
            size = "?"
        return [[(f"{gutter} {pad(name, max(width - 14, 8))}", ""), (f" {size}", "notice")]]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Go where a path leads, or narrow the list."""
        typed = event.value.strip().strip("'\"")
        if typed.startswith(("/", "~")):
            path = expanded(typed)
            folder = path if typed.endswith("/") else path.parent
            if os.path.isdir(folder) and folder != self._folder:  # noqa: PTH112  # as below
                try:
                    self._all = sorted(folder.iterdir(), key=lambda p: (not p.is_dir(), p.name.casefold()))
                except OSError:
                    return
                self._folder = folder
            self._narrow(path.name if not typed.endswith("/") else "")
        else:
            self._narrow(typed)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the path that is written out, or what is selected."""
        path = expanded(event.value.strip().strip("'\""))
        if event.value.strip() and os.path.isfile(path):  # noqa: PTH113  # no error for any path
            self.dismiss(path.absolute())
        else:
            self._list.choose()

    def on_row_list_highlighted(self) -> None:
        """Show which row is selected without colour too."""
        self._list.redraw()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter a folder, or take a file."""
        if event.index >= len(self._found):  # the list is another one by now
            return
        path = self._found[event.index]
        if path.is_dir():
            self._enter(path)
        else:
            self.dismiss(path.absolute())

    def pressed(self, key: str) -> bool:
        """Move in the list."""
        return self._list.moved_by(key)
