"""Draws pictures in cells: reads them off the screen's thread within safe limits, and fits them into columns and rows.

A picture file is hostile input: it is looked at by its header before anything is unpacked, and whatever is wrong with it
becomes a value. How a terminal's own graphics are spoken to is ``graphics.py``'s business.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from PIL.Image import Image

    from hongyan.terminal.full.history import History
    from hongyan.terminal.full.items import Item

__all__ = [
    "Drawn",
    "Gallery",
    "Mode",
    "Unreadable",
    "draw",
    "has_colours",
    "mode_for",
    "open_safely",
    "shape",
]

_MOST_PIXELS: Final = 40_000_000
_MOST_BYTES: Final = 50 * 1024 * 1024
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_HELD: Final = 200  # drawn pictures
_AT_ONCE: Final = 2


class Mode(StrEnum):
    """How pictures come onto the screen."""

    KITTY = "kitty"  # the terminal's own pictures, by placeholders of the kitty protocol
    SIXEL = "sixel"  # the terminal's own pictures, in the viewer; half cells in the history
    HALFCELL = "halfcell"  # two pixels a cell, wherever there are colours
    OFF = "off"  # a line of text


class Drawn(NamedTuple):
    """A picture in cells: its size in pixels, its format, and its rows."""

    size: tuple[int, int]
    format: str
    rows: list[list[Segment]]


class Unreadable(NamedTuple):
    """A file that is no picture, or none that is safe to unpack; ``reason`` is for a person."""

    reason: str


def shape(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """Return how many columns and rows a picture of ``width`` x ``height`` pixels takes within these, cells being 1:2."""
    if width <= 0 or height <= 0 or columns <= 0 or rows <= 0:
        return (0, 0)
    scale = min(columns / width, rows * 2 / height, 1.0)
    return max(round(width * scale), 1), max(round(height * scale / 2), 1)


def mode_for(setting: str, environment: Mapping[str, str], *, colours: bool, has_graphics: bool) -> Mode:
    """Return how pictures are drawn: as the settings say, or the best that the terminal is known for.

    ``colours`` False leaves text only. ``has_graphics`` tells whether the library for the terminal's own pictures is there.
    """
    if setting == "off" or not colours:
        return Mode.OFF
    if setting in {"kitty", "sixel"}:
        return Mode(setting) if has_graphics else Mode.HALFCELL
    if setting == "auto" and has_graphics and _speaks_kitty(environment):
        return Mode.KITTY
    return Mode.HALFCELL


def _speaks_kitty(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("KITTY_WINDOW_ID")) or environment.get("TERM_PROGRAM") in {
        "ghostty",
        "WezTerm",
    }


def open_safely(path: Path) -> Image | Unreadable:
    """Return the picture of a file, unpacked and upright, or why there is none. It takes its time: call it in a thread."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        if path.stat().st_size > _MOST_BYTES:
            return Unreadable("too large")
        with Image.open(path, formats=_FORMATS) as found:
            if found.width * found.height > _MOST_PIXELS:
                return Unreadable(f"too large: {found.width}x{found.height}")
            kind = found.format or ""
            found.draft("RGB", (1600, 1600))  # a JPEG is unpacked smaller where that will do
            found.load()
            upright = ImageOps.exif_transpose(found)
            picture = upright if upright.mode in {"RGB", "RGBA"} else upright.convert("RGBA")
            picture.info["kind"] = kind
            return picture
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombError,
        UnidentifiedImageError,
    ) as error:
        return Unreadable(str(error).partition("\n")[0][:80] or type(error).__name__)


def draw(path: Path, columns: int, rows: int, background: tuple[int, int, int]) -> Drawn | Unreadable:
    """Return a picture file in at most so many cells, or why there is none. It takes its time: call it in a thread."""
    from PIL import Image

    picture = open_safely(path)
    if isinstance(picture, Unreadable):
        return picture
    size, kind = picture.size, str(picture.info.get("kind", ""))
    width, height = shape(*size, columns, rows)
    if not width:
        return Unreadable("no room")
    small = picture.resize((width, height * 2), Image.Resampling.BILINEAR)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, background)
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    return Drawn(size, kind, _cells(small.convert("RGB").tobytes(), width, height))


def _cells(pixels: bytes, width: int, height: int) -> list[list[Segment]]:
    """Return rows of cells with two pixels each; equal neighbours share a segment."""
    line = width * 3
    rows: list[list[Segment]] = []
    for row in range(height):
        upper, lower = pixels[2 * row * line :][:line], pixels[(2 * row + 1) * line :][:line]
        segments: list[Segment] = []
        begin = 0
        for at in range(3, line + 3, 3):
            same = (
                at < line
                and upper[at : at + 3] == upper[begin : begin + 3]
                and lower[at : at + 3] == lower[begin : begin + 3]
            )
            if not same:
                segments.append(
                    Segment(
                        "▀" * ((at - begin) // 3), _style(upper[begin : begin + 3], lower[begin : begin + 3])
                    )
                )
                begin = at
        rows.append(segments)
    return rows


def _style(upper: bytes, lower: bytes) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


class Gallery:
    """The pictures of a history: drawn when they come onto the screen, kept while there is room, a text line until then.

    ``came`` is called when one more can be shown. ``background`` is what shines through.
    """

    def __init__(
        self, mode: Mode, came: Callable[[], None], background: tuple[int, int, int] = (0, 0, 0)
    ) -> None:
        self.mode = mode
        self.background = background
        self._came = came
        self._held: OrderedDict[tuple[str, int, int], Drawn | Unreadable] = OrderedDict()
        self._tasks: dict[tuple[str, int, int], asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def drawn(self, item: Item, columns: int, rows: int) -> list[list[Segment]] | None:
        """Return the rows of an item's picture, None while they are not there."""
        if item.file is None:
            return None
        found = self._held.get((str(item.file), columns, rows))
        return found.rows if isinstance(found, Drawn) else None

    def wish(self, history: History) -> None:
        """Begin to draw the pictures that are on the screen."""
        if self.mode is Mode.OFF:
            return
        for item in history.on_screen():
            columns, rows = history.view.typeset.picture_cells(item, history.view.width)
            if rows and item.file is not None:
                self._begin(item.file, columns, rows)

    def _begin(self, path: Path, columns: int, rows: int) -> None:
        key = (str(path), columns, rows)
        if key in self._held or key in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(
            self._draw(path, columns, rows), name=f"draw {path.name}"
        )
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _draw(self, path: Path, columns: int, rows: int) -> None:
        async with self._slots:
            drawn = await asyncio.to_thread(draw, path, columns, rows, self.background)
        self._held[(str(path), columns, rows)] = drawn
        while len(self._held) > _HELD:
            self._held.popitem(last=False)
        self._came()

    async def close(self) -> None:
        """Give up what is being drawn."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def has_colours(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal shows colours and wants them."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
