"""Locks an open file for this process and those that inherit it; the lock ends with the last of them, however it ends."""

from __future__ import annotations

import errno
import sys
from typing import Final

__all__ = ["try_lock"]

_TAKEN: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Try to lock the first bytes of an open file; OSError if there are no locks."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            return False
        return True
else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Try to lock an open file; OSError if there are no locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            return False
        return True
