"""The contract of the archive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.events import Removed
from hongyan.model.ids import Seq
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.search import Query

from .conftest import BOB, LOGIN, text, wrote

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.ports import Store


async def test_what_was_said_is_found_newest_first(store: Store) -> None:
    """In one chat or in all; what the index has not seen yet is taken in first."""
    alice = await wrote(store, 1, 2)
    await store.append([text(3, "今天下午开会", BOB)], login=LOGIN, received_at=3.0)
    behind: list[int] = []
    assert [row.seq for row in await store.archive.search(Query(words="words"), progress=behind.append)] == [
        2,
        1,
    ]
    assert behind == [3]
    assert [row.seq for row in await store.archive.search(Query(words="下午"))] == [3]
    assert await store.archive.search(Query(words="下午", chat=alice)) == []
    assert await store.archive.index() == 0


async def test_a_file_belongs_to_a_row_and_a_size(store: Store) -> None:
    """One that was fetched again takes the place of the former."""
    await wrote(store, 1)
    file = MediaFile(
        seq=Seq(1),
        size="full",
        path="a.jpg",
        bytes=3,
        sha256="0",
        md5="0",
        verified=Verified.DOUBTFUL,
        kept_at=1.0,
    )
    assert store.archive.file(Seq(1)) is None
    for kept_at in (1.0, 2.0):
        file = MediaFile(
            seq=Seq(1), size="full", path="a.jpg", bytes=3, sha256="0", md5="0", verified=Verified.DOUBTFUL, kept_at=kept_at
        )  # fmt: skip
        await store.archive.keep_file(file)
    assert store.archive.file(Seq(1)) == file
    assert store.archive.file(Seq(1), "thumbnail") is None
    assert list(store.archive.files()) == [file]


async def test_what_is_removed_leaves_a_stub_and_is_found_no_more(store: Store, tmp_path: Path) -> None:
    """Only what came before the time that was given."""
    alice = await wrote(store, 1, 2, 3)
    await store.archive.search(Query(words="words"))
    assert store.archive.chats() == [alice]
    assert (store.archive.holding(alice, 3.0).rows, store.archive.holding(alice, 3.0).due) == (3, 2)
    removal = await store.archive.remove(alice, 3.0)
    assert removal.rows == 2
    assert (await store.archive.remove(alice, 3.0)).rows == 0
    assert store.archive.holding(alice, 3.0).removed == 2
    assert [isinstance(row.event, Removed) for row in store.journal.read(Seq(0))] == [True, True, False]
    assert store.journal.raw(Seq(1)) == b""
    assert [row.seq for row in await store.archive.search(Query(words="words"))] == [3]
    assert (await store.archive.remove_recalled(alice, 9.0)).rows == 0
    begin = True
    while await store.archive.tidy(begin=begin):
        begin = False
    assert await store.archive.leftovers(tmp_path, 0.0) == 0


async def test_nothing_is_removed_that_a_consumer_still_has_to_see(store: Store) -> None:
    """Unless the consumer is forgotten, which is refused while it consumes."""
    feed = store.consumers.feed("bot")
    waiting = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0.01)
    alice = await wrote(store, 1)
    await wrote(store, 2)
    await asyncio.wait_for(waiting, 5)
    assert [(one.consumer, one.events) for one in store.archive.behind()] == [("bot", 2)]
    assert (await store.archive.remove(alice, 9.0)).rows == 0
    await feed.aclose()
    assert await store.archive.forget_consumer("bot")
    assert not await store.archive.forget_consumer("bot")
    assert (await store.archive.remove(alice, 9.0)).rows == 2


async def test_a_consumer_at_work_is_not_forgotten(tmp_path: Path) -> None:
    """By no program; this holds for stores that several programs share."""
    from hongyan.store.database import Database
    from hongyan.store.sqlite import open_store

    database = Database(tmp_path / "journal.db")
    store: Store = open_store(database, "me")
    feed = store.consumers.feed("bot")
    waiting = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0.01)
    with pytest.raises(UsageError):
        await store.archive.forget_consumer("bot")
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await feed.aclose()
    database.close()
