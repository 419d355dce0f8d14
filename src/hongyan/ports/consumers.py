"""Who hands the journal's rows to named consumers and keeps how far each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from hongyan.model.events import Recorded
    from hongyan.model.ids import Seq

__all__ = ["Consumers"]


class Consumers(Protocol):
    """The consumers of one account's journal, by name. What a feed yields is given back by ``Store.done``."""

    def feed(
        self, consumer: str, only: Callable[[Recorded], bool] | None = None
    ) -> AsyncGenerator[Recorded, None]:
        """Yield events from a consumer's own position on, waiting for new ones; a new one begins at the journal's end.

        Those that are not wanted (``only``) count as finished. UsageError where the name is being consumed already.
        """

    def reached(self, consumer: str) -> Seq:
        """Return the row up to which a consumer has finished everything; the newest for one that is new."""

    async def begin_again(self, consumer: str, seq: Seq) -> int:
        """Note that an unfinished event is handled again, safe from a kill; return how often by now."""

    def spare(self, consumer: str, seq: Seq) -> None:
        """Take the last ``begin_again`` of an event back."""

    async def give_up(self, consumer: str, seq: Seq, *, now: float) -> None:
        """Note an event as finished and as a dead letter of a consumer."""

    def dead_letters(self, consumer: str) -> list[Recorded]:
        """Return the events that a consumer gave up, oldest first."""
