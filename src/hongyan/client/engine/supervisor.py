"""Owns every task that runs for a login: a part that stops by a fault ends all of them, with the reason."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from hongyan.client.engine.tended import tended

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

__all__ = ["Supervisor"]


class Supervisor:
    """The tasks of one login. With a part missing its status would be wrong, so there is one end for all: the first error is the reason."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_over(self) -> bool:
        """Whether the end has come."""
        return self._over.done()

    def begin(self) -> None:
        """Start again after an end, with another try of the same login."""
        self._consume_result()
        self._over = asyncio.get_running_loop().create_future()

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run ``work``; what it raises ends everything."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def keep(self, work: Callable[[], Awaitable[None]], doing: str) -> asyncio.Task[None]:
        """Run ``work`` without end: a full disk is waited for, and a fault of this program costs it one round."""
        return self.start(tended(work, doing=doing), name=doing)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if (error := _error_of(task)) is not None and not self._over.done():
            self.end(error)
            self.cancel()

    def end(self, reason: BaseException) -> None:
        """Note why the login is over; the first reason counts."""
        if not self._over.done():
            self._over.set_exception(reason)

    def cancel(self) -> None:
        """Cancel every task except the caller."""
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()

    async def ended(self) -> None:
        """Wait until the login is over and raise why."""
        await asyncio.shield(self._over)

    async def stop(self) -> None:
        """Cancel everything and wait until it has ended."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._consume_result()

    def _consume_result(self) -> None:
        """Mark the reason as handled: it was read where it matters."""
        if self._over.done() and not self._over.cancelled():
            with contextlib.suppress(BaseException):
                self._over.exception()


def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    """Return why a task failed, None if it returned or was cancelled; a cancellation without a request is a fault."""
    try:
        return task.exception()
    except asyncio.CancelledError as cancelled:
        if task.cancelling():
            return None
        fault = RuntimeError("a task was cancelled without a request")
        fault.__cause__ = cancelled
        return fault
