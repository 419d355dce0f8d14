"""An account's chats as people left them, by the calls that bots and faces have."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.client.account import Account
from hongyan.errors import UsageError
from hongyan.model.commands import Outcome, Pin, Settlement
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import CommandSettled, MessageReceived
from hongyan.model.ids import LoginId, MsgId, Seq, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")
ALICE = TransientName("@alice")


@pytest.fixture
def database() -> Iterator[Database]:
    """A database in memory."""
    database = Database(None)
    yield database
    database.close()


@pytest.fixture
async def store(database: Database) -> SqliteStore:
    """A store with a friend and three messages of hers."""
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"k")
    friend = ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True)
    await store.directory.learn(LOGIN, [friend], "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    texts = [Text(id=MsgId(str(n)), chat=ALICE, sender=ALICE, text=f"text {n}") for n in (1, 2, 3)]
    events = [(MessageReceived(message=text), f"raw {text.id}".encode()) for text in texts]
    await store.append(events, login=LOGIN, received_at=1.0)
    return store


@pytest.fixture
def account(store: SqliteStore, tmp_path: Path) -> Account:
    """An account on it, at second 7."""
    return Account(store, tmp_path, clock=lambda: 7.0)


async def test_a_chat_is_read_and_marked_again(account: Account) -> None:
    """Up to a row, to its end, and back."""
    alice = account.find("Alice")
    await account.local.mark_seen(alice, Seq(1))
    assert account.local.state(alice).unread == 2
    await account.local.mark_seen(alice)
    assert account.local.states()[alice.key].unread == 0
    await account.local.mark_unread(alice)
    assert account.local.state(alice).unread == 1


async def test_a_draft_says_when_it_was_written(account: Account) -> None:
    """With what it answers and what goes with it; without any of it, it is gone."""
    alice = account.find("Alice")
    await account.local.keep_draft(alice, "好", quoting=Seq(2), attached=["a"])
    state = account.local.state(alice)
    assert (state.draft, state.quoting, state.attached, state.drafted_at) == ("好", 2, ("a",), 7.0)
    await account.local.keep_draft(alice, "")
    state = account.local.state(alice)
    assert (state.draft, state.quoting, state.attached, state.drafted_at) == ("", 0, (), 0.0)


async def test_only_what_a_chat_has_here_can_be_set(account: Account) -> None:
    """A typing mistake is told."""
    alice = account.find("Alice")
    await account.local.change(alice, muted=True, archived=True)
    assert (account.local.state(alice).muted, account.local.state(alice).archived) == (True, True)
    with pytest.raises(UsageError, match="mute"):
        await account.local.change(alice, mute=True)


async def test_rows_are_found_by_number_and_place(account: Account) -> None:
    """By the service's number, with their bytes, around one of them; a hidden one is told and is not the last."""
    alice = account.find("Alice")
    row = account.archive.message(MsgId("2"))
    assert row is not None
    assert account.archive.raw(row) == b"raw 2"
    assert account.archive.message(MsgId("99")) is None
    assert [r.seq for r in account.archive.history_around(alice, row.seq, 1, 1)] == [1, 2, 3]
    newest = account.archive.last(alice)
    assert newest is not None
    await account.local.hide(newest)
    assert account.local.hidden([Seq(1), newest.seq]) == {newest.seq}
    assert account.archive.last(alice) == row


async def test_what_waits_for_a_chat_goes_over_into_its_history(account: Account, store: SqliteStore) -> None:
    """Messages only; a settled one is in the journal, whatever came of it."""
    alice = account.find("Alice")
    await account.do(Pin(chat=alice.key, on=True))
    receipt = await account.send(alice, "hello")
    assert account.outbox.pending(alice) == [receipt.row]
    await store.settle(Settlement(receipt.row.id, Outcome.FAILED, "", "blocked", ""), now=8.0)
    assert account.outbox.pending(alice) == []
    newest = account.archive.last(alice)
    assert newest is not None
    assert isinstance(newest.event, CommandSettled)
    assert newest.event.row.id == receipt.row.id


async def test_who_waits_for_changes_hears_of_them(account: Account) -> None:
    """Each thing that people do wakes the programs that show it."""
    alice = account.find("Alice")
    row = account.archive.message(MsgId("1"))
    assert row is not None
    for deed in (
        account.local.mark_seen(alice),
        account.local.mark_unread(alice),
        account.local.keep_draft(alice, "x"),
        account.local.change(alice, archived=True),
        account.local.hide(row),
    ):
        hears = asyncio.ensure_future(account.changed())
        await asyncio.sleep(0)
        await deed
        async with asyncio.timeout(30):
            await hears
