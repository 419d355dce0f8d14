"""Counts the unread messages of each chat, in the writer's transactions; what people put beside a chat it leaves to ``chat_state``.

``unread`` in a chat's row counts the messages after ``read_seq``, one more where a person marked a read chat as unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.model.chat_state import raises_unread
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.messages import MESSAGE_KINDS, StatusNotice
from hongyan.store.rows import decode_event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["UnreadChange", "mark_seen", "mark_unread", "merge_unread", "part_unread", "readings"]

_PHONE_READS: Final = frozenset({1, 2})  # of status notices: a chat was read, or entered, on the phone
_FORMS: Final = ", ".join(f"'{tag}'" for tag, kind in MESSAGE_KINDS.items() if not kind.raises_unread)
_AFTER: Final = (
    "SELECT event FROM journal WHERE account_id = ? AND chat = ? AND seq > ?"  # noqa: S608  # constants
    f" AND kind <> 'removed' AND kind = 'message' AND form NOT IN ({_FORMS})"  # the first of the two is the index's own
)
_WRITE: Final = (
    "INSERT INTO chat (account_id, key, last_seq, unread, read_seq) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET last_seq = excluded.last_seq, unread = excluded.unread, read_seq = excluded.read_seq"
)


class UnreadChange:
    """What some rows change about the reading of one chat: messages to read, the row up to which all is read, any news."""

    __slots__ = ("came", "read", "unread")

    def __init__(self) -> None:
        self.unread = 0
        self.read = Seq(0)
        self.came = False


class _Row(NamedTuple):
    """What the table says of a chat."""

    last: int
    unread: int
    read: int


def readings(rows: Iterable[Recorded], first: Callable[[ChatKey], ChatKey]) -> dict[ChatKey, UnreadChange]:
    """Return what rows that were just written change, by the chats' ``first`` keys; what is written on the phone is read there."""
    changed: dict[ChatKey, UnreadChange] = {}
    for row in rows:
        if not row.chat or not isinstance(row.event, MessageReceived):
            continue
        if raises_unread(row.event):
            reading = changed.setdefault(first(row.chat), UnreadChange())
            reading.unread += 1
            reading.came = True
        elif _was_read(row.event.message):
            reading = changed.setdefault(first(row.chat), UnreadChange())
            reading.unread, reading.read = 0, row.seq
    return changed


def _was_read(message: AnyMessage) -> bool:
    """Whether a message shows that its chat was read elsewhere: by saying so, or because the account wrote there."""
    if isinstance(message, StatusNotice):
        return message.code in _PHONE_READS
    return message.outgoing and message.raises_unread


def mark_seen(
    connection: sqlite3.Connection, account: int, keys: Sequence[ChatKey], up_to: Seq | None
) -> None:
    """Note that a chat was read to a row, or all of it; what was read already stays so."""
    row = _row(connection, account, keys[0])
    if row is None:
        return
    until = max(row.read, row.last if up_to is None else min(up_to, row.last))
    left = _count_after(connection, account, keys, until) if until < row.last else 0
    connection.execute(_WRITE, (account, keys[0], row.last, left, until))


def mark_unread(connection: sqlite3.Connection, account: int, key: ChatKey) -> None:
    """Let a chat count as unread, for one message if there was none; one without rows has last row 0."""
    connection.execute(
        "INSERT INTO chat (account_id, key, last_seq, unread) VALUES (?, ?, 0, 1)"
        " ON CONFLICT DO UPDATE SET unread = MAX(unread, 1)",
        (account, key),
    )


def merge_unread(
    connection: sqlite3.Connection, account: int, into: Sequence[ChatKey], keys: Sequence[ChatKey]
) -> bool:
    """Merge the chat of ``keys`` into that of ``into``; return whether anything received under ``keys`` is unread.

    Counts are added, and what comes before the first unread row of either is read.
    """
    come = _row(connection, account, keys[0])
    if come is None:
        return False
    there = _row(connection, account, into[0])
    connection.execute("DELETE FROM chat WHERE account_id = ? AND key = ?", (account, keys[0]))
    if there is None:
        connection.execute(_WRITE, (account, into[0], come.last, come.unread, come.read))
        return come.unread > 0
    begins = [
        _first_after(connection, account, of, row.read) - 1
        for of, row in ((into, there), (keys, come))
        if row.unread
    ]
    read = min(begins) if begins else max(there.read, come.read)
    connection.execute(
        _WRITE, (account, into[0], max(there.last, come.last), there.unread + come.unread, read)
    )
    return come.unread > 0


def part_unread(
    connection: sqlite3.Connection, account: int, keys: Sequence[ChatKey], fresh: ChatKey
) -> None:
    """Give ``fresh``, whose rows were those of ``keys``, a place among the chats; each keeps its unread messages."""
    (last,) = connection.execute(
        "SELECT MAX(seq) FROM journal WHERE account_id = ? AND chat = ? AND kind <> 'removed'",
        (account, fresh),
    ).fetchone()
    row = _row(connection, account, keys[0]) or _Row(last or 0, 0, last or 0)
    if last is not None:
        gone = _count_after(connection, account, [fresh], row.read) if row.unread else 0
        connection.execute(_WRITE, (account, fresh, last, gone, row.read if gone else last))
    if row.unread:
        left = _count_after(connection, account, keys, row.read)
        connection.execute(_WRITE, (account, keys[0], row.last, left, row.read))


def _row(connection: sqlite3.Connection, account: int, key: ChatKey) -> _Row | None:
    found = connection.execute(
        "SELECT last_seq, unread, read_seq FROM chat WHERE account_id = ? AND key = ?", (account, key)
    ).fetchone()
    return _Row(*found) if found else None


def _count_after(connection: sqlite3.Connection, account: int, keys: Sequence[ChatKey], seq: int) -> int:
    """Return how many messages after ``seq`` ask for reading."""
    return sum(
        raises_unread(decode_event(event))
        for key in keys
        for (event,) in connection.execute(_AFTER, (account, key, seq))
    )


def _first_after(connection: sqlite3.Connection, account: int, keys: Sequence[ChatKey], seq: int) -> int:
    """Return the first row of a chat after ``seq``, or the one after ``seq`` itself where there is none."""
    found = [
        connection.execute(
            "SELECT MIN(seq) FROM journal WHERE account_id = ? AND chat = ? AND seq > ? AND kind <> 'removed'",
            (account, key, seq),
        ).fetchone()[0]
        for key in keys
    ]
    return min((first for first in found if first is not None), default=seq + 1)
