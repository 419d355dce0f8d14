"""Says what Ctrl-C, SIGTERM and SIGHUP do at each moment of a command; it knows no command."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

__all__ = ["ENDING", "Stopped", "at_work", "end_without_a_word", "held_back", "stoppable"]

T = TypeVar("T")

ENDING: Final = tuple(
    number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
"""The signals that ask a program to end: a service manager's, and a terminal's that is closed."""


class Stopped(SystemExit):
    """A signal asked the program to end; the exit code is 128 and the signal's number, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


def end_without_a_word() -> None:
    """Let Ctrl-C end the program at once: while modules are imported, and when it winds up, nothing is left half done.

    The interpreter's own way would print a traceback of wherever it was.
    """
    if _is_main() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """Let signals end what is done within the block in order: as KeyboardInterrupt, and as Stopped.

    What was to be ignored, as ``nohup`` wishes, stays ignored.
    """
    if not _is_main():
        yield
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)}
    try:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _stop)
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of handlers
    raise Stopped(number)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Note signals that ask the program to end, for ``stoppable``, while a loop is made and closed around it."""
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in ENDING} if _is_main() else {}
    heard = {number: handler for number, handler in before.items() if handler is _stop}
    for number in heard:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield came
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


async def stoppable(work: Coroutine[Any, Any, T], came: list[int]) -> T:
    """Await ``work``; a signal that asks the program to end cancels it, and Stopped follows when it has ended.

    ``came`` are signals of a moment ago, as ``held_back`` notes them.
    """
    import asyncio

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop(number: int) -> None:
        came.append(number)
        task.cancel()

    heard = [number for number in ENDING if _is_main() and signal.getsignal(number) is not signal.SIG_IGN]
    try:
        for number in heard:
            with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
                loop.add_signal_handler(number, stop, number)
        if came:  # not by a cancellation: work that never waits would be over before it is heard of
            work.close()
            raise Stopped(came[0])
        return await work
    except asyncio.CancelledError:
        if came:
            raise Stopped(came[0]) from None
        raise
    finally:
        for number in heard:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
