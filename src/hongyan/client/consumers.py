"""The named consumers of an account's journal: how far each of them is, and what it gave up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.model.events import Recorded
    from hongyan.ports.store import Store

__all__ = ["AccountConsumers"]


class AccountConsumers:
    """``account.consumers``."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._now = clock

    async def done(self, consumer: str, recorded: Recorded) -> None:
        """Mark an event as dealt with by a named reader."""
        await self._store.done(consumer, recorded.seq)

    async def begin_again(self, consumer: str, recorded: Recorded) -> int:
        """Note that an event is delivered again to a consumer that did not finish it; return how often it was by now."""
        return await self._store.consumers.begin_again(consumer, recorded.seq)

    def spare(self, consumer: str, recorded: Recorded) -> None:
        """Take ``begin_again`` back after a stop in good order."""
        self._store.consumers.spare(consumer, recorded.seq)

    async def give_up(self, consumer: str, recorded: Recorded) -> None:
        """Note an event as a dead letter of a reader: it does not come again."""
        await self._store.consumers.give_up(consumer, recorded.seq, now=self._now())

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a reader gave up, oldest first."""
        return self._store.consumers.dead_letters(consumer)
