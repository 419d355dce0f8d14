"""What the profile keeps of an account: messages, their bytes and files, and what a rule removes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.client.arguments import key_of, rows_from, seq_from
from hongyan.client.retention import RetentionJob
from hongyan.files.attachments import copy_in
from hongyan.files.private_files import present
from hongyan.model.ids import Seq
from hongyan.model.media_files import Verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hongyan.client.archive_policy import ArchiveSettings, KeepRule
    from hongyan.client.chats import Chat
    from hongyan.client.people import AccountPeople
    from hongyan.client.retention import Cleared
    from hongyan.model.commands import SendFile
    from hongyan.model.events import Recorded
    from hongyan.model.ids import MsgId
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding
    from hongyan.model.search import Query
    from hongyan.ports.store import Store

__all__ = ["AccountArchive"]


class AccountArchive:
    """``account.archive``. ``media`` is the folder of files."""

    def __init__(self, store: Store, people: AccountPeople, media: Path, clock: Callable[[], float]) -> None:
        self._store = store
        self._people = people
        self._media = media
        self._now = clock

    @property
    def folder(self) -> Path:
        """The folder of everything that this machine keeps of the account."""
        return self._media.parent

    @property
    def latest(self) -> Seq:
        """The number of the journal's last event."""
        return self._store.journal.latest()

    def chats(self, limit: int = 1000) -> list[Chat]:
        """Return chats with traffic, latest first; cheaper than ``account.chats`` where there are very many contacts."""
        keys = self._store.journal.chats(limit=rows_from(limit))
        return [self._people.chat(key) for key in keys if key != self._store.me]

    def journal(self, after: Seq | None = None, limit: int = 1000) -> list[Recorded]:
        """Return what the journal holds after ``after`` (from its beginning), oldest first."""
        return self._store.journal.read(Seq(0) if after is None else seq_from(after), limit=rows_from(limit))

    def history(self, chat: Chat, limit: int = 20, *, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages of a chat and what was sent to it (CommandSettled), oldest first."""
        return self._store.journal.history(
            key_of(chat), limit=rows_from(limit), before=None if before is None else seq_from(before)
        )

    def history_around(self, chat: Chat, seq: Seq, before: int, after: int) -> list[Recorded]:
        """Return a row of a chat with so many rows before and after it, as ``history`` does."""
        return self._store.journal.history_around(
            key_of(chat), seq_from(seq), rows_from(before), rows_from(after)
        )

    def conversation(self, chat: Chat, *, after: Seq | None = None, limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat (its beginning), oldest first; an empty list is the end."""
        return self._store.journal.conversation(
            key_of(chat), after=Seq(0) if after is None else seq_from(after), limit=rows_from(limit)
        )

    def last(self, chat: Chat) -> Recorded | None:
        """Return the newest message or own send of a chat that is not hidden, None where there is none."""
        return self._store.journal.last(key_of(chat))

    def count(self, chat: Chat) -> int:
        """Return about how many rows a chat has."""
        return self._store.journal.count(key_of(chat))

    def message(self, message: MsgId) -> Recorded | None:
        """Return the journal row of the message with this number of the service, None if it is not stored."""
        return self._store.journal.message(message)

    def raw(self, recorded: Recorded) -> bytes:
        """Return the bytes that a journal row was read from, empty where there are none."""
        return self._store.journal.raw(recorded.seq)

    def recalled(self, *messages: MsgId) -> set[str]:
        """Return those of these messages that were recalled."""
        return self._store.journal.recalled(message for message in messages if message)

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return the messages and own sends that fit, newest first; nothing is asked of the server.

        ``progress`` hears how many rows are still to be taken into the index, which happens first.
        """
        return await self._store.archive.search(query, progress=progress)

    def file(self, recorded: Recorded, *, size: str = "full") -> Path | None:
        """Return the path of the file that a message brought, or None where it was not fetched or is gone."""
        return present(self._media, self._store.archive.file(recorded.seq, size))

    def files(self) -> Iterator[tuple[MediaFile, Path]]:
        """Yield what is known of every file that was fetched and is there, with its path, in the order of the messages."""
        for file in self._store.archive.files():
            if (path := present(self._media, file)) is not None:
                yield file, path

    def copy_of(self, command: SendFile) -> Path | None:
        """Return the path of the file that was sent from here, or None where the profile has it no more."""
        return copy_in(self._media, command.path)

    def is_doubtful(self, recorded: Recorded, size: str = "full") -> bool:
        """Whether the fetched file may be cut, or may not match the message."""
        noted = self._store.archive.file(recorded.seq, size)
        return noted is not None and noted.verified is Verified.DOUBTFUL

    def holdings(self, rules: ArchiveSettings) -> list[tuple[str, KeepRule, Holding]]:
        """Return what is stored of each chat, with its name and its rule; the empty name is for rows of no chat."""
        now = self._now()
        job = RetentionJob(self._store.archive, self._store.directory, rules, self._media, self._now)
        found = []
        for key in self._store.archive.chats():
            rule = job.rule(key)
            name = self._people.chat(key).name if key else ""
            holding = self._store.archive.holding(key, rule.before(now))
            if key or holding.rows:  # rows that the program writes for itself have no chat
                found.append((name, rule, holding))
        return found

    async def clear(
        self, rules: ArchiveSettings, *, progress: Callable[[int], None] = lambda _: None
    ) -> Cleared:
        """Remove at once what the rules do not keep and every registered reader has had; ``progress`` hears of rows."""
        job = RetentionJob(self._store.archive, self._store.directory, rules, self._media, self._now)
        cleared = await job.apply(progress=progress)
        if cleared.rows:
            await job.tidy()
        return cleared

    def consumers_behind(self) -> list[Behind]:
        """Return the registered readers that have events before them: for these nothing is removed."""
        return self._store.archive.behind()

    async def forget_consumer(self, reader: str) -> bool:
        """Delete a reader's place in the journal and return whether it had one; UsageError while it reads."""
        return await self._store.archive.forget_consumer(reader)
