"""Hands things to other programs: links and files to what opens them, voices to a player, texts to a command.

Nothing goes through a shell but the command that a person types for a pipe, and nothing is opened unasked.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Player", "is_dangerous", "open_outside", "piped"]

_DANGEROUS: Final = frozenset(
    [
        ".exe",
        ".bat",
        ".cmd",
        ".com",
        ".msi",
        ".scr",
        ".pif",
        ".ps1",
        ".vbs",
        ".js",
        ".jse",
        ".wsf",
        ".hta",
        ".jar",
        ".sh",
        ".bash",
        ".zsh",
        ".run",
        ".desktop",
        ".app",
        ".command",
        ".apk",
        ".deb",
        ".rpm",
        ".lnk",
        ".reg",
        ".dll",
        ".so",
        ".py",
        ".pl",
        ".rb",
        ".php",
        ".svg",
        ".html",
        ".htm",
        ".xhtml",
        ".iso",
        ".dmg",
        ".pkg",
    ]
)
_PIPE_S: Final = 30.0
_PIPE_BYTES: Final = 1_000_000
_PLAYERS: Final = {
    "mpv": ("--no-video", "--really-quiet", "--speed={speed}", "--"),
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "quiet", "-af", "atempo={speed}", "-i"),
    "afplay": ("-r", "{speed}"),
    "cvlc": ("--play-and-exit", "--quiet", "--rate={speed}"),
}


def is_dangerous(name: str) -> bool:
    """Whether opening a file of this name may run a program."""
    return any(suffix.lower() in _DANGEROUS for suffix in PurePath(name).suffixes)


def opener() -> list[str]:
    """Return the program that opens files and links here, an empty list where there is none."""
    if sys.platform == "darwin":
        return ["open"]
    if os.name == "nt":
        return ["explorer"]
    program = next((p for p in ("xdg-open", "wslview", "gio") if shutil.which(p)), None)
    if program is None or not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or program == "wslview"
    ):
        return []
    return [program, "open"] if program == "gio" else [program]


async def open_outside(target: str) -> bool:
    """Open a link or a file with what this machine has for it; return whether there was anything."""
    command = opener()
    if not command:
        return False
    try:
        await asyncio.create_subprocess_exec(
            *command,
            target,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True


async def piped(command: str, text: str) -> str:
    """Return what a person's own shell command says of a text, and its exit code where that is not 0."""
    child = await asyncio.create_subprocess_shell(
        command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(_PIPE_S):
            output, _ = await child.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        child.kill()
        await child.wait()
        return f"(no end after {_PIPE_S:g} s)"
    told = output[:_PIPE_BYTES].decode("utf-8", "replace")
    return told if not child.returncode else f"{told}\n(exit code {child.returncode})"


class Player:
    """Plays one sound at a time with a program that is there. ``speed`` is 1 for as it was spoken."""

    def __init__(self) -> None:
        self.speed = 1.0
        self._child: asyncio.subprocess.Process | None = None
        self._path: Path | None = None

    async def play(self, path: Path) -> bool:
        """Play a file from its beginning; return whether there is a program for it."""
        program = next((p for p in _PLAYERS if shutil.which(p)), None)
        if program is None:
            return False
        await self.stop()
        options = [option.format(speed=self.speed) for option in _PLAYERS[program]]
        self._path = path
        self._child = await asyncio.create_subprocess_exec(
            program,
            *options,
            str(path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return True

    async def change_speed(self, by: float) -> float:
        """Play faster or slower, between half and three times; what is playing begins anew."""
        self.speed = min(max(self.speed + by, 0.5), 3.0)
        if self._child is not None and self._child.returncode is None and self._path is not None:
            await self.play(self._path)
        return self.speed

    async def stop(self) -> None:
        """End what is playing."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
