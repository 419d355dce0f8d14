"""Turns what SQLite and the system say of a database into one sentence of ours: full, read-only, locked, damaged, ailing.

A wrong statement or value is a fault of this program and no trouble of the machine; it stays what it is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Final

from hongyan.errors import StorageDamaged, StorageError

__all__ = ["holder_of", "is_busy", "is_the_machines", "storage_error"]

_FULL: Final = "Make room on the disk; what waits goes on by itself."
_READ_ONLY: Final = "See to the permissions of the profile's folder and to how its disk is mounted."
_LOCKED: Final = "End that program, or try again when it is done."
_AILING: Final = "See to the disk (and its quota); what waits goes on by itself."
_DAMAGED: Final = (
    "Nothing was changed. Put a copy of the folder aside, then save what can be read: "
    "sqlite3 journal.db .recover | sqlite3 new.db, and put new.db in its place."
)
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PERHAPS_FULL: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_BESIDE: Final = 64 * 1024  # bytes: the index of the log takes 32 KiB, and the log begins with a page
_SAYS: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", _FULL),
    sqlite3.SQLITE_READONLY: ("it may not be written", _READ_ONLY),
    sqlite3.SQLITE_PERM: ("it may not be written", _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: ("it, or a file beside it, cannot be opened", _READ_ONLY),
    sqlite3.SQLITE_IOERR: ("the disk does not work as it should, or a quota is used up", _AILING),
}
_FILES: Final[dict[int, tuple[str, str]]] = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("the quota of the disk is used up", _FULL),
    errno.EROFS: ("the disk is read-only", _READ_ONLY),
    errno.EACCES: ("permission denied", _READ_ONLY),
    errno.EPERM: ("permission denied", _READ_ONLY),
    errno.EIO: ("the disk does not work as it should", _AILING),
}


def is_the_machines(error: Exception) -> bool:
    """Whether SQLite complains of the disk, the file or a lock, and not of the statement."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def is_busy(error: BaseException | None) -> bool:
    """Whether another program had the database locked."""
    return isinstance(error, sqlite3.Error) and _primary(error) in _BUSY


def storage_error(error: sqlite3.Error | OSError, path: Path | None, doing: str) -> StorageError:
    """Return what is the matter with a database, ``doing`` being what was tried: "opened", "read", "written"."""
    what = f"the journal {path or 'in memory'} cannot be {doing}"
    if isinstance(error, OSError):
        why, advice = _FILES.get(error.errno or 0, (error.strerror or str(error), _READ_ONLY))
        return StorageError(f"{what}: {why}", advice)
    code = _primary(error)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StorageDamaged(f"{what}: it is damaged ({error})", _DAMAGED)
    if code in _BUSY:
        return StorageError(f"{what}: {holder_of(path)} has it locked", _LOCKED)
    if code in _PERHAPS_FULL and path is not None and _is_full(path):
        code = sqlite3.SQLITE_FULL
    why, advice = _SAYS.get(code, (str(error), _READ_ONLY))
    return StorageError(f"{what}: {why}", advice)


def _is_full(path: Path) -> bool:
    """Whether the disk has no room, or no name left, for the files that SQLite makes beside a database."""
    try:
        disk = os.statvfs(path.parent)
    except (OSError, AttributeError):  # Windows has no such question
        return False
    return disk.f_bavail * disk.f_frsize < _BESIDE or (disk.f_files > 0 and disk.f_favail == 0)


def _primary(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def holder_of(path: Path | None) -> str:
    """Return the programs that have the database locked, by name and process if the system knows."""
    found = [] if path is None else sorted(_lockers(path) - {os.getpid()})
    return ", ".join(f"{_name_of(pid)} (process {pid})" for pid in found) or "another program"


def _lockers(path: Path) -> set[int]:
    """Return the processes that lock the database or the files beside it, as Linux lists them."""
    inodes = set()
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        try:
            inodes.add(str(file.stat().st_ino))
        except OSError:
            continue
    try:
        rows = [line.split() for line in Path("/proc/locks").read_text("ascii").splitlines()]
        return {int(row[4]) for row in rows if row[3] == "WRITE" and row[5].rpartition(":")[2] in inodes}
    except (OSError, ValueError, IndexError):
        return set()


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip() or "a program"
    except (OSError, ValueError):
        return "a program"
