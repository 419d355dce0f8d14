"""Temporary folders that remove themselves: one that a killed program left is removed at the next start of any."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.filelock import try_lock

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["TempFolder"]

_KINDS: Final = ("demo", "emulator", "editor")
_LOCK: Final = "running"
_YOUNG: Final = (
    86_400.0  # seconds in which a folder without a lock may be about to get it, or of an older program
)
_NOT_FOLLOWED: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class TempFolder:
    """A folder of its owner's alone, ``hongyan-<kind>-…``, with a lock that marks it as in use; removed by ``close``.

    ``kind`` is one of those that are swept: demo, emulator, editor.
    """

    def __init__(self, kind: str) -> None:
        assert kind in _KINDS, kind
        _sweep_all()
        self.path = Path(tempfile.mkdtemp(prefix=_prefix(kind)))
        self.lock: int | None = None
        """The descriptor of the lock; a child that inherits it keeps the folder. None where there are no locks."""
        with contextlib.suppress(OSError):  # without locks nothing is swept either
            self.lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR | _NOT_FOLLOWED, 0o600)
            try_lock(self.lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all in it. May be called twice."""
        lock, self.lock = self.lock, None
        if lock is not None:
            os.close(lock)
        shutil.rmtree(self.path, ignore_errors=True)


def _prefix(kind: str) -> str:
    return f"hongyan-{kind}-"


def _sweep_all() -> None:
    """Remove the folders of programs that run no more."""
    everywhere = Path(tempfile.gettempdir())
    for kind in _KINDS:
        for left in everywhere.glob(f"{_prefix(kind)}*"):
            with contextlib.suppress(OSError):
                _sweep(left)


def _sweep(folder: Path) -> None:
    """Remove a folder that no program has locked. One without a lock may just be about to get it."""
    there = folder.lstat()
    if not stat.S_ISDIR(there.st_mode) or (hasattr(os, "getuid") and there.st_uid != os.getuid()):
        return
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | _NOT_FOLLOWED)
    except FileNotFoundError:
        if time.time() - there.st_mtime >= _YOUNG:
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        unused = try_lock(handle)
    finally:
        os.close(handle)
    if unused:
        shutil.rmtree(folder, ignore_errors=True)
