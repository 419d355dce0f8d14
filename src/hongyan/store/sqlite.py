"""Opens the store of an account: puts its parts together, and runs the transactions that span several of them.

Everything that writes runs in the database's writer thread inside a transaction and returns when it is committed;
what only reads looks into memory or runs one short query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.model.commands import CANCELLED, CommandRow, IdempotencyKey, Outcome
from hongyan.store.archive import SqliteArchive
from hongyan.store.chat_state import SqliteChatStates
from hongyan.store.consumers import SqliteConsumers
from hongyan.store.directory import SqliteDirectory
from hongyan.store.dump import Dump
from hongyan.store.journal import SqliteJournal
from hongyan.store.login import SqliteLogin
from hongyan.store.outbox import SqliteOutbox
from hongyan.store.session import Session

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from hongyan.model.commands import Command, Settlement
    from hongyan.model.events import Event, Recorded
    from hongyan.model.ids import ClientMsgId, CommandId, LoginId, Seq
    from hongyan.model.matching import MatchResult
    from hongyan.store.database import Database

__all__ = ["SqliteStore", "open_store"]


class SqliteStore:
    """``ports.Store`` on a shared ``Database``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.database = session.database
        self.me = session.me
        self.login = SqliteLogin(session)
        self.directory = SqliteDirectory(session, self.login)
        aliases = self.directory.aliases
        self.journal = SqliteJournal(session, self.directory)
        self.outbox = SqliteOutbox(session, aliases)
        self.consumers = SqliteConsumers(session, self.journal)
        self.chat_state = SqliteChatStates(session, aliases)
        self.archive = SqliteArchive(session, aliases)
        self.dump = Dump(session, self.journal)

    async def append(
        self,
        events: Sequence[tuple[Event, bytes]],
        *,
        login: LoginId,
        received_at: float,
        position: bytes | None = None,
    ) -> list[Recorded]:
        """Write events with their raw bytes, and the next position, in one transaction; drop messages already there."""

        def work(connection: sqlite3.Connection) -> tuple[list[Recorded], int]:
            written = self.journal.append(connection, events, login, received_at)
            if position is not None:
                self.login.keep_position(connection, login, position, received_at)
            return written, self.session.rewritten

        written, rewritten = await self.session.write(work)
        self._note_written(written)
        if rewritten != self.session.rewritten:  # perhaps these very rows, in the same transaction
            self.journal.forget_tail()
        return written

    async def done(
        self,
        consumer: str,
        seq: Seq,
        commands: Sequence[tuple[Command, ClientMsgId]] = (),
        *,
        now: float = 0.0,
    ) -> list[CommandRow]:
        """Mark an event finished and enqueue what its handler asked for, under (consumer, seq, ordinal), at once.

        Without commands it returns before the commit, which follows within milliseconds.
        """
        waits = self.consumers.finish(consumer, seq)
        if not commands:
            self.consumers.save_soon(consumer)
            if waits:
                self.session.wake()
            return []
        progress = self.consumers.present(consumer)

        def work(connection: sqlite3.Connection) -> list[CommandRow]:
            if progress is not None:
                self.consumers.write(connection, consumer, progress)
            return [
                self.outbox.add(
                    connection, command, number, now, IdempotencyKey(consumer, seq, ordinal), None
                )
                for ordinal, (command, number) in enumerate(commands)
            ]

        return await self.session.write(work, wake=True)

    async def settle(self, settlement: Settlement, *, now: float) -> CommandRow:
        """Set a command's outcome, and journal it unless the command is merely queued again."""

        def work(connection: sqlite3.Connection) -> tuple[CommandRow, list[Recorded]]:
            was_open = self.outbox.row(connection, settlement.command).open
            row = self.outbox.settle(connection, settlement, now)
            if row.open or (settlement.outcome is Outcome.QUEUED and not was_open):
                return row, []
            return row, [self.journal.settled(connection, row, self.login.current, now)]

        return await self._settled(work)

    async def drop(self, command: CommandId, *, now: float) -> CommandRow:
        """Cancel a queued command, and journal that; dismiss one that failed or is unconfirmed."""

        def work(connection: sqlite3.Connection) -> tuple[CommandRow, list[Recorded]]:
            row = self.outbox.drop(connection, command, now)
            if row.reason != CANCELLED:
                return row, []
            return row, [self.journal.settled(connection, row, self.login.current, now)]

        return await self._settled(work)

    async def _settled(
        self, work: Callable[[sqlite3.Connection], tuple[CommandRow, list[Recorded]]]
    ) -> CommandRow:
        row, written = await self.session.write(work, wake=True)
        self._note_written(written)
        return row

    async def complete_contacts(self, login: LoginId, *, now: float) -> MatchResult:
        """Note that the contact list of ``login`` was read to its end, and find the people of former logins again in it."""

        def work(connection: sqlite3.Connection) -> MatchResult:
            found = self.directory.aliases.recognise(connection, login, now)
            self.login.write_complete(connection, login, complete=True)
            return found

        return await self.session.write(work, wake=True)

    async def changed(self) -> None:
        """Return after the next commit that others may care for."""
        await self.session.changed()

    async def close(self) -> None:
        """Commit what is waiting. The database is closed where it was opened."""
        await self.session.write(lambda _: None)

    # -- what the database asks

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Let memory follow what other programs have committed, under the writer's lock."""
        self.login.take_in(connection)
        self.directory.take_in(connection)
        self.outbox.take_in(connection)

    def hear(self) -> None:
        """Let waiters know that other programs have committed something; for the loop, which has the journal's end."""
        self.journal.refresh()
        self.session.wake()

    def end(self) -> None:
        """Let waiters know that nothing comes any more: the file is being closed."""
        self.session.end()

    def _note_written(self, written: Sequence[Recorded]) -> None:
        if written:
            self.journal.note(written)
            self.session.wake()


def open_store(database: Database, name: str) -> SqliteStore:
    """Return the store of the account called ``name``, made where it is new; one name has one store in a database."""

    def make() -> SqliteStore:
        return SqliteStore(Session(database, *database.account(name)))

    store = database.mirror(name, make)
    assert isinstance(store, SqliteStore)  # nothing else is made
    return store
