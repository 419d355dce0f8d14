"""The full screen in a real terminal, against a real emulator: as people use it, and as the network treats them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from .typewriter import Terminal, terminal_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HONGYAN = (sys.executable, "-m", "hongyan")
ENTER, ESCAPE = "\r", "\x1b"
CTRL_F, CTRL_K, CTRL_Q = "\x06", "\x0b", "\x11"


@contextmanager
def emulator(folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the demo world as a service that scans codes by itself."""
    child = subprocess.Popen(
        (
            *HONGYAN,
            *("emulate", "--world", "demo", "--port", str(port), "--json", "--auto-scan", "0.3"),
            *("--auth", "strict", "--state", str(folder)),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())["origin"]
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def chat(home: Path, origin: str) -> tuple[str, ...]:
    """Return the command of a full screen."""
    return (*HONGYAN, "chat", "--home", str(home), "--server", origin, "--no-pace", "--lang", "zh")


def go_to(terminal: Terminal, typed: str, name: str) -> None:
    """Open a chat by a few letters."""
    terminal.type(CTRL_K)
    terminal.until("转到会话")
    terminal.type(typed)
    terminal.until(name)
    terminal.type(ENTER)
    terminal.until_gone("转到会话")


@pytest.mark.parametrize("by", ["key", "signal"])
def test_a_terminal_that_draws_pictures_is_given_them(tmp_path: Path, by: str) -> None:
    """As kitty and Ghostty want them, in the middle of the messages; at every end it is told to forget them."""
    with (
        emulator(tmp_path / "state") as (_, origin),
        terminal_with(
            chat(tmp_path / "home", origin),
            (110, 36),
            XDG_CONFIG_HOME=str(tmp_path),
            TERM="xterm-kitty",
            COLORTERM="",
            NO_COLOR="",
            TMUX="",
            STY="",
            ZELLIJ="",
        ) as terminal,
    ):
        terminal.until("小雁 ● 在线")
        go_to(terminal, "anna", "Anna")
        terminal.until("\U0010eeee")
        if by == "key":
            terminal.type(CTRL_Q)
        else:
            terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == (0 if by == "key" else 128 + signal.SIGTERM)
        terminal.read_rest()
        sent = re.search(rb"\x1b_Ga=t,f=100,i=(\d+),q=2,m=[01];", terminal.raw)
        assert sent is not None
        number = int(sent[1])
        colour = f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}"
        cells = rf"\x1b\[{colour}(;48;2;\d+;\d+;\d+)?m\U0010eeee\u0305\u0305\U0010eeee\u0305\u030d"
        assert re.search(cells, terminal.raw.decode("utf-8", "replace"))
        shown, _, left = terminal.raw.partition(b"\x1b[?1049l")
        assert b"\x1b_Ga=d,d=I,i=%d,q=2\x1b\\" % number in shown
        assert b"\x1b_G" not in left


def test_a_day_with_the_demo(tmp_path: Path) -> None:
    """Log in, read, write Chinese and be answered, search, recall, resize, leave: the terminal is as it was."""
    with (
        emulator(tmp_path / "state") as (_, origin),
        terminal_with(chat(tmp_path / "home", origin), (120, 40), XDG_CONFIG_HOME=str(tmp_path)) as terminal,
    ):
        terminal.until("小雁 ● 在线")
        go_to(terminal, "mama", "妈妈")
        terminal.until("吃饭了吗")
        terminal.type("今天吃了饺子，你呢？")
        terminal.until("今天吃了饺子，你呢？")
        terminal.until_cursor(1 + 20)  # the caret stands behind ten characters of two cells
        terminal.type(ENTER)
        terminal.until("今天吃了饺子，你呢？ ✓")
        terminal.until("多吃点")  # she answers
        terminal.type(CTRL_F)
        terminal.until("搜索 · 妈妈")
        terminal.type("饺子")
        terminal.until("找到 ")
        terminal.type(ENTER)
        terminal.until_gone("搜索 · 妈妈")
        terminal.type(f"{ESCAPE}d")
        terminal.until("撤回这条消息？")
        terminal.type("y")
        terminal.until("(已撤回)")
        assert terminal.column_of("│") == {24}  # every line has the edge of its pane in one place
        terminal.resize(40, 12)
        terminal.until_gone("全部")
        terminal.until("(已撤回)")
        terminal.resize(120, 40)
        terminal.until("全部")
        terminal.until_column_of("│", {24})
        terminal.type(CTRL_Q)
        assert terminal.end() == 0
        tail = terminal.raw[-2000:]
        assert b"\x1b[?1049l" in tail  # the other screen is back
        assert b"\x1b[?25h" in tail  # and the cursor
        assert b"\x1b[?1000l" in tail  # and the mouse is the terminal's again


def test_the_service_goes_and_comes_back(tmp_path: Path) -> None:
    """Killed in the middle: the line on top says so, what is written waits, and goes when the service is there again."""
    state, home = tmp_path / "state", tmp_path / "home"
    with emulator(state) as (child, origin):
        port = int(origin.rsplit(":", 1)[1])
        with terminal_with(chat(home, origin), (100, 30), XDG_CONFIG_HOME=str(tmp_path)) as terminal:
            terminal.until("小雁 ● 在线")
            go_to(terminal, "mama", "妈妈")
            child.kill()
            child.wait()
            terminal.until("连接不稳")
            terminal.type(f"服务器没了也能写{ENTER}")
            terminal.until("服务器没了也能写 …")
            with emulator(state, port) as (_, again):
                assert again == origin
                terminal.until("● 在线")
                terminal.until("服务器没了也能写 ✓")
                terminal.type(CTRL_Q)
                assert terminal.end() == 0


def test_killed_and_started_again_nothing_is_lost(tmp_path: Path) -> None:
    """After kill -9 the draft and the chats are there, and nobody scans a code."""
    home = tmp_path / "home"
    with emulator(tmp_path / "state") as (_, origin):
        with terminal_with(chat(home, origin), (100, 30), XDG_CONFIG_HOME=str(tmp_path)) as terminal:
            terminal.until("小雁 ● 在线")
            go_to(terminal, "mama", "妈妈")
            terminal.until("吃饭了吗")
            terminal.type("写了一半")
            terminal.until("写了一半")
            end = time.monotonic() + 20
            while b"\xe5\x86\x99\xe4\xba\x86\xe4\xb8\x80\xe5\x8d\x8a" not in _drafts(home):
                assert time.monotonic() < end
                terminal.until("写了一半")
                time.sleep(0.1)
            _kill_rudely(terminal)
        with terminal_with(chat(home, origin), (100, 30), XDG_CONFIG_HOME=str(tmp_path)) as terminal:
            terminal.until("● 在线")
            terminal.until("[草稿] 写了一半")
            assert b"\xe6\x89\xab" not in terminal.raw  # nobody was asked to scan anything
            terminal.type(CTRL_Q)
            assert terminal.end() == 0


def test_alt_is_told_apart_by_a_plain_terminal(tmp_path: Path) -> None:
    """Alt+Enter begins a new line and sends nothing, Alt and a digit opens a chat and writes nothing."""
    with (
        emulator(tmp_path / "state") as (_, origin),
        terminal_with(
            chat(tmp_path / "home", origin), (100, 30), XDG_CONFIG_HOME=str(tmp_path), TERM="xterm"
        ) as terminal,
    ):
        terminal.until("小雁 ● 在线")
        go_to(terminal, "mama", "妈妈")
        terminal.type(f"第一行{ESCAPE}{ENTER}第二行{ENTER}")
        terminal.until("第二行 ✓")
        assert any("第一行" in line and "✓" not in line for line in terminal.lines())
        terminal.until("│ 妈妈")
        terminal.type(f"{ESCAPE}3")  # what is pinned stands before: never hers
        terminal.until_gone("│ 妈妈")
        assert not any("£" in line for line in terminal.lines())
        terminal.type(CTRL_Q)
        assert terminal.end() == 0


def _drafts(home: Path) -> bytes:
    import sqlite3

    connection = sqlite3.connect(home / "default" / "journal.db")
    try:
        return "".join(row[0] for row in connection.execute("SELECT draft FROM chat_state")).encode()
    finally:
        connection.close()


def _kill_rudely(terminal: Terminal) -> None:
    """Kill the program and put the terminal right, as a shell would."""
    terminal.process.kill()
    terminal.process.wait()
    terminal.restore()
