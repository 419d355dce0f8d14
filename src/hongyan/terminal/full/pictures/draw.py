"""Draws picture files in cells: reads them within safe limits and fits them into columns and rows; it takes its time.

A picture file is hostile input: it is looked at by its header before anything is unpacked, and whatever is wrong with it
becomes a value. A terminal's own graphics are ``kitty.py``'s business, the cache ``gallery.py``'s.
"""

from __future__ import annotations

import io
import os
import warnings
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from hongyan.files.content_types import is_laborious
from hongyan.model.summary import size_text
from hongyan.terminal.full.strings.media import MEDIA
from hongyan.terminal.strings.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

    from hongyan.terminal.strings.language import Language

__all__ = [
    "Drawn",
    "Mode",
    "OpenedPicture",
    "UnreadablePicture",
    "draw",
    "has_colours",
    "mode_for",
    "open_safely",
    "png_of",
    "shape",
]

MOST_PIXELS: Final = 40_000_000
MOST_BYTES: Final = 50 * 1024 * 1024
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_ORIENTATION: Final = 0x0112  # the EXIF tag
_ON_THEIR_SIDE: Final = frozenset({5, 6, 7, 8})  # its values that swap width and height


class Mode(StrEnum):
    """How pictures come onto the screen."""

    KITTY = "kitty"  # the terminal's own pictures, by placeholders of the kitty protocol
    SIXEL = "sixel"  # the terminal's own pictures, in the viewer; half cells in the history
    HALFCELL = "halfcell"  # two pixels a cell, if there are colors
    OFF = "off"  # a line of text


class Drawn(NamedTuple):
    """A picture in cells: its upright size in pixels, its format, and its rows.

    ``image`` is the number under which the terminal itself holds it, 0 where it does not.
    """

    size: tuple[int, int]
    format: str
    rows: list[list[Segment]]
    image: int = 0


class OpenedPicture(NamedTuple):
    """A picture unpacked, upright and fitted (RGB or RGBA), with the size and the format of the whole one."""

    picture: Image
    size: tuple[int, int]
    format: str


class UnreadablePicture(NamedTuple):
    """A file that is not a picture, or is not safe to unpack: ``key`` of the words for it, and what it was."""

    key: str
    what: str = ""

    def reason(self, language: Language) -> str:
        """Return why in the language of a person."""
        return say(MEDIA, self.key, language, what=self.what)


def shape(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """Return how many columns and rows a picture of ``width`` x ``height`` pixels takes within these, cells being 1:2."""
    if width <= 0 or height <= 0 or columns <= 0 or rows <= 0:
        return (0, 0)
    scale = min(columns / width, rows * 2 / height, 1.0)
    return max(round(width * scale), 1), max(round(height * scale / 2), 1)


def mode_for(setting: str, *, colours: bool, speaks_kitty: bool, has_sixel: bool) -> Mode:
    """Return how pictures are drawn: as the settings say, or the best that the terminal is known for.

    ``colours`` False leaves text only. ``has_sixel`` is whether the library for sixel is installed.
    """
    if setting == "off" or not colours:
        return Mode.OFF
    if setting == "sixel":
        return Mode.SIXEL if has_sixel else Mode.HALFCELL
    if setting == "kitty" or (setting == "auto" and speaks_kitty):
        return Mode.KITTY
    return Mode.HALFCELL


def has_colours(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal shows colours and wants them."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


# -- reading


def open_safely(path: Path, fit: Callable[[int, int], tuple[int, int]]) -> OpenedPicture | UnreadablePicture:
    """Return the picture of a file in as many pixels as ``fit`` gives for its own width and height, or why there is none.

    Nothing of it is unpacked before its length and its header were looked at. Call it in a thread.
    """
    from PIL import Image

    # What it says of broken EXIF data would be drawn into the screen.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        length = path.stat().st_size
        if length > MOST_BYTES:
            return UnreadablePicture("too-large", size_text(length))
        with path.open("rb") as file:
            if is_laborious(file):
                return UnreadablePicture("broken")
        with Image.open(path, formats=_FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                return UnreadablePicture("too-large", f"{found.width}×{found.height}")
            return _unpacked(found, fit)
    except FileNotFoundError:
        return UnreadablePicture("gone")
    except PermissionError:
        return UnreadablePicture("not-allowed")
    except Image.DecompressionBombError:
        return UnreadablePicture("too-large", size_text(length))
    except Exception:  # noqa: BLE001  # decoders fail in any way on bytes that were made to hurt them
        return UnreadablePicture("broken")


def _unpacked(
    found: ImageFile, fit: Callable[[int, int], tuple[int, int]]
) -> OpenedPicture | UnreadablePicture:
    """Return a picture whose header is harmless, unpacked no larger than needed."""
    from PIL import Image

    turn = found.getexif().get(_ORIENTATION)
    swaps = turn in _ON_THEIR_SIDE
    size = (found.height, found.width) if swaps else (found.width, found.height)
    width, height = fit(*size)
    if width <= 0 or height <= 0:
        return UnreadablePicture("no-room")
    lying = (height, width) if swaps else (width, height)
    found.draft("RGB", (lying[0] * 2, lying[1] * 2))  # a JPEG is unpacked at an eighth where that will do
    found.load()
    small = _coloured(found).resize(lying, Image.Resampling.BILINEAR, reducing_gap=2.0)
    turned = _TURNS.get(turn) if isinstance(turn, int) else None
    return OpenedPicture(
        small.transpose(Image.Transpose(turned)) if turned is not None else small, size, found.format or ""
    )


_TURNS: Final = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""What sets a picture upright (Pillow's ``Transpose``), by its EXIF orientation."""


def _coloured(picture: Image) -> Image:
    """Return a picture as RGB, or as RGBA where anything shines through."""
    if picture.mode.startswith("I"):  # 16 bits of grey; a plain conversion makes all but black white
        return picture.point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
    if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("RGB")


# -- drawing


def draw(path: Path, columns: int, rows: int, background: tuple[int, int, int]) -> Drawn | UnreadablePicture:
    """Return a picture file in half cells, at most so many, or why there is none. It takes its time: call it in a thread."""

    def fit(width: int, height: int) -> tuple[int, int]:
        across, down = shape(width, height, columns, rows)
        return across, down * 2

    opened = open_safely(path, fit)
    if isinstance(opened, UnreadablePicture):
        return opened
    flat = _on(opened.picture, background)
    return Drawn(opened.size, opened.format, _cells(flat.tobytes(), flat.width, flat.height // 2))


def png_of(
    path: Path, columns: int, rows: int, cell: tuple[int, int]
) -> tuple[OpenedPicture, bytes] | UnreadablePicture:
    """Return a picture file as a PNG for so many cells of ``cell`` pixels, not enlarged. Call it in a thread."""

    def fit(width: int, height: int) -> tuple[int, int]:
        scale = min(columns * cell[0] / width, rows * cell[1] / height, 1.0)
        return max(round(width * scale), 1), max(round(height * scale), 1)

    opened = open_safely(path, fit)
    if isinstance(opened, UnreadablePicture):
        return opened
    file = io.BytesIO()
    opened.picture.save(file, "PNG", compress_level=1)
    return opened, file.getvalue()


def _on(picture: Image, background: tuple[int, int, int]) -> Image:
    if picture.mode != "RGBA":
        return picture
    from PIL import Image

    ground = Image.new("RGB", picture.size, background)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _cells(pixels: bytes, width: int, height: int) -> list[list[Segment]]:
    """Return rows of cells with two pixels each; equal neighbours share a segment."""
    line = width * 3
    return [
        _row(pixels[2 * row * line :][:line], pixels[(2 * row + 1) * line :][:line]) for row in range(height)
    ]


def _row(upper: bytes, lower: bytes) -> list[Segment]:
    segments: list[Segment] = []
    begin = 0
    for at in range(3, len(upper) + 3, 3):
        here, there = upper[begin : begin + 3], lower[begin : begin + 3]
        if upper[at : at + 3] != here or lower[at : at + 3] != there:  # behind the end there is nothing
            segments.append(Segment("▀" * ((at - begin) // 3), _style(here, there)))
            begin = at
    return segments


def _style(upper: bytes, lower: bytes) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
