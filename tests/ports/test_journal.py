"""The contract of the journal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hongyan.model.commands import Outcome, SendText, Settlement
from hongyan.model.events import CommandSettled
from hongyan.model.ids import ChatKey, ClientMsgId, Seq

from .conftest import BOB, LOGIN, text, wrote

if TYPE_CHECKING:
    from hongyan.ports import Store


async def test_rows_are_read_in_their_order(store: Store) -> None:
    """By number, by the service's number, and with the bytes that they were read from."""
    await wrote(store, 1, 2, 3)
    journal = store.journal
    assert journal.latest() == 3
    assert [row.seq for row in journal.read(Seq(1))] == [2, 3]
    assert [row.seq for row in journal.read(Seq(0), limit=2)] == [1, 2]
    row = journal.event(Seq(2))
    assert row == journal.message("2")
    assert row is not None
    assert row.received_at == 2.0
    assert journal.raw(Seq(2)) == b"raw 2"
    assert (journal.event(Seq(9)), journal.message("9"), journal.raw(Seq(9))) == (None, None, b"")


async def test_a_chat_is_read_from_both_ends(store: Store) -> None:
    """Its rows alone, oldest first."""
    alice = await wrote(store, 1, 2, 3)
    bob = await wrote(store, 4, chat=BOB)
    await wrote(store, 5, 6)
    journal = store.journal
    assert journal.chats() == [alice, bob]
    assert journal.chats(limit=1) == [alice]
    assert [row.seq for row in journal.history(alice, limit=2)] == [5, 6]
    assert [row.seq for row in journal.history(alice, limit=2, before=Seq(5))] == [2, 3]
    assert [row.seq for row in journal.history_around(alice, Seq(3), 1, 1)] == [2, 3, 5]
    assert [row.seq for row in journal.conversation(alice, limit=2)] == [1, 2]
    assert [row.seq for row in journal.conversation(alice, after=Seq(2))] == [3, 5, 6]
    assert journal.conversation(alice, after=Seq(6)) == []
    assert journal.count(alice) == 5
    last = journal.last(bob)
    assert last is not None
    assert last.seq == 4


async def test_of_a_command_only_the_last_outcome_is_shown(store: Store) -> None:
    """The journal itself holds them all."""
    row = await store.outbox.enqueue(SendText(chat=ChatKey("k"), text="x"), ClientMsgId("1"), now=1.0)
    for outcome in (Outcome.ACCEPTED, Outcome.FAILED):
        await store.settle(Settlement(row.id, outcome), now=2.0)
    assert len(store.journal.read(Seq(0))) == 2
    (shown,) = store.journal.history(ChatKey("k"))
    assert isinstance(shown.event, CommandSettled)
    assert shown.event.row.outcome is Outcome.FAILED


async def test_who_waits_for_a_row_gets_it(store: Store) -> None:
    """One that is there already is not waited for."""
    waiting = asyncio.ensure_future(store.journal.wait(Seq(0)))
    await asyncio.sleep(0)
    await store.append([text(1)], login=LOGIN, received_at=1.0)
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(store.journal.wait(Seq(0)), 5)
    assert store.journal.recalled(["1"]) == set()
