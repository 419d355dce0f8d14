"""Runs a program with a fault planted in it, which the monkey must find."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from hongyan.cli import main
from hongyan.terminal.full.screens import log
from hongyan.terminal.full.tty import driver

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PLANTS"]


def _fails(*_: Any) -> None:
    raise RuntimeError


def _raising_page() -> None:
    _in(log.Log, "begin", _fails)


def _sudden_death() -> None:
    _in(log.Log, "begin", lambda _: os._exit(0))


def _terminal_left() -> None:
    _in(driver, "RESTORE", "\x1b[?1049l")


def _wide_row() -> None:
    from rich.segment import Segment
    from textual.strip import Strip

    from hongyan.terminal.full.main.bars import TextBar

    drawn = TextBar.render_line

    def wide(bar: TextBar, y: int) -> Strip:
        if bar.id != "top":
            return drawn(bar, y)
        return Strip([*drawn(bar, y), Segment("x" * 7)], bar.size.width)

    _in(TextBar, "render_line", wide)


def _deaf() -> None:
    _in(log.Log, "begin", lambda _: time.sleep(1000))


def _in(place: object, name: str, planted: object) -> None:
    setattr(place, name, planted)


PLANTS: dict[str, Callable[[], None]] = {
    "page": _raising_page,
    "death": _sudden_death,
    "terminal": _terminal_left,
    "row": _wide_row,
    "deaf": _deaf,
}

if __name__ == "__main__":
    plant, *arguments = sys.argv[1:]
    PLANTS[plant]()
    main(arguments)
