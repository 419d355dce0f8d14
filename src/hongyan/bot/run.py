"""Runs one app for the command line: until it is stopped, or the login is over; it prints only through ``tell``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hongyan.model.events import LoginChanged, LoginState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from hongyan.bot.app import App
    from hongyan.client.account import Account
    from hongyan.model.events import Recorded

__all__ = ["BotSettings", "run_bot"]


def _silent(_: str) -> None:
    """Print nothing."""


@dataclass(frozen=True, slots=True)
class BotSettings:
    """``tell`` takes a line for the person who started the app: it runs, the server is away, it ended."""

    tell: Callable[[str], None] = _silent


async def run_bot(account: Account, app: App, settings: BotSettings | None = None) -> int:
    """Run ``app`` and return an exit code: 0 after SIGTERM.

    Ctrl-C cancels as usual, and the end of the login raises LoginEnded; the command line has codes for both.
    """
    tell = (settings or BotSettings()).tell
    name = app.name or "bot"

    async def started(ready: Account) -> None:
        tell(f"{name} runs as {ready.me.name}")

    app.on_start(started)
    running = asyncio.ensure_future(app.run(account))
    watching = asyncio.create_task(_tell_of_server(account.events(), tell))
    try:
        with _terminated_by(running):
            await asyncio.wait({running})
    except asyncio.CancelledError:
        running.cancel()
        await asyncio.wait({running})
        raise
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        tell(f"{name} has ended")
    if not running.cancelled():
        running.result()
    return 0


async def _tell_of_server(events: AsyncIterator[Recorded], tell: Callable[[str], None]) -> None:
    """Report once that the server cannot be reached, and once that it is back."""
    is_away = False
    async for recorded in events:
        event = recorded.event
        if not isinstance(event, LoginChanged):
            continue
        if event.state is LoginState.DEGRADED and not is_away:
            why = f" ({event.said or event.reason})" if event.reason else ""
            tell(f"the server cannot be reached{why}; it is tried again, and what is to be sent waits")
        elif event.state is LoginState.ONLINE and is_away:
            tell("the server answers again")
        is_away = event.state is LoginState.DEGRADED


@contextlib.contextmanager
def _terminated_by(task: asyncio.Future[None]) -> Iterator[None]:
    """Let SIGTERM end ``task`` in order, where the system and the thread allow it."""
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
        if callable(before):  # the loop hears without it; the handler that was there before is called as well
            signal.signal(signal.SIGTERM, before)
    except (NotImplementedError, ValueError, RuntimeError):
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
