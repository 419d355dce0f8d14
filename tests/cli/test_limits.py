"""A machine that gives the program too few files or too little memory: a sentence says which, and the code is the machine's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.cli.limits import require_room, too_little
from hongyan.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

_FILES = "open too few files"
_MEMORY = "too little memory"


_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits are those of Linux")


def _limited(limit: str, words: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ("bash", "-c", f"ulimit {limit}; exec '{sys.executable}' {words}"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(folder)},
    )


@_LINUX
@pytest.mark.parametrize("command", ["chats", "send filehelper hello", "login"])
@pytest.mark.parametrize("files", [5, 7, 9, 11, 12, 16, 20])
def test_too_few_files_are_named(tmp_path: Path, files: int, command: str) -> None:
    """Neither a fault of ours, nor a traceback, nor a word about coroutines, nor a process that a library aborts."""
    ran = _limited(f"-n {files}", f"-m hongyan {command} --home '{tmp_path}' -s http://127.0.0.1:1", tmp_path)
    told = ran.stderr.decode()
    assert (ran.returncode, _FILES in told, len(told.splitlines())) == (9, True, 2), told


@_LINUX
@pytest.mark.parametrize("kilobytes", [60_000, 80_000, 100_000])
def test_too_little_memory_is_named(tmp_path: Path, kilobytes: int) -> None:
    """Also where a library would end the process for want of it."""
    if _limited(f"-v {kilobytes}", "-c 'import hongyan.cli'", tmp_path).returncode:
        pytest.skip("this Python does not even start with that little")
    ran = _limited(f"-v {kilobytes}", f"-m hongyan login --home '{tmp_path}' -s http://127.0.0.1:1", tmp_path)
    assert (ran.returncode, _MEMORY in ran.stderr.decode()) in {(9, True), (8, False)}, ran.stderr


@_LINUX
def test_a_limit_that_may_be_raised_is_raised(tmp_path: Path) -> None:
    """A soft limit is no reason to refuse."""
    assert _limited("-Sn 12", f"-m hongyan chats --home '{tmp_path}'", tmp_path).returncode == 3


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (MemoryError(), _MEMORY),
        (ExceptionGroup("tasks", [ValueError(), MemoryError()]), _MEMORY),
        (RuntimeError("can't start new thread"), _MEMORY),
        (ImportError("libx.so: failed to map segment from shared object"), _MEMORY),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), _MEMORY),
        (OSError(errno.EMFILE, "Too many open files"), _FILES),
        (RuntimeError("something else"), None),
        (ImportError("no module"), None),
        (OSError(errno.ENOENT, "No such file"), None),
    ],
)
def test_an_error_of_want_is_told_from_a_fault(problem: Exception, said: str | None) -> None:
    """Also where it is the reason of another."""
    later = KeyError("later")
    later.__cause__ = problem
    for error in (problem, later):
        found = too_little(error)
        assert (found is None) if said is None else (found is not None and said in str(found))


def test_there_is_room_where_nothing_is_limited() -> None:
    """And more than there is of anything is not."""
    require_room(1 << 20)
    with pytest.raises(StorageError, match=_MEMORY):
        require_room(1 << 60)
