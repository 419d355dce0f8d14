"""However the full screen ends or pauses, the terminal is as it was: signals, a shell's job control, a terminal that goes."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from .typewriter import Terminal, terminal_with

if TYPE_CHECKING:
    from collections.abc import Iterator

HONGYAN = (sys.executable, "-m", "hongyan")
RESTORED: Final = (
    *(b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?1006l", b"\x1b[?2004l"),
    *(b"\x1b[?1004l", b"\x1b[<u", b"\x1b[?7h"),
)
_TITLE_KEPT, _TITLE_BACK = b"\x1b[22;2t", b"\x1b[23;2t"
CTRL_C, CTRL_K, CTRL_N, CTRL_Q, CTRL_Z = "\x03", "\x0b", "\x0e", "\x11", "\x1a"
ENTER, ESCAPE = "\r", "\x1b"


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a program that knows no other home."""
    folder.mkdir(exist_ok=True)
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR")
    return {**dict.fromkeys(names, str(folder)), "LANG": "C.UTF-8", "NO_COLOR": ""}


@contextmanager
def demo(folder: Path, size: tuple[int, int] = (100, 30), **more: str) -> Iterator[Terminal]:
    """Run the demo in a terminal; at the end neither its folder nor its emulator is there."""
    lang = "en" if more.get("LANG", "").startswith("en") else "zh"
    command = (*HONGYAN, "demo", "--lang", lang)
    with terminal_with(command, size, **{**surroundings(folder), **more}) as terminal:
        yield terminal
    assert not list(folder.glob("hongyan-demo-*"))
    assert not orphans(folder)


def orphans(folder: Path) -> list[str]:
    """Return the commands of the processes that were begun with this home, as far as the system tells."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (place / "environ").read_bytes(), (place / "cmdline").read_bytes()
        except OSError:
            continue
        if f"HOME={folder}\0".encode() in environment and b"hongyan" in command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def assert_restored(terminal: Terminal) -> None:
    """Check that everything that was set is set back after the last picture, and no traceback was shown."""
    _, last, after = terminal.raw.rpartition(b"\x1b[?1049h")
    assert last, "the screen never came"
    for sequence in RESTORED:
        assert sequence in after, sequence
    assert terminal.raw.rfind(_TITLE_BACK) >= terminal.raw.rfind(_TITLE_KEPT), "the window keeps our title"
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
def test_a_signal_ends_the_screen_in_order(tmp_path: Path, name: str) -> None:
    """The exit code is the signal's."""
    number = getattr(signal, name)
    with demo(tmp_path / "home") as terminal:
        terminal.until("● 在线")
        terminal.process.send_signal(number)
        assert terminal.end() == 128 + number
        assert_restored(terminal)


@pytest.mark.parametrize("after", [0.0, 0.2, 0.4, 0.7, 1.0, 1.4])
def test_interrupted_while_it_comes_it_leaves(tmp_path: Path, after: float) -> None:
    """At any moment of the start: no word but of the terminal's own, and never 0 where nothing was shown."""
    with demo(tmp_path / "home") as terminal:
        terminal.read_for(after)
        terminal.type(CTRL_C)
        terminal.read_for(0.3)
        if terminal.process.poll() is None:
            terminal.type(CTRL_C)
            terminal.read_for(0.3)
            terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() in {130, -2, 0}
        for word in (b"Traceback", b"NoMatches", b"Broken pipe", b"cannot start"):
            assert word not in terminal.raw
        if b"\x1b[?1049h" in terminal.raw:
            assert_restored(terminal)


def test_a_terminal_that_goes_away_ends_it(tmp_path: Path) -> None:
    """As where a connection is lost and nobody sends a signal: the program is gone, and so is its emulator."""
    home = tmp_path / "home"
    with demo(home) as terminal:
        terminal.until("● 在线")
        terminal.hang_up()
        assert terminal.process.wait(20) in {128 + signal.SIGHUP, -signal.SIGHUP}


def test_a_terminal_that_does_not_read_stops_nothing(tmp_path: Path) -> None:
    """The program goes on, ends when it is told to, and draws all of it where the terminal reads again."""
    with demo(tmp_path / "home") as terminal:
        terminal.until("● 在线")
        for _ in range(60):
            terminal.type(f"{CTRL_K}{ESCAPE}")
            terminal.resize(99, 30)
            terminal.resize(100, 30)
        terminal.read_for(3.0)
        terminal.until("● 在线")
        for _ in range(60):
            terminal.type(f"{CTRL_K}{ESCAPE}")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(20) == 128 + signal.SIGTERM


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_a_shell_suspends_it_and_calls_it_back(tmp_path: Path) -> None:
    """From the screen and from a dialog; the shell is whole meanwhile, and everything is drawn anew afterwards."""
    home = tmp_path / "home"
    shell = ("setsid", "-c", "bash", "--norc", "--noprofile", "-i")
    with terminal_with(shell, (100, 30), **surroundings(home), PS1="$ ") as terminal:
        terminal.until("$")
        terminal.type(f"{' '.join(HONGYAN)} demo --lang zh{ENTER}")
        terminal.until("● 在线")
        terminal.type(CTRL_Z)
        terminal.until("Stopped")
        assert not any("在线" in line for line in terminal.lines())
        terminal.type(f"echo $((41+1)){ENTER}")
        terminal.until_line("42")
        terminal.type(f"fg{ENTER}")
        terminal.until("● 在线")
        terminal.type(CTRL_K)
        terminal.until("转到会话")
        terminal.type(CTRL_Z)
        terminal.until_gone("转到会话")
        terminal.type(f"fg{ENTER}")
        terminal.until("转到会话")
        terminal.type(ESCAPE)
        terminal.until_gone("转到会话")
        terminal.type(CTRL_Q)
        terminal.until_gone("● 在线")
        terminal.read_for(2.0)  # what is typed while it leaves is nobody's
        terminal.type(f"echo code=$?{ENTER}")
        terminal.until("code=0")
        terminal.type(f"exit{ENTER}")
        terminal.end()
        terminal.restore()  # what the shell itself leaves is not looked at
    assert not orphans(home)


def test_stopped_and_gone_on_it_draws_itself(tmp_path: Path) -> None:
    """Also where nobody asked it before, many times."""
    with demo(tmp_path / "home") as terminal:
        terminal.until("● 在线")
        for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGSTOP, signal.SIGCONT) * 5:
            terminal.process.send_signal(number)
            terminal.read_for(0.05)
        terminal.until("● 在线")
        terminal.type(CTRL_Q)
        assert terminal.end() == 0
        assert_restored(terminal)


@pytest.mark.parametrize(
    "more",
    [
        {"NO_COLOR": "1"},
        {"COLUMNS": "0", "LINES": "-7"},
        {"COLUMNS": "x", "LINES": "99999999"},
        {"TERM": "vt100"},
    ],
    ids=["no colour", "no size", "nonsense", "old"],
)
def test_it_comes_whatever_the_surroundings_say(tmp_path: Path, more: dict[str, str]) -> None:
    """And leaves in order."""
    with demo(tmp_path / "home", (100, 30), **more) as terminal:
        terminal.until("在线")
        terminal.type(CTRL_Q)
        assert terminal.end() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("term", ["dumb", "", None])
def test_a_terminal_without_drawing_gets_lines(tmp_path: Path, term: str | None) -> None:
    """Where its name says that it cannot be drawn on, or says nothing."""
    command = (*(("env", "-u", "TERM") if term is None else ()), *HONGYAN, "demo", "--lang", "zh")
    with terminal_with(command, (100, 30), **surroundings(tmp_path / "home"), TERM=term or "") as terminal:
        terminal.until("妈妈")
        assert b"\x1b[?1049h" not in terminal.raw
        terminal.type("\x04")
        terminal.read_for(3.0)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() in {0, 143}


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 2), (400, 2), (3, 200)])
def test_any_window_is_drawn_in(tmp_path: Path, size: tuple[int, int]) -> None:
    """Also one of a single cell, with a chat and a dialog open."""
    with demo(tmp_path / "home", (100, 30)) as terminal:
        terminal.until("● 在线")
        terminal.type(f"{CTRL_K}mama")
        terminal.until("妈妈")
        terminal.type(ENTER)
        terminal.until("吃饭了吗")
        for keys in ("", CTRL_K, ESCAPE, "\x1b[18~", ESCAPE):
            terminal.type(keys)
            terminal.resize(*size)
            terminal.read_for(0.3)
            terminal.resize(100, 30)
            terminal.read_for(0.3)
        terminal.until("● 在线")
        terminal.type(CTRL_Q)
        assert terminal.end() == 0


def test_line_mode_is_suspended_too(tmp_path: Path) -> None:
    """Ctrl+Z is nothing that is typed: what is sent afterwards is what was written."""
    command = (*HONGYAN, "demo", "--plain", "--lang", "zh")
    with terminal_with(command, (100, 30), **surroundings(tmp_path / "home")) as terminal:
        terminal.until("妈妈")
        terminal.read_for(1.0)
        terminal.type(f"->妈妈:今天{CTRL_Z}")
        terminal.read_for(1.0)
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.read_for(1.0)
        terminal.type(f"晚点回{ENTER}")
        terminal.until("今天晚点回")
        assert b"^Z" not in terminal.raw
        assert b"\\x1a" not in terminal.raw
        terminal.until_line(">")  # between two prompts a Ctrl+D is lost
        terminal.type("\x04")
        assert terminal.end() == 0
