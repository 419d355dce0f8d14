"""Does store work again and again while this machine has no room for it, so that a full disk delays and loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import logging
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from hongyan.errors import StorageDamaged, StorageError, StoreClosing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.ports import Store

__all__ = ["PatientStore", "StoreRetry", "patient"]

T = TypeVar("T")
_log = logging.getLogger("hongyan.outbox")
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 5.0  # a person makes room on a disk, and then watches


class StoreRetry:
    """Repeats what the store cannot do at the moment, until ``stop``."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._reported = False

    async def __call__(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what ``work`` returns, as soon as there is room for it; StoreClosing where the end comes first."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                done = await work()
            except StorageDamaged:  # waiting does not help
                raise
            except StorageError as error:
                self._tell(error)
                await self.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                if self._stop.is_set():
                    raise StoreClosing(error.problem) from error
            else:
                self._reported = False
                return done

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _tell(self, error: StorageError) -> None:
        if not self._reported:
            self._reported = True
            _log.warning("%s; it is tried again until there is room. %s", error, error.advice)


class PatientStore:
    """A store, or a part of one, of which every write is repeated until there is room for it; all else is its own.

    The holder of a login works on one of these: a full disk then stops the work for a while, and no part of it ends.
    """

    def __init__(self, store: object, stored: StoreRetry) -> None:
        self._store = store
        self._stored = stored

    def __getattr__(self, name: str) -> Any:
        """Return what the store has under a name; parts and writes are made patient, once."""
        found = getattr(self._store, name)
        if name in _PARTS:
            result: object = PatientStore(found, self._stored)
        elif name in _WAITS or not inspect.iscoroutinefunction(found):
            return found
        else:
            result = self._patiently(found)
        self.__dict__[name] = result
        return result

    def _patiently(self, write: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(write)
        async def patiently(*args: Any, **kwargs: Any) -> Any:
            return await self._stored(functools.partial(write, *args, **kwargs))

        return patiently


_PARTS: Final = frozenset({"journal", "consumers", "outbox", "directory", "chat_state", "archive", "login"})
_WAITS: Final = frozenset({"changed", "wait", "search", "close"})


def patient(store: Store, stop: asyncio.Event) -> Store:
    """Return ``store`` with writes that are repeated until there is room, or until ``stop``."""
    return cast("Store", PatientStore(store, StoreRetry(stop)))
