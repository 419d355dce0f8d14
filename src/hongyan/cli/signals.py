"""Says what Ctrl-C, SIGTERM and SIGHUP do at each moment of a command; it knows no command."""

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
"""The exit code of a program that was asked to end and did not come to its end in time, as of ``timeout``."""

_ENDS_WITHIN_S: Final = 10.0  # after the first signal
_AFTER_ANOTHER_S: Final = 1.0  # after one more, of a person who does not want to wait


class StopRequested(SystemExit):
    """A signal asked the program to end; the exit code is 128 and the signal's number, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


def end_without_a_word() -> None:
    """Let Ctrl-C end the program at once: while modules are imported, and when it winds up, nothing is left half done.

    The interpreter's own way would print a traceback of wherever it was.
    """
    _last.may_end = True
    if _is_main() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


class _LastResort:
    """Ends a process that was asked to end and does not: work that waits without ``await`` hears of no cancellation.

    Whatever was under way is then as after a kill: the journal stands, and what was not finished comes again.
    """

    def __init__(self) -> None:
        self.may_end = False  # the process is ours
        self._asked = 0

    def asked(self) -> None:
        """Begin to count: from the first wish that the program ends, and anew from the second."""
        self._asked += 1
        if self.may_end and self._asked <= 2:  # a third changes nothing
            seconds = _ENDS_WITHIN_S if self._asked == 1 else _AFTER_ANOTHER_S
            timer = threading.Timer(seconds, self._end, (seconds,))
            timer.daemon = True
            timer.start()

    def _end(self, seconds: float) -> None:
        said = (
            f"hongyan: asked to end, and not at its end after {seconds:g} seconds; it is ended now\n"
            f"  {_busy_at()} What was not finished comes again at the next start.\n"
        )
        with contextlib.suppress(OSError):
            os.write(2, said.encode("utf-8", "replace"))
        os._exit(ENDED_HARD)


_last: Final = _LastResort()


def _busy_at() -> str:
    """Say where the main thread is busy, if that is not code of a library: it waits there without ``await``."""
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
    """Let any handler of a signal count as a wish to end, too: it works also while a loop is blocked."""
    handler = signal.getsignal(number)
    if not callable(handler):
        return

    def heard(number: int, frame: FrameType | None) -> None:
        _last.asked()
        handler(number, frame)

    signal.signal(number, heard)


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
    _last.asked()
    raise StopRequested(number)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Let signals end what is done within the block where it stands, also inside a loop, which would hear of them later."""
    came: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # the signature of handlers
        came.append(number)
        _last.asked()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)} if _is_main() else {}
    heard = {number: handler for number, handler in before.items() if callable(handler)}
    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if came and came[0] != signal.SIGINT:
            raise StopRequested(came[0]) from None
        raise
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held_back(came: list[int]) -> Iterator[None]:
    """Note signals that ask the program to end in ``came``, for ``stoppable``, while a loop is made and closed around it."""
    before = {number: signal.getsignal(number) for number in ENDING} if _is_main() else {}
    heard = {number: handler for number, handler in before.items() if handler is _stop}
    for number in heard:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
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

    interrupt = signal.getsignal(signal.SIGINT)
    heard = [number for number in ENDING if _is_main() and signal.getsignal(number) is not signal.SIG_IGN]
    try:
        for number in heard:
            with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
                loop.add_signal_handler(number, stop, number)
                _counting(number)
        if _is_main():
            _counting(signal.SIGINT)
        if came:  # not by a cancellation: work that never waits would be over before it is heard of
            work.close()
            raise StopRequested(came[0])
        return await work
    except asyncio.CancelledError:
        if came:
            raise StopRequested(came[0]) from None
        raise
    finally:
        for number in heard:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        if _is_main() and interrupt is not None:
            signal.signal(signal.SIGINT, interrupt)
