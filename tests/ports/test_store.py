"""The contract of the store: transactions that span its parts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, DISMISSED, Outcome, SendText, Settlement
from hongyan.model.events import CommandSettled
from hongyan.model.ids import ChatKey, ClientMsgId, LoginId, Seq, TransientName

from .conftest import ALICE, LOGIN, friend, text, wrote

if TYPE_CHECKING:
    from hongyan.ports import Store

HELLO = SendText(chat=ChatKey("k"), text="hello")


async def test_rows_and_position_are_written_together_and_repeats_dropped(store: Store) -> None:
    """A message that is there already is not written again; the position moves on all the same."""
    first = await store.append([text(1), text(2)], login=LOGIN, received_at=1.0, position=b"one")
    again = await store.append([text(2), text(3)], login=LOGIN, received_at=2.0, position=b"two")
    assert [row.seq for row in first] == [1, 2]
    assert [row.event for row in again] == [text(3)[0]]
    position = store.login.position()
    assert position is not None
    assert (position.login, position.keys) == (LOGIN, b"two")
    assert store.login.current == LOGIN


async def test_what_is_done_and_what_it_asked_for_are_written_together(store: Store) -> None:
    """A repeat of the same event asks for nothing new: each command has its consumer, event and ordinal."""
    await wrote(store, 1)
    feed = store.consumers.feed("bot")
    waiting = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    await wrote(store, 2)
    event = await waiting
    asked = [(HELLO, ClientMsgId("1")), (HELLO, ClientMsgId("2"))]
    rows = await store.done("bot", event.seq, asked, now=1.0)
    assert await store.done("bot", event.seq, asked, now=2.0) == rows
    assert [row.id for row, _ in store.outbox.queued()] == [row.id for row in rows]
    assert store.consumers.reached("bot") == event.seq
    await feed.aclose()


async def test_an_outcome_is_in_the_row_and_in_the_journal(store: Store) -> None:
    """One that is queued again is no outcome."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    await store.settle(Settlement(row.id, Outcome.QUEUED, retry_at=9.0), now=2.0)
    assert store.journal.latest() == 0
    done = await store.settle(Settlement(row.id, Outcome.ACCEPTED, result="77"), now=3.0)
    (recorded,) = store.journal.history(ChatKey("k"))
    assert recorded.event == CommandSettled(row=done)


async def test_what_waits_is_cancelled_and_what_failed_dismissed(store: Store) -> None:
    """What is over in any other way is not given up."""
    waits = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    assert (await store.drop(waits.id, now=2.0)).reason == CANCELLED
    fails = await store.outbox.enqueue(HELLO, ClientMsgId("2"), now=1.0)
    await store.settle(Settlement(fails.id, Outcome.FAILED, reason="blocked"), now=2.0)
    assert (await store.drop(fails.id, now=3.0)).reason == DISMISSED
    done = await store.outbox.enqueue(HELLO, ClientMsgId("3"), now=1.0)
    await store.settle(Settlement(done.id, Outcome.ACCEPTED), now=2.0)
    with pytest.raises(UsageError):
        await store.drop(done.id, now=3.0)


async def test_a_list_is_complete_once_its_people_are_known_again(store: Store) -> None:
    """Whoever is woken by the one sees the other."""
    second, again = LoginId("second"), TransientName("@again")
    await store.append([], login=LOGIN, received_at=1.0, position=b"p")
    (alice,) = await store.directory.learn(LOGIN, [friend(ALICE, "Alice")], "contacts")
    await store.append([], login=second, received_at=2.0, position=b"p")
    await store.directory.learn(second, [friend(again, "Alice")], "contacts")
    waiting = asyncio.ensure_future(store.changed())
    await asyncio.sleep(0)
    found = await store.complete_contacts(second, now=3.0)
    await asyncio.wait_for(waiting, 5)
    assert [one.old for one in found.found] == [alice]
    assert store.directory.key_of(second, again) == alice
    position = store.login.position()
    assert position is not None
    assert position.complete


async def test_a_commit_wakes_those_who_wait(store: Store) -> None:
    """Whatever it was that changed."""
    waiting = asyncio.ensure_future(store.changed())
    await asyncio.sleep(0)
    await store.append([text(1)], login=LOGIN, received_at=1.0)
    await asyncio.wait_for(waiting, 5)
    assert store.journal.latest() == Seq(1)
    await store.close()
