"""Reports what this machine denies the program, files to open or memory, before and after that ends it; independent of commands."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
from typing import TYPE_CHECKING, Final

from hongyan.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TO_CONNECT", "require_room", "too_little"]

TO_CONNECT: Final = 72 << 20
"""Bytes that a connection takes, with its threads."""

_FILES: Final = 20  # of which a loop, the journal and a connection take most
_AT_MOST: Final = 4096  # files that the program allows itself where it may
_NO_MORE_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE})
_NO_MEMORY_TEXTS: Final = ("failed to map segment", "cannot allocate memory", "can't start new thread")


def require_room(memory: int) -> None:
    """Raise StorageError where the program may not open some files more, or not have ``memory`` bytes more.

    Libraries would end the process for want of either. A limit of the program's own is raised as far as it may be.
    """
    if not _may_open(_FILES):
        _raise_limit()
        if not _may_open(_FILES):
            raise _too_few_files()
    try:
        mmap.mmap(-1, memory).close()
    except (OSError, MemoryError):
        raise _too_little_memory() from None


def too_little(problem: BaseException) -> StorageError | None:
    """Return the message if a program ended for want of memory or files, None if it ended for another reason."""
    for error in _all_of(problem):
        text = str(error).lower()
        if isinstance(error, OSError) and error.errno in _NO_MORE_FILES:
            return _too_few_files()
        if (
            isinstance(error, MemoryError)
            or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
            or (
                isinstance(error, (ImportError, RuntimeError))
                and any(why in text for why in _NO_MEMORY_TEXTS)
            )
        ):
            return _too_little_memory()
    return None


def _all_of(problem: BaseException) -> Iterator[BaseException]:
    """Yield an error, its causes, and the members if it is a group."""
    waiting, met = [problem], set[int]()
    while waiting:
        error = waiting.pop()
        if id(error) in met:
            continue
        met.add(id(error))
        yield error
        inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        waiting.extend(each for each in (*inner, error.__cause__, error.__context__) if each is not None)


def _may_open(count: int) -> bool:
    with contextlib.ExitStack() as opened:
        try:
            for _ in range(count):
                opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if error.errno in _NO_MORE_FILES:
                return False
            raise
    return True


def _raise_limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _AT_MOST if most == resource.RLIM_INFINITY else min(most, _AT_MOST)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _too_few_files() -> StorageError:
    return StorageError(
        "this machine lets the program open too few files",
        "Raise its limit (ulimit -n), or end other programs.",
    )


def _too_little_memory() -> StorageError:
    return StorageError(
        "this machine has too little memory for the program",
        "Raise its limit (ulimit -v), or end other programs.",
    )
