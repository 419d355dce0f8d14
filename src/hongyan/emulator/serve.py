"""Knows how the emulator runs as a program of its own; refuses to know the command line that asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hongyan.emulator.service import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hongyan.emulator.world import World

__all__ = ["Front", "ServeSettings", "serve"]


class Front(Protocol):
    """A listener in front of the service, such as the one for the real host names."""

    async def start(self) -> None:
        """Begin to listen."""

    async def close(self) -> None:
        """Stop to listen."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What the command line may say about an emulator."""

    worlds: Sequence[World]
    auth: str = "real"
    host: str = "127.0.0.1"
    port: int = 0
    state: Path | None = None
    poll_seconds: float = 25.0
    auto_scan: float | None = None
    """Seconds after which the phone scans a new code; it confirms after as many again. None: the phone waits."""
    front: Callable[[Emulator], Front] | None = None
    """Makes the listener that stands in front, given the started service."""
    announce: Callable[[Emulator], None] | None = None
    """Called when everything listens; without it the addresses are printed."""


async def serve(settings: ServeSettings) -> None:
    """Run an emulator until SIGTERM, SIGINT or cancellation. Raises OSError where an address is taken."""
    service = Emulator(
        settings.worlds,
        auth=settings.auth,
        host=settings.host,
        port=settings.port,
        state=settings.state,
        poll_seconds=settings.poll_seconds,
    )
    _allow_many_connections()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            loop.add_signal_handler(number, stop.set)
    async with service, contextlib.AsyncExitStack() as stack:
        if settings.front is not None:
            front = settings.front(service)
            await front.start()
            stack.push_async_callback(front.close)
        if settings.auto_scan is not None:
            stack.push_async_callback(_end, asyncio.create_task(_scan(service, settings.auto_scan)))
        (settings.announce or _print_addresses)(service)
        await stop.wait()


def _allow_many_connections() -> None:
    """Raise the soft limit of open files to the hard one: every client in long poll holds a connection."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # macOS refuses "unlimited"; the old limit stays then
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _print_addresses(service: Emulator) -> None:
    people = len(service.accounts[0].world.people)
    sys.stdout.write(
        f"Web WeChat emulator: {service.origin}\ncontrol: {service.origin}/_control/\n"
        f"accounts: {', '.join(account.world.me.nickname for account in service.accounts)} ({people} people)\n"
    )
    sys.stdout.flush()


async def _scan(service: Emulator, delay: float) -> None:
    """The phone of the first account scans every new code and confirms it."""
    while True:
        if service.codes.pending(service.phone.account.id) is None:
            await service.bell.wait(3600)
            continue
        await asyncio.sleep(delay)
        service.phone.scan()
        await asyncio.sleep(delay)
        service.phone.confirm()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
