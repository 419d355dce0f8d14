"""Keeps the pictures of the screen: begins to draw them as they come into sight, and lets go of what is long out of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from rich.segment import Segment

from hongyan.model.display_text import cells, fit
from hongyan.terminal.full.pictures.draw import Drawn, UnreadablePicture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hongyan.model.events import Recorded
    from hongyan.terminal.full.messages.history import History
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.pictures.painter import Painter
    from hongyan.terminal.strings.language import Language

__all__ = ["Gallery"]

_HELD_CELLS: Final = (
    48_000  # a hundred pictures of 40x12; some 600 bytes a cell where every one has its own colours
)
_AT_ONCE: Final = 2

Key = tuple[str, int, int]


class Gallery:
    """The pictures of a history: drawn when they come onto the screen, cached while there is room, a text line until then.

    ``has_file`` is whether the file of a row's picture is stored by now, ``is_on`` whether pictures are shown at all.
    """

    def __init__(
        self,
        painter: Painter,
        language: Language,
        *,
        has_file: Callable[[Recorded], bool],
        is_on: Callable[[], bool],
    ) -> None:
        self._painter = painter
        self._language = language
        self._has_file = has_file
        self._is_on = is_on
        self._held: OrderedDict[Key, Drawn | UnreadablePicture] = OrderedDict()
        self._held_cells = 0
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    # -- in a history

    def drawn(self, item: Item, columns: int, rows: int) -> list[list[Segment]] | None:
        """Return the rows of an item's picture, None while they are not there."""
        if item.file is None:
            return None
        key = (str(item.file), columns, rows)
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        if isinstance(found, Drawn):
            return found.rows
        return [[Segment(fit(f"({found.reason(self._language)})", columns))]]

    def wish(self, history: History) -> None:
        """Begin to draw the pictures that are on the screen."""
        if not self._is_on():
            return
        self._take_files(history)
        for item in history.on_screen():
            columns, rows = history.view.typeset.picture_cells(item, history.view.width)
            if rows and item.file is not None:
                self._begin(history, item.file, columns, rows)

    def _take_files(self, history: History) -> None:
        """Let items show files that arrived after them: only the store knows of a fetch."""
        waiting = [item for item in history.on_screen() if item.picture is not None and item.file is None]
        added = {item.seq for item in waiting if item.row is not None and self._has_file(item.row)}
        if added and history.window is not None:
            history.window.make_again(added)
            history.view.forget()
            history.news()

    def _begin(self, history: History, path: Path, columns: int, rows: int) -> None:
        key = (str(path), columns, rows)
        if key in self._held or key in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(
            self._fill(history, key, path), name=f"draw {path.name}"
        )
        self._tasks[key] = task
        task.add_done_callback(lambda done: self._tasks.pop(key) if self._tasks.get(key) is done else None)

    async def _fill(self, history: History, key: Key, path: Path) -> None:
        async with self._slots:
            drawn = await self._painter.paint(path, *key[1:])
        self._held[key] = drawn
        self._held_cells += _size(drawn)
        while self._held_cells > _HELD_CELLS and len(self._held) > 1:
            self._let_go(self._held.popitem(last=False)[1])
        history.refresh()

    def _let_go(self, drawn: Drawn | UnreadablePicture) -> None:
        self._held_cells -= _size(drawn)
        self._painter.free(drawn)

    def again(self, history: History) -> None:
        """Draw everything anew: the terminal has lost its pictures, or the colour behind them is another."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        for drawn in self._held.values():
            self._let_go(drawn)
        self._held.clear()
        self.wish(history)

    async def close(self) -> None:
        """Cancel the current drawing, and let the terminal free what it holds."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._painter.kitty.close()


def _size(drawn: Drawn | UnreadablePicture) -> int:
    rows = drawn.rows if isinstance(drawn, Drawn) else []
    return sum(cells(segment.text) for row in rows for segment in row) or 1
