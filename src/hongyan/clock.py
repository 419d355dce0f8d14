"""Two clocks, and what may be believed of times that were kept: the only way by which a kept time is read back.

The wall clock says what people and the service call the time, and it may be wrong or be set at any moment. The even
clock counts seconds, also while the machine sleeps, and nobody sets it; it ends with the machine. So whatever waits
inside a program waits by the even clock, and what is kept over its end is a wall time that is read through here: a time
to come cannot be further off than it was when it was kept, and a time gone by cannot lie ahead.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "Mark", "age", "deadline", "even", "spoken"]

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_UPTIME: Final = Path("/proc/uptime")
_NOTICED_S: Final = 30.0  # clocks are slewed by seconds; what is set is set by more


def even() -> float:
    """Return the seconds of a clock that nobody sets, from an unknown beginning; a machine's sleep counts.

    Linux tells it in a file as well, to hundredths, which also those get to see who are given false clocks by a library.
    """
    try:
        with _UPTIME.open("rb") as file:
            return float(file.read(64).split()[0])
    except (OSError, ValueError, IndexError):
        pass
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def deadline(kept: float, now: float, *, longest: float, kept_at: float | None = None) -> float:
    """Return what a kept time to come can be: no more than ``longest`` seconds from ``now``.

    ``kept_at`` is when it was kept, by the same clock. Where that lies ahead the clock was set back since, and the time
    is as far off from ``now`` as it was then.
    """
    if kept_at is not None and now < kept_at:
        kept -= kept_at - now
    return min(kept, now + longest)


def age(kept: float, now: float) -> float | None:
    """Return how many seconds ago a kept time was, None where it lies ahead: then nobody can say."""
    return now - kept if kept <= now else None


class Mark(Struct, frozen=True):
    """What both clocks said at one moment, and in which life of the machine."""

    wall: float
    even: float
    boot: str = ""


class Clock:
    """An even clock that begins at the wall time of its making, with what it takes to tell wall times from it.

    Calling it gives seconds that go on evenly. ``now()`` is Unix seconds.
    """

    @classmethod
    def beside(cls, clock: Callable[[], float]) -> Clock:
        """Return the even clock that belongs to a wall clock: the machine's to its own; any other is taken for even."""
        return cls(clock, even=getattr(clock, "even", even if clock is time.time else clock))

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        even: Callable[[], float] = even,
        boot: str | None = None,
    ) -> None:
        self.now = clock
        self._even = even
        self._boot = _boot_id() if boot is None else boot
        self._zero = clock() - even()
        self._told = 0.0

    def __call__(self) -> float:
        """Return the even seconds."""
        return self._zero + self._even()

    def to_wall(self, at: float) -> float:
        """Return what the wall clock will say when this one says ``at``, if nobody sets it until then."""
        return at + self.offset

    def from_wall(self, at: float) -> float:
        """Return what this clock says when the wall clock says ``at``, if nobody sets it until then."""
        return at - self.offset

    @property
    def offset(self) -> float:
        """By how many seconds the wall clock was set since this one was made."""
        return self.now() - self()

    def mark(self) -> Mark:
        """Return what both clocks say, to be kept for the next program."""
        return Mark(self.now(), self._even(), self._boot)

    def set_since(self, mark: Mark) -> float:
        """Return by how many seconds the wall clock was set since a mark was made, 0.0 where that is not known or little.

        In the same life of the machine the even clock tells exactly; else only that it was set back can be seen.
        """
        now = self.mark()
        passed = now.even - mark.even
        if mark.boot and mark.boot == now.boot and passed >= 0:
            by = now.wall - mark.wall - passed
        else:
            by = min(0.0, now.wall - mark.wall)
        return by if abs(by) >= _NOTICED_S else 0.0

    def set_lately(self) -> float:
        """Return by how many seconds the wall clock was set since this was asked for the last time, 0.0 for little."""
        by = self.offset - self._told
        if abs(by) < _NOTICED_S:
            return 0.0
        self._told += by
        return by


def _boot_id() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def spoken(by: float) -> str:
    """Say by how much a clock was set: "forward by 30 days", "back by 61 minutes"."""
    size = abs(by)
    unit, name = next(
        (u, n)
        for u, n in ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
        if size >= 2 * u or u == 1
    )
    return f"{'forward' if by > 0 else 'back'} by {round(size / unit)} {name}"
