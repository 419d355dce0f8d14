"""The contract of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.model.commands import IdempotencyKey, Outcome, Pin, SendText, Settlement
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, Seq

from .conftest import LOGIN

if TYPE_CHECKING:
    from hongyan.ports import Store

CHAT = ChatKey("k")
HELLO = SendText(chat=CHAT, text="hello")


async def test_a_command_waits_is_sent_and_in_doubt_until_its_outcome(store: Store) -> None:
    """Each step is in the row."""
    outbox = store.outbox
    row = await outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    assert (row.outcome, row.created_at, outbox.count_queued()) == (Outcome.QUEUED, 1.0, 1)
    sent = await outbox.mark_sent(row.id, login=LOGIN, now=2.0)
    assert outbox.in_doubt() == [(sent, LOGIN, 2.0)]
    assert (outbox.queued(), outbox.pending(CHAT)) == ([], [sent])
    done = await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=3.0)
    assert outbox.command(row.id) == done
    assert (outbox.in_doubt(), outbox.pending(CHAT), outbox.accepted(CHAT, since=2.5)) == ([], [], [done])
    assert await outbox.mark_sent(row.id, login=LOGIN, now=4.0) == done
    with pytest.raises(UsageError):
        outbox.command(CommandId(99))


async def test_the_same_origin_asks_once(store: Store) -> None:
    """A second wish of the same handler is another."""
    key = IdempotencyKey("bot", Seq(1), 0)
    assert store.outbox.asked(key) is None
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0, idempotency_key=key)
    again = await store.outbox.enqueue(HELLO, ClientMsgId("2"), now=2.0, idempotency_key=key)
    other = await store.outbox.enqueue(
        HELLO, ClientMsgId("3"), now=3.0, idempotency_key=key._replace(ordinal=1)
    )
    assert row == again == store.outbox.asked(key)
    assert other.id != row.id


async def test_rows_wait_in_their_order_and_until_their_time(store: Store) -> None:
    """Numbers that the server would take for a repeat are moved on."""
    first = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    second = await store.outbox.enqueue(Pin(chat=CHAT, on=True), ClientMsgId("1"), now=2.0, not_before=60.0)
    assert first.client_msg_id != second.client_msg_id
    assert store.outbox.queued() == [(first, None), (second, 60.0)]
    assert store.outbox.queued(first.id) == [(second, 60.0)]
    assert store.outbox.latest() == [second, first]
    assert store.outbox.latest(limit=1) == [second]
    assert store.outbox.pending(CHAT) == [first]  # the other one says nothing in the chat


async def test_what_an_upload_left_is_kept_while_it_is_sent(store: Store) -> None:
    """For the send that follows it."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    assert (await store.outbox.note(row.id, "@media")).handle == ""
    await store.outbox.mark_sent(row.id, login=LOGIN, now=2.0)
    assert (await store.outbox.note(row.id, "@media")).handle == "@media"
