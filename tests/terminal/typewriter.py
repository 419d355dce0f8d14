"""A terminal for the tests, with a program in it."""

from __future__ import annotations

import copy
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyte
from wcwidth import wcwidth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["PATIENCE", "Terminal", "terminal_with"]

PATIENCE: Final = 20.0  # seconds: only a limit, a busy machine starts interpreters slowly


_OTHER_SCREEN: Final = 1049


class _Screen(pyte.Screen):
    """A screen with another one behind it, which passes over what newer terminals are asked."""

    _behind: Any = None
    overflows: list[str]

    def draw(self, data: str) -> None:
        """Draw, and note what has no room in its row."""
        for char in data:
            if self.cursor.x + wcwidth(char) > self.columns and char.isascii() and char != " ":
                self.overflows.append(f"{char!r} behind column {self.cursor.x} of row {self.cursor.y}")
            super().draw(char)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and _OTHER_SCREEN in modes and self._behind is None:
            self._behind = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        if kwargs.get("private") and _OTHER_SCREEN in modes and self._behind is not None:
            self.buffer, self.cursor = self._behind
            self._behind = None
            self.dirty.update(range(self.lines))
        super().reset_mode(*modes, **kwargs)

    def set_margins(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("private", None)
        super().set_margins(*args, **kwargs)

    def report_device_status(self, *args: Any, **kwargs: Any) -> None:
        pass


class Terminal:
    """A terminal with a program in it: keys in, the picture of the screen out."""

    def __init__(
        self, process: subprocess.Popen[bytes], descriptor: int, size: tuple[int, int] = (80, 24)
    ) -> None:
        self.process = process
        self._descriptor = descriptor
        self._screen = _Screen(*size)
        self._screen.overflows = []
        self.first_size = size
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self.theirs = -1
        """The program's side of the terminal."""
        self._is_there = True
        self.restore: Callable[[], None] = lambda: None
        """Puts the terminal's settings right after a program that was killed, as a shell does."""

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    @property
    def overflows(self) -> list[str]:
        """What was drawn behind the last column."""
        return self._screen.overflows

    @overflows.setter
    def overflows(self, found: list[str]) -> None:
        self._screen.overflows = found

    def send_reading(self, data: bytes) -> None:
        """Send bytes, however many, to a program that may write meanwhile and read slowly; what it never reads is let go."""
        end = time.monotonic() + PATIENCE
        while data and time.monotonic() < end and self.process.poll() is None:
            if select.select([], [self._descriptor], [], 0.05)[1]:
                data = data[os.write(self._descriptor, data[:1024]) :]
            self._read(0)

    def read_rest(self) -> None:
        """Take in what an ended program has written."""
        before = -1
        while before != len(self.raw):
            before = len(self.raw)
            self._read(0.1)

    @property
    def is_there(self) -> bool:
        """Whether the terminal has not gone away."""
        return self._is_there

    def send(self, data: bytes) -> None:
        """Send bytes, whatever they are."""
        os.write(self._descriptor, data)

    def read_for(self, seconds: float) -> None:
        """Take in what comes within a time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.process.poll() is None:
            self._read(left)

    def hang_up(self) -> None:
        """Go away, as a terminal does whose window or connection is closed."""
        self._is_there = False
        os.close(self._descriptor)
        os.close(self.theirs)

    def lines(self) -> list[str]:
        """Return the lines of the screen without their right margin; wide characters are there once."""
        return [self._line(y).rstrip() for y in range(self._screen.lines)]

    def _line(self, y: int) -> str:
        return "".join(self._screen.buffer[y][x].data for x in range(self._screen.columns))

    def column_of(self, text: str) -> set[int]:
        """Return the columns in which a character stands, on whatever line."""
        screen = self._screen
        return {
            x for y in range(screen.lines) for x in range(screen.columns) if screen.buffer[y][x].data == text
        }

    def until_column_of(self, text: str, columns: set[int]) -> None:
        """Read until a character stands in these columns and no others: a frame comes in pieces."""
        end = time.monotonic() + PATIENCE
        while self.column_of(text) != columns:
            assert time.monotonic() < end, f"{text!r} stands elsewhere:\n" + "\n".join(self.lines())
            self._read(0.2)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size, and tell the program."""
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def cell(self, x: int, y: int) -> pyte.screens.Char:
        """Return what stands in a cell."""
        return self._screen.buffer[y][x]

    def until_cursor(self, column: int) -> None:
        """Read until the cursor is in a column."""
        end = time.monotonic() + PATIENCE
        while self._screen.cursor.x != column:
            assert time.monotonic() < end, f"the cursor is in {self._screen.cursor.x}, not in {column}"
            self._read(0.2)

    def until_gone(self, text: str) -> None:
        """Read until ``text`` is nowhere on the screen."""
        end = time.monotonic() + PATIENCE
        while any(text in line for line in self.lines()):
            assert time.monotonic() < end, f"{text!r} did not go away:\n" + "\n".join(self.lines())
            self._read(0.2)

    def until(self, text: str) -> None:
        """Read until ``text`` is on the screen."""
        self._until(lambda line: text in line, text)

    def until_line(self, whole: str) -> None:
        """Read until a line of the screen is ``whole``; the prompt alone, for one, which stands when keys are taken."""
        self._until(lambda line: line == whole, whole)

    def _until(self, fits: Callable[[str], bool], wanted: str) -> None:
        end = time.monotonic() + PATIENCE
        while not any(fits(line) for line in self.lines()):
            assert time.monotonic() < end, f"{wanted!r} did not appear:\n" + "\n".join(self.lines())
            self._read(0.2)

    def end(self) -> int:
        """Read until the program has ended, and return its exit code."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "the program does not end:\n" + "\n".join(self.lines())
            self._read(0.05)
        self._read(0)
        return self.process.returncode

    def _read(self, limit: float) -> None:
        if select.select([self._descriptor], [], [], limit)[0]:
            try:
                piece = os.read(self._descriptor, 65536)
            except OSError:  # Linux's way of saying that the program closed its side
                return
            self.raw += piece
            try:
                self._stream.feed(piece)
            except TypeError:  # what a line discipline echoes may be no sequence that this screen knows
                self._stream = pyte.ByteStream(self._screen)


@contextmanager
def terminal_with(
    command: Sequence[str], size: tuple[int, int] = (80, 24), **variables: str
) -> Iterator[Terminal]:
    """Run a program in a terminal; at the end the terminal's settings are those from before."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TZ": "Asia/Shanghai",
        **variables,
    }
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    terminal = Terminal(process, ours, size)
    terminal.theirs = theirs
    before = termios.tcgetattr(theirs)
    terminal.restore = lambda: termios.tcsetattr(theirs, termios.TCSANOW, before)
    try:
        yield terminal
        assert not terminal.is_there or termios.tcgetattr(theirs) == before
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if terminal.is_there:
            os.close(ours)
            os.close(theirs)
