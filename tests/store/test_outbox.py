"""The life of a command row, and the writer under it."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, cast

import pytest

from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, DISMISSED, IdempotencyKey, Outcome, Pin, SendText, Settlement
from hongyan.model.events import CommandSettled, LoginState, Status
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, Seq
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from hongyan.store.database import Database
    from hongyan.store.sqlite import SqliteStore

HELLO = SendText(chat=ChatKey("k"), text="hello")


async def test_a_command_waits_is_sent_and_settled(store: SqliteStore) -> None:
    """Each outcome is in the row, and the last in the journal and in the chat's history."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    assert row.outcome is Outcome.QUEUED
    assert [r.id for r, _ in store.outbox.queued()] == [row.id]
    sent = await store.outbox.mark_sent(row.id, login=LOGIN, now=2.0)
    assert (sent.outcome, sent.attempts) == (Outcome.SENT, 1)
    assert store.outbox.in_doubt() == [(sent, LOGIN, 2.0)]
    done = await store.settle(Settlement(row.id, Outcome.ACCEPTED, result="77"), now=3.0)
    assert (done.outcome, done.result, done.settled_at) == (Outcome.ACCEPTED, "77", 3.0)
    assert store.outbox.queued() == []
    assert store.outbox.in_doubt() == []
    (recorded,) = store.journal.history(ChatKey("k"))
    assert recorded.event == CommandSettled(row=done)
    assert store.outbox.accepted(ChatKey("k"), since=2.5) == [done]


async def test_a_command_put_back_keeps_its_reason_and_waits(store: SqliteStore) -> None:
    """Too fast is no outcome; the row says when it goes on."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    back = Settlement(row.id, Outcome.QUEUED, reason="refused.1205", retry_at=61.0)
    again = await store.settle(back, now=2.0)
    assert (again.outcome, again.reason, again.settled_at) == (Outcome.QUEUED, "refused.1205", None)
    assert store.outbox.queued() == [(again, 61.0)]
    assert store.journal.latest() == 0


async def test_history_tells_only_the_last_outcome_of_a_command(store: SqliteStore) -> None:
    """An accepted message that was refused afterwards appears once, as refused."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=2.0)
    await store.settle(Settlement(row.id, Outcome.FAILED, reason="not-friends"), now=3.0)
    (recorded,) = store.journal.history(ChatKey("k"))
    assert isinstance(recorded.event, CommandSettled)
    assert recorded.event.row.outcome is Outcome.FAILED


async def test_one_origin_asks_once(store: SqliteStore) -> None:
    """The same handler's same wish is one row, whatever it says the second time."""
    key = IdempotencyKey("bot", Seq(4), 0)
    one = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0, idempotency_key=key)
    two = await store.outbox.enqueue(HELLO, ClientMsgId("2"), now=2.0, idempotency_key=key)
    other = await store.outbox.enqueue(
        HELLO, ClientMsgId("3"), now=2.0, idempotency_key=IdempotencyKey("bot", Seq(4), 1)
    )
    assert one == two != other


async def test_an_unknown_command_is_an_error(store: SqliteStore) -> None:
    """Nothing is made up."""
    with pytest.raises(UsageError):
        store.outbox.command(CommandId(99))


async def test_one_failing_write_leaves_its_neighbours_alone(store: SqliteStore) -> None:
    """Many writers share a transaction; only the faulty one is undone."""
    await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    results = await asyncio.gather(
        store.append([said(1)], login=LOGIN, received_at=1.0),
        store.outbox.enqueue(HELLO, ClientMsgId("2"), now=cast("float", object())),  # no database takes that
        store.append([said(2)], login=LOGIN, received_at=1.0),
        return_exceptions=True,
    )
    assert isinstance(results[1], sqlite3.ProgrammingError)  # a fault of ours: no disk is to blame
    assert len(store.journal.read(Seq(0))) == 2
    assert len(store.outbox.queued()) == 1


async def test_a_key_given_by_an_undone_write_is_forgotten(store: SqliteStore) -> None:
    """Memory never knows a key that the file does not."""
    with pytest.raises(sqlite3.Error):
        await store.append([said(1), (said(2)[0], object())], login=LOGIN, received_at=1.0)  # type: ignore[list-item]  # the fault
    assert store.directory.key_of(LOGIN, said(1)[0].message.chat) is None
    (row,) = await store.append([said(1)], login=LOGIN, received_at=1.0)
    assert store.directory.name_of(LOGIN, row.chat) == "@alice"


async def test_status_and_pace_are_kept(store: SqliteStore) -> None:
    """One row each, replaced."""
    assert store.login.status().state is LoginState.OFFLINE
    await store.login.set_status(Status(state=LoginState.ONLINE, since=5.0))
    await store.login.set_status(Status(state=LoginState.DEGRADED, reason="no-answer", since=6.0))
    assert store.login.status() == Status(state=LoginState.DEGRADED, reason="no-answer", since=6.0)
    await store.login.set_rate_limit("send", b"{}")
    assert store.login.rate_limits() == {"send": b"{}"}


async def test_many_at_once_are_all_written(database: Database) -> None:
    """Group commit loses nobody."""
    stores = [open_store(database, str(n)) for n in range(5)]
    await asyncio.gather(
        *(s.append([said(n)], login=LOGIN, received_at=1.0) for s in stores for n in range(60))
    )
    assert [len(s.journal.read(Seq(0))) for s in stores] == [60] * 5


async def test_what_waits_is_dropped_and_never_sent(store: SqliteStore) -> None:
    """It fails with a reason of its own, in the journal too; neither a sender nor a pause brings it back."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    dropped = await store.drop(row.id, now=2.0)
    assert (dropped.outcome, dropped.reason) == (Outcome.FAILED, CANCELLED)
    assert (await store.outbox.mark_sent(row.id, login=LOGIN, now=3.0)).outcome is Outcome.FAILED
    held = Settlement(row.id, Outcome.QUEUED, reason="refused.1205", retry_at=61.0)
    assert (await store.settle(held, now=3.0)).outcome is Outcome.FAILED
    assert [r.event for r in store.journal.read(Seq(0))] == [CommandSettled(row=dropped)]


async def test_what_is_over_is_put_aside_and_stays_what_it_was(store: SqliteStore) -> None:
    """Of which nobody knows, nobody knows still; what is on its way or done cannot be dropped."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    await store.outbox.mark_sent(row.id, login=LOGIN, now=2.0)
    with pytest.raises(UsageError, match="sent"):
        await store.drop(row.id, now=2.0)
    await store.settle(Settlement(row.id, Outcome.UNCONFIRMED, reason="no-answer"), now=3.0)
    aside = await store.drop(row.id, now=4.0)
    assert (aside.outcome, aside.reason) == (Outcome.UNCONFIRMED, DISMISSED)
    await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=5.0)
    with pytest.raises(UsageError, match="accepted"):
        await store.drop(row.id, now=5.0)


async def test_doubt_counts_from_the_first_time(store: SqliteStore) -> None:
    """A program that is killed again and again does not make a message young again; one put back begins anew."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    await store.outbox.mark_sent(row.id, login=LOGIN, now=2.0)
    await store.outbox.mark_sent(row.id, login=LOGIN, now=9.0)
    assert [since for _, _, since in store.outbox.in_doubt()] == [2.0]
    await store.settle(Settlement(row.id, Outcome.QUEUED, reason="no-answer", retry_at=20.0), now=10.0)
    again = await store.outbox.mark_sent(row.id, login=LOGIN, now=21.0)
    assert (again.sent_at, again.retry_at, again.reason) == (21.0, None, "")


async def test_a_pause_does_not_move_the_time_that_was_asked_for(store: SqliteStore) -> None:
    """Both are told apart, so that what is too late is known."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0, not_before=50.0)
    await store.settle(Settlement(row.id, Outcome.QUEUED, reason="refused.1205", retry_at=61.0), now=2.0)
    ((held, not_before),) = store.outbox.queued()
    assert (held.due_at, held.retry_at, not_before) == (50.0, 61.0, 61.0)


async def test_only_messages_are_among_what_was_accepted_in_a_chat(store: SqliteStore) -> None:
    """A mark or a pin is no message that somebody could refuse."""
    first = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    pin = await store.outbox.enqueue(Pin(chat=ChatKey("k"), on=True), ClientMsgId("2"), now=1.0)
    for row in (first, pin):
        await store.outbox.mark_sent(row.id, login=LOGIN, now=2.0)
        await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=3.0)
    assert [row.id for row in store.outbox.accepted(ChatKey("k"), since=0.0)] == [first.id]


async def test_two_wishes_of_one_moment_get_numbers_of_their_own(store: SqliteStore) -> None:
    """However little chance there is in a number: neither wish is lost, and the server takes both."""
    rows = [
        await store.outbox.enqueue(
            SendText(chat=ChatKey("k"), text=text), ClientMsgId("17000000000000042"), now=1.0
        )
        for text in ("one", "two", "three")
    ]
    assert [row.client_msg_id for row in rows] == [
        "17000000000000042",
        "17000000000000043",
        "17000000000000044",
    ]


@pytest.mark.parametrize("number", [1 << 63, 10**23, -(1 << 64)])
async def test_a_number_that_no_row_can_have_is_an_error_in_words(store: SqliteStore, number: int) -> None:
    """Read and written alike."""
    with pytest.raises(UsageError, match="so large a number"):
        store.outbox.command(CommandId(number))
    with pytest.raises(UsageError, match="so large a number"):
        await store.drop(CommandId(number), now=1.0)
    assert (await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)).outcome is Outcome.QUEUED
