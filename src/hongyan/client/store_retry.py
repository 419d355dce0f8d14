"""Does store work again and again while this machine has no room for it, so that a full disk delays and loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Stopping", "StoreRetry"]

T = TypeVar("T")
_log = logging.getLogger("hongyan.outbox")
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 5.0  # disks get room by a person's hand, who then looks


class Stopping(Exception):
    """The end came before the store had room; what was to be written is left to the next program."""


class StoreRetry:
    """Repeats what the store cannot do at the moment, until ``stop``."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._told = False

    async def __call__(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what ``work`` returns, as soon as there is room for it; Stopping where the end comes first."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                done = await work()
            except StorageError as error:
                self._tell(error)
                await self.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                if self._stop.is_set():
                    raise Stopping from error
            else:
                self._told = False
                return done

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _tell(self, error: StorageError) -> None:
        if not self._told:
            self._told = True
            _log.warning("%s; it is tried again until there is room. %s", error, error.advice)
