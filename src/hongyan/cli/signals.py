"""Handles Ctrl-C, SIGTERM and SIGHUP at each stage of a command; independent of commands."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

__all__ = [
    "ENDED_HARD",
    "ENDING",
    "StopRequested",
    "at_once",
    "at_work",
    "end_without_a_word",
    "held_back",
    "stoppable",
]

T = TypeVar("T")

ENDING: Final = tuple(
    number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
"""The signals that ask a program to end: a service manager's, and a terminal's that is closed."""


ENDED_HARD: Final = 124
"""The exit code of a program that did not end in time after a signal, as of ``timeout``."""

_ENDS_WITHIN_S: Final = 10.0  # after the first signal
_AFTER_ANOTHER_S: Final = 1.0  # after another signal, from a person who does not want to wait


class StopRequested(SystemExit):
    """A signal ended the program; the exit code is 128 and the signal's number, as in shells."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


def end_without_a_word() -> None:
    """Let Ctrl-C end the program at once: while modules are imported, and when it winds up, nothing is left half done.

    The interpreter's default would print a traceback of the current place.
    """
    _last.may_end = True
    if _is_main() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


class _LastResort:
    """Ends a process that does not end after a signal: work that waits without ``await`` gets no cancellation.

    The state is then as after a kill: the journal is whole, and unfinished work is repeated.
    """

    def __init__(self) -> None:
        self.may_end = False  # the process is ours
        self._requested = 0

    def asked(self) -> None:
        """Start the timer: at the first signal, and again at the second."""
        self._requested += 1
        if self.may_end and self._requested <= 2:  # a third changes nothing
            seconds = _ENDS_WITHIN_S if self._requested == 1 else _AFTER_ANOTHER_S
            timer = threading.Timer(seconds, self._end, (seconds,))
            timer.daemon = True
            timer.start()

    def _end(self, seconds: float) -> None:
        sentence = (
            f"hongyan: asked to end, and not at its end after {seconds:g} seconds; it is ended now\n"
            f"  {_busy_at()} What was not finished comes again at the next start.\n"
        )
        with contextlib.suppress(OSError):
            os.write(2, sentence.encode("utf-8", "replace"))
        os._exit(ENDED_HARD)


_last: Final = _LastResort()


def _busy_at() -> str:
    """Describe where the main thread is busy, if that is not code of a library: it waits there without ``await``."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001  # the only way to it
    libraries = (os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(__file__)), "<")  # noqa: PTH120
    while frame is not None and (
        frame.f_code.co_filename.startswith(libraries) or "-packages" in frame.f_code.co_filename
    ):
        frame = frame.f_back
    if frame is None:
        return "Something in it does not come back."
    return f"{frame.f_code.co_filename}:{frame.f_lineno} does not come back, and awaits nothing."


def _counting(number: int) -> None:
    """Count any handled signal as a request to end, too: this works also while a loop is blocked."""
    handler = signal.getsignal(number)
    if not callable(handler):
        return

    def handled(number: int, frame: FrameType | None) -> None:
        _last.asked()
        handler(number, frame)

    signal.signal(number, handled)


@contextlib.contextmanager
def at_work() -> Iterator[None]:
    """Let signals end the work of the block in order: as KeyboardInterrupt, and as Stopped.

    Ignored signals, as under ``nohup``, stay ignored.
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
    _last.asked()
    raise StopRequested(number)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Let signals interrupt the block where it is, also inside a loop, which would handle them later."""
    received: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of handlers
        received.append(number)
        _last.asked()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)} if _is_main() else {}
    handled = {number: handler for number, handler in before.items() if callable(handler)}
    for number in handled:
        signal.signal(number, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if received and received[0] != signal.SIGINT:
            raise StopRequested(received[0]) from None
        raise
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held_back(received: list[int]) -> Iterator[None]:
    """Note signals to end in ``received``, for ``stoppable``, while a loop is made and closed around it."""
    before = {number: signal.getsignal(number) for number in ENDING} if _is_main() else {}
    handled = {number: handler for number, handler in before.items() if handler is _stop}
    for number in handled:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


async def stoppable(work: Coroutine[Any, Any, T], received: list[int]) -> T:
    """Await ``work``; a signal to end cancels it, and Stopped follows when it has ended.

    ``received`` are earlier signals, as noted by ``held_back``.
    """
    import asyncio

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop(number: int) -> None:
        received.append(number)
        task.cancel()

    interrupt = signal.getsignal(signal.SIGINT)
    handled = [number for number in ENDING if _is_main() and signal.getsignal(number) is not signal.SIG_IGN]
    try:
        for number in handled:
            with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
                loop.add_signal_handler(number, stop, number)
                _counting(number)
        if _is_main():
            _counting(signal.SIGINT)
        if received:  # not by a cancellation: work that never waits would be over before it takes effect
            work.close()
            raise StopRequested(received[0])
        return await work
    except asyncio.CancelledError:
        if received:
            raise StopRequested(received[0]) from None
        raise
    finally:
        for number in handled:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        if _is_main() and interrupt is not None:
            signal.signal(signal.SIGINT, interrupt)
