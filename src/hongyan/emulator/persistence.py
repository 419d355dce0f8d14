"""Stores rows so that they survive a `kill -9`; independent of what the rows mean.

One SQLite file, written by one thread in groups: rows queued while the last group was written go into the next
transaction. An answer that depends on a row waits for `settled()`, so nothing that a client was sent can be lost.
"""

from __future__ import annotations

import asyncio
import errno
import os
import queue
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Persistence", "SqlitePersistence", "StateUnusable", "private_folder"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    place TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (place, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    login TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (login, position)
) WITHOUT ROWID;
"""
_PUT = "INSERT INTO row VALUES (?, ?, ?) ON CONFLICT (place, key) DO UPDATE SET value = excluded.value"
_DROP = "DELETE FROM row WHERE place = ? AND key = ?"
_EVENT = "INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM event WHERE login = ?"

_encode = msgspec.json.Encoder().encode

_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}
"""SQLite's errors about the disk, as numbers of the system."""

VERSION = 1
"""Version of the state's form, in the database's `user_version`; 0 in those written before it was recorded."""


class StateUnusable(OSError):
    """The state cannot be used: damaged, of another version, or in use; the text has the reason.

    ``errno`` is set where it is the disk (full, read-only, failing), and None else.
    """


def private_folder(folder: Path) -> Path:
    """A folder for its owner alone, made where it is not there: it holds tickets and what people wrote."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class Persistence:
    """A persistence that keeps nothing: the emulator without a state folder."""

    def put(self, place: str, key: str, value: object) -> None:
        """Keep a JSON value under (place, key)."""

    def drop(self, place: str, key: str) -> None:
        """Forget the value under (place, key)."""

    def put_event(self, login: str, position: int, kind: str, subject: str, body: bytes) -> None:
        """Keep one event of a login's log."""

    def drop_events(self, login: str) -> None:
        """Forget the log of a login."""

    def rows(self, place: str) -> Iterator[tuple[str, Any]]:  # noqa: ARG002 - nothing is kept, of any place
        """All (key, value) of a place, by key."""
        yield from ()

    def events(self, login: str) -> Iterator[tuple[int, str, str, bytes]]:  # noqa: ARG002 - nothing is kept
        """The log of a login: (position, kind, subject, body) by position."""
        yield from ()

    async def settled(self) -> None:
        """Return when everything that was put so far is on disk. Raises sqlite3.Error where it cannot be written."""

    def close(self) -> None:
        """Write the rest and close the file."""


class SqlitePersistence(Persistence):
    """The persistence of `--state DIR`. Rows are read once, before the first is put.

    Raises StateUnusable where the file is none of ours, of a later version, or in use by another emulator.
    """

    def __init__(self, path: Path) -> None:
        self._lock = _take_alone(path.with_suffix(".lock"))
        try:
            self._reader = _open(path)
        except BaseException:
            os.close(self._lock)
            raise
        self._path = path
        self._orders: queue.SimpleQueue[tuple[str, tuple[object, ...]] | None] = queue.SimpleQueue()
        self._put = 0
        self._written = 0
        self._failure: sqlite3.Error | None = None
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._write, name="emulator-persistence", daemon=True)
        self._thread.start()

    def put(self, place: str, key: str, value: object) -> None:
        """Keep a JSON value under (place, key)."""
        self._order(_PUT, place, key, _encode(value))

    def drop(self, place: str, key: str) -> None:
        """Forget the value under (place, key)."""
        self._order(_DROP, place, key)

    def put_event(self, login: str, position: int, kind: str, subject: str, body: bytes) -> None:
        """Keep one event of a login's log."""
        self._order(_EVENT, login, position, kind, subject, body)

    def drop_events(self, login: str) -> None:
        """Forget the log of a login."""
        self._order(_FORGET, login)

    def rows(self, place: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) of a place, by key."""
        for key, value in self._reader.execute(
            "SELECT key, value FROM row WHERE place = ? ORDER BY key", (place,)
        ):
            yield key, msgspec.json.decode(value)

    def events(self, login: str) -> Iterator[tuple[int, str, str, bytes]]:
        """The log of a login: (position, kind, subject, body) by position."""
        yield from self._reader.execute(
            "SELECT position, kind, subject, body FROM event WHERE login = ? ORDER BY position", (login,)
        )

    async def settled(self) -> None:
        """Return when everything that was put so far is on disk. Raises sqlite3.Error where it cannot be written."""
        if self._failure is not None:
            raise self._failure
        self._loop = (
            asyncio.get_running_loop()
        )  # before the check, so that the thread cannot finish unnoticed
        if self._written >= self._put:
            return
        future = self._loop.create_future()
        self._waiting.append((self._put, future))
        await future

    def close(self) -> None:
        """Write the rest and close the file."""
        self._orders.put(None)
        self._thread.join()
        self._reader.close()
        os.close(self._lock)

    def _order(self, statement: str, *values: object) -> None:
        self._put += 1
        self._orders.put((statement, values))

    def _write(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute(
            "PRAGMA synchronous=NORMAL"
        )  # enough for kill -9; a power cut may cost the last group
        try:
            while self._write_group(connection):
                pass
        finally:
            connection.close()

    def _write_group(self, connection: sqlite3.Connection) -> bool:
        group = [self._orders.get()]
        while not self._orders.empty():
            group.append(self._orders.get())
        orders = [order for order in group if order is not None]
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement, values in orders:
                connection.execute(statement, values)
            connection.execute("COMMIT")
        except sqlite3.Error as failure:
            self._failure = failure
        self._written += len(orders)
        self._tell()
        return None not in group

    def _tell(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        ready = [future for put, future in self._waiting if put <= self._written]
        self._waiting = [(put, future) for put, future in self._waiting if put > self._written]
        for future in ready:
            if future.done():
                continue
            if self._failure is not None:
                future.set_exception(self._failure)
            else:
                future.set_result(None)


def _take_alone(path: Path) -> int:
    """Hold a lock file until its descriptor is closed. Raises StateUnusable where another program holds it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        import fcntl
    except ImportError:  # Windows: docs/emulator.md warns against starting two
        return descriptor
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StateUnusable(f"another emulator uses {path.parent}") from None
    except OSError:  # a file system without locks: as good as it gets
        return descriptor
    return descriptor


def _open(path: Path) -> sqlite3.Connection:
    """The database, readable for its owner alone; SQLite gives its side files the same rights."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        problem = f"{path} cannot be used as state: {error}"
        number = _DISK.get(error.sqlite_errorcode & 0xFF)
        raise (StateUnusable(problem) if number is None else StateUnusable(number, problem)) from None
    except StateUnusable:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Check whether a database is ours and whole, and make its tables if there are none."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StateUnusable(f"{path} was written by a later version ({version})")
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise StateUnusable(f"{path} is damaged: {problem}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version={VERSION}")
