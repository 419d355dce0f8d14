"""Lets a person write a text in an editor of their own, in a file that only they can read."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil

from hongyan.errors import UsageError
from hongyan.tempfolders import TempFolder

__all__ = ["edited", "editor_command"]


def editor_command() -> list[str]:
    """Return the editor that the environment names, or one that is there; UsageError where there is none."""
    for name in ("VISUAL", "EDITOR"):
        if command := shlex.split(os.environ.get(name, "")):
            return command
    for program in ("nano", "vim", "vi"):
        if shutil.which(program):
            return [program]
    raise UsageError("no editor is set", "Set EDITOR, for example: export EDITOR=nano.")


async def edited(text: str) -> str:
    """Return what a person made of ``text``; UsageError where the editor cannot be started or fails."""
    command = editor_command()
    with TempFolder("editor") as own:  # its owner's alone
        path = own.path / "message.txt"
        await asyncio.to_thread(path.write_text, text, "utf-8")
        keeps = () if own.lock is None or os.name == "nt" else (own.lock,)  # an editor outlives this program
        try:
            child = await asyncio.create_subprocess_exec(*command, str(path), pass_fds=keeps)
            code = await child.wait()
        except OSError as error:
            raise UsageError(f"the editor {command[0]!r} cannot be started: {error.strerror}") from error
        if code:
            raise UsageError(f"the editor {command[0]!r} failed ({code})", "The text is unchanged.")
        read = await asyncio.to_thread(path.read_text, "utf-8", "replace")
        return read.removesuffix("\n")
