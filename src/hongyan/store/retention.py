"""Takes away the content of rows that a rule no longer keeps, and leaves their stubs; it knows no rule.

A stub keeps its number, its place in the chat and the service's number, so that order, consumers' progress and the drop of
repeats go on. No row is touched before every consumer has had it. What is freed is overwritten with zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hongyan.model.events import CommandSettled, Removed
from hongyan.model.ids import ChatKey, Seq
from hongyan.model.retention import Behind, Holding, Removal
from hongyan.store.rows import decode_event, encode
from hongyan.store.search import tokens

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hongyan.store.aliases import Aliases
    from hongyan.store.session import Session

__all__ = ["BATCH", "Retention"]

BATCH: Final = 50
"""Rows in one transaction: few, so that other writers wait briefly."""

_TIDY_PAGES: Final = 16  # of the search index, written in one transaction
_SAID: Final = (
    "kind <> 'removed' AND (kind IN ('message', 'unknown') OR (kind = 'command-settled' AND form <> ''))"
)
_SIZE: Final = "LENGTH(raw) + LENGTH(event)"
_STUB: Final = encode(Removed())


class Retention:
    """The stored rows of one account. Methods that take a connection belong to the writer."""

    def __init__(self, session: Session, aliases: Aliases) -> None:
        self._session = session
        self._account = session.account
        self._aliases = aliases

    # -- looking

    def chats(self) -> list[ChatKey]:
        """Return every chat with rows that are not removed; the empty key is for rows of no chat."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "WITH RECURSIVE each (chat) AS (SELECT MIN(chat) FROM journal WHERE account_id = ?1 AND kind <> 'removed'"
                " UNION ALL SELECT (SELECT MIN(chat) FROM journal WHERE account_id = ?1 AND kind <> 'removed'"
                " AND chat > each.chat) FROM each WHERE each.chat IS NOT NULL)"
                " SELECT chat FROM each WHERE chat IS NOT NULL",
                (self._account,),
            ).fetchall()
        return list(dict.fromkeys(self._aliases.first(ChatKey(chat)) for (chat,) in rows))

    def holding(self, chat: ChatKey, before: float) -> Holding:
        """Return what is stored of a chat, and what a rule with the limit ``before`` would remove."""
        with self._session.reading() as connection:
            low = self._read_by_all(connection)
            keys = self._keys(chat)
            (rows, size, due, due_size, unread), (files,), (removed,) = (
                connection.execute(sql.format(keys=", ".join("?" * len(keys))), (*values, *keys)).fetchone()
                for sql, values in (
                    (_COUNT, (before, low, before, low, before, low, self._account)),
                    (_FILES, (self._account, self._account)),
                    (_GONE, (self._account,)),
                )
            )
        return Holding(
            chat=chat, rows=rows, size=size or 0, files=files or 0, due=due or 0, due_size=due_size or 0,
            unread=unread or 0, removed=removed,
        )  # fmt: skip

    def behind(self) -> list[Behind]:
        """Return the consumers that have events before them, the last first."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT consumer, low, (SELECT COUNT(*) FROM journal WHERE account_id = ?1 AND seq > low)"
                " FROM progress WHERE account_id = ?1 ORDER BY low",
                (self._account,),
            ).fetchall()
        return [Behind(consumer, Seq(low), events) for consumer, low, events in rows if events]

    def forget_consumer(self, connection: sqlite3.Connection, consumer: str) -> bool:
        """Delete a consumer's place and return whether it had one."""
        cursor = connection.execute(
            "DELETE FROM progress WHERE account_id = ? AND consumer = ?", (self._account, consumer)
        )
        return cursor.rowcount > 0

    # -- removing

    def remove(self, connection: sqlite3.Connection, chat: ChatKey, before: float) -> Removal:
        """Remove the oldest rows of a chat that are older than ``before``, at most ``BATCH``."""
        bound = min(self._read_by_all(connection), self._last_before(connection, before))
        found: list[tuple[Any, ...]] = []
        for key in self._keys(chat):
            found += connection.execute(
                f"SELECT seq, {_SIZE}, kind, event FROM journal WHERE account_id = ? AND chat = ? AND {_SAID}"  # noqa: S608  # constants
                " AND seq <= ? AND received_at < ? ORDER BY seq LIMIT ?",
                (self._account, key, bound, before, BATCH - len(found)),
            ).fetchall()
        return self._strip(connection, found)

    def remove_recalled(self, connection: sqlite3.Connection, chat: ChatKey, before: float) -> Removal:
        """Remove messages of a chat that were recalled, at most ``BATCH``.

        Both the message and the word of its recall must have come before ``before`` and been read by all.
        """
        low = self._read_by_all(connection)
        keys = self._keys(chat)
        found = connection.execute(
            f"SELECT j.seq, {_SIZE.replace('(', '(j.')}, j.kind, j.event FROM recalled r"  # noqa: S608  # constants
            " CROSS JOIN journal j ON j.account_id = r.account_id AND j.message_id = r.message_id"
            " CROSS JOIN journal w ON w.seq = r.seq"
            f" WHERE r.account_id = ? AND j.kind = 'message' AND j.form <> 'recall' AND j.seq <= ? AND r.seq <= ?"
            f" AND w.received_at < ? AND j.chat IN ({', '.join('?' * len(keys))}) LIMIT ?",
            (self._account, low, low, before, *keys, BATCH),
        ).fetchall()
        return self._strip(connection, found)

    def leftovers(self, connection: sqlite3.Connection, folder: Path, untouched_since: float) -> int:
        """Delete files that nothing holds on to any more and return how many; brand-new ones wait for the next time.

        A file that has just been put there may be about to be noted: it is in use again.
        """
        rows = connection.execute(
            "SELECT path FROM leftover WHERE account_id = ?", (self._account,)
        ).fetchall()
        gone = 0
        for (name,) in rows:
            path = folder / name
            if not self._is_used(connection, name) and path.is_file():
                if path.stat().st_mtime >= untouched_since:
                    continue
                path.unlink()
                gone += 1
            connection.execute(
                "DELETE FROM leftover WHERE account_id = ? AND path = ?", (self._account, name)
            )
        return gone

    def tidy(self, connection: sqlite3.Connection, *, begin: bool) -> bool:
        """Write the search index anew without what was removed, a little of it; return whether there is more to do.

        Until then the index only marks what is gone, and its old pages still hold the pairs of characters.
        """
        connection.execute("PRAGMA secure_delete = ON")
        before = connection.total_changes
        connection.execute(
            "INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)",
            (-_TIDY_PAGES if begin else _TIDY_PAGES,),
        )
        connection.execute("PRAGMA secure_delete = OFF")
        return connection.total_changes - before > 1  # the command counts as one

    def _strip(self, connection: sqlite3.Connection, found: Sequence[tuple[Any, ...]]) -> Removal:
        if not found:
            return Removal()
        connection.execute("PRAGMA secure_delete = ON")
        seqs = [(row[0],) for row in found]
        self._strip_index(connection, seqs)
        self._strip_files(connection, seqs)
        self._strip_commands(connection, (row[3] for row in found if row[2] == "command-settled"))
        connection.executemany(
            "UPDATE journal SET kind = 'removed', form = '', raw = x'', event = ? WHERE seq = ?",
            [(_STUB, seq) for (seq,) in seqs],
        )
        connection.execute("PRAGMA secure_delete = OFF")
        self._session.rewritten += 1
        return Removal(len(found), sum(row[1] for row in found))

    def _strip_index(self, connection: sqlite3.Connection, seqs: list[tuple[int]]) -> None:
        for (seq,) in seqs:
            row = connection.execute("SELECT text FROM search_text WHERE seq = ?", (seq,)).fetchone()
            if row is not None:
                connection.execute(
                    "INSERT INTO search_index (search_index, rowid, grams) VALUES ('delete', ?, ?)",
                    (seq, tokens(row[0])),
                )
        connection.executemany("DELETE FROM search_text WHERE seq = ?", seqs)

    def _strip_files(self, connection: sqlite3.Connection, seqs: list[tuple[int]]) -> None:
        for (seq,) in seqs:
            connection.execute(
                "INSERT OR IGNORE INTO leftover (account_id, path) SELECT account_id, path FROM media"
                " WHERE account_id = ? AND seq = ?",
                (self._account, seq),
            )
            connection.execute("DELETE FROM media WHERE account_id = ? AND seq = ?", (self._account, seq))

    def _strip_commands(self, connection: sqlite3.Connection, events: Iterable[bytes]) -> None:
        """Delete the rows of own sends from the outbox, with the copies they held on to; open ones stay."""
        for event in map(decode_event, events):
            if not isinstance(event, CommandSettled):
                continue
            values = (self._account, event.row.id)
            connection.execute(
                "INSERT OR IGNORE INTO leftover (account_id, path) SELECT account_id, substr(name, 1, 2) || '/' || name"
                " FROM sent_file WHERE account_id = ? AND command = ?",
                values,
            )
            cursor = connection.execute(
                "DELETE FROM command WHERE account_id = ? AND id = ? AND outcome NOT IN ('queued', 'sent')",
                values,
            )
            if cursor.rowcount:
                connection.execute("DELETE FROM sent_file WHERE account_id = ? AND command = ?", values)

    def _is_used(self, connection: sqlite3.Connection, path: str) -> bool:
        held = (
            ("SELECT 1 FROM media WHERE account_id = ? AND path = ?", path),
            ("SELECT 1 FROM sent_file WHERE account_id = ? AND name = ?", path.rpartition("/")[2]),
        )
        return any(connection.execute(sql, (self._account, name)).fetchone() for sql, name in held)

    def _keys(self, chat: ChatKey) -> list[ChatKey]:
        return self._aliases.all_of(chat) if chat else [chat]

    def _read_by_all(self, connection: sqlite3.Connection) -> int:
        """Return up to which row every consumer has had everything."""
        (low,) = connection.execute(
            "SELECT MIN(low) FROM progress WHERE account_id = ?", (self._account,)
        ).fetchone()
        return self._highest(connection) if low is None else int(low)

    def _highest(self, connection: sqlite3.Connection) -> int:
        (last,) = connection.execute(
            "SELECT MAX(seq) FROM journal WHERE account_id = ?", (self._account,)
        ).fetchone()
        return int(last or 0)

    def _last_before(self, connection: sqlite3.Connection, before: float) -> int:
        """Return about the last row before a time, so that chats are not scanned to their ends."""
        least, most = 0, self._highest(connection) + 1
        while least < most:
            middle = (least + most) // 2
            row = connection.execute(
                "SELECT received_at FROM journal WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT 1",
                (self._account, middle),
            ).fetchone()
            if row is not None and row[0] < before:
                least = middle + 1
            else:
                most = middle
        return least


_COUNT: Final = (
    f"SELECT COUNT(*), SUM({_SIZE}), SUM(received_at < ? AND seq <= ?),"  # noqa: S608  # constants
    f" SUM(CASE WHEN received_at < ? AND seq <= ? THEN {_SIZE} END), SUM(received_at < ? AND seq > ?)"
    f" FROM journal WHERE account_id = ? AND {_SAID} AND chat IN ({{keys}})"
)
_FILES: Final = (
    "SELECT SUM(m.bytes) FROM journal j CROSS JOIN media m ON m.account_id = ? AND m.seq = j.seq"
    " WHERE j.account_id = ? AND j.kind <> 'removed' AND j.chat IN ({keys})"
)
_GONE: Final = "SELECT COUNT(*) FROM journal WHERE account_id = ? AND kind = 'removed' AND chat IN ({keys})"
