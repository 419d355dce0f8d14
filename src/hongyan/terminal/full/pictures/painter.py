"""Draws picture files for the whole screen: in cells, or handed to the terminal to be drawn; it keeps none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hongyan.terminal.full.pictures.draw import Drawn, Mode, UnreadablePicture, draw, png_of, shape
from hongyan.terminal.full.pictures.kitty import most_cells

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.terminal.full.pictures.kitty import Kitty

__all__ = ["Painter"]


class Painter:
    """``mode`` is how pictures come onto the screen, ``kitty`` are those that the terminal holds.

    ``ground()`` is the colour that shines through, as red, green and blue.
    """

    def __init__(self, mode: Mode, kitty: Kitty, ground: Callable[[], tuple[int, int, int]]) -> None:
        self.mode = mode
        self.kitty = kitty
        self._ground = ground

    async def paint(self, path: Path, columns: int, rows: int) -> Drawn | UnreadablePicture:
        """Return a picture file in at most so many cells, drawn in a thread; the caller gives it back to ``free``."""
        if self.mode is not Mode.KITTY:
            return await asyncio.to_thread(draw, path, columns, rows, self._ground())
        columns, rows = most_cells(columns, rows)
        built = await asyncio.to_thread(png_of, path, columns, rows, self.kitty.cell)
        if isinstance(built, UnreadablePicture):
            return built
        opened, png = built
        across, down = shape(*opened.size, columns, rows)
        image, lines = self.kitty.show(png, across, down)
        return Drawn(opened.size, opened.format, lines, image)

    def free(self, drawn: Drawn | UnreadablePicture | None) -> None:
        """Let the terminal forget a picture that is not shown any more."""
        if isinstance(drawn, Drawn) and drawn.image:
            self.kitty.forget(drawn.image)
