"""What an account asks of its store; it is the smaller part of ``ports.Store``, without logins and the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hongyan.model.chat_state import ChatStates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    from hongyan.model.commands import Command, CommandRow, IdempotencyKey
    from hongyan.model.contacts import Contact
    from hongyan.model.events import Recorded, Status
    from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId, Seq, TransientName
    from hongyan.model.matching import Unresolved
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Behind, Holding, Removal
    from hongyan.model.search import Query

__all__ = ["View"]


class View(ChatStates, Protocol):
    """The journal, the directory and the outbox, as bots and faces may see and use them."""

    me: ChatKey

    @property
    def login(self) -> LoginId:
        """The login that the present transient names belong to."""

    def position(self) -> tuple[LoginId, bytes, bool] | None:
        """Return the login, and as the last part whether its contact list was read to the end."""

    def status(self) -> Status:
        """Return the holder's last word on the login."""

    def count_queued(self) -> int:
        """Return how many commands wait."""

    def latest(self) -> Seq:
        """Return the newest row's number."""

    def reached(self, consumer: str) -> Seq:
        """Return the row up to which a reader has finished everything; the newest for one that has not read yet."""

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return journal rows after ``after``, oldest first."""

    def history(self, chat: ChatKey, *, limit: int = 20, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat, oldest first."""

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return what fits, newest first; ``progress`` hears how many rows are still to be taken into the index."""

    def count(self, chat: ChatKey) -> int:
        """Return about how many rows a chat has."""

    def conversation(self, chat: ChatKey, *, after: Seq = ..., limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat, oldest first; an empty list is the end."""

    def recalled(self, messages: Iterable[str]) -> set[str]:
        """Return those of these messages that were taken back."""

    def message(self, message: str) -> Recorded | None:
        """Return the row of the message with this number."""

    def raw(self, seq: Seq) -> bytes:
        """Return the bytes that a journal row was read from."""

    def archived(self) -> list[ChatKey]:
        """Return every chat of which something is kept; the empty key stands for what belongs to no chat."""

    def holding(self, chat: ChatKey, before: float) -> Holding:
        """Return what is kept of a chat, and what of it came before ``before``."""

    def behind(self) -> list[Behind]:
        """Return the registered readers that have events before them."""

    async def forget_reader(self, reader: str) -> bool:
        """Delete a reader's place in the journal and return whether it had one; UsageError while it reads."""

    async def remove(self, chat: ChatKey, before: float) -> Removal:
        """Remove the content of a chat's oldest rows from before ``before`` that all readers have had, a batch of them."""

    async def remove_recalled(self, chat: ChatKey, before: float) -> Removal:
        """Remove a batch of a chat's messages that were taken back before ``before``, if all readers have had that."""

    async def tidy(self, *, begin: bool) -> bool:
        """Write a little of the search index anew without what was removed; return whether there is more to do."""

    async def leftovers(self, folder: Path, untouched_since: float) -> int:
        """Delete files that nothing holds on to any more, unless they were put there since; return how many."""

    def chats(self, *, limit: int = 1000) -> list[ChatKey]:
        """Return chats with traffic, latest first."""

    async def wait(self, after: Seq) -> None:
        """Return as soon as the journal holds a row after ``after``."""

    async def changed(self) -> None:
        """Return after the next commit that others may care for."""

    def feed(self, consumer: str) -> AsyncIterator[Recorded]:
        """Yield events for a named reader from its own position on."""

    async def done(self, consumer: str, seq: Seq) -> list[CommandRow]:
        """Mark an event finished."""

    async def begin_again(self, consumer: str, seq: Seq) -> int:
        """Note that an unfinished event is handled once more, safe from a kill; return how often by now."""

    def spare(self, consumer: str, seq: Seq) -> None:
        """Take the last ``begin_again`` of an event back."""

    async def give_up(self, consumer: str, seq: Seq, *, now: float) -> None:
        """Note an event as finished and as a dead letter of a reader."""

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a reader gave up, oldest first."""

    async def enqueue(
        self,
        command: Command,
        client_msg_id: ClientMsgId,
        *,
        now: float,
        origin: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> CommandRow:
        """Add a command row."""

    def asked(self, origin: IdempotencyKey) -> CommandRow | None:
        """Return the command that an origin has asked for."""

    def command(self, command: CommandId) -> CommandRow:
        """Return a command row."""

    async def drop(self, command: CommandId, *, now: float) -> CommandRow:
        """Give up a command that waits; put one aside that failed or of which nobody knows."""

    def file(self, seq: Seq, size: str = "full") -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""

    def files(self) -> Iterator[MediaFile]:
        """Yield every file that was fetched, in the order of the messages."""

    def outbox(self, *, limit: int = 50) -> list[CommandRow]:
        """Return the latest command rows, newest first."""

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the lasting key of a transient name, or None where it has none yet."""

    async def give_keys(self, login: LoginId, names: Iterable[TransientName]) -> dict[TransientName, ChatKey]:
        """Return the lasting keys of transient names."""

    async def merge(self, old: ChatKey, new: ChatKey, *, now: float) -> None:
        """Say that two keys stand for one person or group."""

    async def split(self, login: LoginId, name: TransientName) -> ChatKey:
        """Say that whoever had ``name`` under ``login`` is somebody else."""

    def unresolved(self) -> list[Unresolved]:
        """Return those of the present login who may be somebody known before."""

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""

    def source(self, key: ChatKey) -> str:
        """Return by which way a contact was first heard of."""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return everybody known under the present login and not deleted."""
