"""Who keeps the commands that were asked for, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hongyan.model.commands import Command, CommandRow, IdempotencyKey
    from hongyan.model.ids import ChatKey, ClientMsgId, CommandId, LoginId

__all__ = ["Outbox"]


class Outbox(Protocol):
    """The command rows of one account. Their outcomes are set by ``Store.settle``, which journals them."""

    async def enqueue(
        self,
        command: Command,
        client_msg_id: ClientMsgId,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> CommandRow:
        """Add a command row; an earlier row with the same key is returned unchanged."""

    async def mark_sent(self, command: CommandId, *, login: LoginId, now: float) -> CommandRow:
        """Note that a command is being handed to the network, before it is; one that is no longer open stays as it is."""

    async def note(self, command: CommandId, handle: str) -> CommandRow:
        """Keep what an upload left for the send that follows it, unless a person has given it up."""

    def command(self, command: CommandId) -> CommandRow:
        """Return a command row; UsageError where there is none."""

    def asked(self, idempotency_key: IdempotencyKey) -> CommandRow | None:
        """Return the command that a key has asked for, None where it has not yet."""

    def queued(self, after: int = 0) -> list[tuple[CommandRow, float | None]]:
        """Return waiting rows after the command ``after`` in order, each with the time before which it must wait."""

    def in_doubt(self) -> list[tuple[CommandRow, LoginId, float]]:
        """Return rows of which no answer is known, each with the login and the time of its sending."""

    def accepted(self, chat: ChatKey, *, since: float) -> list[CommandRow]:
        """Return the messages that were accepted in a chat since ``since``, the one sent last first."""

    def pending(self, chat: ChatKey) -> list[CommandRow]:
        """Return the unsettled messages to a chat, oldest first."""

    def latest(self, *, limit: int = 50) -> list[CommandRow]:
        """Return the latest command rows, newest first."""

    def count_queued(self) -> int:
        """Return how many commands wait."""
