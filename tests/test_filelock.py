"""One lock for one open file."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.filelock import try_lock

if TYPE_CHECKING:
    from pathlib import Path


def _opened(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR)


def test_a_lock_is_had_by_one_until_it_is_closed(tmp_path: Path) -> None:
    """Another try returns at once, in the same process too."""
    one, other = _opened(tmp_path / "lock"), _opened(tmp_path / "lock")
    assert try_lock(one)
    assert not try_lock(other)
    os.close(one)
    assert try_lock(other)
    os.close(other)


def test_a_lock_ends_with_the_program_that_is_killed(tmp_path: Path) -> None:
    """Nothing has to be cleared away."""
    code = "import os, sys; from hongyan.filelock import try_lock; print(try_lock(os.open(sys.argv[1], os.O_RDWR)), flush=True); sys.stdin.read()"
    handle = _opened(tmp_path / "lock")
    with subprocess.Popen(
        (sys.executable, "-c", code, tmp_path / "lock"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        assert not try_lock(handle)
        child.kill()
        child.wait()
    assert try_lock(handle)
    os.close(handle)


def test_what_cannot_be_locked_is_an_error(tmp_path: Path) -> None:
    """And not a lock that somebody has, which would be waited for."""
    handle = _opened(tmp_path / "lock")
    os.close(handle)
    with pytest.raises(OSError, match="descriptor"):
        try_lock(handle)
