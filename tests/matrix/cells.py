"""One command under one circumstance: how its line is filled in, run as processes, and what must hold afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .lines import Line

__all__ = ["Cell", "Ran", "Setting"]

SECONDS = 90.0
PROGRAM = (os.fsencode(sys.executable), b"-m", b"hongyan")
ROBOT = "from hongyan.bot import App, Text\napp = App('robot')\n@app.on(Text)\nasync def hear(message): ...\n"
RULES = "[[rule]]\nname = 'one'\npattern = 'never-said'\nanswer = 'x'\n"
_SAID_BY_THE_INTERPRETER = re.compile(
    rb"Traceback|Exception ignored|was never awaited|Fatal Python|fault of Hongyan"
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process left."""

    code: int
    out: bytes
    err: bytes


@dataclass(slots=True)
class Setting:
    """What all cells share: an emulator, a profile that is logged in, and names of people and messages in it."""

    origin: str
    template: Path
    names: dict[str, str]

    def arrived(self, text: str) -> int:
        """Return how often clients have sent a text."""
        with urllib.request.urlopen(f"{self.origin}/_control/sent", timeout=20) as answer:
            return [each["text"] for each in json.load(answer)["sent"]].count(text)


@dataclass(slots=True)
class Cell:
    """A folder of its own with a copy of the profile, and ways to run a line there."""

    setting: Setting
    line: Line
    folder: bytes
    text: str
    environment: dict[bytes, bytes] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the folder, and run what has to come before."""
        place = Path(os.fsdecode(self.folder))
        place.mkdir()
        (place / "home").mkdir()
        if not self.line.fresh:
            shutil.copytree(self.setting.template, place / "home", dirs_exist_ok=True)
        (place / "robot.py").write_text(ROBOT, "utf-8")
        (place / "rules.toml").write_text(RULES, "utf-8")
        (place / "file.txt").write_text("a file\n", "utf-8")
        (place / "payload.json").write_text('{"MsgType": 1, "Content": "你好 😀"}', "utf-8")
        shutil.copy(self.setting.names["archive"], place / "archive.jsonl")
        for words in self.line.before:
            done = subprocess.run(
                (*PROGRAM, *self.filled(words)), capture_output=True, timeout=SECONDS, check=False, cwd=place
            )
            assert done.returncode == 0, done

    def values(self) -> Mapping[str, bytes]:
        """Return what stands in the line for ``{name}``: some are several words."""
        home = os.path.join(self.folder, b"home")
        offline = b"--home\0" + home
        given = {name: value.encode() for name, value in self.setting.names.items()}
        return {
            **given,
            "offline": offline,
            "online": offline + b"\0--no-pace\0--server\0" + self.setting.origin.encode(),
            "archive": os.path.join(self.folder, b"archive.jsonl"),
            "origin": self.setting.origin.encode(),
            "text": self.text.encode(),
            "out": os.path.join(self.folder, b"out"),
            "file": os.path.join(self.folder, b"file.txt"),
            "rules": os.path.join(self.folder, b"rules.toml"),
            "payload": os.path.join(self.folder, b"payload.json"),
        }

    def filled(self, words: str = "", /, **changed: bytes) -> list[bytes]:
        """Return the words of the line; ``changed`` replaces what stands for a name."""
        values = {**self.values(), **changed}
        made: list[bytes] = []
        for word in (words or self.line.words).split():
            name = word[1:-1] if word.startswith("{") else ""
            made += values[name].split(b"\0") if name else [word.encode()]
        return made

    def typed(self) -> bytes:
        """Return what comes on standard input."""
        return self.line.typed.format(text=self.text).encode()

    def start(
        self,
        words: Sequence[bytes],
        *,
        around: Sequence[bytes] = (),
        typed: bytes | None = None,
        **more: Any,
    ) -> subprocess.Popen[bytes]:
        """Start the command, inside of ``around`` where something is to be set up first (``sh -c '… exec "$@"' sh``)."""
        place = os.fsdecode(self.folder)
        with open(os.path.join(place, "typed"), "wb+") as file:
            file.write(self.typed() if typed is None else typed)
            file.seek(0)
            given: dict[str, Any] = {
                "stdin": file,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "cwd": place,
                "env": {**_plain_environment(place), **self.environment},
                "process_group": 0,
                **more,
            }
            return subprocess.Popen((*around, *PROGRAM, *words), **given)

    def run(self, words: Sequence[bytes] | None = None, **more: Any) -> Ran:
        """Run the command to its end; one that has none is asked to end when it has begun."""
        child = self.start(self.filled() if words is None else words, **more)
        with child:
            if self.line.endless:
                _wait_for_a_line(child)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGTERM)
            try:
                out, err = child.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                raise
        code = child.returncode if child.returncode >= 0 else 128 - child.returncode  # as a shell tells it
        return Ran(code, out or b"", err or b"")


def _plain_environment(place: str) -> dict[bytes, bytes]:
    """Return an environment that says nothing of this machine's user; reports and settings go into the cell."""
    kept = (b"PATH", b"PYTHONPATH", b"VIRTUAL_ENV", b"LD_LIBRARY_PATH")
    own = {name: value for name, value in os.environb.items() if name in kept}
    return {**own, b"HOME": os.fsencode(place), b"LC_ALL": b"C.UTF-8", b"TERM": b"xterm-256color"}


def _wait_for_a_line(child: subprocess.Popen[bytes]) -> None:
    """Wait until a command says that it has begun, or ended, or for two seconds where it cannot say so."""
    import select

    until = time.monotonic() + 8.0
    streams = [stream for stream in (child.stdout, child.stderr) if stream is not None]
    for stream in streams:
        os.set_blocking(stream.fileno(), True)
    while child.poll() is None and time.monotonic() < until:
        ready, _, _ = select.select(streams, (), (), 0.1)
        if ready and any(stream.peek(1) for stream in ready):  # type: ignore[attr-defined]  # of BufferedReader
            break
        streams = [stream for stream in streams if stream not in ready]
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(1.0)


def complaint(ran: Ran) -> bytes:
    """Return what no circumstance excuses: a traceback, a fault of ours, JSON that is none; or nothing."""
    if _SAID_BY_THE_INTERPRETER.search(ran.out + ran.err):
        return (ran.out + ran.err)[-3000:]
    for line in ran.out.splitlines():
        if line.startswith(b'{"') and not _is_json(line):
            return line
    return b""


def _is_json(line: bytes) -> bool:
    for encoding in ("utf-8", "gbk", "latin-1"):
        with contextlib.suppress(ValueError):
            json.loads(line.decode(encoding))
            return True
    return False
