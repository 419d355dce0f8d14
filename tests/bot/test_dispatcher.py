"""Timing, order and bounds of the dispatcher alone, on a feed in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from hongyan.bot.dispatcher import Dispatcher, run_limited
from hongyan.model.events import Gap, Recorded
from hongyan.model.ids import ChatKey, Seq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from hongyan.client.account import Delivery


@dataclass
class Feed:
    """Events that are read one by one; ``read`` counts them, ``done`` lists those given back."""

    events: list[tuple[str, int]]
    read: int = 0
    done: list[int] = field(default_factory=list)
    broken: bool = False

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """Yield the events, then nothing for ever, as a journal does."""
        for chat, seq in self.events:
            self.read += 1
            yield cast("Delivery", _Delivery(self, chat, seq))
        await asyncio.Event().wait()

    async def all_done(self) -> None:
        """Wait until everything was given back."""
        async with asyncio.timeout(5):
            while len(self.done) < len(self.events):
                await asyncio.sleep(0)


class _Delivery:
    def __init__(self, feed: Feed, chat: str, seq: int) -> None:
        self.feed = feed
        self.recorded = Recorded(
            seq=Seq(seq), received_at=0.0, event=Gap(since=0, until=1), chat=ChatKey(chat)
        )

    async def done(self) -> None:
        """Give the event back."""
        if self.feed.broken:
            raise OSError("disk full")
        self.feed.done.append(self.recorded.seq)


def _dispatcher(
    feed: Feed, handle: Callable[[Any], Awaitable[None]], wanted: Callable[[Any], bool] = bool, **more: int
) -> Dispatcher:
    return Dispatcher(feed.deliveries(), wanted, handle, **more)


async def test_chats_run_side_by_side_up_to_the_limit_and_in_order() -> None:
    """Never more than the limit, never two of one chat, each chat in its order."""
    feed = Feed([(f"c{n % 7}", n) for n in range(70)])
    running: set[str] = set()
    most = 0
    order: dict[str, list[int]] = {}

    async def handle(delivery: Delivery) -> None:
        nonlocal most
        chat = delivery.recorded.chat
        assert chat not in running
        running.add(chat)
        most = max(most, len(running))
        for _ in range(3):
            await asyncio.sleep(0)
        running.discard(chat)
        order.setdefault(chat, []).append(delivery.recorded.seq)

    dispatcher = _dispatcher(feed, handle, side_by_side=3)
    await dispatcher.start()
    dispatcher.open()
    await feed.all_done()
    await asyncio.sleep(0)
    assert dispatcher.lanes == 0
    await dispatcher.stop()
    assert most == 3
    assert all(seqs == sorted(seqs) for seqs in order.values())


async def test_no_more_is_read_than_may_wait() -> None:
    """A flood stays in the journal, not in memory."""
    feed = Feed([("c", n) for n in range(1000)])
    release = asyncio.Event()

    async def handle(_: Delivery) -> None:
        await release.wait()

    dispatcher = _dispatcher(feed, handle, waiting=10)
    await dispatcher.start()
    dispatcher.open()
    for _ in range(50):
        await asyncio.sleep(0)
    assert feed.read == 11
    release.set()
    await feed.all_done()
    await dispatcher.stop()


async def test_what_nobody_wants_is_given_back_at_once() -> None:
    """It does not wait behind what is being handled."""
    feed = Feed([("c", 1), ("c", 2), ("c", 3)])

    async def handle(_: Delivery) -> None:
        await asyncio.Event().wait()

    dispatcher = _dispatcher(feed, handle, lambda d: d.recorded.seq == 1)
    await dispatcher.start()
    dispatcher.open()
    while len(feed.done) < 2:
        await asyncio.sleep(0)
    await dispatcher.stop(drain=0.01)
    assert feed.done == [2, 3]


async def test_nothing_is_handled_before_it_is_opened() -> None:
    """What comes in while the account is not ready waits."""
    feed, handled = Feed([("c", 1)]), []

    async def handle(delivery: Delivery) -> None:
        handled.append(delivery.recorded.seq)

    dispatcher = _dispatcher(feed, handle)
    await dispatcher.start()
    for _ in range(10):
        await asyncio.sleep(0)
    assert handled == []
    dispatcher.open()
    await feed.all_done()
    await dispatcher.stop()


async def test_what_comes_during_a_stop_is_left_for_the_next_run() -> None:
    """A stop that waits for one chat does not begin with another."""
    feed, more, handled = Feed([]), asyncio.Event(), []

    async def deliveries() -> AsyncIterator[Delivery]:
        yield cast("Delivery", _Delivery(feed, "a", 1))
        await more.wait()
        yield cast("Delivery", _Delivery(feed, "b", 2))
        await asyncio.Event().wait()

    async def handle(delivery: Delivery) -> None:
        handled.append(delivery.recorded.seq)
        while not feed.read:
            await asyncio.sleep(0)

    dispatcher = Dispatcher(deliveries(), bool, handle)
    await dispatcher.start()
    dispatcher.open()
    while not handled:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(dispatcher.stop())
    await asyncio.sleep(0)
    more.set()
    for _ in range(10):
        await asyncio.sleep(0)
    feed.read = 1
    await stopping
    assert handled == [1]
    assert feed.done == [1]


async def test_a_failure_of_the_store_ends_everything() -> None:
    """An event that cannot be given back is told to whoever runs the app, not lost in a task."""
    feed = Feed([("c", 1)], broken=True)

    async def handle(_: Delivery) -> None:
        pass

    dispatcher = _dispatcher(feed, handle)
    over = await dispatcher.start()
    dispatcher.open()
    with pytest.raises(OSError, match="disk full"):
        await over
    await dispatcher.stop()


async def test_a_limited_run_returns_its_result_or_error_or_runs_out_of_time() -> None:
    """Each ending is told as what it is."""

    async def result() -> int:
        return 5

    async def error() -> None:
        raise ValueError("no good")

    assert await run_limited(result(), 1) == 5
    with pytest.raises(ValueError, match="no good"):
        await run_limited(error(), 1)
    with pytest.raises(TimeoutError):
        await run_limited(asyncio.sleep(5), 0.01)
