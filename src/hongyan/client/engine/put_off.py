"""Commands scheduled for a time: it follows the wall clock, and detects when that is set."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from hongyan.clock import Clock
    from hongyan.model.ids import CommandId

__all__ = ["PutOff"]

_LOOK_S: Final = 30.0  # between two checks of the wall clock


class _Aside(NamedTuple):
    """A scheduled command: its time by the wall clock, and by the clock of this program when it was queued."""

    due: float
    even: float
    number: CommandId


class PutOff:
    """``on_due`` gets the command whose time has come; ``on_clock_set`` gets by how many seconds the clock was set.

    ``grace`` is how many seconds late a command may be that only a clock set far ahead has brought.
    """

    def __init__(
        self,
        clock: Clock,
        grace: float,
        *,
        on_due: Callable[[CommandId], Awaitable[None]],
        on_clock_set: Callable[[float], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._grace = grace
        self._on_due = on_due
        self._on_clock_set = on_clock_set
        self._later: list[_Aside] = []
        self._sooner = asyncio.Event()

    def add(self, number: CommandId, due: float) -> None:
        """Put a command aside until ``due`` (Unix seconds)."""
        self._later.append(_Aside(due, self._clock.from_wall(due), number))
        self._sooner.set()

    async def watch(self, boundary: Callable[[Coroutine[None, None, None]], Awaitable[None]]) -> None:
        """Check the clock, each time within ``boundary``, without end."""
        while True:
            self._sooner.clear()
            await boundary(self._look())
            left = min((aside.due - self._clock.now() for aside in self._later), default=_LOOK_S)
            try:
                async with asyncio.timeout(min(max(left, 0.01), _LOOK_S)):
                    await self._sooner.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        """Queue scheduled commands when their time has come."""
        if by := self._clock.set_lately():
            await self._on_clock_set(by)
        for aside in [aside for aside in self._later if self._is_due(aside)]:
            await self._on_due(aside.number)
            self._later.remove(aside)

    def _is_due(self, aside: _Aside) -> bool:
        """Whether a time has come. One that only a clock set far ahead has reached waits for that clock's next reading."""
        late = self._clock.now() - aside.due
        return 0 <= late <= self._grace or (late >= 0 and aside.even <= self._clock())
