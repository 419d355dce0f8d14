"""One file that one program locks at a time and in which it leaves a note; the lock ends with its program, however it ends.

The file is never followed to another place and never emptied: something else in its place is left as
it was, and an error.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageError
from hongyan.filelock import try_lock

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LockFile"]

_LONGEST_NOTE: Final = 500  # bytes
_NOT_FOLLOWED: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class LockFile:
    """An advisory lock on ``path``, made with mode 0600. It is independent of what it protects."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def taken(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def take(self, note: str = "") -> bool:
        """Take the lock and leave ``note`` for others; return False, at once, if another program has it.

        StorageError if there can be no lock: the file system has none, or something else lies in the file's place.
        """
        handle = self._opened()
        try:
            if not try_lock(handle):
                os.close(handle)
                return False
        except OSError as error:
            os.close(handle)
            raise StorageError(
                f"the file system of {self._path.parent} has no locks ({error.strerror}), so two programs could not "
                "keep out of each other's way",
                "Put the profiles on a local disk: --home DIR.",
            ) from error
        self._handle = handle
        self._leave(note)
        return True

    def _opened(self) -> int:
        """Open the file, making it where there is none."""
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_RDWR | _NOT_FOLLOWED, 0o600)
        except OSError as error:
            why = "it is a symbolic link" if self._path.is_symlink() else error.strerror
            raise StorageError(f"the lock {self._path} cannot be used: {why}") from error
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            os.close(handle)
            raise StorageError(
                f"the lock {self._path} cannot be used: it is not a separate file", "Move it away."
            )
        return handle

    def _leave(self, note: str) -> None:
        """Write the note over the last one, blanks over its rest. A full disk costs the note, not the lock."""
        if self._handle is None:
            return
        line = note.encode()[: _LONGEST_NOTE - 1].ljust(_LONGEST_NOTE - 1) + b"\n"
        try:
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, line)
        except OSError:
            return

    def note(self) -> str:
        """Return what the one who holds the lock left, or an empty text."""
        try:
            handle = os.open(self._path, os.O_RDONLY | _NOT_FOLLOWED)
        except OSError:
            return ""
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            return os.read(handle, _LONGEST_NOTE).decode(errors="replace").partition("\n")[0].strip()
        except OSError:
            return ""
        finally:
            os.close(handle)

    def release(self) -> None:
        """Give the lock back; without it this does nothing."""
        if self._handle is not None:
            self._leave("")
            os.close(self._handle)  # closing gives the lock back
            self._handle = None
