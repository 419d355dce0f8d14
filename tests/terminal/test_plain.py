"""Line mode as a program of its own: through pipes, and typed at a terminal."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORLD = Path(__file__).with_name("echo_world.py")
PATIENCE = 20.0  # seconds: only a limit, a busy machine starts interpreters slowly


def _command(*options: str) -> list[str]:
    return [sys.executable, "-X", "utf8", str(WORLD), *options]


async def _piped(typed: str, *options: str) -> tuple[int, list[str], list[str]]:
    process = await asyncio.create_subprocess_exec(
        *_command(*options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TZ": "Asia/Shanghai"},
    )
    out, err = await asyncio.wait_for(process.communicate(typed.encode()), PATIENCE)
    assert process.returncode is not None
    return process.returncode, out.decode().splitlines(), err.decode().splitlines()


async def test_a_pipe_ends_when_its_sends_are_settled() -> None:
    """Everything that was asked for is carried out and printed before the program ends with 0."""
    code, out, err = await _piped("->老王:ping\n->阿黄:最后一行没有换行", "seed", "zh")
    assert code == 0
    assert [line.partition(" ")[2] for line in out if "小灰 ->" in line] == [
        "小灰 -> 老王: ping",
        "小灰 -> 阿黄: 最后一行没有换行",
    ]
    assert err == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [("->谁:hi\n", 4), ("->老王:no\n", 6), ("/nix\n", 2), ("->all:hi\n", 2), ("->老王:kick\n", 3), ("", 0)],
)
async def test_a_script_learns_from_the_exit_code(typed: str, code: int) -> None:
    """Nobody of that name 4, refused 6, a mistake 2, a login that ended 3."""
    assert (await _piped(typed, "plain", "en"))[0] == code


async def test_json_goes_to_programs() -> None:
    """Each line of both streams is one object with its schema."""
    _, out, err = await _piped("->老王:hi\n/chats\n/nix\n/status\n", "json", "en")
    told = [json.loads(line) for line in (*out, *err)]
    assert {one["schema"] for one in told} == {1}
    assert {one["event"] for one in told} == {"sent", "list", "problem", "status"}


async def test_following_goes_on_after_the_input() -> None:
    """With ``follow`` the program prints what comes until the login ends."""
    code, out, err = await _piped("->老王:ping\n->老王:kick\n", "plain", "en", "follow")
    assert code == 3
    assert any("pong" in line for line in out)
    assert any("the login has ended" in line for line in err)


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
def _terminal(*options: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TZ": "Asia/Shanghai",
    }
    process = subprocess.Popen(
        _command(*options),
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


def test_typing_survives_what_comes_in() -> None:
    """Half a Chinese line stays on the prompt while messages are printed above it, and is sent whole."""
    with _terminal("plain", "zh") as terminal:
        terminal.until_line(">")
        terminal.type("->老王:story\r")
        terminal.type("->老王:周末去爬")
        terminal.until("第 2 句")
        terminal.until_line("> ->老王:周末去爬")
        terminal.type("山吗\r")
        terminal.until("我 → 老王: 周末去爬山吗")
        terminal.type("quit\r")
        assert terminal.end() == 0


def test_the_open_chat_stands_in_the_prompt() -> None:
    """Plain lines go there; Ctrl-D ends."""
    with _terminal("plain", "zh") as terminal:
        terminal.until_line(">")
        terminal.type("/open 老\t")
        terminal.until_line("> /open 老王")
        terminal.type("\r")
        terminal.until_line("老王>")
        terminal.type("ping\r")
        terminal.until("pong 你好")
        terminal.type("\x04")
        assert terminal.end() == 0


def test_control_c_leaves_a_clean_terminal() -> None:
    """Exit code 130 and the terminal's settings as before, also in the middle of a line."""
    with _terminal("plain", "en") as terminal:
        terminal.until_line(">")
        terminal.type("half a line")
        terminal.until("half a line")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert b"Traceback" not in terminal.raw


def test_a_signal_ends_a_pipe_cleanly() -> None:
    """SIGINT while waiting for input: 130 and no traceback."""
    process = subprocess.Popen(
        _command("plain", "en"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("->老王:hi\n".encode())
    process.stdin.flush()
    assert "老王: hi" in process.stdout.readline().decode()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (130, b"")


def test_questions_are_asked_at_a_terminal() -> None:
    """Auto-reply by y; a message to all by the number of friends, and by nothing else."""
    with _terminal("plain", "en", "ask") as terminal:
        terminal.until("auto reply? (y/n)")
        terminal.type("y\r")
        terminal.until("auto reply is on")
        terminal.type("->all:happy new year\r")
        terminal.until("Type 2 to confirm:")
        terminal.type("2\r")
        terminal.until("me → 阿黄: happy new year")
        terminal.type("quit\r")
        assert terminal.end() == 0


def test_the_end_of_the_login_ends_the_program() -> None:
    """A person who sits at the prompt is told why, and gets the shell back with 3."""
    with _terminal("plain", "en") as terminal:
        terminal.until_line(">")
        terminal.type("->老王:kick\r")
        assert terminal.end() == 3
        assert any("the login has ended" in line for line in terminal.lines())
