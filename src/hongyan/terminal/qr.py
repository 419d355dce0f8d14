"""Draws the QR code of a login for terminals, as a picture file and as text; it asks no other site for anything.

A QR code scans when its dark modules are darker than the light ones around it. Terminal themes decide about colours
unless they are set, so the blocks set their own black and white (entries 16 and 231 of the 256-colour palette, which
themes leave alone). Every cell shows two modules, one above the other, as a cell is about twice as high as wide.
"""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final, TextIO

import segno

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Drawing", "Style", "draw", "free_cells", "matrix", "picture_file", "style_for"]

_QUIET_ZONES: Final = (4, 2)  # modules of light around the code: 4 by the standard, 2 still scans
_RESET: Final = "\x1b[0m"
_BLACK: Final = "5;16"
_WHITE: Final = "5;231"
_UPPER_HALF: Final = "▀"
# Upper and lower module (True: dark) to a character, for screens that draw light on dark without colours.
_LIGHT_ON_DARK: Final = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


class Style(StrEnum):
    """How modules become characters."""

    COLOUR = "colour"  # half blocks with their own black and white
    MONO = "mono"  # half blocks, drawn for a dark screen
    ASCII = "ascii"  # two characters a module, for files, pipes and screens without block characters


@dataclass(frozen=True, slots=True)
class Drawing:
    """A QR code as lines of text. ``columns`` and ``rows`` are terminal cells, ``quiet`` the light border in modules."""

    lines: tuple[str, ...]
    columns: int
    rows: int
    style: Style
    quiet: int


def style_for(stream: TextIO, environment: Mapping[str, str]) -> Style:
    """Return how to draw on ``stream``: colours on a terminal that has them, plain characters if there is no terminal."""
    blocks = (getattr(stream, "encoding", None) or "").lower().replace("-", "") in {"utf8", "cp65001"}
    if not stream.isatty() or not blocks:
        return Style.ASCII
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb") == "dumb":
        return Style.MONO
    return Style.COLOUR


def draw(text: str, style: Style, *, free: tuple[int, int] | None = None) -> Drawing | None:
    """Return ``text`` as a QR code that fits into ``free`` (columns, rows), or None if none does.

    ``free`` None means that there is no screen to fit. The quiet zone shrinks from 4 to 2 modules before it fails.
    """
    for quiet in _QUIET_ZONES:
        drawing = _drawn(matrix(text, quiet), style, quiet)
        if free is None or (drawing.columns <= free[0] and drawing.rows <= free[1]):
            return drawing
    return None


def free_cells(reserved_rows: int) -> tuple[int, int]:
    """Return the terminal's columns and its rows without ``reserved_rows``."""
    size = shutil.get_terminal_size()
    return size.columns, size.lines - reserved_rows


def picture_file(text: str, path: Path, *, scale: int = 8) -> None:
    """Write ``text`` as a QR code to a PNG file at ``path`` that its owner alone can read, replacing an older one."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=scale, border=_QUIET_ZONES[0])
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(picture.getvalue())


def matrix(text: str, quiet: int) -> list[list[bool]]:
    """Return the rows of a text's code with a light border of ``quiet`` modules, True for dark; low error correction keeps it small, screens do not get scratched."""
    code = segno.make_qr(text, error="l", boost_error=True)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=quiet)]


def _drawn(modules: Sequence[Sequence[bool]], style: Style, quiet: int) -> Drawing:
    if style is Style.ASCII:
        lines = ["".join("##" if dark else "  " for dark in row) for row in modules]
        return Drawing(tuple(lines), 2 * len(modules), len(lines), style, quiet)
    pairs = _pairs_of_rows(modules)
    row_of = _coloured if style is Style.COLOUR else _plain
    lines = [row_of(row) for row in pairs]
    return Drawing(tuple(lines), len(modules), len(lines), style, quiet)


def _pairs_of_rows(modules: Sequence[Sequence[bool]]) -> list[list[tuple[bool, bool]]]:
    light = [False] * len(modules)
    lower = [*modules[1::2], *([light] if len(modules) % 2 else [])]
    return [list(zip(upper, below, strict=True)) for upper, below in zip(modules[::2], lower, strict=True)]


def _plain(row: Sequence[tuple[bool, bool]]) -> str:
    return "".join(_LIGHT_ON_DARK[pair] for pair in row)


def _coloured(row: Sequence[tuple[bool, bool]]) -> str:
    """Return one line of cells; equal neighbours share their colours, so that a slow line gets few bytes."""
    runs = ((pair, len(list(group))) for pair, group in groupby(row))
    return "".join(_run(upper, below, length) for (upper, below), length in runs) + _RESET


def _run(upper: bool, below: bool, length: int) -> str:
    # Full cells are blanks on a background: some fonts leave a gap around the full block.
    top, bottom = (_BLACK if dark else _WHITE for dark in (upper, below))
    if upper == below:
        return f"\x1b[48;{bottom}m{' ' * length}"
    return f"\x1b[38;{top};48;{bottom}m{_UPPER_HALF * length}"
