"""What the archive's rules take away, and what they leave: order, readers, repeats, other chats, files in use."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

from hongyan.model.commands import Outcome, SendText, Settlement
from hongyan.model.events import MessageReceived, Removed
from hongyan.model.ids import ChatKey, ClientMsgId, MsgId, Seq, TransientName
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.messages import Recall, Text
from hongyan.model.search import Query
from hongyan.store.session import Session

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.events import Recorded
    from hongyan.store.sqlite import SqliteStore


async def filled(store: SqliteStore, count: int = 120) -> tuple[ChatKey, ChatKey]:
    """Let Alice and Bob write in turn, a second apart, and return their keys."""
    for number in range(count):
        who = "@alice" if number % 2 else "@bob"
        await store.append([said(number + 1, f"words {number}", who)], login=LOGIN, received_at=float(number))
    alice, bob = (store.directory.key_of(LOGIN, TransientName(name)) for name in ("@alice", "@bob"))
    assert alice is not None
    assert bob is not None
    return alice, bob


async def removed(store: SqliteStore, chat: ChatKey, before: float) -> int:
    """Remove everything that is due."""
    rows = 0
    while (step := await store.archive.remove(chat, before)).rows:
        rows += step.rows
    return rows


def texts(rows: list[Recorded]) -> list[str]:
    """Return what is still said in rows."""
    events = (row.event for row in rows)
    return [e.message.text for e in events if isinstance(e, MessageReceived) and isinstance(e.message, Text)]


async def test_only_what_is_old_goes_and_only_in_its_chat(store: SqliteStore) -> None:
    """Alice's first fifty are gone from history, search and the bytes; Bob's are there, and every number stands."""
    alice, bob = await filled(store)
    assert store.archive.holding(alice, 100.0).due == 50
    assert len(await store.archive.search(Query(words="words 99"))) == 1
    assert await removed(store, alice, 100.0) == 50
    assert texts(store.journal.history(alice, limit=100)) == [f"words {n}" for n in range(101, 120, 2)]
    assert len(texts(store.journal.history(bob, limit=100))) == 60
    assert await store.archive.search(Query(words="words 99")) == []
    assert len(await store.archive.search(Query(words="words 98"))) == 1
    rows = type(store)(Session(store.database, 1, store.me)).journal.read(Seq(0), limit=500)
    assert [row.seq for row in rows] == list(range(1, 121))
    assert sum(isinstance(row.event, Removed) for row in rows) == 50
    assert store.journal.raw(Seq(2)) == b""
    assert store.archive.holding(alice, 100.0).removed == 50


async def test_no_byte_of_it_is_left_in_the_file(store: SqliteStore) -> None:
    """Neither of what was received nor of what was sent, nor in the search index once that is tidied."""
    words = {
        who: [sha256(f"{who}{n}".encode()).hexdigest() for n in range(200)] for who in ("@alice", "@bob")
    }
    for who, told in words.items():
        events = [said(int(text[:12], 16), text, who) for text in told]
        await store.append(events, login=LOGIN, received_at=1.0)
    alice = store.directory.key_of(LOGIN, TransientName("@alice"))
    assert alice is not None
    for number, text in enumerate(sent := [sha256(f"sent{n}".encode()).hexdigest() for n in range(50)]):
        row = await store.outbox.enqueue(SendText(chat=alice, text=text), ClientMsgId(str(number)), now=1.0)
        await store.settle(Settlement(row.id, Outcome.ACCEPTED, text[:8]), now=1.0)
    while await store.archive.index():
        pass
    assert await removed(store, alice, 2.0) == 250
    begin = True
    while await store.archive.tidy(begin=begin):
        begin = False
    store.database.close()
    path = store.database.path
    if path is None:
        return  # nothing in memory is there for anybody to read
    left = path.read_bytes()
    assert not path.with_name("journal.db-wal").exists()
    assert [text for text in (*words["@alice"], *sent) if text[6:60].encode() in left] == []
    assert all(text.encode() in left for text in words["@bob"])


async def test_what_was_removed_does_not_come_in_again(store: SqliteStore) -> None:
    """The service hands it over once more: it is known by its number."""
    alice, _ = await filled(store)
    await removed(store, alice, 100.0)
    assert await store.append([said(2, "words 1", "@alice")], login=LOGIN, received_at=200.0) == []


async def test_nothing_goes_before_every_reader_has_had_it(store: SqliteStore) -> None:
    """A reader that is behind holds it up, is named, and goes on where it was; a forgotten one holds nothing."""
    feed = store.consumers.feed("slow")
    first = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    alice, _ = await filled(store)
    assert (await first).seq == 1
    await feed.aclose()
    assert await removed(store, alice, 1_000.0) == 0
    assert store.archive.holding(alice, 1_000.0).unread == 60
    assert [behind.consumer for behind in store.archive.behind()] == ["slow"]
    assert await store.archive.forget_consumer("slow")
    assert await removed(store, alice, 1_000.0) == 60


async def test_a_message_that_was_taken_back_goes_where_it_is_not_to_be_kept(store: SqliteStore) -> None:
    """The word of the recall stays; without the rule the original stays too."""
    alice, _ = await filled(store, 4)
    name = TransientName("@alice")
    recall = Recall(id=MsgId("900"), chat=name, sender=name, recalled=MsgId("2"))
    await store.append([(MessageReceived(message=recall), b"raw")], login=LOGIN, received_at=10.0)
    assert store.journal.recalled(["2", "4"]) == {"2"}
    assert (await store.archive.remove_recalled(alice, 10.0)).rows == 0
    assert (await store.archive.remove_recalled(alice, 11.0)).rows == 1
    assert texts(store.journal.history(alice)) == ["words 3"]
    assert len(store.journal.history(alice)) == 2


async def test_own_sends_go_with_their_place_in_the_outbox(store: SqliteStore) -> None:
    """What still waits stays."""
    alice, _ = await filled(store, 4)
    for number in ("1", "2"):
        await store.outbox.enqueue(SendText(chat=alice, text=f"mine {number}"), ClientMsgId(number), now=5.0)
    done = store.outbox.latest()[1]
    await store.settle(Settlement(done.id, Outcome.ACCEPTED, "77"), now=5.0)
    await removed(store, alice, 6.0)
    (waiting,) = store.outbox.latest()
    assert waiting.outcome is Outcome.QUEUED
    assert store.journal.history(alice) == []


async def test_a_file_goes_with_the_last_message_that_has_it(store: SqliteStore, tmp_path: Path) -> None:
    """A picture that Bob sent too stays for him."""
    alice, bob = await filled(store, 2)
    (tmp_path / "ab").mkdir()
    path = tmp_path / "ab" / "abcd.png"
    path.write_bytes(b"picture")
    for seq in (1, 2):
        await store.archive.keep_file(
            MediaFile(
                seq=Seq(seq),
                size="full",
                path="ab/abcd.png",
                bytes=7,
                sha256="",
                md5="",
                verified=Verified.LENGTH,
                kept_at=0,
            )
        )
    far = path.stat().st_mtime + 60.0
    await removed(store, alice, 10.0)
    assert (await store.archive.leftovers(tmp_path, far), path.exists()) == (0, True)
    await removed(store, bob, 10.0)
    assert (await store.archive.leftovers(tmp_path, far - 120.0), path.exists()) == (0, True)  # brand-new
    assert (await store.archive.leftovers(tmp_path, far), path.exists()) == (1, False)
