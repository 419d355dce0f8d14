"""Looks whether a profile's journal can be read whole and its folder written; it repairs nothing and leaves nothing."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageDamaged, StorageError, UsageError
from hongyan.store.migrate import require_known
from hongyan.store.trouble import is_the_machines, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.errors import HongyanError

__all__ = ["ailments"]

_ROOM: Final = 1 << 20  # bytes that there should be at least


def ailments(journal: Path, *, used_before: bool) -> list[HongyanError]:
    """Return what ails the disk under a profile and its journal, nothing where all is well.

    ``used_before`` says that a journal which is there cannot be an empty one.
    """
    found = (_no_room(journal), *_in_the_way(journal.parent), _unreadable(journal, used_before))
    return [problem for problem in found if problem is not None]


def _in_the_way(folder: Path) -> Iterator[StorageError]:
    """Report entries beside the journal of the wrong type: the lock must be a file, the others folders."""
    for name, fits in (("lock", _is_own_file), ("media", Path.is_dir), ("readers", Path.is_dir)):
        if os.path.lexists(folder / name) and not fits(folder / name):
            yield StorageError(f"{folder / name} cannot be used: something else lies there", "Move it away.")


def _is_own_file(path: Path) -> bool:
    there = path.lstat()
    return stat.S_ISREG(there.st_mode) and there.st_nlink == 1


def _no_room(journal: Path) -> StorageError | None:
    """Try to write a little beside the journal, as far as to the disk."""
    try:
        with tempfile.NamedTemporaryFile(dir=journal.parent, prefix=".room.") as file:
            file.write(os.urandom(_ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return storage_error(error, journal, "written")
    return None


def _unreadable(journal: Path, used_before: bool) -> HongyanError | None:  # named where it is called
    if not os.path.lexists(journal):
        return None
    try:
        if not journal.is_file():
            return StorageDamaged(f"the journal {journal} is not a file", "Put a saved copy in its place.")
        if journal.stat().st_size == 0:
            return (
                StorageDamaged(f"the journal {journal} is empty", "Put a saved copy in its place.")
                if used_before
                else None
            )
        connection = sqlite3.connect(f"file:{journal}?mode=ro".replace("#", "%23"), uri=True, timeout=1.0)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            require_known(connection)
        finally:
            connection.close()
    except UsageError as newer:
        return newer
    except OSError as error:
        return storage_error(error, journal, "read")
    except sqlite3.Error as error:
        return storage_error(error, journal, "read") if is_the_machines(error) else StorageError(str(error))
    if said != "ok":
        damage = sqlite3.DatabaseError(said)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        return storage_error(damage, journal, "read")
    return None
