"""One SQLite database, a file or ``:memory:``, for one account or a fleet; it opens, locks and closes, and reads no row.

A file is opened twice: the writer thread has one connection, and readers another, which sees whole
transactions only and never waits for the writer. ``:memory:`` has one connection behind a lock.

What the stores mirror of the tables in memory changes only under the writer's lock and is read from the writer's
connection, so that an older reading never takes the place of a newer one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import secrets
import sqlite3
import stat
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from hongyan import reports
from hongyan.errors import ProfileLocked, StorageDamaged, StorageError, UsageError
from hongyan.lockfile import LockFile
from hongyan.model.ids import ChatKey
from hongyan.store.migrate import migrate
from hongyan.store.trouble import is_busy, is_the_machines, storage_error
from hongyan.store.writer import CHECKPOINT_PAGES, Writer, already_closed, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    _Alone = Callable[[], contextlib.AbstractContextManager[None]]

__all__ = ["Database", "Mirror"]

_BUSY_MS: Final = 5_000
_PATIENCE_S: Final = 15.0  # that a locked file is waited for at the start
_UPGRADE_S: Final = 2.0  # that another program's upgrade of the file is waited for
_AGAIN_S: Final = 0.2
_LOOK_AGAIN_S: Final = 1.0
_PRIVATE: Final = 0o600
_ONLY_READ: Final = frozenset({errno.EACCES, errno.EROFS, errno.EPERM})
_LOOK_S: Final = 0.025  # between two looks for what other programs wrote; one look takes 3 microseconds


class Mirror(Protocol):
    """What a program keeps in memory of the tables of one account."""

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Let memory follow what other programs have committed; called under the writer's lock."""

    def hear(self) -> None:
        """Let waiters know that other programs have committed something; called in the loop."""

    def end(self) -> None:
        """Let waiters know that the file is being closed."""


class Database:
    """The file and its threads. ``entropy(n)`` gives n random bytes, from which lasting keys are made.

    ``holds`` is False for programs beside the one that holds the login: they never checkpoint. ``used_before`` says that
    a file which is there cannot be an empty one; ``alone`` is entered while a file of an earlier version is brought to
    the newest schema, and raises ProfileLocked where a program uses it. StorageError where the file cannot be used, StorageDamaged where it is
    no journal (any more).
    """

    def __init__(
        self,
        path: Path | None,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
        *,
        holds: bool = True,
        used_before: bool = False,
        alone: _Alone = contextlib.nullcontext,
    ) -> None:
        self.path = path
        self._entropy = entropy
        self._lock = threading.RLock()
        writing = self._written = _opened(path, used_before=used_before, alone=alone)
        try:
            writing.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES if holds else 0}")
            self._version = _version(writing)
        except sqlite3.Error as error:
            writing.close()
            raise storage_error(error, path, "opened") from error
        self._reading = writing if path is None else self._second(path)
        self._mirrors: dict[str, Mirror] = {}
        self._has_changes = False
        self.writer = Writer(writing, self._lock, path=path, checkpoints=holds, begun=self._take_in)
        self.undo = self.writer.undo
        self._closed = False
        self.holds = holds

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for a short read; StorageError where the disk, the file or a lock prevents it."""
        self.require_file()
        try:
            with self._lock if self._reading is self._written else contextlib.nullcontext():
                yield self._reading
        except OverflowError as error:
            raise too_large() from error
        except sqlite3.Error as error:
            if (reason := self._reason(error)) is error:
                raise
            raise reason from error

    def require_file(self) -> None:
        """Raise StorageDamaged once the file was found gone: a journal that keeps nothing is not gone on with."""
        if self.writer.lost:
            raise self.writer.gone()

    def _reason(self, error: sqlite3.Error) -> Exception:
        """Return the error that a failed read raises; a fault of ours stays as it is."""
        if is_the_machines(error):
            return storage_error(error, self.path, "read")
        if self._closed and isinstance(error, sqlite3.ProgrammingError):
            return already_closed()
        return error

    def _second(self, path: Path) -> sqlite3.Connection:
        """Open the connection of the readers; where that fails, the first is closed again."""
        try:
            return _connect(path)
        except sqlite3.Error as error:
            self._written.close()
            raise storage_error(error, path, "opened") from error

    def set_holds(self, *, holds: bool) -> None:
        """Say whether this program now holds the login: it alone checkpoints."""
        pages = CHECKPOINT_PAGES if holds else 0
        self.holds = holds
        self.writer.checkpoints = holds
        self.writer.post(lambda c: c.execute(f"PRAGMA wal_autocheckpoint = {pages}"), durable=False)

    async def watch(self) -> None:
        """Notify the stores of what other programs commit, without end: a look that fails costs nothing but that look."""
        while True:
            try:
                self.look()
            except StorageError:
                await asyncio.sleep(_LOOK_AGAIN_S)
            except Exception as fault:  # noqa: BLE001  # else waiting for other programs would never end
                reports.note(fault, doing="looking for what other programs wrote")
                await asyncio.sleep(_LOOK_AGAIN_S)
            await asyncio.sleep(_LOOK_S)

    def look(self) -> None:
        """Take in what other programs have committed, and wake those who wait for it.

        The writer is not waited for: it takes in the same at the beginning of its transactions.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._take_in(self._written)
            except sqlite3.Error as error:
                if (reason := self._reason(error)) is error:
                    raise
                raise reason from error
            finally:
                self._lock.release()
        if self._has_changes:
            self._has_changes = False
            for mirror in self._mirrors.values():
                mirror.hear()

    def doubt(self) -> None:
        """Let the next look, or the next transaction, take in what a job has written past memory."""
        self._version = -1

    def _take_in(self, connection: sqlite3.Connection) -> None:
        """Let memory follow what other programs have committed since the last look, under the lock.

        SQLite's ``data_version`` changes for commits of other connections only.
        """
        version = _version(connection)
        if version != self._version:
            for mirror in self._mirrors.values():
                mirror.take_in(connection)
            self._version = version
            self._has_changes = True

    def claim(self, account: int, consumer: str) -> LockFile | None:
        """Return the lock of a consumer's name for an account, taken; None in memory.

        UsageError where another program reads under it, StorageError where the disk has no lock for it.
        """
        if self.path is None:
            return None
        folder = self.path.parent / "readers"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {folder} cannot be used: {error.strerror}") from error
        lock = LockFile(folder / hashlib.sha256(f"{account} {consumer}".encode()).hexdigest()[:16])
        if not lock.take(f"process {os.getpid()}"):
            raise UsageError(
                f"{consumer!r} is being read already, by {lock.note() or 'another program'}",
                "Quit that program, or give each reader a different name.",
            )
        return lock

    def fresh_key(self) -> ChatKey:
        """Return a new lasting key: 16 letters and digits that say nothing."""
        return ChatKey(self._entropy(8).hex())

    def mirror(self, name: str, make: Callable[[], Mirror]) -> Mirror:
        """Return what mirrors the tables of the account called ``name``, made where it is new."""
        if name not in self._mirrors:
            with self._lock:  # no look falls between what it reads and its place among the others
                self._mirrors[name] = make()
        return self._mirrors[name]

    def account(self, name: str) -> tuple[int, ChatKey]:
        """Return the number and the own key of the account called ``name``, making it where it is new."""
        number, me = self._row_of(name) or self._new_row(name)
        return number, ChatKey(me)

    def _row_of(self, name: str) -> tuple[int, str] | None:
        """Return number and key of an account that is there; a look writes nothing."""
        with self.reading() as connection:
            row = connection.execute("SELECT id, me FROM account WHERE name = ?", (name,)).fetchone()
        return (int(row[0]), str(row[1])) if row else None

    def _new_row(self, name: str) -> tuple[int, str]:
        try:
            with self._lock:
                self._written.execute(
                    "INSERT INTO account (name, me) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (name, self.fresh_key()),
                )
        except sqlite3.OperationalError as error:
            raise storage_error(error, self.path, "written") from error
        row = self._row_of(name)
        assert row is not None  # it was just made, here or elsewhere
        return row

    def close(self) -> None:
        """Finish what is queued and close the file."""
        if self._closed:
            return
        self._closed = True
        self.writer.stop()
        for mirror in self._mirrors.values():
            mirror.end()
        if self._reading is not self._written:
            self._reading.close()
        self._written.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _opened(path: Path | None, *, used_before: bool, alone: _Alone) -> sqlite3.Connection:
    """Open a file and bring its schema up to date; one that another program locks is waited for."""
    began = time.monotonic()
    while True:
        try:
            return _once_opened(path, used_before=used_before, alone=alone)
        except ProfileLocked:  # perhaps by a program that upgrades it, too
            if time.monotonic() > began + _UPGRADE_S:
                raise
        except (sqlite3.Error, OSError) as error:
            if not is_busy(error) or time.monotonic() > began + _PATIENCE_S:
                raise storage_error(error, path, "opened") from error
        time.sleep(_AGAIN_S)


def _once_opened(path: Path | None, *, used_before: bool, alone: _Alone) -> sqlite3.Connection:
    expects = used_before and path is not None and path.exists()
    if path is not None:
        if expects and path.stat().st_size == 0:
            raise _emptied(path)
        _make_private(path)
    connection = _connect(path)
    try:
        if expects:
            _require_schema(connection, path)
        migrate(connection, alone)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_schema(connection: sqlite3.Connection, path: Path | None) -> None:
    """Raise StorageDamaged where an emptied file would be taken for a new one."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        raise _emptied(path)


def _emptied(path: Path | None) -> StorageDamaged:
    return StorageDamaged(
        f"the journal {path} is empty, though the profile was used before",
        "Put a saved copy in its place; or delete it to begin a new one; the earlier history is then gone.",
    )


def _make_private(path: Path) -> None:
    """Create the file so that only its owner reads it, before SQLite gives its mode to the log files beside it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        if error.errno not in _ONLY_READ or not path.is_file():
            raise
        return  # what may only be read can still be read
    try:
        if stat.S_IMODE(os.fstat(handle).st_mode) != _PRIVATE:
            os.fchmod(handle, _PRIVATE)
    finally:
        os.close(handle)


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(
        str(path) if path else ":memory:",
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        if path is not None and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection
