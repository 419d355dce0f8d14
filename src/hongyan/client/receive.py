"""Drives the protocol's machine: asks what it wants asked, writes what came, and only then lets the key be used.

The order is the promise: raw items, events and the next position go into the journal in one transaction, and the batch
is committed afterwards. A crash in between makes the server hand the batch out again, and the journal drops repeats.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from hongyan.model.events import UnknownEvent
from hongyan.webwx.http import Failure, FailureKind
from hongyan.webwx.news import Batch, Ended, Failed, Unreadable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hongyan.errors import HongyanError
    from hongyan.model.events import Recorded
    from hongyan.ports import Store, Transport
    from hongyan.webwx.http import Request, Response
    from hongyan.webwx.machine import Machine
    from hongyan.webwx.news import News, Step

__all__ = ["Receiver"]


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
        wall: Callable[[], float],
        on_news: Callable[[News], Awaitable[None]],
        on_written: Callable[[Sequence[Recorded]], Awaitable[None]],
    ) -> None:
        self._machine = machine
        self._transport = transport
        self._store = store
        self._wall = wall
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
                await self._pause(step.wait)
                step = await self._ask(step.request)

    async def _tell(self, step: Step) -> tuple[HongyanError | None, Step | None]:
        """Deal with the news in order; a batch leads to the step that follows it."""
        following = None
        for news in step.news:
            if isinstance(news, Batch):
                following = await self._write(news)
                continue
            if isinstance(news, Unreadable):
                await self._keep(news)
            await self._on_news(news)
            if isinstance(news, (Ended, Failed)):
                return news.error, None
        return None, following

    async def _write(self, batch: Batch) -> Step:
        written = await self._store.append(
            [(item.event, item.raw) for item in batch.items],
            login=batch.credentials.login,
            received_at=self._wall(),
            position=batch.position.to_bytes(),
        )
        step = self._machine.commit(batch, self._wall())
        await self._on_written(written)
        return step

    async def _keep(self, unreadable: Unreadable) -> None:
        """Keep the bytes of an answer that nobody could read."""
        await self._store.append(
            [(UnknownEvent(said=f"an answer could not be read: {unreadable.problem}"), unreadable.raw)],
            login=self._store.login,
            received_at=self._wall(),
        )

    async def _pause(self, seconds: float) -> None:
        """Wait, unless somebody wants to look at once."""
        with contextlib.suppress(TimeoutError):
            if seconds:
                async with asyncio.timeout(seconds):
                    await self._look.wait()

    async def _ask(self, request: Request) -> Step:
        """Carry a request; a wish to look at once replaces it."""
        begun = self._wall()
        answer = await self._carried(request)
        if answer is None:
            return self._machine.recheck(self._wall())
        if isinstance(answer, Failure):
            if not self._answered and answer.kind is FailureKind.UNREACHABLE:
                raise answer.error()
            return self._machine.failed(answer, self._wall())
        self._answered = True
        if request.endpoint == "webwxsync":
            self.latency = self._wall() - begun
        return self._machine.receive(answer, self._wall())

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
