"""Does what the screen asks for, and keeps a fault in it from ending the screen: it costs one step and is shown in a line.

The toolkit ends the task of a widget whose handler raises, the program with it, and prints all that the program held.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.app import App
from textual.css.query import NoMatches
from textual.message_pump import MessagePump
from textual.widget import MountError

from hongyan import reports
from hongyan.errors import HongyanError
from hongyan.terminal.full.screens.leaving import Leaves

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine
    from pathlib import Path

    from textual.message import Message
    from textual.screen import Screen

__all__ = ["GuardedApp", "Overtaken"]

_MOST_FAULTS: Final = 20
_FAULTS_WITHIN_S: Final = 10.0  # in which so many of them are the end
_FAULT: Final = 70  # the exit code


class Overtaken(Exception):
    """The start of this action is obsolete: another screen is on top by now."""


class _Undertaking:
    """An action started on a screen, which may open another."""

    def __init__(self, origin: Screen[Any]) -> None:
        self.origin = origin


_undertaking: ContextVar[_Undertaking | None] = ContextVar("undertaking", default=None)


class GuardedApp(App[int], inherit_bindings=False):
    """A program that goes on after its own faults. ``crash`` is the fault that ended it all the same.

    ``has_left`` is whether it was asked to end; what fails from then on fails because of that. ``goes_on`` False lets
    every fault end it.
    """

    def __init__(self, *, ansi_color: bool, goes_on: bool) -> None:
        self.exit_code = 0
        self.crash: BaseException | None = None
        self.has_left = False
        self._goes_on = goes_on
        self._faults: deque[float] = deque(maxlen=_MOST_FAULTS)
        self._unsettled: set[_Undertaking] = set()
        self.handling = 0  # messages that are being handled now
        self._tasks: set[asyncio.Task[Any]] = set()
        super().__init__(ansi_color=ansi_color)
        MessagePump._dispatch_message = _netted  # type: ignore[assignment, method-assign]  # noqa: SLF001  # as below

    def tell_problem(self, problem: HongyanError) -> None:
        """Show what went wrong and what to do about it."""
        raise NotImplementedError

    def tell_fault(self, report: Path | None) -> None:
        """Show that something failed by a fault of ours."""
        raise NotImplementedError

    # -- doing something

    def later(self, work: Coroutine[Any, Any, Any], /) -> asyncio.Task[Any]:
        """Do something beside the screen; a failure is shown."""
        doing = getattr(work, "__qualname__", "work")
        origin = self.screen if self.screen_stack else None
        task = asyncio.get_running_loop().create_task(self._guarded(work, doing, origin))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # if it was cancelled before it started
        return task

    def ask(self, work: Awaitable[None], doing: str, origin: Screen[Any] | None = None, /) -> None:
        """Begin to do something that may ask a person; ``doing`` names it where it fails.

        ``origin`` is the screen that it was asked for on, None for the one on top.
        """
        undertaking = _Undertaking(origin or self.screen)
        self._unsettled.add(undertaking)
        self.run_worker(self._asked(work, doing, undertaking), group="handlers", exit_on_error=False)

    async def _asked(self, work: Awaitable[None], doing: str, undertaking: _Undertaking) -> None:
        _undertaking.set(undertaking)
        try:
            await self._guarded(work, doing, undertaking.origin)
        finally:
            self._unsettled.discard(undertaking)

    async def _guarded(self, work: Awaitable[Any], doing: str, origin: Screen[Any] | None) -> None:
        try:
            await work
        except HongyanError as problem:
            self.tell_problem(problem)
        except Overtaken:
            pass
        except Exception as problem:  # noqa: BLE001  # it costs what was done, and nothing else
            if not _is_too_late(problem, origin):
                self.fault(problem, doing)

    async def push_screen_wait(self, screen: Screen[Any], /) -> Any:  # type: ignore[override]  # by name there are none here
        """Ask a person by a screen; raise Overtaken if another screen is on top by now.

        So a key that repeats opens one dialog, not a pile of them.
        """
        undertaking = _undertaking.get()
        if undertaking is not None and self.screen is not undertaking.origin:
            raise Overtaken
        answer = self.push_screen(screen, wait_for_dismiss=True)
        if undertaking is not None:
            self._unsettled.discard(undertaking)
        return await answer

    def is_settled(self) -> bool:
        """Whether all that was asked for has been done, or asks a person in turn, and no message is being handled."""
        return not self._unsettled and not self.handling

    def give_up_settling(self) -> None:
        """Wait no longer for what was asked for until now."""
        self._unsettled.clear()

    # -- faults

    def fault(self, problem: Exception, doing: str) -> None:
        """Go on after a fault of ours: it is reported, shown in a line, and costs what was done."""
        if self.has_left:
            return
        if not self._goes_on or not self.is_running:
            self._handle_exception(problem)
            return
        path = reports.note(problem, doing=doing)
        self._faults.append(asyncio.get_running_loop().time())
        if len(self._faults) == _MOST_FAULTS and self._faults[-1] - self._faults[0] < _FAULTS_WITHIN_S:
            self._handle_exception(problem)
            return
        with contextlib.suppress(Exception):
            self.tell_fault(path)

    def _handle_exception(self, error: Exception) -> None:
        """End by a fault; nothing that the program held is drawn or printed."""
        if not self.has_left:
            if self._exception is None:
                self._exception = error
                self._exception_event.set()
            self.crash = self.crash or error
            self._return_code = self.exit_code = _FAULT
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """End; the toolkit would print what it renders."""
        del renderables
        self._handle_exception(RuntimeError("the toolkit gave up"))

    def _print_error_renderables(self) -> None:
        """Print nothing: the caller says in a sentence what ended the screen."""
        self._exit_renderables.clear()


def _is_too_late(problem: Exception, origin: Screen[Any] | None) -> bool:
    """Whether something only failed because the page for which it was done has been left, and its parts with it."""
    return isinstance(problem, NoMatches | MountError) and isinstance(origin, Leaves) and not origin.is_here


_dispatch = MessagePump._dispatch_message  # noqa: SLF001  # the one place through which every handler is called


async def _netted(pump: MessagePump, message: Message) -> None:
    app = pump.app
    if not isinstance(app, GuardedApp):
        await _dispatch(pump, message)
        return
    app.handling += 1
    try:
        await _dispatch(pump, message)
    except Exception as problem:
        if not _goes_on_without(pump, message):
            raise
        app.fault(problem, f"{type(pump).__name__}.{message.handler_name}")
    finally:
        app.handling -= 1


def _goes_on_without(pump: MessagePump, message: Message) -> bool:
    """Whether the screen can be without what a message was to do: what was never put together cannot be shown."""
    if not isinstance(message, events.Compose | events.Mount | events.Load):
        return True
    if isinstance(pump, Leaves):
        pump.app.call_later(pump.dismiss, None)
        return True
    return False
