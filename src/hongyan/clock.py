"""Two clocks, and how far stored times can be trusted: the only way by which a stored time is read back.

The wall clock is the time that people and the service use, and it may be wrong or be set at any moment. The even
clock counts seconds, also while the machine sleeps, and is never set; it ends with the machine. So a wait
inside a program uses the even clock, and a time stored for the next program is a wall time that is read through here: a time
in the future cannot be further off than it was when it was stored, and a time in the past cannot be ahead.
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
_NOTICED_S: Final = 30.0  # clocks are slewed by seconds; a set clock jumps by more


def even() -> float:
    """Return the seconds of a clock that is never set, from an unknown start; the machine's sleep counts.

    Linux has it in a file as well, to hundredths, which programs under a library with false clocks can read too.
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

    ``kept_at`` is when it was stored, by the same clock. If that is ahead, the clock was set back since, and the time
    is as far off from ``now`` as it was then.
    """
    if kept_at is not None and now < kept_at:
        kept -= kept_at - now
    return min(kept, now + longest)


def age(kept: float, now: float) -> float | None:
    """Return how many seconds ago a stored time was, None if it is ahead: then the age is unknown."""
    return now - kept if kept <= now else None


class Mark(Struct, frozen=True):
    """The readings of both clocks at one moment, and in which boot of the machine."""

    wall: float
    even: float
    boot: str = ""


class Clock:
    """An even clock that starts at the wall time of its creation, and converts between both clocks.

    Calling it returns seconds that run evenly. ``now()`` is Unix seconds.
    """

    @classmethod
    def beside(cls, clock: Callable[[], float]) -> Clock:
        """Return the even clock that belongs to a wall clock: the machine's to its own; any other is treated as even."""
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
        self._reported = 0.0

    def __call__(self) -> float:
        """Return the even seconds."""
        return self._zero + self._even()

    def to_wall(self, at: float) -> float:
        """Return the wall clock's time when this clock reads ``at``, if it is not set until then."""
        return at + self.offset

    def from_wall(self, at: float) -> float:
        """Return this clock's time when the wall clock reads ``at``, if it is not set until then."""
        return at - self.offset

    @property
    def offset(self) -> float:
        """By how many seconds the wall clock was set since this one was made."""
        return self.now() - self()

    def mark(self) -> Mark:
        """Return the readings of both clocks, to be stored for the next program."""
        return Mark(self.now(), self._even(), self._boot)

    def set_since(self, mark: Mark) -> float:
        """Return by how many seconds the wall clock was set since a mark was made, 0.0 if that is not known or little.

        In the same boot of the machine the even clock measures it exactly; else only setting back can be detected.
        """
        now = self.mark()
        passed = now.even - mark.even
        if mark.boot and mark.boot == now.boot and passed >= 0:
            by = now.wall - mark.wall - passed
        else:
            by = min(0.0, now.wall - mark.wall)
        return by if abs(by) >= _NOTICED_S else 0.0

    def set_lately(self) -> float:
        """Return by how many seconds the wall clock was set since the last call, 0.0 for little."""
        by = self.offset - self._reported
        if abs(by) < _NOTICED_S:
            return 0.0
        self._reported += by
        return by


def _boot_id() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def spoken(by: float) -> str:
    """Describe by how much a clock was set: "forward by 30 days", "back by 61 minutes"."""
    size = abs(by)
    unit, name = next(
        (u, n)
        for u, n in ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
        if size >= 2 * u or u == 1
    )
    return f"{'forward' if by > 0 else 'back'} by {round(size / unit)} {name}"
