"""One SQLite database, a file or ``:memory:``, for one account or a fleet; it opens, locks and closes, and reads no row.

A file is opened twice: the writer thread has a connection of its own, and readers another, which sees whole
transactions only and never waits for the writer. ``:memory:`` has one connection behind a lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageError, UsageError
from hongyan.lockfile import LockFile
from hongyan.model.ids import ChatKey
from hongyan.store.migrate import migrate
from hongyan.store.writer import CHECKPOINT_PAGES, Writer, is_the_machines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hongyan.store.sqlite import SqliteStore

__all__ = ["Database"]

_BUSY_MS: Final = 5_000
_LOOK_S: Final = 0.025  # between two looks for what other programs wrote; one look takes 3 microseconds


class Database:
    """The file and its threads. ``entropy(n)`` gives n random bytes, from which lasting keys are made.

    ``holds`` is False for programs beside the one that holds the login: they never checkpoint.
    """

    def __init__(
        self, path: Path | None, entropy: Callable[[int], bytes] = secrets.token_bytes, *, holds: bool = True
    ) -> None:
        self.path = path
        self._entropy = entropy
        self._lock = threading.RLock()
        if path is not None:
            _make_private(path)
        try:
            writing = _connect(path)
            migrate(writing)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"the journal {path or ':memory:'} cannot be opened: {error}") from error
        writing.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES if holds else 0}")
        self._reading = writing if path is None else _connect(path)
        self._written = writing
        self.writer = Writer(writing, self._lock, on_disk=path is not None, checkpoints=holds)
        self._stores: dict[str, SqliteStore] = {}
        self._closed = False
        self.holds = holds

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for a short read; StorageError where the disk, the file or a lock prevents it."""
        try:
            with self._lock if self._reading is self._written else contextlib.nullcontext():
                yield self._reading
        except sqlite3.Error as error:
            if is_the_machines(error):
                raise StorageError(f"the journal cannot be read: {error}") from error
            raise

    def set_holds(self, *, holds: bool) -> None:
        """Say whether this program now holds the login: it alone checkpoints."""
        pages = CHECKPOINT_PAGES if holds else 0
        self.holds = holds
        self.writer.checkpoints = holds
        self.writer.post(lambda c: c.execute(f"PRAGMA wal_autocheckpoint = {pages}"), durable=False)

    async def watch(self) -> None:
        """Tell the stores of what other programs commit, without end."""
        seen = self._version()
        while True:
            await asyncio.sleep(_LOOK_S)
            if (version := self._version()) != seen:
                seen = version
                for store in self._stores.values():
                    store.refresh()

    def _version(self) -> int:
        return int(self._reading.execute("PRAGMA data_version").fetchone()[0])

    def claim(self, account: int, consumer: str) -> LockFile | None:
        """Return the lock of a reader's name for an account, taken; None in memory; UsageError where another program reads under it."""
        if self.path is None:
            return None
        folder = self.path.parent / "readers"
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = LockFile(folder / hashlib.sha256(f"{account} {consumer}".encode()).hexdigest()[:16])
        if not lock.take(f"process {os.getpid()}"):
            raise UsageError(
                f"{consumer!r} is being read already, by {lock.note() or 'another program'}",
                "End that program, or give each reader a name of its own.",
            )
        return lock

    def fresh_key(self) -> ChatKey:
        """Return a new lasting key: 16 letters and digits that say nothing."""
        return ChatKey(self._entropy(8).hex())

    def account(self, name: str) -> SqliteStore:
        """Return the store of the account called ``name``, making it where it is new."""
        from hongyan.store.sqlite import SqliteStore

        if name not in self._stores:
            with self._lock:
                self._written.execute(
                    "INSERT INTO account (name, me) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (name, self.fresh_key()),
                )
                row = self._written.execute("SELECT id, me FROM account WHERE name = ?", (name,)).fetchone()
            self._stores[name] = SqliteStore(self, int(row[0]), ChatKey(row[1]))
        return self._stores[name]

    def close(self) -> None:
        """Finish what is queued and close the file."""
        if self._closed:
            return
        self._closed = True
        self.writer.stop()
        if self._reading is not self._written:
            self._reading.close()
        self._written.close()


def _make_private(path: Path) -> None:
    """Create the file so that only its owner reads it, before SQLite gives its mode to the log files beside it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        str(path) if path else ":memory:",
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
    return connection
