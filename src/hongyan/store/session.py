"""One account's way to the tables: short reads, writes in the writer's transaction, and the waiting for changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from hongyan.store.waiters import Waiters

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from hongyan.model.ids import ChatKey
    from hongyan.store.database import Database
    from hongyan.store.undo import UndoLog

__all__ = ["Session"]

T = TypeVar("T")


class Session:
    """What the parts of an account's store share. ``account`` is its number, ``me`` its own lasting key."""

    def __init__(self, database: Database, account: int, me: ChatKey) -> None:
        self.database = database
        self.account = account
        self.me = me
        self.rewritten = 0
        """Grows in the writer whenever rows of the journal are changed: what memory holds of them is read anew."""
        self._waiters = Waiters()

    @property
    def undo(self) -> UndoLog:
        """What undoes the changes of memory with the writer's transaction."""
        return self.database.undo

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give a connection for a short read; StorageError where the disk, the file or a lock prevents it."""
        return self.database.reading()

    async def write(
        self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True, wake: bool = False
    ) -> T:
        """Run ``work`` in the writer's transaction and return what it returns once that is committed.

        ``durable`` forces the commit to the disk; ``wake`` wakes those who wait for changes.
        """
        future = self.database.writer.post(
            work, loop=asyncio.get_running_loop(), durable=durable, after=self.wake if wake else None
        )
        assert future is not None  # a loop was given
        return await future

    async def changed(self) -> None:
        """Return after the next commit that others may care for; StorageDamaged where none can come any more.

        UsageError once the file is closed.
        """
        await self._waiters.wait()
        self.database.require_file()

    def wake(self) -> None:
        """Wake those who wait for changes."""
        self._waiters.wake()

    def end(self) -> None:
        """Let waiters know that nothing comes any more: the file is being closed."""
        self._waiters.end()
