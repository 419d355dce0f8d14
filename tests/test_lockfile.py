"""One file that one program locks at a time, with a note of who has it."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import HongyanError, StorageError
from hongyan.lockfile import LockFile

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lock_is_taken_once_and_its_note_read(tmp_path: Path) -> None:
    """A shorter note leaves nothing of a longer one; after the end there is none."""
    one, other = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert one.take("a long note of who has it")
    assert not other.take("me")
    assert other.note() == "a long note of who has it"
    one.release()
    assert other.take("me")
    assert one.note() == "me"
    other.release()
    assert one.note() == ""


def test_a_lock_follows_no_link_and_empties_no_file(tmp_path: Path) -> None:
    """What somebody else put in its place stays as it is, and is told."""
    precious = tmp_path / "precious"
    precious.write_text("do not touch")
    (tmp_path / "soft").symlink_to(precious)
    (tmp_path / "hard").hardlink_to(precious)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("soft", "hard", "pipe", "folder"):
        with pytest.raises(StorageError, match="cannot be used"):
            LockFile(tmp_path / name).take("note")
        assert LockFile(tmp_path / "pipe").note() == ""
    assert precious.read_text() == "do not touch"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EIO])
def test_a_file_system_without_locks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """It is no lock that somebody has, which would be waited for without end."""

    def refuses(_handle: int, _how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuses)
    with pytest.raises(HongyanError, match="has no locks"):
        LockFile(tmp_path / "lock").take()
