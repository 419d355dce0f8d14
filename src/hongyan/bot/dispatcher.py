"""Deals a reader's events out to lanes: in order inside a chat, chats side by side; it knows no kinds and no handlers.

A chat has a lane only while something of it waits. At most ``waiting`` events are held, at most ``side_by_side`` are
being handled. An event is given back (``done``) when its handling is over; one that a stop interrupts comes again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from hongyan.client.api import Delivery
    from hongyan.model.ids import ChatKey

__all__ = ["DRAIN", "Dispatcher", "run_limited"]

log = logging.getLogger("hongyan.bot")

DRAIN: Final = 1.2  # seconds that handlers have to finish after a stop
_GRACE: Final = 0.3  # seconds that a cancelled handler has to clean up

# A handler that swallows its cancellation cannot be ended; it is kept here so that it is at least not lost silently.
_left_behind: set[asyncio.Task[object]] = set()


async def run_limited(work: Coroutine[object, object, object], limit: float) -> object:
    """Run ``work`` for ``limit`` seconds at most and return its result; TimeoutError after it was cancelled.

    Returns in time even where ``work`` swallows the cancellation.
    """
    task = asyncio.create_task(work)
    try:
        finished, _ = await asyncio.wait({task}, timeout=limit)
    except asyncio.CancelledError:
        await _cancel(task)
        raise
    if task in finished:
        return task.result()
    await _cancel(task)
    raise TimeoutError


async def _cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    finished, _ = await asyncio.wait({task}, timeout=_GRACE)
    if not finished:
        _left_behind.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Task[object]) -> None:
    _left_behind.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("a cancelled handler failed while it was cleaning up: %s", type(error).__name__)


class Dispatcher:
    """Runs ``handle`` for each delivery that is ``wanted``; the others are given back at once.

    ``start`` begins to read, ``open`` lets handling begin, ``stop`` ends both.
    """

    def __init__(
        self,
        deliveries: AsyncIterator[Delivery],
        wanted: Callable[[Delivery], bool],
        handle: Callable[[Delivery], Awaitable[None]],
        *,
        side_by_side: int = 64,
        waiting: int = 256,
    ) -> None:
        self._deliveries = deliveries
        self._wanted = wanted
        self._handle = handle
        self._slots = asyncio.Semaphore(side_by_side)
        self._room = asyncio.Semaphore(waiting)
        self._lanes: dict[ChatKey, deque[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened = asyncio.Event()
        self._stopping = False
        self._reader: asyncio.Task[None] | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def lanes(self) -> int:
        """How many chats have something waiting or being handled."""
        return len(self._lanes)

    async def start(self) -> asyncio.Future[None]:
        """Take the reader's position and begin to read.

        The future that is returned is done when there is nothing more to read, or reading or giving back has failed.
        """
        self._reader = asyncio.create_task(self._read(), name="bot reader")
        self._reader.add_done_callback(self._end)
        await asyncio.sleep(0)  # the position is taken in the task's first step
        return self._over

    def open(self) -> None:
        """Let handling begin."""
        self._opened.set()

    async def stop(self, drain: float = DRAIN) -> None:
        """Finish what was begun, for ``drain`` seconds at most, and cancel the rest.

        Reading ends last: only an open reader takes back what is finished.
        """
        self._stopping = True
        if self._tasks and self._opened.is_set():
            await asyncio.wait(self._tasks, timeout=drain)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2 * _GRACE)
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})
        if self._over.done() and not self._over.cancelled():
            self._over.exception()  # whoever stops knows that it is over; an error need not be told twice

    def _end(self, task: asyncio.Task[None]) -> None:
        """Note that reading is over, or that a lane has failed: a store that takes nothing back ends everything."""
        if self._over.done() or task.cancelled():
            return
        if (error := task.exception()) is not None:
            self._over.set_exception(error)
        elif task is self._reader:
            self._over.set_result(None)

    async def _read(self) -> None:
        async for delivery in self._deliveries:
            if self._stopping:
                continue  # neither begun nor done: it comes again
            if not self._wanted(delivery):
                await delivery.done()
                continue
            await self._room.acquire()
            self._enqueue(delivery)

    def _enqueue(self, delivery: Delivery) -> None:
        chat = delivery.recorded.chat
        lane = self._lanes.get(chat)
        if lane is not None:
            lane.append(delivery)
            return
        self._lanes[chat] = deque([delivery])
        task = asyncio.create_task(self._run_lane(chat), name="bot chat")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._end)

    async def _run_lane(self, chat: ChatKey) -> None:
        await self._opened.wait()
        lane = self._lanes[chat]
        while lane:
            async with self._slots:
                await self._deal(lane[0])
            lane.popleft()
            self._room.release()
        del self._lanes[chat]

    async def _deal(self, delivery: Delivery) -> None:
        """Handle one event and give it back, also where handling went wrong: a bad event must not stop a chat."""
        try:
            await self._handle(delivery)
        except Exception:
            log.exception("event %d could not be handled", delivery.recorded.seq)
        await delivery.done()
