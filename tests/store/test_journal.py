"""What the journal promises: order, one row per message, keys that last, rows that outlive their reader."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import pytest

from hongyan.errors import UsageError
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import ContactChanged, ContactGone, Gap, MessageReceived, UnknownEvent
from hongyan.model.ids import ChatKey, LoginId, MsgId, Seq, TransientName
from hongyan.model.messages import Unparsed
from hongyan.ports.login import LoginPosition
from hongyan.store.database import Database
from hongyan.store.session import Session
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore


async def test_contacts_outlive_the_change_of_their_table(tmp_path: Path) -> None:
    """A journal of the schema that kept them by key alone is brought up to date with everybody in it."""
    path = tmp_path / "journal.db"
    old = sqlite3.connect(path, isolation_level=None)
    for step in sorted((files("hongyan.store") / "schema").iterdir(), key=lambda step: step.name):
        if step.name < "0008":
            old.executescript(step.read_text("utf-8"))
            old.execute(f"PRAGMA user_version = {int(step.name[:4])}")
    old.execute("INSERT INTO account (id, name, me) VALUES (1, 'me', 'key of me')")
    old.execute(
        "INSERT INTO contact VALUES (1, 'key of alice', 'first', 'contacts', 0, 7, ?)",
        (b'{"name": "@alice", "kind": "friend", "nickname": "Alice", "pinned": false}',),
    )
    old.close()
    database = Database(path)
    contact = open_store(database, "me").directory.contact(ChatKey("key of alice"))
    database.close()
    assert contact is not None
    assert contact.nickname == "Alice"


async def test_rows_come_back_in_the_order_in_which_they_were_written(store: SqliteStore) -> None:
    """The server's order is the journal's order, whatever the numbers of the messages."""
    await store.append([said(9), said(3), said(7)], login=LOGIN, received_at=1.0)
    rows = store.journal.read(Seq(0))
    assert [r.event.message.id for r in rows if isinstance(r.event, MessageReceived)] == ["9", "3", "7"]
    assert [r.seq for r in rows] == [1, 2, 3]


async def test_a_message_that_comes_again_is_dropped(store: SqliteStore) -> None:
    """A repeat is known by the message's number, and only the new ones are reported."""
    await store.append([said(1), said(2)], login=LOGIN, received_at=1.0)
    written = await store.append([said(2), said(3)], login=LOGIN, received_at=2.0)
    assert [r.event.message.id for r in written if isinstance(r.event, MessageReceived)] == ["3"]
    assert len(store.journal.read(Seq(0))) == 3


async def test_messages_without_a_number_are_never_taken_for_repeats(store: SqliteStore) -> None:
    """Equal content without a number may well be two messages."""
    event = MessageReceived(message=Unparsed(reason="broken"))
    await store.append([(event, b"x"), (event, b"x")], login=LOGIN, received_at=1.0)
    assert len(store.journal.read(Seq(0))) == 2


async def test_a_readable_message_takes_the_place_of_a_fragment_with_its_number(store: SqliteStore) -> None:
    """Older versions gave fragments the number of the message: the whole one is no repeat of it."""
    fragment = MessageReceived(message=Unparsed(id=MsgId("2"), reason="broken", raw=b"half"))
    await store.append([said(1), (fragment, b"half"), said(3)], login=LOGIN, received_at=1.0)
    written = await store.append(
        [(fragment, b"half"), said(1), said(2), said(2)], login=LOGIN, received_at=2.0
    )
    assert [r.event.message.id for r in written if isinstance(r.event, MessageReceived)] == ["2"]
    row = store.journal.message("2")
    assert row is not None
    assert row.seq == written[0].seq
    assert store.journal.raw(row.seq) == b"raw 2"
    assert store.journal.raw(Seq(2)) == b""


async def test_raw_bytes_stay_beside_the_event(store: SqliteStore) -> None:
    """A better decoder can read them again."""
    (row,) = await store.append([said(5)], login=LOGIN, received_at=1.0)
    assert store.journal.raw(row.seq) == b"raw 5"


async def test_rows_and_position_are_one_transaction(store: SqliteStore) -> None:
    """If a row cannot be written, the position does not move either."""
    await store.append([said(1)], login=LOGIN, received_at=1.0, position=b"one")
    poison = (MessageReceived(message=Unparsed(id=MsgId("2"), raw=b"")), object())
    with pytest.raises(sqlite3.Error):  # what SQLite is told wrongly is nobody's disk
        await store.append([said(3), poison], login=LOGIN, received_at=2.0, position=b"two")  # type: ignore[list-item]  # the poison
    assert store.login.position() == LoginPosition(LOGIN, b"one", complete=False)
    assert len(store.journal.read(Seq(0))) == 1


async def test_a_name_keeps_its_key_within_a_login_and_gets_another_in_the_next(store: SqliteStore) -> None:
    """Transient names are good together with their login only."""
    (first,) = await store.append([said(1)], login=LOGIN, received_at=1.0)
    (second,) = await store.append([said(2)], login=LOGIN, received_at=1.0)
    (later,) = await store.append([said(3)], login=LoginId("second"), received_at=1.0)
    assert first.chat == second.chat != later.chat
    assert store.directory.name_of(LOGIN, first.chat) == "@alice"
    assert store.directory.name_of(LoginId("second"), first.chat) is None


async def test_the_services_own_accounts_keep_their_key_at_every_login(store: SqliteStore) -> None:
    """Their names are the same at every login."""
    (first,) = await store.append([said(1, chat="filehelper")], login=LOGIN, received_at=1.0)
    (later,) = await store.append([said(2, chat="filehelper")], login=LoginId("second"), received_at=1.0)
    assert first.chat == later.chat


async def test_contact_news_reach_the_directory_with_their_row(store: SqliteStore) -> None:
    """A change, a deletion and a new login are seen by those who ask for contacts."""
    change = ContactChange(name=TransientName("@alice"), kind=ContactKind.FRIEND, nickname="Alice")
    (row,) = await store.append(
        [(ContactChanged(change=change), b"")], login=LOGIN, received_at=1.0, position=b"k"
    )
    assert [c.nickname for _, c in store.directory.contacts()] == ["Alice"]
    await store.append([(ContactGone(name=TransientName("@alice")), b"")], login=LOGIN, received_at=2.0)
    assert store.directory.contacts() == []
    known = store.directory.contact(row.chat)
    assert known is not None
    assert known.nickname == "Alice"


async def test_an_event_of_a_newer_version_reads_as_unknown(tmp_path: Path) -> None:
    """A downgrade loses nothing and raises nothing."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    database.close()
    with sqlite3.connect(tmp_path / "journal.db") as other:
        other.execute("UPDATE journal SET event = ?", (b'{"event":"teleported"}',))
    other.close()
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    assert isinstance(store.journal.read(Seq(0))[0].event, UnknownEvent)
    database.close()


async def test_everything_is_there_after_the_file_was_closed(tmp_path: Path) -> None:
    """A second start reads rows, position, contacts and numbers on from where they were."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    change = ContactChange(name=TransientName("@me"), kind=ContactKind.SELF, nickname="Me")
    await store.append(
        [said(1), (ContactChanged(change=change), b"")], login=LOGIN, received_at=1.0, position=b"k"
    )
    await store.login.set_complete(LOGIN, complete=True)
    me = store.me
    database.close()

    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    assert store.login.position() == LoginPosition(LOGIN, b"k", complete=True)
    assert (store.me, store.journal.latest()) == (me, 2)
    known = store.directory.contact(me)
    assert known is not None
    assert known.nickname == "Me"
    (row,) = await store.append([(Gap(since=1.0, until=2.0), b"")], login=LOGIN, received_at=3.0)
    assert row.seq == 3
    database.close()


async def test_a_new_login_makes_the_contact_list_incomplete_again(store: SqliteStore) -> None:
    """What was complete for one login says nothing of the next."""
    await store.append([], login=LOGIN, received_at=1.0, position=b"k")
    await store.login.set_complete(LOGIN, complete=True)
    await store.append([], login=LOGIN, received_at=2.0, position=b"l")
    assert store.login.position() == LoginPosition(LOGIN, b"l", complete=True)
    await store.append([], login=LoginId("second"), received_at=3.0, position=b"m")
    assert store.login.position() == LoginPosition(LoginId("second"), b"m", complete=False)


async def test_accounts_in_one_file_do_not_see_each_other(database: Database) -> None:
    """A fleet shares one store; the same number in two accounts is two messages."""
    one, two = open_store(database, "one"), open_store(database, "two")
    await one.append([said(1)], login=LOGIN, received_at=1.0)
    (row,) = await two.append([said(1)], login=LOGIN, received_at=1.0)
    assert [r.seq for r in two.journal.read(Seq(0))] == [row.seq]
    assert one.me != two.me


def test_a_newer_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """An old program must not write into what it does not understand."""
    Database(tmp_path / "journal.db").close()
    with sqlite3.connect(tmp_path / "journal.db") as other:
        other.execute("PRAGMA user_version = 999")
    other.close()
    with pytest.raises(UsageError, match="newer Hongyan"):
        Database(tmp_path / "journal.db")


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Messages are private, in the log files of SQLite too."""
    database = Database(tmp_path / "p" / "journal.db")
    modes = {f.name: f.stat().st_mode & 0o777 for f in (tmp_path / "p").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "p").stat().st_mode & 0o777 == 0o700
    database.close()


async def test_history_holds_the_latest_of_one_chat_oldest_first(store: SqliteStore) -> None:
    """Other chats do not appear, and a bound pages backwards."""
    await store.append(
        [said(n, chat="@alice" if n % 2 else "@bob") for n in range(1, 9)], login=LOGIN, received_at=1.0
    )
    chat = store.journal.read(Seq(0))[0].chat
    texts = [r.seq for r in store.journal.history(chat, limit=3)]
    assert texts == [3, 5, 7]
    assert [r.seq for r in store.journal.history(chat, limit=3, before=Seq(5))] == [1, 3]
    assert store.journal.chats()[1] == chat


def test_rows_are_readable_json(store: SqliteStore) -> None:
    """The event column is for other programs too."""
    event, _ = said(1)
    assert msgspec.json.decode(msgspec.json.encode(event))["message"]["kind"] == "text"


async def test_rows_of_another_program_are_not_passed_over(tmp_path: Path) -> None:
    """The newest rows are read from memory, but never past rows that were written from beside."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    beside = Database(tmp_path / "journal.db", holds=False)
    await open_store(beside, "me").append([said(2)], login=LOGIN, received_at=1.0)
    await store.append([said(3)], login=LOGIN, received_at=1.0)
    assert [row.seq for row in store.journal.read(Seq(1))] == [2, 3]
    await open_store(beside, "me").append([said(4)], login=LOGIN, received_at=1.0)
    store.database.look()
    assert [row.seq for row in store.journal.read(Seq(2))] == [3, 4]
    assert [row.seq for row in store.journal.read(Seq(4))] == []
    beside.close()
    database.close()


async def test_memory_and_disk_tell_the_same(store: SqliteStore) -> None:
    """Rows read from the newest ones in memory equal those read from the table, however many there are."""
    await store.append([said(number) for number in range(1, 701)], login=LOGIN, received_at=1.0)
    fresh = type(store)(Session(store.database, 1, store.me)).journal
    for after in (0, 100, 187, 188, 189, 650, 699, 700):
        assert store.journal.read(Seq(after), limit=64) == fresh.read(Seq(after), limit=64)
