"""Keeps what people at this machine made of each chat: unread counts, drafts, what is muted, put away or hidden.

The count of a chat is raised in the statement that notes its newest row, so it is as safe as the messages themselves.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.desk import ChatState, asks_for_reading
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.messages import StatusNotice

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from hongyan.model.events import Recorded
    from hongyan.store.database import Database
    from hongyan.store.kin import Kin

__all__ = ["Desk", "Reading", "readings"]

_PHONE_READS: Final = frozenset({1, 2})  # of status notices: a chat was read, or entered, on the phone
_COLUMNS: Final = "draft, quoting, attached, drafted_at, muted, archived"


class Reading:
    """What some rows change about the reading of one chat: messages to read, and the row up to which all is read."""

    __slots__ = ("read", "unread")

    def __init__(self) -> None:
        self.unread = 0
        self.read = Seq(0)


def readings(rows: Iterable[Recorded]) -> dict[ChatKey, Reading]:
    """Return what rows that were just written change, by chat; what was written on the phone was read there."""
    changed: dict[ChatKey, Reading] = {}
    for row in rows:
        if not row.chat or not isinstance(row.event, MessageReceived):
            continue
        message = row.event.message
        if asks_for_reading(row.event):
            changed.setdefault(row.chat, Reading()).unread += 1
        elif message.outgoing if not isinstance(message, StatusNotice) else message.code in _PHONE_READS:
            reading = changed.setdefault(row.chat, Reading())
            reading.unread, reading.read = 0, row.seq
    return changed


class Desk:
    """The desk of one account. Methods that take a connection belong to the writer."""

    def __init__(self, database: Database, account: int, kin: Kin) -> None:
        self._database = database
        self._account = account
        self._kin = kin

    def states(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one, by the keys under which they were known first."""
        with self._database.reading() as connection:
            read = connection.execute(
                "SELECT key, unread, read_seq, last_seq FROM chat WHERE account_id = ?", (self._account,)
            ).fetchall()
            made = {
                key: rest
                for key, *rest in connection.execute(
                    f"SELECT key, {_COLUMNS} FROM desk WHERE account_id = ?",  # noqa: S608  # constants
                    (self._account,),
                )
            }
        states = {
            self._kin.first(ChatKey(key)): _state(unread, seq, last, made.pop(key, None))
            for key, unread, seq, last in read
        }
        states |= {self._kin.first(ChatKey(key)): _state(0, 0, 0, rest) for key, rest in made.items()}
        return states

    def state(self, chat: ChatKey) -> ChatState:
        """Return the state of one chat."""
        key = self._kin.first(chat)
        with self._database.reading() as connection:
            read = connection.execute(
                "SELECT unread, read_seq, last_seq FROM chat WHERE account_id = ? AND key = ?",
                (self._account, key),
            ).fetchone()
            made = connection.execute(
                f"SELECT {_COLUMNS} FROM desk WHERE account_id = ? AND key = ?",  # noqa: S608  # constants
                (self._account, key),
            ).fetchone()
        unread, seq, last = read or (0, 0, 0)
        return _state(unread, seq, last, made)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that a person does not want to see."""
        if not seqs:
            return set()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT seq FROM hidden WHERE account_id = ? AND seq BETWEEN ? AND ?",
                (self._account, min(seqs), max(seqs)),
            ).fetchall()
        return {Seq(seq) for (seq,) in rows} & set(seqs)

    # -- the writer

    def mark_seen(self, connection: sqlite3.Connection, chat: ChatKey, up_to: Seq | None) -> None:
        """Note that a chat was read, all of it or up to a row."""
        key = self._kin.first(chat)
        if up_to is None:
            connection.execute(
                "UPDATE chat SET unread = 0, read_seq = last_seq WHERE account_id = ? AND key = ?",
                (self._account, key),
            )
            return
        left = sum(asks_for_reading(event) for event in self._after(connection, key, up_to))
        connection.execute(
            "UPDATE chat SET unread = ?, read_seq = MAX(read_seq, ?) WHERE account_id = ? AND key = ?",
            (left, up_to, self._account, key),
        )

    def _after(self, connection: sqlite3.Connection, key: ChatKey, seq: Seq) -> list[object]:
        from hongyan.store.rows import decode_event

        rows = connection.execute(
            "SELECT event FROM journal WHERE account_id = ? AND chat = ? AND seq > ? AND kind = 'message'",
            (self._account, key, seq),
        )
        return [decode_event(event) for (event,) in rows]

    def mark_unread(self, connection: sqlite3.Connection, chat: ChatKey) -> None:
        """Let a chat count as unread, for one message if there was none."""
        connection.execute(
            "UPDATE chat SET unread = MAX(unread, 1) WHERE account_id = ? AND key = ?",
            (self._account, self._kin.first(chat)),
        )

    def set(self, connection: sqlite3.Connection, chat: ChatKey, **values: Any) -> None:
        """Set columns of a chat's row."""
        key = self._kin.first(chat)
        if "archived" in values:
            values["archived"] = self._last(connection, key) if values["archived"] else 0
        names = ", ".join(values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        connection.execute(
            f"INSERT INTO desk (account_id, key, {names}) VALUES (?, ?{', ?' * len(values)})"  # noqa: S608  # constants
            f" ON CONFLICT DO UPDATE SET {changes}",
            (self._account, key, *values.values()),
        )

    def keep_draft(
        self,
        connection: sqlite3.Connection,
        chat: ChatKey,
        draft: str,
        quoting: Seq,
        attached: Sequence[str],
        now: float,
    ) -> None:
        """Keep a text that is not sent yet; an empty one with nothing attached leaves none."""
        at = now if draft or attached or quoting else 0.0
        told = json.dumps(list(attached), ensure_ascii=False)
        self.set(connection, chat, draft=draft, quoting=quoting, attached=told, drafted_at=at)

    def hide(self, connection: sqlite3.Connection, seq: Seq) -> None:
        """Note that a person does not want to see a row any more."""
        connection.execute(
            "INSERT OR IGNORE INTO hidden (account_id, seq) VALUES (?, ?)", (self._account, seq)
        )

    def _last(self, connection: sqlite3.Connection, key: ChatKey) -> int:
        row = connection.execute(
            "SELECT last_seq FROM chat WHERE account_id = ? AND key = ?", (self._account, key)
        ).fetchone()
        return int(row[0]) if row else 1


def _state(unread: int, read: int, last: int, made: Sequence[Any] | None) -> ChatState:
    draft, quoting, attached, drafted_at, muted, archived = made or ("", 0, "[]", 0.0, None, 0)
    silent = None if muted is None else bool(muted)
    return ChatState(
        unread=unread,
        read=Seq(read),
        draft=draft,
        quoting=Seq(quoting),
        attached=tuple(json.loads(attached)),
        drafted_at=drafted_at,
        muted=silent,
        archived=bool(archived) and (bool(silent) or last <= archived),
    )
