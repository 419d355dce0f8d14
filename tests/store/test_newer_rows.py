"""Rows that a newer version wrote, or that are damaged: each is shown as such, and all beside it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.client.arguments import checked
from hongyan.errors import UsageError
from hongyan.model.commands import CANCELLED, Outcome, SendText, UnknownCommand
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import CommandSettled, LoginState, Status
from hongyan.model.ids import ChatKey, ClientMsgId, Seq, TransientName
from hongyan.store.sqlite import SqliteStore
from hongyan.terminal.seen import about

from .conftest import LOGIN, said

if TYPE_CHECKING:
    import sqlite3

    from hongyan.store.database import Database
from hongyan.store.session import Session

HELLO = SendText(chat=ChatKey("k"), text="hello")
_ROWS = [
    (
        b'{"command": "send-hologram", "chat": "k", "beam": [1, 2]}',
        UnknownCommand(said="send-hologram", chat=ChatKey("k")),
    ),
    (
        b'{"command": "send-text", "chat": "k", "text": {"rich": 1}}',
        UnknownCommand(said="send-text", chat=ChatKey("k")),
    ),
    (b'{"command": 7, "group": 8}', UnknownCommand()),
    (b"[1]", UnknownCommand()),
    (b"\xff\x00 no JSON", UnknownCommand()),
]


async def _rewrite(store: SqliteStore, sql: str, *values: object) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute(sql, values)

    await store.session.write(work)


@pytest.mark.parametrize(("written", "read"), _ROWS)
@pytest.mark.parametrize("outcome", ["queued", "sent", "accepted", "failed"])
async def test_a_command_of_a_newer_version_is_shown_and_not_carried_out(
    store: SqliteStore, written: bytes, read: UnknownCommand, outcome: str
) -> None:
    """Its neighbours are listed and carried out as always; it can be given up."""
    odd = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    good = await store.outbox.enqueue(HELLO, ClientMsgId("2"), now=1.0)
    await _rewrite(
        store, "UPDATE command SET command = ?, outcome = ? WHERE id = ?", written, outcome, odd.id
    )
    listed = {row.id: row.command for row in store.outbox.latest(limit=10)}
    assert listed == {odd.id: read, good.id: HELLO}
    assert [row.id for row, _ in store.outbox.queued()] == [good.id]
    assert store.outbox.in_doubt() == []
    assert [row.id for row in store.outbox.pending(ChatKey("k"))] == [good.id]
    assert store.outbox.accepted(ChatKey("k"), since=0.0) == []
    assert about(store.outbox.command(odd.id)).what == "what-unknown"
    if outcome == "queued":
        dropped = await store.drop(odd.id, now=2.0)
        assert (dropped.outcome, dropped.reason) == (Outcome.FAILED, CANCELLED)
        assert [row.event for row in store.journal.read(Seq(0))] == [CommandSettled(row=dropped)]


async def test_an_outcome_of_a_newer_version_is_one_that_nobody_knows(store: SqliteStore) -> None:
    """It is neither open nor accepted."""
    row = await store.outbox.enqueue(HELLO, ClientMsgId("1"), now=1.0)
    await _rewrite(store, "UPDATE command SET outcome = 'teleported' WHERE id = ?", row.id)
    assert store.outbox.command(row.id).outcome is Outcome.UNCONFIRMED


def test_what_cannot_be_read_is_not_asked_for_anew() -> None:
    """A retry of it would put a row without its meaning into the outbox."""
    with pytest.raises(UsageError, match="cannot read"):
        checked(UnknownCommand(said="send-hologram"))


@pytest.mark.parametrize(
    ("written", "nickname", "kind"),
    [
        (
            b'{"name": "@a", "kind": "robot", "nickname": "Anna", "sex": "other", "aura": 3}',
            "Anna",
            ContactKind.STRANGER,
        ),
        (b'{"name": "@a", "kind": "friend", "nickname": ["Anna"]}', "", ContactKind.FRIEND),
        (b"null", "", ContactKind.STRANGER),
        (b"\xff", "", ContactKind.STRANGER),
    ],
)
async def test_a_contact_of_a_newer_version_is_read_as_far_as_it_can_be(
    database: Database, store: SqliteStore, written: bytes, nickname: str, kind: ContactKind
) -> None:
    """And all others whole."""
    for name in ("@a", "@b"):
        change = ContactChange(name=TransientName(name), kind=ContactKind.FRIEND, nickname=name)
        await store.directory.learn(LOGIN, [change], "test")
    await store.append([], login=LOGIN, received_at=1.0, position=b"{}")
    await _rewrite(store, "UPDATE contact SET contact = ? WHERE CAST(contact AS TEXT) LIKE '%@a%'", written)
    read_again = SqliteStore(Session(database, 1, ChatKey("me")))
    found = sorted((contact.nickname, contact.kind) for _, contact in read_again.directory.contacts())
    assert found == sorted([(nickname, kind), ("@b", ContactKind.FRIEND)])


async def test_a_status_of_a_newer_version_is_read_as_far_as_it_can_be(store: SqliteStore) -> None:
    """A state that this version has no word for is offline."""
    await store.login.set_status(Status(state=LoginState.ONLINE, reason="words"))
    await _rewrite(store, "UPDATE status SET status = ?", b'{"state": "dreaming", "reason": "words"}')
    assert store.login.status() == Status(state=LoginState.OFFLINE, reason="words")


async def test_a_position_that_cannot_be_read_hands_out_again(store: SqliteStore) -> None:
    """Rather twice than never."""
    await store.append([said(1)], login=LOGIN, received_at=1.0)
    await _rewrite(
        store,
        "INSERT INTO progress (account_id, consumer, low, finished, begun, tries) VALUES (1, 'bot', 0, 'x', '', '[')",
    )
    position = store.consumers.progress("bot")
    assert (position.low, position.finished, position.begun, position.tries) == (
        0,
        frozenset(),
        frozenset(),
        {},
    )
