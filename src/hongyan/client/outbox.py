"""The commands of an account: what was asked for, what became of it, and what can still be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.client.arguments import checked, key_of, rows_from, time_from
from hongyan.client.receipts import Receipt
from hongyan.errors import UsageError
from hongyan.model.commands import IdempotencyKey, Outcome
from hongyan.model.ids import ClientMsgId, Seq

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.client.chats import Chat
    from hongyan.model.commands import Command, CommandRow
    from hongyan.model.ids import CommandId
    from hongyan.ports.store import Store

__all__ = ["AccountOutbox"]

_AGAIN: Final = "hongyan outbox retry"


class AccountOutbox:
    """``account.outbox``; calling it returns the latest commands."""

    def __init__(self, store: Store, clock: Callable[[], float], entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._now = clock
        self._entropy = entropy

    def __call__(self, limit: int = 50) -> list[CommandRow]:
        """Return the latest commands, newest first."""
        return self._store.outbox.latest(limit=rows_from(limit))

    async def add(
        self,
        command: Command,
        *,
        idempotency_key: IdempotencyKey | None = None,
        not_before: float | None = None,
    ) -> Receipt:
        """Put a command into the outbox. ``not_before`` (Unix seconds) puts it off; one key adds one command."""
        now = self._now()
        command, not_before = checked(command), time_from(not_before)
        row = await self._store.outbox.enqueue(
            command, self._client_msg_id(now), now=now, idempotency_key=idempotency_key, not_before=not_before
        )
        return Receipt(self._store, row.id, self._now)

    def _client_msg_id(self, now: float) -> ClientMsgId:
        """Return a fresh number as browsers make it: milliseconds and four random digits."""
        return ClientMsgId(f"{int(now * 1000)}{int.from_bytes(self._entropy(4)) % 10_000:04d}")

    def command(self, command: CommandId) -> Receipt:
        """Return the receipt of a command by its number; UsageError where there is none."""
        return Receipt(self._store, self._store.outbox.command(command).id, self._now)

    def asked(self, idempotency_key: IdempotencyKey) -> CommandRow | None:
        """Return the command that a key has asked for, None where it has not yet."""
        return self._store.outbox.asked(idempotency_key)

    def pending(self, chat: Chat) -> list[CommandRow]:
        """Return the unsettled messages to a chat, oldest first."""
        return self._store.outbox.pending(key_of(chat))

    async def drop(self, command: CommandId) -> CommandRow:
        """Cancel a command that is still queued, or dismiss one that failed or is unconfirmed.

        A transfer on its way ends at its next piece. UsageError for any other that is on its way or done.
        """
        return await self._store.drop(command, now=self._now())

    async def retry(self, command: CommandId) -> Receipt:
        """Repeat a failed or unconfirmed command as a new one, and dismiss the old one.

        However often the same command is retried, it is repeated only once: the new command is bound to the
        old one in the store. UsageError for one that is open or was accepted.
        """
        row = self.command(command).row
        if row.outcome is Outcome.UNCONFIRMED or row.outcome is Outcome.FAILED:
            receipt = await self.add(row.command, idempotency_key=IdempotencyKey(_AGAIN, Seq(row.id), 0))
            await self.drop(command)
            return receipt
        advice = "It goes by itself." if row.open else "Send the message anew if it is to come twice."
        raise UsageError(f"command {command} is {row.outcome}; there is nothing to do again", advice)
