"""The three seams between the account and the world: who carries requests, who keeps rows, who keeps credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from hongyan.model.commands import Command, CommandRow, Outcome
    from hongyan.model.contacts import Contact, ContactChange
    from hongyan.model.events import Event, Recorded, Status
    from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId, Seq, TransientName
    from hongyan.webwx.credentials import Credentials, Keepsake
    from hongyan.webwx.http import Failure, Request, Response

__all__ = ["Store", "Transport", "Vault"]


class Transport(Protocol):
    """Carries requests of one account to the server. It never raises for what the network does: it returns Failure."""

    async def exchange(self, request: Request) -> Response | Failure:
        """Send ``request`` and return the whole answer (at most a fixed size) or what went wrong."""

    async def upload(
        self, request: Request, part: Callable[[int, int], Awaitable[bytes]]
    ) -> Response | Failure:
        """Send a multipart ``request`` whose file bytes come from ``part(offset, length)``."""

    async def download(self, request: Request, target: Path, *, offset: int = 0) -> Response | Failure:
        """Write the answer's body to ``target`` from ``offset`` on, in pieces; the returned body is empty."""

    async def close(self) -> None:
        """Close every connection."""


class Store(Protocol):
    """Keeps the rows of accounts; each call is one transaction and returns once it is committed."""

    async def append(
        self,
        events: Sequence[tuple[Event, bytes]],
        *,
        login: LoginId,
        received_at: float,
        credentials: Credentials | None = None,
    ) -> list[Recorded]:
        """Write events with their raw bytes, and the next keys, in one transaction; drop messages already there."""

    def read(self, after: Seq, *, limit: int = 256) -> list[Recorded]:
        """Return journal rows after ``after``, oldest first."""

    async def wait(self, after: Seq) -> None:
        """Return as soon as the journal holds a row after ``after``."""

    async def position(self, consumer: str) -> tuple[Seq, frozenset[Seq], frozenset[Seq]]:
        """Return a reader's low-water seq, the finished seqs above it, and those begun but not finished."""

    async def begun(self, consumer: str, seq: Seq) -> None:
        """Note that a reader was handed the event at ``seq``."""

    async def done(
        self, consumer: str, seq: Seq, commands: Sequence[tuple[Command, ClientMsgId]] = ()
    ) -> list[CommandRow]:
        """Mark an event finished and enqueue what its handler asked for, under (consumer, seq, ordinal), at once."""

    async def enqueue(self, command: Command, client_msg_id: ClientMsgId, *, now: float) -> CommandRow:
        """Add a command row."""

    async def settle(
        self,
        command: CommandId,
        outcome: Outcome,
        *,
        now: float,
        result: str = "",
        reason: str = "",
        said: str = "",
        retry_at: float | None = None,
    ) -> CommandRow:
        """Set a command's outcome."""

    async def next_command(self) -> CommandRow:
        """Wait for the oldest queued command."""

    def command(self, command: CommandId) -> CommandRow:
        """Return a command row."""

    def key_of(self, login: LoginId, name: TransientName) -> ChatKey:
        """Return the lasting key of a transient name, giving it a fresh one when it has none."""

    def name_of(self, login: LoginId, key: ChatKey) -> TransientName | None:
        """Return today's transient name of a lasting key."""

    async def learn(self, login: LoginId, changes: Sequence[ContactChange], source: str) -> None:
        """Merge what was told of contacts into the directory, without journal rows (bulk loading)."""

    def contact(self, key: ChatKey) -> Contact | None:
        """Return what is known of a person or group."""

    def contacts(self) -> list[tuple[ChatKey, Contact]]:
        """Return everybody known, in no particular order."""

    def status(self) -> Status:
        """Return the holder's last word on the login."""

    async def set_status(self, status: Status) -> None:
        """Replace the status row."""

    def feed(self, consumer: str) -> AsyncIterator[Recorded]:
        """Yield events for a named reader from its own position on, waiting for new ones."""

    async def close(self) -> None:
        """Commit and close."""


class Vault(Protocol):
    """Keeps a profile's credentials, atomically and readable by its owner alone."""

    def load(self) -> Credentials | None:
        """Return the saved credentials, or None."""

    def save(self, credentials: Credentials) -> None:
        """Replace the saved credentials."""

    def forget(self) -> None:
        """Delete the credentials, keeping what push login needs."""

    def keepsake(self) -> Keepsake | None:
        """Return what a push login needs, or None."""
