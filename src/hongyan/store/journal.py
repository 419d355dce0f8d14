"""Writes and reads the rows of what happened; it decides nothing about who reads them or how far they are."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from hongyan.model.commands import Outcome, RecallMessage, chat_of
from hongyan.model.events import (
    CommandSettled,
    ContactChanged,
    ContactGone,
    Event,
    MessageReceived,
    Recorded,
    Removed,
)
from hongyan.model.ids import ChatKey, LoginId, Seq, TransientName
from hongyan.model.messages import Recall, Unparsed
from hongyan.store import history
from hongyan.store.chat_state_rows import bring_back
from hongyan.store.rows import (
    DECODER_VERSION,
    EVENT_COLUMNS,
    addresses,
    encode,
    kind_of,
    message_id_of,
    recorded_from,
    upload_kind_of,
)
from hongyan.store.unread import readings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from hongyan.model.commands import CommandRow
    from hongyan.store.directory import SqliteDirectory
    from hongyan.store.session import Session

__all__ = ["SqliteJournal"]

_seq: Final = attrgetter("seq")
_BEGINNING: Final = Seq(0)
_INSERT: Final = (
    "INSERT INTO journal (account_id, received_at, kind, form, message_id, raw, event, decoder, login, chat_name,"
    " sender_name, chat, sender) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_UNREADABLE: Final = str(Unparsed.__struct_config__.tag)
_TAIL: Final = 512  # rows: twice what a consumer may have open
_IN_HISTORY: Final = "kind <> 'removed' AND (kind = 'message' OR (kind = 'command-settled' AND form <> ''))"


class SqliteJournal:
    """``ports.journal.Journal``. Methods that take a connection belong to the writer."""

    def __init__(self, session: Session, directory: SqliteDirectory) -> None:
        self._session = session
        self._account = session.account
        self._names = directory.names
        self._people = directory.people
        self._aliases = directory.aliases
        self._latest = self._highest()
        self._tail: deque[Recorded] = deque(maxlen=_TAIL)  # every row after ``_tail_after``
        self._tail_after = self._latest
        self._rewritten = session.rewritten

    def refresh(self) -> None:
        """Look again where the journal ends: another program may have written."""
        highest = self._highest()
        if highest > self._latest:
            self._latest = highest
            self.forget_tail()

    def forget_tail(self) -> None:
        """Read the newest rows from the table again: some were changed."""
        self._tail.clear()
        self._tail_after = self._latest
        self._rewritten = self._session.rewritten

    def note(self, written: Sequence[Recorded]) -> None:
        """Take in rows that were committed; the newest stay in memory, where readers look first.

        Where rows of another program or account lie between, the tail begins anew.
        """
        if written[0].seq <= self._latest:
            return  # a look from beside was faster
        if written[0].seq != self._latest + 1:
            self._tail.clear()
            self._tail_after = Seq(written[0].seq - 1)
        for row in written:
            if len(self._tail) == _TAIL:
                self._tail_after = self._tail[0].seq
            self._tail.append(row)
        self._latest = written[-1].seq

    def append(
        self,
        connection: sqlite3.Connection,
        events: Sequence[tuple[Event, bytes]],
        login: LoginId,
        received_at: float,
    ) -> list[Recorded]:
        """Write events in order and return those that were not there yet."""
        written = []
        for event, raw in events:
            recorded = self._add(connection, event, raw, login, received_at)
            if recorded is not None:
                written.append(recorded)
        self._touch_chats(connection, written)
        return written

    def settled(
        self, connection: sqlite3.Connection, row: CommandRow, login: LoginId, now: float
    ) -> Recorded:
        """Write that a command reached its outcome."""
        (recorded,) = self.append(connection, [(CommandSettled(row=row), b"")], login, now)
        if isinstance(row.command, RecallMessage) and row.outcome is Outcome.ACCEPTED:
            self.note_recall(connection, row.command.message, recorded.seq)
        return recorded

    def latest(self) -> Seq:
        """Return the newest row's number, 0 in an empty journal."""
        return self._latest

    async def wait(self, after: Seq) -> None:
        """Return as soon as the journal holds a row after ``after``."""
        while self._latest <= after:
            await self._session.changed()

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return rows after ``after``, oldest first."""
        if self._rewritten != self._session.rewritten:
            self.forget_tail()
        if after >= self._tail_after:
            begin = bisect_right(self._tail, after, key=_seq)
            return [self._aliases.renamed(row) for row in islice(self._tail, begin, begin + limit)]
        return self._select("seq > ?", (after,), f"ORDER BY seq LIMIT {limit:d}")

    def event(self, seq: Seq) -> Recorded | None:
        """Return one row."""
        found = self._select("seq = ?", (seq,))
        return found[0] if found else None

    def raw(self, seq: Seq) -> bytes:
        """Return the bytes that a row was read from, empty where there are none."""
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT raw FROM journal WHERE account_id = ? AND seq = ?", (self._account, seq)
            ).fetchone()
        return bytes(row[0]) if row else b""

    def history(self, chat: ChatKey, *, limit: int = 20, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat, oldest first, and the gaps between them.

        Of a command only its last outcome is there; ``limit`` does not count the gaps.
        """
        return history.newest(self, chat, limit, before)

    def history_around(self, chat: ChatKey, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return the row ``seq`` as ``history`` does, with so many rows of the chat before and after it."""
        return history.around(self, chat, seq, before, after)

    def conversation(self, chat: ChatKey, *, after: Seq = _BEGINNING, limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat as ``history`` does, but from its beginning on: the next ``limit`` rows.

        The last number that is returned is where to go on; an empty list is the end.
        """
        return history.following(self, chat, after, limit)

    def rows_before(self, chat: ChatKey, limit: int, before: Seq | None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat before ``before``, oldest first, without gaps."""
        bound = "" if before is None else f"AND seq < {before:d}"
        return self._of(chat, bound, "DESC", limit)[-limit:]

    def rows_after(self, chat: ChatKey, after: Seq, limit: int) -> list[Recorded]:
        """Return the first messages and own sends of a chat after ``after``, oldest first, without gaps."""
        return self._of(chat, f"AND seq > {after:d}", "ASC", limit)[:limit]

    def last(self, chat: ChatKey) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden."""
        shown = (
            "AND NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.account_id = journal.account_id"
            " AND hidden.seq = journal.seq)"
        )
        rows = self._of(chat, shown, "DESC", 1)
        return rows[-1] if rows else None

    def _of(self, chat: ChatKey, bound: str, direction: str, limit: int) -> list[Recorded]:
        """Return rows of a chat, oldest first: so many of each of its keys, as one index hands them out in order."""
        rows = [
            row
            for key in self._aliases.all_of(chat)
            for row in self._select(
                f"chat = ? {bound} AND {_IN_HISTORY}", (key,), f"ORDER BY seq {direction} LIMIT {limit:d}"
            )
        ]
        return sorted(rows, key=_seq)

    def count(self, chat: ChatKey) -> int:
        """Return how many rows a chat has, of any kind, by the index."""
        sql = "SELECT COUNT(*) FROM journal WHERE account_id = ? AND chat = ? AND kind <> 'removed'"
        with self._session.reading() as connection:
            return sum(
                connection.execute(sql, (self._account, key)).fetchone()[0]
                for key in self._aliases.all_of(chat)
            )

    def recalled(self, messages: Iterable[str]) -> set[str]:
        """Return those of these messages, by the service's numbers, that were recalled."""
        with self._session.reading() as connection:
            return {
                message
                for message in messages
                if connection.execute(
                    "SELECT 1 FROM recalled WHERE account_id = ? AND message_id = ?", (self._account, message)
                ).fetchone()
            }

    def gaps(self, after: Seq, before: Seq | None) -> list[Recorded]:
        """Return the gaps between two rows, oldest first."""
        bound = "" if before is None else f"AND seq < {before:d}"
        return self._select(f"kind = 'gap' AND seq > ? {bound}", (after,), "ORDER BY seq")

    def message(self, message: str) -> Recorded | None:
        """Return the row of the message with this number."""
        found = self._select("message_id = ?", (message,))
        return found[0] if found else None

    def chats(self, *, limit: int = 1000) -> list[ChatKey]:
        """Return chats with traffic, latest first."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT key FROM chat WHERE account_id = ? AND last_seq > 0 ORDER BY last_seq DESC LIMIT ?",
                (self._account, limit),
            ).fetchall()
        return [ChatKey(key) for (key,) in rows]

    def _add(
        self, connection: sqlite3.Connection, event: Event, raw: bytes, login: LoginId, received_at: float
    ) -> Recorded | None:
        chat_name, sender_name = addresses(event)
        chat, sender = self._keys(connection, event, login, chat_name, sender_name)
        form = chat_form(event) or upload_kind_of(event)
        cursor = connection.execute(
            _INSERT,
            (
                self._account,
                received_at,
                kind_of(event),
                form,
                message_id_of(event),
                raw,
                encode(event),
                DECODER_VERSION,
                login,
                chat_name,
                sender_name,
                chat,
                sender,
            ),
        )
        if cursor.rowcount == 0:
            again = self._replaces_fragment(connection, event)
            return self._add(connection, event, raw, login, received_at) if again else None
        seq = Seq(cursor.lastrowid or 0)
        if form == Recall.__struct_config__.tag:
            self.note_recall(connection, event.message.recalled, seq)  # type: ignore[union-attr]  # the form says so
        return Recorded(seq=seq, received_at=received_at, event=event, chat=chat, sender=sender)

    def _replaces_fragment(self, connection: sqlite3.Connection, event: Event) -> bool:
        """Take the number from an unreadable row that has it, where this is the readable message; the row goes."""
        if upload_kind_of(event) == _UNREADABLE:
            return False
        taken = connection.execute(
            "UPDATE journal SET message_id = NULL, kind = 'removed', form = '', raw = x'', event = ?"
            " WHERE account_id = ? AND message_id = ? AND form = ? AND kind = 'message'",
            (encode(Removed()), self._account, message_id_of(event), _UNREADABLE),
        )
        return taken.rowcount > 0

    def note_recall(self, connection: sqlite3.Connection, message: str, seq: int) -> None:
        """Note that a message was recalled, by row ``seq``."""
        if message:
            connection.execute(
                "INSERT OR IGNORE INTO recalled (account_id, message_id, seq) VALUES (?, ?, ?)",
                (self._account, message, seq),
            )

    def _keys(
        self,
        connection: sqlite3.Connection,
        event: Event,
        login: LoginId,
        chat_name: TransientName,
        sender_name: TransientName,
    ) -> tuple[ChatKey, ChatKey]:
        """Return the lasting keys of an event's chat and writer, and let contact news reach the directory."""
        match event:
            case ContactChanged(change=change, source=source):
                return self._people.merge(connection, login, [change], source)[0], ChatKey("")
            case ContactGone(name=name):
                self._people.mark_gone(connection, login, name)
            case CommandSettled(row=row):
                return chat_of(row.command), ChatKey("")
            case _:
                pass
        return self._names.give(connection, login, chat_name), self._names.give(
            connection, login, sender_name
        )

    def _touch_chats(self, connection: sqlite3.Connection, written: Sequence[Recorded]) -> None:
        """Note the newest row of each chat, and how many messages are to be read there."""
        first = self._aliases.first  # a command may still name its chat by a key that was merged since
        latest = {first(r.chat): r.seq for r in written if r.chat and _counts(r.event)}
        changed = readings(written, first)
        connection.executemany(
            "UPDATE chat SET unread = 0, read_seq = ? WHERE account_id = ? AND key = ?",
            [(reading.read, self._account, key) for key, reading in changed.items() if reading.read],
        )
        connection.executemany(
            "INSERT INTO chat (account_id, key, last_seq, unread, read_seq) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq, unread = unread + excluded.unread",
            [
                (self._account, key, seq, changed[key].unread, changed[key].read)
                if key in changed
                else (self._account, key, seq, 0, 0)
                for key, seq in latest.items()
            ],
        )
        came = [key for key, reading in changed.items() if reading.came]
        bring_back(connection, self._account, came, self._people.muted)

    def _select(self, where: str, values: tuple[object, ...], tail: str = "") -> list[Recorded]:
        with self._session.reading() as connection:
            rows = connection.execute(
                f"SELECT {EVENT_COLUMNS} FROM journal WHERE account_id = ? AND {where} {tail}",  # noqa: S608  # constants
                (self._account, *values),
            ).fetchall()
        return [self._aliases.renamed(recorded_from(row)) for row in rows]

    def _highest(self) -> Seq:
        with self._session.reading() as connection:
            (seq,) = connection.execute(
                "SELECT MAX(seq) FROM journal WHERE account_id = ?", (self._account,)
            ).fetchone()
        return Seq(seq or 0)


def chat_form(event: Event) -> str:
    """Return the tag of a settled command that puts something into a chat, else an empty text."""
    if not isinstance(event, CommandSettled):
        return ""
    command = event.row.command
    return str(command.__struct_config__.tag) if command.is_message else ""


def _counts(event: Event) -> bool:
    """Whether an event makes its chat a recent one: messages that people see, and own sends."""
    if isinstance(event, MessageReceived):
        return event.message.shown and not getattr(event.message, "observed", False)
    return bool(chat_form(event))
