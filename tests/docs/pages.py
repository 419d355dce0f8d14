"""A page of the tutorial as something to run: its files are written, its commands typed, its outputs compared.

A block of Python or TOML with a title is a file, ``sh`` is typed line by line, and ``text`` behind it is what the last line
must print, where ``…`` stands for anything. Emulators and bots go on in the background until the page is at its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PATIENCE = 60.0


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Return language, title and text of each block of a page."""
    return _BLOCK.findall(page.read_text("utf-8"))


@dataclass
class Reader:
    """Somebody who follows a page in an empty folder, with folders for settings and profiles of his own."""

    folder: Path
    origin: str = ""
    printed: str = ""
    errors: str = ""
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        programs = self.folder / "bin"
        programs.mkdir(parents=True)
        for name, words in (("hongyan", "-m hongyan"), ("python", "")):
            shim = programs / name
            shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', "utf-8")
            shim.chmod(0o755)
        self.here = self.folder / "work"
        self.here.mkdir()
        self.settings = self.folder / "config" / "hongyan" / "settings.toml"
        self.settings.parent.mkdir(parents=True)
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def follow(self, page: Path) -> None:
        """Do what a page says. AssertionError where it does not come out as the page has it."""
        for language, title, text in blocks(page):
            if title == "settings.toml":
                self.settings.write_text(self.settings.read_text("utf-8") + text, "utf-8")
            elif title:
                (self.here / title).write_text(text, "utf-8")
            elif language == "sh":
                for line in text.splitlines():
                    self.type(line)
            elif language == "text":
                self.compare(text)
            else:
                assert language != "python", f"{page.name} has a program that is not run"

    def type(self, line: str) -> None:
        """Type one line; what it prints is kept."""
        if line.startswith("hongyan emulate"):
            self._emulate(line)
        elif line.startswith("hongyan bot"):
            self._start(line, "runs as")
        else:
            if line.startswith("python "):
                self.stop("bot")  # both would hold the profile
            self._run(line)

    def _run(self, line: str) -> None:
        if line.startswith("hongyan say"):
            line += f" --server {self.origin}"
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.here,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        self.printed, self.errors = done.stdout, done.stderr
        assert done.returncode == 0, f"$ {line}\n{done.stdout}{done.stderr}"

    def _emulate(self, line: str) -> None:
        said = self._start(f"{line} --port 0 --json", "origin")
        self.origin = json.loads(said)["origin"]
        self.settings.write_text(f'server = "{self.origin}"\npace = false\n', "utf-8")

    def _start(self, line: str, wanted: str) -> str:
        """Start a program that stays, and return the line in which it says that it is there."""
        process = subprocess.Popen(
            shlex.split(line),
            cwd=self.here,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.running.append(process)
        assert process.stdout is not None
        said = ""
        for text in process.stdout:
            said += text
            if wanted in text:
                return text
        raise AssertionError(f"$ {line}\n{said}")

    def compare(self, wanted: str) -> None:
        """Hold the output of the last command against a block of the page: each line, in this order."""
        at = 0
        lines = self.printed.splitlines()
        for line in wanted.strip().splitlines():
            pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")))
            while at < len(lines) and not pattern.fullmatch(lines[at]):
                at += 1
            assert at < len(lines), f"{line!r} is not in:\n{self.printed}\n{self.errors}"

    def stop(self, which: str = "") -> None:
        """End what still runs, or the command ``which`` of it, in the opposite order."""
        ended = [
            process for process in reversed(self.running) if not which or f"'{which}'" in str(process.args)
        ]
        for process in ended:
            self.running.remove(process)
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=20)
            if process.poll() is None:
                process.kill()
                process.wait()


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """A reader who puts everything away at the end."""
    reader = Reader(folder)
    try:
        yield reader
    finally:
        reader.stop()
