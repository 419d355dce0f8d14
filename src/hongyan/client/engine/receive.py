"""Drives the protocol's machine: asks what it wants asked, writes what came, and only then lets the key be used.

The order is the promise: raw items, events and the next position go into the journal in one transaction, and the batch
is committed afterwards. A crash in between makes the server hand the batch out again, and the journal drops repeats.

No fault of ours ends this loop: it is written down for whoever mends it, costs the one thing on which it came, and the
next request goes out. Only what makes going on impossible is raised: a login that could not be kept, errors of the tree.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hongyan import reports
from hongyan.client.engine.witness import Witness
from hongyan.errors import HongyanError, StorageDamaged, StorageError
from hongyan.model.events import MessageReceived, UnknownEvent
from hongyan.model.messages import Unparsed
from hongyan.webwx.boundary import described, ours_in
from hongyan.webwx.http import Failure, FailureKind
from hongyan.webwx.machine_events import (
    Batch,
    Degraded,
    Ended,
    Failed,
    LoggedIn,
    Recovered,
    Step,
    UnreadableBatch,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hongyan.model.events import Event, Recorded
    from hongyan.ports import Store, Transport
    from hongyan.webwx.http import Request, Response
    from hongyan.webwx.machine import Machine
    from hongyan.webwx.machine_events import MachineEvent
    from hongyan.webwx.parse import SyncItem

__all__ = ["Receiver"]

T = TypeVar("T")
_log = logging.getLogger("hongyan.storage")
_LONGEST_PAUSE_S: Final = 10.0  # a disk gets room by a person's hand, who then looks


class Receiver:
    """The only one who uses the machine while it runs.

    ``on_news`` is awaited with everything but batches, in order; ``on_written`` with the new journal rows of a batch.
    """

    def __init__(
        self,
        machine: Machine,
        transport: Transport,
        store: Store,
        *,
        clock: Callable[[], float],
        witness: Witness | None = None,
        on_news: Callable[[MachineEvent], Awaitable[None]],
        on_written: Callable[[Sequence[Recorded]], Awaitable[None]],
    ) -> None:
        self._machine = machine
        self._transport = transport
        self._store = store
        self._witness = witness or Witness(store)
        self._now = clock
        self._on_news = on_news
        self._on_written = on_written
        self._look = asyncio.Event()
        self._answered = False
        self.latency: float | None = None

    def recheck(self) -> None:
        """Drop the poll that is out and look at once whether the login still stands."""
        self._look.set()

    async def run(self, step: Step) -> HongyanError | None:
        """Go on from ``step`` until the login ends or does not come about; return why, or None.

        Raises NoAnswer where the very first request finds nobody at the address.
        """
        while True:
            ending, following = await self._tell(step)
            if ending is not None:
                return ending
            if following is not None:
                step = following
            elif step.request is None:
                return None
            else:
                await self._pause(step.wait, firm=step.firm)
                step = await self._ask(step.request)

    async def _tell(self, step: Step) -> tuple[HongyanError | None, Step | None]:
        """Deal with the news in order; a batch leads to the step that follows it."""
        following = None
        for news in step.news:
            for fault in _faults_of(news):
                reports.note(fault, doing="reading an answer of the service")
            if isinstance(news, Batch):
                following = await self._write(news)
                continue
            if isinstance(news, UnreadableBatch):
                await self._when_there_is_room(partial(self._keep, news))
            await self._hand_on(news)
            if isinstance(news, (Ended, Failed)):
                return news.error, None
        return None, following

    async def _when_there_is_room(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do what writes; while the disk has no room, wait with it in hand, say so, and ask the service nothing."""
        failures = 0
        while True:
            try:
                done = await work()
            except StorageDamaged:
                raise
            except StorageError as error:
                failures += 1
                pause = min(2.0 ** (failures - 1), _LONGEST_PAUSE_S)
                await self._on_news(Degraded(str(error), self._now() + pause, failures))
                await asyncio.sleep(pause)
            else:
                if failures:
                    await self._on_news(Recovered())
                return done

    async def _hand_on(self, news: MachineEvent) -> None:
        """Tell the news; only that a login began must have been understood, for its position is to be kept."""
        try:
            await self._when_there_is_room(lambda: self._on_news(news))
        except HongyanError:
            raise
        except Exception as fault:
            if isinstance(news, LoggedIn):
                raise
            reports.note(fault, doing="dealing with news of the login")

    async def _write(self, batch: Batch) -> Step:
        written = await self._when_there_is_room(lambda: self._journaled(batch))
        step = self._machine.commit(batch, self._now())
        try:
            await self._on_written(written)
        except StorageError as error:  # the rows are safe; what they lead to is looked for again later
            _log.warning("%s (while looking through new rows)", error)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # the rows are safe, and the next batch is waiting
            reports.note(fault, doing="looking through new rows")
        return step

    async def _journaled(self, batch: Batch) -> list[Recorded]:
        """Append a batch whole; where an item of it cannot be written, item by item, that one as its bytes alone."""
        try:
            async with self._witness.lock:
                events = self._witness.looked_at(
                    batch.credentials.login, [(item.event, item.raw) for item in batch.items], self._now()
                )
                return await self._append(batch, events, whole=True)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # what one item makes the journal do costs no other
            reports.note(fault, doing="writing a batch")
        written = [row for item in batch.items for row in await self._salvaged(batch, item)]
        await self._append(batch, [], whole=True)
        return written

    async def _salvaged(self, batch: Batch, item: SyncItem) -> list[Recorded]:
        try:
            events = self._witness.looked_at(batch.credentials.login, [(item.event, item.raw)], self._now())
            return await self._append(batch, events)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001
            message = Unparsed(reason=described(fault), raw=item.raw)
            return await self._append(batch, [(MessageReceived(message=message), item.raw)])

    async def _append(
        self, batch: Batch, events: Sequence[tuple[Event, bytes]], *, whole: bool = False
    ) -> list[Recorded]:
        return await self._store.append(
            events,
            login=batch.credentials.login,
            received_at=self._now(),
            position=batch.position.to_bytes() if whole else None,
        )

    async def _keep(self, unreadable: UnreadableBatch) -> None:
        """Keep the bytes of an answer that nobody could read."""
        await self._store.append(
            [(UnknownEvent(said=f"an answer could not be read: {unreadable.problem}"), unreadable.raw)],
            login=self._store.login,
            received_at=self._now(),
        )

    async def _pause(self, seconds: float, *, firm: bool) -> None:
        """Wait, unless somebody wants to look at once and the wait may be cut short."""
        if firm:
            await asyncio.sleep(seconds)
        elif seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._look.wait()
        self._look.clear()

    async def _ask(self, request: Request) -> Step:
        """Carry a request; a wish to look at once replaces it."""
        begun = self._now()
        try:
            answer = await self._carried(request)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # as if nobody had answered
            reports.note(fault, doing="carrying a request")
            answer = Failure(endpoint=request.endpoint, problem=described(fault))
        if answer is None:
            return self._machine.recheck(self._now())
        if isinstance(answer, Failure):
            if not self._answered and answer.kind is FailureKind.UNREACHABLE:
                raise answer.error()
            return self._machine.failed(answer, self._now())
        self._answered = True
        if request.endpoint == "webwxsync":
            self.latency = max(0.0, self._now() - begun)  # a clock may be set meanwhile
        return self._machine.receive(answer, self._now())

    async def _carried(self, request: Request) -> Response | Failure | None:
        """Return the answer, or None where somebody wants to look at once and the request is a mere poll."""
        if request.endpoint != "synccheck":
            return await self._transport.exchange(request)
        asking = asyncio.ensure_future(self._transport.exchange(request))
        looking = asyncio.ensure_future(self._look.wait())
        try:
            await asyncio.wait([asking, looking], return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            self._look.clear()
            return None
        finally:
            for task in (asking, looking):
                task.cancel()
            await asyncio.gather(asking, looking, return_exceptions=True)


def _faults_of(news: MachineEvent) -> list[Exception]:
    """Return the faults of ours that news tell of."""
    match news:
        case Batch():
            found = [item.fault for item in news.items]
        case LoggedIn():
            found = list(news.init.faults)
        case Degraded():
            found = [news.fault]
        case Failed() | Ended():
            found = [ours_in(news.error)]
        case _:
            found = []
    return [fault for fault in found if fault is not None]
