"""Hands journal rows to named consumers and keeps how far each is; it writes no row of the journal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from hongyan.errors import StorageError, UsageError
from hongyan.model.ids import Seq
from hongyan.store.progress import Progress, Window
from hongyan.store.rows import encode

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncGenerator, Callable

    from hongyan.model.events import Recorded
    from hongyan.store.journal import SqliteJournal
    from hongyan.store.session import Session

    Wanted = Callable[[Recorded], bool]

__all__ = ["SqliteConsumers"]

_T = TypeVar("_T")

_log = logging.getLogger("hongyan.storage")

_BATCH: Final = 64
_BESIDE_S: Final = 0.05  # between two commits of progress beside the holder, which would starve otherwise


class SqliteConsumers:
    """``ports.consumers.Consumers``: the consumers of one account's journal."""

    def __init__(self, session: Session, journal: SqliteJournal) -> None:
        self._session = session
        self._journal = journal
        self._account = session.account
        self._windows: dict[str, Window] = {}
        self._saving: dict[str, asyncio.Task[None]] = {}
        self._changed: set[str] = set()

    def progress(self, consumer: str) -> Progress:
        """Return how far a consumer is; a new one begins at the journal's end."""
        with self._session.reading() as connection:
            row = connection.execute(
                "SELECT low, finished, begun, tries FROM progress WHERE account_id = ? AND consumer = ?",
                (self._account, consumer),
            ).fetchone()
        if row is None:
            return Progress(self._journal.latest())
        low, finished, begun, tries = row
        return Progress(
            Seq(low),
            _read(finished, frozenset[Seq]) or frozenset(),
            _read(begun, frozenset[Seq]) or frozenset(),
            _read(tries, dict[Seq, int]) or {},
        )

    def reached(self, consumer: str) -> Seq:
        """Return the row up to which a consumer has finished everything; the newest for one that is new."""
        return self.progress(consumer).low

    async def feed(self, consumer: str, only: Wanted | None = None) -> AsyncGenerator[Recorded, None]:
        """Yield events from a consumer's own position on, waiting for new ones; those that are not wanted count as finished."""
        if consumer in self._windows:
            raise UsageError(f"{consumer!r} is being read already", "Give each reader a different name.")
        claim = self._session.database.claim(self._account, consumer)
        self._windows[consumer] = window = Window(self.progress(consumer))
        try:
            await self._save(consumer, window)
            while True:
                for recorded in await self._hand_out(consumer, window, only):
                    yield recorded
        finally:
            del self._windows[consumer]
            try:
                with contextlib.suppress(
                    StorageError
                ):  # a full disk does not keep a consumer from leaving: the last position stays
                    await self._save(consumer, window)
            finally:
                if claim is not None:
                    claim.release()

    def finish(self, consumer: str, seq: Seq) -> bool:
        """Note an event as finished, and return whether the feed was waiting for room."""
        window = self._windows.get(consumer)
        if window is None:
            return False
        waits = window.room <= 0
        window.finish(seq)
        return waits

    async def begin_again(self, consumer: str, seq: Seq) -> int:
        """Count an event that is handled again, before it is, and return how often it was."""
        window = self._windows.get(consumer)
        if window is None:
            return 0
        count = window.try_again(seq)
        await self._save(consumer, window)
        return count

    def spare(self, consumer: str, seq: Seq) -> None:
        """Take the last count of an event back; the feed's end writes it down."""
        if (window := self._windows.get(consumer)) is not None:
            window.spare(seq)

    async def give_up(self, consumer: str, seq: Seq, *, now: float) -> None:
        """Note an event as a dead letter and as finished, at once."""
        window = self._windows.get(consumer)
        if window is None:
            return
        tries = window.tries(seq)
        window.finish(seq)
        position = window.position()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO dead_letter (account_id, consumer, seq, at, tries) VALUES (?, ?, ?, ?, ?)",
                (self._account, consumer, seq, now, tries),
            )
            self.write(connection, consumer, position)

        await self._session.write(work, wake=True)

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a consumer gave up, oldest first."""
        with self._session.reading() as connection:
            rows = connection.execute(
                "SELECT seq FROM dead_letter WHERE account_id = ? AND consumer = ? ORDER BY seq",
                (self._account, consumer),
            ).fetchall()
        return [row for (seq,) in rows if (row := self._journal.event(Seq(seq))) is not None]

    def present(self, consumer: str) -> Progress | None:
        """Return the position to keep, or None where the name is not being consumed."""
        window = self._windows.get(consumer)
        return window.position() if window is not None else None

    def save_soon(self, consumer: str) -> None:
        """Let one commit carry all positions that change while the one before is being written."""
        window = self._windows.get(consumer)
        if window is None:
            return
        self._changed.add(consumer)
        if consumer not in self._saving:
            self._saving[consumer] = asyncio.create_task(self._save_while_changing(consumer, window))

    def write(self, connection: sqlite3.Connection, consumer: str, position: Progress) -> None:
        """Write a position, in the writer's transaction."""
        connection.execute(
            "INSERT OR REPLACE INTO progress (account_id, consumer, low, finished, begun, tries)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._account,
                consumer,
                position.low,
                encode(sorted(position.finished)),
                encode(sorted(position.begun)),
                encode(dict(sorted(position.tries.items()))),
            ),
        )

    async def _hand_out(self, consumer: str, window: Window, only: Wanted | None) -> list[Recorded]:
        """Wait for rows and for room, and note them as started before the consumer gets them."""
        while window.room <= 0:
            await self._session.changed()
        await self._journal.wait(window.read_to)
        rows = self._journal.read(window.read_to, limit=min(_BATCH, window.room))
        unseen = [r for r in rows if window.hand_out(r.seq)]
        if only is not None:
            unseen = self._sifted(unseen, window, only)
            self.save_soon(consumer)
        if unseen:
            await self._save(consumer, window)
        return [
            msgspec.structs.replace(r, redelivered=True, tries=window.tries(r.seq))
            if window.redelivered(r.seq)
            else r
            for r in unseen
        ]

    @staticmethod
    def _sifted(rows: list[Recorded], window: Window, only: Wanted) -> list[Recorded]:
        """Return the rows that are wanted; the others are finished at once."""
        wanted = []
        for row in rows:
            if only(row):
                wanted.append(row)
            else:
                window.finish(row.seq)
        return wanted

    async def _save_while_changing(self, consumer: str, window: Window) -> None:
        try:
            while consumer in self._changed:
                self._changed.discard(consumer)
                await self._save(consumer, window)
                if not self._session.database.holds:
                    await asyncio.sleep(_BESIDE_S)
        except StorageError as error:  # what is not stored is delivered again: the next change retries
            _log.warning("%s (while keeping how far %r is)", error, consumer)
        finally:  # in the same step as the last look, so that no change falls between
            self._saving.pop(consumer, None)

    async def _save(self, consumer: str, window: Window) -> None:
        """Commit a position: safe from kill -9 at once, on the disk with the next durable commit."""
        position = window.position()
        await self._session.write(lambda c: self.write(c, consumer, position), durable=False)


def _read(row: bytes, kind: type[_T]) -> _T | None:
    """Return a part of a position, None where it cannot be read: what is not known to be finished is handed out again."""
    try:
        return msgspec.json.decode(row, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
