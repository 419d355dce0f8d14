"""Files that people save: folders for the owner alone, nothing half-done, endings that fit."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import StorageError
from hongyan.files.attachments import keep_copy
from hongyan.files.file_names import ending_for, named_by_content
from hongyan.files.private_files import copy_private, make_folder, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB, where that may be done."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only the superuser mounts disks")
    options = ("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place))
    if subprocess.run((mount, *options), check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(("umount", str(place)), check=True)


def mode(path: Path) -> int:
    """Return the permissions of a path."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("make", [make_folder, private_folder])
def test_every_folder_that_is_made_is_its_owners_alone(tmp_path: Path, make: object) -> None:
    """Also those above it; one that was there stays as it is."""
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    assert callable(make)
    made = make(there / "a" / "b")
    assert (mode(there), mode(made.parent), mode(made)) == (0o755, 0o700, 0o700)


@pytest.mark.parametrize("place", ["file", "file/below", "dangling"])
def test_a_folder_that_cannot_be_is_said_so(tmp_path: Path, place: str) -> None:
    """A file stands in its way, or a link that leads nowhere."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone" / "away")
    with pytest.raises(OSError, match=r"."):
        make_folder(tmp_path / place)
    with pytest.raises(StorageError):
        private_folder(tmp_path / place)


def test_a_copy_is_its_owners_alone_and_replaces_what_was_there(tmp_path: Path) -> None:
    """A link in its place is replaced, not followed."""
    source, target, elsewhere = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    source.write_bytes(b"new")
    elsewhere.write_bytes(b"mine")
    target.symlink_to(elsewhere)
    copy_private(source, target)
    assert (target.read_bytes(), mode(target), elsewhere.read_bytes()) == (b"new", 0o600, b"mine")
    copy_private(source, source)
    assert source.read_bytes() == b"new"


def test_a_disk_that_fills_up_leaves_nothing_half_done(tmp_path: Path, small_disk: Path) -> None:
    """What was there stays."""
    source, kept, held = tmp_path / "large", small_disk / "kept", small_disk / "held"
    source.write_bytes(bytes(200_000))
    kept.write_bytes(b"kept")
    held.touch()
    for target in (kept, held):
        with pytest.raises(OSError) as caught:
            copy_private(source, target)
        assert caught.value.errno == errno.ENOSPC
    assert [(p.name, p.read_bytes()) for p in small_disk.iterdir()] == [("kept", b"kept")]


@pytest.mark.parametrize(
    ("head", "name", "ending"),
    [
        (JPEG, "a.pdf", ".jpg"),
        (b"PK\3\4", "报告.DOCX", ".docx"),
        (b"PK\3\4", "a.exe", ""),
        (b"#!/bin/sh", "a.sh", ""),
        (b"", "", ""),
    ],
)
def test_a_kept_file_has_an_ending_where_one_is_known(head: bytes, name: str, ending: str) -> None:
    """That of its bytes, or a harmless one of its name."""
    assert ending_for(head, name) == ending


def test_what_was_sent_is_kept_and_exported_with_an_ending(tmp_path: Path) -> None:
    """Copies that an older version kept have none of their own."""
    source, folder = tmp_path / "cat", tmp_path / "media"
    source.write_bytes(JPEG)
    copy = keep_copy(source, private_folder(folder))
    assert copy.path.suffix == ".jpg"
    old = tmp_path / "0a1b2c"
    old.write_bytes(JPEG)
    assert named_by_content(old) == "0a1b2c.jpg"
    assert named_by_content(copy.path) == copy.path.name
