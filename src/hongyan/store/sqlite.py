"""The one Store: an account's journal, outbox, directory, progress and status, as the client calls them.

Everything that writes runs in the database's writer thread inside a transaction and returns when it is committed;
what only reads looks into memory or runs one short query.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan.errors import StorageError
from hongyan.model.commands import CANCELLED, Command, CommandRow, IdempotencyKey, Outcome, Settlement
from hongyan.model.events import LoginState, Recorded, Status
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId, Seq, TransientName
from hongyan.store import history
from hongyan.store.aliases import Aliases
from hongyan.store.chat_state import Desk
from hongyan.store.consumers import Readers
from hongyan.store.contacts import People
from hongyan.store.dump import Dump
from hongyan.store.journal import Journal
from hongyan.store.media_files import MediaFiles
from hongyan.store.names import Names
from hongyan.store.outbox import Outbox
from hongyan.store.retention import Retention
from hongyan.store.rows import decode_status, encode
from hongyan.store.search import Search
from hongyan.store.waiters import Waiters

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from hongyan.model.chat_state import ChatState
    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.events import Event
    from hongyan.model.matching import Likeness, Unresolved
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding, Removal
    from hongyan.model.search import Query
    from hongyan.store.database import Database
    from hongyan.store.progress import Position

__all__ = ["SqliteStore"]

T = TypeVar("T")
_BEGINNING: Final = Seq(0)


class SqliteStore:
    """``ports.Store`` on a shared ``Database``. ``me`` is the account's own lasting key."""

    def __init__(self, database: Database, account: int, me: ChatKey) -> None:
        self.database = database
        self._account = account
        self.me = me
        self._names = Names(database, account)
        self._people = People(database, account, me, self._names)
        self._aliases = Aliases(database, account, self._names, self._people)
        self._journal = Journal(database, account, self._names, self._people, self._aliases)
        self._outbox = Outbox(database, account)
        self._readers = Readers(self, account)
        self._search = Search(database, account, self._aliases)
        self.dump = Dump(database, account, self._journal)
        self._kept = MediaFiles(database, account)
        self._retention = Retention(database, account, self._aliases)
        self._desk = Desk(database, account, self._aliases)
        self._waiters = Waiters()
        self._rebound = False
        self._unwritten: Status | None = None
        with database.reading() as connection:
            self._login = self._read_login(connection)

    # -- the journal

    async def append(
        self,
        events: Sequence[tuple[Event, bytes]],
        *,
        login: LoginId,
        received_at: float,
        position: bytes | None = None,
    ) -> list[Recorded]:
        """Write events with their raw bytes, and the next position, in one transaction; drop messages already there."""

        def work(connection: sqlite3.Connection) -> list[Recorded]:
            written = self._journal.append(connection, events, login, received_at)
            if position is not None:
                self._keep_position(connection, login, position, received_at)
            return written

        written = await self.write(work)
        self._note_written(written)
        return written

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return journal rows after ``after``, oldest first."""
        return self._journal.read(after, limit)

    def event(self, seq: Seq) -> Recorded | None:
        """Return one journal row."""
        return self._journal.event(seq)

    def raw(self, seq: Seq) -> bytes:
        """Return the bytes that a row was read from."""
        return self._journal.raw(seq)

    def message(self, message: str) -> Recorded | None:
        """Return the row of the message with this number."""
        return self._journal.message(message)

    def latest(self) -> Seq:
        """Return the newest row's number, 0 in an empty journal."""
        return self._journal.latest

    def history(self, chat: ChatKey, *, limit: int = 20, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat, oldest first, and the gaps between them.

        Of a command only its last outcome is there; ``limit`` does not count the gaps.
        """
        return history.newest(self._journal, chat, limit, before)

    def history_around(self, chat: ChatKey, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return the row ``seq`` as ``history`` does, with so many rows of the chat before and after it."""
        return history.around(self._journal, chat, seq, before, after)

    def count(self, chat: ChatKey) -> int:
        """Return how many rows a chat has, news of its members and the like among them."""
        return self._journal.count(chat)

    def conversation(self, chat: ChatKey, *, after: Seq = _BEGINNING, limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat as ``history`` does, but from its beginning on: the next ``limit`` rows.

        The last number that is returned is where to go on; an empty list is the end.
        """
        return history.following(self._journal, chat, after, limit)

    def recalled(self, messages: Iterable[str]) -> set[str]:
        """Return those of these messages, by the service's numbers, that were taken back."""
        return self._journal.recalled(messages)

    def last(self, chat: ChatKey) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden."""
        return self._journal.last(chat)

    def pending(self, chat: ChatKey) -> list[CommandRow]:
        """Return the messages to a chat whose outcome is still to come, oldest first."""
        return self._outbox.pending(self._aliases.all_of(chat))

    # -- what people at this machine made of the chats

    def chat_states(self) -> dict[ChatKey, ChatState]:
        """Return the states of all chats that have one."""
        return self._desk.states()

    def chat_state(self, chat: ChatKey) -> ChatState:
        """Return the state of one chat."""
        return self._desk.state(chat)

    async def mark_seen(self, chat: ChatKey, up_to: Seq | None) -> None:
        """Note that a chat was read, all of it or up to a row."""
        await self.write(lambda c: self._desk.mark_seen(c, chat, up_to), durable=False, wake=True)

    async def mark_unread(self, chat: ChatKey) -> None:
        """Let a chat count as unread."""
        await self.write(lambda c: self._desk.mark_unread(c, chat), durable=False, wake=True)

    async def keep_draft(
        self, chat: ChatKey, draft: str, *, quoting: Seq, attached: Sequence[str], now: float
    ) -> None:
        """Keep a text that is not sent yet."""
        await self.write(
            lambda c: self._desk.keep_draft(c, chat, draft, quoting, attached, now), durable=False, wake=True
        )

    async def set_local(self, chat: ChatKey, **values: bool | None) -> None:
        """Set ``muted`` or ``archived`` of a chat, for this machine alone."""
        await self.write(lambda c: self._desk.set(c, chat, **values), durable=False, wake=True)

    async def hide(self, seq: Seq) -> None:
        """Note that a person does not want to see a row any more."""
        await self.write(lambda c: self._desk.hide(c, seq), durable=False, wake=True)

    def hidden(self, seqs: Sequence[Seq]) -> set[Seq]:
        """Return those of these rows that a person does not want to see."""
        return self._desk.hidden(seqs)

    # -- the archive's rules

    def archived(self) -> list[ChatKey]:
        """Return every chat of which something is kept; the empty key stands for what belongs to no chat."""
        return self._retention.chats()

    def holding(self, chat: ChatKey, before: float) -> Holding:
        """Return what is kept of a chat, and what of it came before ``before``."""
        return self._retention.holding(chat, before)

    def behind(self) -> list[Behind]:
        """Return the registered readers that have events before them."""
        return self._retention.behind()

    async def remove(self, chat: ChatKey, before: float) -> Removal:
        """Remove the content of a chat's oldest rows from before ``before`` that all readers have had, a batch of them."""
        return await self.write(lambda c: self._retention.remove(c, chat, before), durable=False)

    async def remove_recalled(self, chat: ChatKey, before: float) -> Removal:
        """Remove a batch of a chat's messages that were taken back before ``before``, if all readers have had that."""
        return await self.write(lambda c: self._retention.remove_recalled(c, chat, before), durable=False)

    async def tidy(self, *, begin: bool) -> bool:
        """Write a little of the search index anew without what was removed; return whether there is more to do."""
        return await self.write(lambda c: self._retention.tidy(c, begin=begin), durable=False)

    async def leftovers(self, folder: Path, untouched_since: float) -> int:
        """Delete files that nothing holds on to any more, unless they were put there since; return how many."""
        return await self.write(
            lambda c: self._retention.leftovers(c, folder, untouched_since), durable=False
        )

    async def forget_reader(self, reader: str) -> bool:
        """Delete a reader's place in the journal and return whether it had one; UsageError while it reads."""
        claim = self.database.claim(self._account, reader)
        try:
            return await self.write(lambda c: self._retention.forget_reader(c, reader))
        finally:
            if claim is not None:
                claim.release()

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return what fits, newest first. What the index has not seen yet is taken in first.

        ``progress`` hears how many rows are still to be taken in.
        """
        while behind := self._search.behind():
            progress(behind)
            if not await self.index():
                break
        return self._search.find(query)

    async def index(self) -> int:
        """Take the next rows of the journal into the search index and return how many there were."""
        return await self.write(self._search.index, durable=False)

    def chats(self, *, limit: int = 1000) -> list[ChatKey]:
        """Return chats with traffic, latest first."""
        return self._journal.chats(limit)

    async def wait(self, after: Seq) -> None:
        """Return as soon as the journal holds a row after ``after``."""
        while self._journal.latest <= after:
            await self.changed()

    async def changed(self) -> None:
        """Return after the next commit that others may care for; StorageDamaged where none can come any more."""
        await self._waiters.wait()
        self.database.require_file()

    def end(self) -> None:
        """Tell those who wait that nothing comes any more: the file is being closed."""
        self._waiters.end()

    def take_in(self, connection: sqlite3.Connection) -> None:
        """Let memory follow what other programs have committed, under the writer's lock."""
        self._login = self._read_login(connection)
        rebound = self._names.take_in(connection)
        if rebound:
            self._rebound = True
            self._aliases.take_in(connection)
        self._people.take_in(connection, rebound=rebound)
        self._outbox.take_in(connection)

    def hear(self) -> None:
        """Tell those who wait that other programs have committed something; for the loop, which has the journal's end."""
        anew, self._rebound = self._rebound, False
        self._journal.refresh(anew=anew)
        self._wake()

    # -- files that messages brought

    async def keep_file(self, file: MediaFile) -> None:
        """Note a file that was fetched."""
        await self.write(lambda c: self._kept.keep(c, file), wake=True)

    def file(self, seq: Seq, size: str = "full") -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""
        return self._kept.get(seq, size)

    def files(self) -> Iterator[MediaFile]:
        """Yield every file that was fetched, in the order of the messages."""
        return self._kept.all()

    # -- logins and the position with the server

    @property
    def login(self) -> LoginId:
        """The login that the present transient names belong to, empty before the first."""
        return self._login

    def position(self) -> tuple[LoginId, bytes, bool] | None:
        """Return the login, what its next request must say, and whether its contact list was read to the end."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT login, keys, complete FROM position WHERE account_id = ?", (self._account,)
            ).fetchone()
        return (LoginId(row[0]), bytes(row[1]), bool(row[2])) if row else None

    def last_seen(self) -> float:
        """Return when the position was last written (Unix seconds), 0.0 before the first."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT saved_at FROM position WHERE account_id = ?", (self._account,)
            ).fetchone()
        return float(row[0]) if row else 0.0

    async def set_complete(self, login: LoginId, *, complete: bool) -> None:
        """Note whether the contact list of ``login`` has been read to its end."""
        await self.write(
            lambda c: c.execute(
                "UPDATE position SET complete = ? WHERE account_id = ? AND login = ?",
                (complete, self._account, login),
            ),
            wake=True,
        )

    # -- readers' progress

    def progress(self, consumer: str) -> Position:
        """Return how far a reader is; a new one begins at the journal's end."""
        return self._readers.progress(consumer)

    def reached(self, consumer: str) -> Seq:
        """Return the row up to which a reader has finished everything; the newest for one that has not read yet."""
        return self._readers.progress(consumer).low

    def feed(self, consumer: str, only: Callable[[Recorded], bool] | None = None) -> AsyncIterator[Recorded]:
        """Yield events from a reader's own position on, waiting for new ones; each must be given back by ``done``.

        Those that are not wanted (``only``) count as finished.
        """
        return self._readers.feed(consumer, only)

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
        waits = self._readers.finish(consumer, seq)
        if not commands:
            self._readers.save_soon(consumer)
            if waits:
                self._wake()
            return []
        position = self._readers.position(consumer)

        def work(connection: sqlite3.Connection) -> list[CommandRow]:
            if position is not None:
                self._readers.write(connection, consumer, position)
            return [
                self._outbox.add(
                    connection, command, number, now, IdempotencyKey(consumer, seq, ordinal), None
                )
                for ordinal, (command, number) in enumerate(commands)
            ]

        return await self.write(work, wake=True)

    async def begin_again(self, consumer: str, seq: Seq) -> int:
        """Note that an unfinished event is handled once more, safe from a kill; return how often by now."""
        return await self._readers.begin_again(consumer, seq)

    def spare(self, consumer: str, seq: Seq) -> None:
        """Take the last ``begin_again`` of an event back."""
        self._readers.spare(consumer, seq)

    async def give_up(self, consumer: str, seq: Seq, *, now: float) -> None:
        """Note an event as finished and as a dead letter of a reader."""
        await self._readers.give_up(consumer, seq, now)

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a reader gave up, oldest first."""
        seqs = self._readers.dead_letters(consumer)
        return [row for seq in seqs for row in self.read(Seq(seq - 1), limit=1) if row.seq == seq]

    # -- commands

    async def enqueue(
        self,
        command: Command,
        client_msg_id: ClientMsgId,
        *,
        now: float,
        origin: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> CommandRow:
        """Add a command row; what the same origin asked for before is returned as it stands."""
        return await self.write(
            lambda c: self._outbox.add(c, command, client_msg_id, now, origin, not_before), wake=True
        )

    async def mark_sent(self, command: CommandId, *, login: LoginId, now: float) -> CommandRow:
        """Note that a command is being handed to the network, before it is."""
        return await self.write(lambda c: self._outbox.mark_sent(c, command, login, now), wake=True)

    async def settle(self, settlement: Settlement, *, now: float) -> CommandRow:
        """Set a command's outcome, and journal it unless the command is merely queued again."""

        def work(connection: sqlite3.Connection) -> tuple[CommandRow, list[Recorded]]:
            was_open = self._outbox.row(connection, settlement.command).open
            row = self._outbox.settle(connection, settlement, now)
            if row.open or (settlement.outcome is Outcome.QUEUED and not was_open):
                return row, []
            return row, [self._journal.settled(connection, row, self._login, now)]

        return await self._settled(work)

    async def drop(self, command: CommandId, *, now: float) -> CommandRow:
        """Give up a command that waits, and journal that; put one aside of which a person wants to hear no more."""

        def work(connection: sqlite3.Connection) -> tuple[CommandRow, list[Recorded]]:
            row = self._outbox.drop(connection, command, now)
            if row.reason != CANCELLED:
                return row, []
            return row, [self._journal.settled(connection, row, self._login, now)]

        return await self._settled(work)

    async def _settled(
        self, work: Callable[[sqlite3.Connection], tuple[CommandRow, list[Recorded]]]
    ) -> CommandRow:
        row, written = await self.write(work, wake=True)
        self._note_written(written)
        return row

    async def note(self, command: CommandId, handle: str) -> CommandRow:
        """Keep what an upload left for the send that follows it, unless a person has given it up."""
        return await self.write(lambda c: self._outbox.note(c, command, handle))

    def asked(self, origin: IdempotencyKey) -> CommandRow | None:
        """Return the command that an origin has asked for, None where it has not yet."""
        return self._outbox.asked(origin)

    def command(self, command: CommandId) -> CommandRow:
        """Return a command row."""
        return self._outbox.get(command)

    def queued(self, after: int = 0) -> list[tuple[CommandRow, float | None]]:
        """Return waiting rows after the command ``after`` in order, each with the time before which it must wait."""
        return self._outbox.queued(after)

    def in_doubt(self) -> list[tuple[CommandRow, LoginId, float]]:
        """Return rows of which no answer is known, each with the login and the time of its sending."""
        return self._outbox.in_doubt()

    def accepted(self, chat: ChatKey, *, since: float) -> list[CommandRow]:
        """Return the messages that were accepted in a chat since ``since``, the one sent last first."""
        return self._outbox.accepted(chat, since)

    def outbox(self, *, limit: int = 50) -> list[CommandRow]:
        """Return the latest command rows, newest first."""
        return self._outbox.latest(limit)

    def count_queued(self) -> int:
        """Return how many commands wait."""
        return self._outbox.count_queued()

    # -- names and people

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the lasting key of a transient name, or None where it has none yet."""
        return self._names.find(login, name)

    async def give_keys(self, login: LoginId, names: Iterable[TransientName]) -> dict[TransientName, ChatKey]:
        """Return the lasting keys of transient names, giving fresh ones to those that have none."""
        wanted = list(dict.fromkeys(names))
        return await self.write(lambda c: {name: self._names.give(c, login, name) for name in wanted})

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return today's transient name of a lasting key."""
        return self._names.name_of(login, self._aliases.first(key))

    async def learn(self, login: LoginId, changes: Sequence[ContactChange], source: str) -> list[ChatKey]:
        """Merge what was told of contacts into the directory, without journal rows, and return their keys."""
        return await self.write(lambda c: self._people.merge(c, login, changes, source), wake=True)

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""
        known = self._people.get(self._aliases.first(key))
        return known.contact if known else None

    def source(self, key: ChatKey) -> str:
        """Return by which way a contact was first heard of, or an empty text."""
        known = self._people.get(self._aliases.first(key))
        return known.source if known else ""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return everybody known under the present login and not deleted, in no particular order."""
        return [(key, k.contact) for key, k in self._people.all() if k.login == self._login and not k.gone]

    # -- people of former logins

    async def recognise(self, login: LoginId, *, now: float) -> Likeness:
        """Find the people of former logins again among those of ``login``; who could be several stays unresolved."""
        return await self.write(lambda c: self._aliases.recognise(c, login, now), wake=True)

    async def merge(self, old: ChatKey, new: ChatKey, *, now: float) -> None:
        """Say that two keys stand for one person or group; from now on it is known by ``old``."""
        await self.write(lambda c: self._aliases.merge(c, old, new, "person", 1.0, now), wake=True)

    async def split(self, login: LoginId, name: TransientName) -> ChatKey:
        """Say that whoever had ``name`` under ``login`` is somebody else; return the new key."""
        key = await self.write(lambda c: self._aliases.split(c, login, name), wake=True)
        self._journal.refresh(anew=True)
        return key

    def unresolved(self) -> list[Unresolved]:
        """Return those of the present login who may be somebody known before."""
        return self._aliases.unresolved()

    # -- status, pace

    def status(self) -> Status:
        """Return the holder's last word on the login, also one that found no room on the disk."""
        if self._unwritten is not None:
            return self._unwritten
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT status FROM status WHERE account_id = ?", (self._account,)
            ).fetchone()
        return decode_status(row[0]) if row else Status(state=LoginState.OFFLINE)

    async def set_status(self, status: Status) -> None:
        """Replace the status row; where the disk has no room for it, this program knows it all the same."""
        try:
            await self.write(
                lambda c: c.execute(
                    "INSERT OR REPLACE INTO status (account_id, status) VALUES (?, ?)",
                    (self._account, encode(status)),
                ),
                durable=False,
                wake=True,
            )
        except StorageError:
            self._unwritten = status
            self._wake()
        else:
            self._unwritten = None

    def pace(self) -> dict[str, bytes]:
        """Return the kept state of each bucket of the pacing."""
        with self.database.reading() as connection:
            rows = connection.execute("SELECT bucket, state FROM pace WHERE account_id = ?", (self._account,))
            return {bucket: bytes(state) for bucket, state in rows}

    async def set_pace(self, bucket: str, state: bytes) -> None:
        """Keep the state of one bucket."""
        await self.write(
            lambda c: c.execute(
                "INSERT OR REPLACE INTO pace (account_id, bucket, state) VALUES (?, ?, ?)",
                (self._account, bucket, state),
            ),
            durable=False,
        )

    async def close(self) -> None:
        """Commit what is waiting. The database is closed by whoever opened it."""
        await self.write(lambda _: None)

    async def write(
        self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True, wake: bool = False
    ) -> T:
        """Run ``work`` in the writer's transaction; ``wake`` tells those who wait for changes."""
        future = self.database.writer.post(
            work, loop=asyncio.get_running_loop(), durable=durable, after=self._wake if wake else None
        )
        assert future is not None  # a loop was given
        return await future

    def _note_written(self, written: Sequence[Recorded]) -> None:
        if written:
            self._journal.note(written)
            self._wake()

    def _wake(self) -> None:
        self._waiters.wake()

    def _keep_position(
        self, connection: sqlite3.Connection, login: LoginId, position: bytes, now: float
    ) -> None:
        connection.execute(
            "INSERT INTO position (account_id, login, keys, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " complete = complete AND login = excluded.login, login = excluded.login, keys = excluded.keys,"
            " saved_at = excluded.saved_at",
            (self._account, login, position, now),
        )
        if login != self._login:
            self.database.undo.add(partial(setattr, self, "_login", self._login))
            self._login = login

    def _read_login(self, connection: sqlite3.Connection) -> LoginId:
        row = connection.execute(
            "SELECT login FROM position WHERE account_id = ?", (self._account,)
        ).fetchone()
        return LoginId(row[0]) if row else LoginId("")
