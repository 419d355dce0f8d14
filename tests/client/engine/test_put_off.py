"""Commands that wait for a time: given back when it comes, whatever happens to the clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hongyan.client.engine.put_off import PutOff
from hongyan.clock import Clock
from hongyan.model.ids import CommandId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

GRACE = 3_600.0


class Machine:
    """Clocks that are set and go on by hand."""

    def __init__(self) -> None:
        self.wall = self.even = 1_000_000.0
        self.due: list[CommandId] = []
        self.set_by: list[float] = []
        self.clock = Clock(lambda: self.wall, even=lambda: self.even, boot="one")
        self.put_off = PutOff(self.clock, GRACE, on_due=self._is_due, on_clock_set=self._was_set)

    async def _is_due(self, number: CommandId) -> None:
        self.due.append(number)

    async def _was_set(self, by: float) -> None:
        self.set_by.append(by)

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.even += seconds

    async def look(self) -> None:
        """Let it look once."""
        looked = asyncio.Event()

        async def once(look: Coroutine[None, None, None]) -> None:
            await look
            looked.set()

        watching: Awaitable[None] = asyncio.ensure_future(self.put_off.watch(once))
        await looked.wait()
        assert isinstance(watching, asyncio.Future)
        watching.cancel()


async def test_what_is_due_is_given_back_once() -> None:
    """Not before its time."""
    machine = Machine()
    machine.put_off.add(CommandId(1), machine.wall + 60)
    await machine.look()
    assert machine.due == []
    machine.pass_by(61)
    await machine.look()
    await machine.look()
    assert machine.due == [CommandId(1)]


async def test_a_clock_that_is_set_far_ahead_brings_nothing_early() -> None:
    """Somebody may set it back; what is due by the even clock goes whatever it says."""
    machine = Machine()
    machine.put_off.add(CommandId(1), machine.wall + 60)
    machine.wall += 30 * 86_400
    await machine.look()
    assert (machine.due, machine.set_by) == ([], [30 * 86_400])
    machine.pass_by(61)
    await machine.look()
    assert machine.due == [CommandId(1)]
