"""The time in the emulated world; independent of its uses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "ManualClock"]


class Clock:
    """The machine's clock plus an offset that can only grow.

    Every expiry of the emulator (codes, tickets, cookies, the recall window) is measured with it. Long polls are not:
    they are held in real time, so that a test whose emulated time is stopped can still be woken.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward and wake the tasks that wait for an expiry. Raises ValueError for a step back."""
        if seconds < 0:
            msg = "a clock of the emulator cannot go back: MsgIds and keys must not repeat"
            raise ValueError(msg)
        self._move(seconds)
        for watcher in tuple(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after each `advance`."""
        self._watchers.append(watcher)

    def _move(self, seconds: float) -> None:
        self._offset += seconds


class ManualClock(Clock):
    """A clock that only moves by `advance`; it starts at the present unless `now` is given."""

    def __init__(self, start: float | None = None) -> None:
        super().__init__()
        self._time = time.time() if start is None else start

    def now(self) -> float:
        """Unix seconds."""
        return self._time

    def _move(self, seconds: float) -> None:
        self._time += seconds
