"""Distributes a consumer's events to lanes: in order inside a chat, chats side by side; independent of kinds and handlers.

A chat has a lane only while something of it waits. At most ``waiting`` events are held, at most ``side_by_side`` are
being handled. An event is given back (``done``) when its handling is over; one that a stop interrupts comes again.

An event may end the whole program, at every start. So one that comes again is counted before it is handled; from the
second time on such events are handled one at a time, so that the count blames the right one; after ``TRIES`` of them the
event is dropped as a dead letter, which is reported.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from hongyan import reports
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from hongyan.client.account import Delivery
    from hongyan.model.ids import ChatKey

__all__ = ["DRAIN", "TRIES", "Dispatcher", "HandlerBroke", "run_limited"]

log = logging.getLogger("hongyan.bot")

TRIES: Final = 5
"""How often an event is handled while its program ends each time, the first time included."""

DRAIN: Final = 1.2  # seconds that handlers have to finish after a stop
_GRACE: Final = 0.3  # seconds that a cancelled handler has to clean up

# A handler that swallows its cancellation cannot be ended; it is kept here so that it is at least not lost silently.
_left_behind: set[asyncio.Task[object]] = set()


class HandlerBroke(Exception):
    """A handler ended with something that is not an Exception: its own cancellation, GeneratorExit, a group of these."""


async def run_limited(work: Coroutine[object, object, object], limit: float) -> object:
    """Run ``work`` for ``limit`` seconds at most and return its result; TimeoutError after it was cancelled.

    Returns in time even where ``work`` swallows the cancellation. CancelledError is raised only where the caller is
    cancelled: anything else that ends ``work`` is an Exception, HandlerBroke for other kinds, or a request to end the program.
    """
    task = asyncio.create_task(work)
    try:
        finished, _ = await asyncio.wait({task}, timeout=limit)
    except asyncio.CancelledError:
        await _cancel(task)
        raise
    if task in finished:
        return _result_of(task)
    await _cancel(task)
    raise TimeoutError


def _result_of(task: asyncio.Task[object]) -> object:
    if task.cancelled():
        raise HandlerBroke("it was cancelled from within") from None
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, (Exception, SystemExit, KeyboardInterrupt)):
        raise error
    raise HandlerBroke(f"it raised {type(error).__name__}") from error


async def _cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    finished, _ = await asyncio.wait({task}, timeout=_GRACE)
    if not finished:
        _left_behind.add(task)
    task.add_done_callback(_forget)


def _forget(task: asyncio.Task[object]) -> None:
    _left_behind.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(
        error, (SystemExit, KeyboardInterrupt)
    ):  # those are requests to end
        log.warning("a cancelled handler failed while it was cleaning up: %s", type(error).__name__)


class Dispatcher:
    """Runs ``handle`` for each delivery that is ``wanted``; the others are given back at once.

    ``start`` starts reading, ``open`` starts handling, ``stop`` ends both.
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
        self._suspects = asyncio.Lock()
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
        """Take the consumer's position and start reading.

        The future that is returned is done when there is nothing more to read, or reading or giving back has failed.
        """
        self._reader = asyncio.create_task(self._read(), name="bot reader")
        self._reader.add_done_callback(self._end)
        await asyncio.sleep(0)  # the position is taken in the task's first step
        return self._over

    def open(self) -> None:
        """Start handling."""
        self._opened.set()

    async def stop(self, drain: float = DRAIN) -> None:
        """Finish the current events, for ``drain`` seconds at most, and cancel the rest.

        Reading ends last: only an open consumer can acknowledge finished events.
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
            self._over.exception()  # the caller of stop knows that it is over; an error is not reported twice

    def _end(self, task: asyncio.Task[None]) -> None:
        """Note that reading is over, or that a lane has failed: a store that takes nothing back ends everything.

        A task that was cancelled by anything but ``stop`` is over, too: nothing would be read, or a chat not served.
        """
        if self._over.done() or (task.cancelled() and self._stopping):
            return
        if task.cancelled():
            self._over.set_exception(
                UsageError(
                    "the program canceled tasks of the bot itself",
                    "A handler may cancel only tasks that it created.",
                )
            )
        elif (error := task.exception()) is not None:
            self._over.set_exception(error)
        elif task is self._reader:
            self._over.set_result(None)

    async def _read(self) -> None:
        async for delivery in self._deliveries:
            if self._stopping:
                continue  # neither started nor done: it is delivered again
            if not self._is_wanted(delivery):
                await delivery.done()
                continue
            await self._room.acquire()
            self._enqueue(delivery)

    def _is_wanted(self, delivery: Delivery) -> bool:
        try:
            return self._wanted(delivery)
        except Exception as fault:  # noqa: BLE001  # a fault of ours costs one event, not the bot
            reports.note(fault, doing=f"finding the handlers of event {delivery.recorded.seq}")
            return False

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
        """Handle one event and acknowledge it, also if handling failed: a bad event must not stop a chat."""
        if not delivery.recorded.redelivered:
            await self._handled(delivery)
        elif delivery.recorded.tries == 0:
            await self._deal_again(delivery)
        else:
            async with self._suspects:
                await self._deal_again(delivery)

    async def _deal_again(self, delivery: Delivery) -> None:
        """Count an event that was not finished before, and handle it, unless it has had its tries."""
        seq = delivery.recorded.seq
        if await delivery.begin_again() >= TRIES:
            log.error("event %d is dropped: the program ended %d times while it was handled", seq, TRIES)
            await delivery.give_up()
            return
        try:
            await self._handled(delivery)
        except asyncio.CancelledError:
            delivery.spare()
            raise

    async def _handled(self, delivery: Delivery) -> None:
        try:
            await self._handle(delivery)
        except Exception as fault:  # noqa: BLE001  # it costs one event, not the chat
            reports.note(fault, doing=f"handling event {delivery.recorded.seq}")
        await delivery.done()
