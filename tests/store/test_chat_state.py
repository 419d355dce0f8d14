"""What people at a machine made of a chat: counts of what is unread, drafts, what is muted, put away or hidden."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

from hongyan.model.commands import SendText
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, ClientMsgId, MsgId, Seq, TransientName
from hongyan.model.messages import Recall, StatusNotice, Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.events import Event
    from hongyan.store.sqlite import SqliteStore


async def came(store: SqliteStore, *events: tuple[Event, bytes]) -> ChatKey:
    """Write events of Alice's chat and return its key."""
    await store.append(events, login=LOGIN, received_at=1.0)
    key = store.directory.key_of(LOGIN, TransientName("@alice"))
    assert key is not None
    return key


def phone(code: int, number: int) -> tuple[Event, bytes]:
    """Return what the phone tells of Alice's chat."""
    notice = StatusNotice(id=MsgId(str(number)), chat=TransientName("@alice"), outgoing=True, code=code)
    return MessageReceived(message=notice), b""


def mine(number: int) -> tuple[Event, bytes]:
    """Return what this account wrote to Alice on the phone."""
    text = Text(
        id=MsgId(str(number)),
        chat=TransientName("@alice"),
        sender=TransientName("@me"),
        outgoing=True,
        text="x",
    )
    return MessageReceived(message=text), b""


def recall(number: int) -> tuple[Event, bytes]:
    """Return the notice of a recall."""
    return MessageReceived(
        message=Recall(id=MsgId(str(number)), chat=TransientName("@alice"), sender=TransientName("@alice"))
    ), b""


async def test_what_others_write_is_counted_and_nothing_else(store: SqliteStore) -> None:
    """Two texts count; the notice of a recall does not, and neither does what the server sends a second time."""
    alice = await came(
        store, said(1, "a", "@alice"), said(2, "b", "@alice"), recall(3), said(2, "b", "@alice")
    )
    assert store.chat_state.of(alice).unread == 2
    assert store.chat_state.all()[alice].unread == 2


async def test_what_was_read_or_written_on_the_phone_is_read(store: SqliteStore) -> None:
    """A notice of the phone sets the count to zero; what comes later in the same batch counts again."""
    alice = await came(store, said(1, "a", "@alice"), phone(1, 2), said(3, "b", "@alice"))
    assert store.chat_state.of(alice).unread == 1
    await came(store, mine(4))
    state = store.chat_state.of(alice)
    assert (state.unread, state.read) == (0, 4)
    await came(store, said(5, "c", "@alice"), phone(5, 6))  # the phone only left the chat
    assert store.chat_state.of(alice).unread == 1


async def test_a_chat_is_read_to_a_row_or_to_its_end(store: SqliteStore) -> None:
    """What comes after the row stays unread, with a place from which it is."""
    alice = await came(store, *(said(n, "x", "@alice") for n in range(1, 6)))
    await store.chat_state.mark_seen(alice, Seq(3))
    assert (store.chat_state.of(alice).unread, store.chat_state.of(alice).read) == (2, 3)
    await store.chat_state.mark_seen(alice, None)
    assert (store.chat_state.of(alice).unread, store.chat_state.of(alice).read) == (0, 5)
    await store.chat_state.mark_unread(alice)
    assert store.chat_state.of(alice).unread == 1


async def test_a_draft_is_there_after_a_restart(tmp_path: Path) -> None:
    """With what it answers and what is attached; an empty one leaves none."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    alice = await came(store, said(1, "a", "@alice"))
    await store.chat_state.keep_draft(alice, "好的，明天", quoting=Seq(1), attached=["a b.jpg"], now=5.0)
    database.close()
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    state = store.chat_state.of(alice)
    assert (state.draft, state.quoting, state.attached, state.drafted_at) == (
        "好的，明天",
        1,
        ("a b.jpg",),
        5.0,
    )
    assert state.unread == 1
    await store.chat_state.keep_draft(alice, "", quoting=Seq(0), attached=(), now=6.0)
    assert store.chat_state.of(alice).drafted_at == 0.0
    database.close()


async def test_something_new_brings_a_chat_back_unless_it_is_muted(store: SqliteStore) -> None:
    """As people expect of a chat that they put away."""
    alice = await came(store, said(1, "a", "@alice"))
    await store.chat_state.set_local(alice, archived=True)
    assert store.chat_state.of(alice).archived
    await came(store, said(2, "b", "@alice"))
    assert not store.chat_state.of(alice).archived
    await store.chat_state.set_local(alice, archived=True, muted=True)
    await came(store, said(3, "c", "@alice"))
    assert store.chat_state.of(alice).archived
    await store.chat_state.set_local(alice, archived=False, muted=None)
    assert (store.chat_state.of(alice).archived, store.chat_state.of(alice).muted) == (False, None)


async def test_a_hidden_row_is_known_as_such(store: SqliteStore) -> None:
    """It stays in the journal."""
    await came(store, said(1, "a", "@alice"), said(2, "b", "@alice"))
    await store.chat_state.hide(Seq(1))
    assert store.chat_state.hidden([Seq(1), Seq(2)]) == {1}
    assert len(store.journal.read(Seq(0))) == 2


async def test_merged_chats_have_one_state(store: SqliteStore) -> None:
    """Counts are added, the draft goes over."""
    alice = await came(store, said(1, "a", "@alice"), said(2, "b", "@bob"))
    bob = store.directory.key_of(LOGIN, TransientName("@bob"))
    assert bob is not None
    await store.chat_state.keep_draft(bob, "draft", quoting=Seq(0), attached=(), now=1.0)
    await store.directory.merge(alice, bob, now=1.0)
    state = store.chat_state.of(bob)
    assert (state.unread, state.draft) == (2, "draft")
    assert store.chat_state.all()[alice] == state


async def test_what_waits_to_be_sent_is_told_by_chat(store: SqliteStore) -> None:
    """Oldest first, of this chat only."""
    alice = await came(store, said(1, "a", "@alice"))
    for number, chat in enumerate((alice, ChatKey("other"), alice)):
        await store.outbox.enqueue(SendText(chat=chat, text=str(number)), ClientMsgId(f"1{number}"), now=1.0)
    texts = [row.command.text for row in store.outbox.pending(alice) if isinstance(row.command, SendText)]
    assert texts == ["0", "2"]


async def test_what_was_there_before_anybody_counted_is_read(tmp_path: Path) -> None:
    """A database of the schema before has no unread messages; new ones count."""
    database = Database(tmp_path / "journal.db")
    alice = await came(open_store(database, "me"), said(1, "a", "@alice"))
    database.close()
    older = tmp_path / "older.db"
    shutil.copy(tmp_path / "journal.db", older)
    with sqlite3.connect(older) as connection:
        connection.executescript(
            "ALTER TABLE chat DROP COLUMN unread; ALTER TABLE chat DROP COLUMN read_seq;"
            "DROP TABLE chat_state; ALTER TABLE rate_limit RENAME TO pace;"
            "ALTER TABLE search_text RENAME TO said; ALTER TABLE search_index RENAME TO said_index;"
            "DROP TABLE hidden; DROP INDEX command_origin; DROP TABLE dead_letter;"
            "ALTER TABLE command DROP COLUMN handler; ALTER TABLE progress DROP COLUMN tries;"
            "CREATE UNIQUE INDEX command_origin ON command (account_id, consumer, event, ordinal);"
            "ALTER TABLE account DROP COLUMN bindings; PRAGMA user_version = 10;"
        )
    connection.close()
    database = Database(older)
    store = open_store(database, "me")
    assert (store.chat_state.of(alice).unread, store.chat_state.of(alice).read) == (0, 1)
    await came(store, said(2, "b", "@alice"))
    assert store.chat_state.of(alice).unread == 1
    database.close()
