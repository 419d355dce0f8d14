"""Carries an account's rows out of the store and into another one, table by table, exactly; it knows no file format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hongyan.errors import UsageError
from hongyan.model.events import MessageReceived
from hongyan.model.messages import Recall
from hongyan.store.rows import decode_event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from hongyan.store.journal import SqliteJournal
    from hongyan.store.session import Session

__all__ = ["TABLES", "Dump"]

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": ("login", "name", "key"),
    "contact": ("key", "login", "source", "gone", "revision", "contact"),
    "journal": (
        *("seq", "received_at", "kind", "form", "message_id", "raw", "event", "decoder"),
        *("login", "chat_name", "sender_name", "chat", "sender"),
    ),
    "chat": ("key", "last_seq"),
    "alias": ("key", "canonical", "evidence", "confidence", "made_at"),
}
"""What is carried, in this order: a table's columns, the first of them (with the second, in identity) its key."""

_PAGE: Final = 500
_ORDER: Final = {"identity": "login, name", "contact": "key", "journal": "seq", "chat": "key", "alias": "key"}


class Dump:
    """The rows of one account. ``load`` writes them into another."""

    def __init__(self, session: Session, journal: SqliteJournal) -> None:
        self._session = session
        self._journal = journal
        self._account = session.account

    def head(self) -> dict[str, Any]:
        """Return the account's own key, the present login, and until when it was held (Unix seconds)."""
        with self._session.reading() as connection:
            me = connection.execute("SELECT me FROM account WHERE id = ?", (self._account,)).fetchone()[0]
            row = connection.execute(
                "SELECT login, saved_at, complete FROM position WHERE account_id = ?", (self._account,)
            ).fetchone()
        login, saved_at, complete = row or ("", 0.0, 0)
        return {"me": me, "login": login, "saved_at": saved_at, "complete": complete}

    def count(self) -> int:
        """Return how many rows all tables have."""
        counts = (f"SELECT COUNT(*) FROM {table} WHERE account_id = ?" for table in TABLES)  # noqa: S608  # constants
        with self._session.reading() as connection:
            return sum(connection.execute(sql, (self._account,)).fetchone()[0] for sql in counts)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table in the order of its key, a page at a time, so that no writer waits."""
        columns, order = TABLES[table], _ORDER[table]
        places = ", ".join("?" * len(order.split(",")))
        after: tuple[Any, ...] | None = None
        while True:
            bound = f"AND ({order}) > ({places})" if after is not None else ""
            with self._session.reading() as connection:
                page = connection.execute(
                    f"SELECT {', '.join(columns)} FROM {table} WHERE account_id = ? {bound}"  # noqa: S608  # constants
                    f" ORDER BY {order} LIMIT {_PAGE}",
                    (self._account, *(after or ())),
                ).fetchall()
            if not page:
                return
            yield from page
            after = page[-1][: len(order.split(","))]

    async def load(self, head: Mapping[str, Any], rows: Iterable[tuple[str, tuple[Any, ...]]]) -> int:
        """Write rows into the account and return how many were new, all or none; UsageError where it holds something else.

        ``head`` is what ``head`` returned; ``rows`` is gone through in the writer's thread. Rows that are there already
        must be equal.
        """
        return await self._session.write(lambda c: self._load(c, head, rows))

    def _load(
        self,
        connection: sqlite3.Connection,
        head: Mapping[str, Any],
        rows: Iterable[tuple[str, tuple[Any, ...]]],
    ) -> int:
        self._require_same(connection, head)
        new = sum(self._insert(connection, table, row) for table, row in rows)
        connection.execute(
            "INSERT OR IGNORE INTO position (account_id, login, keys, saved_at, complete) VALUES (?, ?, x'', ?, ?)",
            (self._account, head["login"], head["saved_at"], head["complete"]),
        )
        connection.execute("UPDATE account SET bindings = bindings + 1 WHERE id = ?", (self._account,))
        self._session.database.doubt()
        return new

    def _require_same(self, connection: sqlite3.Connection, head: Mapping[str, Any]) -> None:
        """Take over the account's own key into an empty account; another account is refused."""
        (me,) = connection.execute("SELECT me FROM account WHERE id = ?", (self._account,)).fetchone()
        if me == head["me"]:
            return
        if any(self._holds(connection, table) for table in TABLES):
            raise UsageError("this profile holds another account", "Import into a new one: --profile NAME.")
        connection.execute("UPDATE account SET me = ? WHERE id = ?", (head["me"], self._account))

    def _holds(self, connection: sqlite3.Connection, table: str) -> bool:
        sql = f"SELECT 1 FROM {table} WHERE account_id = ? LIMIT 1"  # noqa: S608  # a constant
        return connection.execute(sql, (self._account,)).fetchone() is not None

    def _insert(self, connection: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> int:
        columns = TABLES[table]
        cursor = connection.execute(
            f"INSERT INTO {table} (account_id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"  # noqa: S608  # constants
            " ON CONFLICT DO NOTHING",
            (self._account, *row),
        )
        if cursor.rowcount and table == "chat":  # what was imported is not new
            connection.execute(
                "UPDATE chat SET read_seq = last_seq WHERE account_id = ? AND key = ?",
                (self._account, row[0]),
            )
        if cursor.rowcount == 0 and table == "journal" and not self._is_there(connection, row):
            raise UsageError(
                f"row {row[0]} of the journal is another one in this profile", "Import into a new profile."
            )
        if (
            cursor.rowcount
            and table == "journal"
            and row[columns.index("form")] == Recall.__struct_config__.tag
        ):
            self._note_recall(connection, row[0], row[columns.index("event")])
        return cursor.rowcount

    def _note_recall(self, connection: sqlite3.Connection, seq: int, event: bytes) -> None:
        """Note anew what an imported recall took back."""
        read = decode_event(event)
        if isinstance(read, MessageReceived) and isinstance(read.message, Recall):
            self._journal.note_recall(connection, read.message.recalled, seq)

    def _is_there(self, connection: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
        found = connection.execute(
            "SELECT kind, message_id FROM journal WHERE account_id = ? AND seq = ?", (self._account, row[0])
        ).fetchone()
        if found is None or found[1] != row[4]:
            return False
        return found[0] == row[2] or "removed" in {
            found[0],
            row[2],
        }  # what a rule removed is not brought back
