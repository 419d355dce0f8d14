"""How readers move through the journal: nothing skipped, nothing twice without a word."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.errors import UsageError
from hongyan.model.commands import SendText
from hongyan.model.ids import ChatKey, ClientMsgId, Seq
from hongyan.store.database import Database
from hongyan.store.progress import Progress, Window
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.events import Recorded
    from hongyan.store.sqlite import SqliteStore


async def take(store: SqliteStore, reader: str, count: int, *, finish: bool = True) -> list[Recorded]:
    """Read ``count`` events and give them back."""
    taken = []
    async with aclosing(store.consumers.feed(reader)) as feed:
        async for recorded in feed:
            taken.append(recorded)
            if finish:
                await store.done(reader, recorded.seq)
            if len(taken) == count:
                break
    return taken


async def test_a_reader_goes_on_where_it_was(store: SqliteStore) -> None:
    """What was finished does not come again."""
    await take_none(store, "bot")
    await store.append([said(n) for n in range(1, 6)], login=LOGIN, received_at=1.0)
    assert [r.seq for r in await take(store, "bot", 2)] == [1, 2]
    assert [r.seq for r in await take(store, "bot", 3)] == [3, 4, 5]


async def take_none(store: SqliteStore, reader: str) -> None:
    """Open a reader once, so that it has a position."""
    feed = store.consumers.feed(reader)
    task = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    while not await_written(store, reader):
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await feed.aclose()


def await_written(store: SqliteStore, reader: str) -> bool:
    """Whether the reader's position is in the database."""
    with store.database.reading() as connection:
        return (
            connection.execute("SELECT 1 FROM progress WHERE consumer = ?", (reader,)).fetchone() is not None
        )


async def test_what_was_begun_and_not_finished_comes_again_and_says_so(store: SqliteStore) -> None:
    """A handler that was interrupted sees its event once more, marked."""
    await take_none(store, "bot")
    await store.append([said(1), said(2)], login=LOGIN, received_at=1.0)
    (first,) = await take(store, "bot", 1, finish=False)
    assert not first.redelivered
    await store.append([said(3)], login=LOGIN, received_at=1.0)
    again = await take(store, "bot", 3)
    assert [(r.seq, r.redelivered) for r in again] == [(1, True), (2, True), (3, False)]


async def test_events_may_be_finished_out_of_order(store: SqliteStore) -> None:
    """Chats run side by side; the finished ones above an open one stay finished."""
    await take_none(store, "bot")
    await store.append([said(1), said(2), said(3)], login=LOGIN, received_at=1.0)
    feed = store.consumers.feed("bot")
    rows = [await anext(feed) for _ in range(3)]
    await store.done("bot", rows[1].seq)
    await store.done("bot", rows[2].seq)
    await feed.aclose()
    assert store.consumers.progress("bot") == Progress(
        Seq(0), frozenset({Seq(2), Seq(3)}), frozenset({Seq(1)})
    )
    (again,) = await take(store, "bot", 1)
    assert again.seq == 1


async def test_a_new_reader_begins_now(store: SqliteStore) -> None:
    """Old messages are not poured over a bot that is started for the first time."""
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    await take_none(store, "bot")
    await store.append([said(2)], login=LOGIN, received_at=1.0)
    assert [r.seq for r in await take(store, "bot", 1)] == [2]


async def test_a_waiting_reader_is_woken_by_an_append(store: SqliteStore) -> None:
    """Nobody polls."""
    waiting = asyncio.create_task(take(store, "bot", 1))
    await asyncio.sleep(0.02)
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    assert [r.seq for r in await asyncio.wait_for(waiting, 5)] == [1]


async def test_two_readers_of_one_name_are_refused(store: SqliteStore) -> None:
    """They would steal each other's events."""
    await take_none(store, "bot")
    feed = store.consumers.feed("bot")
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    await anext(feed)
    with pytest.raises(UsageError):
        await anext(store.consumers.feed("bot"))
    await feed.aclose()


async def test_what_a_handler_asks_for_is_enqueued_once(store: SqliteStore) -> None:
    """The second run of a handler finds its wishes in the outbox already."""
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    wish = SendText(chat=ChatKey("k"), text="pong")
    (first,) = await store.done("bot", Seq(1), [(wish, ClientMsgId("17"))], now=1.0)
    (again,) = await store.done("bot", Seq(1), [(wish, ClientMsgId("18"))], now=2.0)
    assert first == again
    assert len(store.outbox.queued()) == 1


async def test_a_window_has_an_end(tmp_path: Path) -> None:
    """A reader that never finishes anything is not handed the whole journal."""
    database = Database(None)
    store = open_store(database, "me")
    await take_none(store, "bot")
    await store.append([said(n) for n in range(1, 401)], login=LOGIN, received_at=1.0)
    feed = store.consumers.feed("bot")
    rows = [await anext(feed) for _ in range(256)]
    more = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0.02)
    assert not more.done()
    await store.done("bot", rows[0].seq)
    assert (await asyncio.wait_for(more, 5)).seq == 257
    await feed.aclose()
    database.close()


@given(st.permutations(range(1, 12)), st.integers(0, 11))
def test_a_window_forgets_nothing_wherever_it_is_cut(order: list[int], cut: int) -> None:
    """After a restart the reader sees exactly the events that were not finished, and marks all it had begun."""
    window = Window(Progress(Seq(0)))
    for seq in range(1, 12):
        assert window.hand_out(Seq(seq))
    for seq in order[:cut]:
        window.finish(Seq(seq))
    kept = window.position()
    again = Window(kept)
    seen = [s for s in range(kept.low + 1, 12) if again.hand_out(Seq(s))]
    assert seen == sorted(set(range(1, 12)) - set(order[:cut]))
    assert all(again.redelivered(Seq(s)) for s in seen)


async def test_a_change_in_the_very_moment_of_a_save_is_saved_too(store: SqliteStore) -> None:
    """The last event is finished by whoever was woken by the commit that saved the one before."""
    await take_none(store, "bot")
    await store.append([said(1), said(2)], login=LOGIN, received_at=1.0)
    async with aclosing(store.consumers.feed("bot")) as feed:
        first, second = await anext(feed), await anext(feed)
        await store.done("bot", first.seq)
        await asyncio.sleep(0)  # the save is queued
        await store.session.write(lambda _: None)  # comes back from the same commit
        await store.done("bot", second.seq)
        for _ in range(200):
            if store.consumers.progress("bot").low == second.seq:
                break
            await asyncio.sleep(0.005)
        assert (
            store.consumers.progress("bot").low == second.seq
        )  # before the feed closes, which saves as well


async def test_what_a_reader_does_not_want_counts_as_finished(store: SqliteStore) -> None:
    """It is not handed out, and does not come again."""
    feed = store.consumers.feed("picky", lambda row: row.seq % 100 == 0)
    first = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    for begin in range(0, 1_000, 250):
        await store.append([said(n) for n in range(begin, begin + 250)], login=LOGIN, received_at=1.0)
    seen = [(await first).seq]
    while seen[-1] < 1_000:
        await store.done("picky", Seq(seen[-1]))
        seen.append((await anext(feed)).seq)
    assert seen == list(range(100, 1_001, 100))
    await feed.aclose()
    assert store.consumers.progress("picky").low == 999
