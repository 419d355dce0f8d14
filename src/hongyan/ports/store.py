"""Who keeps the rows of an account: a record of its parts, and the transactions that span several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.commands import Command, CommandRow, Settlement
    from hongyan.model.events import Event, Recorded
    from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId, Seq
    from hongyan.model.matching import MatchResult
    from hongyan.ports.archive import Archive
    from hongyan.ports.chat_state import ChatStates
    from hongyan.ports.consumers import Consumers
    from hongyan.ports.directory import ContactDirectory
    from hongyan.ports.journal import Journal
    from hongyan.ports.login import LoginRecord
    from hongyan.ports.outbox import Outbox

__all__ = ["Store"]


class Store(Protocol):
    """The store of one account; each write is one transaction and returns once it is committed.

    ``me`` is the account's own lasting key. Who needs one part takes that part alone.
    """

    me: ChatKey

    @property
    def journal(self) -> Journal:
        """What happened."""

    @property
    def consumers(self) -> Consumers:
        """Who reads the journal, and how far."""

    @property
    def outbox(self) -> Outbox:
        """What was asked for."""

    @property
    def directory(self) -> ContactDirectory:
        """Who is who."""

    @property
    def chat_state(self) -> ChatStates:
        """What people made of the chats."""

    @property
    def archive(self) -> Archive:
        """The messages, and what is stored of them."""

    @property
    def login(self) -> LoginRecord:
        """The state of the login."""

    async def append(
        self,
        events: Sequence[tuple[Event, bytes]],
        *,
        login: LoginId,
        received_at: float,
        position: bytes | None = None,
    ) -> list[Recorded]:
        """Write events with their raw bytes, and the next position, in one transaction; drop messages already there."""

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

    async def settle(self, settlement: Settlement, *, now: float) -> CommandRow:
        """Set a command's outcome, and journal it unless the command is merely queued again."""

    async def drop(self, command: CommandId, *, now: float) -> CommandRow:
        """Cancel a queued command, and journal that; dismiss one that failed or is unconfirmed."""

    async def complete_contacts(self, login: LoginId, *, now: float) -> MatchResult:
        """Note that the contact list of ``login`` was read to its end, and find the people of former logins again in it.

        Both at once: who reads that the list is complete reads of people who are known again.
        """

    async def changed(self) -> None:
        """Return after the next commit that others may care for."""

    async def close(self) -> None:
        """Commit what is waiting."""
