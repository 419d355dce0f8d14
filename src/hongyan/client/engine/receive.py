"""Takes the events of a backend: writes each batch, and only then lets its position be used.

The order is the guarantee: raw items, events and the next position go into the journal in one transaction, and the batch
is committed afterwards. A crash in between makes the service deliver the batch again, and the journal drops repeats.

No fault of ours ends this loop: it is reported, costs the one event that raised it, and the loop goes on. Only errors
that make going on impossible are raised: a login that could not be stored, errors of the tree.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan import reports
from hongyan.errors import HongyanError, StorageDamaged, StorageError, described
from hongyan.model.events import MessageReceived, UnknownEvent
from hongyan.model.messages import Unparsed
from hongyan.ports.backend import AnswerLost, EventBatch, LoginMade, ServiceRecovered, ServiceTroubled

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from hongyan.client.engine.witness import Witness
    from hongyan.model.events import Event, Recorded
    from hongyan.ports import Store
    from hongyan.ports.backend import Backend, BackendEvent

__all__ = ["Receiver"]

T = TypeVar("T")
_log = logging.getLogger("hongyan.storage")
_LONGEST_PAUSE_S: Final = 10.0  # a person makes room on a disk, and then watches


class Receiver:
    """Journals what one login brings.

    ``on_event`` is awaited with everything but batches, in order; ``on_written`` with the new journal rows of a batch.
    """

    def __init__(
        self,
        backend: Backend,
        store: Store,
        *,
        clock: Callable[[], float],
        witness: Witness,
        on_event: Callable[[BackendEvent], Awaitable[None]],
        on_written: Callable[[Sequence[Recorded]], Awaitable[None]],
    ) -> None:
        self._backend = backend
        self._store = store
        self._witness = witness
        self._now = clock
        self._on_event = on_event
        self._on_written = on_written

    async def run(self, events: AsyncGenerator[BackendEvent]) -> None:
        """Deal with ``events`` until there are no more. Raises what ends the login, or prevents it."""
        async with contextlib.aclosing(events):
            async for event in events:
                match event:
                    case EventBatch():
                        await self._write(event)
                    case AnswerLost():
                        await self._when_there_is_room(partial(self._keep, event))
                    case _:
                        await self._hand_on(event)

    async def _when_there_is_room(self, work: Callable[[], Awaitable[T]]) -> T:
        """Write; while the disk has no room, keep the rows, report it, and request nothing from the service."""
        failures = 0
        while True:
            try:
                done = await work()
            except StorageDamaged:
                raise
            except StorageError as error:
                failures += 1
                pause = min(2.0 ** (failures - 1), _LONGEST_PAUSE_S)
                await self._on_event(
                    ServiceTroubled(str(error), self._now() + pause, failures, code=error.code)
                )
                await asyncio.sleep(pause)
            else:
                if failures:
                    await self._on_event(ServiceRecovered())
                return done

    async def _hand_on(self, event: BackendEvent) -> None:
        """Pass an event on; only the start of a login must have been understood, for its position is to be stored."""
        try:
            await self._when_there_is_room(lambda: self._on_event(event))
        except HongyanError:
            raise
        except Exception as fault:
            if isinstance(event, LoginMade):
                raise
            reports.note(fault, doing="handling an event of the login")

    async def _write(self, batch: EventBatch) -> None:
        written = await self._when_there_is_room(lambda: self._journaled(batch))
        self._backend.commit(batch)
        try:
            await self._on_written(written)
        except StorageError as error:  # the rows are safe; their effects are retried later
            _log.warning("%s (while processing new rows)", error)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # the rows are safe, and the next batch is waiting
            reports.note(fault, doing="processing new rows")

    async def _journaled(self, batch: EventBatch) -> list[Recorded]:
        """Append a batch whole; where an item of it cannot be written, item by item, that one as its bytes alone."""
        try:
            async with self._witness.lock:
                events = self._witness.looked_at(batch.login, batch.events, self._now())
                return await self._append(batch, events, whole=True)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # what one item makes the journal do costs no other
            reports.note(fault, doing="writing a batch")
        written = [row for item in batch.events for row in await self._salvaged(batch, item)]
        await self._append(batch, [], whole=True)
        return written

    async def _salvaged(self, batch: EventBatch, item: tuple[Event, bytes]) -> list[Recorded]:
        try:
            events = self._witness.looked_at(batch.login, [item], self._now())
            return await self._append(batch, events)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001
            message = Unparsed(reason=described(fault), raw=item[1])
            return await self._append(batch, [(MessageReceived(message=message), item[1])])

    async def _append(
        self, batch: EventBatch, events: Sequence[tuple[Event, bytes]], *, whole: bool = False
    ) -> list[Recorded]:
        return await self._store.append(
            events,
            login=batch.login,
            received_at=self._now(),
            position=batch.position if whole else None,
        )

    async def _keep(self, lost: AnswerLost) -> None:
        """Keep the bytes of an answer that could not be read."""
        await self._store.append(
            [(UnknownEvent(said=f"an answer could not be read: {lost.problem}"), lost.raw)],
            login=self._store.login.current,
            received_at=self._now(),
        )
