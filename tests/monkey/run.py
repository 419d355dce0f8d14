"""Lets a monkey at the demo for a while and looks at what comes of it; each run has a home of its own."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monkey.sent import acts
from terminal.typewriter import Terminal, terminal_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monkey.sent import Act

__all__ = ["HONGYAN", "Found", "run"]

HONGYAN: Final = (sys.executable, "-m", "hongyan", "demo")
_CLEAN: Final = frozenset({0, 130, *(128 + n for n in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT))})
_RESTORED: Final = (
    *(b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?1006l", b"\x1b[?2004l"),
    *(b"\x1b[?1004l", b"\x1b[<u", b"\x1b[?7h"),
)
_ENDS_S: Final = 30.0
_ANSWERS_S: Final = 20.0
_BEGINS_S: Final = 60.0


class Found(AssertionError):
    """Something went wrong; the message says what, under which seed, and what was done last."""


@dataclass
class Tally:
    """What a run did."""

    acts: int = 0
    programs: int = 0
    bytes_in: int = 0
    last: list[Act] = field(default_factory=list)


def run(
    seed: int,
    seconds: float,
    size: tuple[int, int],
    home: Path,
    command: Sequence[str] = HONGYAN,
    *,
    patience_s: float = _ANSWERS_S,
) -> Tally:
    """Let the monkey at one program after the other until the time is over; Found as soon as something is wrong.

    ``patience_s`` is how long a program may take to answer.
    """
    tally, end, number = Tally(), time.monotonic() + seconds, 0
    try:
        while time.monotonic() < end or not tally.programs:
            number += 1
            _one(random.Random(f"{seed} {number}"), end, size, home, command, tally, patience_s)
    except AssertionError as problem:
        told = "\n".join(f"  {what} {value!r}" for what, value in tally.last[-12:])
        raise Found(f"seed {seed}, size {size}, program {number}: {problem}\nlast:\n{told}") from None
    return tally


def _one(
    chance: random.Random,
    end: float,
    size: tuple[int, int],
    home: Path,
    command: Sequence[str],
    tally: Tally,
    patience_s: float,
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with _program(command, size, home) as terminal:
        tally.programs += 1
        _wait_for_screen(terminal)
        while time.monotonic() < end and terminal.process.poll() is None:
            for act in acts(chance.randrange(1 << 30)):
                _do(terminal, act, tally)
                if terminal.process.poll() is not None or time.monotonic() > end:
                    break
            _look(terminal, home, patience_s)
            if chance.random() < 0.1:
                break
        _leave(terminal, chance)
        code = terminal.process.returncode
        assert code in _CLEAN or (code < 0 and -code + 128 in _CLEAN), f"exit code {code}:\n{_tail(terminal)}"
        _look_at_end(terminal)
    _look_behind(home)


@contextmanager
def _program(command: Sequence[str], size: tuple[int, int], home: Path) -> Iterator[Terminal]:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR", "PATH")
    surroundings = {**dict.fromkeys(names, str(home)), "LANG": "C.UTF-8", "EDITOR": "true", "NO_COLOR": ""}
    surroundings["PYTHONPATH"] = f"{Path(__file__).parents[1]}:{os.environ.get('PYTHONPATH', '')}"
    # What is saved is saved there; what a shell lets its background ignore is heard.
    within = (shutil.which("env") or "env", "-C", str(home), "--default-signal=INT,QUIT", *command)
    with terminal_with(within, size, **surroundings) as terminal:
        yield terminal


def _wait_for_screen(terminal: Terminal) -> None:
    end = time.monotonic() + _BEGINS_S
    while not any("●" in line for line in terminal.lines()):
        assert terminal.process.poll() is None, f"it did not come up:\n{_tail(terminal)}"
        assert time.monotonic() < end, f"it did not come up:\n{_picture(terminal)}"
        terminal.read_for(0.1)


def _do(terminal: Terminal, act: Act, tally: Tally) -> None:
    what, value = act
    tally.acts += 1
    tally.last = [*tally.last[-40:], act]
    if isinstance(value, bytes):
        tally.bytes_in += len(value)
        terminal.send_reading(value)
    elif isinstance(value, tuple):
        terminal.resize(*value)
    elif what == "signal":
        assert isinstance(value, int)
        terminal.process.send_signal(value)
    terminal.read_for(value if isinstance(value, float) else 0.01)


def _look(terminal: Terminal, home: Path, patience_s: float) -> None:
    """Check a program that goes on: it answers, draws within its screen, shows no traceback and wrote no report."""
    assert b"Traceback (most recent" not in terminal.raw, _tail(terminal)
    reports = list(home.rglob("fault-*.txt"))
    assert not reports, "a fault was noted:\n" + "\n".join(r.read_text() for r in reports)
    if terminal.process.poll() is not None:
        return
    terminal.resize(*terminal.first_size)
    terminal.read_for(1.5)  # whatever was begun and not ended is given up by then
    end = time.monotonic() + patience_s
    while terminal.process.poll() is None:
        before, terminal.overflows = len(terminal.raw), []
        terminal.send_reading(b"\x0c")
        terminal.read_for(0.7)
        if len(terminal.raw) > before and not terminal.overflows:
            return
        assert time.monotonic() < end, (
            f"rows wider than the screen: {terminal.overflows[:5]}\n{_picture(terminal)}"
            if terminal.overflows
            else f"it does not answer:\n{_picture(terminal)}"
        )


def _leave(terminal: Terminal, chance: random.Random) -> None:
    """End the program: by its keys, by a signal, or both."""
    number = chance.choice([0, 0, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
    for keys in (b"\x1b", b"\x1b", b"\x1b", b"\x11", b"\x11") if not number else ():
        if terminal.process.poll() is None:
            terminal.send_reading(keys)
            terminal.read_for(0.4)
    if terminal.process.poll() is None:
        terminal.process.send_signal(number or signal.SIGTERM)
    end = time.monotonic() + _ENDS_S
    while terminal.process.poll() is None:
        assert time.monotonic() < end, f"it does not end:\n{_picture(terminal)}"
        terminal.read_for(0.2)
    terminal.read_rest()


def _look_at_end(terminal: Terminal) -> None:
    """Check what is left in the terminal."""
    assert b"Traceback (most recent" not in terminal.raw, _tail(terminal)
    _, _, after = terminal.raw.rpartition(b"\x1b[?1049h")
    missing = [sequence for sequence in _RESTORED if sequence not in after]
    assert not missing, (
        f"the terminal is left without {missing}, exit code {terminal.process.returncode}: {terminal.raw[-300:]!r}"
    )


def _look_behind(home: Path) -> None:
    """Check that nothing is left of the program: no process, no folder, no report."""
    end = time.monotonic() + 5
    while left := _processes(home):
        assert time.monotonic() < end, f"these go on: {left}"
        time.sleep(0.1)
    folders = [path.name for path in home.glob("hongyan-demo-*")]
    assert not folders, f"these folders are left: {folders}"
    reports = list(home.rglob("fault-*.txt"))
    assert not reports, "a fault was noted:\n" + "\n".join(r.read_text() for r in reports)


def _processes(home: Path) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (place / "environ").read_bytes(), (place / "cmdline").read_bytes()
        except OSError:
            continue
        if os.getpid() != int(place.name) and f"HOME={home}\0".encode() in environment:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def _tail(terminal: Terminal) -> str:
    return terminal.raw[-1500:].decode("utf-8", "replace").rpartition("\x1b[?25h")[2]


def _picture(terminal: Terminal) -> str:
    return "\n".join(terminal.lines())
