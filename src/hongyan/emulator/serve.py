"""Runs the emulator as a program; independent of the command line that starts it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hongyan.emulator.codes import CodeState
from hongyan.emulator.console import Console
from hongyan.emulator.generate import generate
from hongyan.emulator.people import Play
from hongyan.emulator.real_hosts import RealHosts
from hongyan.emulator.script_runner import ScriptRunner
from hongyan.emulator.server import Emulator
from hongyan.emulator.worlds import demo, load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hongyan.emulator.codes import Code
    from hongyan.emulator.faults import Fault
    from hongyan.emulator.world import World

__all__ = ["GeneratedWorld", "ServeSettings", "serve"]

_LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GeneratedWorld:
    """The sizes of an invented world; the same seed gives the same one."""

    seed: int = 0
    friends: int = 30
    groups: int = 6
    members: int = 12
    officials: int = 4


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The options of an emulator on the command line.

    The world is the first that is given of `worlds`, `world_file`, `generated`; without any the demo's.
    """

    worlds: Sequence[World] = ()
    world_file: Path | None = None
    generated: GeneratedWorld | None = None
    people_act: bool = True
    """Whether the people of a world file or of the demo answer and follow their time line."""
    auth: str = "real"
    host: str = "127.0.0.1"
    port: int = 0
    state: Path | None = None
    poll_seconds: float = 25.0
    auto_scan: float | None = None
    """Seconds after which the phone scans a new code; it confirms after as many again. None: the phone waits."""
    ca_dir: Path | None = None
    """Listen for the real host names too, with the certificate authority of this folder."""
    real_port: int = 0
    faults: Sequence[Fault] = ()
    """Faults from the start on."""
    console: bool = False
    """Let a person at the terminal write as the people of the world."""
    until_eof: bool = False
    """End when standard input does, as it does with the program that started this one."""
    announce: Callable[[Emulator, RealHosts | None], None] | None = None
    """Called when everything listens; without it the addresses are printed."""


async def serve(settings: ServeSettings) -> None:
    """Run an emulator until SIGTERM, SIGINT or cancellation.

    Raises OSError where an address is taken or a folder cannot be written, BadWorld for a world file that is none.
    """
    _allow_many_connections()
    worlds, play = _worlds(settings)
    service = Emulator(
        worlds,
        auth=settings.auth,
        host=settings.host,
        port=settings.port,
        state=settings.state,
        poll_seconds=settings.poll_seconds,
    )
    for fault in settings.faults:
        service.faults.order(fault)
    stop = _stop_signal()
    if settings.until_eof:
        _stop_at_eof(stop)
    async with service, contextlib.AsyncExitStack() as stack:
        real = None
        if settings.ca_dir is not None:
            real = RealHosts(service.server, settings.ca_dir, settings.host, settings.real_port)
            try:
                await stack.enter_async_context(real)
            except ValueError as error:  # other files, or damaged ones
                raise OSError(
                    f"{settings.ca_dir} has no certificate authority of the emulator: {error}"
                ) from error
        if settings.people_act:
            await stack.enter_async_context(ScriptRunner(service, play))
        if settings.auto_scan is not None:
            stack.push_async_callback(_end, asyncio.create_task(_scan(service, settings.auto_scan)))
        (settings.announce or _print_addresses)(service, real)
        if settings.console:
            await stack.enter_async_context(Console(service, _print_line))
        await stop.wait()


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _worlds(settings: ServeSettings) -> tuple[Sequence[World], Play]:
    if settings.worlds:
        return settings.worlds, Play()
    if settings.world_file is not None:
        world, play = load(settings.world_file)
    elif settings.generated is not None:
        sizes = settings.generated
        world, play = (
            generate(
                sizes.seed,
                friends=sizes.friends,
                groups=sizes.groups,
                members=sizes.members,
                officials=sizes.officials,
            ),
            Play(),
        )
    else:
        world, play = demo()
    return [world], play


def _stop_signal() -> asyncio.Event:
    """Set by SIGTERM, SIGINT, and by SIGHUP unless it is ignored, as under ``nohup``."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    hang_up = getattr(signal, "SIGHUP", signal.SIGTERM)
    for number in (signal.SIGTERM, signal.SIGINT, hang_up):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            loop.add_signal_handler(number, stop.set)
    return stop


def _stop_at_eof(stop: asyncio.Event) -> None:
    """Set ``stop`` when standard input ends; a thread reads it, as only one can read anything."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended before
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=read, daemon=True, name="emulator input").start()


def _allow_many_connections() -> None:
    """Raise the soft limit of open files to the hard one: every client in long poll holds a connection."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # macOS refuses "unlimited"; the old limit stays then
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _print_addresses(service: Emulator, real: RealHosts | None) -> None:
    lines = [f"Web WeChat emulator: {service.origin}", f"control: {service.origin}/_control/"]
    for account in service.accounts:
        world = account.world
        lines.append(f"account: {world.me.nickname} ({len(world.people)} people, {len(world.groups)} groups)")
    if real is not None:
        lines.append(f"real host names: port {real.port}; in the environment of a client:")
        lines.append(real.exports().rstrip())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


async def _scan(service: Emulator, delay: float) -> None:
    """The phone of the first account scans every new code and confirms it, each in its own time."""
    seen: dict[str, None] = {}
    async with asyncio.TaskGroup() as attending:
        while True:
            for code in service.codes:
                if code.uuid not in seen and code.account in {None, service.phone.account.id}:
                    seen[code.uuid] = None
                    attending.create_task(_attend(service, code, delay))
            await service.notifier.wait(3600)


async def _attend(service: Emulator, code: Code, delay: float) -> None:
    """Scan, wait until the client has seen it, confirm: a client that is confirmed earlier may never log in."""
    await asyncio.sleep(delay)
    if code.state is CodeState.SHOWN:
        service.phone.does(code, CodeState.SCANNED)
    while not (code.scan_reported or code.pushed) and service.codes.find(code.uuid) is not None:
        await service.notifier.wait(_LOOK_SECONDS)
    await asyncio.sleep(delay)
    if code.state is CodeState.SCANNED and service.codes.find(code.uuid) is not None:
        service.phone.does(code, CodeState.CONFIRMED)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
