"""The desk of a chat over merges, splits, imports and other programs: nothing is counted twice, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import Outcome, SendText, Settlement
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.ids import ChatKey, ClientMsgId, LoginId, Seq, TransientName
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

LATER = LoginId("second")


async def wrote(store: SqliteStore, login: LoginId, name: str, *numbers: int, muted: bool = False) -> ChatKey:
    """Let somebody write messages with these numbers under a login; return the key."""
    change = ContactChange(name=TransientName(name), kind=ContactKind.FRIEND, nickname="A", muted=muted)
    (key,) = await store.directory.learn(login, [change], "contacts")
    await store.append([said(n, "x", name) for n in numbers], login=login, received_at=1.0)
    return key


async def sent(store: SqliteStore, chat: ChatKey, number: str) -> None:
    """Send a text and see it accepted."""
    row = await store.outbox.enqueue(SendText(chat=chat, text="x"), ClientMsgId(number), now=1.0)
    await store.settle(Settlement(row.id, Outcome.ACCEPTED, number), now=1.0)


async def test_counts_and_places_of_merged_chats_are_one(store: SqliteStore) -> None:
    """Added, read to before the first unread one, told once, and read up to a row of either key."""
    old = await wrote(store, LOGIN, "@a1", 1, 2, 3)
    await store.chat_state.mark_seen(old, Seq(2))
    new = await wrote(store, LATER, "@a2", 4, 5)
    await store.directory.merge(old, new, now=2.0)
    assert store.chat_state.all().keys() == {old}
    assert (store.chat_state.of(new).unread, store.chat_state.of(new).read) == (3, 2)
    await store.chat_state.mark_seen(new, Seq(1))
    assert (store.chat_state.of(old).unread, store.chat_state.of(old).read) == (3, 2)
    await store.chat_state.mark_seen(new, Seq(4))
    assert (store.chat_state.of(old).unread, store.chat_state.of(old).read) == (1, 4)


async def test_what_is_read_before_a_merge_stays_read(store: SqliteStore) -> None:
    """The place is before the new key's messages, not at the chat's beginning."""
    old = await wrote(store, LOGIN, "@a1", 1, 2)
    await store.chat_state.mark_seen(old, None)
    new = await wrote(store, LATER, "@a2", 3)
    await store.directory.merge(old, new, now=2.0)
    assert (store.chat_state.of(old).unread, store.chat_state.of(old).read) == (1, 2)


async def test_a_command_under_a_merged_key_counts_for_the_first(store: SqliteStore) -> None:
    """There is one chat, and its count stays."""
    old = await wrote(store, LOGIN, "@a1", 1)
    new = await wrote(store, LATER, "@a2", 2)
    await store.directory.merge(old, new, now=2.0)
    await sent(store, new, "100")
    assert store.journal.chats() == [old]
    assert store.chat_state.all().keys() == {old}
    assert store.chat_state.all()[old].unread == 2


async def test_of_two_drafts_the_newer_stays(store: SqliteStore) -> None:
    """With what was chosen under either key; nothing is left under the other."""
    old = await wrote(store, LOGIN, "@a1", 1)
    new = await wrote(store, LATER, "@a2", 2)
    await store.chat_state.keep_draft(old, "old", quoting=Seq(0), attached=("a",), now=5.0)
    await store.chat_state.keep_draft(new, "new", quoting=Seq(2), attached=(), now=6.0)
    await store.chat_state.set_local(new, muted=True)
    await store.directory.merge(old, new, now=7.0)
    state = store.chat_state.all()[old]
    assert state == store.chat_state.of(new)
    assert (state.draft, state.quoting, state.attached, state.muted) == ("new", 2, (), True)
    assert state.unread == 2


async def test_a_chat_that_was_put_away_comes_back_by_what_came_under_another_key(store: SqliteStore) -> None:
    """And stays where nothing unread came."""
    chats = {}
    for number, name in enumerate(("@a", "@b")):
        chats[name] = await wrote(store, LOGIN, name, 10 + number)
        await store.chat_state.set_local(chats[name], archived=True)
    await store.directory.merge(chats["@a"], await wrote(store, LATER, "@a2", 20), now=2.0)
    silent = await wrote(store, LATER, "@b2", 21)
    await store.chat_state.mark_seen(silent, None)
    await store.directory.merge(chats["@b"], silent, now=2.0)
    assert not store.chat_state.of(chats["@a"]).archived
    assert store.chat_state.of(chats["@b"]).archived


async def test_a_split_leaves_to_each_what_is_unread_of_its_own(store: SqliteStore) -> None:
    """The count of the old chat goes down by what went over."""
    old = await wrote(store, LOGIN, "@a1", 1, 2)
    await store.chat_state.mark_seen(old, Seq(1))
    new = await wrote(store, LATER, "@a2", 3, 4)
    await store.directory.merge(old, new, now=2.0)
    fresh = await store.directory.split(LATER, TransientName("@a2"))
    assert (store.chat_state.of(old).unread, store.chat_state.of(old).read) == (1, 1)
    assert store.chat_state.of(fresh).unread == 2


async def test_a_chat_that_the_service_mutes_stays_put_away(store: SqliteStore) -> None:
    """Unless it was given its voice back here."""
    chat = await wrote(store, LOGIN, "@a", 1, muted=True)
    await store.chat_state.set_local(chat, archived=True)
    await store.append([said(2, "x", "@a")], login=LOGIN, received_at=1.0)
    assert store.chat_state.of(chat).archived
    await store.chat_state.set_local(chat, muted=False)
    assert store.chat_state.of(chat).archived
    await store.append([said(3, "x", "@a")], login=LOGIN, received_at=1.0)
    assert not store.chat_state.of(chat).archived


async def test_an_own_send_neither_reads_nor_brings_back(store: SqliteStore) -> None:
    """Somebody says goodbye and puts the chat away before the answer is there; a robot reads for nobody."""
    chat = await wrote(store, LOGIN, "@a", 1)
    await store.chat_state.set_local(chat, archived=True)
    await sent(store, chat, "100")
    state = store.chat_state.of(chat)
    assert (state.unread, state.archived) == (1, True)


async def test_a_chat_without_messages_can_be_marked_as_unread(store: SqliteStore) -> None:
    """It does not count as one with traffic."""
    await store.chat_state.mark_unread(ChatKey("nobody"))
    assert store.chat_state.of(ChatKey("nobody")).unread == 1
    assert store.journal.chats() == []
    await store.chat_state.mark_seen(ChatKey("nobody"), None)
    assert store.chat_state.of(ChatKey("nobody")).unread == 0


async def test_a_hidden_row_is_not_the_last(store: SqliteStore) -> None:
    """The list shows what is before it; where all is hidden there is nothing."""
    chat = await wrote(store, LOGIN, "@a", 1, 2)
    await store.chat_state.hide(Seq(2))
    last = store.journal.last(chat)
    assert last is not None
    assert last.seq == 1
    await store.chat_state.hide(Seq(1))
    assert store.journal.last(chat) is None


async def test_history_is_given_around_a_row(store: SqliteStore) -> None:
    """So many before, the row, so many after; less at the ends."""
    chat = await wrote(store, LOGIN, "@a", *range(1, 8))
    assert [row.seq for row in store.journal.history_around(chat, Seq(4), 2, 1)] == [2, 3, 4, 5]
    assert [row.seq for row in store.journal.history_around(chat, Seq(1), 2, 0)] == [1]
    assert [row.seq for row in store.journal.history_around(chat, Seq(6), 0, 9)] == [6, 7]
    assert store.journal.history_around(ChatKey("nobody"), Seq(4), 2, 2) == []


async def test_what_people_made_of_chats_leaves_no_empty_rows(store: SqliteStore) -> None:
    """A draft that was sent and a chat that was brought back are as if nothing had been."""
    chat = await wrote(store, LOGIN, "@a", 1)
    await store.chat_state.set_local(chat, archived=True, muted=True)
    await store.chat_state.keep_draft(chat, "x", quoting=Seq(0), attached=(), now=1.0)
    await store.chat_state.keep_draft(chat, "", quoting=Seq(0), attached=(), now=2.0)
    await store.chat_state.set_local(chat, archived=False, muted=None)
    with store.database.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM chat_state").fetchone() == (0,)


async def test_another_program_sees_it(tmp_path: Path) -> None:
    """Counts, drafts and hidden rows are read from the profile, and whoever waits for changes hears of them."""
    database = Database(tmp_path / "journal.db")
    beside = Database(tmp_path / "journal.db", holds=False)
    store, other = open_store(database, "me"), open_store(beside, "me")
    chat = await wrote(store, LOGIN, "@a", 1, 2)
    other.database.look()
    await other.chat_state.mark_seen(chat, Seq(1))
    await other.chat_state.keep_draft(chat, "x", quoting=Seq(0), attached=(), now=1.0)
    await other.chat_state.hide(Seq(1))
    assert store.chat_state.all() == other.chat_state.all()
    assert (store.chat_state.of(chat).unread, store.chat_state.of(chat).draft) == (1, "x")
    assert store.chat_state.hidden([Seq(1), Seq(2)]) == {1}
    await store.append([said(3, "x", "@a")], login=LOGIN, received_at=1.0)
    assert other.chat_state.of(chat).unread == 2
    beside.close()
    database.close()
