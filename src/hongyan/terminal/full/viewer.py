"""The pictures of a chat, one at a time on the whole screen: looked at, saved, opened outside, sent on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from hongyan.errors import HongyanError
from hongyan.model.ids import Seq
from hongyan.model.messages import Picture, Sticker, Video
from hongyan.model.summary import size_text
from hongyan.terminal.clean import clean
from hongyan.terminal.full.items import message_of
from hongyan.terminal.full.pictures import Drawn, Mode, Unreadable, draw, open_safely
from hongyan.terminal.full.status import told
from hongyan.terminal.full.words_dialogs import DIALOGS
from hongyan.terminal.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from hongyan.client.api import Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.app import FullScreen

__all__ = ["Viewer"]

_PAGE = 200  # rows looked through at a time for the next picture
_KINDS = (Picture, Video, Sticker)


class _Canvas(Widget):
    """Rows of cells in the middle of the screen, or a sentence."""

    DEFAULT_CSS = "_Canvas { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Segment]] = []
        self.told = ""

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        width, height = self.size
        at = y - (height - len(self.rows)) // 2
        if self.rows and 0 <= at < len(self.rows):
            row = self.rows[at]
            left = (width - sum(segment.cell_length for segment in row)) // 2
            return Strip([Segment(" " * max(left, 0), self.rich_style), *row]).adjust_cell_length(
                width, self.rich_style
            )
        text = self.told if not self.rows and y == height // 2 else ""
        blank = self.rich_style
        told = Segment(" " * max((width - len(text) * 2) // 2, 0) + text, blank)
        return Strip([told]).adjust_cell_length(width, blank)


class Viewer(Screen["Recorded | None"], inherit_bindings=False):
    """Begins at one message; gives back the one that is to be sent on."""

    DEFAULT_CSS = """
    Viewer { background: black; color: white; layout: vertical; }
    Viewer Static { height: 1; width: 1fr; background: black; color: white; }
    """
    BINDINGS: ClassVar = [
        Binding("escape,q", "leave", show=False),
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l", "step(1)", show=False),
        Binding("s", "save", show=False),
        Binding("S", "save_as", show=False),
        Binding("o,enter", "open", show=False),
        Binding("c", "copy", show=False),
        Binding("f", "forward", show=False),
    ]

    def __init__(self, terminal: FullScreen, chat: Chat, row: Recorded) -> None:
        super().__init__()
        self.terminal = terminal
        self._chat = chat
        self._row = row
        self._path: Path | None = None
        self._canvas = _Canvas()
        self._loading: asyncio.Task[None] | None = None
        self._own: Widget | None = None  # the terminal's own picture

    def compose(self) -> ComposeResult:
        """Put the picture between two lines."""
        yield Static("", id="head", markup=False)
        yield self._canvas
        yield Static(self._say("viewer-hint"), markup=False)

    def _say(self, key: str, /, **values: object) -> str:
        return say(DIALOGS, key, self.terminal.language, **values)

    def on_mount(self) -> None:
        """Show the first picture."""
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        """Draw for another size."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self.terminal.later(self._load(self._row))

    async def _load(self, row: Recorded) -> None:
        self._path = None
        await self._away_with_own()
        self._tell(self._say("fetching", done=""))
        self._head(row, "")
        try:
            path = await self.terminal.account.fetch(row, progress=self._progress)
        except HongyanError as problem:
            self._tell(told(problem, self.terminal.language))
            return
        self._path = path
        if isinstance(message_of(row), Video):
            self._head(row, size_text(path.stat().st_size))
            self._tell(self._say("no-picture", why=clean(path.name)))
            return
        if self.terminal.picture_mode is Mode.OFF or self.terminal.palette.plain:
            self._tell(self._say("no-picture", why=clean(str(path))))
            return
        if self.terminal.picture_mode in {Mode.KITTY, Mode.SIXEL}:
            await self._show_by_terminal(row, path)
            return
        drawn = await asyncio.to_thread(
            draw, path, self._canvas.size.width, self._canvas.size.height, (0, 0, 0)
        )
        if isinstance(drawn, Drawn):
            self._canvas.rows = drawn.rows
            self._canvas.refresh()
            self._head(
                row, f"{drawn.format} {drawn.size[0]}×{drawn.size[1]} · {size_text(path.stat().st_size)}"
            )
        else:
            self._tell(self._say("no-picture", why=clean(drawn.reason)))

    async def _show_by_terminal(self, row: Recorded, path: Path) -> None:
        """Show a picture by the terminal's own graphics, whole pixels instead of cells."""
        from textual_image.widget import SixelImage, TGPImage

        picture = await asyncio.to_thread(open_safely, path)
        if isinstance(picture, Unreadable):
            self._tell(self._say("no-picture", why=clean(picture.reason)))
            return
        kind = TGPImage if self.terminal.picture_mode is Mode.KITTY else SixelImage
        widget = kind(picture)
        widget.styles.height, widget.styles.width = "1fr", "1fr"
        await self._away_with_own()
        self._canvas.display = False
        await self.mount(widget, after=self._canvas)
        self._own = widget
        self._head(row, f"{picture.width}×{picture.height}")

    async def _away_with_own(self) -> None:
        if self._own is not None:
            await self._own.remove()
            self._own = None
        self._canvas.display = True

    def _progress(self, done: int, total: int | None) -> None:
        share = f"{done * 100 // total} %" if total else size_text(done)
        self._tell(self._say("fetching", done=share))

    def _tell(self, text: str) -> None:
        self._canvas.rows, self._canvas.told = [], clean(text, newline=" ")
        self._canvas.refresh()

    def _head(self, row: Recorded, more: str) -> None:
        items = self.terminal.main.maker.items([row])
        who = (
            f"{items[0].who} · {self.terminal.day(items[0].at)} {self.terminal.clock(items[0].at)}"
            if items
            else ""
        )
        self.query_one("#head", Static).update(f" {who}  {more}")

    # -- keys

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Go to the picture before or after."""
        row = self._neighbour(by)
        if row is None:
            self.notify(self._say("no-media"), markup=False, timeout=2)
        else:
            self._row = row
            self._show()

    def _neighbour(self, by: int) -> Recorded | None:
        account, seq = self.terminal.account, self._row.seq
        while True:
            rows = (
                account.history(self._chat, _PAGE, before=seq)
                if by < 0
                else account.conversation(self._chat, after=seq, limit=_PAGE)
            )
            rows = [row for row in rows if (row.seq < seq if by < 0 else row.seq > seq)]
            if not rows:
                return None
            media = [row for row in rows if isinstance(message_of(row), _KINDS)]
            if media:
                return media[-1] if by < 0 else media[0]
            seq = Seq(rows[0].seq if by < 0 else rows[-1].seq)

    def action_save(self) -> None:
        """Save into the folder for files."""
        self.terminal.later(self._save())

    async def _save(self) -> None:
        incoming = self.terminal.account.incoming(self._row)
        if incoming is not None:
            self.terminal.folder.mkdir(parents=True, exist_ok=True)
            path = await incoming.save(self.terminal.folder)
            self.terminal.tell(self.terminal.say("saved", path=clean(str(path))))

    def action_save_as(self) -> None:
        """Save at a path that is typed."""
        self.run_worker(self._save_as(), exit_on_error=True)

    async def _save_as(self) -> None:
        from hongyan.terminal.full.saving import save_copy

        await save_copy(self.terminal, self._row)

    def action_open(self) -> None:
        """Open outside."""
        if self._path is not None:
            self.terminal.later(self._open(self._path))

    async def _open(self, path: Path) -> None:
        from hongyan.terminal.full.opening import open_outside

        if not await open_outside(str(path)):
            self.terminal.tell(self.terminal.say("no-opener", path=clean(str(path))))

    def action_copy(self) -> None:
        """Copy the path of the file."""
        if self._path is not None:
            self.app.copy_to_clipboard(str(self._path))
            self.terminal.tell(self.terminal.say("copied"))

    def action_forward(self) -> None:
        """Give this one back, to be sent on."""
        self.dismiss(self._row)
