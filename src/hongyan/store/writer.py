"""One thread that writes for all, many jobs to a transaction; it knows no table.

Whatever has been queued while a commit ran goes into the next transaction together, so that durable commits
(one fsync each) cost a fraction each. A job that fails is rolled back alone. Only this thread runs checkpoints, when
nothing is waiting or when the log has grown past ``CHECKPOINT_PAGES``: checkpoints inside ordinary commits tripled
their slowest hundredth in trials.

What jobs change in memory beside the tables is undone with them (``undo``). Before the first job of a transaction,
``begun`` reads what other programs have committed, which they cannot do any more until its end.
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan.errors import StorageDamaged, StorageError, UsageError
from hongyan.store.trouble import is_the_machines, storage_error
from hongyan.store.undo import UndoLog

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["CHECKPOINT_PAGES", "Writer", "already_closed", "too_large"]

CHECKPOINT_PAGES: Final = 8_000
_IDLE_S: Final = 1.0
_GROUP: Final = 256  # jobs in one transaction at most, so that each waits briefly

T = TypeVar("T")


@dataclass(slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], object]
    future: asyncio.Future[object] | None
    loop: asyncio.AbstractEventLoop | None
    durable: bool
    after: Callable[[], None] | None
    result: object = None
    error: Exception | None = None


class Writer:
    """Runs jobs ``work(connection)`` in a separate thread, each call inside a transaction that it shares.

    ``lock`` is held during a transaction; readers on the same connection (``:memory:``) take it too.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: threading.RLock,
        *,
        path: Path | None,
        checkpoints: bool,
        begun: Callable[[sqlite3.Connection], None],
    ) -> None:
        on_disk, self._path = path is not None, path
        self._place = path.resolve() if path is not None else None  # a program may change its folder
        self._file = _file_at(self._place)
        self.lost = False
        self.checkpoints = checkpoints
        self.undo = UndoLog()
        self._begun = begun
        self._connection = connection
        self._lock = lock
        self._on_disk = on_disk
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._dirty = False
        self._durable: bool | None = None
        self._door = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="hongyan-writer", daemon=True)
        self._thread.start()

    def post(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        durable: bool = True,
        after: Callable[[], None] | None = None,
    ) -> asyncio.Future[T] | None:
        """Queue ``work``; with ``loop``, return a future of its result, resolved once the transaction is committed.

        ``durable`` forces the commit to the disk. ``after`` runs in the loop after the commit.
        """
        future: asyncio.Future[T] | None = loop.create_future() if loop else None
        job = _Job(work, future, loop, durable, after)  # type: ignore[arg-type]  # futures are invariant
        with self._door:
            if not self._stopped:
                self._jobs.put(job)
            elif future is not None:
                future.set_exception(already_closed())  # nothing would ever resolve it
        return future

    def stop(self) -> None:
        """Finish what is queued and end the thread; what is posted from then on fails."""
        with self._door:
            self._stopped = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            jobs, stopping = self._take()
            if jobs:
                self._commit(jobs)
                _report(jobs)
            elif self._dirty:
                self._checkpoint()

    def _take(self) -> tuple[list[_Job], bool]:
        """Return what is waiting, and whether the end was asked for."""
        jobs: list[_Job] = []
        try:
            job = self._jobs.get(timeout=_IDLE_S if self._dirty else None)
            while job is not None and len(jobs) < _GROUP:
                jobs.append(job)
                job = self._jobs.get_nowait()
        except queue.Empty:
            return jobs, False
        if job is not None:
            jobs.append(job)
        return jobs, job is None

    def _commit(self, jobs: list[_Job]) -> None:
        with self._lock:
            try:
                self._begin(durable=any(job.durable for job in jobs))
                for job in jobs:
                    self._attempt(job, alone=len(jobs) == 1)
                self._require_file()
                self._connection.execute("COMMIT")
                self.undo.clear()
                self._dirty = self._on_disk and self.checkpoints
            except Exception as error:  # noqa: BLE001  # each waiting job gets it; this thread goes on
                self._rollback()  # SQLite may have done so by itself, and then what follows fails in other words
                first = next((job.error for job in jobs if isinstance(job.error, StorageError)), None)
                for job in jobs:
                    job.error = job.error or first or self._reason(error)

    def _begin(self, *, durable: bool) -> None:
        if self._on_disk and durable is not self._durable:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        self._connection.execute("BEGIN IMMEDIATE")
        self._begun(self._connection)

    def _require_file(self) -> None:
        """Raise StorageDamaged where the file is not in its place any more: what is written into it would be lost."""
        if _file_at(self._place) != self._file:
            self.lost = True
            raise self.gone()

    def gone(self) -> StorageDamaged:
        """Return the error for a file that is not in its place any more."""
        return StorageDamaged(
            f"the journal {self._path} is gone: it was deleted, moved or replaced while this program ran",
            "Put it back, if you have it; without it, log in again.",
        )

    def _attempt(self, job: _Job, *, alone: bool) -> None:
        """Run one job; what it raises is its own, and undoes only itself."""
        if not alone:
            self._connection.execute("SAVEPOINT job")
        mark = self.undo.mark()
        try:
            job.result = job.work(self._connection)
        except Exception as error:  # handed to the waiting caller
            job.error = self._reason(error)
            self.undo.undo(mark)
            if not self._connection.in_transaction:  # a full disk, for one, undoes everything by itself
                raise
            self._connection.execute("ROLLBACK TO job" if not alone else "ROLLBACK")
            if alone:
                self._connection.execute("BEGIN")
        if not alone:
            self._connection.execute("RELEASE job")

    def _reason(self, error: Exception) -> Exception:
        """Return what the machine is to blame for as its error; a wrong statement or value is a fault of ours and stays."""
        if isinstance(error, sqlite3.Error) and is_the_machines(error):
            return storage_error(error, self._path, "written")
        return error

    def _rollback(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # the first error is the one to report
            self._connection.execute("ROLLBACK")
        self.undo.undo()

    def _checkpoint(self) -> None:
        self._dirty = False
        with (
            contextlib.suppress(sqlite3.Error),
            self._lock,
        ):  # a busy reader: the next idle second tries again
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _file_at(place: Path | None) -> tuple[int, int] | None:
    """Return which file is at a path, None if there is none."""
    if place is None:
        return None
    try:
        there = place.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def too_large() -> UsageError:
    """Return the error for a number of more than 64 bits."""
    return UsageError("there is nothing under so large a number")


def already_closed() -> UsageError:
    """Return the error for the use of an account after its end."""
    return UsageError(
        "the account is closed", "Use it only inside the block that opened it: async with open_account(…)."
    )


def _report(jobs: list[_Job]) -> None:
    """Hand the results back, with one wake-up per loop."""
    loops = {job.loop for job in jobs if job.loop is not None}
    for loop in loops:
        mine = [job for job in jobs if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop has been closed: nothing waits any more
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future is not None and not job.future.done():
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
    for after in dict.fromkeys(job.after for job in jobs if job.after is not None and job.error is None):
        after()
