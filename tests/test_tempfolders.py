"""Temporary folders go with their program, or at the next start of one."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from hongyan.tempfolders import TempFolder

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0


@pytest.fixture
def everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _left(folder: Path, *, lock: bool, age: float = 0.0) -> Path:
    """A folder as a killed program leaves it."""
    folder.mkdir()
    if lock:
        (folder / "running").touch()
    then = time.time() - age
    os.utime(folder, (then, then))
    return folder


def test_a_folder_is_its_owners_alone_and_goes_with_its_context(everywhere: Path) -> None:
    """With all that is in it; closed twice, it is closed."""
    with TempFolder("demo") as folder:
        assert folder.path.parent == everywhere
        assert folder.path.stat().st_mode & 0o777 == 0o700
        (folder.path / "journal").write_text("x", "utf-8")
    folder.close()
    assert list(everywhere.iterdir()) == []


def test_what_a_killed_program_left_is_swept(everywhere: Path) -> None:
    """Of every kind of ours: by the lock that nobody has, or by its age where it never got one."""
    gone = [
        _left(everywhere / "hongyan-editor-a", lock=True),
        _left(everywhere / "hongyan-emulator-b", lock=False, age=2 * DAY),
    ]
    TempFolder("demo").close()
    assert [each for each in gone if each.exists()] == []


def test_what_may_be_in_use_or_is_not_ours_stays(everywhere: Path) -> None:
    """A folder with a held lock, one that is just being made, and anything else of that name."""
    with TempFolder("demo") as running:
        young = _left(everywhere / "hongyan-demo-young", lock=False)
        foreign = _left(everywhere / "other-demo-c", lock=True, age=2 * DAY)
        (everywhere / "hongyan-demo-file").write_text("x", "utf-8")
        (everywhere / "hongyan-demo-link").symlink_to(foreign)
        TempFolder("editor").close()
        stay = {
            running.path,
            young,
            foreign,
            everywhere / "hongyan-demo-file",
            everywhere / "hongyan-demo-link",
        }
        assert set(everywhere.iterdir()) == stay
