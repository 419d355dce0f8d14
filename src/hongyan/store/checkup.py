"""Looks whether a profile's journal can be read whole and its folder written; it repairs nothing and leaves nothing."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageDamaged, StorageError
from hongyan.store.trouble import is_the_machines, storage_error

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ailments"]

_ROOM: Final = 1 << 20  # bytes that there should be at least


def ailments(journal: Path, *, used_before: bool) -> list[StorageError]:
    """Return what ails the disk under a profile and its journal, nothing where all is well.

    ``used_before`` says that a journal which is there cannot be an empty one.
    """
    return [
        problem for problem in (_no_room(journal), _unreadable(journal, used_before)) if problem is not None
    ]


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


def _unreadable(journal: Path, used_before: bool) -> StorageError | None:  # named where it is called
    if not os.path.lexists(journal):
        return None
    try:
        if not journal.is_file():
            return StorageDamaged(f"the journal {journal} is no file", "Put a saved copy in its place.")
        if journal.stat().st_size == 0:
            return (
                StorageDamaged(f"the journal {journal} is empty", "Put a saved copy in its place.")
                if used_before
                else None
            )
        connection = sqlite3.connect(f"file:{journal}?mode=ro".replace("#", "%23"), uri=True, timeout=1.0)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except OSError as error:
        return storage_error(error, journal, "read")
    except sqlite3.Error as error:
        return storage_error(error, journal, "read") if is_the_machines(error) else StorageError(str(error))
    if said != "ok":
        damage = sqlite3.DatabaseError(said)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        return storage_error(damage, journal, "read")
    return None
