"""Those who wait for the next commit; when the store is closed their waiting ends with an error."""

from __future__ import annotations

import asyncio

from hongyan.store.writer import already_closed

__all__ = ["Waiters"]


class Waiters:
    """``wait`` returns at the next ``wake``; from ``end`` on it raises UsageError, also in those who wait already."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._ended = False

    async def wait(self) -> None:
        """Return after the next ``wake``."""
        if self._ended:
            raise already_closed()
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def wake(self) -> None:
        """Let all waiters look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def end(self) -> None:
        """Let all waiters know that nothing comes any more."""
        self._ended = True
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(already_closed())
