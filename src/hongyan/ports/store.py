"""Who keeps the rows of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hongyan.model.chat_state import ChatStates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from pathlib import Path

    from hongyan.model.commands import Command, CommandRow, IdempotencyKey, Settlement
    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.events import Event, Recorded, Status
    from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId, Seq, TransientName
    from hongyan.model.matching import Likeness
    from hongyan.model.media_files import MediaFile
    from hongyan.model.retention import Removal
    from hongyan.model.search import Query

__all__ = ["Store"]


class Store(ChatStates, Protocol):
    """Keeps the rows of one account; each write is one transaction and returns once it is committed."""

    me: ChatKey

    async def append(
        self,
        events: Sequence[tuple[Event, bytes]],
        *,
        login: LoginId,
        received_at: float,
        position: bytes | None = None,
    ) -> list[Recorded]:
        """Write events with their raw bytes, and the next position, in one transaction; drop messages already there."""

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return journal rows after ``after``, oldest first."""

    def event(self, seq: Seq) -> Recorded | None:
        """Return one journal row."""

    def raw(self, seq: Seq) -> bytes:
        """Return the bytes that a row was read from."""

    def message(self, message: str) -> Recorded | None:
        """Return the row of the message with this number."""

    def latest(self) -> Seq:
        """Return the newest row's number, 0 in an empty journal."""

    def history(self, chat: ChatKey, *, limit: int = 20, before: Seq | None = None) -> list[Recorded]:
        """Return the latest messages and own sends of a chat, oldest first."""

    async def search(
        self, query: Query, *, progress: Callable[[int], None] = lambda _: None
    ) -> list[Recorded]:
        """Return what fits, newest first; ``progress`` hears how many rows are still to be taken into the index."""

    async def index(self) -> int:
        """Take the next rows of the journal into the search index and return how many there were."""

    def conversation(self, chat: ChatKey, *, after: Seq = ..., limit: int = 1000) -> list[Recorded]:
        """Return what follows ``after`` in a chat, oldest first; an empty list is the end."""

    def recalled(self, messages: Iterable[str]) -> set[str]:
        """Return those of these messages that were taken back."""

    def archived(self) -> list[ChatKey]:
        """Return every chat of which something is kept; the empty key stands for what belongs to no chat."""

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

    @property
    def login(self) -> LoginId:
        """The login that the present transient names belong to, empty before the first."""

    def position(self) -> tuple[LoginId, bytes, bool] | None:
        """Return the login, what its next request must say, and whether its contact list was read to the end."""

    def last_seen(self) -> float:
        """Return when the position was last written (Unix seconds), 0.0 before the first."""

    async def set_complete(self, login: LoginId, *, complete: bool) -> None:
        """Note whether the contact list of ``login`` has been read to its end."""

    def feed(self, consumer: str, only: Callable[[Recorded], bool] | None = None) -> AsyncIterator[Recorded]:
        """Yield events for a named reader from its own position on, waiting for new ones; ``done`` gives them back.

        Those that are not wanted (``only``) count as finished.
        """

    async def done(
        self,
        consumer: str,
        seq: Seq,
        commands: Sequence[tuple[Command, ClientMsgId]] = (),
        *,
        now: float = 0.0,
    ) -> list[CommandRow]:
        """Mark an event finished and enqueue what its handler asked for, under (consumer, seq, ordinal), at once."""

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
        """Add a command row; what the same origin asked for before is returned as it stands."""

    async def mark_sent(self, command: CommandId, *, login: LoginId, now: float) -> CommandRow:
        """Note that a command is being handed to the network, before it is; one that is no longer open stays as it is."""

    async def settle(self, settlement: Settlement, *, now: float) -> CommandRow:
        """Set a command's outcome, and journal it unless the command is merely queued again."""

    async def note(self, command: CommandId, handle: str) -> CommandRow:
        """Keep what an upload left for the send that follows it, unless a person has given it up."""

    async def keep_file(self, file: MediaFile) -> None:
        """Note a file that was fetched for a message."""

    def file(self, seq: Seq, size: str = "full") -> MediaFile | None:
        """Return the file of a message, or None where none was fetched."""

    async def drop(self, command: CommandId, *, now: float) -> CommandRow:
        """Give up a command that waits; put one aside that failed or of which nobody knows."""

    def command(self, command: CommandId) -> CommandRow:
        """Return a command row."""

    def queued(self, after: int = 0) -> list[tuple[CommandRow, float | None]]:
        """Return waiting rows after the command ``after`` in order, each with the time before which it must wait."""

    def in_doubt(self) -> list[tuple[CommandRow, LoginId, float]]:
        """Return rows of which no answer is known, each with the login and the time of its sending."""

    def accepted(self, chat: ChatKey, *, since: float) -> list[CommandRow]:
        """Return the messages that were accepted in a chat since ``since``, the one sent last first."""

    def outbox(self, *, limit: int = 50) -> list[CommandRow]:
        """Return the latest command rows, newest first."""

    def count_queued(self) -> int:
        """Return how many commands wait."""

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey | None:
        """Return the lasting key of a transient name, or None where it has none yet."""

    async def give_keys(self, login: LoginId, names: Iterable[TransientName]) -> dict[TransientName, ChatKey]:
        """Return the lasting keys of transient names, giving fresh ones to those that have none."""

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return today's transient name of a lasting key."""

    async def learn(self, login: LoginId, changes: Sequence[ContactChange], source: str) -> list[ChatKey]:
        """Merge what was told of contacts into the directory, without journal rows, and return their keys."""

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""

    def source(self, key: ChatKey) -> str:
        """Return by which way a contact was first heard of, or an empty text."""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return everybody known under the present login and not deleted, in no particular order."""

    async def recognise(self, login: LoginId, *, now: float) -> Likeness:
        """Find the people of former logins again among those of ``login``; who could be several stays unresolved."""

    def status(self) -> Status:
        """Return the holder's last word on the login."""

    async def set_status(self, status: Status) -> None:
        """Replace the status row."""

    def pace(self) -> dict[str, bytes]:
        """Return the kept state of each bucket of the pacing."""

    async def set_pace(self, bucket: str, state: bytes) -> None:
        """Keep the state of one bucket."""

    async def close(self) -> None:
        """Commit what is waiting."""
