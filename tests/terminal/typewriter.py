"""A terminal of 80 by 24 for the tests, with a program in it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["PATIENCE", "Terminal", "terminal_with"]

PATIENCE: Final = 20.0  # seconds: only a limit, a busy machine starts interpreters slowly


class Terminal:
    """A terminal of 80 by 24 with a program in it: keys in, the picture of the screen out."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""

    def type(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def lines(self) -> list[str]:
        """Return the lines of the screen without their right margin; wide characters are there once."""
        return [self._line(y).rstrip() for y in range(24)]

    def _line(self, y: int) -> str:
        return "".join(self._screen.buffer[y][x].data for x in range(80))

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
            self._stream.feed(piece)


@contextmanager
def terminal_with(command: Sequence[str]) -> Iterator[Terminal]:
    """Run a program in a terminal; at the end the terminal's settings are those from before."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TZ": "Asia/Shanghai",
    }
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    terminal = Terminal(process, ours)
    before = termios.tcgetattr(theirs)
    try:
        yield terminal
        assert termios.tcgetattr(theirs) == before
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
