"""Where typed lines come from: a terminal, where typing survives what comes in, or a pipe or file read to its end."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit import PromptSession

    from hongyan.terminal.line.completion import NameCompleter

__all__ = ["Interrupted", "Keyboard", "Piped", "Typed", "keyboard_for"]

_PIECE: Final = 65536  # bytes read at once
_LINES_AHEAD: Final = 100  # read but not yet carried out


class Interrupted(Exception):
    """Ctrl-C was pressed. (KeyboardInterrupt itself would tear down the event loop from inside a task.)"""


class Keyboard(Protocol):
    """A source of lines. ``interactive`` is whether a person can be asked something."""

    interactive: bool

    def on_screen(self) -> AbstractContextManager[object]:
        """Return the context within which lines may be printed while a person types."""

    async def line(self) -> str | None:
        """Return the next line without its end, or None at the end; raise Interrupted for Ctrl-C."""

    async def ask(self, question: str) -> str:
        """Return the answer to a question, empty where there is none."""


class Typed:
    """Lines typed at a terminal. ``prompt`` returns the text in front of the line, ``names`` what Tab completes."""

    interactive = True

    def __init__(self, prompt: Callable[[], str], names: NameCompleter | None = None) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        self._prompt = prompt
        self._lines: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=names, complete_while_typing=False, enable_suspend=True
        )

    def on_screen(self) -> AbstractContextManager[object]:
        """Return prompt_toolkit's patch: what is printed goes above the line being typed."""
        from prompt_toolkit.patch_stdout import patch_stdout

        return patch_stdout()

    async def line(self) -> str | None:
        """Return what was typed up to Enter; Ctrl-D on an empty line ends."""
        try:
            return await self._lines.prompt_async(self._prompt)
        except EOFError:
            return None
        except KeyboardInterrupt as problem:
            raise Interrupted from problem

    async def ask(self, question: str) -> str:
        """Return the answer to a question; it does not enter the history of lines."""
        from prompt_toolkit import PromptSession

        asking: PromptSession[str] = PromptSession(enable_suspend=True)
        try:
            return await asking.prompt_async(question)
        except EOFError:
            return ""
        except KeyboardInterrupt as problem:
            raise Interrupted from problem


class Piped:
    """Lines from a file descriptor that is not a terminal."""

    interactive = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: asyncio.Queue[str | None] | None = None
        self._room = threading.Semaphore(_LINES_AHEAD)

    def on_screen(self) -> AbstractContextManager[object]:
        """Return a context that does nothing: no line is typed."""
        return nullcontext()

    async def line(self) -> str | None:
        """Return the next line; bytes that are not UTF-8 become replacement characters."""
        if self._waiting is None:
            self._waiting = asyncio.Queue()
            loop = asyncio.get_running_loop()
            threading.Thread(
                target=self._read, args=(loop, self._waiting), daemon=True, name="hongyan input"
            ).start()
        line = await self._waiting.get()
        self._room.release()
        return line

    async def ask(self, question: str) -> str:  # noqa: ARG002  # the answer is always the same
        """Return nothing: there is no person to answer."""
        return ""

    def _read(self, loop: asyncio.AbstractEventLoop, waiting: asyncio.Queue[str | None]) -> None:
        # A thread reads, as only it can read pipes and files alike. It takes the descriptor, not sys.stdin: a thread
        # that still waits in there when the program ends would hold a lock that the interpreter needs.
        # Nothing of the loop is waited for in there either: a loop that ends would cancel it under the thread.
        def put(line: str | None) -> None:
            self._room.acquire()
            loop.call_soon_threadsafe(waiting.put_nowait, line)

        with suppress(RuntimeError):  # the loop has ended before the input
            self._pass_lines(put)
            put(None)

    def _pass_lines(self, put: Callable[[str | None], None]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        rest = ""
        while piece := self._next_piece():
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            for line in lines:
                put(line.removesuffix("\r"))
        rest += decoder.decode(b"", final=True)
        if rest:
            put(rest)

    def _next_piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _PIECE)
        except OSError:
            return b""  # a terminal that went away, a closed descriptor: the end as well


def keyboard_for(prompt: Callable[[], str], names: NameCompleter | None = None) -> Keyboard:
    """Return the source of lines of this program: a terminal only where both input and output are one."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return Typed(prompt, names)
    return Piped(sys.stdin.fileno())
