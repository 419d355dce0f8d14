"""Drives the protocol's machine: sends its requests and passes on its events, in order.

No fault of ours ends the loop: it is reported, counts as no answer, and the next request goes out. Only errors of the
tree that end the login are raised.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from hongyan import reports
from hongyan.errors import HongyanError, described
from hongyan.webwx.boundary import ours_in
from hongyan.webwx.http import Failure, FailureKind
from hongyan.webwx.machine_events import Batch, Degraded, Ended, Failed, LoggedIn, Step

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from hongyan.ports import Transport
    from hongyan.webwx.http import Request, Response
    from hongyan.webwx.machine import Machine
    from hongyan.webwx.machine_events import MachineEvent

__all__ = ["MachineDriver"]


class MachineDriver:
    """The only user of one machine. ``latency`` is how many seconds the last webwxsync took."""

    def __init__(self, machine: Machine, transport: Transport, clock: Callable[[], float]) -> None:
        self.machine = machine
        self.latency: float | None = None
        self._transport = transport
        self._now = clock
        self._look = asyncio.Event()
        self._answered = False
        self._after: Step | None = None

    def recheck(self) -> None:
        """Cancel the current poll and check at once whether the login still holds."""
        self._look.set()

    def commit(self, batch: Batch) -> None:
        """Continue after a batch that is durable."""
        self._after = self.machine.commit(batch, self._now())

    async def run(self, step: Step) -> AsyncGenerator[MachineEvent]:
        """Yield the machine's events from ``step`` on; a batch must be committed before the next event is requested.

        Ends when there is nothing more to request. Raises the error that ends the login or prevents it, NoAnswer if the very first
        request finds no server at the address.
        """
        while True:
            for event in step.events:
                for fault in _faults_of(event):
                    reports.note(fault, doing="reading an answer of the service")
                yield event
                if isinstance(event, (Ended, Failed)):
                    raise event.error
            committed, self._after = self._after, None
            if committed is not None:
                step = committed
            elif step.request is None:
                return
            else:
                await self._pause(step.wait, firm=step.firm)
                step = await self._ask(step.request)

    async def _pause(self, seconds: float, *, firm: bool) -> None:
        """Wait, unless a recheck is requested and the wait may be cut short."""
        if firm:
            await asyncio.sleep(seconds)
        elif seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._look.wait()
        self._look.clear()

    async def _ask(self, request: Request) -> Step:
        """Send a request; a recheck replaces a poll."""
        begun = self._now()
        try:
            answer = await self._carried(request)
        except HongyanError:
            raise
        except Exception as fault:  # noqa: BLE001  # as if there were no answer
            reports.note(fault, doing="carrying a request")
            answer = Failure(endpoint=request.endpoint, problem=described(fault))
        if answer is None:
            return self.machine.recheck(self._now())
        if isinstance(answer, Failure):
            if not self._answered and answer.kind is FailureKind.UNREACHABLE:
                raise answer.error()
            return self.machine.failed(answer, self._now())
        self._answered = True
        if request.endpoint == "webwxsync":
            self.latency = max(0.0, self._now() - begun)  # a clock may be set meanwhile
        return self.machine.receive(answer, self._now())

    async def _carried(self, request: Request) -> Response | Failure | None:
        """Return the answer, or None if a recheck is requested and the request is a mere poll."""
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


def _faults_of(event: MachineEvent) -> list[Exception]:
    """Return the faults of ours that an event contains."""
    match event:
        case Batch():
            found = [item.fault for item in event.items]
        case LoggedIn():
            found = list(event.init.faults)
        case Degraded():
            found = [event.fault]
        case Failed() | Ended():
            found = [ours_in(event.error)]
        case _:
            found = []
    return [fault for fault in found if fault is not None]
