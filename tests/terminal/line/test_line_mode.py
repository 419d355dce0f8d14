"""Line mode as a program of its own: through pipes, and typed at a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ..typewriter import PATIENCE, terminal_with

WORLD = Path(__file__).with_name("echo_world.py")


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


def test_typing_survives_what_comes_in() -> None:
    """Half a Chinese line stays on the prompt while messages are printed above it, and is sent whole."""
    with terminal_with(_command("plain", "zh")) as terminal:
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
    with terminal_with(_command("plain", "zh")) as terminal:
        terminal.until_line(">")
        terminal.type("/open 老\t")
        terminal.until_line("> /open 老王")
        terminal.type("\r")
        terminal.until_line("老王>")
        terminal.type("ping\r")
        terminal.until("pong 你好")
        terminal.until_line("老王>")  # the next line is being read again
        terminal.type("\x04")
        assert terminal.end() == 0


def test_control_c_leaves_a_clean_terminal() -> None:
    """Exit code 130 and the terminal's settings as before, also in the middle of a line."""
    with terminal_with(_command("plain", "en")) as terminal:
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
    """Auto-reply by y, where a line that was typed ahead is no answer; a message to all by the number of friends."""
    with terminal_with(_command("plain", "en", "ask")) as terminal:
        terminal.until("auto reply? (y/n)")
        terminal.type("->老王:hi\r")
        terminal.until("it was not sent: type y or n")
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
    with terminal_with(_command("plain", "en")) as terminal:
        terminal.until_line(">")
        terminal.type("->老王:kick\r")
        assert terminal.end() == 3
        assert any("the login has ended" in line for line in terminal.lines())
