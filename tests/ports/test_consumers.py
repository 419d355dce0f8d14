"""The contract of the journal's consumers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.ids import Seq

from .conftest import wrote

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from hongyan.model.events import Recorded
    from hongyan.ports import Store


async def begun(store: Store, consumer: str = "bot") -> None:
    """Register a consumer at the journal's present end."""
    feed = store.consumers.feed(consumer)
    waiting = asyncio.ensure_future(anext(feed))
    while store.consumers.reached(consumer) != store.journal.latest():
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await feed.aclose()


async def taken(feed: AsyncGenerator[Recorded, None], count: int) -> list[Recorded]:
    """Return the next rows of a feed."""
    return [await asyncio.wait_for(anext(feed), 5) for _ in range(count)]


async def test_a_new_consumer_begins_at_the_end(store: Store) -> None:
    """And sees everything from then on, once."""
    await wrote(store, 1, 2)
    await begun(store)
    await wrote(store, 3, 4)
    feed = store.consumers.feed("bot")
    rows = await taken(feed, 2)
    assert [row.seq for row in rows] == [3, 4]
    for row in rows:
        await store.done("bot", row.seq)
    await feed.aclose()
    assert store.consumers.reached("bot") == 4


async def test_what_was_not_finished_comes_again_and_says_so(store: Store) -> None:
    """What was finished meanwhile does not, whatever the order."""
    await wrote(store, 1)
    await begun(store)
    await wrote(store, 2, 3, 4)
    feed = store.consumers.feed("bot")
    await taken(feed, 3)
    await store.done("bot", Seq(3))
    await feed.aclose()
    feed = store.consumers.feed("bot")
    rows = await taken(feed, 2)
    assert [(row.seq, row.redelivered) for row in rows] == [(2, True), (4, True)]
    assert await store.consumers.begin_again("bot", Seq(2)) == 1
    assert await store.consumers.begin_again("bot", Seq(2)) == 2
    store.consumers.spare("bot", Seq(2))
    assert await store.consumers.begin_again("bot", Seq(2)) == 2
    await feed.aclose()


async def test_what_is_given_up_is_a_dead_letter_and_finished(store: Store) -> None:
    """It does not come again."""
    await wrote(store, 1)
    await begun(store)
    await wrote(store, 2)
    feed = store.consumers.feed("bot")
    (row,) = await taken(feed, 1)
    await store.consumers.give_up("bot", row.seq, now=1.0)
    await feed.aclose()
    assert [letter.seq for letter in store.consumers.dead_letters("bot")] == [2]
    assert store.consumers.reached("bot") == 2


async def test_rows_that_are_not_wanted_count_as_finished(store: Store) -> None:
    """So that they hold nothing up."""
    await wrote(store, 1)
    await begun(store)
    await wrote(store, 2, 3)
    feed = store.consumers.feed("bot", lambda row: row.seq == 3)
    (row,) = await taken(feed, 1)
    await store.done("bot", row.seq)
    await feed.aclose()
    assert row.seq == store.consumers.reached("bot") == 3


async def test_a_name_is_consumed_once_at_a_time(store: Store) -> None:
    """The second is refused, the first goes on."""
    feed, second = store.consumers.feed("bot"), store.consumers.feed("bot")
    waiting = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0.01)
    with pytest.raises(UsageError):
        await anext(second)
    await wrote(store, 1)
    assert (await asyncio.wait_for(waiting, 5)).seq == 1
    await feed.aclose()
