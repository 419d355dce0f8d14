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
        "action",
        "apk",
        "app",
        "appimage",
        "appinstaller",
        "application",
        "appx",
        "bas",
        "bash",
        "bat",
        "bin",
        "cgi",
        "chm",
        "class",
        "cmd",
        "com",
        "command",
        "cpl",
        "crx",
        "csh",
        "deb",
        "desktop",
        "dll",
        "dmg",
        "docm",
        "dotm",
        "exe",
        "fileloc",
        "fish",
        "flatpakref",
        "gadget",
        "hta",
        "htm",
        "html",
        "inetloc",
        "inf",
        "ins",
        "iso",
        "jar",
        "jnlp",
        "js",
        "jse",
        "jsx",
        "ksh",
        "library-ms",
        "lnk",
        "lua",
        "mht",
        "mhtml",
        "mjs",
        "mobileconfig",
        "msc",
        "msi",
        "msix",
        "msp",
        "mst",
        "out",
        "php",
        "pif",
        "pkg",
        "pl",
        "plist",
        "potm",
        "ppam",
        "ppsm",
        "pptm",
        "prf",
        "ps1",
        "ps1xml",
        "psc1",
        "psd1",
        "psm1",
        "py",
        "pyc",
        "pyw",
        "pyz",
        "rb",
        "reg",
        "rpm",
        "run",
        "scf",
        "scpt",
        "scr",
        "script",
        "sct",
        "service",
        "settingcontent-ms",
        "sh",
        "shb",
        "shs",
        "sldm",
        "snap",
        "so",
        "svg",
        "swf",
        "tcl",
        "terminal",
        "tool",
        "url",
        "vb",
        "vbe",
        "vbs",
        "vhd",
        "vhdx",
        "war",
        "webloc",
        "website",
        "workflow",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xbap",
        "xhtml",
        "xlam",
        "xll",
        "xlsm",
        "xltm",
        "xpi",
        "zsh",
    ]
)
"""Endings of what may run programs, or fetch them, when it is opened on some system, also with another one behind."""

_HARMLESS: Final = frozenset(
    [
        "7z",
        "aac",
        "amr",
        "avi",
        "avif",
        "bmp",
        "bz2",
        "csv",
        "djvu",
        "docx",
        "epub",
        "flac",
        "flv",
        "gif",
        "gz",
        "heic",
        "heif",
        "ico",
        "jfif",
        "jp2",
        "jpe",
        "jpeg",
        "jpg",
        "jxl",
        "json",
        "log",
        "m4a",
        "m4v",
        "md",
        "mid",
        "mkv",
        "mov",
        "mp3",
        "mp4",
        "mpeg",
        "mpg",
        "odp",
        "ods",
        "odt",
        "oga",
        "ogg",
        "ogv",
        "opus",
        "pdf",
        "png",
        "pptx",
        "rar",
        "silk",
        "srt",
        "tar",
        "tgz",
        "tif",
        "tiff",
        "tsv",
        "txt",
        "wav",
        "webm",
        "webp",
        "wma",
        "wmv",
        "xlsx",
        "xz",
        "zip",
        "3g2",
        "3gp",
    ]
)
"""Endings of what is looked at, listened to or read. Nothing else is opened without a question."""

_OPENER_S: Final = 2.0  # within which an opener that finds nothing says so
_PIPE_S: Final = 30.0
_PIPE_BYTES: Final = 1_000_000
_PLAYERS: Final = {
    "mpv": ("--no-video", "--really-quiet", "--speed={speed}", "--"),
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "quiet", "-af", "atempo={speed}", "-i"),
    "afplay": ("-r", "{speed}"),
    "cvlc": ("--play-and-exit", "--quiet", "--rate={speed}"),
}


def is_dangerous(name: str) -> bool:
    """Whether opening a file of this name may run a program: unless its suffix, as written, is known to be harmless.

    An ending that is only nearly a harmless one is none: systems differ in what they pass over.
    """
    if not name:
        return False
    plain = name.rstrip(" .")  # Windows leaves these away
    endings = [suffix.lower().strip(" .") for suffix in PurePath(plain).suffixes]
    if not endings or endings[-1] not in _HARMLESS:
        return True
    return any("".join(c for c in ending if c.isprintable()) in _DANGEROUS for ending in endings)


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
    """Open a link or a file with what this machine has for it; return whether there was anything.

    The opened file belongs to another program, which goes on when this one ends.
    """
    command = opener()
    if not command:
        return False
    if target.startswith("-"):  # no opener takes it for an option
        target = f"./{target}"
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            target,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError):  # a name with a zero byte is none
        return False
    try:
        async with asyncio.timeout(_OPENER_S):
            code = await child.wait()
    except TimeoutError:
        return True
    return code == 0 or os.name == "nt"  # Explorer's exit code says nothing


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
    shown = output[:_PIPE_BYTES].decode("utf-8", "replace")
    return shown if not child.returncode else f"{shown}\n(exit code {child.returncode})"


class Player:
    """Plays one sound at a time with an available program. ``speed`` is 1 for the original speed."""

    def __init__(self) -> None:
        self.speed = 1.0
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._path: Path | None = None

    async def play(self, path: Path) -> bool:
        """Play a file from its beginning; return whether there is a program for it."""
        program = next((p for p in _PLAYERS if shutil.which(p)), None)
        if program is None:
            return False
        options = [option.format(speed=self.speed) for option in _PLAYERS[program]]
        async with self._turn:
            await self._end()
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
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
