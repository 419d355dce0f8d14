"""A command on its way: what became of it, and waiting for that."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING

from hongyan.client.waiting import still_open
from hongyan.model.commands import Outcome
from hongyan.model.error_codec import error_of
from hongyan.model.events import LoginState

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.errors import HongyanError
    from hongyan.model.commands import CommandRow
    from hongyan.model.ids import CommandId
    from hongyan.ports.store import Store

__all__ = ["Receipt"]


class Receipt:
    """A command on its way."""

    __slots__ = ("_id", "_now", "_store")

    def __init__(self, store: Store, command: CommandId, clock: Callable[[], float]) -> None:
        self._store = store
        self._id = command
        self._now = clock

    @property
    def row(self) -> CommandRow:
        """The command with its present fate."""
        return self._store.outbox.command(self._id)

    def __repr__(self) -> str:
        row = self.row
        return f"<Receipt {row.id} {row.outcome}>"

    async def settled(self, limit: float | None = None, *, patience: float | None = None) -> CommandRow:
        """Wait until the outcome is known and return the row; never raises for failure.

        ``limit`` seconds at most; ``patience`` seconds where the holder says for all of them that the server is away and
        the command has not gone out.
        """
        now, gone_at = asyncio.get_running_loop().time, math.inf
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self.row.open and now() < gone_at:
                    if patience is None or not self._waits_for_server():
                        gone_at = math.inf
                    elif gone_at == math.inf:
                        gone_at = now() + patience
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout_at(None if gone_at == math.inf else gone_at):
                            await self._store.changed()
        return self.row

    def _waits_for_server(self) -> bool:
        return self.row.outcome is Outcome.QUEUED and self._store.login.status().state is LoginState.DEGRADED

    async def cancel(self, limit: float | None = None) -> CommandRow:
        """Give the command up and return the row with its outcome: failed as ``dropped``, or accepted if it was faster.

        A queued command is canceled at once, a transfer on its way at its next piece, from any program. UsageError if
        neither is possible any more.
        """
        await self._store.drop(self._id, now=self._now())
        return await self.settled(limit)

    async def accepted(self, limit: float | None = None, *, patience: float | None = None) -> CommandRow:
        """Wait like ``settled`` and raise the error of the tree if the outcome is not accepted or echoed.

        A command that is still open after ``limit`` seconds is HeldBack where it waits for the pace, TooFast where the
        service reported it, else StillWaiting (a NoAnswer), which names what it waits for.
        """
        row = await self.settled(limit, patience=patience)
        if (error := self.problem()) is not None:
            raise error
        return row

    def problem(self) -> HongyanError | None:
        """Return what ``accepted`` would raise without waiting any longer, None for a command that was accepted."""
        row = self.row
        return still_open(row, self._store.login.status()) if row.open else error_of(row)
