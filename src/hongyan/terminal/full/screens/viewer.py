"""The media of a chat, one at a time on the whole screen: looked at, saved, opened outside, sent on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from hongyan.errors import HongyanError
from hongyan.model.display_text import cells, clean, fit
from hongyan.model.summary import size_text
from hongyan.terminal.full.messages.media_navigation import medium_of, neighbour
from hongyan.terminal.full.messages.wrap import wrap
from hongyan.terminal.full.pictures.draw import Drawn, Mode, UnreadablePicture, open_safely
from hongyan.terminal.full.screens.leaving import Leaves
from hongyan.terminal.full.screens.saving import fetched, open_row, save_copy, save_row
from hongyan.terminal.full.strings.media import MEDIA
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from textual.app import ComposeResult

    from hongyan.client.account import Chat
    from hongyan.model.events import Recorded
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.full.messages.media_navigation import Medium

__all__ = ["Viewer"]

_SIXEL_PIXELS = 1600  # at most, across and down


class _Canvas(Widget):
    """Rows of cells in the middle of the screen, or sentences."""

    DEFAULT_CSS = "_Canvas { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[Segment]] = []
        self._text = ""

    def show(self, rows: list[list[Segment]]) -> None:
        """Show a picture."""
        self._rows, self._text = rows, ""
        self.refresh()

    def tell(self, text: str) -> None:
        """Show a text instead."""
        self._rows, self._text = [], clean(text, newline="\n")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line."""
        width, height = self.size
        blank = self.rich_style
        rows = self._rows or [[Segment(line.rstrip(), blank)] for line in wrap(self._text, max(width, 2))]
        at = y - max(height - len(rows), 0) // 2
        row = rows[at] if 0 <= at < len(rows) else []
        left = (width - sum(cells(segment.text) for segment in row)) // 2
        return Strip([Segment(" " * max(left, 0), blank), *row]).adjust_cell_length(width, blank)


class Viewer(Leaves["Recorded | None"], inherit_bindings=False):
    """Begins at one message of a chat; gives back the one that is to be sent on."""

    DEFAULT_CSS = """
    Viewer { background: black; color: white; layout: vertical; }
    Viewer Static { width: 1fr; background: black; color: white; }
    Viewer #head { height: 1; }
    Viewer #details, Viewer #hint { height: auto; max-height: 3; }
    Viewer #details { display: none; }
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
        Binding("i", "details", show=False),
    ]

    def __init__(self, context: ScreenContext, chat: Chat, row: Recorded) -> None:
        super().__init__()
        self.context = context
        self._chat = chat
        medium = medium_of(row)
        assert medium is not None  # the caller has looked
        self._medium: Medium = medium
        self._path: Path | None = None
        self._length = 0  # bytes of the file that is drawn
        self._canvas = _Canvas()
        self._loading: asyncio.Task[None] | None = None
        self._shown: Drawn | UnreadablePicture | None = None
        self._sixel: Widget | None = None

    def compose(self) -> ComposeResult:
        """Put the picture between the lines."""
        yield Static("", id="head", markup=False)
        yield self._canvas
        yield Static("", id="details", markup=False)
        yield Static(self._say("viewer-hint"), id="hint", markup=False)

    def _say(self, key: str, /, **values: object) -> str:
        return say(MEDIA, key, self.context.language, **values)

    def on_mount(self) -> None:
        """Show the first one, once it is known how large the screen is."""
        self.call_after_refresh(self._load)

    def on_resize(self) -> None:
        """Draw for another size what is there already."""
        if self._path is not None:
            self.call_after_refresh(self._begin, self._draw(self._path))

    def on_unmount(self) -> None:
        """Cancel the current download."""
        if self._loading is not None:
            self._loading.cancel()
        self.context.painter.free(self._shown)

    # -- showing

    def _load(self) -> None:
        self._path, self._length = None, 0
        self._tell_about("")
        self._canvas.tell(self._say("fetching", done=""))
        self._begin(self._fetch())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this instead of what is on its way."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self.context.later(work)

    async def _fetch(self) -> None:
        """Fetch what is to be drawn; of a video only its still picture, of a file nothing until it is asked for."""
        await self._away_with_sixel()
        medium = self._medium
        if not medium.is_drawn and medium.kind != "video":
            self._canvas.tell(self._words())
            return
        try:
            if medium.kind == "video" and medium.own is None:
                path = await self.context.account.fetch(medium.row, size="thumbnail", progress=self._progress)
            else:
                path = await fetched(self.context, medium.row, self._progress)
        except HongyanError as problem:
            self._canvas.tell(f"{self._words()}\n{self.context.problem_text(problem)}")
            return
        self._path = path
        self._length = 0 if medium.kind == "video" else await asyncio.to_thread(_length, path)
        await self._draw(path)

    def _words(self) -> str:
        """Return a medium as text: what it is called and how long it is."""
        medium = self._medium
        size = size_text(medium.size)
        return " · ".join(part for part in (self._say(f"a-{medium.kind}"), medium.name, size) if part)

    async def _draw(self, path: Path) -> None:
        context = self.context
        if not context.shows_pictures:
            self._canvas.tell(f"{self._words()}\n{path}")
        elif context.painter.mode is Mode.SIXEL:
            await self._draw_by_sixel(path)
        else:
            drawn = await context.painter.paint(path, *self._canvas.size)
            context.painter.free(self._shown)
            self._shown = drawn
            if isinstance(drawn, Drawn):
                self._canvas.show(drawn.rows)
            self._tell_outcome(drawn)

    async def _draw_by_sixel(self, path: Path) -> None:
        from textual_image.widget import SixelImage

        opened = await asyncio.to_thread(open_safely, path, _within)
        if isinstance(opened, UnreadablePicture):
            self._tell_outcome(opened)
            return
        widget = SixelImage(opened.picture)
        widget.styles.height, widget.styles.width = "1fr", "1fr"
        await self._away_with_sixel()
        self._canvas.display = False
        await self.mount(widget, after=self._canvas)
        self._sixel = widget
        self._tell_outcome(Drawn(opened.size, opened.format, []))

    def _tell_outcome(self, drawn: Drawn | UnreadablePicture) -> None:
        if isinstance(drawn, UnreadablePicture):
            why = self._say("no-picture", why=drawn.reason(self.context.language))
            self._canvas.tell(f"{self._words()}\n{why}")
        else:
            self._tell_about(f"{drawn.format} {drawn.size[0]}×{drawn.size[1]}")

    async def _away_with_sixel(self) -> None:
        if self._sixel is not None:
            await self._sixel.remove()
            self._sixel = None
        self._canvas.display = True

    def _progress(self, done: int, total: int | None) -> None:
        share = f"{done * 100 // total} %" if total else size_text(done)
        self._canvas.tell(self._say("fetching", done=share))

    def _tell_about(self, what: str) -> None:
        """Show in the first line whose it is and what, and in the details where its file lies."""
        medium, context = self._medium, self.context
        items = context.items.items([medium.row])
        who = (
            f"{items[0].who} · {context.day_text(items[0].at)} {context.time_text(items[0].at)}"
            if items
            else ""
        )
        still = self._say("a-video") if medium.kind == "video" else ""  # what is drawn is a picture of it
        facts = " · ".join(part for part in (still, what, size_text(medium.size or self._length)) if part)
        room = self.size.width - cells(facts) - 3
        who = fit(who, room) if room > 0 else ""
        gap = " " * max(self.size.width - cells(who) - cells(facts) - 2, 1)
        self.query_one("#head", Static).update(f" {who}{gap}{facts}")
        details = (medium.name, f"#{medium.row.seq}", str(self._path or ""))
        self.query_one("#details", Static).update(
            " " + " · ".join(clean(part, newline=" ") for part in details if part)
        )

    # -- keys

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Go to the one before or after."""
        context = self.context
        medium = neighbour(context.account, context.items, self._chat, self._medium.row.seq, by)
        if medium is None:
            self.notify(self._say("no-media"), markup=False, timeout=2)
        else:
            self._medium = medium
            self._load()

    def action_details(self) -> None:
        """Show a line more, or no longer."""
        details = self.query_one("#details")
        details.display = not details.display

    def action_save(self) -> None:
        """Save into the folder for files."""
        self.context.later(self._save(self._medium.row))

    async def _save(self, row: Recorded) -> None:
        path = await save_row(self.context, row)
        self.context.tell(self.context.say("saved", path=clean(str(path))))

    def action_save_as(self) -> None:
        """Save at a path that is typed."""
        self._ask(save_copy(self.context, self._medium.row))

    def action_open(self) -> None:
        """Open outside."""
        self._ask(open_row(self.context, self._medium.row, self._progress_outside))

    def _ask(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that may ask a person."""
        self.context.ask(work, "look at a medium")

    def _progress_outside(self, done: int, total: int | None) -> None:
        share = f"{done * 100 // total} %" if total else size_text(done)
        self._tell_about(self._say("fetching", done=share))

    def action_copy(self) -> None:
        """Copy the path of the file."""
        if self._path is not None:
            self.app.copy_to_clipboard(str(self._path))
            self.context.tell(self.context.say("copied"))

    def action_forward(self) -> None:
        """Give this one back, to be sent on."""
        self.dismiss(self._medium.row)


def _length(path: Path) -> int:
    """Return how long a file is, 0 where it is gone."""
    return path.stat().st_size if path.is_file() else 0


def _within(width: int, height: int) -> tuple[int, int]:
    scale = min(_SIXEL_PIXELS / width, _SIXEL_PIXELS / height, 1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)
