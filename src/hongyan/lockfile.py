"""One file that one program locks at a time and in which it leaves a note; the lock ends with its program, however it ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LockFile"]

_LONGEST_NOTE = 500  # bytes


class LockFile:
    """An advisory lock on ``path``, made with mode 0600. It knows nothing of what is protected."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def taken(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def take(self, note: str = "") -> bool:
        """Take the lock and leave ``note`` for others; return False, at once, where somebody has it."""
        handle = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        if not _locked(handle):
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.write(handle, note.encode())
        self._handle = handle
        return True

    def note(self) -> str:
        """Return what the one who holds the lock left, or an empty text."""
        try:
            return self._path.read_bytes()[:_LONGEST_NOTE].decode(errors="replace")
        except OSError:
            return ""

    def release(self) -> None:
        """Give the lock back; without it this does nothing."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)  # closing gives the lock back
            self._handle = None


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _locked(handle: int) -> bool:
        """Try to lock the first bytes of an open file."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(handle: int) -> bool:
        """Try to lock an open file."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
